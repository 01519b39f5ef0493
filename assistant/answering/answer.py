"""A question becomes an answer, a clarification or a handoff: record, think, settle.

The question is in the database before anybody thinks about it. Thinking holds no transaction.
Settling is one transaction in which the gate has the last word, so that what was withdrawn in
the meantime is not sent, and in which a second settling finds the first and changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from assistant.answering.consider import Asked, Thought, consider, given_up
from assistant.answering.decide import Answer
from assistant.answering.lines import Line
from assistant.answering.settle import settle
from assistant.answering.triage import triage
from assistant.answering.turns import (
    A_PERSON_HAS_IT,
    said_just_before,
    turns_before,
    unhelpful,
)
from assistant.desk.messages import NONE_OF_THESE, Message, Said, undecided
from assistant.desk.severity import Severity
from assistant.ground.parts import Parts
from assistant.launch.launches import Mode
from assistant.launch.scope import Scope
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion

log = structlog.get_logger()

STRANDED = "The assistant could not decide it in time."
FAILED = "The assistant failed on this question."


@dataclass(frozen=True, slots=True)
class Recorded:
    """A question as it was written down, and what thinking has to know about it."""

    message_id: int
    kind: str
    chosen: str | None
    asked: Asked
    has_person: bool
    about: str  # the question behind a choice or a call, in the customer's words

    @property
    def as_asked(self) -> Asked:
        """Return what was asked in the customer's own words, not in those of a button."""
        return replace(self.asked, text=self.about)


def answer(parts: Parts, message_id: int) -> None:
    """Decide a recorded question and carry it out, unless that has happened already.

    Whatever goes wrong while thinking, the customer gets a person.
    """
    recorded = _recorded(parts, message_id)
    if recorded is None:
        return
    try:
        thought = _think(parts, recorded)
    except Exception:
        log.exception("thinking failed", message=message_id)
        thought = given_up(recorded.as_asked, FAILED)
    try:
        settle(parts, recorded.message_id, thought)
    except (StaleDataError, IntegrityError):  # somebody changed the same ticket or group just now
        settle(parts, recorded.message_id, thought)


def hand_over_stranded(parts: Parts) -> int:
    """Give every question that was recorded and never decided to a person; return how many."""
    before = parts.clock.now() - timedelta(seconds=parts.settings.stranded_seconds)
    with parts.db.reading() as session:
        stranded = undecided(session, before=before)
    return sum(_handed_over(parts, message_id) for message_id in stranded)


def _handed_over(parts: Parts, message_id: int) -> bool:
    try:
        recorded = _recorded(parts, message_id)
        if recorded is not None:
            settle(parts, message_id, given_up(recorded.as_asked, STRANDED))
    except Exception:  # one that cannot be settled must not keep the others from a person
        log.exception("handing over failed", message=message_id)
        return False
    return True


def _recorded(parts: Parts, message_id: int) -> Recorded | None:
    with parts.db.reading() as session:
        message = session.get_one(Message, message_id)
        if message.decided_at is not None:
            return None
        conversation, launch = message.conversation, message.conversation.launch
        earlier = turns_before(conversation.messages, message)
        return Recorded(
            message_id=message.id,
            kind=message.kind,
            chosen=message.chosen,
            has_person=conversation.has_person,
            about=conversation.behind(message).text,
            asked=Asked(
                text=message.text,
                launch_id=launch.id,
                mode=launch.acting_mode,
                wrong_rate=launch.wrong_rate,
                audience=conversation.audience,
                out_of_scope=launch.out_of_scope,
                languages=launch.languages,
                before=said_just_before(earlier, message.at),
                unhelpful=unhelpful(earlier),
            ),
        )


def _think(parts: Parts, recorded: Recorded) -> Thought:
    at = parts.clock.now()
    if recorded.kind == Said.CHOICE:
        return _chosen(parts, recorded, at)
    if recorded.kind == Said.CALL:
        return given_up(recorded.as_asked, "A person was asked for.", Line.PERSON)
    if recorded.has_person:
        return given_up(recorded.asked, A_PERSON_HAS_IT, Line.ADDED)
    return consider(parts, recorded.asked, at=at)


def _chosen(parts: Parts, recorded: Recorded, at: datetime) -> Thought:
    """Return the approved message that the customer recognised, or a person for "none of these"."""
    if recorded.chosen == NONE_OF_THESE or recorded.chosen is None:
        return given_up(recorded.as_asked, "None of the titles fits.")
    if recorded.asked.mode is Mode.SUGGEST:
        return given_up(recorded.as_asked, "This launch lets people answer.", Line.PEOPLE)
    with parts.db.reading() as session:
        version = session.scalar(
            select(EntryVersion)
            .join(EntryVersion.entry)
            .where(Entry.launch_id == recorded.asked.launch_id, Entry.key == recorded.chosen)
            .where(EntryVersion.approved_at.is_not(None), EntryVersion.superseded_at.is_(None))
        )
    if version is None or version.question != recorded.asked.text:
        return given_up(recorded.as_asked, "What was chosen is no longer approved as it was.")
    chosen = Answer(recorded.chosen, 1.0, "The customer recognised the case.")
    calm = replace(triage(recorded.asked.text), severity=Severity.MINOR)
    return Thought(
        parts=(),
        answers=(chosen,),
        clarification=None,
        handoff=None,
        triage=calm,
        scope=Scope(inside=True),
        versions={recorded.chosen: version.id},
    )
