"""The broadcasts' pages from their nouns: what the templates desk/broadcast*.html show."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assistant.answering import broadcast, missed
from assistant.answering.audience import WHY_WORDS, Asker, Audience, Chosen, Why, askers
from assistant.answering.broadcast import Broadcast, Recipient, State
from assistant.answering.decisions import Decision
from assistant.answering.leaving_out import Words
from assistant.answering.to_everyone import ALONE
from assistant.desk.causes import Cause
from assistant.desk.conversations import Conversation
from assistant.desk.recalled import Recall
from assistant.desk.repeats import RepeatGroup
from assistant.ground.outbox import Outgoing
from assistant.ground.people import Person
from assistant.launch.launches import Launch
from assistant.launch.scenarios import of_launch as scenarios_of
from assistant.library.entries import by_key
from assistant.library.liveness import live
from assistant.library.versions import EntryVersion
from web.desk_pages import channel_words, customer_name
from web.thread import entry_href
from web.unreached import by_broadcast, in_audience

OFFERED = 100  # approved answers to choose from, the likeliest first
STATE_WORDS = {
    State.WAITING: ("Waits for a second pair of eyes", "warn"),
    State.COUNTING: ("May be undone", "info"),
    State.SENDING: ("Being sent", "info"),
    State.SENT: ("Sent", "good"),
    State.UNDONE: ("Undone: nobody got it", ""),
    State.STOPPED: ("Stopped", "bad"),
}


@dataclass(frozen=True, slots=True)
class Drafted:
    """What somebody is about to tell, to whom."""

    chosen: Chosen
    answer: str = ""  # key of an approved entry
    text: str = ""
    is_own: bool = False
    resolves: bool = False
    without: frozenset[str] = field(default_factory=frozenset)


def new_page(
    session: Session,
    launch: Launch,
    drafted: Drafted,
    words: Words | None,
    audience: Audience | None,
    *,
    problem: str,
    by: Person,
    at: datetime,
) -> dict[str, Any]:
    """Return the context of desk/broadcast_new.html."""
    found, _ = askers(session, launch, drafted.chosen)
    version = words.version if words else None
    told = audience.told if audience else ()
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "about": about(session, launch, drafted.chosen),
        "asked": len(found),
        "fields": _fields(drafted),
        "answers": _answers(session, launch, found, at),
        "version": _version(version) if version else None,
        "problem": problem,
        "told": [_asker(asker) for asker in told],
        "channels": _channels(told),
        "left_out": _left_out(audience) if audience else [],
        "unreached": in_audience(audience.left_out) if audience else [],
        "twins": audience.twins if audience else 0,
        "is_previewed": audience is not None,
        "needs_reader": drafted.is_own and len(told) > ALONE,
        "alone": ALONE,
    }


def _fields(drafted: Drafted) -> dict[str, Any]:
    return {
        "answer": drafted.answer,
        "text": drafted.text,
        "is_own": drafted.is_own,
        "resolves": drafted.resolves,
        "groups": drafted.chosen.groups,
        "cause": drafted.chosen.cause,
        "tickets": ",".join(drafted.chosen.tickets),
        "scenario": drafted.chosen.scenario,
        "entry": drafted.chosen.entry,
    }


def about(session: Session, launch: Launch, chosen: Chosen) -> list[str]:
    """Return in words who was chosen."""
    said = []
    if chosen.groups:
        query = select(RepeatGroup.question).where(RepeatGroup.id.in_(chosen.groups))
        said += [f"Everyone who asked “{each}”" for each in session.scalars(query)]
    if chosen.cause and (cause := session.get(Cause, chosen.cause)):
        said.append(f"Everyone who asked about “{cause.title}”")
    if chosen.tickets:
        number = len(chosen.tickets)
        said.append(
            "1 ticket chosen by hand" if number == 1 else f"{number} tickets chosen by hand"
        )
    if chosen.scenario:
        known = scenarios_of(session, launch.id).get(chosen.scenario)
        said.append(f"Every ticket about “{known.title if known else chosen.scenario}”")
    if chosen.entry:
        asked = by_key(session, launch.id, chosen.entry).newest.question
        said.append(f"Everyone who asked what “{asked}” answers")
    if chosen.recall and (recalled := session.get(Recall, chosen.recall)):
        said.append(f"Everyone who was told what was recalled: “{recalled.title}”")
    return said


def _answers(
    session: Session, launch: Launch, found: Sequence[Asker], at: datetime
) -> list[dict[str, Any]]:
    """Return the approved answers, those that came nearest to most of the questions first."""
    near = _nearest(session, [asker.question_id for asker in found])
    versions = live(session, launch.id, at=at)
    versions.sort(key=lambda version: -near[version.entry.key])
    return [
        {"key": v.entry.key, "title": v.question, "near": near[v.entry.key]}
        for v in versions[:OFFERED]
    ]


def _nearest(session: Session, questions: Sequence[int]) -> Counter[str]:
    query = select(Decision.candidates).where(Decision.message_id.in_(questions[:1_000]))
    return Counter(str(each[0]["entry"]) for each in session.scalars(query) if each)


def _version(version: EntryVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "title": version.question,
        "text": version.text,
        "href": entry_href(version.entry),
        "approver": version.approved_by.name if version.approved_by else "the team",
    }


def _asker(asker: Asker) -> dict[str, Any]:
    return {
        "conversation": asker.conversation_id,
        "name": customer_name(Conversation(visitor=asker.visitor)),
        "question": asker.question,
        "at": asker.asked_at,
        "channel": asker.channel,
        "channel_words": channel_words(asker.channel),
        "email": asker.email,
        "ticket": asker.ticket,
        "is_open": asker.is_open,
    }


def _channels(told: Sequence[Asker]) -> list[str]:
    counted = Counter(channel_words(asker.channel) for asker in told)
    by_mail = sum(asker.email is not None for asker in told)
    said = [f"{count} {words.lower()}" for words, count in counted.most_common()]
    return [*said, f"{by_mail} of them by e-mail too"] if by_mail else said


def _left_out(audience: Audience) -> list[dict[str, Any]]:
    by_why: dict[Why, list[dict[str, Any]]] = {}
    for one in audience.left_out:
        by_why.setdefault(one.why, []).append(_asker(one.asker))
    return [{"words": WHY_WORDS[why], "people": people} for why, people in by_why.items()]


def broadcasts_page(session: Session, launch: Launch, *, at: datetime) -> dict[str, Any]:
    """Return the context of desk/broadcasts.html."""
    found = broadcast.of_launch(session, launch.id)
    ids = [each.id for each in found]
    counted, failed = broadcast.progress(session, ids), missed.failed_of(session, ids)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "broadcasts": [
            {
                **_listed(session, each, at),
                "failed": failed.get(each.id, 0),
                **dict(zip(("sent", "left_out", "total"), counted[each.id], strict=True)),
            }
            for each in found
        ],
    }


def _listed(session: Session, shown: Broadcast, at: datetime) -> dict[str, Any]:
    state = shown.state(at)
    words, tone = STATE_WORDS[state]
    version = shown.entry_version
    return {
        "href": f"/broadcasts/{shown.id}",
        "title": version.question if version else shown.text,
        "about": about(session, shown.launch, Chosen.of(shown.chosen)),
        "state": state.value,
        "state_words": words,
        "tone": tone,
        "by": shown.by.name,
        "at": shown.at,
    }


def broadcast_page(
    session: Session, shown: Broadcast, *, person: Person, at: datetime
) -> dict[str, Any]:
    """Return the context of desk/broadcast.html."""
    state, version = shown.state(at), shown.entry_version
    people = _recipients(session, shown)
    sent, left_out, total = broadcast.progress(session, [shown.id])[shown.id]
    return {
        "broadcast": {
            **_listed(session, shown, at),
            "id": shown.id,
            "text": shown.text,
            "version": _version(version) if version else None,
            "resolves": shown.resolves,
            "read_by": shown.read_by.name if shown.read_by else None,
            "starts_at": shown.starts_at,
            "because": shown.stopped_because,
            "sent": sent,
            "left_out": left_out,
            "failed": missed.failed_of(session, [shown.id]).get(shown.id, 0),
            "total": total,
            "share": sent / total if total else 0.0,
            "recall_href": f"/recalls/{shown.recall_id}" if shown.recall_id else None,
        },
        "may": {
            "read": state is State.WAITING and shown.by_id != person.id,
            "undo": state in (State.WAITING, State.COUNTING),
            "stop": state is State.SENDING,
        },
        "people": people,
        "before": _before(shown),
        "unreached": by_broadcast(session, shown),
    }


def _recipients(session: Session, shown: Broadcast) -> list[dict[str, Any]]:
    """Return each of them, those first who could not be told."""
    query = (
        select(Recipient)
        .where(Recipient.broadcast_id == shown.id)
        .options(joinedload(Recipient.ticket), joinedload(Recipient.conversation))
        .order_by(Recipient.failed_at.is_(None), Recipient.id)
    )
    people = list(session.scalars(query))
    dead = missed.dead_mail(session, people)
    return [_recipient(each, dead.get(each.id)) for each in people]


def _recipient(each: Recipient, letter: Outgoing | None) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": customer_name(each.conversation),
        "channel": each.channel,
        "channel_words": channel_words(each.channel),
        "email": each.email,
        "ticket": each.ticket.number if each.ticket else None,
        "sent_at": each.sent_at if each.message_id else None,
        "why": WHY_WORDS[Why(each.why)] if each.why else None,
        "failed": each.failed_because if each.failed_at else None,
        "mail_failed": letter.last_error if letter else None,
        "next_try_at": each.next_try_at,
    }


def _before(shown: Broadcast) -> list[dict[str, Any]]:
    """Return who was left out when it was decided, counted by reason."""
    counted = Counter(Why(each["why"]) for each in shown.left_out)
    return [{"words": WHY_WORDS[why], "count": count} for why, count in counted.most_common()]
