"""The fixed lines around what a letter says. With approved texts and persons' words, all of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from assistant.desk import promises
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.desk.promises import Kind
from assistant.desk.taken import taken_by
from assistant.launch.updates import Update
from assistant.library.wording import time_in_words

CONFIRM_SUBJECT = "Please confirm that this is you"
PARTING = "\n\n----------\n\n"  # between two things that were said
PROMISED = (Kind.FIRST_RESPONSE, Kind.NEXT_UPDATE, Kind.RESOLVE)


def confirming(link: str, team: str) -> str:
    """Return the one mail that an unconfirmed address gets: nothing that anybody wrote."""
    return (
        "There is an answer for you.\n\n"
        "Somebody, probably you, asked us to write to this address. Before we send anything "
        "here, please confirm that this is you:\n\n"
        f"{link}\n\n"
        "The link works for 14 days. If it was not you, you need to do nothing: we do not write "
        "again today, and nothing is sent here until somebody has confirmed.\n\n"
        f"-- \n{team}\n"
    )


def subscribing(link: str, launch: str) -> str:
    """Return the mail that asks whether somebody wants the updates of a launch."""
    return (
        f"Do you want the updates on “{launch}” by e-mail?\n\n"
        "Somebody, probably you, asked for them at this address. Please confirm:\n\n"
        f"{link}\n\n"
        "The link works for three days. If it was not you, you need to do nothing: no update is "
        "sent here.\n"
    )


def updating(update: Update, *, address: str, leave: str) -> str:
    """Return one update as mail: the three answers that every update gives."""
    corrects = f"This corrects “{update.corrects.title}”.\n\n" if update.corrects else ""
    return (
        f"{update.headline}\n\n"
        f"{corrects}"
        f"Is it expected?\n{update.expected}\n\n"
        f"What to do now\n{update.what_to_do}\n\n"
        f"Next update\n{update.next_update}\n\n"
        f"-- \nAll updates: {address}\n"
        f"Not any more: {leave}\n"
    )


def subject(theirs: str, *, launch: str, number: str) -> str:
    """Return the subject of a letter about a conversation."""
    if theirs:
        return theirs if theirs[:3].lower() == "re:" else f"Re: {theirs}"
    return f"{launch}: your question {number}".rstrip()


def telling(
    told: Sequence[Message],
    conversation: Conversation,
    *,
    titles: Mapping[int, Sequence[int]],
    link: str,
    at: datetime,
) -> str:
    """Return what was told, each thing letter by letter as it was said, and how to go on.

    ``titles`` are the numbers of the titles that a "did you mean" may still offer.
    """
    said = PARTING.join(_said(message, titles.get(message.id, ()), link) for message in told)
    return f"{said}\n\n-- \n{_going_on(conversation, link, at)}"


def _said(message: Message, titles: Sequence[int], link: str) -> str:
    if message.kind == Said.REPLY and message.person:
        return f"{message.person.first_name} writes:\n\n{message.text}"
    if message.kind == Said.CLARIFICATION:
        return f"{message.text}\n\n{_titles(message, titles, link)}"
    return message.text


def _titles(message: Message, left: Sequence[int], link: str) -> str:
    """Return the titles with a link each; what it opens asks once more before it chooses."""
    lines = [
        f"{number}. {option['title']}\n{_when(str(option.get('applies_when', '')))}"
        f"   {link}/choices/{message.id}/{number}"
        for number, option in enumerate(message.options, 1)
        if number in left
    ]
    return "\n\n".join([*lines, f"None of these\n   {link}/choices/{message.id}/0"])


def _when(condition: str) -> str:
    return f"   {condition}\n" if condition else ""


def _going_on(conversation: Conversation, link: str, at: datetime) -> str:
    return (
        f"{_ticket_line(conversation, at)}"
        "You can simply answer this mail.\n"
        f"The whole conversation: {link}\n"
    )


def _ticket_line(conversation: Conversation, at: datetime) -> str:
    ticket = conversation.open_ticket
    if ticket is None:
        return ""
    person = taken_by(ticket)
    owner = person.first_name if person else "Our team"
    due = [
        promise.due_at
        for kind in PROMISED
        for promise in promises.open_of(ticket.promises, kind)
        if promise.due_at > at
    ]
    by = f" You hear from us by {time_in_words(due[0], conversation.launch.zone)}." if due else ""
    return f"Your ticket is {ticket.number}. {owner} has it.{by}\n"
