"""Triage rounds: several times a day somebody looks at what nobody has taken note of yet.

Each round is called once, to whoever is in charge at that minute, and kept like a report. Between
two rounds a ticket that waits too long is told of once, several that do so together in one line.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from assistant.desk.in_charge import in_charge
from assistant.desk.notices import notify
from assistant.desk.policies import in_words
from assistant.desk.tickets import Ticket
from assistant.ground.audit import ASSISTANT, Event
from assistant.ground.parts import Parts
from assistant.ground.people import Person
from assistant.launch.coverage import coverage_of
from assistant.launch.launches import Launch
from assistant.reports import written
from assistant.reports.as_of import was_untriaged
from assistant.reports.spans import local_day
from assistant.reports.triage_rounds import HOURS, KIND, kind_of, of_round

log = structlog.get_logger()

MISSED = timedelta(hours=1)  # a round that nothing called by then is over
TOO_LONG = timedelta(minutes=30)  # without anybody, while people are there
ALERT = "untriaged"  # the notice's kind, and the event's
AT_ONCE = 200  # tickets of one look
NAMED = 3  # tickets that one line names


def round_at(at: datetime, zone: ZoneInfo) -> tuple[date, int] | None:
    """Return the round that is to be called at ``at``: its local day and hour; nothing between."""
    day = local_day(at, zone)
    for hour in HOURS:
        begins = datetime.combine(day, time(hour), zone).astimezone(UTC)
        if begins <= at < begins + MISSED:
            return day, hour
    return None


def call_rounds(parts: Parts) -> int:
    """Call the round of this hour in each live launch, once; return how many were called."""
    at = parts.clock.now()
    with parts.db.reading() as session:
        due = [
            (each.id, *found)
            for each in session.scalars(select(Launch).where(*_is_live()))
            if (found := round_at(at, each.zone)) and _is_there(each, at)
        ]
        due = [(launch_id, day, hour) for launch_id, day, hour in due
               if written.of_day(session, launch_id, kind_of(hour), day) is None]  # fmt: skip
    return sum(_call(parts, launch_id, day, hour, at) for launch_id, day, hour in due)


def _is_live() -> tuple[ColumnElement[bool], ...]:
    return Launch.live_at.is_not(None), Launch.closed_at.is_(None)


def _is_there(launch: Launch, at: datetime) -> bool:
    """Return whether people are there by the launch's calendar; nobody triages on a holiday."""
    return bool(coverage_of(launch).spans(at, at + timedelta(minutes=1)))


def _call(parts: Parts, launch_id: int, day: date, hour: int, at: datetime) -> bool:
    with parts.db.reading() as session:
        paper = of_round(session, session.get_one(Launch, launch_id), day, at)
    with parts.db.writing() as session:
        if written.keep(session, (launch_id, kind_of(hour), day), paper, until=at, at=at) is None:
            return False  # another worker was first
        launch = session.get_one(Launch, launch_id)
        person = in_charge(session, launch_id, at)
        untriaged = next(n.shown for n in paper.numbers if n.name == "untriaged")
        if person is not None and paper.tone == "warn":
            words = f"Triage of {hour:02d}:00: {untriaged} to look at. {paper.verdict}"
            href = f"/launches/{launch.key}/reports/{kind_of(hour)}/{day}"
            notify(session, person, words, kind=KIND, launch_id=launch_id, at=at, href=href)
    return True


# --- between the rounds ---


def alert_untriaged(parts: Parts) -> int:
    """Tell who is in charge of the tickets that wait too long for a first look, of each once.

    Returns how many tickets were told of. Nothing is told while the clock is not to be trusted.
    """
    if not parts.watch.trusts(parts.clock):
        return 0
    at, done = parts.clock.now(), 0
    with parts.db.reading() as session:
        waiting: dict[int, list[int]] = {}
        for ticket in _waiting(session, at):
            waiting.setdefault(ticket.launch_id, []).append(ticket.id)
    for launch_id, ids in waiting.items():
        try:
            with parts.db.writing() as session:
                done += _alert(session, launch_id, ids, at)
        except Exception:  # one launch that fails must not keep the others quiet
            log.exception("telling of untriaged tickets failed", launch=launch_id)
    return done


def _waiting(session: Session, at: datetime) -> list[Ticket]:
    query = (
        select(Ticket)
        .join(Ticket.launch)
        .where(*_is_live(), *_untold(at), Ticket.opened_at <= at - TOO_LONG)
        .order_by(Ticket.severity, Ticket.opened_at)
        .limit(AT_ONCE)
        .options(joinedload(Ticket.launch))
    )
    return [each for each in session.scalars(query) if _waited(each, at) >= TOO_LONG]


def _untold(at: datetime) -> tuple[ColumnElement[bool], ...]:
    told = select(Event.id).where(Event.ticket_id == Ticket.id, Event.kind == f"ticket.{ALERT}")
    return was_untriaged(at), ~told.exists()


def _waited(ticket: Ticket, at: datetime) -> timedelta:
    """Return how long it has waited while people were there by the launch's calendar."""
    return coverage_of(ticket.launch).worked(ticket.opened_at, at)


def _alert(session: Session, launch_id: int, ids: Sequence[int], at: datetime) -> int:
    # Of two workers the second waits here for the first, and finds what it has written down.
    of_these = select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id)
    session.scalars(of_these.with_for_update()).all()
    still = of_these.where(*_untold(at)).order_by(None).order_by(Ticket.severity, Ticket.opened_at)
    found, person = session.scalars(still).all(), in_charge(session, launch_id, at)
    if not found or person is None:
        return 0
    for ticket in found:
        ticket.record(session, ALERT, by=ASSISTANT, at=at, minutes=_minutes(ticket, at))
    _tell(session, person, found, at)
    return len(found)


def _minutes(ticket: Ticket, at: datetime) -> int:
    return int(_waited(ticket, at) / timedelta(minutes=1))


def _tell(session: Session, person: Person, found: Sequence[Ticket], at: datetime) -> None:
    one, launch = (found[0] if len(found) == 1 else None), found[0].launch
    longest = in_words(timedelta(minutes=max(_minutes(ticket, at) for ticket in found)))
    named = ", ".join(ticket.number for ticket in found[:NAMED])
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    waited = f" for {longest}." if one else f": the longest waits {longest}."
    notify(
        session, person, f"Nobody has looked at {named}{more}{waited}", kind=ALERT,
        launch_id=launch.id, at=at, ticket=one,
        href="" if one else f"/launches/{launch.key}/reports/{KIND}",
    )  # fmt: skip
