"""Reliability P24: one report per launch and day, mailed once, every figure equal to a recount.

Simulated days, in which people ask and agents work, and on every one of them the worker dies
somewhere while it writes; then two workers do what is left at the same time. The days go over a
change of the clocks. ``--report-days 60`` is the whole proof.
"""

import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from statistics import median

import pytest
from sqlalchemy import event, text

from assistant.ground.parts import Parts
from assistant.reports import papers, written
from assistant.reports.due import Rhythm
from assistant.reports.kinds import KINDS
from assistant.reports.spans import day_span
from assistant.reports.written import write_due
from tests import cast
from tests.cast import a_customer, clock_of, launch_of

SEED = 20_270_328
SPRING = datetime(2027, 3, 26, 8, tzinfo=UTC)  # the clocks go forward on the third day
AUTUMN = datetime(2026, 10, 23, 8, tzinfo=UTC)  # and back on the third
MAILED = ("daily-status", "weekly-digest")  # to the sponsor, unasked


class Died(BaseException):
    """The worker was killed at this statement."""


@contextmanager
def dying(parts: Parts, after: int):
    """Let the ``after``-th statement of this process be its last."""
    left = iter(range(after, -1, -1))

    def count(*_):
        if next(left, 0) <= 0:
            raise Died

    event.listen(parts.db.engine, "before_cursor_execute", count)
    event.listen(parts.db.engine, "commit", count)
    try:
        yield
    finally:
        event.remove(parts.db.engine, "before_cursor_execute", count)
        event.remove(parts.db.engine, "commit", count)


def a_day_passes(parts: Parts, draw: random.Random) -> None:
    for _ in range(draw.randint(1, 4)):
        cast.later(parts, minutes=draw.randint(1, 90))
        words = draw.choice([cast.PRICE, cast.BLOCKED, cast.UNKNOWN, cast.EXPORT])
        a_customer(parts, visitor=f"v{draw.randrange(12)}").asks(words)
    with parts.db.writing() as session:
        amir, at = cast.the(session, cast.AMIR), parts.clock.now()
        open_ones = [t for t in cast.tickets_of(session) if t.is_open]
        for ticket in draw.sample(open_ones, min(len(open_ones), 2)):
            match draw.randrange(3):
                case 0 if ticket.level == 0:
                    ticket.escalate(session, reason="It is urgent.", by=amir, at=at)
                case 1 if ticket.first_response_at:
                    ticket.resolve(session, by=amir, at=at)
                case _:
                    ticket.reply(session, f"I looked into it at {at}.", by=amir, at=at)


def in_the_evening(parts: Parts, day: date) -> None:
    with parts.db.reading() as session:
        end = day_span(day, launch_of(session).zone).end
    clock_of(parts).set(max(parts.clock.now(), end - timedelta(minutes=1)))


def the_worker_is_killed_and_two_go_on(parts: Parts, other: Parts, draw: random.Random) -> int:
    """Return how many times it died."""
    died = 0
    for _ in range(2):
        try:
            with dying(parts, draw.randint(1, 160)):
                write_due(parts)
        except Died:
            died += 1
    clock_of(other).set(parts.clock.now())
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write_due, (parts, other)))
    return died


@pytest.mark.parametrize("begins", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_one_report_per_day_and_every_figure_equals_a_recount(
    shop: Parts, begins: datetime, request: pytest.FixtureRequest, record_property
) -> None:
    days = int(request.config.getoption("--report-days"))
    draw = random.Random(SEED)
    other = cast.parts_in(shop.settings.data, embedder=shop.embedder)
    for parts in (shop, other):
        parts.settings.smtp_host, parts.settings.mail_from = "localhost", "us@shop.example"
    clock_of(shop).set(begins)
    with shop.db.writing() as session:
        launch_of(session).live_at = begins
    died, figures, whole = 0, 0, []
    for number in range(days):
        day = begins.date() + timedelta(days=number)
        clock_of(shop).set(max(shop.clock.now(), begins + timedelta(days=number)))
        a_day_passes(shop, draw)
        in_the_evening(shop, day)
        cast.later(shop, hours=7, minutes=2)  # after seven, also where the night has 25 hours
        cast.later(shop, minutes=60)
        died += the_worker_is_killed_and_two_go_on(shop, other, draw)
        figures += every_figure_equals_a_recount(shop, day)
        whole.append(day)
    assert died >= days // 3
    there = Counter(rows(shop, "SELECT kind, day FROM written_reports"))
    assert set(there.values()) == {1}
    daily = [kind.name for kind in KINDS.values() if kind.rhythm is Rhythm.DAY]
    for name in daily:
        assert [day for kind, day in sorted(there) if kind == name] == [str(d) for d in whole]
    mails = Counter(rows(shop, "SELECT key, target FROM outgoing WHERE key LIKE 'report-%'"))
    reports = rows(shop, "SELECT id, kind FROM written_reports")
    wanted = {(f"report-{id_}", cast.PRIYA) for id_, kind in reports if kind in MAILED}
    assert set(mails.values()) == {1}
    assert {mail for mail in mails if mail[1] == cast.PRIYA} == wanted
    other.close()
    record_property(
        "figure",
        f"P24: {days} days from {begins:%B}, {died} deaths while writing, {len(reports)} reports, "
        f"each once; {len(wanted)} mails to the sponsor, each once; {figures} figures recounted.",
    )


def rows(parts: Parts, statement: str, **values: object) -> list[tuple]:
    with parts.db.reading() as session:
        return [tuple(row) for row in session.execute(text(statement), values)]


def every_figure_equals_a_recount(parts: Parts, day: date) -> int:
    """Count each figure of the day's status anew in SQL of its own; return how many there were."""
    with parts.db.reading() as session:
        launch = launch_of(session)
        report = written.of_day(session, launch.id, "daily-status", day)
        span = day_span(day, launch.zone)
    assert report is not None
    shown = {number.name: number.value for number in papers.of_json(report.paper).numbers}
    own = recounted(parts, span.start, span.end, report.written_at)
    assert shown == {name: pytest.approx(value, abs=0.06) for name, value in own.items()}
    return len(own)


CONTACTS = """
    SELECT count(*) FROM messages m WHERE kind IN ('question', 'call') AND at ON_THE_DAY
    AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.message_id = m.id
    AND d.outcome = 'clarification' AND NOT EXISTS (SELECT 1 FROM messages r
    WHERE r.reply_to_id = m.id AND r.kind = 'clarification'))
"""
REPEATS = """
    SELECT count(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE m.kind = 'question' AND m.at ON_THE_DAY AND EXISTS (SELECT 1 FROM messages b
    JOIN conversations o ON o.id = b.conversation_id WHERE b.group_id = m.group_id
    AND b.id < m.id AND b.kind = 'question' AND o.visitor <> c.visitor)
"""
ESCALATIONS = """
    SELECT count(DISTINCT ticket_id) FROM events WHERE kind = 'ticket.escalated' AND at ON_THE_DAY
"""
BROKEN = "SELECT count(*) FROM events WHERE kind = 'ticket.promise-broken' AND at ON_THE_DAY"
OPEN = """
    SELECT count(*) FROM tickets WHERE opened_at < :end
    AND (resolved_at IS NULL OR resolved_at >= :end)
"""
URGENT = f"{OPEN} AND severity < 3"


def recounted(
    parts: Parts, start: datetime, end: datetime, at: datetime
) -> dict[str, float | None]:
    span = {"start": _sql(start), "end": _sql(end)}

    def one(statement: str) -> float:
        whole = re.sub(r"(\S+) ON_THE_DAY", r"\1 >= :start AND \1 < :end", statement)
        return float(rows(parts, whole, **span)[0][0] or 0)

    return {
        "contacts_per_day": one(CONTACTS),
        "first_response_minutes": _first_response(parts, span, at),
        "time_to_resolution_hours": _resolution(parts, span, end, at),
        "repeat_questions_per_day": one(REPEATS),
        "escalations_per_day": one(ESCALATIONS),
        "satisfied_percent": None,  # nobody rates here
        "open_tickets": one(OPEN),
        "open_urgent": one(URGENT),
        "undecided": one("SELECT count(*) FROM causes"),
        "promises_broken": one(BROKEN),
        "updates": one("SELECT count(*) FROM updates WHERE published_at ON_THE_DAY"),
        "fixes": one("SELECT count(*) FROM fixes WHERE at ON_THE_DAY"),
    }


def _first_response(parts: Parts, span: dict[str, str], at: datetime) -> float | None:
    found = rows(
        parts,
        "SELECT m.at, t.first_response_at FROM tickets t JOIN messages m ON m.id = t.question_id "
        "WHERE t.in_scope AND t.opened_at >= :start AND t.opened_at < :end "
        "AND (t.first_response_at IS NOT NULL OR t.resolved_at IS NULL)",
        **span,
    )
    waits = [(_utc(answered or _sql(at)) - _utc(asked)).total_seconds() / 60
             for asked, answered in found]  # fmt: skip
    return median(waits) if waits else None


def _resolution(parts: Parts, span: dict[str, str], end: datetime, at: datetime) -> float | None:
    done = rows(
        parts,
        "SELECT opened_at, resolved_at FROM tickets WHERE in_scope AND resolved_at >= :start "
        "AND resolved_at < :end",
        **span,
    )
    hours = [(_utc(resolved) - _utc(opened)).total_seconds() / 3600 for opened, resolved in done]
    longest = max(hours, default=0.0)
    still = rows(
        parts,
        "SELECT opened_at FROM tickets WHERE in_scope AND opened_at < :end "
        "AND (resolved_at IS NULL OR resolved_at >= :end)",
        **span,
    )
    ages = [(min(end, at) - _utc(opened)).total_seconds() / 3600 for (opened,) in still]
    hours += [age for age in ages if age > longest]
    return median(hours) if hours else None


def _sql(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _utc(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=UTC)
