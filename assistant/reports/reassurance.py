"""The reassurance index: of those who ask, which share seeks reassurance rather than information.

Reports of problems are counted beside it and are in neither part. A share of fewer than
``ENOUGH`` contacts is not given: it would be chance.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from assistant.answering.decisions import Decision
from assistant.desk import seeking
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message
from assistant.desk.seeking import Seeking, Seeks
from assistant.desk.tickets import Ticket
from assistant.ground.audit import ASSISTANT, happened
from assistant.ground.parts import Parts
from assistant.launch.scenarios import Scenario
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from assistant.reports.figures import counted, is_contact, within
from assistant.reports.spans import Span

ENOUGH = 10  # contacts below which no share is given
AT_ONCE = 2_000  # messages read in one transaction
SEEN_BY_ITSELF = timedelta(days=1)  # days as old as this are measured again anyhow
READ_LATE = "seeking.read"
CONFIDENCE = 1.96  # standard deviations: 95 % of such intervals hold the true share
HOUR = timedelta(hours=1)

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Index:
    """What contacts sought, counted."""

    reassurance: int = 0
    information: int = 0
    problem: int = 0

    @property
    def asked(self) -> int:
        """Return how many asked at all, for one or the other."""
        return self.reassurance + self.information

    @property
    def share(self) -> float | None:
        """Return the index, 0..1; nothing of too few."""
        return self.reassurance / self.asked if self.asked >= ENOUGH else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return between which shares the true one lies with 95 % (Wilson); nothing of too few."""
        return wilson(self.reassurance, self.asked) if self.asked >= ENOUGH else None

    def __add__(self, other: "Index") -> "Index":
        return Index(
            self.reassurance + other.reassurance,
            self.information + other.information,
            self.problem + other.problem,
        )


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share; 0 to 1 of nothing."""
    if not of:
        return 0.0, 1.0
    z, share = CONFIDENCE, hits / of
    middle = share + z * z / (2 * of)
    half = z * (share * (1 - share) / of + z * z / (4 * of * of)) ** 0.5
    whole = 1 + z * z / of
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


class Of(NamedTuple):
    """One scenario's index; a scenario of nothing are contacts that belong to none."""

    key: str | None
    title: str
    counts: Index


class Asked(NamedTuple):
    """One question, what it seeks, and why that was thought."""

    message: Message
    seeking: Seeking
    scenario: str | None
    ticket_id: int | None


class Right(NamedTuple):
    """Of the questions that people judged: how often the rule said this, and how often rightly."""

    seeks: Seeks
    said: int
    right: int
    were: int


def read_contacts(parts: Parts) -> int:
    """Read what new questions seek, and return how many were read.

    What was said long ago tells the days that they are to be measured again.
    """
    at = parts.clock.now()
    with parts.db.writing() as session:
        found = seeking.read_new(session, most=AT_ONCE)
        late = {m.conversation_id for m in found if m.at < at - SEEN_BY_ITSELF}
        for launch_id in _launches_of(session, late):
            happened(session, READ_LATE, at=at, by=ASSISTANT, launch_id=launch_id)
    return len(found)


def _launches_of(session: Session, talks: set[str]) -> list[int]:
    query = select(Conversation.launch_id).where(Conversation.id.in_(talks)).distinct()
    return list(session.scalars(query)) if talks else []


def of_span(session: Session, launch_id: int, span: Span) -> Index:
    """Return what the contacts of ``span`` sought, in one query."""
    return Index(*session.execute(_counts(launch_id, span)).one())


def by_scenario(session: Session, launch_id: int, span: Span) -> list[Of]:
    """Return the index of each scenario that was asked about in ``span``, most contacts first."""
    query = _with_scenario(_counts(launch_id, span, Scenario.key, Scenario.title))
    rows = session.execute(query.group_by(Scenario.key, Scenario.title))
    found = [Of(key, title or "No scenario", Index(*counts)) for key, title, *counts in rows]
    return sorted(found, key=lambda each: (-(each.counts.asked + each.counts.problem), each.title))


def by_hour(session: Session, launch_id: int, *, first: datetime, hours: int) -> list[Index]:
    """Return the index of each of ``hours`` hours from ``first`` on, oldest first."""
    span = Span(first, first + hours * HOUR)
    query = _of_launch(select(Message.at, Seeking.seeks), launch_id, span)
    return _hourly(session.execute(query), first, hours)


def _hourly(rows: Iterable[Any], first: datetime, hours: int) -> list[Index]:
    found = [Index()] * hours
    for at, seeks in rows:
        hour = int((at - first) / HOUR)
        found[hour] += Index(**{seeks: 1})
    return found


def newest(session: Session, launch_id: int, span: Span, *, most: int = 50) -> list[Asked]:
    """Return the newest questions of ``span`` with what they seek, newest first."""
    query = _with_scenario(
        _of_launch(select(Message, Seeking, Scenario.title, Ticket.id), launch_id, span)
    )
    rows = session.execute(query.order_by(Message.id.desc()).limit(most))
    return [Asked(*row) for row in rows]


def how_right(session: Session, launch_id: int) -> list[Right]:
    """Return how right the rule was, by what people said about questions of this launch."""
    query = (
        select(Seeking.read_as, Seeking.seeks, func.count())
        .join(Message, Message.id == Seeking.message_id)
        .join(Message.conversation)
        .where(Conversation.launch_id == launch_id, Seeking.corrected_at.is_not(None))
        .group_by(Seeking.read_as, Seeking.seeks)
    )
    counts = {(said, was): count for said, was, count in session.execute(query)}
    return [
        Right(
            each,
            sum(n for (said, _), n in counts.items() if said == each),
            counts.get((each, each), 0),
            sum(n for (_, was), n in counts.items() if was == each),
        )
        for each in Seeks
    ]


def _counts(launch_id: int, span: Span, *columns: InstrumentedAttribute[str]) -> Rows:
    sought = (counted(Seeking.seeks == each) for each in Seeks)
    return _of_launch(select(*columns, *sought), launch_id, span)


def _of_launch(query: Rows, launch_id: int, span: Span) -> Rows:
    return (
        query.select_from(Message)
        .join(Message.conversation)
        .join(Seeking, Seeking.message_id == Message.id)
        .outerjoin(Decision, Decision.message_id == Message.id)
        .where(Conversation.launch_id == launch_id, is_contact(), within(Message.at, span))
    )


def _with_scenario(query: Rows) -> Rows:
    """Join the scenario of a contact: its ticket's, else that of the answer it got."""
    return (
        query.outerjoin(Ticket, Ticket.id == Decision.ticket_id)
        .outerjoin(EntryVersion, EntryVersion.id == Decision.entry_version_id)
        .outerjoin(Entry, Entry.id == EntryVersion.entry_id)
        .outerjoin(Scenario, Scenario.id == func.coalesce(Ticket.scenario_id, Entry.scenario_id))
    )
