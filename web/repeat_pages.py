"""The pages of repeat groups from their nouns: what the templates in repeats/ show."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from assistant.desk import cause_lists, proposals, repeats
from assistant.desk.cause_lists import PAGE, Tab
from assistant.desk.causes import Cause
from assistant.desk.messages import Message
from assistant.desk.repeats import RepeatGroup
from assistant.desk.tickets import FIRST_NUMBER, PREFIX, Ticket
from assistant.launch.launches import Launch
from web.desk_pages import channel_words, customer_name

QUESTIONS = 50  # on one page of a group
TAB_WORDS = {
    Tab.PROPOSED: ("Proposed", "Found by the engine. Confirm what is one question, merge, split."),
    Tab.CONFIRMED: ("Confirmed", "Sorted by people. The assistant moves nothing here by itself."),
    Tab.DISMISSED: ("Put aside", "Not worth following, until they have twice as many questions."),
}
EMPTY = {
    Tab.PROPOSED: ("Nothing repeats", "A question that is asked a second time is listed here."),
    Tab.CONFIRMED: ("Nothing is confirmed yet", "Confirm a proposed group to work on its cause."),
    Tab.DISMISSED: ("Nothing is put aside", "What you put aside is found here again."),
}


def repeats_page(
    session: Session, launch: Launch, tab: Tab, words: str, number: int
) -> dict[str, Any]:
    """Return what repeats/index.html shows. The number of queries does not grow with the rows."""
    counts = cause_lists.group_counts(session, launch.id, words)
    found = cause_lists.groups(session, launch.id, tab, words=words, number=number)
    people = repeats.people_in(session, [group.id for group in found])
    pairs = proposals.may_be_one(session, launch.id) if tab is Tab.PROPOSED and not words else []
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "tab": {"key": tab.value, "title": TAB_WORDS[tab][0], "explanation": TAB_WORDS[tab][1]},
        "tabs": [
            {
                "title": TAB_WORDS[each][0],
                "count": counts[each],
                "href": _href(launch, each, words),
                "current": each is tab,
            }
            for each in Tab
        ],
        "q": words,
        "groups": [_row(group, people) for group in found],
        "pairs": [_pair(pair) for pair in pairs],
        "pager": pager(number, counts[tab], lambda page: _href(launch, tab, words, page=page)),
        "empty": dict(zip(("title", "text"), EMPTY[tab], strict=True)),
    }


def group_page(session: Session, launch: Launch, group: RepeatGroup, number: int) -> dict[str, Any]:
    """Return what repeats/group.html shows: one page of its questions, and what may be done."""
    asked = repeats.asked(session, group.id)
    others = [g for g in cause_lists.groups_to_choose(session, launch.id) if g.id != group.id]
    merged = select(RepeatGroup).where(RepeatGroup.merged_into_id == group.id)
    parts = session.scalars(merged.options(joinedload(RepeatGroup.merged_by))).all()
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "group": {
            **_row(group, {group.id: asked.people}),
            "contacts": asked.contacts,
            "channels": [channel_words(channel) for channel in asked.channels],
            "confirmed": group.is_handled,
            "handled_by": group.handled_by.name if group.handled_by else None,
            "handled_at": group.handled_at,
            "dismissed": group.is_dismissed,
            "ignores_codes": group.ignores_codes,
            "codes": list(group.identifiers),
        },
        "questions": _questions(session, group, number),
        "others": [{"mark": mark_of(g), "question": g.question, "size": g.size} for g in others],
        "causes": as_choices(cause_lists.open_causes(session, launch.id)),
        "merged": [
            {
                "id": part.id,
                "question": part.question,
                "count": len(part.merged_questions),
                "by": part.merged_by.name if part.merged_by else "the assistant",
                "at": part.merged_at,
            }
            for part in parts
            if part.merged_questions
        ],
        "pager": pager(
            number, group.size, lambda page: f"/repeats/{group.id}?page={page}", QUESTIONS
        ),
    }


def as_choices(found: Sequence[Cause]) -> list[dict[str, Any]]:
    """Return causes as choices."""
    return [{"id": cause.id, "words": f"{cause.number} {cause.title}"} for cause in found]


def mark_of(group: RepeatGroup) -> str:
    """Return a group and what it was when it was looked at, as a form sends it back."""
    return f"{group.id}:{group.revision}"


def pager(number: int, total: int, href: Any, size: int = PAGE) -> dict[str, Any]:
    """Return ``ui.pager`` for page ``number`` of ``total`` rows; ``href`` makes an address."""
    return {
        "first": min((number - 1) * size + 1, total),
        "last": min(number * size, total),
        "total": total,
        "previous_href": href(number - 1) if number > 1 else None,
        "next_href": href(number + 1) if number * size < total else None,
    }


def cause_chip(cause: Cause | None) -> dict[str, Any] | None:
    """Return a cause as a link."""
    if cause is None:
        return None
    return {"href": f"/causes/{cause.id}", "number": cause.number, "title": cause.title}


def _row(group: RepeatGroup, people: Mapping[int, int]) -> dict[str, Any]:
    return {
        "id": group.id,
        "mark": mark_of(group),
        "href": f"/repeats/{group.id}",
        "question": group.question,
        "people": people.get(group.id, 0),
        "size": group.size,
        "first_at": group.first_seen_at,
        "last_at": group.last_seen_at,
        "handled_by": group.handled_by.name if group.handled_by else None,
        "cause": cause_chip(group.cause),
    }


def _pair(pair: proposals.MayBeOne) -> dict[str, Any]:
    return {
        "kept": _brief(pair.kept),
        "taken": _brief(pair.taken),
        "likeness": max(0.0, min(1.0, pair.likeness)),
        "conflict": pair.names_different_codes,
    }


def _brief(group: RepeatGroup) -> dict[str, Any]:
    return {
        "id": group.id,
        "mark": mark_of(group),
        "href": f"/repeats/{group.id}",
        "question": group.question,
        "size": group.size,
    }


def _questions(session: Session, group: RepeatGroup, number: int) -> list[dict[str, Any]]:
    query = (
        select(Message, func.max(Ticket.id))
        .outerjoin(Ticket, Ticket.question_id == Message.id)
        .where(Message.group_id == group.id)
        .group_by(Message.id)
        .order_by(Message.id.desc())
        .offset((number - 1) * QUESTIONS)
        .limit(QUESTIONS)
        .options(joinedload(Message.conversation))
    )
    return [question_row(message, ticket) for message, ticket in session.execute(query)]


def question_row(message: Message, ticket_id: int | None) -> dict[str, Any]:
    """Return one question as it was asked, with the way to its ticket where it has one."""
    number = f"{PREFIX}{FIRST_NUMBER + ticket_id}" if ticket_id else None
    return {
        "id": message.id,
        "text": message.text,
        "at": message.at,
        "who": customer_name(message.conversation),
        "channel": channel_words(message.conversation.channel),
        "ticket": {"number": number, "href": f"/desk/tickets/{number}"} if number else None,
    }


def _href(launch: Launch, tab: Tab, words: str, **more: Any) -> str:
    asked = {"launch": launch.key, "tab": tab.value, "q": words, **more}
    return f"/repeats?{urlencode({name: value for name, value in asked.items() if value})}"
