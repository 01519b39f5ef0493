"""The decision register from its nouns: what waits, what was decided, and where it stalls."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from assistant.desk import chasing, fixes, vacancies
from assistant.desk.chasing import age_words
from assistant.desk.rulings import RULED_WORDS, Ruled, Ruling
from assistant.desk.vacancies import Vacancy
from assistant.ground.errors import Refused
from assistant.ground.people import Role
from assistant.launch.launches import Launch
from assistant.library import replacing
from assistant.library.decided import may_rule
from assistant.reports import decision_register, fix_log
from assistant.reports.decision_register import HISTORY, NO_SCENARIO, Decision, Stall, Waiting
from web.shell import Visit

STATE_WORDS = {
    "asked": ("Waits for a decision", "warn"),
    "facts": ("Waits for facts", "info"),
    "unasked": ("Nobody has asked yet", ""),
}
NOBODY = "Any lead"
FIXES = 20


@dataclass(frozen=True, slots=True)
class Tried:
    """What somebody tried to decide, and why that was refused."""

    scenario: str
    sentence: str
    refusal: Refused


def register_context(looking: Visit, launch: Launch, tried: Tried | None = None) -> dict[str, Any]:
    """Return what launch/decisions.html shows."""
    session, at = looking.session, looking.at
    waiting = decision_register.waiting(session, launch, at=at)
    unfiled = decision_register.unfiled(session, launch)
    taken = decision_register.decisions(session, launch)
    ids = [ruling.id for each in waiting for ruling in each.rulings]
    reminded = chasing.reminders(session, ids)
    log = fixes.of_launch(session, launch.id, number=1, size=FIXES)
    keys = fix_log.messages_of(session, log)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "vacant": [_vacant(looking, launch, each) for each in vacancies.of_launch(session, launch)],
        "waiting": [_waiting(looking, each, reminded, tried) for each in waiting],
        "unfiled": [
            {
                "ticket": ruling.ticket.number,
                "question": ruling.question,
                "since": ruling.asked_at,
                "decider": ruling.asked_of.name if ruling.asked_of else NOBODY,
            }
            for ruling in unfiled
        ],
        "stalls": {
            by: [_stall(each) for each in _stalls(taken, waiting, unfiled, by, at)]
            for by in ("scenario", "decider")
        },
        "history": [_decided(looking, launch, each) for each in taken[:HISTORY]],
        "fixes": [
            {
                "at": fix.at,
                "what": fix.what,
                "cause": fix.cause.number,
                "cause_href": f"/causes/{fix.cause_id}",
                "is_quick": fix.is_quick,
                "by": fix.person.name,
                "message": keys.get(fix.entry_id or 0),
            }
            for fix in log
        ],
    }


def _vacant(looking: Visit, launch: Launch, each: Vacancy) -> dict[str, Any]:
    href = f"/launches/{launch.key}/setup/scenarios/{each.scenario.key}"
    return {"words": each.sentence, "href": href if looking.by.is_any(Role.LEAD) else ""}


def _waiting(
    looking: Visit,
    each: Waiting,
    reminded: dict[int, tuple[int, datetime]],
    tried: Tried | None,
) -> dict[str, Any]:
    words, tone = STATE_WORDS[each.state]
    first = each.rulings[0] if each.rulings else None
    is_tried = tried is not None and tried.scenario == each.scenario.key
    return {
        "key": each.scenario.key,
        "title": each.scenario.title,
        "severity": each.scenario.severity,
        "state_words": words,
        "tone": tone,
        "since": each.since,
        "age": age_words(looking.at - each.since),
        "tickets": each.tickets,
        "decider": each.decider or NOBODY,
        "question": each.question,
        "asked_on": first.ticket.number if first else "",
        "ruling_id": first.id if first else 0,
        "seen": ",".join(str(ruling.id) for ruling in each.rulings),
        "reminded": reminded.get(first.id) if first else None,
        "verbs": [
            {"key": ruled.value, "words": RULED_WORDS[ruled]}
            for ruled in may_rule(each.scenario, each.rulings, looking.by)
        ],
        "may_ask": each.state != "asked" and each.tickets > 0,
        "sentence": tried.sentence if tried and is_tried else "",
        "problem": f"{tried.refusal.message} {tried.refusal.what_to_do}"
        if tried and is_tried
        else "",
    }


def _stalls(
    taken: Sequence[Decision],
    waiting: Sequence[Waiting],
    unfiled: Sequence[Ruling],
    by: str,
    at: datetime,
) -> list[Stall]:
    open_now: dict[str, list[datetime]] = defaultdict(list)
    for each in waiting:
        name = each.scenario.title if by == "scenario" else each.decider or NOBODY
        open_now[name].append(each.since)
    for ruling in unfiled:
        asked_of = ruling.asked_of.name if ruling.asked_of else NOBODY
        open_now[NO_SCENARIO if by == "scenario" else asked_of].append(ruling.asked_at)
    return decision_register.stalls(taken, open_now, by=by, at=at)


def _stall(each: Stall) -> dict[str, Any]:
    return {
        "name": each.name,
        "decided": each.decided,
        "minutes": _minutes(each.minutes),
        "to_approval": _minutes(each.to_approval),
        "to_live": _minutes(each.to_live),
        "open": each.open,
        "oldest": age_words(each.oldest) if each.oldest else "–",
    }


def _minutes(minutes: float | None) -> str:
    return "–" if minutes is None else age_words(timedelta(minutes=minutes))


def _decided(looking: Visit, launch: Launch, each: Decision) -> dict[str, Any]:
    version, replaced = each.version, each.replaced
    may = replacing.choices(each.ruling, looking.by) if each.ruling and not replaced else ()
    return {
        "id": each.ruling.id if each.ruling else 0,
        "verbs": [{"key": ruled.value, "words": RULED_WORDS[ruled]} for ruled in may],
        "replaced": {"by": replaced.person.name, "at": replaced.at, "reason": replaced.reason}
        if replaced
        else None,
        "scenario": each.scenario,
        "ruled_words": RULED_WORDS[Ruled(each.ruled)],
        "sentence": each.sentence,
        "decider": each.decider,
        "ticket": each.ticket,
        "asked_at": each.asked_at,
        "decided_at": each.decided_at,
        "took": age_words(each.decided_at - each.asked_at) if each.was_asked else "at once",
        "message": version.entry.key if version else "",
        "message_href": f"/library/{launch.key}/entries/{version.entry.key}" if version else "",
        "message_state": _state(each),
    }


def _state(each: Decision) -> str:
    if each.version is None:
        return ""
    if each.live_at:
        return "live"
    return {"review": "in review"}.get(each.version.state, each.version.state)
