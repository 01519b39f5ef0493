"""The pages behind a mail's links from their nouns: what public/mail.html and its like show."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from assistant.desk.conversations import Conversation
from assistant.desk.messages import By, Message, Said
from assistant.desk.promises import Kind, open_of
from assistant.desk.taken import taken_by

OPEN_PROMISES = (Kind.FIRST_RESPONSE, Kind.NEXT_UPDATE, Kind.RESOLVE)


def said(title: str, text: str = "", *, href: str = "", words: str = "") -> dict[str, Any]:
    """Return a page that says one thing and perhaps leads on."""
    onward = {"href": href, "words": words} if href else None
    return {"title": title, "text": text, "tap": None, "onward": onward}


def _asking(title: str, text: str, action: str, button: str) -> dict[str, Any]:
    tap = {"action": action, "button": button}
    return {"title": title, "text": text, "tap": tap, "onward": None}


def entering(token: str, *, is_known: bool) -> dict[str, Any]:
    """Return the page before a conversation is opened."""
    if is_known:
        return _asking("Your conversation", "", f"/mail/{token}", "Open it")
    return _asking(
        "Is this you?",
        "We wrote to this address because somebody named it. If that was you, open the "
        "conversation; from then on answers come by e-mail in full.",
        f"/mail/{token}",
        "Yes, open it",
    )


def choosing(token: str, message_id: int, number: int, title: str | None) -> dict[str, Any]:
    """Return the page before a title is chosen."""
    action = f"/mail/{token}/choices/{message_id}/{number}"
    if title is None:
        text = "A person will then answer you."
        return _asking("None of these is your case?", text, action, "None of these")
    return _asking(title, "Is this your case?", action, "Yes, this is my case")


def asked_for(key: str) -> dict[str, Any]:
    """Return the page after somebody asked for updates by mail."""
    return said(
        "Please look into your mailbox",
        "We have asked that address whether it wants the updates, unless it was asked today "
        "already. They come once you have confirmed.",
        href=f"/updates/{key}",
        words="Back to the updates",
    )


def confirming(token: str, launch: str) -> dict[str, Any]:
    """Return the page before a subscription is confirmed."""
    text = f"Every update on “{launch}”, once each. You can leave at any time."
    action = f"/updates/confirmation/{token}"
    return _asking("Updates by e-mail?", text, action, "Yes, send them to me")


def subscribed(key: str, launch: str) -> dict[str, Any]:
    """Return the page after a subscription was confirmed."""
    return said(
        "You will hear from us",
        f"The next update on “{launch}” comes by e-mail.",
        href=f"/updates/{key}",
        words="See the updates so far",
    )


def leaving(token: str, launch: str) -> dict[str, Any]:
    """Return the page before a subscription ends."""
    action = f"/updates/unsubscription/{token}"
    return _asking("No more updates?", f"About “{launch}”.", action, "Do not write again")


def left(key: str) -> dict[str, Any]:
    """Return the page after a subscription ended."""
    return said(
        "No more updates come by e-mail",
        "They are still on the page.",
        href=f"/updates/{key}",
        words="See the updates",
    )


def conversation_page(
    conversation: Conversation, *, struck: Collection[int], key: str, at: datetime
) -> dict[str, Any]:
    """Return what public/conversation.html shows: what its customer may see, oldest first.

    ``struck`` are the ids of the messages that were recalled.
    """
    launch = conversation.launch
    told = [message for message in conversation.messages if message.is_for_customer]
    return {
        "zone": launch.time_zone,
        "public": {"launch": {"key": launch.key, "name": launch.name}, "section": ""},
        "key": key,
        "messages": [{**_message(message), "recalled": message.id in struck} for message in told],
        "ticket": _ticket(conversation, at),
    }


def _message(message: Message) -> dict[str, Any]:
    who = {By.CUSTOMER: "You", By.ASSISTANT: "Assistant"}.get(By(message.by), "")
    titles = [str(option["title"]) for option in message.options]
    return {
        "id": message.id,
        "by": message.by,
        "author": message.person.first_name if message.person else who,
        "text": message.text,
        "at": message.at,
        "titles": titles if message.kind == Said.CLARIFICATION else [],
    }


def _ticket(conversation: Conversation, at: datetime) -> dict[str, Any] | None:
    ticket = conversation.tickets[-1] if conversation.tickets else None
    if ticket is None:
        return None
    person = taken_by(ticket)
    due = [p.due_at for p in open_of(ticket.promises, *OPEN_PROMISES) if p.due_at > at]
    return {
        "number": ticket.number,
        "owner": person.first_name if person else "Our team",
        "is_open": ticket.is_open,
        "due_at": min(due, default=None),
    }
