"""Receiving mail: its bytes are kept, then read, then it becomes what a customer said.

What becomes of it is decided by ``fates`` before anything is written. A mail that cannot be read is
put aside after a few tries and stops none of the others.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from assistant.answering.answer import answer
from assistant.desk import conversations, mails, reach
from assistant.desk.conversations import Conversation
from assistant.desk.letters import Letter
from assistant.desk.mails import Mail
from assistant.desk.messages import LONGEST, Message, Said
from assistant.desk.posting import EMAIL
from assistant.desk.reach import Address, Correspondent, Proof, Source
from assistant.desk.visitors import marked
from assistant.ground.database import put_unless_there, sha256
from assistant.ground.parts import Parts
from assistant.integrations.email import Incoming, Unreadable, Vouched, read
from assistant.integrations.fates import Fate, Known, fate_of
from assistant.integrations.subjects import adds, without_marks
from assistant.integrations.threads import launch_for, meant

MOST_TRIES = 3
AUTOMATIC_ANSWERS = 2  # after so many in a row, within ``SOON``, a person goes on
SOON = timedelta(hours=1)
FEW_WORDS = 4  # with less even a subject that says little is part of what they said
WORDLESS = "(A mail without words.)"

log = structlog.get_logger()


def take_in(parts: Parts, raw: bytes, *, came_by: str) -> int:
    """Keep a mail; return its id, which is the same for a second copy. Nothing is answered yet."""
    at = parts.clock.now()
    try:
        mail = read(raw)
    except Exception:  # whatever is wrong with it, it is kept and looked at later
        mail = None
    name = mail.message_id if mail and mail.message_id else f"sha256:{_hash(raw)}"
    with parts.db.writing() as session:
        kept = _kept(session, name)
        if kept is not None and mail is not None and _says_else(kept, mail):
            name = f"again:{_hash(raw)}"
            kept = _kept(session, name)
            because = "Another mail came with the same Message-ID and says something else."
            return kept.id if kept else _keep(session, name, raw, mail, came_by, at, because).id
        return kept.id if kept else _keep(session, name, raw, mail, came_by, at).id


def _hash(raw: bytes) -> str:
    return sha256(raw.decode("latin-1"))


def _kept(session: Session, name: str) -> Mail | None:
    return session.scalar(select(Mail).where(Mail.key == name).options(undefer(Mail.raw)))


def _says_else(kept: Mail, mail: Incoming) -> bool:
    try:
        before = read(kept.raw)
    except Unreadable:
        return True
    return (before.text, before.sender) != (mail.text, mail.sender)


def _keep(
    session: Session,
    name: str,
    raw: bytes,
    mail: Incoming | None,
    came_by: str,
    at: datetime,
    because: str = "",
) -> Mail:
    row = {
        "key": name,
        "came_by": came_by,
        "received_at": at,
        "raw": raw,
        "size": len(raw),
        "sender": mail.sender if mail else "",
        "subject": mail.subject if mail else "",
        "tries": 0,
        "outcome": "",
        "because": because,
        "is_verified": False,
        "quarantined_at": at if because else None,
    }
    put_unless_there(session, Mail, [row])
    return session.scalars(select(Mail).where(Mail.key == name)).one()


def settle_due(parts: Parts) -> int:
    """Read what came and was not read yet, each mail in its own transactions."""
    with parts.db.reading() as session:
        due = mails.waiting(session)
    return sum(settle(parts, mail_id) for mail_id in due)


def settle(parts: Parts, mail_id: int) -> bool:
    """Let one mail become what it is; after ``MOST_TRIES`` failures a person looks at it."""
    raw = _begun(parts, mail_id)
    if raw is None:
        return False
    try:
        mail = read(raw, authserv_id=parts.settings.mail_authserv_id)
        said = _carried_out(parts, mail_id, mail)
    except Unreadable as trouble:
        _quarantine(parts, mail_id, str(trouble))
        return True
    except Exception:
        log.exception("reading a mail failed", mail=mail_id)
        return False
    if said is not None:
        answer(parts, said)
    return True


def _begun(parts: Parts, mail_id: int) -> bytes | None:
    """Count one more try and return the bytes; None when nothing is to be done any more."""
    with parts.db.writing() as session:
        mail = session.get_one(Mail, mail_id, with_for_update=True, options=[undefer(Mail.raw)])
        if mail.settled_at is not None or mail.quarantined_at is not None:
            return None
        if mail.tries >= MOST_TRIES:
            mail.quarantine(f"Reading it failed {MOST_TRIES} times.", at=parts.clock.now())
            return None
        mail.tries += 1
        return mail.raw


def _quarantine(parts: Parts, mail_id: int, why: str) -> None:
    with parts.db.writing() as session:
        session.get_one(Mail, mail_id).quarantine(why, at=parts.clock.now())


def _carried_out(parts: Parts, mail_id: int, incoming: Incoming) -> int | None:
    """Decide a mail's fate and carry it out in one transaction; return what is to be answered."""
    with parts.db.writing() as session:
        at = parts.clock.now()
        mail = session.get_one(Mail, mail_id, with_for_update=True)
        if mail.settled_at is not None:
            return None
        to, by_token = meant(session, parts.settings, incoming, at=at)
        fate, because = fate_of(incoming, _known(session, mail, incoming, to, by_token, at))
        _filed(session, parts, mail, incoming, to, fate)
        if fate is Fate.QUARANTINE:
            mail.quarantine(because, at=at)
            return None
        mail.settled_at, mail.outcome, mail.because = at, fate, because
        mail.is_verified = incoming.vouched is Vouched.YES
        if fate is Fate.BOUNCE:
            _bounced(session, incoming, at)
        if fate not in (Fate.GOES_ON, Fate.BEGINS):
            return None
        if fate is Fate.GOES_ON and to is not None:
            conversation: Conversation | None = to.conversation
        else:
            conversation, to = _began(session, parts, incoming, at)
        if conversation is None:
            mail.settled_at = None
            mail.quarantine("There is no launch that it could belong to.", at=at)
            return None
        return _said(session, mail, incoming, conversation, to, at).id


def _filed(
    session: Session,
    parts: Parts,
    mail: Mail,
    incoming: Incoming,
    to: Correspondent | None,
    fate: Fate,
) -> None:
    """Write down where people find it who look for it; what is not answered, beside its ticket."""
    if to is not None:
        mail.launch_id = to.conversation.launch_id
    else:
        launch = launch_for(session, parts.settings, incoming.recipients)
        mail.launch_id = launch.id if launch else None
    if to is not None and fate in (Fate.QUARANTINE, Fate.AUTOMATIC):
        mail.conversation_id = to.conversation_id


def _known(
    session: Session,
    mail: Mail,
    incoming: Incoming,
    to: Correspondent | None,
    by_token: bool,
    at: datetime,
) -> Known:
    ours = select(Letter.id).where(Letter.message_id == incoming.message_id)
    lately = select(func.count()).where(
        Mail.sender == incoming.sender, Mail.received_at > at - timedelta(hours=1)
    )
    return Known(
        is_ours=session.scalar(ours) is not None,
        sent_lately=session.scalar(lately) or 0,
        thread_of=to.address.email if to else "",
        by_token=by_token,
        is_let_in=mail.looked_at_by_id is not None,
    )


def _began(
    session: Session, parts: Parts, incoming: Incoming, at: datetime
) -> tuple[Conversation | None, Correspondent | None]:
    """Begin a conversation; the sender is who they say only when our relay vouches for them.

    A mail that was let in without saying in one address who wrote it is answered nowhere.
    """
    launch = launch_for(session, parts.settings, incoming.recipients)
    if launch is None:
        return None, None
    before = select(Address.confirmed_at).where(Address.email == incoming.sender)
    is_them = incoming.vouched is Vouched.YES and session.scalar(before) is not None
    visitor = incoming.sender if is_them else marked(incoming.sender) if incoming.sender else ""
    conversation, _ = conversations.begin(session, launch, at=at, channel=EMAIL, visitor=visitor)
    to = reach.give(session, conversation, incoming.sender, source=Source.MAIL, at=at)
    if to is not None and is_them:
        to.confirm(session, Proof.REPLY, at=at)
    return conversation, to


def _said(
    session: Session,
    mail: Mail,
    incoming: Incoming,
    conversation: Conversation,
    to: Correspondent | None,
    at: datetime,
) -> Message:
    key = f"mail-{mail.id}"
    is_theirs = mail.outcome == Fate.GOES_ON
    if to and is_theirs and incoming.vouched is Vouched.YES:
        to.confirm(session, Proof.REPLY, at=at)
    if to and (is_theirs or incoming.vouched is Vouched.YES):  # somebody is there again
        to.address.bounced_at, to.address.bounced_because = None, ""
    words = _words(incoming, is_first=mail.outcome == Fate.BEGINS)
    if to and (incoming.to_many or incoming.automatic or _is_a_machine(session, to, words, at)):
        to.muted_at = to.muted_at or at
    if mail.looked_at_by_id is not None or (to and to.muted_at is not None):
        said = conversation.call(session, words, key=key, at=at)  # a person goes on
    else:
        said = conversation.ask(session, words, key=key, at=at)
    mail.conversation_id, mail.said_id = conversation.id, said.id
    return said


def _words(mail: Incoming, *, is_first: bool) -> str:
    words, subject = mail.words, without_marks(mail.subject)
    if is_first and len(words.split()) >= FEW_WORDS:
        subject = adds(mail.subject, words)
    if is_first and subject:
        words = f"{subject}\n\n{words}".strip()
    words = words or subject or WORDLESS
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def _is_a_machine(session: Session, to: Correspondent, words: str, at: datetime) -> bool:
    """Return whether a machine seems to answer there: the same words again, or one too many."""
    before = select(Message.text).where(
        Message.conversation_id == to.conversation_id,
        Message.kind.in_((Said.QUESTION, Said.CALL)),
        Message.at > at - timedelta(days=1),
    )
    if words in session.scalars(before).all():
        return True
    lately = select(Letter.is_automatic).where(
        Letter.correspondent_id == to.id, Letter.made_at > at - SOON
    )
    sent = list(session.scalars(lately.order_by(Letter.id)))
    return len(sent) >= AUTOMATIC_ANSWERS and all(sent[-AUTOMATIC_ANSWERS:])


def _bounced(session: Session, incoming: Incoming, at: datetime) -> None:
    """Keep which of our letters did not arrive; only one that we sent counts."""
    bounce = incoming.bounce
    if bounce is None:
        return
    for letter in session.scalars(select(Letter).where(Letter.message_id.in_(bounce.message_ids))):
        letter.bounced_at, letter.bounced_because = at, bounce.because
        address = letter.correspondent.address if letter.correspondent else None
        address = letter.subscriber.address if letter.subscriber else address
        if bounce.is_final and address is not None:
            address.bounced_at, address.bounced_because = at, bounce.because
