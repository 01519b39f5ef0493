"""A decision becomes the message: what was ruled on a scenario, drafted in the decider's name.

The draft waits in the library like every other; the decider wrote it, so somebody else approves.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.desk import rulings
from assistant.desk.rulings import DECIDED_BY, Ruled, Ruling
from assistant.desk.tickets import Ticket
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person, Role
from assistant.launch import updates
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Decider, Scenario
from assistant.library import entries
from assistant.library.entries import Entry
from assistant.library.versions import Draft, EntryVersion
from assistant.library.wording import Kind, Verdict

FOUR = (Ruled.EXPECTED, Ruled.NOT_EXPECTED, Ruled.WORKAROUND, Ruled.NEED_FACTS)
VERDICTS = {
    Ruled.EXPECTED: Verdict.EXPECTED,
    Ruled.NOT_EXPECTED: Verdict.NOT_EXPECTED,
    Ruled.WORKAROUND: Verdict.KNOWN_ISSUE,
}
QUESTION = "Is this expected?"


class DecidedMessage(Base):
    """Which version of the library a decision was drafted as."""

    __tablename__ = "decided_messages"

    ruling_id: Mapped[int] = mapped_column(ForeignKey("rulings.id"), primary_key=True)
    entry_version_id: Mapped[int] = mapped_column(ForeignKey("entry_versions.id"), index=True)
    drafted_at: Mapped[datetime]
    version: Mapped[EntryVersion] = relationship()


def ask(session: Session, launch: Launch, scenario_key: str, *, by: Person, at: datetime) -> Ruling:
    """Ask whoever decides it about a scenario, on the ticket of it that waits longest.

    Raises:
        NotFound: when the launch has no such scenario.
        Refused: when no ticket of it is open, or somebody has asked already.
    """
    scenario = this_scenario(launch, scenario_key)
    if waiting_on(session, scenario):
        raise Refused("Somebody has asked already.", what_to_do="Remind who decides it.")
    ticket = _waiting_longest(session, scenario)
    return rulings.ask(session, ticket, QUESTION, by=by, at=at)


def decide(
    session: Session,
    launch: Launch,
    scenario_key: str,
    ruled: Ruled,
    *,
    sentence: str,
    seen: Sequence[int],
    by: Person,
    at: datetime,
) -> EntryVersion | None:
    """Decide on a scenario: every ticket that waits for it is answered; return the draft.

    ``seen`` are the decisions that were open on the page: when one is taken, it is said by whom.

    Raises:
        NotFound: when the launch has no such scenario.
        NotPermitted: when somebody else decides this.
        Refused: without a sentence, when it was decided meanwhile, or when no ticket waits.
    """
    scenario = this_scenario(launch, scenario_key)
    session.refresh(launch, with_for_update=True)  # of two at once the second finds it decided
    for ruling in _these(session, launch, seen):
        if not ruling.is_open:
            ruling.decide(session, ruled, sentence=sentence, by=by, at=at)  # says who was quicker
    decider = DECIDED_BY.get(ruled, Decider.CONFIRMS_EXPECTED)
    found = waiting_on(session, scenario)
    if not found:
        ticket = _waiting_longest(session, scenario)
        found = [rulings.ask(session, ticket, QUESTION, decider=decider, by=by, at=at)]
    for ruling in found:
        ruling.decide(session, ruled, sentence=sentence, by=by, at=at)
    if ruled not in VERDICTS:
        return None
    version = drafted(session, launch, scenario, ruled, found[0].sentence, by, at)
    for ruling in found:
        row = {"ruling_id": ruling.id, "entry_version_id": version.id}
        session.add(DecidedMessage(**row, drafted_at=at))
    session.flush()
    return version


def may_rule(scenario: Scenario, found: Sequence[Ruling], person: Person) -> list[Ruled]:
    """Return which of the four ``person`` may decide on a scenario; ``found`` are its open ones."""
    if found:
        mine = found[0].choices(person)
        return [ruled for ruled in FOUR if ruled in mine]
    allowed = [ruled for ruled in VERDICTS if _decides(scenario, person, DECIDED_BY[ruled])]
    return [*allowed, Ruled.NEED_FACTS] if allowed else []


def _decides(scenario: Scenario, person: Person, decider: Decider) -> bool:
    if scenario.deciders.get(decider):
        return scenario.is_decided_by(person, decider)
    return person.is_any(Role.LEAD)


def this_scenario(launch: Launch, key: str) -> Scenario:
    """Return one scenario of a launch. Raises NotFound for every other."""
    for scenario in launch.scenarios:
        if scenario.key == key:
            return scenario
    raise NotFound("There is no such scenario.", what_to_do="Look at the launch’s page.")


def waiting_on(session: Session, scenario: Scenario) -> list[Ruling]:
    """Return the open decisions on the tickets of a scenario, the longest waiting first."""
    query = (
        select(Ruling)
        .join(Ruling.ticket)
        .where(Ticket.scenario_id == scenario.id, Ruling.decided_at.is_(None))
        .order_by(Ruling.asked_at, Ruling.id)
    )
    return list(session.scalars(query))


def _these(session: Session, launch: Launch, ids: Sequence[int]) -> list[Ruling]:
    query = select(Ruling).where(Ruling.id.in_(ids), Ruling.launch_id == launch.id)
    return list(session.scalars(query.order_by(Ruling.id)))


def _waiting_longest(session: Session, scenario: Scenario) -> Ticket:
    query = (
        select(Ticket)
        .where(Ticket.scenario_id == scenario.id, Ticket.resolved_at.is_(None))
        .order_by(Ticket.opened_at, Ticket.id)
        .limit(1)
    )
    ticket = session.scalar(query)
    if ticket is None:
        raise Refused("No ticket waits for this.", what_to_do="Decide it when somebody asks.")
    return ticket


def drafted(
    session: Session,
    launch: Launch,
    scenario: Scenario,
    ruled: Ruled,
    sentence: str,
    by: Person,
    at: datetime,
) -> EntryVersion:
    """Return the draft that says a decision: of the scenario's one response, else a new entry."""
    before = _the_response(session, launch, scenario)
    begun = before.newest.as_draft() if before else Draft(question=scenario.title)
    draft = said(begun, ruled, sentence)
    if not draft.next_update and (newest := updates.newest(session, launch.id, at=at)):
        draft = replace(draft, next_update=newest.next_update, next_update_at=newest.next_update_at)
    if before:
        return before.save(session, draft, by=by, at=at)
    key = _free_key(session, launch, scenario)
    entry = entries.create(
        session, launch, key=key, kind=Kind.RESPONSE, draft=draft, by=by, at=at, scenario=scenario
    )
    return entry.newest


def said(begun: Draft, ruled: Ruled, sentence: str) -> Draft:
    """Return a draft that begins with a decision and keeps what fits it of ``begun``."""
    verdict = VERDICTS[ruled]
    if ruled is Ruled.WORKAROUND:
        return replace(begun, verdict=verdict, what_to_do=sentence, written={})
    # What to do stood beside another verdict: its author looks at it again.
    what_to_do = begun.what_to_do if begun.verdict == verdict else ""
    safe = begun.safe_to_continue if begun.verdict == verdict else ""
    return replace(
        begun,
        verdict=verdict,
        why_now=sentence,
        what_to_do=what_to_do,
        safe_to_continue=safe,
        written={},
    )


def _the_response(session: Session, launch: Launch, scenario: Scenario) -> Entry | None:
    """Return the one response that customers get for a scenario, unless somebody writes at it.

    Of several nobody can say which is meant, so the decision becomes an entry of its own.
    """
    query = select(Entry).where(
        Entry.launch_id == launch.id,
        Entry.scenario_id == scenario.id,
        Entry.kind == Kind.RESPONSE,
        Entry.variant_of_id.is_(None),
        Entry.retired_at.is_(None),
    )
    found = [entry for entry in session.scalars(query) if entry.versions]
    is_free = len(found) == 1 and found[0].newest.is_current
    return found[0] if is_free else None


def _free_key(session: Session, launch: Launch, scenario: Scenario) -> str:
    begin = f"{scenario.key}-decided"
    taken = set(session.scalars(select(Entry.key).where(Entry.launch_id == launch.id)))
    numbered = (begin if n == 1 else f"{begin}-{n}" for n in range(1, len(taken) + 2))
    return next(key for key in numbered if key not in taken)
