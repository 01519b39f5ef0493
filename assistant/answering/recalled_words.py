"""Words that were recalled, found again in what a person is about to send."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from assistant.desk.recalled import Recall
from assistant.desk.reply_guard import SHORTEST_NOTE, Objection
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion


def is_recalled(session: Session, launch_id: int, text: str) -> str:
    """Return why ``text`` may not be sent: it was recalled word for word; empty when it was not."""
    said = _flat(text)
    known = _recalled(session, launch_id)
    return next((_why(session, each) for each in known if _is(each, said)), "")


def objections(
    session: Session, launch_id: int, text: str, *, base: EntryVersion | None = None
) -> list[Objection]:
    """Return what of ``text`` was recalled; ``base`` is the version that its writer began with.

    The very words stand in the way for good. Around them, or changed, they may be meant: whoever
    says what was wrong may have to say it again.
    """
    said, found = _flat(text), []
    for each in _recalled(session, launch_id):
        is_within = len(_flat(each.text)) >= SHORTEST_NOTE and _flat(each.text) in said
        if _is(each, said):
            found.append(Objection(f"recalled {each.id}", _why(session, each)))
        elif is_within or (base is not None and base.id == each.id):
            found.append(Objection(f"recalled {each.id}", _why(session, each), soft=True))
    return found


def _is(version: EntryVersion, said: str) -> bool:
    return _flat(version.text) == said


def _why(session: Session, version: EntryVersion) -> str:
    query = select(Recall).where(
        Recall.entry_id == version.entry_id,
        Recall.undone_at.is_(None),
        Recall.reinstated_at.is_(None),
    )
    recalls = session.scalars(query.order_by(Recall.id.desc()))
    reason = next((each.reason for each in recalls if version.id in each.version_ids), "")
    said = f"What version {version.number} of “{version.question}” says was recalled"
    return f"{said}: {reason}" if reason else f"{said}."


def _recalled(session: Session, launch_id: int) -> Iterator[EntryVersion]:
    other = aliased(EntryVersion)
    is_said_again = select(other.id).where(
        other.sha256 == EntryVersion.sha256,
        other.approved_at.is_not(None),
        other.superseded_at.is_(None),
        other.recalled_at.is_(None),
    )
    query = (
        select(EntryVersion)
        .join(EntryVersion.entry)
        .where(Entry.launch_id == launch_id, EntryVersion.recalled_at.is_not(None))
        .where(~is_said_again.exists())
        .options(joinedload(EntryVersion.entry))
        .order_by(EntryVersion.id)
    )
    yield from session.scalars(query)


def _flat(text: str) -> str:
    return " ".join(text.split()).casefold()
