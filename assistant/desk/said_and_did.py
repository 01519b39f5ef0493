"""You said, we did: what people told us, what was done, and whether everybody may read it.

Both halves are words that a person wrote. Only a lead makes one public, and takes it back.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.desk.causes import Cause
from assistant.ground.audit import happened
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch

LONGEST = 600  # characters of either half


class SaidAndDid(Base):
    """One answer to what people said."""

    __tablename__ = "said_and_did"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    said: Mapped[str]
    did: Mapped[str]
    told_to: Mapped[str]  # who heard of it, in words
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("causes.id"), index=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    made_by: Mapped[Person] = relationship(foreign_keys=[made_by_id])
    cause: Mapped[Cause | None] = relationship()

    def publish(self, session: Session, *, by: Person, at: datetime) -> None:
        """Let everybody read it on the page of updates.

        Raises:
            NotPermitted: when ``by`` does not lead.
            Refused: when it is public already.
        """
        _must_lead(by)
        if self.published_at is not None:
            raise Refused("It is public already.", what_to_do="Nothing is left to do.")
        self.published_at, self.published_by_id = at, by.id
        happened(
            session, "said-and-did.published", at=at, by=by, launch_id=self.launch_id, id=self.id
        )

    def take_back(self, session: Session, *, by: Person, at: datetime) -> None:
        """Take it off the page of updates. Raises NotPermitted when ``by`` does not lead."""
        _must_lead(by)
        self.published_at = self.published_by_id = None
        happened(
            session, "said-and-did.taken-back", at=at, by=by, launch_id=self.launch_id, id=self.id
        )


def _must_lead(by: Person) -> None:
    if not by.is_any(Role.LEAD):
        raise NotPermitted("Only a lead makes this public.", what_to_do="Ask a lead.")


def write(
    session: Session,
    launch: Launch,
    *,
    said: str,
    did: str,
    told_to: str,
    cause: Cause | None,
    by: Person,
    at: datetime,
) -> SaidAndDid:
    """Keep what was said and done; nobody outside reads it yet.

    Raises:
        Refused: when a half is missing or too long.
    """
    said, did = said.strip(), did.strip()
    if not said or not did:
        raise Refused("It has two halves.", what_to_do="Say what people said, and what you did.")
    if max(len(said), len(did)) > LONGEST:
        raise Refused("That is too long.", what_to_do=f"Keep each half under {LONGEST} characters.")
    kept = SaidAndDid(
        launch_id=launch.id,
        said=said,
        did=did,
        told_to=told_to.strip()[:LONGEST],
        cause_id=cause.id if cause else None,
        made_at=at,
        made_by=by,
    )
    session.add(kept)
    session.flush()
    happened(session, "said-and-did.written", at=at, by=by, launch_id=launch.id, id=kept.id)
    return kept


def of_launch(
    session: Session, launch_id: int, *, only_public: bool = False
) -> Sequence[SaidAndDid]:
    """Return what was said and done, newest first."""
    query = select(SaidAndDid).where(SaidAndDid.launch_id == launch_id)
    if only_public:
        query = query.where(SaidAndDid.published_at.is_not(None))
    query = query.options(joinedload(SaidAndDid.made_by), joinedload(SaidAndDid.cause))
    return session.scalars(query.order_by(SaidAndDid.id.desc())).all()


def by_id(session: Session, launch: Launch, number: int) -> SaidAndDid:
    """Return one of the launch. Raises NotFound when it has none such."""
    found = session.get(SaidAndDid, number, with_for_update=True)
    if found is None or found.launch_id != launch.id:
        raise NotFound("There is nothing like that here.", what_to_do="Load the page again.")
    return found
