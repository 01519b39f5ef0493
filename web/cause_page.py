"""One cause's page from its nouns: what templates/causes/cause.html shows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from assistant.desk import belonging, causes, fixes, proposals
from assistant.desk.addresses import host_of
from assistant.desk.cause_states import Decision, Kind, State
from assistant.desk.causes import Cause
from assistant.desk.messages import Message
from assistant.desk.repeats import RepeatGroup
from assistant.desk.tickets import Ticket
from assistant.ground.audit import Event
from assistant.ground.people import Person, members
from assistant.launch.launches import Launch
from assistant.launch.scenarios import of_launch
from assistant.reports import asked, fix_log
from assistant.reports.spans import until
from web.cause_pages import DECISIONS, KINDS, STATES, entry_link, row, week
from web.desk_pages import WORKERS, state_of
from web.happenings import sentence, who
from web.repeat_pages import question_row
from web.voices import voices_about

SHOWN = 5  # questions of one group
FOLLOWED = 20  # questions after the fix


def cause_page(
    session: Session, launch: Launch, cause: Cause, *, person: Person, at: datetime
) -> dict[str, Any]:
    """Return what causes/cause.html shows. The number of queries does not grow with it."""
    reach = belonging.reach_of(session, [cause], week(launch, at))[cause.id]
    groups = belonging.groups_of_cause(session, cause.id)
    beside = proposals.may_belong(session, launch.id, cause=cause)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "cause": {**row(cause, reach), **_facts(cause), "id": cause.id, "version": cause.version},
        "steps": _steps(cause),
        "days": _days(reach.trend, launch, at),
        "kinds": [{"key": kind.value, "words": words} for kind, words in KINDS.items()],
        "decisions": [
            {"key": each.value, "words": words, "may": cause.may_decide(person, each)}
            for each, words in DECISIONS.items()
        ],
        "scenarios": [
            {"key": s.key, "title": s.title} for s in of_launch(session, launch.id).values()
        ],
        "people": _people(session, launch, cause),
        "may": _may(cause),
        "returns": [{"key": s.value, "words": STATES[s][0]} for s in State if _is_before(s, cause)],
        "groups": _groups(session, groups),
        "answers": _answers(session, launch, groups, at),
        "tickets": [_ticket(ticket, cause) for ticket in belonging.tickets_of(session, cause.id)],
        "proposed": [_proposed(each) for each in beside],
        "follow_ups": _follow_ups(session, cause),
        "voices": voices_about(session, cause.id, launch.key),
        "fixes": _fixes(session, launch, cause),
        "links": [{**link, "host": host_of(link["url"])} for link in cause.links],
        "history": [_happening(event) for event in reversed(causes.history(session, cause.id))],
    }


def _facts(cause: Cause) -> dict[str, Any]:
    return {
        "kind": cause.kind or "",
        "scenario_key": cause.scenario.key if cause.scenario else "",
        "decision": cause.decision or "",
        "decision_label": DECISIONS[Decision(cause.decision)] if cause.decision else None,
        "decision_words": cause.decision_words,
        "decided_by": cause.decided_by.name if cause.decided_by else None,
        "decided_at": cause.decided_at,
        "learners": cause.learners,
        "lesson": cause.lesson,
        "is_training": cause.kind == Kind.TRAINING_GAP,
    }


def _steps(cause: Cause) -> list[dict[str, Any]]:
    facts = (
        (cause.detected_at, cause.detected_by),
        (cause.decided_at, cause.decided_by),
        (cause.fixing_at, cause.fixing_by),
        (cause.fixed_at, cause.fixed_by),
    )
    reached = list(State).index(cause.state)
    return [
        {
            "words": STATES[state][0],
            "done": place <= reached,
            "at": when if place <= reached else None,
            "by": by.name if by and place <= reached else None,
        }
        for place, (state, (when, by)) in enumerate(zip(State, facts, strict=True))
    ]


def _days(trend: Sequence[int], launch: Launch, at: datetime) -> list[dict[str, Any]]:
    days = [begin.astimezone(launch.zone) for begin, _ in week(launch, at)]
    return [
        {"label": f"{day.day} {day:%b}", "value": value}
        for day, value in zip(days, trend, strict=True)
    ]


def _may(cause: Cause) -> dict[str, bool]:
    return {
        "decide": cause.state != State.FIXED,
        "begin": cause.state == State.DECIDED,
        "fix": cause.state in (State.DECIDED, State.FIXING),
        "return": cause.state != State.DETECTED,
    }


def _is_before(state: State, cause: Cause) -> bool:
    states = list(State)
    return states.index(state) < states.index(cause.state)


def _people(session: Session, launch: Launch, cause: Cause) -> list[dict[str, Any]]:
    return [
        {"email": person.email, "name": person.name, "current": person.id == cause.owner_id}
        for person in members(session, launch.id, *WORKERS)
    ]


def _groups(session: Session, groups: Sequence[RepeatGroup]) -> list[dict[str, Any]]:
    place = func.row_number().over(partition_by=Message.group_id, order_by=Message.id.desc())
    ids = [group.id for group in groups]
    ranked = select(Message.id, place.label("place")).where(Message.group_id.in_(ids)).subquery()
    query = (
        select(Message, func.max(Ticket.id))
        .join(ranked, ranked.c.id == Message.id)
        .outerjoin(Ticket, Ticket.question_id == Message.id)
        .where(ranked.c.place <= SHOWN)
        .group_by(Message.id)
        .order_by(Message.id.desc())
        .options(joinedload(Message.conversation))
    )
    newest: dict[int, list[dict[str, Any]]] = {}
    for message, ticket in session.execute(query) if ids else ():
        newest.setdefault(message.group_id or 0, []).append(question_row(message, ticket))
    return [
        {
            "href": f"/repeats/{group.id}",
            "question": group.question,
            "size": group.size,
            "questions": newest.get(group.id, []),
        }
        for group in groups
    ]


def _answers(
    session: Session, launch: Launch, groups: Sequence[RepeatGroup], at: datetime
) -> list[dict[str, Any]]:
    """Return the approved answers that its questions get, the most sent first."""
    found = asked.answers(session, [group.id for group in groups], until(at)).values()
    by_text = {(cited.entry, cited.version): cited for cited in found}
    return [
        {
            "title": cited.title,
            "version": cited.version,
            "sent": cited.sent,
            "not_quite": cited.not_quite,
            "href": f"/library/{launch.key}/entries/{cited.entry}",
        }
        for cited in sorted(by_text.values(), key=lambda each: -each.sent)
    ]


def _ticket(ticket: Ticket, cause: Cause | None = None) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "href": f"/desk/tickets/{ticket.number}",
        "subject": ticket.subject,
        "severity": ticket.severity,
        "state_words": state_of(ticket)[1],
        "direct": cause is not None and ticket.cause_id == cause.id,
    }


def _proposed(each: proposals.MayBelong) -> dict[str, Any]:
    return {
        **_ticket(each.ticket),
        "id": each.ticket.id,
        "cause_id": each.cause.id,
        "likeness": max(0.0, min(1.0, each.likeness)),
    }


def _follow_ups(session: Session, cause: Cause) -> list[dict[str, Any]]:
    """Return who asked again after the fix, newest first."""
    if cause.fixed_at is None:
        return []
    after = belonging.members_of(session, cause, since=cause.fixed_at)[-FOLLOWED:]
    tickets = select(Ticket.question_id, func.max(Ticket.id)).group_by(Ticket.question_id)
    its = tickets.where(Ticket.question_id.in_([message.id for message in after]))
    number = {row[0]: row[1] for row in session.execute(its)}
    return [question_row(message, number.get(message.id)) for message in reversed(after)]


def _fixes(session: Session, launch: Launch, cause: Cause) -> list[dict[str, Any]]:
    log = fixes.of_cause(session, cause.id)
    keys = fix_log.messages_of(session, log)
    return [
        {
            "what": fix.what,
            "quick": fix.is_quick,
            "by": fix.person.name,
            "at": fix.at,
            "entry": entry_link(launch, keys.get(fix.entry_id or 0)),
        }
        for fix in log
    ]


def _happening(event: Event) -> dict[str, Any]:
    return {"words": sentence(event), "by": who(event), "at": event.at}
