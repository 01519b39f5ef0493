"""Mail that was not answered by itself: what desk/mails.html and desk/mail.html show."""

from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk import mails
from assistant.desk.mails import AUTOMATIC, PAGE, Mail
from assistant.desk.tickets import Ticket
from assistant.ground.errors import NotFound
from assistant.integrations.email import Incoming, Unreadable, Vouched, read
from assistant.launch.launches import Launch

SHOWN = 20_000  # characters of a mail's text on a page
KINDS = (("aside", "Waits for you"), (AUTOMATIC, "From machines"))


def aside_page(
    session: Session,
    launches: Sequence[Launch],
    mine: Collection[int] | None,
    kind: str,
    *,
    of: str,
    number: int,
) -> dict[str, Any]:
    """Return one page of mails of a kind; ``of`` is the key of a launch, "none", or "" for all.

    Raises:
        NotFound: when there is no such launch of theirs.
    """
    readable = [mails.of_people_in(mine), *_of(launches, of)]
    found, total = mails.page_of(session, *readable, *mails.aside(kind), number=number)
    tickets = _tickets(session, [each.conversation_id for each in found if each.conversation_id])
    return {
        "kind": kind,
        "tabs": [
            {"title": title, "href": _href(each, of), "current": each == kind}
            for each, title in KINDS
        ],
        "launches": [
            {"title": title, "href": _href(kind, key), "current": key == of}
            for key, title in _choices(launches)
        ],
        "mails": [
            {**_listed(each), "ticket": tickets.get(each.conversation_id or "")} for each in found
        ],
        "pager": _pager(kind, of, number, len(found), total),
    }


def _of(launches: Sequence[Launch], key: str) -> list[Any]:
    if not key:
        return []
    if key == "none":
        return [Mail.launch_id.is_(None)]
    ids = [launch.id for launch in launches if launch.key == key]
    if not ids:
        raise NotFound("There is no such launch.", what_to_do="Look at all of them.")
    return [Mail.launch_id == ids[0]]


def _choices(launches: Sequence[Launch]) -> list[tuple[str, str]]:
    named = [(launch.key, launch.name) for launch in launches]
    return [("", "Every launch"), *named, ("none", "Of no launch")]


def _href(kind: str, of: str, number: int = 1) -> str:
    wanted = {
        "kind": kind if kind != "aside" else "",
        "of": of,
        "page": number if number > 1 else 0,
    }
    query = urlencode({name: value for name, value in wanted.items() if value})
    return f"/mails?{query}" if query else "/mails"


def _tickets(session: Session, conversations: Collection[str]) -> dict[str, str]:
    """Return the number of the newest ticket of each conversation."""
    query = select(Ticket).where(Ticket.conversation_id.in_(conversations)).order_by(Ticket.id)
    return {ticket.conversation_id: ticket.number for ticket in session.scalars(query)}


def _pager(kind: str, of: str, number: int, shown: int, total: int) -> dict[str, Any]:
    before = (number - 1) * PAGE
    return {
        "first": before + 1 if shown else 0,
        "last": before + shown,
        "total": total,
        "previous_href": _href(kind, of, number - 1) if number > 1 else None,
        "next_href": _href(kind, of, number + 1) if before + shown < total else None,
    }


def _listed(mail: Mail) -> dict[str, Any]:
    return {
        "href": f"/mails/{mail.id}",
        "sender": mail.sender or "nobody in one address",
        "subject": mail.subject or "(no subject)",
        "at": mail.received_at,
        "kilobytes": max(1, mail.size // 1000),
        "because": mail.because,
        "launch": mail.launch.name if mail.launch else None,
    }


def standing(mail: Mail) -> dict[str, Any]:
    """Return what a mail waits for: why it was not answered, and what a lead may do with it."""
    is_machine = mail.outcome == AUTOMATIC
    return {
        "because": mail.because if mail.is_aside or is_machine else "",
        "let_in_href": f"/mails/{mail.id}/conversation" if mail.is_aside or is_machine else None,
        "discard_href": f"/mails/{mail.id}/discarding" if mail.is_aside else None,
    }


def whole(mail: Mail) -> dict[str, Any]:
    """Return the whole of one mail as text; what cannot be read is shown as it came."""
    told = _read(mail)
    text = told.text if told else mail.raw[:SHOWN].decode("latin-1")
    return {
        **_listed(mail),
        "verified": mail.is_verified,
        "denied": told is not None and told.vouched is Vouched.NO,
        "attachments": list(told.attachments) if told else [],
        "text": "".join(each for each in text[:SHOWN] if each.isprintable() or each in "\n\t"),
        "cut": len(text) > SHOWN,
    }


def _read(mail: Mail) -> Incoming | None:
    try:
        return read(mail.raw)
    except Unreadable:
        return None
