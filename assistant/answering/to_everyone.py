"""Deciding to tell everyone: exactly who gets it is shown, and confirmed with their number."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assistant.answering import recalled_words
from assistant.answering.audience import Asker, Audience, Chosen, askers
from assistant.answering.broadcast import UNDO, Broadcast, Recipient, once_of
from assistant.answering.leaving_out import Words, sorted_out
from assistant.desk import reply_guard
from assistant.desk.messages import LONGEST
from assistant.ground.errors import Refused
from assistant.ground.people import Person
from assistant.ground.readable import is_visible, turning
from assistant.launch.launches import Launch
from assistant.library.liveness import is_live
from assistant.library.versions import EntryVersion

ALONE = 5  # people whom one person's own words reach without a second person reading them first


def preview(
    session: Session,
    launch: Launch,
    chosen: Chosen,
    words: Words,
    *,
    by: Person,
    at: datetime,
    without: Collection[str] = (),
    mails: bool = True,
) -> Audience:
    """Return exactly who would get these words now, and who of those who asked would not.

    Without ``mails`` nobody carries them to those who asked by mail.
    """
    found, twins = askers(session, launch, chosen)
    return sorted_out(
        session,
        launch,
        found,
        words,
        by=by,
        at=at,
        corrects=bool(chosen.recall),
        without=without,
        twins=twins,
        mails=mails,
    )


def send_to_all(
    session: Session,
    launch: Launch,
    chosen: Chosen,
    words: Words,
    *,
    people: int,
    by: Person,
    at: datetime,
    resolves: bool = False,
    without: Collection[str] = (),
    named: Collection[str] | None = None,
    mails: bool = True,
) -> Broadcast:
    """Decide to tell everyone who asked; ``people`` is the number that was shown and confirmed,
    ``named`` their conversations where somebody ticked each of them; ``mails`` as in ``preview``.

    It begins ten seconds later. A person's own words to more than ``ALONE`` people wait until a
    second person has read them.

    Raises:
        Refused: when these words may not be sent, other people would get them than were shown, or
            somebody is sending them to some of these people already.
    """
    if why := objection(session, launch.id, words, at=at):
        raise Refused(why, what_to_do="Change it, or choose what may be sent now.")
    audience = preview(session, launch, chosen, words, by=by, at=at, without=without, mails=mails)
    if len(audience.told) != people or not people:
        raise Refused(
            f"Now {len(audience.told)} people would get it, not {people}.",
            what_to_do="Look at who gets it again, then confirm the new number.",
        )
    if named is not None and {asker.conversation_id for asker in audience.told} != set(named):
        raise Refused(
            "Others would get it than were shown.", what_to_do="Look at who gets it again."
        )
    needs_reader = words.version is None and people > ALONE
    broadcast = Broadcast(
        launch_id=launch.id,
        entry_version_id=words.version.id if words.version else None,
        text=words.text,
        sha256=words.sha256,
        chosen=chosen.as_json(),
        left_out=[
            {"conversation": one.asker.conversation_id, "ticket": one.asker.ticket, "why": one.why}
            for one in audience.left_out
        ],
        resolves=resolves,
        recall_id=chosen.recall or None,
        by_id=by.id,
        at=at,
        starts_at=None if needs_reader else at + UNDO,
    )
    broadcast.by, broadcast.launch = by, launch
    _claimed(session, broadcast, audience)
    broadcast.record(session, "decided", by=by, at=at, people=people)
    return broadcast


def objection(session: Session, launch_id: int, words: Words, *, at: datetime) -> str:
    """Return why these words may not be sent to anybody at ``at``; empty when they may."""
    if words.version is not None:
        return not_live(session, words.version.id, at=at)
    if not is_visible(words.text):
        return "There is nothing to send."
    if found := turning(words.text):
        return f"It holds an invisible character that turns the order of letters ({found})."
    if len(words.text) > LONGEST:
        return f"What everybody reads has at most {LONGEST:,} characters."
    again = recalled_words.is_recalled(session, launch_id, words.text)
    return again or reply_guard.objection(words.text, ())


def not_live(session: Session, version_id: int, *, at: datetime) -> str:
    """Return why a version may not be sent to anybody at ``at``; empty when it may."""
    query = select(EntryVersion.id).join(EntryVersion.entry)
    if session.scalar(query.where(EntryVersion.id == version_id, is_live(at))) is not None:
        return ""
    version = session.get_one(EntryVersion, version_id)
    entry = version.entry
    if version.recalled_at is not None:
        return f"Version {version.number} of “{version.question}” was recalled."
    if entry.retired_at is not None:
        return f"“{version.question}” was retired."
    if version.superseded_at is not None:
        return f"Version {version.number} was replaced by version {entry.newest.number}."
    return f"Version {version.number} of “{version.question}” is not valid at this time."


def _claimed(session: Session, broadcast: Broadcast, audience: Audience) -> None:
    """Write down everybody who gets it, each of them for this broadcast and no other."""
    try:
        with session.begin_nested():
            session.add(broadcast)
            session.flush()
            session.add_all(_recipient(broadcast, asker) for asker in audience.told)
            session.flush()
    except IntegrityError:
        raise Refused(
            "Somebody is sending exactly this to some of these people just now.",
            what_to_do="Look at the broadcasts: it is among them.",
        ) from None


def _recipient(broadcast: Broadcast, asker: Asker) -> Recipient:
    return Recipient(
        broadcast_id=broadcast.id,
        visitor=asker.visitor,
        conversation_id=asker.conversation_id,
        ticket_id=asker.ticket_id,
        question_id=asker.question_id,
        channel=asker.channel,
        email=asker.email,
        newest_message_id=asker.newest_message_id,
        once=once_of(broadcast, asker.visitor),
    )
