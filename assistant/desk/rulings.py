"""Rulings: "is this expected?", asked of the one person who decides it, and what they answered.

A ruling is asked for on a ticket, by name. Only who decides such a thing for the ticket's scenario
answers it: one person confirms what is expected, one triggers a workaround or a rollback.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.desk.in_charge import in_charge, who_can_take
from assistant.desk.notices import notify
from assistant.desk.tickets import Ticket
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.launch.scenarios import Decider

LONGEST = 1_000  # characters of a question or an answer


class Ruled(StrEnum):
    """What somebody decided."""

    EXPECTED = "expected"
    NOT_EXPECTED = "not-expected"
    WORKAROUND = "workaround"
    ROLLBACK = "rollback"
    NEED_FACTS = "need-facts"


RULED_WORDS = {
    Ruled.EXPECTED: "Expected",
    Ruled.NOT_EXPECTED: "Not expected",
    Ruled.WORKAROUND: "Workaround",
    Ruled.ROLLBACK: "Roll it back",
    Ruled.NEED_FACTS: "Need facts",
}
DECIDED_BY = {
    Ruled.EXPECTED: Decider.CONFIRMS_EXPECTED,
    Ruled.NOT_EXPECTED: Decider.CONFIRMS_EXPECTED,
    Ruled.WORKAROUND: Decider.TRIGGERS_ROLLBACK,
    Ruled.ROLLBACK: Decider.TRIGGERS_ROLLBACK,
}  # "need facts" is said by whoever was asked
DECIDER_WORDS = {
    Decider.CONFIRMS_EXPECTED: "what is expected",
    Decider.TRIGGERS_ROLLBACK: "about a workaround or a rollback",
}


class Ruling(Base):
    """One decision that somebody asked for. Open until it is decided; one open per ticket."""

    __tablename__ = "rulings"
    __table_args__ = (
        Index("ix_rulings_waiting", "launch_id", "decided_at"),
        Index(
            "uq_rulings_open",
            "ticket_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    decider: Mapped[str]
    question: Mapped[str]
    asked_of_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # empty: any lead
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    ruled: Mapped[str | None]
    sentence: Mapped[str] = mapped_column(default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(nullable=False)
    ticket: Mapped[Ticket] = relationship()
    asked_of: Mapped[Person | None] = relationship(foreign_keys=[asked_of_id])
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_open(self) -> bool:
        """Return whether somebody still has to decide."""
        return self.decided_at is None

    def choices(self, person: Person) -> list[Ruled]:
        """Return what ``person`` may decide here, in the order of ``Ruled``; empty: nothing."""
        allowed = [ruled for ruled in DECIDED_BY if self._is_decided_by(person, DECIDED_BY[ruled])]
        may_ask_back = allowed or self.asked_of_id == person.id or person.is_any(Role.LEAD)
        return [*allowed, Ruled.NEED_FACTS] if may_ask_back else []

    def decide(
        self, session: Session, ruled: Ruled, *, sentence: str, by: Person, at: datetime
    ) -> None:
        """Answer it, with a sentence that says why or what to do.

        Raises:
            Refused: when it is decided already, or without a sentence.
            NotPermitted: when somebody else decides this.
        """
        if not self.is_open:
            raise Refused(
                f"{self.decided_by.name if self.decided_by else 'Somebody'} has decided this: "
                f"{RULED_WORDS[Ruled(self.ruled or '')].lower()}.",
                what_to_do="Ask for another decision if that is not right any more.",
            )
        if ruled not in self.choices(by):
            who = self._decider_words(DECIDED_BY.get(ruled, Decider(self.decider)))
            raise NotPermitted(f"{who} decides this.", what_to_do=f"Ask {who}.")
        if not sentence.strip():
            raise Refused("A decision needs a sentence.", what_to_do="Say why, or what to do now.")
        self.ruled, self.sentence = ruled, sentence.strip()[:LONGEST]
        self.decided_by, self.decided_by_id, self.decided_at = by, by.id, at
        self.ticket.record(
            session,
            "decided",
            by=by,
            at=at,
            ruling=self.id,
            ruled=ruled,
            sentence=self.sentence,
            asked_by=self.asked_by.name,
        )
        if self.asked_by_id != by.id:
            words = f"{by.name} has decided on {self.ticket.number}: {RULED_WORDS[ruled].lower()}."
            self.tell(session, self.asked_by, words, kind="decided", at=at)

    def tell(
        self, session: Session, person: Person, words: str, *, kind: str, at: datetime
    ) -> None:
        """Leave a notice for ``person`` about it."""
        notify(
            session, person, words, kind=kind, launch_id=self.launch_id, at=at, ticket=self.ticket
        )

    def _is_decided_by(self, person: Person, decider: Decider) -> bool:
        """Where the scenario names nobody, who was asked decides, and any lead."""
        scenario = self.ticket.scenario
        if scenario is not None and scenario.deciders.get(decider):
            return scenario.is_decided_by(person, decider)
        return person.is_any(Role.LEAD) or self.asked_of_id == person.id

    def _decider_words(self, decider: Decider) -> str:
        scenario = self.ticket.scenario
        named = scenario.deciders.get(decider) if scenario else None
        return str(named or (self.asked_of.name if self.asked_of else "A lead"))


def ask(
    session: Session,
    ticket: Ticket,
    question: str,
    *,
    decider: Decider = Decider.CONFIRMS_EXPECTED,
    by: Person,
    at: datetime,
) -> Ruling:
    """Ask for a decision and return it: of the scenario's decider, else of who is on shift.

    Raises:
        Refused: without a question, on a resolved ticket, or when one waits to be decided already.
    """
    if not ticket.is_open:
        raise Refused("This ticket is resolved.", what_to_do="Reopen it before you ask.")
    if not question.strip():
        raise Refused("Say what is to be decided.", what_to_do="“Is this expected?” is a start.")
    # Of two who ask at once the second waits here, and finds the first one's question.
    session.scalars(select(Ticket.id).where(Ticket.id == ticket.id).with_for_update()).one()
    if (before := of_ticket(session, ticket)) and before.is_open:
        raise Refused(
            f"{before.asked_by.name} has asked for a decision already: “{before.question}”",
            what_to_do="Wait for it, or remind them.",
        )
    asked_of = _who_decides(session, ticket, decider, at)
    ruling = Ruling(
        launch_id=ticket.launch_id,
        ticket=ticket,
        decider=decider,
        question=question.strip()[:LONGEST],
        asked_of=asked_of,
        asked_by=by,
        asked_at=at,
    )
    session.add(ruling)
    session.flush()
    ticket.record(
        session,
        "decision-asked",
        by=by,
        at=at,
        ruling=ruling.id,
        question=ruling.question,
        decider=decider,
        of=asked_of.name if asked_of else "a lead",
    )
    if asked_of is not None and asked_of.id != by.id:
        words = f"{by.name} asks you to decide on {ticket.number}: “{ruling.question}”"
        ruling.tell(session, asked_of, words, kind="decision-asked", at=at)
    return ruling


def _who_decides(session: Session, ticket: Ticket, decider: Decider, at: datetime) -> Person | None:
    named = ticket.scenario.deciders.get(decider) if ticket.scenario else None
    person = who_can_take(session, named, ticket.launch_id) if named else None
    return person or in_charge(session, ticket.launch_id, at)


def of_ticket(session: Session, ticket: Ticket) -> Ruling | None:
    """Return what was asked last on a ticket, decided or not; nothing when nothing was."""
    query = select(Ruling).where(Ruling.ticket_id == ticket.id).order_by(Ruling.id.desc()).limit(1)
    people = (joinedload(Ruling.asked_of), joinedload(Ruling.asked_by))
    return session.scalar(query.options(*people, joinedload(Ruling.decided_by)))


def of_id(session: Session, ticket: Ticket, ruling_id: int) -> Ruling:
    """Return one ruling of a ticket. Raises NotFound for every other one."""
    found = session.get(Ruling, ruling_id)
    if found is None or found.ticket_id != ticket.id:
        raise NotFound("There is no such decision.", what_to_do="Load the ticket again.")
    return found


def is_waiting() -> ColumnElement[bool]:
    """Return the condition that a ticket waits for somebody's decision."""
    waiting = select(Ruling.ticket_id).where(Ruling.decided_at.is_(None))
    return Ticket.id.in_(waiting)


def waiting(session: Session, launch_id: int) -> Sequence[Ruling]:
    """Return a launch's decisions that nobody has taken, the longest waiting first."""
    query = select(Ruling).where(Ruling.launch_id == launch_id, Ruling.decided_at.is_(None))
    return session.scalars(query.order_by(Ruling.asked_at, Ruling.id)).all()
