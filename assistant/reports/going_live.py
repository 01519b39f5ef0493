"""Going live: refused while something required is missing; what starts it, and why, is recorded."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.ground.audit import happened
from assistant.ground.database import Base
from assistant.ground.errors import Refused
from assistant.ground.people import Person
from assistant.launch.launches import Launch, Trigger
from assistant.reports.points import Point, points

SHORTEST = 10  # characters of a reason; fewer say nothing


class Activation(Base):
    """What started a launch's hypercare, who decided it, and what was overruled then."""

    __tablename__ = "activations"

    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), primary_key=True)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    trigger: Mapped[str]
    because: Mapped[str]
    overruled: Mapped[list[dict[str, Any]]]  # [{point, missing}]
    reason: Mapped[str]  # for overruling; "" when nothing was
    by: Mapped[Person] = relationship()


class NotReady(Refused):
    """Something is missing before it goes live; ``points`` are those that are open."""

    def __init__(self, message: str, *, what_to_do: str, open_points: Sequence[Point]) -> None:
        super().__init__(message, what_to_do=what_to_do)
        self.points = tuple(open_points)


def take_live(
    session: Session,
    launch: Launch,
    *,
    trigger: str,
    because: str,
    reason: str,
    by: Person,
    at: datetime,
) -> Activation:
    """Begin hypercare. ``reason`` is why what is advised and missing may be missing.

    Raises:
        NotPermitted: when ``by`` does not lead it.
        NotReady: while something is missing: with the points that are open.
        Refused: when it is live already, or nobody says what started it.
    """
    found = points(session, launch, at=at)
    if launch.phase == "preparing":
        _must_be_ready(found, reason)
    trigger = trigger or launch.trigger
    if trigger not in list(Trigger):
        raise Refused("Say what started it.", what_to_do="Choose the trigger.")
    launch.go_live(session, by=by, at=at)
    launch.trigger = trigger
    overruled = [{"point": p.key, "missing": list(p.advised)} for p in found if p.advised]
    activation = Activation(
        launch_id=launch.id, at=at, by_id=by.id, trigger=trigger, because=because.strip(),
        overruled=overruled, reason=reason.strip() if overruled else "",
    )  # fmt: skip
    session.add(activation)
    happened(
        session, "launch.activated", at=at, by=by, launch_id=launch.id, trigger=trigger,
        because=activation.because, overruled=overruled, reason=activation.reason,
    )  # fmt: skip
    return activation


def _must_be_ready(found: Sequence[Point], reason: str) -> None:
    if stopping := [point for point in found if point.required]:
        raise NotReady(
            f"Before it goes live: {' '.join(point.words for point in stopping)}",
            what_to_do="Fill in what is required; the points lead there.",
            open_points=stopping,
        )
    advised = [point for point in found if point.advised]
    if advised and len(reason.strip()) < SHORTEST:
        raise NotReady(
            f"{len(advised)} advised point{'s are' if len(advised) > 1 else ' is'} open.",
            what_to_do="See to them, or say in a sentence why it goes live without.",
            open_points=advised,
        )
