"""What may be sent at a moment: one condition, which the gate and every page share."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion


def is_live(at: datetime) -> ColumnElement[bool]:
    """Return the SQL condition for a version, joined to its entry, that may be sent at ``at``."""
    return and_(
        EntryVersion.approved_at.is_not(None),  # whenever that was: clocks of hosts may differ
        EntryVersion.superseded_at.is_(None),
        EntryVersion.recalled_at.is_(None),
        Entry.retired_at.is_(None),
        or_(EntryVersion.valid_from.is_(None), EntryVersion.valid_from <= at),
        or_(EntryVersion.valid_until.is_(None), EntryVersion.valid_until > at),
    )


def live(session: Session, launch_id: int, *, at: datetime) -> list[EntryVersion]:
    """Return the versions that may be sent at ``at``, by key of their entry."""
    query = (
        select(EntryVersion)
        .join(EntryVersion.entry)
        .where(Entry.launch_id == launch_id, is_live(at))
        .order_by(Entry.key)
    )
    query = query.options(joinedload(EntryVersion.entry).joinedload(Entry.scenario))
    return list(session.scalars(query))
