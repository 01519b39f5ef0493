"""Carrying out replays: claimed by one process, thought with no transaction open, settled at once.

The worker runs it. A replay whose process died is taken up by the next one when its lease is over,
and given up after a few attempts: then it says so. What was thought of the library as it is stays
in memory, so that the next replay thinks only what its own version, and what changed since, alters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import structlog
from threadpoolctl import threadpool_limits

from assistant.answering.asked_before import Past, confirmed_of, mode_of, past_questions, said_of
from assistant.answering.guarantee import Standing, standing_of
from assistant.answering.replay_age import content_of, made_now
from assistant.answering.replay_effect import (
    Category,
    Confirmed,
    Got,
    category_of,
    category_without,
    estimate_of,
    got_of_one,
    said_of_one,
    why_broken,
)
from assistant.answering.replay_lease import Progress, Stopped, claimed, end
from assistant.answering.replay_records import Replay
from assistant.answering.rethinking import Kept, Thinking, World, quietly
from assistant.answering.second_reading import LOOKS, WORLDS, Counted, Overheard
from assistant.answering.states import State, trust_of_each
from assistant.answering.stored_meanings import StoredMeanings
from assistant.ground.database import canonical
from assistant.ground.parts import Parts
from assistant.launch.launches import Launch
from assistant.library import supposing
from assistant.library.stocking import Live, Stock, entry_of
from assistant.library.versions import EntryVersion

log = structlog.get_logger()

FAILED = "It failed: {why}. Start it again; if it fails again, tell an operator."


@dataclass(frozen=True, slots=True)
class Task:
    """A replay as it was claimed, and everything that is read for it beforehand."""

    replay_id: int
    launch_id: int
    entry: str
    version: Live | None  # none: what is asked is what would be lost without the entry
    text: str
    content: str
    made_for: dict[str, Any]
    rule: str
    questions: Sequence[Past]
    confirmed: Mapping[int, Confirmed]
    state: State  # that the entry would be in
    ends: str  # the entry that it takes in, which is gone from its approval on; "" for none

    @property
    def gone(self) -> tuple[str, ...]:
        """Return the entries that nobody is answered with then."""
        return (self.ends,) if self.version else (self.entry,)

    with_model: bool


def go_on(parts: Parts) -> int:
    """Carry out every replay that waits, one after the other; return how many."""
    done = 0
    while (replay_id := claimed(parts)) is not None:
        _carry_out(parts, replay_id)
        done += 1
    return done


def _carry_out(parts: Parts, replay_id: int) -> None:
    try:
        task = _task(parts, replay_id)
        # So many small products are done sooner by one thread than by threads that wait in turns.
        with threadpool_limits(1):
            both = _thought(parts, task)
        _settle(parts, task, both)
    except Stopped:
        log.info("replay stopped", replay=replay_id)
    except Exception as failure:
        log.exception("replay failed", replay=replay_id)
        end(parts, replay_id, failed_because=FAILED.format(why=type(failure).__name__))


def _task(parts: Parts, replay_id: int) -> Task:
    with parts.db.reading() as session:
        replay = session.get_one(Replay, replay_id)
        version = session.get_one(EntryVersion, replay.version_id)
        launch = session.get_one(Launch, replay.launch_id)
        entry, launch_id = version.entry, launch.id
        instead = {entry.key: (version.question, entry.looked_at)}
        trusted = trust_of_each(session, launch_id, instead=instead)
        return Task(
            replay_id=replay_id,
            launch_id=launch_id,
            entry=entry.key,
            version=None if replay.is_without else _as_live(version),
            text=version.text,
            content=content_of(version),
            made_for=made_now(session, launch_id),
            rule=canonical(
                [mode_of(launch), launch.wrong_rate, launch.out_of_scope, launch.languages]
            ),
            questions=past_questions(session, launch),
            confirmed=confirmed_of(session, launch_id),
            state=trusted[entry.key].state,
            ends=version.takes_in.key if version.takes_in else "",
            with_model=replay.with_model,
        )


def _as_live(version: EntryVersion) -> Live:
    return Live(version.id, version.number, version.sha256, version.audience, entry_of(version))


@dataclass(frozen=True, slots=True)
class _Both:
    """What every question gets as the library is, and as it would be."""

    before: Thinking
    after: Thinking
    changed: int  # questions that a model would be asked about
    calls: int = 0  # of the model


def _thought(parts: Parts, task: Task) -> _Both:
    at = parts.clock.now()
    distinct = len({past.key for past in task.questions})
    progress = Progress(parts, task.replay_id, total=2 * distinct)
    progress.told(0)
    standing = standing_of(parts, task.launch_id)
    now = _world(task, supposing.as_it_is(parts, task.launch_id, at=at), standing)
    coming = supposing.supposed(
        parts, task.launch_id, version=task.version, without=task.gone, at=at
    )
    states = {**standing.states, task.entry: task.state}
    then = _world(task, coming, replace(standing, states=states))
    meanings = StoredMeanings(parts.db, parts.embedder) if parts.embedder else None
    before = _as_it_is(parts, task, _thinking(parts, now, meanings, progress))
    after = _thinking(parts, then, meanings, progress)
    after.think_after(before, task.questions)
    both = _Both(before, after, len(_changed(task, before, after)))
    if task.with_model and parts.model is not None:
        return _read_again(parts, task, both, progress)
    return both


def _changed(task: Task, before: Thinking, after: Thinking) -> list[Past]:
    """Return what a model would be asked anew: other texts are shown, or it turned otherwise."""
    distinct = {past.key: past for past in task.questions}
    return [
        past
        for key, past in distinct.items()
        if _reads_otherwise(before.kept[key], after.kept[key])
    ]


def _read_again(parts: Parts, task: Task, both: _Both, progress: Progress) -> _Both:
    """Let the model read what changes, in both worlds; it is asked by nobody else here."""
    changed = _changed(task, both.before, both.after)
    assert parts.model is not None  # noqa: S101 - asked by the caller
    model = Counted(parts.model, LOOKS * WORLDS * len(changed))
    memory = Overheard(parts.verdicts)
    progress.total += WORLDS * len(changed)

    def read(quiet: Thinking) -> Thinking:
        aloud = replace(quiet.parts, model=model.as_model(), verdicts=memory)
        again = Thinking(aloud, quiet.world, quiet.meanings, progress.told, portion=1)
        again.think(changed)
        return replace(quiet, kept={**quiet.kept, **again.kept})

    before, after = read(both.before), read(both.after)
    return _Both(before, after, both.changed, model.calls)


def _as_it_is(parts: Parts, task: Task, before: Thinking) -> Thinking:
    """Return what the questions get now, going on from what an earlier replay thought."""
    known: Thinking | None = parts.replayed.get(task.launch_id)
    if known is not None:
        there = [past for past in task.questions if past.key in known.kept]
        before.think_after(known, there)
    before.think(task.questions)
    parts.replayed[task.launch_id] = before
    return before


def _world(task: Task, stock: Stock, standing: Standing) -> World:
    return World(stock, standing, task.rule, supposing.found_as(stock))


def _thinking(
    parts: Parts, world: World, meanings: StoredMeanings | None, progress: Progress
) -> Thinking:
    apart = quietly(parts, meanings)
    return Thinking(apart, world, meanings, told=progress.told)


def _settle(parts: Parts, task: Task, both: _Both) -> None:
    """Write down what the version does to each question; nothing when nobody wants it any more."""
    before, after = both.before, both.after
    pairs = [(past, before.kept[past.key], after.kept[past.key]) for past in task.questions]
    counts = dict.fromkeys(Category, 0)
    rows = []
    for past, was, now in pairs:
        had, said = _as_one(task, was.got), _said(task, past)
        category = _category(task, had, now.got, said)
        counts[category] += 1
        if category is not Category.SAME:
            why = why_broken(task.entry, had, now.got, said) if task.version else ""
            rows.append(_row(task, past, category, was.got, now.got, before, after, why))
    said_before = [(was.got, said_of(task.confirmed, past)) for past, was, _ in pairs]
    said_after = [(now.got, _said(task, past)) for past, _, now in pairs]
    facts = {
        "done": len(task.questions),
        "total": len(task.questions),
        "content": task.content,
        "text": task.text,
        "made_for": task.made_for,
        "counts": {category.value: count for category, count in counts.items()},
        "before": asdict(estimate_of(said_before)),
        "after": asdict(estimate_of(said_after)),
        "changed": both.changed,
        "calls": both.calls,
    }
    end(parts, task.replay_id, rows=rows, **facts)


def _reads_otherwise(was: Kept, now: Kept) -> bool:
    """Return whether a model would be asked anew: other texts are shown, or it turned otherwise."""
    return set(was.shown) != set(now.shown) or not was.got.is_as(now.got)


def _category(task: Task, before: Got, after: Got, said: Confirmed) -> Category:
    if task.version is None:
        return category_without(task.entry, before, after)
    return category_of(task.entry, before, after, said)


def _as_one(task: Task, got: Got) -> Got:
    """Return what a question got, where the entry that is taken in counts as the one that stays."""
    return got_of_one(got, task.ends, task.entry) if task.ends else got


def _said(task: Task, past: Past) -> Confirmed:
    said = said_of(task.confirmed, past)
    return said_of_one(said, task.ends, task.entry) if task.ends else said


def _row(
    task: Task,
    past: Past,
    category: Category,
    was: Got,
    now: Got,
    before: Thinking,
    after: Thinking,
    why: str,
) -> dict[str, Any]:
    return {
        "replay_id": task.replay_id,
        "message_id": past.message_id,
        "category": category.value,
        "before": _kept(was, before),
        "after": _kept(now, after),
        "why": why,
    }


def _kept(got: Got, thinking: Thinking) -> dict[str, Any]:
    live = thinking.world.stock.live
    return {
        "kind": got.kind,
        "entries": [{"key": key, "version": live[key].version_id} for key in got.entries],
        "certainty": got.certainty,
        "reason": got.reason,
    }
