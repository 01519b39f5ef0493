"""Recall: approved words are found wrong, and everybody who was told exactly them hears of it.

The words leave every surface with the transaction that recalls them, and open pages strike them
through. Ten seconds later those who were told get a fixed line and a ticket, one after the other.
The correction is an approved version, sent to exactly them by a broadcast.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from assistant.answering.approving import approvers_needed
from assistant.answering.audience import Chosen
from assistant.answering.broadcast import Broadcast
from assistant.answering.leaving_out import Words
from assistant.answering.to_everyone import send_to_all
from assistant.desk.conversations import Conversation
from assistant.desk.messages import By, Message, Said
from assistant.desk.recalled import UNDO, Recall, ToldWrong
from assistant.ground.audit import Event, happened
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion


def recall(
    session: Session,
    entry: Entry,
    *,
    reason: str,
    by: Person,
    at: datetime,
    versions: Sequence[EntryVersion] = (),
) -> Recall:
    """Take approved words back: all versions that were ever approved, or those that are named.

    One person may: a wrong answer that stays for want of a second one is worse.

    Raises:
        NotPermitted: when ``by`` neither answers customers nor leads.
        Refused: without a reason, or when one of the versions is not what anybody could get.
    """
    wrong = list(versions) or [v for v in entry.versions if v.approved_at and not v.recalled_at]
    entry.recall(session, wrong, reason=reason, by=by, at=at)
    recalled = Recall(
        launch_id=entry.launch_id,
        entry_id=entry.id,
        version_ids=[version.id for version in wrong],
        title=wrong[-1].question,
        reason=reason.strip(),
        by_id=by.id,
        at=at,
        tells_at=at + UNDO,
    )
    recalled.by = by
    recalled.told = [
        ToldWrong(message_id=message.id, conversation_id=message.conversation_id)
        for message in session.scalars(_who_said(entry.launch_id, wrong))
    ]
    session.add(recalled)
    session.flush()
    _wake(session, recalled, "message.recalled", by=by, at=at)
    return recalled


def told_of(session: Session, launch_id: int, versions: Sequence[EntryVersion]) -> int:
    """Return how many people were told what these versions say, or a reply made from it."""
    return _people(session, _who_said(launch_id, versions))


def told_exactly(session: Session, version: EntryVersion) -> int:
    """Return how many people were told exactly these words, by the assistant or a person."""
    exactly = or_(Message.entry_version_id == version.id, Message.sha256 == version.sha256)
    return _people(session, _said(version.entry.launch_id).where(exactly))


def _people(session: Session, said: Select[Message]) -> int:
    ids = said.with_only_columns(Message.conversation_id).order_by(None)
    people = select(func.count(func.distinct(Conversation.visitor)))
    return session.scalar(people.where(Conversation.id.in_(ids))) or 0


def undo(session: Session, recalled: Recall, *, by: Person, at: datetime) -> None:
    """Take a recall back before anybody is written to: as if it had not been.

    Raises:
        Refused: when the ten seconds have passed.
    """
    recalled.undo(at=at)
    _stands_again(session, recalled, "It was recalled by mistake.", by=by, at=at)


def reinstate(
    session: Session, recalled: Recall, *, because: str, by: Person, at: datetime
) -> None:
    """Say as a second person that the words were right after all; those who were told hear that.

    Where two people approve the words, two reinstate them: the first one's word is kept.

    Raises:
        NotPermitted: when ``by`` recalled it, wrote it, or may not approve it, or was the first.
        Refused: without a reason, when it is not recalled any more, or when what replaces it is
            approved: two answers would stand.
    """
    if not by.is_any(Role.LEAD) or by.id == recalled.by_id:
        raise NotPermitted(
            "Another lead than who recalled it reinstates it.", what_to_do="Ask another lead."
        )
    entry = session.get_one(Entry, recalled.entry_id)
    versions, first = versions_of(session, recalled), recalled.agreed_by_id
    if recalled.stands and (right := replaced_by(session, recalled)):
        raise Refused(
            f"Version {right.number} has been approved in its place: customers read that.",
            what_to_do="Send it to those who were told. If what was recalled is right, "
            "write it as the next version and have it approved; then reinstate it.",
        )
    if by.id == first:
        raise NotPermitted(
            "You have said so; a second person does too.", what_to_do="Ask another lead."
        )
    for version in versions:
        entry.may_approve(version, by, is_second=first is not None)
    if first is None and approvers_needed(entry, versions) > 1:
        recalled.agree(because=because, by=by)
        entry.note(session, "reinstatement-agreed", by=by, at=at, reason=because.strip())
        return
    recalled.end(because=because, by=by, at=at)
    _stop_correcting(session, recalled, by=by, at=at)
    _stands_again(session, recalled, because.strip(), by=by, at=at)


def replaced_by(session: Session, recalled: Recall) -> EntryVersion | None:
    """Return the version that was approved after the recall and says otherwise, if one is live."""
    live = session.get_one(Entry, recalled.entry_id).approved
    if live is None or live.approved_at is None or live.approved_at <= recalled.at:
        return None
    wrong = {version.sha256 for version in versions_of(session, recalled)}
    return None if live.sha256 in wrong else live


def correct(
    session: Session,
    recalled: Recall,
    version: EntryVersion,
    *,
    people: int,
    by: Person,
    at: datetime,
    mails: bool = True,
) -> Broadcast:
    """Send an approved version to exactly those who were told what was recalled.

    Without ``mails`` it reaches nobody who asked by mail: they are left out, and their tickets
    stay open.

    Raises:
        Refused: when the recall does not stand, or as ``to_everyone.send_to_all``.
    """
    if not recalled.stands:
        raise Refused("It is not recalled any more.", what_to_do="Nothing is left to do.")
    launch = session.get_one(Launch, recalled.launch_id)
    chosen, words = Chosen(recall=recalled.id), Words(version.text, version)
    return send_to_all(
        session,
        launch,
        chosen,
        words,
        people=people,
        by=by,
        at=at,
        resolves=True,
        mails=mails,
    )


def versions_of(session: Session, recalled: Recall) -> list[EntryVersion]:
    """Return the versions that were recalled, oldest first."""
    query = select(EntryVersion).where(EntryVersion.id.in_(recalled.version_ids))
    return list(session.scalars(query.order_by(EntryVersion.number)))


def _who_said(launch_id: int, versions: Sequence[EntryVersion]) -> Select[Message]:
    """Return the query for what was said as in ``versions``: cited, typed, or changed by a person.

    Who changed it began with the wrong words; whether theirs are right a person has to look at.
    """
    ids = [version.id for version in versions]
    return _said(launch_id).where(
        or_(
            Message.entry_version_id.in_(ids),
            Message.id.in_(_changed_from(launch_id, ids)),
            Message.sha256.in_({version.sha256 for version in versions}),
        )
    )


def _said(launch_id: int) -> Select[Message]:
    return (
        select(Message)
        .join(Message.conversation)
        .where(
            Conversation.launch_id == launch_id,
            Message.by != By.CUSTOMER,
            Message.kind.in_((Said.ANSWER, Said.REPLY)),
        )
        .order_by(Message.id)
    )


def _changed_from(launch_id: int, versions: Sequence[int]) -> Select[int]:
    """Return the query for the replies that a person began from one of ``versions`` and changed."""
    began_from = Event.details["deviates_from"].as_integer()
    return select(Event.details["message"].as_integer()).where(
        Event.launch_id == launch_id,
        Event.kind == "ticket.replied",
        began_from.in_(versions),
    )


def _wake(session: Session, recalled: Recall, kind: str, *, by: Person, at: datetime) -> None:
    """Let every open page that shows one of the messages draw it anew."""
    for told in recalled.told:
        happened(
            session,
            kind,
            at=at,
            by=by,
            launch_id=recalled.launch_id,
            conversation_id=told.conversation_id,
            entry_id=recalled.entry_id,
            message=told.message_id,
            recall=recalled.id,
        )


def _stands_again(
    session: Session, recalled: Recall, reason: str, *, by: Person, at: datetime
) -> None:
    entry = session.get_one(Entry, recalled.entry_id)
    entry.reinstate(session, versions_of(session, recalled), reason=reason, by=by, at=at)
    _wake(session, recalled, "message.reinstated", by=by, at=at)


def _stop_correcting(session: Session, recalled: Recall, *, by: Person, at: datetime) -> None:
    """Send no correction of what turned out to be right."""
    correcting = select(Broadcast).where(
        Broadcast.recall_id == recalled.id,
        Broadcast.finished_at.is_(None),
        Broadcast.undone_at.is_(None),
        Broadcast.stopped_at.is_(None),
        Broadcast.starts_at.is_not(None),
    )
    for broadcast in session.scalars(correcting.with_for_update(of=Broadcast)):
        broadcast.stop(session, because="What it corrects is right after all.", by=by, at=at)
