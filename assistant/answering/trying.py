"""What the assistant would do, without doing it: ``hypercare ask`` and whatever else rehearses."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering.consider import Asked, Thought, consider
from assistant.answering.decide import Answer
from assistant.answering.explaining import explained, kept
from assistant.answering.finding import Ready, ready_for
from assistant.desk.conversations import EVERYONE
from assistant.ground.errors import NotFound
from assistant.ground.parts import Parts
from assistant.launch.launches import Launch, Mode
from assistant.library.versions import EntryVersion

SCORE_DIGITS = 4
AT_ONCE = 64  # questions embedded together: full speed, and the first answer comes soon


def tries(
    parts: Parts, key: str, questions: Iterable[str], *, explain: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield, for each question in order, what would happen if the launch were in automatic mode.

    Nothing is recorded and no phase is required. However many questions come, twice ``AT_ONCE``
    are held at a time. ``explain`` adds why.

    Raises:
        NotFound: when there is no launch ``key``.
    """
    for question, thought in thoughts(parts, key, questions):
        why = {"explanation": kept(explained(thought))} if explain else {}
        yield _told(parts, question, thought) | why


def thoughts(parts: Parts, key: str, questions: Iterable[str]) -> Iterator[tuple[str, Thought]]:
    """Yield each question, as it can be stored, with what is thought about it; as ``tries``."""
    with parts.db.reading() as session:
        launch = _launch(session, key)
    with ThreadPoolExecutor(1) as ahead:
        for some, ready in _looked_up(parts, launch.id, map(storable, questions), ahead):
            for question in some:
                yield (
                    question,
                    consider(parts, asked_by_anybody(launch, question), at=ready.at, ready=ready),
                )


def _looked_up(
    parts: Parts, launch_id: int, questions: Iterator[str], ahead: Executor
) -> Iterator[tuple[tuple[str, ...], Ready]]:
    """Yield the questions in portions; the next is embedded while the last is thought about."""
    coming: list[tuple[tuple[str, ...], Future[Ready]]] = []
    while some := tuple(islice(questions, AT_ONCE)):
        at = parts.clock.now()
        coming.append((some, ahead.submit(ready_for, parts, launch_id, some, at=at)))
        if len(coming) > 1:
            asked, ready = coming.pop(0)
            yield asked, ready.result()
    for asked, ready in coming:
        yield asked, ready.result()


def storable(text: str) -> str:
    """Return the text with every half of a surrogate pair replaced: nothing could print it."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _launch(session: Session, key: str) -> Launch:
    """Return the launch. Raises NotFound, naming those that there are."""
    known = {launch.key: launch for launch in session.scalars(select(Launch))}
    if key not in known:
        there_are = f"There are: {', '.join(sorted(known))}." if known else "Import a pack first."
        raise NotFound(f"There is no launch “{key}”.", what_to_do=there_are)
    return known[key]


def asked_by_anybody(launch: Launch, question: str = "") -> Asked:
    """Return a question as a rehearsal asks it: of everybody, and every entry counts as sure."""
    return Asked(
        text=question,
        launch_id=launch.id,
        mode=Mode.AUTO,
        wrong_rate=launch.wrong_rate,
        audience=EVERYONE,
        out_of_scope=launch.out_of_scope,
        as_live=True,
        languages=launch.languages,
    )


def _told(parts: Parts, question: str, thought: Thought) -> dict[str, Any]:
    leading, decided = thought.leading, thought.decided
    matches = leading.known.finding.matches if leading else ()
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
            {"entry": match.entry, "score": round(match.score, SCORE_DIGITS)} for match in matches
        ],
    }


def _version(parts: Parts, version_id: int) -> EntryVersion:
    with parts.db.reading() as session:
        return session.get_one(EntryVersion, version_id)
