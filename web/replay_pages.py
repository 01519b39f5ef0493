"""A replay from its records: what library/_replay.html and library/replay.html show.

Customers' words are redacted, as in suggestions; whoever needs more opens the conversation itself.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering import replay
from assistant.answering.replay import Effect
from assistant.answering.replay_effect import Category, Estimate
from assistant.answering.replay_records import Replay, ReplayCase
from assistant.desk.tickets import Ticket
from assistant.ground.people import Person, Role
from assistant.ground.redacting import redacted
from assistant.launch.launches import Launch, Mode
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from web.library_pages import AUTHORS
from web.rendering import percent

PAGE = 25  # questions on one page
FIRST = 3  # of a category on the entry's page

WORDS = {
    Category.BREAK: ("Breaks", "bad", "Confirmed right before, or denied for this entry."),
    Category.STEAL: ("Steals", "warn", "Another entry answered it; now this one does."),
    Category.GAIN: ("Gains", "good", "Now answered, or asked about, by this entry."),
    Category.LOST: ("Lost", "warn", "This entry gave more before."),
    Category.ELSEWHERE: ("Changed elsewhere", "", "Gets something else, not from this entry."),
    Category.UNANSWERED: ("Still unanswered", "", "A person answers, before and after."),
    Category.SAME: ("As it was", "", "Gets what it got."),
}
ALWAYS = (Category.BREAK, Category.STEAL, Category.GAIN, Category.UNANSWERED)
WORDS_WITHOUT = {
    Category.LOST: ("Lost", "bad", "This entry helped; a person would have to."),
    Category.ELSEWHERE: ("Answered otherwise", "", "Another entry answers, or is asked about."),
    Category.UNANSWERED: ("Unanswered as it is", "", "A person answers, before and after."),
    Category.SAME: ("As it was", "", "Gets what it got."),
}
KINDS = {"answer": "Answered", "clarification": "Asked back", "handoff": "A person"}
SHOWN_BELOW = (Category.BREAK, Category.STEAL, Category.GAIN, Category.LOST)


def address_of(launch: Launch, entry: Entry) -> str:
    """Return where a replay's own page is."""
    return f"/launches/{launch.key}/library/{entry.key}/replay"


def summary(
    session: Session, launch: Launch, entry: Entry, *, person: Person, at: datetime
) -> dict[str, Any]:
    """Return what library/_replay.html shows of the newest version's replay."""
    version, address = entry.newest, address_of(launch, entry)
    effect = replay.effect_of(session, version, at=at)
    is_draft = version.approved_at is None
    run = effect.replay
    leads, is_live = person.is_any(Role.LEAD), entry.approved is version
    return {
        "without": bool(run and run.is_without),
        "lost": _lost(effect),
        "address": address,
        "version": version.number,
        "state": effect.state if is_draft or run else "approved",
        "why": effect.why,
        "by": run.started_by.name if run else "",
        "at": (run.finished_at or run.started_at) if run else None,
        "is_waiting": bool(run and run.is_running and not run.total),
        "done": run.done if run else 0,
        "total": run.total if run else 0,
        "share": effect.share,
        "known": _known(effect.counted),
        "counts": _counts(effect, address) if effect.is_known else [],
        "estimates": _estimates(effect),
        "below": [_few(session, effect, each, address) for each in _worth(effect)],
        "blocks": effect.blocks,
        "override": _override(effect),
        "suggests": launch.acting_mode is Mode.SUGGEST,
        "may": {
            "start": is_draft and person.is_any(*AUTHORS) and effect.state != "running",
            "cancel": effect.state == "running" and person.is_any(*AUTHORS),
            "overrule": is_draft and effect.blocks and not entry.may_be_approved_by(person),
            "lose": is_live and leads and effect.state != "running",
        },
    }


def _known(run: Replay | None) -> dict[str, Any] | None:
    if run is None:
        return None
    at, by = run.finished_at or run.started_at, run.started_by.name
    return {"id": run.id, "by": by, "at": at, "with_model": run.with_model, "calls": run.calls}


def _lost(effect: Effect) -> str:
    """Return what is known of what would be lost without the entry, in words; "" for nothing."""
    if effect.replay is None or not effect.replay.is_without or not effect.is_known:
        return ""
    many = f"{effect.lost} question{'' if effect.lost == 1 else 's'}"
    stale = " It is out of date." if effect.why else ""
    return f"By the replay without it, {many} that it helped with would go to a person.{stale}"


def _words_of(run: Replay | None) -> Mapping[Category, tuple[str, str, str]]:
    return WORDS_WITHOUT if run and run.is_without else WORDS


def _worth(effect: Effect) -> list[Category]:
    words = _words_of(effect.counted)  # a replay without the entry knows no breaks
    return [each for each in SHOWN_BELOW if each in words and _count(effect, each)]


def _count(effect: Effect, category: Category) -> int:
    return int(effect.counted.counts.get(category, 0)) if effect.counted else 0


def _counts(effect: Effect, address: str) -> list[dict[str, Any]]:
    """Return a count for each category; those that are rare only where there is something."""
    words = _words_of(effect.replay)
    always: tuple[Category, ...] = ALWAYS if words is WORDS else tuple(words)
    return [
        {
            "key": category.value,
            "title": title,
            "tone": tone if _count(effect, category) else "",
            "note": note,
            "count": _count(effect, category),
            "href": f"{address}?category={category.value}",
        }
        for category, (title, tone, note) in words.items()
        if category in always or _count(effect, category)
    ]


def _estimates(effect: Effect) -> list[dict[str, str]]:
    """Return coverage and wrong answers, as the library is and with the version, in words."""
    before, after = effect.before, effect.after
    if before is None or after is None:
        return []
    rows = (
        ("Answered by the assistant", lambda one: percent(one.coverage, 1)),
        ("Answered or asked back", lambda one: percent(one.solvable, 1)),
        ("Wrong, where people said what is right", _wrong),
        ("… at most, at 90 %", _bound),
    )
    return [{"what": what, "before": say(before), "after": say(after)} for what, say in rows]


def _wrong(one: Estimate) -> str:
    return f"{one.wrong} of {one.known}" if one.known else "nobody has said yet"


def _bound(one: Estimate) -> str:
    return percent(one.bound, 1) if one.bound is not None else "–"


def _override(effect: Effect) -> dict[str, Any] | None:
    given = effect.override
    if given is None or not effect.breaks:
        return None
    return {"by": given.by.name, "at": given.at, "reason": given.reason}


def _few(session: Session, effect: Effect, category: Category, address: str) -> dict[str, Any]:
    assert effect.counted is not None  # noqa: S101 - only what is known has categories
    found = replay.cases_of(session, effect.counted, category, most=FIRST)
    title, tone, _ = _words_of(effect.counted)[category]
    return {
        "title": title,
        "tone": tone,
        "more": max(0, _count(effect, category) - len(found)),
        "href": f"{address}?category={category.value}",
        "cases": shown(session, effect.counted, found),
    }


def shown(session: Session, run: Replay, cases: Sequence[ReplayCase]) -> list[dict[str, Any]]:
    """Return questions as they are shown: redacted, with what each gets and would get."""
    versions = _versions(session, cases)
    tickets = _tickets(session, {case.message.conversation_id for case in cases})
    return [
        {
            "id": case.message_id,
            "question": redacted(case.message.text),
            "at": case.message.at,
            "ticket": tickets.get(case.message.conversation_id),
            "why": case.why,
            "before": _got(case.before, versions, run),
            "after": _got(case.after, versions, run),
        }
        for case in cases
    ]


def _got(
    got: Mapping[str, Any], versions: Mapping[int, EntryVersion], run: Replay
) -> dict[str, Any]:
    texts = [versions[one["version"]] for one in got["entries"] if one["version"] in versions]
    is_given = got["kind"] != "handoff"
    return {
        "kind": got["kind"],
        "words": KINDS[got["kind"]],
        "reason": got["reason"],
        "certainty": percent(got["certainty"]),
        "texts": [
            {
                "title": version.question,
                "number": version.number,
                "this": version.id == run.version_id,
                "text": run.text if version.id == run.version_id else version.text,
            }
            for version in texts
            if is_given
        ],
    }


def _versions(session: Session, cases: Iterable[ReplayCase]) -> dict[int, EntryVersion]:
    named = (one for case in cases for got in (case.before, case.after) for one in got["entries"])
    wanted = {int(one["version"]) for one in named}
    found = session.scalars(select(EntryVersion).where(EntryVersion.id.in_(wanted)))
    return {version.id: version for version in found}


def _tickets(session: Session, talks: Collection[str]) -> dict[str, str]:
    query = select(Ticket).where(Ticket.conversation_id.in_(talks)).order_by(Ticket.id)
    return {ticket.conversation_id: ticket.number for ticket in session.scalars(query)}


def replay_page(
    session: Session,
    launch: Launch,
    entry: Entry,
    *,
    category: str,
    number: int,
    person: Person,
    at: datetime,
) -> dict[str, Any]:
    """Return the context of library/replay.html: one category of the last replay, a page of it."""
    version, newest = replay.this_replay(session, entry)
    effect = replay.effect_of(session, version, at=at)
    run = effect.counted or newest
    counts, address = _counts(effect, address_of(launch, entry)), address_of(launch, entry)
    named = {each["key"]: each for each in counts}
    filled = next(
        (each["key"] for each in counts if each["count"]),
        counts[0]["key"] if counts else Category.BREAK.value,
    )
    key = category if category in named else filled
    total = int(run.counts.get(key, 0))
    first = (number - 1) * PAGE
    if key == Category.SAME:
        cases = _unchanged(session, run, first)
    else:
        found = replay.cases_of(session, run, Category(key), first=first, most=PAGE)
        cases = shown(session, run, found)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "entry": {"key": entry.key, "title": version.question, "version": version.number},
        "replay": summary(session, launch, entry, person=person, at=at),
        "tabs": [{**each, "current": each["key"] == key} for each in counts],
        "explanation": _words_of(run)[Category(key)][2],
        "cases": cases,
        "pager": _pager(total, number, f"{address}?category={key}"),
    }


def _unchanged(session: Session, run: Replay, first: int) -> list[dict[str, Any]]:
    """Return a page of the questions that a replay changes nothing about, as they are shown."""
    found = replay.unchanged_by(session, run, first=first, most=PAGE)
    tickets = _tickets(session, {message.conversation_id for message in found})
    return [
        {
            "id": message.id,
            "question": redacted(message.text),
            "at": message.at,
            "ticket": tickets.get(message.conversation_id),
        }
        for message in found
    ]


def _pager(total: int, number: int, href: str) -> dict[str, Any]:
    return {
        "first": min(total, (number - 1) * PAGE + 1),
        "last": min(number * PAGE, total),
        "total": total,
        "previous_href": f"{href}&page={number - 1}" if number > 1 else None,
        "next_href": f"{href}&page={number + 1}" if number * PAGE < total else None,
    }
