"""One hour of a lead with the suggestions: contacts answered before and after, on the demo's week.

    uv run python -m tests.benchmarks.one_hour

Suggestions are made from the first half of the week; the questions of the second half, which made
none of them, are put to the real pipeline before and after. The lead takes the top 12 (5 minutes
each) as they are drafted, word for word, and another lead approves; one whose draft has no answer
costs its minutes and is left. New entries count as new: they answer only in the very words of a
phrasing and ask otherwise, until people have confirmed them. No model.
"""

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from assistant import demo
from assistant.answering import counting, handling, suggestions
from assistant.answering.consider import Asked, Thought, consider
from assistant.answering.finding import ready_for
from assistant.demo.week import OPENS, Week, story
from assistant.desk.messages import Message
from assistant.ground.clock import SetClock
from assistant.ground.errors import Refused
from assistant.ground.parts import Parts
from assistant.ground.people import by_email
from assistant.launch.launches import Launch, by_key
from assistant.library import publishing, stocking
from knowledge.embedding import Embedder
from knowledge.embedding import local as local_embedder
from tests import cast

LAUNCH = demo.LAUNCH
HALF = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)  # the evening of the third of five days
ENDS = datetime(2026, 11, 21, 9, 40, tzinfo=UTC)
TAKEN = 12  # suggestions at 5 minutes each


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked and what answers it: an entry, a gap that is to be filled, or nothing."""

    text: str
    right: str  # key of an entry, "gap 2", or "" when a person has to answer

    def is_right(self, entry: str, gaps: Mapping[str, str]) -> bool:
        """Return whether ``entry`` answers it; ``gaps`` says which gap a new entry fills."""
        return bool(self.right) and self.right in (entry, gaps.get(entry))


@dataclass(frozen=True, slots=True)
class Result:
    """How many questions were answered outright, rightly with one tap, wrongly; of how many."""

    asked: int
    answered: int
    with_one_tap: int
    wrong: int

    def words(self) -> str:
        """Return it as one line."""
        return (
            f"{self.answered} of {self.asked} answered outright, {self.with_one_tap} with at most "
            f"one tap, {self.wrong} wrong"
        )


def main() -> None:
    """Print the comparison."""
    with tempfile.TemporaryDirectory() as folder:
        embedder = local_embedder(Path(folder) / "embedder")
        whole, played = _played(Path(folder) / "whole", embedder, ENDS)
        later = [q for at, q in played if at >= HALF]
        whole.close()
        parts, _ = _played(Path(folder) / "half", embedder, HALF)
        counting.count_anew(parts)
        before = judged(parts, later, {})
        gaps, notes = work(parts, {q.text: q.right for _, q in played})
        after = judged(parts, later, gaps)
        new = [q for q in later if q.right.startswith("gap")]
        print(f"Second half of the week, {len(later)} questions, {len(new)} that no entry answered")
        print(f"before   {before.words()}")
        print(f"after    {after.words()}")
        print(f"of the {len(new)}   {judged(parts, new, gaps).words()}")
        print("\n".join(notes))
        parts.close()


def _played(folder: Path, embedder: Embedder, until: datetime) -> tuple[Parts, list]:
    """Return the demo's launch with its week until then, and what was asked when, oldest first."""
    folder.mkdir()
    parts = cast.empty_house(folder, at=OPENS)
    parts.embedder = embedder
    demo._import(parts, lambda words, share: None)
    week = Week(parts, LAUNCH, until)
    for plan in (week.plan_crowd, week.plan_gaps, week.plan_grave, week.plan_feedback):
        plan()
    week.plan_checks()
    week.play(lambda share: None)
    gaps = {words: f"gap {n}" for n, gap in enumerate(story()["gaps"], 1) for words in gap["asked"]}
    with parts.db.reading() as session:
        query = select(Message).where(Message.id.in_(week._meant)).order_by(Message.id)
        asked = [
            (m.at, Question(m.text, week._meant[m.id] or gaps.get(m.text, "")))
            for m in session.scalars(query)
        ]
    return parts, asked


def work(parts: Parts, rights: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Let Lena take the top suggestions and Noor approve; return which gap each entry fills."""
    gaps: dict[str, str] = {}
    notes = []
    assert isinstance(parts.clock, SetClock)  # as _played made it
    with parts.db.reading() as session:
        launch_id = by_key(session, LAUNCH).id
        top = suggestions.listed(session, launch_id, suggestions.is_open(), most=TAKEN)
        ids = [each.id for each in top]
    for id_ in ids:
        with parts.db.writing() as session:
            found, at = suggestions.suggestion(session, launch_id, id_), parts.clock.now()
            lena, noor = by_email(session, demo.APPROVER), by_email(session, "noor@example.com")
            assert lena and noor  # the pack names both
            what = f"{found.kind:9} ×{found.people:<3} {found.question[:60]}"
            texts = handling.texts_of(session, found.group_id) if found.group_id else []
            try:
                entry = handling.draft(session, found, by=lena, at=at)
                entry.submit(session, by=lena, at=at)
                entry.approve(session, by=noor, at=at)
            except Refused as why:
                session.rollback()
                notes.append(f"left      {what}: {why.message}")
                continue
            meant = Counter(rights.get(text, "") for text in texts).most_common(1)
            gaps[entry.key] = meant[0][0] if meant else ""
            notes.append(f"approved  {what} → {gaps[entry.key] or entry.key}")
    publishing.publish(parts, launch_id, at=parts.clock.now())
    stocking.warm(parts, LAUNCH)
    return gaps, notes


def judged(parts: Parts, asked: Sequence[Question], gaps: Mapping[str, str]) -> Result:
    """Put every question to the pipeline as it stands and compare with what is right."""
    answered = with_one_tap = wrong = 0
    for question, thought in zip(asked, _thoughts(parts, [q.text for q in asked]), strict=True):
        said = [answer.entry for answer in thought.answers] if not thought.handoff else []
        offered = thought.clarification.entries if thought.clarification else ()
        right = [entry for entry in said if question.is_right(entry, gaps)]
        wrong += any(not question.is_right(entry, gaps) for entry in said)
        answered += bool(right)
        with_one_tap += bool(right) or any(question.is_right(e, gaps) for e in offered)
    return Result(len(asked), answered, with_one_tap, wrong)


def _thoughts(parts: Parts, texts: Sequence[str]) -> list[Thought]:
    with parts.db.reading() as session:
        launch: Launch = by_key(session, LAUNCH)
    ready = ready_for(parts, launch.id, texts, at=parts.clock.now())
    return [consider(parts, _asked(launch, text), at=ready.at, ready=ready) for text in texts]


def _asked(launch: Launch, text: str) -> Asked:
    return Asked(
        text=text,
        launch_id=launch.id,
        mode=launch.acting_mode,
        wrong_rate=launch.wrong_rate,
        audience="everyone",
        out_of_scope=launch.out_of_scope,
        as_live=False,
        languages=launch.languages,
    )


if __name__ == "__main__":
    random.seed(16)
    sys.exit(main())
