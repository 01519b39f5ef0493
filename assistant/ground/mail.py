"""Mail that goes out: one message, built so that nothing in it can become a header, over SMTP."""

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from assistant.ground.outbox import Undeliverable
from assistant.ground.settings import Settings

PATIENCE = 20  # seconds for one answer of the server; the outbox's lease is 60
LONGEST_SUBJECT = 150  # characters
REFUSED = 500  # SMTP codes from here on are final


@dataclass(frozen=True, slots=True)
class Post:
    """One mail to one address. ``message_id`` without <>; ``headers`` are further ones."""

    to: str
    subject: str
    text: str
    message_id: str
    headers: Mapping[str, str] = field(default_factory=dict)


def domain_of(settings: Settings) -> str:
    """Return the domain that our mail comes from."""
    return settings.mail_from.rpartition("@")[2] or "localhost"


def composed(settings: Settings, post: Post, *, at: datetime) -> EmailMessage:
    """Return ``post`` as a message. A line end in a header's value becomes a space.

    The text is sent letter by letter as it is; quoted-printable keeps its spaces and line ends.
    """
    message = EmailMessage(policy=SMTP)
    local, _, domain = settings.mail_from.partition("@")
    message["From"] = Address(_line(settings.mail_from_name), local, domain)
    message["To"] = _line(post.to)
    message["Subject"] = _line(post.subject)[:LONGEST_SUBJECT]
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{_line(post.message_id)}>"
    for name, value in post.headers.items():
        message[name] = _line(value)
    message.set_content(post.text, cte="quoted-printable")
    return message


def _line(words: str) -> str:
    kept = "".join(each if each.isprintable() else " " for each in words)
    return " ".join(kept.split())


def send(settings: Settings, post: Post, *, at: datetime) -> None:
    """Hand ``post`` to the server.

    Raises:
        Undeliverable: for good when the server refuses this mail; for now when it cannot be
            reached or says to come again.
    """
    if not settings.sends_mail:
        raise Undeliverable("No mail server is configured.", everybody=True)
    message = composed(settings, post, at=at)
    try:
        with _connected(settings) as server:
            server.send_message(message, from_addr=settings.mail_from, to_addrs=[post.to])
    except smtplib.SMTPRecipientsRefused as refused:
        raise _refusal(*next(iter(refused.recipients.values()))) from None
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refused:
        raise _refusal(refused.smtp_code, refused.smtp_error) from None
    except (smtplib.SMTPException, OSError) as trouble:
        words = f"The mail server cannot be used: {_said(trouble)}"
        raise Undeliverable(words, everybody=True) from trouble


def _connected(settings: Settings) -> smtplib.SMTP:
    address = (settings.smtp_host, settings.smtp_port)
    name = domain_of(settings)  # or the library asks a name server who we are
    if settings.smtp_security == "tls":
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(*address, name, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(*address, name, timeout=PATIENCE)
    if settings.smtp_security == "starttls":
        server.starttls(context=ssl.create_default_context())
    if settings.smtp_user:
        server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
    return server


def _refusal(code: int, words: bytes | str) -> Undeliverable:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return Undeliverable(
        f"The mail server said {code} {_line(said)[:200]}", permanent=code >= REFUSED
    )


def _said(trouble: Exception) -> str:
    # A server's answer to signing in may repeat what was sent: only its code is told.
    code = getattr(trouble, "smtp_code", None)
    return (
        f"{type(trouble).__name__} {code}" if code else (_line(str(trouble))[:200] or "no reason")
    )
