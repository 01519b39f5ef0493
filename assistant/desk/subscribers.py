"""Subscribers: who wants a launch's updates by e-mail, asked twice, and free to leave at once."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.desk.reach import Address, address_in, known
from assistant.ground.audit import CUSTOMER, happened
from assistant.ground.database import Base
from assistant.ground.errors import Refused
from assistant.launch.launches import Launch


class Subscriber(Base):
    """One address and one launch. Without ``confirmed_at`` nobody has said yes there."""

    __tablename__ = "subscribers"
    __table_args__ = (UniqueConstraint("launch_id", "address_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("customer_addresses.id"), index=True)
    wanted_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    launch: Mapped[Launch] = relationship()
    address: Mapped[Address] = relationship()

    def confirm(self, session: Session, *, at: datetime) -> None:
        """Let updates come from ``at`` on; a second time changes nothing."""
        if self.confirmed_at is None or self.ended_at is not None:
            self.confirmed_at, self.ended_at = at, None
            happened(session, "subscriber.confirmed", at=at, by=CUSTOMER, launch_id=self.launch_id)

    def leave(self, session: Session, *, at: datetime) -> None:
        """Let no update come any more; a second time changes nothing."""
        if self.ended_at is None:
            self.ended_at = at
            happened(session, "subscriber.left", at=at, by=CUSTOMER, launch_id=self.launch_id)


def want(session: Session, launch: Launch, words: str, *, at: datetime) -> Subscriber:
    """Write down that somebody wants the updates at ``words``; they are asked there first.

    Raises:
        Refused: when that is no address.
    """
    email = address_in(words)
    if email is None:
        raise Refused("That is no e-mail address.", what_to_do="Write one, as mara@example.com.")
    address = known(session, email, at=at)
    mine = (Subscriber.launch_id == launch.id, Subscriber.address_id == address.id)
    found = session.scalar(select(Subscriber).where(*mine))
    if found is None:
        found = Subscriber(launch_id=launch.id, address=address, wanted_at=at)
        session.add(found)
    found.wanted_at = at
    session.flush()
    return found
