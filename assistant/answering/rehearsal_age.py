"""Whether a rehearsal still says how things are: as of a replay, and of the drafts it was with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.answering import as_if, replay_age
from assistant.answering.rehearsals import Rehearsal
from assistant.ground.database import canonical, sha256
from assistant.launch.launches import Launch


@dataclass(frozen=True, slots=True)
class Standing:
    """What a launch's rehearsals hang on, as it is at one moment."""

    made: dict[str, Any]
    edge: datetime | None  # when an answer last began or ended to be valid


def now(session: Session, launch: Launch, *, at: datetime) -> Standing:
    """Return what rehearsals of the launch hang on now."""
    made = replay_age.made_now(session, launch.id)
    del made["newest"]  # a rehearsal asks what people fear, not what they asked
    texts = [
        [entry.key, replay_age.content_of(entry.newest)]
        for entry in as_if.waiting(session, launch.id, at=at)
    ]
    made["drafts"] = sha256(canonical({"texts": texts}))
    return Standing(made, replay_age.last_edge(session, launch.id, at=at))


def moved(rehearsal: Rehearsal, standing: Standing) -> tuple[str, ...]:
    """Return why a rehearsal is out of date, in the replay's words; nothing when it is fresh.

    Of one from before this was kept only the library is known, or not even that.
    """
    found = rehearsal.findings
    then = found.get("made_for") or {key: found[key] for key in ("library",) if key in found}
    said = replay_age.MOVED | ({"drafts": DRAFTS} if rehearsal.with_drafts else {})
    why = [
        words for name, words in said.items() if name in then and then[name] != standing.made[name]
    ]
    if standing.edge is not None and standing.edge > rehearsal.asked_at:
        why.append(replay_age.EDGE)
    return tuple(why)


DRAFTS = "The drafts it was rehearsed with changed since."
