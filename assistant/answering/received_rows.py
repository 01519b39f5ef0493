"""Who was told which wording, and who wrote when: the rows behind ``received``."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from assistant.answering.broadcast import Recipient
from assistant.answering.decisions import Decision
from assistant.answering.received import Contact, Received, Telling, Told, received
from assistant.desk.conversations import Conversation
from assistant.desk.messages import By, Message, Said
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion


def received_of_launch(session: Session, launch_id: int, *, at: datetime) -> dict[int, Received]:
    """Return how each version of the launch was received, by its id; three queries."""
    told = _tellings().where(Entry.launch_id == launch_id)
    asked = _contacts().where(Conversation.launch_id == launch_id)
    return _received(session, launch_id, told, asked, at)


def received_of_entry(session: Session, entry: Entry, *, at: datetime) -> dict[int, Received]:
    """Return the same for the versions of one entry; as quick in a large launch as in a small."""
    told = _tellings().where(Entry.id == entry.id)
    people = (
        select(Conversation.visitor)
        .join(Message, Message.conversation_id == Conversation.id)
        .join(EntryVersion, EntryVersion.id == Message.entry_version_id)
        .where(EntryVersion.entry_id == entry.id)
    )
    asked = _contacts().where(
        Conversation.launch_id == entry.launch_id, Conversation.visitor.in_(people)
    )
    return _received(session, entry.launch_id, told, asked, at)


def _received(
    session: Session,
    launch_id: int,
    told: "Select[Any]",
    asked: "Select[Any]",
    at: datetime,
) -> dict[int, Received]:
    tellings = [_telling(**row) for row in session.execute(told).mappings()]
    scenarios = _scenarios(session, launch_id, {one.scenario_id for one in tellings})
    return received(tellings, _asked(session, asked, scenarios), at=at)


def _tellings() -> "Select[Any]":
    question = aliased(Message)
    columns: tuple[Any, ...] = (
        Message.entry_version_id.label("version_id"),
        Message.id.label("message_id"),
        Message.at,
        Conversation.visitor.label("person"),
        Message.conversation_id.label("conversation"),
        Entry.key.label("entry"),
        Entry.scenario_id,
        question.group_id,
        Message.by,
        Recipient.id.label("recipient"),
        Message.helpful,
    )
    return (
        select(*columns)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(EntryVersion, EntryVersion.id == Message.entry_version_id)
        .join(Entry, Entry.id == EntryVersion.entry_id)
        .outerjoin(question, question.id == Message.reply_to_id)
        .outerjoin(Recipient, Recipient.message_id == Message.id)
        .where(Message.by != By.CUSTOMER)
    )


def _telling(*, by: str, recipient: int | None, **facts: Any) -> Telling:
    told = Told.ASSISTANT if by == By.ASSISTANT else Told.AGENT
    return Telling(**facts, by=Told.BROADCAST if recipient else told)


def _contacts() -> "Select[Any]":
    columns: tuple[Any, ...] = (
        Message.id,
        Message.at,
        Conversation.visitor,
        Message.conversation_id,
        Decision.asked_for,
        Message.group_id,
        Message.kind,
    )
    return (
        select(*columns)
        .select_from(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(Decision, Decision.message_id == Message.id)
        .where(Message.kind.in_((Said.QUESTION, Said.CALL)))
    )


def _asked(session: Session, query: "Select[Any]", scenarios: dict[str, int]) -> Iterator[Contact]:
    for number, at, person, conversation, entry, group, kind in session.execute(query):
        scenario = scenarios.get(entry or "")
        wants = kind == Said.CALL
        yield Contact(number, at, person, conversation, entry, scenario, group, wants)


def _scenarios(session: Session, launch_id: int, wanted: Collection[int | None]) -> dict[str, int]:
    """Return the scenario of each entry that is filed under one of these, by the entry's key."""
    numbers = [number for number in wanted if number is not None]
    query = select(Entry.key, Entry.scenario_id).where(
        Entry.launch_id == launch_id, Entry.scenario_id.in_(numbers)
    )
    return {key: scenario for key, scenario in session.execute(query) if scenario is not None}
