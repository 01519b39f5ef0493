"""The audit lane: about one in twenty of the assistant's own answers is also checked by a person.

Which ones is drawn from the message alone, so nobody can choose, and the same ones are drawn
again. While an entry is new, what it was sent for is checked besides: that is how it gets
confirmed. A wrong answer opens a ticket, so that a person corrects it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assistant.answering import judging
from assistant.answering.decisions import Decision
from assistant.answering.labels import AUDITED, Label, Source
from assistant.answering.states import CONFIRMED_BY, State, trust_of_each
from assistant.desk import intake
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.desk.promises import HYPERCARE
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.audit import happened
from assistant.ground.database import sha256
from assistant.ground.errors import NotFound
from assistant.ground.people import Person
from assistant.launch.launches import Launch
from assistant.library.versions import EntryVersion

MOST = 200  # answers of new entries that are looked through for those to check


class Verdict(StrEnum):
    """What a person says about an answer."""

    RIGHT = "right"
    WRONG = "wrong"
    CANNOT_TELL = "cannot-tell"


@dataclass(frozen=True, slots=True)
class Audit:
    """One answer to check: the question in the customer's words, and what they were told."""

    question: Message
    answer: Message
    version: EntryVersion
    weight: float  # how many answers it stands for; 0 when it was not drawn by lot
    recognised: bool  # the customer chose it among titles


def is_drawn(launch_key: str, message_id: int) -> bool:
    """Return whether the answer to this message is one of those that a person checks."""
    return int(sha256(f"{launch_key}:{message_id}")[:8], 16) < AUDITED * 2**32


def _drawn_of(launch_key: str, message_id: int, answers: Sequence[Message]) -> Message:
    """Return the one of several answers to a message that is checked; drawn from the message."""
    return answers[int(sha256(f"{launch_key}:{message_id}")[8:16], 16) % len(answers)]


def waiting(session: Session, launch: Launch) -> list[Audit]:
    """Return the answers that nobody has checked yet, oldest first."""
    done = select(Label.message_id).where(
        Label.launch_id == launch.id, Label.source == Source.AUDIT
    )
    seen = set(session.scalars(done))
    drawn = [
        message_id
        for message_id in _answered(session, launch, Said.QUESTION)
        if message_id not in seen and is_drawn(launch.key, message_id)
    ]
    beside = _of_new_entries(session, launch, seen.union(drawn))
    audits = [*_audits(session, launch, drawn), *beside]
    return sorted(audits, key=lambda audit: audit.answer.id)


def judge(
    session: Session,
    launch: Launch,
    question_id: int,
    verdict: Verdict,
    *,
    by: Person,
    at: datetime,
) -> Ticket | None:
    """Keep a person's verdict on an answer; when it is wrong, return the ticket that corrects it.

    Raises:
        NotFound: when no such answer waits to be checked.
    """
    audit = next((one for one in waiting(session, launch) if one.question.id == question_id), None)
    if audit is None:
        raise NotFound(
            "This answer does not wait to be checked.",
            what_to_do="Somebody may have checked it just now. Load the page again.",
        )
    right = {Verdict.RIGHT: True, Verdict.WRONG: False}.get(verdict)
    weight = audit.weight
    judging.checked(
        session, audit.question, audit.version, right=right, weight=weight, by=by, at=at
    )
    happened(
        session,
        "answer.checked",
        at=at,
        by=by,
        launch_id=launch.id,
        conversation_id=audit.question.conversation_id,
        entry_id=audit.version.entry_id,
        question=question_id,
        verdict=verdict,
    )
    return _corrected(session, audit, by=by, at=at) if verdict is Verdict.WRONG else None


def _corrected(session: Session, audit: Audit, *, by: Person, at: datetime) -> Ticket:
    """Return the ticket in which a person puts it right; its promises begin now."""
    because = f"{by.name} checked the answer “{audit.version.question}” and found it wrong."
    had_one = audit.question.conversation.open_ticket is not None
    decision = session.get_one(Decision, audit.question.id)
    ticket = intake.open_for(
        session,
        audit.question,
        severity=Severity(decision.severity),
        severity_reason=decision.severity_reason,
        handoff_reason=because,
        policy=HYPERCARE,
        scenario=audit.version.entry.scenario,
        at=at,
        since=at,
    )
    if had_one:
        ticket.add_note(session, because, by=by, at=at)
    if decision.ticket_id is None:
        decision.ticket_id = ticket.id
    return ticket


def _answered(session: Session, launch: Launch, *kinds: Said) -> Sequence[int]:
    query = (
        select(Decision.message_id)
        .join(Message, Message.id == Decision.message_id)
        .where(Decision.launch_id == launch.id, Decision.outcome == "answer")
        .where(Message.kind.in_(kinds))
        .order_by(Decision.message_id.desc())
    )
    return session.scalars(query).all()


def _of_new_entries(session: Session, launch: Launch, seen: set[int]) -> Iterator[Audit]:
    """Yield what each new entry was sent for, as often as is missing to confirm it."""
    trust = trust_of_each(session, launch.id)
    wanted = Counter(
        {
            key: CONFIRMED_BY - each.confirmed
            for key, each in trust.items()
            if each.state is State.NEW
        }
    )
    told = _answered(session, launch, Said.CHOICE, Said.QUESTION)[:MOST] if wanted else ()
    for audit in _audits(session, launch, told):
        key = audit.version.entry.key
        if audit.question.id not in seen and wanted[key] > 0:
            wanted[key] -= 1
            # What answered by itself speaks for others only when it was drawn by lot.
            yield replace(audit, weight=1.0 if audit.recognised else 0.0)


def _audits(session: Session, launch: Launch, message_ids: Iterable[int]) -> Iterator[Audit]:
    """Yield the answer that each of these messages got, with the question behind it.

    Of several answers to one message it is one that is drawn.
    """
    query = (
        select(Message)
        .where(Message.reply_to_id.in_(list(message_ids)), Message.kind == Said.ANSWER)
        .options(joinedload(Message.conversation).selectinload(Conversation.messages))
        .order_by(Message.reply_to_id.desc(), Message.id)
    )
    drawn = {
        message_id: _drawn_of(launch.key, message_id, list(answers))
        for message_id, answers in groupby(
            session.scalars(query), lambda each: each.reply_to_id or 0
        )
    }
    sent = {answer.entry_version_id for answer in drawn.values()}
    versions = {
        version.id: version
        for version in session.scalars(
            select(EntryVersion)
            .where(EntryVersion.id.in_(sent))
            .options(joinedload(EntryVersion.entry))
        )
    }
    for message_id, answer in drawn.items():
        asked = session.get_one(Message, message_id)
        yield Audit(
            question=answer.conversation.behind(asked),
            answer=answer,
            version=versions[answer.entry_version_id or 0],
            weight=1 / AUDITED if asked.kind == Said.QUESTION else 1.0,
            recognised=asked.kind == Said.CHOICE,
        )
