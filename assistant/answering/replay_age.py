"""Whether a replay still says how things are: what it hangs on, then and now."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.answering.replay_records import Replay
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.ground.database import canonical, sha256
from assistant.launch.launches import Launch
from assistant.library import lessons
from assistant.library.entries import Entry
from assistant.library.versions import Draft, EntryVersion


def content_of(version: EntryVersion) -> str:
    """Return a hash of everything an author wrote in a version, and of what it takes in."""
    said = {part.name: getattr(version, part.name) for part in fields(Draft)}
    if version.takes_in is not None:
        said["takes_in"] = version.takes_in.key
    return sha256(canonical({name: str(value) for name, value in said.items()}))


def made_now(session: Session, launch_id: int) -> dict[str, Any]:
    """Return what a replay hangs on beside its version, as it is at this moment."""
    launch = session.get_one(Launch, launch_id)
    return {
        "library": launch.library_revision,
        "labels": launch.labels_revision,
        "lessons": lessons.state_of(session, launch_id),
        "mode": [launch.acting_mode, launch.wrong_rate, list(launch.languages)],
        "newest": newest_question(session, launch_id),
    }


MOVED = {
    "library": "The library changed since.",
    "labels": "People judged answers since, which moves how sure it must be.",
    "lessons": "People confirmed questions since.",
    "mode": "How the launch answers was changed since.",
}
EDGE = "An answer began or ended since."


def moved(
    session: Session, replay: Replay, version: EntryVersion, at: datetime | None
) -> tuple[str, ...]:
    """Return why a replay is out of date, in words; nothing when it is fresh."""
    now, then = made_now(session, replay.launch_id), replay.made_for
    why = [words for name, words in MOVED.items() if now[name] != then.get(name)]
    if content_of(version) != replay.content:
        why.insert(0, "Its text was changed since.")
    if new := _asked_after(session, replay.launch_id, int(then.get("newest", 0))):
        why.append(f"{new} question{'s were' if new > 1 else ' was'} asked since.")
    if at is not None and (edge := last_edge(session, replay.launch_id, at=at)):
        why += [EDGE] if edge > replay.started_at else []
    return tuple(why)


def newest_question(session: Session, launch_id: int) -> int:
    """Return the id of the newest question of a launch that was decided, 0 without one."""
    newest = select(func.max(Message.id)).join(Message.conversation)
    return session.scalar(newest.where(*_decided(launch_id))) or 0


def _asked_after(session: Session, launch_id: int, newest: int) -> int:
    asked = select(func.count(Message.id)).join(Message.conversation)
    return session.scalar(asked.where(*_decided(launch_id), Message.id > newest)) or 0


def _decided(launch_id: int) -> tuple[Any, ...]:
    decided = (Message.kind == Said.QUESTION, Message.decided_at.is_not(None))
    return (Conversation.launch_id == launch_id, *decided)


def last_edge(session: Session, launch_id: int, *, at: datetime) -> datetime | None:
    """Return when a validity window of the launch last opened or closed, nothing if none did."""
    mine = select(EntryVersion).join(EntryVersion.entry)
    mine = mine.where(Entry.launch_id == launch_id, EntryVersion.approved_at.is_not(None))
    edges = [
        session.scalar(mine.with_only_columns(func.max(edge)).where(edge <= at))
        for edge in (EntryVersion.valid_from, EntryVersion.valid_until)
    ]
    return max((edge for edge in edges if edge is not None), default=None)
