"""Subscribers: who wants a launch's updates by e-mail, asked twice, and free to leave at once."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assistant.desk.reach import Address
from assistant.ground.database import Base
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
