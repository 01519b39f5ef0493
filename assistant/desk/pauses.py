"""Pauses: a ticket's clocks stand still while we wait for the customer. A pause is a fact."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assistant.ground.database import Base
from assistant.launch.coverage import Coverage

if TYPE_CHECKING:
    from assistant.desk.tickets import Ticket


class Pause(Base):
    """One stretch of waiting for the customer: from a person's answer until they write."""

    __tablename__ = "pauses"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ticket: Mapped["Ticket"] = relationship(back_populates="pauses")


def current(pauses: Sequence[Pause]) -> Pause | None:
    """Return the pause that lasts, or nothing."""
    return next((pause for pause in pauses if pause.ended_at is None), None)


def runs_out(
    since: datetime, allowed: timedelta, coverage: Coverage, pauses: Sequence[Pause] = ()
) -> datetime:
    """Return when a clock that began at ``since`` has run for ``allowed`` of covered time.

    It stands still in ``pauses`` (in order, apart). While one lasts: when it would have run out.
    """
    at, left = since, allowed
    for pause in pauses:
        if pause.ended_at is not None and pause.ended_at <= at:
            continue
        ran = coverage.worked(at, pause.began_at)
        if ran >= left or pause.ended_at is None:
            break
        at, left = max(at, pause.ended_at), left - ran
    return coverage.add(at, left)


def ran(
    since: datetime, at: datetime, coverage: Coverage, pauses: Sequence[Pause] = ()
) -> timedelta:
    """Return for how much covered time such a clock has run at ``at``."""
    total, began = timedelta(), since
    for pause in pauses:
        ended = pause.ended_at or at
        if ended <= began or pause.began_at >= at:
            continue
        total += coverage.worked(began, max(began, pause.began_at))
        began = min(ended, at)
    return total + coverage.worked(began, at)
