"""What somebody has typed into the form of an entry and not saved, kept per person and entry."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.ground.database import Base, put_unless_there
from assistant.ground.people import Person
from assistant.launch.launches import Launch


class Unsaved(Base):
    """The fields of one form as one person typed them."""

    __tablename__ = "unsaved_entries"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), primary_key=True, index=True)
    about: Mapped[str] = mapped_column(primary_key=True)  # an entry's key; "new faq" for a new one
    fields: Mapped[dict[str, Any]]
    revision: Mapped[int]  # of the entry, as it was when the form was loaded
    saved_at: Mapped[datetime]


def about_new(kind: str) -> str:
    """Return what a form about no entry yet is kept under; no key has a space."""
    return f"new {kind}"


def keep(
    session: Session,
    person: Person,
    launch: Launch,
    about: str,
    fields: Mapping[str, str],
    *,
    revision: int,
    at: datetime,
) -> None:
    """Keep what is typed in place of what was kept before."""
    row = {
        "person_id": person.id,
        "launch_id": launch.id,
        "about": about,
        "fields": dict(fields),
        "revision": revision,
        "saved_at": at,
    }
    put_unless_there(session, Unsaved, [row])
    kept = session.get_one(Unsaved, (person.id, launch.id, about))
    kept.fields, kept.revision, kept.saved_at = dict(fields), revision, at


def of(session: Session, person: Person, launch: Launch, about: str) -> Unsaved | None:
    """Return what ``person`` typed and did not save; nothing when there is none."""
    return session.get(Unsaved, (person.id, launch.id, about))


def drop(session: Session, person: Person, launch: Launch, about: str) -> None:
    """Forget it, because it was saved or is not wanted."""
    session.execute(
        delete(Unsaved).where(
            Unsaved.person_id == person.id,
            Unsaved.launch_id == launch.id,
            Unsaved.about == about,
        )
    )
