"""Reading a mailbox over IMAP: what came since the last mail that was read, and nothing else.

The mailbox is only looked at: nothing is moved, deleted or marked. How far it was read is kept as
the UID of the last mail, so a restart goes on where it stopped; a mail that was taken in twice is
known by its Message-ID. A mail that cannot be fetched is put aside after a few tries.
"""

import imaplib
import re
import ssl
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk.mails import Mail, Mailbox
from assistant.ground.database import put_unless_there
from assistant.ground.parts import Parts
from assistant.ground.settings import Settings
from assistant.integrations import receiving

PATIENCE = 20  # seconds for one answer of the server
AT_ONCE = 50  # mails of one round
BIGGEST = 25_000_000  # bytes of one mail that are fetched; a longer one is cut there
MOST_TRIES = 3

log = structlog.get_logger()


def read_mailbox(parts: Parts) -> int:
    """Take in what is new in the configured mailbox; return how many mails."""
    settings = parts.settings
    if not settings.imap_host:
        return 0
    try:
        with _connected(settings) as server:
            taken = _read(parts, server)
    except (imaplib.IMAP4.error, OSError) as trouble:
        _failed(parts, f"{type(trouble).__name__}: {_words(trouble)}")
        return 0
    _succeeded(parts)
    return taken


def _connected(settings: Settings) -> imaplib.IMAP4:
    address = (settings.imap_host, settings.imap_port)
    if settings.imap_security == "tls":
        context = ssl.create_default_context()
        server: imaplib.IMAP4 = imaplib.IMAP4_SSL(*address, ssl_context=context, timeout=PATIENCE)
    else:
        server = imaplib.IMAP4(*address, timeout=PATIENCE)
    server.login(settings.imap_user, settings.imap_password.get_secret_value())
    return server


def _read(parts: Parts, server: imaplib.IMAP4) -> int:
    said, _ = server.select(f'"{parts.settings.imap_folder}"', readonly=True)
    if said != "OK":
        raise imaplib.IMAP4.error("There is no such folder.")
    begin = _begin(parts, _number(server, "UIDVALIDITY"), _number(server, "UIDNEXT"))
    taken = 0
    for uid in _new(server, begin)[:AT_ONCE]:
        if not _taken(parts, server, uid):
            break
        taken += 1
    return taken


def _number(server: imaplib.IMAP4, name: str) -> int:
    _, said = server.response(name)
    first = said[0] if said and said[0] else b"0"
    return int(first) if isinstance(first, bytes) and first.isdigit() else 0


def _begin(parts: Parts, validity: int, following: int) -> "int | datetime":
    """Return the last UID that was read, or since when to look when UIDs mean something else now.

    A mailbox that is read for the first time begins with what comes from then on.
    """
    with parts.db.writing() as session:
        mailbox = _mailbox(session, parts.settings)
        if mailbox.read_at is None and not mailbox.uid_validity:
            mailbox.uid_validity, mailbox.last_uid = validity, max(0, following - 1)
            return mailbox.last_uid
        if mailbox.uid_validity != validity:
            mailbox.uid_validity, mailbox.last_uid = validity, 0
        elif mailbox.last_uid:
            return mailbox.last_uid
        # Nothing was read since UIDs began anew: what is older than the last reading is history.
        return (mailbox.read_at or parts.clock.now()) - timedelta(days=2)


def _mailbox(session: Session, settings: Settings) -> Mailbox:
    name = f"{settings.imap_user}@{settings.imap_host}/{settings.imap_folder}"
    row = {"name": name, "uid_validity": 0, "last_uid": 0, "last_error": ""}
    put_unless_there(session, Mailbox, [row])
    return session.scalars(select(Mailbox).where(Mailbox.name == name)).one()


def _new(server: imaplib.IMAP4, begin: "int | datetime") -> list[int]:
    """Return the UIDs to read, in order."""
    if isinstance(begin, datetime):
        wanted, last = f"SINCE {begin:%d-%b-%Y}", 0
    else:
        wanted, last = f"UID {begin + 1}:*", begin
    said, found = server.uid("SEARCH", wanted)
    if said != "OK":
        raise imaplib.IMAP4.error("Searching failed.")
    numbers = [int(each) for each in re.findall(rb"\d+", b" ".join(filter(None, found)))]
    # "n:*" names the newest mail also when it is older than n.
    return sorted(uid for uid in numbers if uid > last)


def _taken(parts: Parts, server: imaplib.IMAP4, uid: int) -> bool:
    """Take one mail in and go past it; false when it could not be fetched and is to be tried."""
    said, found = server.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{BIGGEST}>)")
    raw = next((each[1] for each in found if isinstance(each, tuple)), None)
    if said == "OK" and isinstance(raw, bytes):
        receiving.take_in(parts, raw, came_by="imap")
    elif said == "OK" and found and found[0] is None:
        log.info("a mail was removed before it was read", uid=uid)
    elif not _given_up(parts, uid):
        return False
    with parts.db.writing() as session:
        _mailbox(session, parts.settings).last_uid = uid
    return True


def _given_up(parts: Parts, uid: int) -> bool:
    """Count a failure to fetch a mail; after a few it is put aside, so that the rest flows."""
    with parts.db.writing() as session:
        at, mailbox = parts.clock.now(), _mailbox(session, parts.settings)
        name = f"imap:{mailbox.id}:{mailbox.uid_validity}:{uid}"
        row = {
            "key": name,
            "came_by": "imap",
            "received_at": at,
            "raw": b"",
            "size": 0,
            "sender": "",
            "subject": f"(mail {uid} of the mailbox)",
            "tries": 0,
            "outcome": "",
            "because": "The mail server does not give it out.",
            "is_verified": False,
            "quarantined_at": at,
        }
        put_unless_there(session, Mail, [row])
        mail = session.scalars(select(Mail).where(Mail.key == name)).one()
        mail.tries += 1
        return mail.tries >= MOST_TRIES


def _succeeded(parts: Parts) -> None:
    with parts.db.writing() as session:
        mailbox = _mailbox(session, parts.settings)
        mailbox.read_at, mailbox.failing_since = parts.clock.now(), None
        mailbox.last_error = ""


def _failed(parts: Parts, why: str) -> None:
    log.warning("the mailbox cannot be read", why=why)
    with parts.db.writing() as session:
        mailbox = _mailbox(session, parts.settings)
        mailbox.failing_since = mailbox.failing_since or parts.clock.now()
        mailbox.last_error = why


def _words(trouble: Exception) -> str:
    # A server's answer to signing in may repeat what was sent there.
    words = " ".join(str(trouble).split())[:200]
    return "the server refused" if "login" in words.lower() else words
