"""The parts of a mail: its headers as they stand, and what is written in all of its bodies.

Of a text that is there twice, plain and as HTML, the plain one is read. Of parts beside each other
every one is: mail programs cut a text in two where a picture stands.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from email.message import Message
from quopri import decodestring

from assistant.integrations.email_words import charset_named, text_of_html, tidied

LONGEST_HEADER = 2_000  # characters of one header that are looked at
LONGEST_TEXT = 200_000  # characters that are read; the bytes are kept elsewhere
MOST_HEADERS = 400
ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\s]*)\?=")


def every(message: Message, name: str) -> list[str]:
    """Return the headers called ``name`` as they stand, each cut to ``LONGEST_HEADER``."""
    found = [value for key, value in message.items() if key.lower() == name]
    return [str(value)[:LONGEST_HEADER] for value in found[:MOST_HEADERS]]


def header(message: Message, name: str) -> str:
    """Return the first header called ``name``; "" when there is none."""
    return next(iter(every(message, name)), "")


def only(message: Message, name: str) -> str:
    """Return the one header called ``name``; "" when there is none, or several."""
    found = every(message, name)
    return found[0] if len(found) == 1 else ""


def decoded(said: str) -> str:
    """Return a header with its encoded words (RFC 2047) as letters, at most ``LONGEST_HEADER``."""
    joined = re.sub(r"(\?=)\s{1,20}(=\?)", r"\1\2", said[:LONGEST_HEADER])
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


def content_of(message: Message) -> tuple[str, tuple[str, ...]]:
    """Return the text of a mail and the names of what hangs on it."""
    attachments: list[str] = []
    text = _written(message, attachments)
    if not text.strip():  # it is only forwarded
        inner = [part for part in message.walk() if part.get_content_type() == "message/rfc822"]
        text = "".join(_written(each, []) for part in inner[:1] for each in _within(part))
    return tidied(text), tuple(attachments)


def _written(part: Message, attachments: list[str]) -> str:
    """Return what is written in a part and in the parts within it; name what hangs on it."""
    kind = part.get_content_type()
    name = _file_name(part)
    if name or header(part, "content-disposition").lower().startswith("attachment"):
        attachments.append(name or kind)
    elif kind.startswith("multipart/"):
        return _of_several(part, attachments)
    elif kind == "text/plain":
        return text_in(part)
    elif kind == "text/html":
        return text_of_html(text_in(part))
    elif kind not in ("message/delivery-status", "text/rfc822-headers"):
        attachments.append(kind)
    return ""


def _of_several(part: Message, attachments: list[str]) -> str:
    inner = [(each.get_content_type(), _written(each, attachments)) for each in _within(part)]
    told = [(kind, text) for kind, text in inner if text.strip()]
    if part.get_content_type() == "multipart/alternative":
        plain = [text for kind, text in told if kind == "text/plain"]
        return next(iter([*plain, *(text for _, text in told)]), "")
    joined, known = "", ""
    for _, text in told:
        flat = " ".join(text.split())
        if flat not in known and len(joined) < LONGEST_TEXT:
            joined, known = f"{joined}\n\n{text}" if joined else text, f"{known}\n{flat}"
    return joined


def _within(part: Message) -> list[Message]:
    inner = part.get_payload() if part.is_multipart() else []
    return [each for each in inner if isinstance(each, Message)]


def _file_name(part: Message) -> str:
    described = f"{header(part, 'content-disposition')}; {header(part, 'content-type')}"
    found = re.search(r"(?:file)?name\*?\s*=\s*(?:\"([^\"]{1,200})\"|([^\s;\"]{1,200}))", described)
    return in_one_line(decoded(found[1] or found[2])) if found else ""


def text_in(part: Message) -> str:
    """Return the text of one part, whatever its charset claims to be."""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError):  # what it is encoded in cannot be told
        data = str(part.get_payload()).encode("utf-8", "replace")
    described = header(part, "content-type")
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
