"""How long a replay takes: a draft against many past questions, without a model.

    uv run python -m tests.benchmarks.replay [--questions 10000] [--entries 80] [--markdown FILE]

The library is made up (eight ways each) and embedded by a tiny model of MiniLM's dimensions; the
questions' vectors are stored already, as after any earlier replay. Everything else is the real
thing. *First* is the first replay of a process, which thinks every question; *again* is the next
draft, *after an approval* the one after that draft was approved. Beside the time that passed stands
the processor time of all threads, which other work on the machine does not lengthen as much.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

from rich.console import Console

from assistant import migrations
from assistant.answering import replay, replaying
from assistant.answering.replay_records import Replay
from assistant.desk import conversations
from assistant.ground.parts import Parts
from assistant.library import charge
from tests import cast, library_of_many
from tests.benchmarks.publishing import Things
from tests.library_of_many import thing_of
from tests.past_questions import a_decision

FORMS = (
    "please tell me whether {thing} can be had",
    "how do I get {thing} now that it is not in the app",
    "my order with {thing} did not arrive",
    "is {thing} coming back, I need it for sunday",
    "I moved house, what about my {thing}?",
    "why is {thing} more expensive than last month",
    "good morning, I have a question about {thing}",
    "what a lovely day for a walk with {thing} in the park",
)
AT_ONCE = 500  # questions written down in one transaction


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=80)
    parser.add_argument("--markdown", type=Path, help="also write a table to this file")
    given, console = parser.parse_args(), Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="replay-") as folder, console.status("…") as said:
        rows = figures(Path(folder), given.entries, given.questions, said.update)
    for what, figure in rows:
        print(f"{what:<42} {figure}")
    if given.markdown:
        lines = ["| measured | figure |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows)]
        given.markdown.write_text("\n".join([*lines, ""]), "utf-8")


def figures(
    folder: Path, entries: int, questions: int, tell: Callable[[str], None]
) -> Sequence[tuple[str, str]]:
    """Return what was measured, with its names."""
    tell("filling the library")
    parts = cast.parts_in(folder, embedder=Things("things:1", 384), at=cast.NOW)
    migrations.upgrade(parts.db)
    charge.take_up(parts)
    cast.bring_in(parts, folder)
    library_of_many.fill(parts, entries)
    tell(f"asking {questions:,} questions")
    _ask(parts, entries, questions)
    tell("the first replay of all, which also embeds")
    cold, _ = _replayed(parts, _drafted(parts, entries))
    parts.replayed.clear()
    tell("first")
    first, counts = _replayed(parts, f"thing-{entries}")
    tell("again")
    again, _ = _replayed(parts, _drafted(parts, entries + 1))
    tell("after an approval")
    _approve(parts, f"thing-{entries}")
    after, _ = _replayed(parts, f"thing-{entries + 1}")
    parts.close()
    load = f"{os.cpu_count()}, {os.getloadavg()[0]:.1f}"
    return (
        ("processors, and how many wanted one", load),
        ("entries with eight ways, questions", f"{entries + 5:,}, {questions:,}"),
        ("no vector stored yet", cold),
        ("first replay of a process", first),
        ("again, another draft", again),
        ("again, after an approval", after),
        ("categories of the first", ", ".join(f"{n} {name}" for name, n in counts.items() if n)),
    )


def _ask(parts: Parts, entries: int, count: int) -> None:
    for start in range(0, count, AT_ONCE):
        with parts.db.writing() as session:
            launch, at = cast.launch_of(session), parts.clock.now()
            for words in _questions(entries, start, min(count, start + AT_ONCE)):
                talk, _ = conversations.begin(session, launch, at=at)
                message = talk.ask(session, words, key="asked", at=at)
                message.decided_at = at
                session.add(a_decision(message.id, launch.id, at))


def _questions(entries: int, start: int, end: int) -> Iterator[str]:
    random = Random(start)
    for number in range(start, end):
        thing = thing_of(random.randrange(2 * entries))
        yield f"{random.choice(FORMS).format(thing=thing)} ({number})"


def _drafted(parts: Parts, number: int) -> str:
    ways = [way.format(thing=thing_of(number)) for way in library_of_many.WAYS]
    return cast.an_entry(
        parts, key=f"thing-{number}", approved_by=None, question=ways[0], phrasings=ways[1:]
    )


def _approve(parts: Parts, key: str) -> None:
    with parts.db.writing() as session:
        entry, lena = cast.entry_of(session, key), cast.the(session, cast.LENA)
        entry.approve_as_imported(session, by=lena, at=parts.clock.now())


def _replayed(parts: Parts, key: str) -> tuple[str, dict[str, int]]:
    """Return the seconds that a replay took, in words, and its counts."""
    with parts.db.writing() as session:
        version, lena = cast.entry_of(session, key).newest, cast.the(session, cast.LENA)
        run = replay.start(session, version, by=lena, at=parts.clock.now()).id
    wall, processor = time.perf_counter(), time.process_time()
    assert replaying.go_on(parts) == 1
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    with parts.db.reading() as session:
        ended = session.get_one(Replay, run)
        assert not ended.failed_because, ended.failed_because
        return f"{wall:.1f} s ({processor:.1f} s of processors)", dict(ended.counts)


if __name__ == "__main__":
    main()
