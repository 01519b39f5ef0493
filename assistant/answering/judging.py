"""Judging: what people do with an answer, a title or a suggestion, kept as labels.

Each runs in the transaction of the act. What a person says teaches the shelf. A wrong verdict is
looked at there and then: when too much was wrong, the launch asks before it answers from that
moment on.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from assistant.answering import guarantee, labels, learning
from assistant.answering.decisions import Decision
from assistant.answering.labels import Label, Source
from assistant.desk.messages import Message, Said
from assistant.ground.people import Person
from assistant.library.versions import EntryVersion


def sent(
    session: Session, question: Message, version: EntryVersion, *, by: Person, at: datetime
) -> Label | None:
    """An agent sent an approved version as it is: it answers, and no other candidate does.

    What is sent besides for the same question is no verdict: nobody knows what it was for.
    """
    if earlier := labels.sent_otherwise(session, question, version.entry.key):
        return _sent_besides(session, earlier, version.entry.key, by=by, at=at)
    label = labels.give(
        session,
        question,
        Source.SENT,
        entry=version.entry.key,
        version_id=version.id,
        right=True,
        by=by,
        at=at,
    )
    return _looked_at(session, label, at)


def _sent_besides(
    session: Session, earlier: Sequence[Label], entry: str, *, by: Person, at: datetime
) -> Label:
    """Of several texts for one question the first one stands, and does not exclude the others.

    When it had excluded this one, what it taught was too much.
    """
    for label in earlier:
        if entry in label.wrong:
            labels.withdraw(session, label, entry)
            learning.unlearn(session, label.message, by=by, at=at)
    return earlier[0]


def changed(
    session: Session, question: Message, version: EntryVersion, *, by: Person, at: datetime
) -> Label | None:
    """An agent began with an approved version and sent other words: near, and not what was needed.

    Kept as a case; nobody can tell from it whether the approved words would have answered.
    """
    return labels.give(
        session,
        question,
        Source.CHANGED,
        entry=version.entry.key,
        version_id=version.id,
        right=None,
        by=by,
        at=at,
    )


def did_not_match(
    session: Session, question: Message, version: EntryVersion, *, by: Person, at: datetime
) -> Label | None:
    """An agent said that a suggestion does not fit the question."""
    label = labels.give(
        session,
        question,
        Source.WRONG_MATCH,
        entry=version.entry.key,
        version_id=version.id,
        right=False,
        wrong=[version.entry.key],
        by=by,
        at=at,
    )
    return _looked_at(session, label, at)


def nothing_answers(
    session: Session, question: Message, *, by: Person, at: datetime
) -> Label | None:
    """An agent said that nothing approved answers the question: every candidate is wrong."""
    decision = session.get(Decision, question.id)
    keys = [str(each["entry"]) for each in decision.candidates] if decision else []
    label = labels.give(
        session,
        question,
        Source.NO_ANSWER,
        entry=keys[0] if keys else "",
        version_id=decision.candidates[0].get("version_id") if decision and keys else None,
        right=False,
        wrong=keys,
        by=by,
        at=at,
    )
    return _looked_at(session, label, at)


def chose(
    session: Session, choice: Message, asked: Message, entry: str | None, *, at: datetime
) -> Label | None:
    """A customer recognised the case among the titles, or none of them."""
    question = choice.conversation.behind(choice)
    versions = {str(each["entry"]): each.get("version") for each in asked.options}
    keys = list(versions)
    if entry is not None:
        return labels.give(
            session,
            question,
            Source.RECOGNISED,
            entry=entry,
            version_id=versions.get(entry),
            right=True,
            by=None,
            at=at,
        )
    return labels.give(
        session,
        question,
        Source.NONE_OF_THESE,
        entry=keys[0],
        version_id=versions[keys[0]],
        right=False,
        wrong=keys,
        by=None,
        at=at,
    )


def helped(session: Session, answer: Message, *, helpful: bool, at: datetime) -> Label | None:
    """A customer said "this answers it" or "not quite". Kept; the guarantee does not use it."""
    asked = session.get(Message, answer.reply_to_id) if answer.reply_to_id else None
    if asked is None or answer.entry_version_id is None or answer.kind != Said.ANSWER:
        return None
    version = session.get_one(EntryVersion, answer.entry_version_id)
    return labels.give(
        session,
        asked.conversation.behind(asked),
        Source.HELPED,
        entry=version.entry.key,
        version_id=version.id,
        right=helpful,
        wrong=[] if helpful else [version.entry.key],
        by=None,
        at=at,
    )


def checked(
    session: Session,
    question: Message,
    version: EntryVersion,
    *,
    right: bool | None,
    weight: float,
    by: Person,
    at: datetime,
) -> Label | None:
    """A person checked what the assistant had answered; ``right`` is empty when nobody can tell."""
    label = labels.give(
        session,
        question,
        Source.AUDIT,
        entry=version.entry.key,
        version_id=version.id,
        right=right,
        wrong=[version.entry.key] if right is False else [],
        weight=weight,
        by=by,
        at=at,
    )
    return _looked_at(session, label, at)


def _looked_at(session: Session, label: Label | None, at: datetime) -> Label | None:
    if label is not None:
        learning.learn_from(session, label, at=at)
    if label is not None and label.of_first is False:
        guarantee.look_again(session, label.launch_id, at=at)
    return label
