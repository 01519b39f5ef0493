"""Chasing decisions: who decides is reminded once in a period, then the shift's owner hears of it.

A reminder is a row that can be there only once, so a restart and two workers remind once.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.desk.in_charge import in_charge
from assistant.desk.rulings import Ruling
from assistant.desk.severity import Severity
from assistant.ground.database import Base
from assistant.ground.errors import Refused
from assistant.ground.parts import Parts
from assistant.ground.people import Person, launches_of
from assistant.launch.launches import Launch

log = structlog.get_logger()

PERIOD = {
    Severity.BLOCKED: timedelta(minutes=30),
    Severity.PAINFUL: timedelta(hours=2),
    Severity.MINOR: timedelta(hours=8),
}
ESCALATES_AT = 2  # periods: after two the shift's owner hears of it, too
MOST = 200  # decisions of one sweep


class RulingChase(Base):
    """One reminder. ``period`` counts from when it was asked: one in each."""

    __tablename__ = "ruling_chases"
    __table_args__ = (UniqueConstraint("ruling_id", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ruling_id: Mapped[int] = mapped_column(ForeignKey("rulings.id"))
    period: Mapped[int]
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # empty: by itself


def chase(parts: Parts) -> int:
    """Remind everybody whose decision is overdue, once in each period; return how many."""
    if not parts.watch.trusts(parts.clock):
        return 0
    at, done = parts.clock.now(), 0
    with parts.db.reading() as session:
        due = [each.id for each in _open(session) if period_of(each, at) >= 1]
    for ruling_id in due:
        try:
            with parts.db.writing() as session:
                done += _chased(session, session.get_one(Ruling, ruling_id), at)
        except Exception:  # one that fails must not keep the others quiet
            log.exception("chasing a decision failed", ruling=ruling_id)
    return done


def period_of(ruling: Ruling, at: datetime) -> int:
    """Return how many periods it has waited."""
    return int((at - ruling.asked_at) / PERIOD[Severity(ruling.ticket.severity)])


def remind(session: Session, ruling: Ruling, *, by: Person, at: datetime) -> Person:
    """Remind who decides now, and return who that is.

    Raises:
        Refused: when it is decided, or they were reminded in this period already.
    """
    if not ruling.is_open:
        raise Refused("It is decided.", what_to_do="Load the page again.")
    person = _who(session, ruling, at)
    if person is None:
        raise Refused("Nobody is there to remind.", what_to_do="Add a lead to the launch.")
    if not _claimed(session, ruling, period_of(ruling, at), person, by, at):
        raise Refused("They were reminded a moment ago.", what_to_do="Ask them yourself.")
    _tell(session, ruling, person, f"{by.name} reminds you: ", at)
    return person


def reminders(session: Session, ruling_ids: list[int]) -> dict[int, tuple[int, datetime]]:
    """Return how often and when last somebody was reminded, by decision."""
    query = (
        select(RulingChase.ruling_id, func.count(), func.max(RulingChase.at))
        .where(RulingChase.ruling_id.in_(ruling_ids))
        .group_by(RulingChase.ruling_id)
    )
    return {ruling_id: (count, last) for ruling_id, count, last in session.execute(query)}


def _open(session: Session) -> list[Ruling]:
    query = (
        select(Ruling)
        .join(Launch, Launch.id == Ruling.launch_id)
        .where(Ruling.decided_at.is_(None), Launch.closed_at.is_(None))
        .order_by(Ruling.asked_at)
        .limit(MOST)
    )
    return list(session.scalars(query))


def _chased(session: Session, ruling: Ruling, at: datetime) -> bool:
    period, person = period_of(ruling, at), _who(session, ruling, at)
    is_over = not ruling.is_open or not ruling.ticket.is_open
    if is_over or not _claimed(session, ruling, period, person, None, at):
        return False
    if person is not None:
        _tell(session, ruling, person, _in_place_of(ruling, person), at)
    if period >= ESCALATES_AT:
        on_shift = in_charge(session, ruling.launch_id, at)
        if on_shift is not None and (person is None or on_shift.id != person.id):
            name = person.name if person else "Nobody"
            _tell(session, ruling, on_shift, f"{name} has not decided: ", at)
    return True


def _who(session: Session, ruling: Ruling, at: datetime) -> Person | None:
    """Return who was asked, while they can decide; else who is in charge."""
    asked = ruling.asked_of
    if asked is not None and asked.disabled_at is None:
        is_here = asked.is_any() or ruling.launch_id in launches_of(session, asked)
        if is_here:
            return asked
    return in_charge(session, ruling.launch_id, at)


def _in_place_of(ruling: Ruling, person: Person) -> str:
    """Return why somebody else is reminded than who was asked; "" when it is them."""
    asked = ruling.asked_of
    if asked is None or asked.id == person.id:
        return ""
    return f"{asked.name} has left, so a lead has to name who decides: "


def _tell(session: Session, ruling: Ruling, person: Person, begin: str, at: datetime) -> None:
    waited = age_words(at - ruling.asked_at)
    words = f"{begin}a decision on {ruling.ticket.number} has waited {waited}: “{ruling.question}”"
    ruling.tell(session, person, words[:1].upper() + words[1:], kind="decision-asked", at=at)


def age_words(waited: timedelta) -> str:
    """Return how long somebody has waited, as people say it: ``35 min``, ``3 h 05``, ``4 days``."""
    minutes = max(0, round(waited.total_seconds() / 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02d}" if minutes < 2880 else f"{minutes // 1440} days"


def _claimed(
    session: Session,
    ruling: Ruling,
    period: int,
    person: Person | None,
    by: Person | None,
    at: datetime,
) -> bool:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    row = {"ruling_id": ruling.id, "period": period, "at": at}
    who = {"person_id": person.id if person else None, "by_id": by.id if by else None}
    claimed = insert(RulingChase).values(**row, **who).on_conflict_do_nothing()
    return session.scalar(claimed.returning(RulingChase.id)) is not None
