"""Whom a broadcast could not tell: tried again a few times, then given up and shown to people.

One person's trouble keeps nobody else waiting, and nothing is tried for ever: a refusal is final at
once, anything else after ``MOST_TRIES``, with the outbox's waits in between.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from assistant.answering.broadcast import Broadcast, Recipient, State, once_of
from assistant.desk import mail_state
from assistant.desk.letters import About, Letter
from assistant.desk.notices import notify
from assistant.desk.reach import Correspondent
from assistant.ground.audit import ASSISTANT
from assistant.ground.delivery import replay, wait_after
from assistant.ground.errors import Declined, NotFound, Refused
from assistant.ground.outbox import Outgoing
from assistant.ground.parts import Parts
from assistant.ground.people import Person

MOST_TRIES = 8  # within some ten minutes: later a person should know of it
AT_ONCE_AGAIN = 3  # tries that somebody on the same ticket costs before it waits too
CONFLICTS = (StaleDataError, IntegrityError)  # somebody works on the same ticket just now


def note(parts: Parts, recipient_id: int, trouble: Exception) -> None:
    """Write down that telling somebody went wrong: they wait for the next try, or are given up."""
    with parts.db.writing() as session:
        recipient = session.get_one(Recipient, recipient_id)
        broadcast = session.get_one(Broadcast, recipient.broadcast_id, with_for_update=True)
        session.refresh(recipient)
        if recipient.sent_at or recipient.left_out_at or recipient.failed_at:
            return
        at = parts.clock.now()
        recipient.tries += 1
        wait = wait_before(trouble, recipient.tries, key=str(recipient.id))
        if wait is None:
            _give_up(session, broadcast, recipient, _words(trouble), at)
        else:
            recipient.next_try_at = at + wait


def wait_before(trouble: Exception, tries: int, *, key: str) -> timedelta | None:
    """Return how long somebody waits after ``tries`` that went wrong; None: they are given up."""
    if isinstance(trouble, Declined) or tries >= MOST_TRIES:
        return None
    if isinstance(trouble, CONFLICTS) and tries <= AT_ONCE_AGAIN:
        return timedelta(0)
    return wait_after(tries, key)


def _words(trouble: Exception) -> str:
    if isinstance(trouble, Declined):
        return trouble.message
    if isinstance(trouble, CONFLICTS):
        return "Something else was written there at every try."
    return f"It went wrong here ({type(trouble).__name__}); the log says more."


def _give_up(
    session: Session, broadcast: Broadcast, recipient: Recipient, why: str, at: datetime
) -> None:
    is_first = not failed_of(session, [broadcast.id]).get(broadcast.id)
    recipient.failed_at, recipient.failed_because = at, why
    recipient.next_try_at, recipient.once = None, None  # somebody else may tell them
    session.flush()
    details = {"recipient": recipient.id, "conversation": recipient.conversation_id, "why": why}
    broadcast.record(session, "failed", by=ASSISTANT, at=at, **details)
    if is_first:
        notify(
            session,
            broadcast.by,
            f"Somebody could not be told what you told everyone who asked. {why}",
            kind="untold",
            launch_id=broadcast.launch_id,
            at=at,
            href=f"/broadcasts/{broadcast.id}",
        )
    broadcast.finish(session, at=at)


def failed_of(session: Session, ids: Collection[int]) -> dict[int, int]:
    """Return how many people each broadcast could not tell; those without any are left out."""
    counted = (
        select(Recipient.broadcast_id, func.count())
        .where(Recipient.broadcast_id.in_(ids), Recipient.failed_at.is_not(None))
        .group_by(Recipient.broadcast_id)
    )
    return {broadcast_id: int(count) for broadcast_id, count in session.execute(counted)}


def try_again(
    session: Session, broadcast: Broadcast, recipient_id: int, *, by: Person, at: datetime
) -> None:
    """Let somebody be told after all: here, or by the mail that was given up.

    Raises:
        NotFound: when this broadcast has no such recipient.
        Refused: when nothing failed, it is over, or another broadcast tells them just now.
    """
    recipient = session.get(Recipient, recipient_id, with_for_update=True)
    if recipient is None or recipient.broadcast_id != broadcast.id:
        raise NotFound("There is no such person here.", what_to_do="Load the page again.")
    if recipient.failed_at is not None:
        _revive(session, broadcast, recipient, at)
    else:
        letter = dead_mail(session, [recipient]).get(recipient.id)
        if letter is None:
            raise Refused("Nothing went wrong with them.", what_to_do="Load the page again.")
        replay(session, letter, by=by, at=at)
    broadcast.record(session, "retried", by=by, at=at, recipient=recipient.id)


def _revive(session: Session, broadcast: Broadcast, recipient: Recipient, at: datetime) -> None:
    if broadcast.state(at) not in (State.SENDING, State.SENT):
        raise Refused("It is not being sent.", what_to_do="Begin a new broadcast.")
    recipient.failed_at, recipient.failed_because = None, ""
    recipient.tries, recipient.next_try_at = 0, None
    recipient.once, broadcast.finished_at = once_of(broadcast, recipient.visitor), None
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError:
        raise Refused(
            "Another broadcast tells them exactly this.", what_to_do="Look at the broadcasts."
        ) from None


def dead_mail(session: Session, recipients: Sequence[Recipient]) -> dict[int, Outgoing]:
    """Return the dead letters that should have told these people by mail, by recipient."""
    letters = _letters(session, recipients)
    carried = mail_state.carried(session, list(letters.values())) if letters else {}
    rows = {key: carried.get(letter.id) for key, letter in letters.items()}
    return {key: row for key, row in rows.items() if row is not None and row.dead_at is not None}


def _letters(session: Session, recipients: Sequence[Recipient]) -> dict[int, Letter]:
    told = {each.message_id: each.id for each in recipients if each.email and each.message_id}
    if not told:
        return {}
    conversations = {each.conversation_id for each in recipients if each.message_id in told}
    query = (
        select(Letter)
        .join(Letter.correspondent)
        .where(Letter.about == About.WORDS, Correspondent.conversation_id.in_(conversations))
    )
    return {
        told[message_id]: letter
        for letter in session.scalars(query)
        for message_id in letter.messages
        if message_id in told
    }
