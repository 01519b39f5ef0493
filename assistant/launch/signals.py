"""Signals: measured series from outside, such as logins, feature use, uptime and error rates.

One value belongs to a metric, an instant and a source. The same again replaces nothing: whoever
sends twice is told that it is there.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.ground.database import Base


class Signal(Base):
    """One measured value."""

    __tablename__ = "signals"
    __table_args__ = (
        UniqueConstraint("launch_id", "metric", "at", "source"),
        Index("ix_signals_launch_id_metric_at", "launch_id", "metric", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"))
    metric: Mapped[str]
    at: Mapped[datetime]
    value: Mapped[float]
    source: Mapped[str]
    received_at: Mapped[datetime]


class Together(StrEnum):
    """How the values of one day become one figure."""

    SUM = "sum"  # of counts: sign-ins, errors
    MEAN = "mean"  # of shares and levels: per cent, milliseconds


class OfDay(NamedTuple):
    """The figure of a day and of how many values it is."""

    value: float
    values: int


def together_for(metric: str) -> Together:
    """Return how the values of a day add up: what is named ``…_per_day`` is a sum."""
    return Together.SUM if metric.endswith("_per_day") else Together.MEAN


def of_day(
    session: Session, launch_id: int, metric: str, *, start: datetime, end: datetime
) -> OfDay | None:
    """Return the figure of what was measured from ``start`` on and before ``end``, in UTC."""
    whole = func.sum if together_for(metric) is Together.SUM else func.avg
    query = select(whole(Signal.value), func.count(Signal.id)).where(
        Signal.launch_id == launch_id,
        Signal.metric == metric,
        Signal.at >= start,
        Signal.at < end,
    )
    value, values = session.execute(query).one()
    return OfDay(float(value), values) if values else None
