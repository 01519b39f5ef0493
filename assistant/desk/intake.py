"""Intake: a question that a person has to answer becomes a ticket, acknowledged at once."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.desk import mails, promises
from assistant.desk.messages import Message, subject_of
from assistant.desk.policies import HYPERCARE, NORMAL, Kind, Policy, policies_of
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.audit import ASSISTANT
from assistant.ground.people import Person, Role, members
from assistant.launch import shifts
from assistant.launch.coverage import coverage_of
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Category, Scenario
from assistant.launch.stages import restored


def open_for(
    session: Session,
    question: Message,
    *,
    severity: Severity,
    severity_reason: str,
    handoff_reason: str,
    policy: Policy,
    scenario: Scenario | None,
    at: datetime,
    since: datetime | None = None,
) -> Ticket:
    """Return the ticket that takes ``question``: the conversation's open one, or a new one.

    A new one is about the question behind a choice or a call; ``policy`` names which of its
    launch's policies holds. It starts its promises at
    ``since``, the time of ``question`` unless said otherwise, has an owner, and is acknowledged by
    the assistant in the same transaction.
    """
    conversation, since = question.conversation, since or question.at
    ticket = conversation.open_ticket
    if ticket is not None:
        if severity.is_worse_than(ticket.severity):
            ticket.set_severity(session, severity, reason=severity_reason, by=ASSISTANT, at=at)
        ticket.customer_wrote(session, at=since)
        return ticket
    about, launch = conversation.behind(question), session.get_one(Launch, conversation.launch_id)
    ticket = Ticket(
        launch=launch,
        launch_id=launch.id,
        question_id=about.id,
        subject=mails.subject_of(session, about) or subject_of(about.text),
        severity=int(severity),
        severity_reason=severity_reason,
        handoff_reason=handoff_reason,
        in_scope=policy.name == promises.HYPERCARE.name,
        policy=by_stage(launch, policy, severity, scenario).name,
        scenario=scenario,
        group_id=about.group_id,
        owner=_named(scenario) or next_owner(session, launch.id, at),
        opened_at=at,
        customer_wrote_at=since,
        context={},
        level=0,
        bounces=0,
        held_by=[],
    )
    conversation.tickets.append(ticket)
    terms, coverage = policies_of(launch)[ticket.policy], coverage_of(launch)
    for kind in (Kind.ACKNOWLEDGE, Kind.FIRST_RESPONSE, Kind.RESOLVE):
        promises.made(ticket, kind, policy=terms, coverage=coverage, since=since)
    ticket.escalates_at = ticket.moves_at()
    session.flush()
    ticket.record(
        session, "opened", by=ASSISTANT, at=at, severity=int(severity), reason=handoff_reason
    )
    ticket.acknowledge(session, by=None, at=at)
    return ticket


def _named(scenario: Scenario | None) -> Person | None:
    """Return the scenario's owner, unless they have left."""
    owner = scenario.owner if scenario else None
    return owner if owner is not None and owner.disabled_at is None else None


def by_stage(
    launch: Launch, policy: Policy, severity: Severity, scenario: Scenario | None
) -> Policy:
    """Return the normal policy where the launch's stage has given the category back to it.

    Without a scenario nobody knows what it touches, so hypercare's promises stay. After the end
    everything is normal.
    """
    if launch.phase == "closed":
        return NORMAL
    if policy is not HYPERCARE or severity is Severity.BLOCKED or scenario is None:
        return policy
    return NORMAL if Category(scenario.category) in restored(launch.stage) else policy


def next_owner(session: Session, launch_id: int, at: datetime) -> Person | None:
    """Return who is proposed for a new ticket: of those on shift, who has the fewest open ones.

    While none of the team is on shift: the agent with the fewest; without agents, the first lead.
    """
    on_shift = [each.person_id for each in shifts.between(session, launch_id, at, at)]
    load = (
        select(Ticket.owner_id, func.count().label("open"))
        .where(Ticket.launch_id == launch_id, Ticket.resolved_at.is_(None))
        .group_by(Ticket.owner_id)
    )
    open_tickets = {owner: int(count) for owner, count in session.execute(load)}
    agents, leads = (members(session, launch_id, role) for role in (Role.AGENT, Role.LEAD))
    awake = [each for each in [*agents, *leads] if each.id in on_shift]
    return min(
        awake or agents or leads,
        key=lambda person: (open_tickets.get(person.id, 0), person.id),
        default=None,
    )
