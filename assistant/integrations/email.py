"""The wire format of e-mail that comes in: bytes to what somebody wrote, and what vouches for them.

Pure: no database, no clock, no network. Everything in a mail may be forged, too long, cut off or in
the wrong charset; whatever comes, reading it takes time in proportion to its length. Headers are
cut before anything looks for structure in them, and no parser of the standard library sees them.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from enum import StrEnum
from quopri import decodestring

from assistant.integrations.email_words import charset_named, own_words, text_of_html, tidied

LONGEST_HEADER = 2_000  # characters of one header that are looked at
LONGEST_TEXT = 200_000  # characters of a part that are read; the bytes are kept elsewhere
MOST_PARTS = 40  # "multipart/" and "message/" in a mail; nesting costs its square
MOST_BOUNDARIES = 1_000
MOST_HEADERS = 400
MOST_REFERENCES = 40
MACHINES = re.compile(
    r"(?:mailer-daemon|postmaster|no[-_.]?reply|do[-_.]?not[-_.]?reply|bounces?)(?:[+=].*)?@"
)
MESSAGE_ID = re.compile(r"<([^<>\s@]{1,300}@[^<>\s@]{1,300})>")
ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\s]*)\?=")


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
    vouched: Vouched
    bounce: Bounce | None


def read(raw: bytes, *, authserv_id: str = "") -> Incoming:
    """Return what a mail says. ``authserv_id`` is the name under which our relay vouches.

    Raises:
        Unreadable: when it is no mail, or built so that reading it would take too long.
    """
    message = _parsed(raw)
    sender = one_address(_only(message, "from"))
    text, attachments = _content(message)
    return Incoming(
        message_id=_first_id(_header(message, "message-id")),
        sender=sender,
        recipients=_recipients(message),
        subject=in_one_line(decoded(_header(message, "subject"))),
        references=_references(message),
        text=text,
        words=own_words(text),
        attachments=attachments,
        automatic=_automatic(message, sender),
        vouched=vouched_for(_all(message, "authentication-results"), sender, authserv_id),
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


def _all(message: Message, name: str) -> list[str]:
    found = [value for key, value in message.items() if key.lower() == name]
    return [str(value)[:LONGEST_HEADER] for value in found[:MOST_HEADERS]]


def _header(message: Message, name: str) -> str:
    return next(iter(_all(message, name)), "")


def _only(message: Message, name: str) -> str:
    found = _all(message, name)
    return found[0] if len(found) == 1 else ""


def decoded(header: str) -> str:
    """Return a header with its encoded words (RFC 2047) as letters, at most ``LONGEST_HEADER``."""
    joined = re.sub(r"(\?=)\s{1,20}(=\?)", r"\1\2", header[:LONGEST_HEADER])
    return ENCODED.sub(lambda word: _word(*word.groups()), joined)[:LONGEST_HEADER]


def _word(charset: str, how: str, encoded: str) -> str:
    try:
        is_base64 = how in "bB"
        data = (
            b64decode(encoded + "=" * (-len(encoded) % 4))
            if is_base64
            else decodestring(encoded.encode("ascii", "replace"), header=True)
        )
    except (NotBase64, ValueError):
        return encoded
    return data.decode(charset_named(charset), "replace")


def in_one_line(words: str) -> str:
    """Return ``words`` without line ends and control characters."""
    kept = "".join(each if each.isprintable() else " " for each in words)
    return " ".join(kept.split())


def one_address(header: str) -> str:
    """Return the one address in a header, in lower case; "" for none, several or a trick."""
    bare = re.sub(r'"[^"\\]*(?:\\.[^"\\]*)*"', "", in_one_line(header[:LONGEST_HEADER]))
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
        " ".join(value for name in names for value in _all(message, name)[:10]).lower(),
    )
    return tuple(dict.fromkeys(found))


def _first_id(header: str) -> str:
    found = MESSAGE_ID.search(header)
    return found[1] if found else ""


def _references(message: Message) -> tuple[str, ...]:
    named = f"{_header(message, 'in-reply-to')} {' '.join(_all(message, 'references')[:3])}"
    return tuple(dict.fromkeys(MESSAGE_ID.findall(named)))[:MOST_REFERENCES]


def _automatic(message: Message, sender: str) -> str:
    """Return why it is not a person's, by RFC 3834 and by what is customary."""
    submitted = _header(message, "auto-submitted").strip().lower()
    if submitted and submitted.partition(";")[0].strip() != "no":
        return "It says that it was sent automatically."
    if _header(message, "precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply"):
        return "It was sent to many, or by a machine."
    if message.get("list-id") is not None or message.get("list-unsubscribe") is not None:
        return "It came over a mailing list."
    if any(message.get(name) is not None for name in ("x-autoreply", "x-autorespond")):
        return "It is an automatic reply."
    if _header(message, "return-path").strip() == "<>":
        return "It has no sender to return to."
    if message.get_content_type() == "multipart/report":
        return "It is a report of a mail server."
    return "A machine's address sent it." if MACHINES.match(sender) else ""


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


def _plain(header: str) -> list[str]:
    """Return a header's statements in lower case, without comments and quoted strings."""
    bare = re.sub(r'"[^"\\]*(?:\\.[^"\\]*)*"', "", in_one_line(header).lower())
    for _ in range(3):
        bare = re.sub(r"\([^()]*\)", " ", bare)
    return [""] if "(" in bare else [each.strip() for each in bare.split(";")]


def _content(message: Message) -> tuple[str, tuple[str, ...]]:
    """Return the text of a mail and the names of what hangs on it."""
    plain, html, attachments = "", "", []
    for part in message.walk():
        kind = part.get_content_type()
        if part.is_multipart():
            continue
        name = _file_name(part)
        if name or _header(part, "content-disposition").lower().startswith("attachment"):
            attachments.append(name or kind)
        elif kind == "text/plain" and not plain.strip():
            plain = _text(part)
        elif kind == "text/html" and not html:
            html = _text(part)
        elif not kind.startswith("text/") and kind != "message/delivery-status":
            attachments.append(kind)
    text = plain if plain.strip() else text_of_html(html)
    return tidied(text), tuple(attachments)


def _file_name(part: Message) -> str:
    described = f"{_header(part, 'content-disposition')}; {_header(part, 'content-type')}"
    found = re.search(r"(?:file)?name\*?\s*=\s*(?:\"([^\"]{1,200})\"|([^\s;\"]{1,200}))", described)
    return in_one_line(decoded(found[1] or found[2])) if found else ""


def _text(part: Message) -> str:
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError):  # what it is encoded in cannot be told
        data = str(part.get_payload()).encode("utf-8", "replace")
    described = _header(part, "content-type")
    named = re.search(r"charset\s*=\s*\"?([^\s;\"]{1,60})", described, re.IGNORECASE)
    text = _letters(data if isinstance(data, bytes) else b"", named[1] if named else "")
    return _unflowed(text) if "flowed" in described.lower() else text


def _letters(data: bytes, charset: str) -> str:
    """Return bytes as letters: as they say, as UTF-8, or as Windows would."""
    data = data[: 4 * LONGEST_TEXT]
    for name in (charset_named(charset) if charset else "utf-8", "utf-8"):
        try:
            return data.decode(name)[:LONGEST_TEXT]
        except (UnicodeError, LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")[:LONGEST_TEXT]


def _unflowed(text: str) -> str:
    """Return text whose soft line ends are spaces (RFC 3676); ``-- `` is a hard one."""
    lines = re.split(r"\r\n|\r|\n", text)
    joined = [line if line.endswith(" ") and line != "-- " else f"{line}\n" for line in lines]
    return "".join(joined)


def _bounce(message: Message) -> Bounce | None:
    """Return which of our mails a server gives back; None when it gives back none."""
    if message.get_content_type() != "multipart/report":
        return None
    ids: list[str] = []
    action = status = because = ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822" or kind == "text/rfc822-headers":
            words = part.as_string()[:20_000] if part.is_multipart() else _text(part)[:20_000]
            ids += [_first_id(line) for line in re.findall(r"(?im)^message-id:(.*)$", words)[:3]]
        if part.get("action") is not None:
            action, status = _header(part, "action"), _header(part, "status")
            because = in_one_line(decoded(_header(part, "diagnostic-code")))[:300]
    is_final = action.strip().lower() == "failed" and status.strip().startswith("5")
    return Bounce(tuple(filter(None, ids)), is_final, because or status.strip())
