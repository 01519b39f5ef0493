"""Taking back: the worker tells everybody who was told wrong words, and sees to a ticket for each.

One conversation after the other, each in one transaction that claims it first, so that a process
that dies in the middle has told nobody twice and forgets nobody.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.exc import StaleDataError

from assistant.answering.lines import LINES, Line
from assistant.desk import belonging, causes, intake, promises
from assistant.desk.causes import Cause
from assistant.desk.conversations import Conversation
from assistant.desk.messages import By, Message, Said
from assistant.desk.promises import HYPERCARE, NORMAL, Kind
from assistant.desk.recalled import Recall, ToldWrong
from assistant.desk.scoping import said_inside
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.parts import Parts
from assistant.launch.scenarios import Scenario
from assistant.launch.scope import scope_of
from assistant.library.entries import Entry

log = structlog.get_logger()
MOST = 500  # conversations in one round


def take_back(parts: Parts) -> int:
    """Tell those who wait for it that their answer was withdrawn, or stands again; return how many.

    Nobody is written to within the ten seconds in which a recall may be undone.
    """
    at = parts.clock.now()
    with parts.db.reading() as session:
        withdrawn = session.execute(_unaware(at)).all()
        righted = session.execute(_to_be_righted()).all()
    told = sum(_done(parts, _withdraw, recall, where) for recall, where in withdrawn)
    return told + sum(_done(parts, _right, recall, where) for recall, where in righted)


def _unaware(at: datetime) -> Select[int, str]:
    return (
        select(ToldWrong.recall_id, ToldWrong.conversation_id)
        .join(ToldWrong.recall)
        .where(
            ToldWrong.told_at.is_(None),
            Recall.tells_at <= at,
            Recall.undone_at.is_(None),
            Recall.reinstated_at.is_(None),
        )
        .distinct()
        .limit(MOST)
    )


def _to_be_righted() -> Select[int, str]:
    return (
        select(ToldWrong.recall_id, ToldWrong.conversation_id)
        .join(ToldWrong.recall)
        .where(
            ToldWrong.told_at.is_not(None),
            ToldWrong.righted_at.is_(None),
            Recall.reinstated_at.is_not(None),
        )
        .distinct()
        .limit(MOST)
    )


Do = Callable[[Session, Recall, str, datetime], bool]


def _done(parts: Parts, do: Do, recall_id: int, conversation_id: str) -> bool:
    try:
        with parts.db.writing() as session:
            # Locked, so that of an undoing and a telling at the same time one comes first.
            query = select(Recall).where(Recall.id == recall_id).with_for_update(of=Recall)
            recalled = session.scalars(query).one()
            return do(session, recalled, conversation_id, parts.clock.now())
    except StaleDataError:  # somebody works on the same ticket: the next round
        return False
    except Exception:  # one that cannot be told must not keep the others from hearing it
        log.exception("taking back failed", recall=recall_id, conversation=conversation_id)
        return False


def _withdraw(session: Session, recalled: Recall, conversation_id: str, at: datetime) -> bool:
    if not recalled.stands or not _claimed(session, recalled, conversation_id, "told_at", at):
        return False
    told = _told_in(session, recalled, conversation_id)
    conversation = told[-1].conversation
    if told[-1].corrected_at is None:
        conversation.tell(
            session, LINES[Line.RECALLED], kind=Said.NOTICE, at=at, reply_to=told[-1].message
        )
        ticket = _ticket(session, recalled, conversation, told[-1].message, at)
        for each in told:
            each.ticket_id = ticket.id if ticket else None
    session.flush()
    _finish(session, recalled, at)
    return True


def _right(session: Session, recalled: Recall, conversation_id: str, at: datetime) -> bool:
    if recalled.stands or not _claimed(session, recalled, conversation_id, "righted_at", at):
        return False
    told = _told_in(session, recalled, conversation_id)
    told[-1].conversation.tell(
        session, LINES[Line.REINSTATED], kind=Said.NOTICE, at=at, reply_to=told[-1].message
    )
    return True


def _claimed(
    session: Session, recalled: Recall, conversation_id: str, what: str, at: datetime
) -> bool:
    claimed = session.execute(
        update(ToldWrong)
        .where(
            ToldWrong.recall_id == recalled.id,
            ToldWrong.conversation_id == conversation_id,
            getattr(ToldWrong, what).is_(None),
        )
        .values({what: at})
    )
    return bool(claimed.rowcount)  # type: ignore[attr-defined]


def _told_in(session: Session, recalled: Recall, conversation_id: str) -> list[ToldWrong]:
    query = select(ToldWrong).where(
        ToldWrong.recall_id == recalled.id, ToldWrong.conversation_id == conversation_id
    )
    eager = (joinedload(ToldWrong.message), joinedload(ToldWrong.conversation))
    fresh = query.options(*eager).execution_options(populate_existing=True)
    return list(session.scalars(fresh.order_by(ToldWrong.id)))


def _ticket(
    session: Session, recalled: Recall, conversation: Conversation, wrong: Message, at: datetime
) -> Ticket | None:
    """Return the ticket on which this customer hears what is right: with who recalled it."""
    because = f"The answer “{recalled.title}” was recalled: {recalled.reason}"
    newest = conversation.tickets[-1] if conversation.tickets else None
    ticket = conversation.open_ticket or newest
    if ticket is not None and not ticket.is_open:
        ticket.reopen(session, reason=because, by=recalled.by, at=at)
    elif ticket is None and (question := _asked_before(conversation, wrong)):
        ticket = _opened(session, recalled, question, because, at)
    if ticket is None:
        return None
    if not promises.open_of(ticket.promises, Kind.NEXT_UPDATE):
        terms, hours = ticket.terms, ticket.coverage
        promises.made(ticket, Kind.NEXT_UPDATE, policy=terms, coverage=hours, since=at)
    ticket.record(session, "recalled", by=recalled.by, at=at, recall=recalled.id, reason=because)
    if ticket.cause_id is None:
        cause = _cause(session, recalled) or _detected(session, recalled, at)
        belonging.link_ticket(session, ticket, cause, by=recalled.by, at=at)
    return ticket


def _cause(session: Session, recalled: Recall) -> Cause | None:
    """Return the cause that the recall's tickets share so far."""
    query = (
        select(Cause)
        .join(Ticket, Ticket.cause_id == Cause.id)
        .join(ToldWrong, ToldWrong.ticket_id == Ticket.id)
        .where(ToldWrong.recall_id == recalled.id, Cause.title == _title(recalled))
    )
    return session.scalars(query.limit(1)).first()


def _detected(session: Session, recalled: Recall, at: datetime) -> Cause:
    by = recalled.by
    return causes.detect(session, recalled.launch_id, title=_title(recalled), by=by, at=at)


def _title(recalled: Recall) -> str:
    words = " ".join(f"We told people something wrong: {recalled.title}".split())
    return words[: causes.LONGEST_TITLE]


def _opened(
    session: Session, recalled: Recall, question: Message, because: str, at: datetime
) -> Ticket:
    launch, entry = question.conversation.launch, session.get_one(Entry, recalled.entry_id)
    inside = scope_of(question.text, launch.out_of_scope).inside
    inside = inside or question.id in said_inside(session, launch.id)
    ticket = intake.open_for(
        session,
        question,
        severity=_severity(entry.scenario),
        severity_reason="We told them something wrong.",
        handoff_reason=because,
        policy=HYPERCARE if inside else NORMAL,
        scenario=entry.scenario,
        at=at,
        since=at,
    )
    # One person answers for all of them: they are one case.
    ticket.assign(session, to=recalled.by, by=recalled.by, at=at)
    return ticket


def _severity(scenario: Scenario | None) -> Severity:
    """Return how bad it is: the scenario's, and never minor, for they may have gone by it."""
    told = Severity(scenario.severity) if scenario else Severity.PAINFUL
    return told if told.is_worse_than(Severity.PAINFUL) else Severity.PAINFUL


def _asked_before(conversation: Conversation, wrong: Message) -> Message | None:
    before = [m for m in conversation.messages if m.by == By.CUSTOMER and m.id < wrong.id]
    return before[-1] if before else None


def _finish(session: Session, recalled: Recall, at: datetime) -> None:
    left = select(ToldWrong.id).where(
        ToldWrong.recall_id == recalled.id, ToldWrong.told_at.is_(None)
    )
    if session.scalar(left.limit(1)) is None:
        recalled.told_at = at
