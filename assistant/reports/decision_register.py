"""The decision register: what waits for a decision, for how long, and where decisions stall."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from assistant.desk.in_charge import who_can_take
from assistant.desk.rulings import Ruled, Ruling
from assistant.desk.tickets import Ticket
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Decider, Scenario
from assistant.library.decided import DecidedMessage
from assistant.library.entries import Entry
from assistant.library.liveness import is_live
from assistant.library.replacing import ReplacedRuling
from assistant.library.versions import EntryVersion

HISTORY = 50  # decisions shown
NO_SCENARIO = "No scenario"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One scenario without a decision. ``state`` is asked, facts or unasked."""

    scenario: Scenario
    state: str
    since: datetime
    tickets: int  # open, whose customers wait for it
    rulings: tuple[Ruling, ...]
    decider: str  # a name; "" when nobody who can decide is named
    question: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision that was taken, and what became of it. Times lie ahead while missing."""

    scenario: str
    decider: str
    ruled: str
    sentence: str
    ticket: str
    asked_at: datetime
    decided_at: datetime
    version: EntryVersion | None
    ruling: Ruling | None = None
    replaced: ReplacedRuling | None = None  # by a newer one, and why

    @property
    def was_asked(self) -> bool:
        """Return whether somebody had to wait; who decides unasked took no time."""
        return self.asked_at < self.decided_at

    @property
    def approved_at(self) -> datetime | None:
        """Return when somebody else approved the message."""
        return self.version.approved_at if self.version else None

    @property
    def live_at(self) -> datetime | None:
        """Return when the message was proven to be found."""
        return self.version.proven_at if self.version and self.version.approved_at else None


@dataclass(frozen=True, slots=True)
class Stall:
    """How long decisions take, by scenario or by decider. Medians in minutes."""

    name: str
    decided: int
    minutes: float | None
    to_approval: float | None
    to_live: float | None
    open: int
    oldest: timedelta | None


def waiting(session: Session, launch: Launch, *, at: datetime) -> list[Waiting]:
    """Return the scenarios that wait for a decision, the longest waiting first.

    A scenario waits when somebody asked, when facts were asked for and nothing came of it, or
    when its tickets are open and no message is live for it.
    """
    opened = _open_tickets(session, launch.id)
    asked = _open_rulings(session, launch.id)
    facts = _waits_for_facts(session, launch.id)
    live = _with_live_message(session, launch.id, at)
    found = []
    for scenario in launch.scenarios:
        tickets, oldest = opened.get(scenario.id, (0, None))
        rulings = asked.get(scenario.id, ())
        if rulings:
            state, since, question = "asked", rulings[0].asked_at, rulings[0].question
        elif tickets and scenario.id in facts:
            last = facts[scenario.id]
            state, since, question = "facts", last.asked_at, last.sentence
        elif tickets and oldest is not None and scenario.id not in live:
            state, since, question = "unasked", oldest, ""
        else:
            continue
        name = _decider(session, scenario, launch, rulings)
        found.append(Waiting(scenario, state, since, tickets, rulings, name, question))
    return sorted(found, key=lambda each: (each.since, each.scenario.key))


def unfiled(session: Session, launch: Launch) -> list[Ruling]:
    """Return the open decisions on tickets without a scenario; each is taken on its ticket."""
    query = (
        select(Ruling)
        .join(Ruling.ticket)
        .where(Ruling.launch_id == launch.id, Ruling.decided_at.is_(None))
        .where(Ticket.scenario_id.is_(None))
        .options(joinedload(Ruling.ticket), joinedload(Ruling.asked_of))
        .order_by(Ruling.asked_at, Ruling.id)
    )
    return list(session.scalars(query))


def _open_tickets(session: Session, launch_id: int) -> dict[int, tuple[int, datetime | None]]:
    query = (
        select(Ticket.scenario_id, func.count(), func.min(Ticket.opened_at))
        .where(Ticket.launch_id == launch_id, Ticket.resolved_at.is_(None))
        .where(Ticket.scenario_id.is_not(None))
        .group_by(Ticket.scenario_id)
    )
    return {key: (count, oldest) for key, count, oldest in session.execute(query) if key}


def _open_rulings(session: Session, launch_id: int) -> dict[int, tuple[Ruling, ...]]:
    query = (
        select(Ruling)
        .join(Ruling.ticket)
        .where(Ruling.launch_id == launch_id, Ruling.decided_at.is_(None))
        .options(joinedload(Ruling.ticket), joinedload(Ruling.asked_of))
        .order_by(Ruling.asked_at, Ruling.id)
    )
    found: dict[int, tuple[Ruling, ...]] = defaultdict(tuple)
    for ruling in session.scalars(query):
        if ruling.ticket.scenario_id is not None:
            found[ruling.ticket.scenario_id] += (ruling,)
    return found


def _waits_for_facts(session: Session, launch_id: int) -> dict[int, Ruling]:
    """Return the scenarios whose last decision was that facts are needed, with that decision."""
    last = (
        select(func.max(Ruling.id))
        .join(Ruling.ticket)
        .where(Ruling.launch_id == launch_id, Ruling.decided_at.is_not(None))
        .group_by(Ticket.scenario_id)
    )
    query = (
        select(Ruling)
        .where(Ruling.id.in_(last), Ruling.ruled == Ruled.NEED_FACTS)
        .options(joinedload(Ruling.ticket))
    )
    return {
        ruling.ticket.scenario_id: ruling
        for ruling in session.scalars(query)
        if ruling.ticket.scenario_id is not None
    }


def _with_live_message(session: Session, launch_id: int, at: datetime) -> set[int]:
    query = (
        select(Entry.scenario_id)
        .join(EntryVersion, EntryVersion.entry_id == Entry.id)
        .where(Entry.launch_id == launch_id, Entry.scenario_id.is_not(None), is_live(at))
    )
    return {key for key in session.scalars(query) if key is not None}


def _decider(
    session: Session, scenario: Scenario, launch: Launch, rulings: Sequence[Ruling]
) -> str:
    """Return who decides: who was asked, else who is named, while they can."""
    asked = next((each.asked_of for each in rulings if each.asked_of), None)
    email = asked.email if asked else str(scenario.deciders.get(Decider.CONFIRMS_EXPECTED) or "")
    person = who_can_take(session, email, launch.id) if email else None
    return person.name if person else ""


def decisions(session: Session, launch: Launch, *, most: int = 1_000) -> list[Decision]:
    """Return the decisions that were taken, newest first."""
    query = (
        select(Ruling, EntryVersion, ReplacedRuling)
        .outerjoin(DecidedMessage, DecidedMessage.ruling_id == Ruling.id)
        .outerjoin(EntryVersion, EntryVersion.id == DecidedMessage.entry_version_id)
        .outerjoin(ReplacedRuling, ReplacedRuling.ruling_id == Ruling.id)
        .where(Ruling.launch_id == launch.id, Ruling.decided_at.is_not(None))
        .options(
            joinedload(ReplacedRuling.person),
            joinedload(Ruling.ticket).joinedload(Ticket.scenario),
            joinedload(Ruling.decided_by),
        )
        .order_by(Ruling.decided_at.desc(), Ruling.id.desc())
        .limit(most)
    )
    return [_decision(*row) for row in session.execute(query)]


def _decision(
    ruling: Ruling, version: EntryVersion | None, replaced: ReplacedRuling | None
) -> Decision:
    scenario = ruling.ticket.scenario
    return Decision(
        scenario=scenario.title if scenario else NO_SCENARIO,
        decider=ruling.decided_by.name if ruling.decided_by else "",
        ruled=ruling.ruled or "",
        sentence=ruling.sentence,
        ticket=ruling.ticket.number,
        asked_at=ruling.asked_at,
        decided_at=ruling.decided_at or ruling.asked_at,
        version=version,
        ruling=ruling,
        replaced=replaced,
    )


def stalls(
    taken: Iterable[Decision], open_now: Mapping[str, Sequence[datetime]], *, by: str, at: datetime
) -> list[Stall]:
    """Return where decisions take longest. Pure.

    ``by`` is ``scenario`` or ``decider``; ``open_now`` holds since when each name's open ones
    wait. What is open longest comes first, then what took longest.
    """
    done: dict[str, list[Decision]] = defaultdict(list)
    for each in taken:
        done[getattr(each, by)].append(each)
    found = [_stall(name, done[name], open_now.get(name, ()), at) for name in {*done, *open_now}]
    nothing = timedelta()
    return sorted(found, key=lambda one: (-(one.oldest or nothing), -(one.minutes or 0), one.name))


def _stall(name: str, done: Sequence[Decision], since: Sequence[datetime], at: datetime) -> Stall:
    return Stall(
        name=name,
        decided=len(done),
        minutes=_median((each.asked_at, each.decided_at) for each in done if each.was_asked),
        to_approval=_median((each.decided_at, each.approved_at) for each in done),
        to_live=_median((each.approved_at, each.live_at) for each in done),
        open=len(since),
        oldest=at - min(since) if since else None,
    )


def _median(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> float | None:
    minutes = [
        max(0.0, (end - begin).total_seconds() / 60) for begin, end in pairs if begin and end
    ]
    return median(minutes) if minutes else None
