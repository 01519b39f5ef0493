"""The recalled answers' pages from their nouns: what desk/recalls.html and recall.html show."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assistant.answering import recall
from assistant.answering.audience import WHY_WORDS, Audience, Chosen
from assistant.answering.broadcast import Broadcast
from assistant.answering.leaving_out import Words
from assistant.answering.to_everyone import preview
from assistant.desk import recalled
from assistant.desk.recalled import People, Recall, ToldWrong
from assistant.ground.people import Role
from assistant.launch.launches import Launch
from assistant.library.entries import Entry
from assistant.library.entries import by_key as entry_by_key
from assistant.library.liveness import live
from assistant.library.versions import EntryVersion
from web.broadcast_pages import STATE_WORDS
from web.desk_pages import channel_words, customer_name
from web.shell import Visit
from web.thread import entry_href
from web.unreached import in_audience


def recalls_page(session: Session, launch: Launch, *, at: datetime) -> dict[str, Any]:
    """Return the context of desk/recalls.html."""
    found = recalled.of_launch(session, launch.id)
    people = recalled.people_of(session, [each.id for each in found])
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "recalls": [_listed(each, people.get(each.id, People()), at) for each in found],
    }


def _listed(found: Recall, people: People, at: datetime) -> dict[str, Any]:
    words, tone = _standing(found, people, at)
    return {
        "href": f"/recalls/{found.id}",
        "title": found.title,
        "reason": found.reason,
        "by": found.by.name,
        "at": found.at,
        "state_words": words,
        "tone": tone,
        "told": people.told,
        "corrected": people.corrected,
        "seen": people.seen,
    }


def _standing(found: Recall, people: People, at: datetime) -> tuple[str, str]:
    if found.undone_at is not None:
        return "Undone", ""
    if found.reinstated_at is not None:
        return "Reinstated", "good"
    if found.may_be_undone(at):
        return "May be undone", "info"
    if people.told and people.corrected == people.told:
        return "Corrected", "good"
    return "Waits for a correction", "bad"


def recall_page(desk: Visit, launch: Launch, found: Recall, *, correction: str) -> dict[str, Any]:
    """Return the context of desk/recall.html; ``correction`` is the key of what is right."""
    session, person, at = desk.session, desk.by, desk.at
    mails = desk.parts.settings.sends_mail
    entry = session.get_one(Entry, found.entry_id)
    right = _correction(session, launch, entry, correction)
    people = recalled.people_of(session, [found.id]).get(found.id, People())
    replaced = recall.replaced_by(session, found) if found.stands else None
    audience = None
    if right:
        chosen, words = Chosen(recall=found.id), Words(right.text, right)
        audience = preview(session, launch, chosen, words, by=person, at=at, mails=mails)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "recall": {
            **_listed(found, people, at),
            "id": found.id,
            "tells_at": found.tells_at,
            "is_undoable": found.may_be_undone(at),
            "entry_href": entry_href(entry),
            "versions": [_version(each) for each in recall.versions_of(session, found)],
            "agreed_by": found.agreed_by.name if found.agreed_by and found.stands else None,
            "agreed_because": found.agreed_because,
            "reinstated_by": found.reinstated_by.name if found.reinstated_by else None,
            "reinstated_because": found.reinstated_because,
            "replaced_by": replaced.number if replaced else None,
        },
        "may": {
            "undo": found.may_be_undone(at),
            "reinstate": found.stands
            and replaced is None
            and person.is_any(Role.LEAD)
            and person.id not in (found.by_id, found.agreed_by_id),
            "correct": found.stands and not found.may_be_undone(at),
        },
        "people": _people(session, found),
        "correction": _version(right) if right else None,
        "correction_key": right.entry.key if right else "",
        "answers": [
            {"key": each.entry.key, "title": each.question}
            for each in live(session, launch.id, at=at)
        ],
        "to_correct": len(audience.told) if audience else 0,
        "left_out": _counted(audience) if audience else [],
        "unreached": in_audience(audience.left_out) if audience else [],
        "broadcasts": _broadcasts(session, found, at),
    }


def _correction(session: Session, launch: Launch, entry: Entry, key: str) -> EntryVersion | None:
    """Return what is right now: what somebody chose, or the entry's own next version."""
    return entry_by_key(session, launch.id, key).approved if key else entry.approved


def _counted(audience: Audience) -> list[dict[str, Any]]:
    counted = Counter(one.why for one in audience.left_out)
    return [{"words": WHY_WORDS[why], "count": count} for why, count in counted.most_common()]


def _version(version: EntryVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "title": version.question,
        "text": version.text,
        "author": version.author.name if version.author else "the launch pack",
        "approver": version.approved_by.name if version.approved_by else "the team",
    }


def _people(session: Session, found: Recall) -> list[dict[str, Any]]:
    """Return each person once, by what they were told last; who still waits first."""
    query = (
        select(ToldWrong)
        .where(ToldWrong.recall_id == found.id)
        .options(
            joinedload(ToldWrong.conversation),
            joinedload(ToldWrong.ticket),
            joinedload(ToldWrong.message),
        )
        .order_by(ToldWrong.corrected_at.is_not(None), ToldWrong.id)
    )
    once: dict[str, ToldWrong] = {}
    times: Counter[str] = Counter()
    for told in session.scalars(query):
        visitor = told.conversation.visitor
        times[visitor] += 1
        if visitor not in once or told.id > once[visitor].id:
            once[visitor] = told
    return [
        {
            "name": customer_name(each.conversation),
            "times": times[visitor],
            "channel": each.conversation.channel,
            "channel_words": channel_words(each.conversation.channel),
            "told_at": each.message.at,
            "by_person": each.message.person_id is not None,
            "withdrawn_at": each.told_at,
            "corrected_at": each.corrected_at,
            "seen_at": each.seen_at,
            "ticket": each.ticket.number if each.ticket else None,
        }
        for visitor, each in once.items()
    ]


def _broadcasts(session: Session, found: Recall, at: datetime) -> list[dict[str, Any]]:
    query = select(Broadcast).where(Broadcast.recall_id == found.id).order_by(Broadcast.id.desc())
    return [
        {
            "href": f"/broadcasts/{each.id}",
            "by": each.by.name,
            "at": each.at,
            "state_words": STATE_WORDS[each.state(at)][0],
        }
        for each in session.scalars(query)
    ]
