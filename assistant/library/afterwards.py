"""What becomes of temporary answers when hypercare ends. None is left undecided (R61).

Deciding only writes it down: making permanent and retiring are verbs of their own, with their own
approval. Until it is carried out the answer stays what it was.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.ground.audit import happened
from assistant.ground.database import Base
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from assistant.library.wording import Kind


class Becomes(StrEnum):
    """What a temporary answer is after the launch."""

    PERMANENT = "permanent"  # a question and answer of the library, for good
    ARTICLE = "article"  # part of a help article outside
    PLAYBOOK = "playbook"  # what agents do, no longer what customers read
    RETIRED = "retired"  # nothing


BECOMES_WORDS = {
    Becomes.PERMANENT: "Permanent question and answer",
    Becomes.ARTICLE: "Part of a help article",
    Becomes.PLAYBOOK: "Playbook for agents",
    Becomes.RETIRED: "Retired",
}


class Afterwards(Base):
    """What somebody decided about one temporary answer."""

    __tablename__ = "entries_afterwards"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    becomes: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    decided_by: Mapped[Person] = relationship()


def decide(
    session: Session, entry: Entry, becomes: Becomes, *, note: str = "", by: Person, at: datetime
) -> Afterwards:
    """Write down what becomes of ``entry``; deciding again replaces it, and the trail keeps both.

    Raises:
        NotPermitted: when ``by`` is no lead.
        Refused: when it is permanent already.
    """
    if not by.is_any(Role.LEAD):
        raise NotPermitted("Only a lead decides what stays.", what_to_do="Ask a lead.")
    if entry.kind != Kind.RESPONSE:
        raise Refused("It is permanent already.", what_to_do="Nothing is left to do.")
    decided = session.get(Afterwards, entry.id) or Afterwards(entry_id=entry.id)
    before = decided.becomes
    decided.becomes, decided.note = becomes.value, note.strip()
    decided.decided_at, decided.decided_by_id = at, by.id
    session.add(decided)
    happened(
        session,
        "entry.afterwards",
        at=at,
        by=by,
        launch_id=entry.launch_id,
        entry_id=entry.id,
        key=entry.key,
        becomes=[before, becomes.value],
        note=note.strip(),
    )
    return decided


def temporary(session: Session, launch_id: int, *, at: datetime) -> list[EntryVersion]:
    """Return the temporary answers that were not ended by a person by ``at``, by key.

    Those that ran out are among them: what becomes of them is to be decided all the same.
    """
    query = (
        select(EntryVersion)
        .join(EntryVersion.entry)
        .where(Entry.launch_id == launch_id, Entry.kind == Kind.RESPONSE)
        .where(Entry.retired_at.is_(None) | (Entry.retired_at > at))
        .where(EntryVersion.approved_at.is_not(None), EntryVersion.superseded_at.is_(None))
        .where(EntryVersion.recalled_at.is_(None))
        .order_by(Entry.key)
        .options(joinedload(EntryVersion.entry).joinedload(Entry.scenario))
    )
    return list(session.scalars(query))


def decided(session: Session, launch_id: int) -> dict[int, Afterwards]:
    """Return what was decided, by entry, in one query."""
    query = (
        select(Afterwards)
        .join(Entry, Entry.id == Afterwards.entry_id)
        .where(Entry.launch_id == launch_id)
        .options(joinedload(Afterwards.decided_by))
    )
    return {each.entry_id: each for each in session.scalars(query)}


def undecided(session: Session, launch_id: int, *, at: datetime) -> list[EntryVersion]:
    """Return the temporary answers about which nobody has decided yet, by key."""
    known = decided(session, launch_id)
    return [v for v in temporary(session, launch_id, at=at) if v.entry_id not in known]
