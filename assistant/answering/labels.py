"""Labels: what people said about an answer, a title or a suggestion, question by question.

A label is a fact about one question: who judged which entry for it, and whether it answers. The
guarantee, the states of entries and everything that learns read the same rows. Labels are given in
the transaction of the act they come from; the same act again changes nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.answering.decisions import Decision
from assistant.desk.messages import Message, Said
from assistant.ground.database import Base
from assistant.ground.people import Person
from assistant.launch.launches import labels_changed
from assistant.library.versions import EntryVersion


class Source(StrEnum):
    """What somebody did, from which the label follows."""

    SENT = "sent"  # an agent sent an approved version as it is
    CHANGED = "changed"  # an agent started from an approved version and sent other words
    WRONG_MATCH = "wrong-match"  # an agent said that a suggestion does not fit
    NO_ANSWER = "no-answer"  # an agent said that nothing approved answers it
    AUDIT = "audit"  # an agent checked what the assistant had answered
    RECOGNISED = "recognised"  # a customer recognised the case in a "did you mean"
    NONE_OF_THESE = "none-of-these"  # a customer recognised none of the titles
    HELPED = "helped"  # a customer said "this answers it" or "not quite"


BY_PEOPLE = (Source.SENT, Source.WRONG_MATCH, Source.NO_ANSWER, Source.AUDIT)
BY_CLICK = (Source.RECOGNISED, Source.NONE_OF_THESE)
_RANK = {Source.AUDIT: 2, **dict.fromkeys(BY_CLICK, 0)}  # whose word is the last; agents: 1
AUDITED = 0.05  # share of what the assistant answers by itself that a person checks, too


class Label(Base):
    """One verdict on one question. ``right`` is empty when it could not be told."""

    __tablename__ = "labels"
    __table_args__ = (UniqueConstraint("message_id", "source", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    source: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # empty: the customer
    entry: Mapped[str]  # the key of what was judged, empty when nothing had been found
    entry_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("entry_versions.id"), index=True
    )
    right: Mapped[bool | None]
    wrong: Mapped[list[str]]  # keys of every entry that this verdict says does not answer it
    first: Mapped[str]  # the key of what was answered, else of the first candidate; may be empty
    certainty: Mapped[float]  # of that one, when it was decided, 0 to 1
    outcome: Mapped[str]  # what the customer got: answer, clarification or handoff
    weight: Mapped[float]  # 1 / the chance that such a question is judged; 0: chosen, not drawn
    facts: Mapped[dict[str, Any]]  # what else was known: threshold, mode, the model's verdict
    message: Mapped[Message] = relationship()
    person: Mapped[Person | None] = relationship()

    @property
    def of_first(self) -> bool | None:
        """Return whether the answer, or the first candidate, is right; nothing when not said."""
        if self.right is None:
            return None
        if self.first in self.wrong or not self.first:
            return False
        return True if self.right and self.entry == self.first else None

    @property
    def rank(self) -> int:
        """Return how much it weighs: a check outweighs an agent's word, that a customer's click."""
        return _RANK.get(Source(self.source), 1)

    @property
    def is_one_sided(self) -> bool:
        """Return whether it could have spoken for the first candidate and not against it."""
        return self.right is True and not self.facts.get("alone", True) and not self.is_check

    @property
    def is_check(self) -> bool:
        """Return whether somebody looked at exactly the answer that it judges."""
        return self.source == Source.AUDIT


def last_words(given: Iterable[Label]) -> list[Label]:
    """Return the one label of each question that outweighs the others, of equals the last given."""
    last: dict[int, Label] = {}
    for label in given:
        known = last.get(label.message_id)
        if known is None or (label.rank, label.at) >= (known.rank, known.at):
            last[label.message_id] = label
    return list(last.values())


def give(
    session: Session,
    question: Message,
    source: Source,
    *,
    entry: str,
    right: bool | None,
    wrong: Sequence[str] = (),
    version_id: int | None = None,
    weight: float = 1.0,
    by: Person | None,
    at: datetime,
) -> Label | None:
    """Keep one verdict on a decided question and return it; nothing when there is nothing to say.

    There is one label per question, source and person: another verdict replaces it, the same one
    changes nothing. Several wrong matches of one person are one label that names them all.

    That another entry is right says that the first is wrong only where nothing else was asked.
    """
    _locked(session, question)
    decision = session.get(Decision, question.id)
    if decision is None:
        return None
    part = _part_of(decision, source, entry)
    first, certainty = _first_of(session, decision, part)
    alone = _is_alone(decision, source)
    implied = [first] if right and entry != first and alone else []
    excluded = list(dict.fromkeys([*wrong, *implied]))
    label = _given(session, question.id, source, by)
    if label is None:
        label = Label(launch_id=decision.launch_id, message_id=question.id, source=source)
        label.person_id = by.id if by else None
        session.add(label)
    elif source is Source.SENT and label.entry == entry:
        return None  # said already; what it excluded may have been withdrawn since
    elif source is Source.WRONG_MATCH:
        excluded = list(dict.fromkeys([*label.wrong, *excluded]))
    if (label.entry, label.right, label.wrong) == (entry, right, excluded):
        return label
    label.entry, label.right, label.wrong = entry, right, [key for key in excluded if key]
    label.entry_version_id, label.at, label.weight = version_id, at, weight
    label.first, label.certainty, label.outcome = first, certainty, decision.outcome
    label.facts = {**_facts(decision, part, first), "alone": alone}
    session.flush()
    labels_changed(session, decision.launch_id)
    return label


def sent_otherwise(session: Session, question: Message, entry: str) -> Sequence[Label]:
    """Return the labels of what else than ``entry`` was sent for a question, oldest first."""
    _locked(session, question)
    query = select(Label).where(
        Label.message_id == question.id, Label.source == Source.SENT, Label.entry != entry
    )
    return session.scalars(query.order_by(Label.id)).all()


def withdraw(session: Session, label: Label, entry: str) -> None:
    """Let a label not speak against ``entry`` any more: it was sent for the same question."""
    label.wrong = [key for key in label.wrong if key != entry]
    session.flush()
    labels_changed(session, label.launch_id)


def given_by(
    session: Session, conversation_id: str, source: Source, person_id: int | None
) -> Sequence[Label]:
    """Return what a person said in this way about a conversation's questions, newest first."""
    query = (
        select(Label)
        .join(Label.message)
        .where(Message.conversation_id == conversation_id)
        .where(Label.source == source, Label.person_id == person_id)
        .order_by(Label.at.desc(), Label.id.desc())
    )
    return session.scalars(query).all()


def take_back(session: Session, label: Label, entry: str = "") -> None:
    """Let a verdict be as if it had not been given; ``entry`` is one of several wrong matches."""
    _locked(session, label.message)
    rest = [key for key in label.wrong if entry and key != entry]
    if label.source == Source.WRONG_MATCH and rest:
        label.wrong, label.entry, label.entry_version_id = rest, rest[-1], None
    else:
        session.delete(label)
    session.flush()
    labels_changed(session, label.launch_id)


def of_question(session: Session, message_id: int) -> Sequence[Label]:
    """Return everything that was said about one question, in the order it was said."""
    query = select(Label).where(Label.message_id == message_id).order_by(Label.at, Label.id)
    return session.scalars(query).all()


def _locked(session: Session, question: Message) -> None:
    """Lock the question, so that of two acts at once the second one finds the first."""
    session.scalars(select(Message).where(Message.id == question.id).with_for_update()).one()


def _is_alone(decision: Decision, source: Source) -> bool:
    """Return whether a verdict on one entry can only be about the question as a whole.

    Of several questions in one message nobody knows which one it is about, and of several in one
    conversation not which one an agent's text is for.
    """
    if len(decision.considered.get("parts", ())) > 1:
        return False
    asked = [one for one in decision.message.conversation.messages if one.kind == Said.QUESTION]
    return source is not Source.SENT or len(asked) <= 1


def _given(session: Session, message_id: int, source: Source, by: Person | None) -> Label | None:
    who = Label.person_id.is_(None) if by is None else Label.person_id == by.id
    query = select(Label).where(Label.message_id == message_id, Label.source == source, who)
    return session.scalar(query)


def _part_of(decision: Decision, source: Source, entry: str) -> dict[str, Any]:
    """Return the part of the message that is judged: the first, or the one whose answer it is."""
    parts = decision.considered.get("parts") or [{}]
    answered = (part for part in parts if part.get("entry") == entry)
    is_one_of_several = source is Source.AUDIT and decision.outcome == "answer"
    return dict(next(answered, parts[0]) if is_one_of_several else parts[0])


def _first_of(session: Session, decision: Decision, part: dict[str, Any]) -> tuple[str, float]:
    certainty = float(part.get("certainty", decision.certainty))
    if decision.outcome == "answer" and part.get("entry"):
        return str(part["entry"]), certainty
    if decision.outcome == "answer" and decision.entry_version_id:
        version = session.get_one(EntryVersion, decision.entry_version_id)
        return version.entry.key, certainty
    return str(decision.candidates[0]["entry"]) if decision.candidates else "", certainty


def _facts(decision: Decision, part: dict[str, Any], first: str) -> dict[str, Any]:
    said = part.get("said") or {}
    candidates = part.get("candidates") or decision.candidates
    return {
        "mode": decision.mode,
        "via": decision.via,
        "threshold": part.get("answers_from"),
        "model": said,
        "behind": _behind(candidates, str(said.get("entry", ""))),
        "objected": any(one.get("against") for one in candidates if one["entry"] == first),
    }


def _behind(candidates: Sequence[dict[str, Any]], chosen: str) -> float | None:
    """By how much the model's choice ranked behind the first, in the ranking's score.

    Nothing where it is not known: then the label says nothing about the model.
    """
    scores = {str(one["entry"]): float(one["score"]) for one in candidates}
    return next(iter(scores.values())) - scores[chosen] if chosen in scores else None
