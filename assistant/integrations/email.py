"""The wire format of e-mail that comes in: bytes to what somebody wrote, and what vouches for them.

Pure: no database, no clock, no network. Everything in a mail may be forged, too long, cut off or in
the wrong charset; whatever comes, reading it takes time in proportion to its length. Headers are
cut before anything looks for structure in them, and no parser of the standard library sees them.
"""

import re
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from enum import StrEnum

from assistant.integrations.email_parts import (
    LONGEST_HEADER,
    MOST_HEADERS,
    content_of,
    every,
    header,
    in_one_line,
    only,
    text_in,
)
from assistant.integrations.email_parts import decoded as decoded
from assistant.integrations.email_words import own_words

MOST_PARTS = 40  # "multipart/" and "message/" in a mail; nesting costs its square
MOST_BOUNDARIES = 1_000
MOST_REFERENCES = 40
MACHINES = re.compile(
    r"(?:mailer-daemon|postmaster|no[-_.]?reply|do[-_.]?not[-_.]?reply|bounces?)(?:[+=].*)?@"
)
MESSAGE_ID = re.compile(r"<([^<>\s@\x00-\x1f\x7f]{1,300}@[^<>\s@\x00-\x1f\x7f]{1,300})>")


class Unreadable(Exception):
    """These bytes cannot be read as a mail from somebody."""


class Vouched(StrEnum):
    """What our own relay says about the sender that From names."""

    YES = "yes"
    NO = "no"  # it checked, and it is not proven
    UNKNOWN = "unknown"  # nobody of ours checked


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail of ours that somebody could not deliver."""

    message_ids: tuple[str, ...]
    is_final: bool
    because: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """One mail as it was read. Nothing in it is proven but what ``vouched`` says."""

    message_id: str  # without <>; "" when it has none
    sender: str  # one address in lower case; "" when From names none, or several
    recipients: tuple[str, ...]  # addresses in lower case
    subject: str
    references: tuple[str, ...]  # message ids, without <>
    text: str  # all that was written
    words: str  # what of it is new, in the sender's own words
    attachments: tuple[str, ...]  # their names
    automatic: str  # why a machine sent it; "" for a person
    to_many: str  # why it seems to have gone to many; "" when it is to us alone
    vouched: Vouched
    bounce: Bounce | None


def read(raw: bytes, *, authserv_id: str = "") -> Incoming:
    """Return what a mail says. ``authserv_id`` is the name under which our relay vouches.

    Raises:
        Unreadable: when it is no mail, or built so that reading it would take too long.
    """
    message = _parsed(raw)
    sender = one_address(only(message, "from"))
    text, attachments = content_of(message)
    return Incoming(
        message_id=_first_id(header(message, "message-id")),
        sender=sender,
        recipients=_recipients(message),
        subject=in_one_line(decoded(header(message, "subject"))),
        references=_references(message),
        text=text,
        words=own_words(text),
        attachments=attachments,
        automatic=_automatic(message, sender),
        to_many=_to_many(message),
        vouched=vouched_for(every(message, "authentication-results"), sender, authserv_id),
        bounce=_bounce(message),
    )


def _parsed(raw: bytes) -> Message:
    lowered = raw.lower()
    if lowered.count(b"multipart/") + lowered.count(b"message/") > MOST_PARTS:
        raise Unreadable("It is built of too many parts.")
    if b"multipart/" in lowered and raw.count(b"\n--") > MOST_BOUNDARIES:
        raise Unreadable("It has too many parts.")
    if raw[: raw.find(b"\n\n") if b"\n\n" in raw else None].count(b"\n") > 20 * MOST_HEADERS:
        raise Unreadable("It has too many headers.")
    # The older policy leaves headers as they are: the newer one takes minutes over hostile ones.
    message = BytesParser(policy=policy.compat32).parsebytes(raw)
    if not message.keys():
        raise Unreadable("It has no headers.")
    return message


def one_address(said: str) -> str:
    """Return the one address in a header, in lower case; "" for none, several or a trick."""
    bare = re.sub(r'"[^"\\]*(?:\\.[^"\\]*)*"', "", in_one_line(said[:LONGEST_HEADER]))
    for _ in range(3):  # comments, which may hold comments
        bare = re.sub(r"\([^()]*\)", "", bare)
    if any(mark in bare for mark in ',;"()'):
        return ""
    named = re.findall(r"<([^<>]*)>", bare)
    address = (named[0] if len(named) == 1 else "" if named else bare).strip().lower()
    is_one = address.count("@") == 1 and " " not in address and not set("<>") & set(address)
    return address if is_one else ""


def _recipients(message: Message) -> tuple[str, ...]:
    names = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
    found = re.findall(
        r"[^\s<>,;:\"()\[\]\\@]{1,64}@[^\s<>,;:\"()\[\]\\@]{1,255}",
        " ".join(value for name in names for value in every(message, name)[:10]).lower(),
    )
    return tuple(dict.fromkeys(found))


def _first_id(said: str) -> str:
    found = MESSAGE_ID.search(said)
    return found[1] if found else ""


def _references(message: Message) -> tuple[str, ...]:
    named = f"{header(message, 'in-reply-to')} {' '.join(every(message, 'references')[:3])}"
    return tuple(dict.fromkeys(MESSAGE_ID.findall(named)))[:MOST_REFERENCES]


def _automatic(message: Message, sender: str) -> str:
    """Return why it is not a person's, by RFC 3834 and by what is customary."""
    submitted = header(message, "auto-submitted").strip().lower()
    if submitted and submitted.partition(";")[0].strip() != "no":
        return "It says that it was sent automatically."
    if header(message, "precedence").strip().lower() == "auto_reply":
        return "It is an automatic reply."
    if any(message.get(name) is not None for name in ("x-autoreply", "x-autorespond")):
        return "It is an automatic reply."
    if header(message, "return-path").strip() == "<>":
        return "It has no sender to return to."
    if message.get_content_type() == "multipart/report":
        return "It is a report of a mail server."
    return "A machine's address sent it." if MACHINES.match(sender) else ""


def _to_many(message: Message) -> str:
    """Return why it seems to have gone to many; a customer may have written it all the same."""
    if message.get("list-id") is not None or message.get("list-unsubscribe") is not None:
        return "It came over a mailing list."
    if header(message, "precedence").strip().lower() in ("bulk", "junk", "list"):
        return "It says that it was sent to many."
    return ""


def vouched_for(results: list[str], sender: str, authserv_id: str) -> Vouched:
    """Return what our relay says about ``sender``, from its newest word (RFC 8601).

    Only the topmost header counts that bears our relay's name: a relay puts its own on top, and
    what stands below may have come with the mail.
    """
    if not authserv_id:
        return Vouched.UNKNOWN
    ours = [said for said in map(_plain, results) if said[0].split()[:1] == [authserv_id.lower()]]
    if not ours or not sender:
        return Vouched.UNKNOWN if sender else Vouched.NO
    domain, passed = sender.rpartition("@")[2], False
    for method in ours[0][1:]:
        said = dict(re.findall(r"([a-z.-]{1,40})\s*=\s*([^\s;]{1,255})", method))
        if "dmarc" in said:
            aligned = said.get("header.from", domain) == domain
            return Vouched.YES if said["dmarc"] == "pass" and aligned else Vouched.NO
        passed = passed or (said.get("dkim") == "pass" and said.get("header.d") == domain)
    return Vouched.YES if passed else Vouched.NO


def _plain(said: str) -> list[str]:
    """Return a header's statements in lower case, without comments and quoted strings."""
    bare = re.sub(r'"[^"\\]*(?:\\.[^"\\]*)*"', "", in_one_line(said).lower())
    for _ in range(3):
        bare = re.sub(r"\([^()]*\)", " ", bare)
    return [""] if "(" in bare else [each.strip() for each in bare.split(";")]


def _bounce(message: Message) -> Bounce | None:
    """Return which of our mails a server gives back; None when it gives back none."""
    if message.get_content_type() != "multipart/report":
        return None
    ids: list[str] = []
    action = status = because = ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822" or kind == "text/rfc822-headers":
            words = part.as_string()[:20_000] if part.is_multipart() else text_in(part)[:20_000]
            ids += [_first_id(line) for line in re.findall(r"(?im)^message-id:(.*)$", words)[:3]]
        if part.get("action") is not None:
            action, status = header(part, "action"), header(part, "status")
            because = in_one_line(decoded(header(part, "diagnostic-code")))[:300]
    is_final = action.strip().lower() == "failed" and status.strip().startswith("5")
    return Bounce(tuple(filter(None, ids)), is_final, because or status.strip())
