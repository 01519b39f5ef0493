"""Moved limits: exit criteria and baselines that were changed while the launch was live.

Nobody is kept from setting a limit right. Whoever signs the end sees which were moved, by whom.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assistant.ground.audit import Event
from assistant.launch.launches import Launch

PARTS = {"exit_criteria": "Exit criterion", "baselines": "Baseline"}
SAID = ("metric", "comparison", "value", "days")


@dataclass(frozen=True, slots=True)
class Moved:
    """One limit that was moved. ``before`` or ``after`` is empty when it was new or left out."""

    at: datetime
    by: str  # the person, or the part of the product
    what: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def moved_limits(session: Session, launch: Launch) -> list[Moved]:
    """Return the limits that were moved since the launch went live, newest first."""
    if launch.live_at is None:
        return []
    query = (
        select(Event)
        .where(Event.launch_id == launch.id, Event.kind == "launch.described")
        .where(Event.at >= launch.live_at)
        .order_by(Event.id.desc())
        .options(joinedload(Event.person))
    )
    return [
        moved
        for event in session.scalars(query)
        for part, (before, after) in event.details["changes"].items()
        if part in PARTS
        for moved in _moved(event.at, event.who, PARTS[part], before, after)
    ]


def _moved(
    at: datetime,
    by: str,
    what: str,
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
) -> Iterator[Moved]:
    was, now = ({str(each["metric"]): _said(each) for each in them} for them in (before, after))
    for metric in dict.fromkeys((*was, *now)):
        if was.get(metric) != now.get(metric):
            yield Moved(at, by, what, was.get(metric, {}), now.get(metric, {}))


def _said(limit: Mapping[str, Any]) -> dict[str, Any]:
    return {name: limit[name] for name in SAID if name in limit}
