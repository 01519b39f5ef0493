"""Sending letters: what a letter says is looked up, and passes the gate, when it leaves.

A letter in the outbox holds no words, only what it is about. So an answer that was recalled or has
expired while the mail server was away is not sent: a person answers instead.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.answering.lines import LINES, Line
from assistant.desk import intake, links, recalled
from assistant.desk.letters import UNCONFIRMED, About, Letter
from assistant.desk.links import Opens
from assistant.desk.mails import Mail
from assistant.desk.messages import Message, Said
from assistant.desk.posting import EMAIL
from assistant.desk.promises import HYPERCARE, NORMAL
from assistant.desk.reach import Correspondent
from assistant.desk.severity import Severity
from assistant.ground import mail
from assistant.ground.mail import Post, domain_of
from assistant.ground.outbox import Undeliverable
from assistant.ground.parts import Parts
from assistant.ground.settings import Settings
from assistant.integrations import letter_words
from assistant.library import gate
from assistant.library.versions import EntryVersion

WITHDRAWN = "What it said is not approved any more."
REPLY_WITHDRAWN = "The reply was withdrawn before the mail with it could be sent."
MOST_REFERENCES = 10


def deliver(parts: Parts, body: dict[str, Any], *, event_id: str) -> None:
    """Send a letter, or a notice to a colleague (``to``, ``subject``, ``text``), by SMTP.

    Raises:
        Undeliverable: when the server does not take it, or too much goes to unconfirmed addresses.
    """
    if "letter" not in body:
        mail.send(parts.settings, _notice(parts.settings, body, event_id), at=parts.clock.now())
        return
    with parts.db.writing() as session:
        post = _written(session, parts.settings, int(body["letter"]), at=parts.clock.now())
    if post is None:
        return
    mail.send(parts.settings, post, at=parts.clock.now())
    with parts.db.writing() as session:
        session.get_one(Letter, int(body["letter"])).sent_at = parts.clock.now()


def _notice(settings: Settings, body: dict[str, Any], event_id: str) -> Post:
    return Post(
        to=str(body["to"]),
        subject=str(body["subject"]),
        text=str(body["text"]),
        message_id=f"{event_id}@{domain_of(settings)}",
        headers={"Auto-Submitted": "auto-generated", **body.get("headers", {})},
    )


def _written(session: Session, settings: Settings, letter_id: int, *, at: datetime) -> Post | None:
    """Return the mail that a letter is at this moment; None when there is nothing to send."""
    letter = session.get_one(Letter, letter_id, with_for_update=True)
    if letter.sent_at is not None or letter.withheld_at is not None:
        return None
    if letter.about in UNCONFIRMED:
        _mind_the_brake(session, settings, at)
    if letter.subscriber is not None:
        return _to_subscriber(session, settings, letter, at)
    to = letter.correspondent
    if to is None or to.ended_at is not None:
        _withhold(letter, "Another address took its place.", at)
        return None
    if letter.about == About.CONFIRM:
        return _asking(session, settings, letter, to, at)
    return _told(session, settings, letter, to, at)


def _withhold(letter: Letter, because: str, at: datetime) -> None:
    letter.withheld_at, letter.withheld_because = at, because


def _mind_the_brake(session: Session, settings: Settings, at: datetime) -> None:
    """Let no more unconfirmed addresses hear from us than a minute allows, whatever piled up."""
    lately = select(func.count()).where(
        Letter.about.in_(UNCONFIRMED), Letter.sent_at > at - timedelta(minutes=1)
    )
    if (session.scalar(lately) or 0) >= settings.mail_unconfirmed_per_minute:
        raise Undeliverable("Too much mail goes to unconfirmed addresses this minute.")


def _asking(
    session: Session, settings: Settings, letter: Letter, to: Correspondent, at: datetime
) -> Post:
    token = links.make(session, Opens.CONVERSATION, to, at=at)
    return Post(
        to=to.address.email,
        subject=letter_words.CONFIRM_SUBJECT,
        text=letter_words.confirming(f"{settings.address}/mail/{token}", settings.mail_from_name),
        message_id=letter.message_id,
        headers=_automatic("auto-replied"),
    )


def _automatic(how: str) -> dict[str, str]:
    return {"Auto-Submitted": how, "X-Auto-Response-Suppress": "All"}


def _told(
    session: Session, settings: Settings, letter: Letter, to: Correspondent, at: datetime
) -> Post | None:
    conversation = to.conversation
    told = [session.get_one(Message, message_id) for message_id in letter.messages]
    taken_back = recalled.struck(session, conversation.id)
    titles = {m.id: _titles_left(session, m, at) for m in told if m.kind == Said.CLARIFICATION}
    sent = [
        message
        for message in told
        if message.id not in taken_back
        and titles.get(message.id) != []
        and _may_be_said(session, message, at)
    ]
    _handed_over(session, to, [message for message in told if message not in sent], at)
    if not sent:
        _withhold(letter, WITHDRAWN, at)
        return None
    token = links.make(session, Opens.CONVERSATION, to, at=at)
    link = f"{settings.address}/mail/{token}"
    reply_token = links.make(session, Opens.REPLY, to, at=at)
    local, _, domain = settings.mail_from.partition("@")
    thread = _thread(session, letter, to)
    headers = {"Reply-To": f"{local}+{reply_token}@{domain}", **thread}
    if letter.is_automatic:
        headers |= _automatic("auto-replied")
    return Post(
        to=to.address.email,
        subject=_subject(session, to),
        text=letter_words.telling(sent, conversation, titles=titles, link=link, at=at),
        message_id=letter.message_id,
        headers=headers,
    )


def _may_be_said(session: Session, message: Message, at: datetime) -> bool:
    """Return whether a message may still be told: an approved version only while it is live."""
    if message.entry_version_id is None:
        return True
    version = _passed(session, message, message.entry_version_id, at)
    return version is not None and version.text == message.text


def _titles_left(session: Session, message: Message, at: datetime) -> list[int]:
    """Return the numbers, from 1, of the titles that may still be offered."""
    return [
        number
        for number, option in enumerate(message.options, 1)
        if _passed(session, message, int(option["version"]), at) is not None
    ]


def _passed(
    session: Session, message: Message, version_id: int, at: datetime
) -> EntryVersion | None:
    conversation = message.conversation
    return gate.passed(
        session,
        version_id,
        launch_id=conversation.launch_id,
        audience=conversation.audience,
        at=at,
    )


def _handed_over(
    session: Session, to: Correspondent, withheld: list[Message], at: datetime
) -> None:
    """Let a person answer what the withdrawn messages were to answer."""
    conversation = to.conversation
    by_a_person = any(message.kind == Said.REPLY for message in withheld)
    if by_a_person and conversation.tickets:
        ticket = conversation.open_ticket or conversation.tickets[-1]
        ticket.withhold_reply(session, because=REPLY_WITHDRAWN, at=at)
        return
    asked = next((m.reply_to_id for m in withheld if m.reply_to_id), None)
    if asked is None or conversation.open_ticket is not None:
        return
    question = session.get_one(Message, asked)
    conversation.tell(session, LINES[Line.HANDOFF], kind=Said.NOTICE, at=at, reply_to=question)
    intake.open_for(
        session,
        question,
        severity=Severity.MINOR,
        severity_reason="Nothing grave was said when it was asked.",
        handoff_reason="The answer was withdrawn before the mail with it could be sent.",
        policy=HYPERCARE if conversation.launch.phase == "active" else NORMAL,
        scenario=None,
        at=at,
    )


def _subject(session: Session, to: Correspondent) -> str:
    """Return the subject: that of the mail that is answered, or what the conversation is about."""
    conversation = to.conversation
    first = select(Mail.subject).where(Mail.conversation_id == conversation.id).order_by(Mail.id)
    theirs = session.scalar(first.limit(1)) or ""
    ticket = conversation.tickets[-1] if conversation.tickets else None
    return letter_words.subject(
        theirs if conversation.channel == EMAIL else "",
        launch=conversation.launch.name,
        number=ticket.number if ticket else "",
    )


def _thread(session: Session, letter: Letter, to: Correspondent) -> dict[str, str]:
    """Return what puts the mail below those before it: the customer's newest and our own."""
    theirs = session.scalars(
        select(Mail.key)
        .where(Mail.conversation_id == to.conversation_id, Mail.key.contains("@"))
        .order_by(Mail.id.desc())
        .limit(MOST_REFERENCES)
    ).all()
    ours = session.scalars(
        select(Letter.message_id)
        .where(Letter.correspondent_id == to.id, Letter.id < letter.id)
        .where(Letter.about == About.WORDS, Letter.sent_at.is_not(None))
        .order_by(Letter.id.desc())
        .limit(MOST_REFERENCES)
    ).all()
    known = [*reversed(ours), *reversed(theirs)]
    if not known:
        return {}
    return {
        "In-Reply-To": f"<{(theirs or ours)[0]}>",
        "References": " ".join(f"<{each}>" for each in known),
    }


def _to_subscriber(
    session: Session, settings: Settings, letter: Letter, at: datetime
) -> Post | None:
    subscriber = letter.subscriber
    if subscriber is None or subscriber.ended_at is not None:
        _withhold(letter, "They do not want it any more.", at)
        return None
    if letter.about == About.SUBSCRIBE:
        token = links.make(session, Opens.SUBSCRIPTION, subscriber, at=at)
        link = f"{settings.address}/updates/confirmation/{token}"
        return Post(
            to=subscriber.address.email,
            subject=letter_words.CONFIRM_SUBJECT,
            text=letter_words.subscribing(link, subscriber.launch.name),
            message_id=letter.message_id,
            headers=_automatic("auto-replied"),
        )
    if letter.update is None or subscriber.confirmed_at is None:
        _withhold(letter, "Nobody has said yes there.", at)
        return None
    if letter.update.taken_back_at is not None:
        _withhold(letter, "It was taken back.", at)
        return None
    token = links.make(session, Opens.UNSUBSCRIPTION, subscriber, at=at)
    leave = f"{settings.address}/updates/unsubscription/{token}"
    return Post(
        to=subscriber.address.email,
        subject=f"{subscriber.launch.name}: {letter.update.headline}",
        text=letter_words.updating(
            letter.update,
            address=f"{settings.address}/updates/{subscriber.launch.key}",
            leave=leave,
        ),
        message_id=letter.message_id,
        headers={
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            **_automatic("auto-generated"),
        },
    )
