"""In scope or out of it, put right by a person: the other policy's promises, and a labelled case.

What people say is kept, also when somebody says the opposite later: the last word about a question
is what the rule is measured by (``scope_proposals``).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.desk import promises
from assistant.desk.intake import by_stage
from assistant.desk.messages import Message
from assistant.desk.policies import HYPERCARE, NORMAL
from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket
from assistant.ground.database import Base
from assistant.ground.errors import Refused
from assistant.ground.people import Person
from assistant.launch.scope import named, says

LONGEST = 60  # characters of the words that show it
MOST = 1_000  # cases that the rule is measured by


class ScopeCorrection(Base):
    """One person's word about one question. ``area`` and ``phrase`` are what took it, or would."""

    __tablename__ = "scope_corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    inside: Mapped[bool]
    area: Mapped[str]
    phrase: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    ticket: Mapped[Ticket] = relationship()
    question: Mapped[Message] = relationship()
    person: Mapped[Person] = relationship()


def correct(
    session: Session,
    ticket: Ticket,
    *,
    inside: bool,
    area: str = "",
    phrase: str = "",
    by: Person,
    at: datetime,
) -> ScopeCorrection:
    """Say that a ticket is in scope after all, or out of it, and return that word.

    Its open promises are reckoned anew from their beginning by the policy that is right for it, but
    none is due later than it was; a time that a person promised stays. ``area`` and ``phrase``
    say what shows that it is out.

    Raises:
        Refused: when that is said already, or the question does not say ``phrase``.
    """
    if ticket.in_scope == inside:
        raise Refused(
            f"{ticket.number} is {'in' if inside else 'out of'} scope already.",
            what_to_do="Load it again.",
        )
    phrase = " ".join(phrase.split())[:LONGEST]
    if not inside and phrase and not says(ticket.question.text, phrase):
        raise Refused(
            f"The question does not say “{phrase}”.",
            what_to_do="Take words from the question, or leave the field empty.",
        )
    if inside:
        area, phrase = named(ticket.question.text, ticket.launch.out_of_scope)
    before = ticket.policy
    _take_policy(ticket, inside=inside, at=at)
    ticket.record(
        session, "scope", by=by, at=at, inside=inside, area=area, phrase=phrase,
        policy=[before, ticket.policy],
    )  # fmt: skip
    return _kept(session, ticket, area=area, phrase=phrase, by=by, at=at)


def _take_policy(ticket: Ticket, *, inside: bool, at: datetime) -> None:
    ticket.in_scope = inside
    named_policy = HYPERCARE if inside else NORMAL
    severity = Severity(ticket.severity)
    ticket.policy = by_stage(ticket.launch, named_policy, severity, ticket.scenario).name
    promises.by_the_right_policy(
        ticket,
        policy=ticket.terms,
        coverage=ticket.coverage,
        why=f"It is {'in' if inside else 'out of'} scope, so the {ticket.policy} policy holds.",
        at=at,
    )
    if ticket.escalates_at is not None:
        ticket.escalates_at = ticket.moves_at()


def _kept(
    session: Session, ticket: Ticket, *, area: str, phrase: str, by: Person, at: datetime
) -> ScopeCorrection:
    word = ScopeCorrection(
        launch_id=ticket.launch_id,
        ticket=ticket,
        question_id=ticket.question_id,
        inside=ticket.in_scope,
        area=area,
        phrase=phrase,
        person=by,
        at=at,
    )
    session.add(word)
    session.flush()
    return word


def standing(session: Session, launch_id: int) -> Sequence[ScopeCorrection]:
    """Return the last word about each question, the newest first, ``MOST`` at most."""
    later = select(ScopeCorrection.question_id, ScopeCorrection.id).subquery()
    is_last = ~(
        select(later.c.id)
        .where(later.c.question_id == ScopeCorrection.question_id, later.c.id > ScopeCorrection.id)
        .exists()
    )
    query = (
        select(ScopeCorrection)
        .where(ScopeCorrection.launch_id == launch_id, is_last)
        .order_by(ScopeCorrection.id.desc())
        .limit(MOST)
        .options(
            joinedload(ScopeCorrection.question),
            joinedload(ScopeCorrection.person),
            joinedload(ScopeCorrection.ticket),
        )
    )
    return session.scalars(query).all()


def of_ticket(session: Session, ticket: Ticket) -> ScopeCorrection | None:
    """Return the last word about a ticket's question; nothing when the rule alone decided."""
    query = (
        select(ScopeCorrection)
        .where(ScopeCorrection.ticket_id == ticket.id)
        .order_by(ScopeCorrection.id.desc())
        .limit(1)
        .options(joinedload(ScopeCorrection.person))
    )
    return session.scalar(query)


def said_inside(session: Session, launch_id: int) -> set[int]:
    """Return the questions that a person put in scope, and nobody out of it since."""
    words = select(ScopeCorrection.question_id, ScopeCorrection.inside).where(
        ScopeCorrection.launch_id == launch_id
    )
    rows = session.execute(words.order_by(ScopeCorrection.id))
    last = {row.question_id: row.inside for row in rows}  # of two words the later holds
    return {question_id for question_id, inside in last.items() if inside}
