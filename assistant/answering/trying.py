"""What the assistant would do, without doing it: ``hypercare ask`` and whatever else rehearses."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering.consider import Asked, Thought, consider
from assistant.answering.decide import Answer
from assistant.desk.conversations import EVERYONE
from assistant.ground.errors import NotFound
from assistant.ground.parts import Parts
from assistant.launch.launches import Launch, Mode
from assistant.library.versions import EntryVersion

SCORE_DIGITS = 4


def tries(parts: Parts, key: str, questions: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield, for each question in order, what would happen if the launch were in automatic mode.

    Nothing is recorded and no phase is required.

    Raises:
        NotFound: when there is no launch ``key``.
    """
    asked = list(questions)
    for question, thought in zip(asked, thoughts(parts, key, asked), strict=True):
        yield _told(parts, question, thought)


def thoughts(parts: Parts, key: str, questions: Iterable[str]) -> Iterator[Thought]:
    """Yield what is thought about each question in order, as ``tries`` tells it."""
    with parts.db.reading() as session:
        launch = _launch(session, key)
    for question in questions:
        yield consider(parts, _asked(launch, question), at=parts.clock.now())


def _launch(session: Session, key: str) -> Launch:
    """Return the launch. Raises NotFound, naming those that there are."""
    known = {launch.key: launch for launch in session.scalars(select(Launch))}
    if key not in known:
        there_are = f"There are: {', '.join(sorted(known))}." if known else "Import a pack first."
        raise NotFound(f"There is no launch “{key}”.", what_to_do=there_are)
    return known[key]


def _asked(launch: Launch, question: str) -> Asked:
    return Asked(
        text=question,
        launch_id=launch.id,
        mode=Mode.AUTO,
        wrong_rate=launch.wrong_rate,
        audience=EVERYONE,
        out_of_scope=launch.out_of_scope,
        as_live=True,
    )


def _told(parts: Parts, question: str, thought: Thought) -> dict[str, Any]:
    leading, decided = thought.leading, thought.decided
    entry = decided.entry if isinstance(decided, Answer) else None
    version = _version(parts, thought.versions[entry]) if entry else None
    return {
        "question": question,
        "outcome": thought.outcome,
        "entry": entry,
        "version": version.number if version else None,
        "sha256": version.sha256 if version else None,
        "text": version.text if version else None,
        "certainty": round(decided.certainty, SCORE_DIGITS),
        "severity": int(thought.triage.severity),
        "reason": decided.reason,
        "candidates": [
            {"entry": match.entry, "score": round(match.score, SCORE_DIGITS)}
            for match in leading.known.finding.matches
        ],
    }


def _version(parts: Parts, version_id: int) -> EntryVersion:
    with parts.db.reading() as session:
        return session.get_one(EntryVersion, version_id)
