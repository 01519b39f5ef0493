"""A decision that was taken in error is replaced by a newer one; the old one stays, with why.

What the old one was drafted as goes on from there: a draft that nobody approved says the new
decision, and words that customers get already are for a lead to recall.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.desk.rulings import LONGEST, RULED_WORDS, Ruled, Ruling
from assistant.desk.tickets import Ticket
from assistant.ground.database import Base
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Person
from assistant.launch.launches import Launch
from assistant.library import decided
from assistant.library.decided import DecidedMessage
from assistant.library.versions import EntryVersion


class ReplacedRuling(Base):
    """Which decision came in the place of another, by whom and why."""

    __tablename__ = "replaced_rulings"

    ruling_id: Mapped[int] = mapped_column(ForeignKey("rulings.id"), primary_key=True)
    by_ruling_id: Mapped[int] = mapped_column(ForeignKey("rulings.id"), index=True)
    reason: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    person: Mapped[Person] = relationship()


def replace(
    session: Session,
    launch: Launch,
    ruling: Ruling,
    ruled: Ruled,
    *,
    sentence: str,
    reason: str,
    by: Person,
    at: datetime,
) -> EntryVersion | None:
    """Decide anew what was decided, and return what that is drafted as; nothing without a message.

    Raises:
        NotPermitted: when somebody else decides this.
        Refused: when it is open or was replaced already, a newer question is open on its ticket,
            nothing would change, or without a reason.
    """
    session.refresh(launch, with_for_update=True)  # of two at once the second finds it replaced
    _must_be_replaceable(session, ruling)
    if not reason.strip():
        raise Refused("Say why it was not right.", what_to_do="Who acted on it reads this.")
    if (ruled, sentence.strip()) == (ruling.ruled, ruling.sentence):
        raise Refused("That is what was decided.", what_to_do="Decide something else.")
    if ruled not in choices(ruling, by):
        raise NotPermitted("Somebody else decides this.", what_to_do="Ask who decides it.")
    new = _asked_anew(session, ruling, by, at)
    new.decide(session, ruled, sentence=sentence, by=by, at=at)
    session.add(
        ReplacedRuling(
            ruling_id=ruling.id, by_ruling_id=new.id, reason=reason.strip()[:LONGEST],
            person_id=by.id, at=at,
        )
    )  # fmt: skip
    _tell(session, ruling, new, reason.strip(), by, at)
    return _message(session, launch, ruling, new, at)


def choices(ruling: Ruling, person: Person) -> Sequence[Ruled]:
    """Return what ``person`` may decide in the place of a decision, of the four."""
    return [ruled for ruled in decided.FOUR if ruled in ruling.choices(person)]


def _must_be_replaceable(session: Session, ruling: Ruling) -> None:
    if ruling.is_open:
        raise Refused("Nobody has decided this yet.", what_to_do="Decide it.")
    if (before := session.get(ReplacedRuling, ruling.id)) is not None:
        raise Refused(
            f"{before.person.name} has replaced this already.", what_to_do="Load the page again."
        )
    query = select(Ruling.id).where(
        Ruling.ticket_id == ruling.ticket_id, Ruling.decided_at.is_(None)
    )
    if session.scalar(query.limit(1)) is not None:
        raise Refused("A newer question is open on its ticket.", what_to_do="Decide that one.")


def _asked_anew(session: Session, ruling: Ruling, by: Person, at: datetime) -> Ruling:
    new = Ruling(
        launch_id=ruling.launch_id,
        ticket=ruling.ticket,
        decider=ruling.decider,
        question=ruling.question,
        asked_of=by,
        asked_by=by,
        asked_at=at,
    )
    session.add(new)
    session.flush()
    return new


def _tell(
    session: Session, old: Ruling, new: Ruling, reason: str, by: Person, at: datetime
) -> None:
    """Tell who asked, who had decided and who owns the ticket, each once."""
    ticket: Ticket = old.ticket
    ticket.record(
        session, "decision-replaced", by=by, at=at, ruling=old.id, by_ruling=new.id,
        before=old.ruled, ruled=new.ruled, reason=reason,
    )  # fmt: skip
    words = (
        f"{by.name} has replaced the decision on {ticket.number}: "
        f"{RULED_WORDS[Ruled(new.ruled or '')].lower()}, because: {reason}"
    )
    people = {p.id: p for p in (old.asked_by, old.decided_by, ticket.owner) if p is not None}
    for person in people.values():
        if person.id != by.id:
            new.tell(session, person, words, kind="decided", at=at)


def _message(
    session: Session, launch: Launch, old: Ruling, new: Ruling, at: datetime
) -> EntryVersion | None:
    scenario, ruled = old.ticket.scenario, Ruled(new.ruled or "")
    if scenario is None or ruled not in decided.VERDICTS or new.decided_by is None:
        return None
    before = session.get(DecidedMessage, old.id)
    begun = before.version.entry if before else None
    if begun is not None and begun.retired_at is None and not begun.newest.is_current:
        draft = decided.said(begun.newest.as_draft(), ruled, new.sentence)
        version = begun.save(session, draft, by=new.decided_by, at=at)
    else:
        version = decided.drafted(
            session, launch, scenario, ruled, new.sentence, new.decided_by, at
        )
    session.add(DecidedMessage(ruling_id=new.id, entry_version_id=version.id, drafted_at=at))
    session.flush()
    return version
