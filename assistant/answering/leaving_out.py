"""Who of those who asked is not told, and why.

The facts are gathered in a few queries for all of them; the judgement is pure.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from assistant.answering import guards
from assistant.answering.audience import Asker, Audience, LeftOut, Why
from assistant.answering.languages import Spoken, language_of, spoken_in
from assistant.answering.objections import Case
from assistant.answering.verdicts import Candidate
from assistant.desk.conversations import EVERYONE, Conversation
from assistant.desk.messages import By, Message, Said
from assistant.desk.posting import EMAIL
from assistant.desk.scoping import said_inside
from assistant.ground.database import sha256
from assistant.ground.people import Person
from assistant.launch.launches import Launch
from assistant.launch.scope import scope_of
from assistant.library.liveness import live
from assistant.library.versions import EntryVersion
from knowledge.normalise import normalised

HANDLING = timedelta(minutes=15)  # after a colleague's last act a case is still in their hands


@dataclass(frozen=True, slots=True)
class Words:
    """What is to be sent: an approved version byte for byte, or a person's own words."""

    text: str
    version: EntryVersion | None = None

    @property
    def sha256(self) -> str:
        """Return the hash that both are known by."""
        return sha256(self.text)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of everybody who asked, beside their question."""

    told: Mapping[str, bool | None]  # visitor -> whether exactly these words helped, when told
    helped: Collection[int]  # questions whose answer helped
    handled_by: Mapping[str, tuple[int, datetime]]  # conversation -> who of the team spoke last
    spoken: Spoken
    candidate: Candidate  # the words, as guards look at them
    said_inside: Collection[int]  # questions that a person put in scope
    mails: bool  # somebody carries mail to those who asked by mail


def sorted_out(
    session: Session,
    launch: Launch,
    askers: Sequence[Asker],
    words: Words,
    *,
    by: Person,
    at: datetime,
    corrects: bool = False,
    without: Collection[str] = (),
    twins: int = 0,
    mails: bool = True,
) -> Audience:
    """Return who is told and who is left out, in the order in which they asked.

    A correction goes to everybody who was told what it corrects: only who has it is left out, and
    whom nothing reaches. ``without`` are the conversations that a person took out by hand; without
    ``mails`` nothing reaches who asked by mail.
    """
    facts = _facts(session, launch, words, at=at, mails=mails)
    told, left_out = [], []
    for asker in askers:
        why = Why.BY_HAND if asker.conversation_id in without else None
        why = why or why_not(asker, facts, launch, words, by=by, at=at, corrects=corrects)
        if why is None:
            told.append(asker)
        else:
            left_out.append(LeftOut(asker, why))
    return Audience(tuple(told), tuple(left_out), twins)


def why_not(
    asker: Asker,
    facts: Facts,
    launch: Launch,
    words: Words,
    *,
    by: Person,
    at: datetime,
    corrects: bool,
) -> Why | None:
    """Return why ``asker`` is left out, the weightiest reason; nothing when they are told."""
    if asker.visitor in facts.told:
        return Why.NOT_HELPED if facts.told[asker.visitor] is False else Why.TOLD
    if words.version and words.version.audience not in (EVERYONE, asker.audience):
        return Why.AUDIENCE
    unreached = Why.NO_MAIL if asker.channel == EMAIL and not facts.mails else None
    if corrects:
        return unreached
    if asker.question_id in facts.helped:
        return Why.HELPED
    if asker.rating is not None and not asker.is_open:
        return Why.RATED
    if _is_of_another_language(asker, facts, words):
        return Why.LANGUAGE
    if not asker.in_scope or _is_outside(asker, facts, launch):
        return Why.OUT_OF_SCOPE
    case = Case.of(asker.question, facts.candidate, words.version.ways() if words.version else ())
    if guards.identifier(case) or guards.version(case):
        return Why.ANOTHER
    return Why.HANDLED if _is_in_other_hands(asker, facts, by, at) else unreached


def _is_outside(asker: Asker, facts: Facts, launch: Launch) -> bool:
    outside = not scope_of(asker.question, launch.out_of_scope).inside
    return outside and asker.question_id not in facts.said_inside


def _is_of_another_language(asker: Asker, facts: Facts, words: Words) -> bool:
    language = language_of(normalised(asker.question), facts.spoken.languages)
    if facts.spoken.why_not(language):
        return True
    return words.version is not None and not facts.spoken.covers(words.version.entry.key, language)


def _is_in_other_hands(asker: Asker, facts: Facts, by: Person, at: datetime) -> bool:
    if not asker.is_open:
        return False
    claimed = asker.claimed_at is not None and asker.owner_id != by.id
    if claimed and asker.claimed_at and at - asker.claimed_at < HANDLING:
        return True
    person, spoke_at = facts.handled_by.get(asker.conversation_id, (by.id, at))
    return person != by.id and at - spoke_at < HANDLING


def _facts(session: Session, launch: Launch, words: Words, *, at: datetime, mails: bool) -> Facts:
    texts = {v.entry.key: f"{v.question} {v.text}" for v in live(session, launch.id, at=at)}
    return Facts(
        told=_told(session, launch, words),
        helped=_helped(session, launch),
        handled_by=_handled_by(session, launch, at),
        spoken=spoken_in(texts, launch.languages),
        candidate=_candidate(words),
        said_inside=said_inside(session, launch.id),
        mails=mails,
    )


def _candidate(words: Words) -> Candidate:
    version = words.version
    if version is None:
        return Candidate("", "", words.text)
    return Candidate(version.entry.key, version.question, words.text, version.applies_when)


def is_exactly(words: Words) -> ColumnElement[bool]:
    """Return the condition for a message that says exactly these words, as cited or as written."""
    same = Message.sha256 == words.sha256
    if words.version:
        same = or_(Message.entry_version_id == words.version.id, same)
    return and_(same, Message.kind != Said.NOTE)  # a note told the customer nothing


def _told(session: Session, launch: Launch, words: Words) -> dict[str, bool | None]:
    query = (
        select(Conversation.visitor, Message.helpful)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Conversation.launch_id == launch.id, Message.by != By.CUSTOMER, is_exactly(words))
        .order_by(Message.id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _helped(session: Session, launch: Launch) -> set[int]:
    query = (
        select(Message.reply_to_id)
        .join(Message.conversation)
        .where(Conversation.launch_id == launch.id, Message.helpful.is_(True))
    )
    return {question for question in session.scalars(query) if question is not None}


def _handled_by(session: Session, launch: Launch, at: datetime) -> dict[str, tuple[int, datetime]]:
    query = (
        select(Message.conversation_id, Message.person_id, Message.at)
        .join(Message.conversation)
        .where(
            Conversation.launch_id == launch.id,
            Message.person_id.is_not(None),
            Message.at > at - HANDLING,
        )
        .order_by(Message.id)
    )
    return {key: (person, spoke) for key, person, spoke in session.execute(query) if person}
