"""The page of a launch's end from its nouns: what launch/exit.html shows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

from assistant.ground.amounts import plural
from assistant.ground.people import Role, members
from assistant.launch.launches import Launch
from assistant.library.afterwards import BECOMES_WORDS
from assistant.reports import declining, exits, handover, second_wave
from assistant.reports.exits import ARMED, Gate, Need, Signature
from assistant.reports.moved_limits import Moved, moved_limits
from assistant.reports.steps import title_of
from web.exit_answers import ASKED, Asked, answers_context
from web.launch_words import number
from web.rendering import when
from web.shell import PHASE_WORDS, Visit

WHERE = {  # kind of a need -> (heading, what the link says)
    "criterion": ("Exit criteria", "See its days"),
    "desk": ("Desk", "Work on it"),
    "library": ("Library", "Decide them"),
    "handover": ("Handover", "Confirm it"),
}


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A form of the page that was not taken: which, why, and what was typed into it."""

    form: Literal["", "signature", "refusal", "return"] = ""
    problem: str = ""
    typed: str = ""


def exit_context(
    looking: Visit, launch: Launch, *, asked: Asked = ASKED, not_taken: NotTaken | None = None
) -> dict[str, Any]:
    """Return what the page shows: needs, handover, answers to decide, signatures, what may be."""
    session, at = looking.session, looking.at
    gate = exits.gate_of(session, launch, at=at)
    signed = exits.signatures(session, launch.id)
    leads, sponsors = (looking.by.is_any(role) for role in (Role.LEAD, Role.SPONSOR))
    is_live, wave = launch.phase == "active", second_wave.latest(session, launch, at=at)
    return {
        "not_taken": asdict(not_taken or NotTaken()),
        "wave": wave.words if wave else "",
        "launch": {
            "key": launch.key,
            "name": launch.name,
            "revision": launch.version,
            "phase": launch.phase,
            "phase_words": PHASE_WORDS[launch.shown_phase],
        },
        "gate": {
            "is_open": gate.is_open,
            "missing": gate.missing,
            "groups": _groups(gate, launch.key, looking),
            "total": len(gate.needs),
        },
        "handover": _handover(session, launch),
        "answers": answers_context(looking, launch, asked),
        "becomes": [{"key": key.value, "words": words} for key, words in BECOMES_WORDS.items()],
        "signatures": [_signature(each) for each in signed],
        "declined": [
            {"by": each.who, "at": each.at, "because": each.details["because"]}
            for each in declining.declined(session, launch.id)
        ],
        "moved": [_moved(each) for each in moved_limits(session, launch)],
        "ended_at": launch.closed_at,
        "armed_until": launch.closed_at + ARMED if launch.closed_at else None,
        "is_armed": exits.is_armed(launch, at=at),
        "sponsors": [each.name for each in members(session, launch.id, Role.SPONSOR)],
        "may": {
            "hand_over": is_live and looking.by.is_any(Role.LEAD, Role.CHANGE_MANAGER),
            "decide": leads,
            "sign": sponsors and is_live,
            "return": leads and launch.phase == "closed",
        },
    }


def standing_words(session: Session, launch: Launch) -> str:
    """Return how the end stands in a sentence, for somebody who was too late."""
    signed = exits.signatures(session, launch.id)
    if launch.phase == "closed" and signed:
        signed_at = when(signed[0].at, launch.time_zone)
        return f"{launch.name} was ended meanwhile: {signed[0].by.name} signed it, {signed_at}."
    words = PHASE_WORDS[launch.shown_phase].lower()
    return f"{launch.name} was changed meanwhile. It is now: {words}, stage {launch.stage}."


def _groups(gate: Gate, key: str, looking: Visit) -> list[dict[str, Any]]:
    return [
        {
            "title": title,
            "words": words,
            "needs": [
                {
                    "title": need.words,
                    "is_there": need.is_there,
                    "why": need.why,
                    "href": looking.way(_href(need, key)),
                }
                for need in gate.needs
                if need.kind == kind
            ],
        }
        for kind, (title, words) in WHERE.items()
    ]


def _href(need: Need, key: str) -> str:
    """Return where a need is worked on."""
    if need.kind == "criterion":
        return f"/launches/{key}/cockpit#criteria" if need.item else f"/launches/{key}"
    if need.kind == "desk":
        is_cause = "cause" in need.title
        return f"/causes?launch={key}" if is_cause else f"/desk?launch={key}&view=urgent&severity=1"
    return "#answers" if need.kind == "library" else "#handover"


def _handover(session: Session, launch: Launch) -> list[dict[str, Any]]:
    there = handover.confirmed(session, launch.id)
    return [
        {
            "item": item,
            "title": title,
            "by": there[item].by.name if item in there else None,
            "at": there[item].at if item in there else None,
            "note": there[item].note if item in there else "",
        }
        for item, title in handover.ITEMS.items()
    ]


def _moved(moved: Moved) -> dict[str, Any]:
    return {
        "what": moved.what,
        "metric": title_of(str((moved.after or moved.before)["metric"])),
        "before": _limit_words(moved.before),
        "after": _limit_words(moved.after),
        "by": moved.by,
        "at": moved.at,
    }


def _limit_words(limit: Mapping[str, Any]) -> str:
    """Return ``at most 8 for 5 days``; ``none`` when there was none."""
    if not limit:
        return "none"
    days = f" for {plural(limit['days'], 'day')}" if "days" in limit else ""
    return f"{limit.get('comparison', '')} {number(limit.get('value'))}{days}".strip()


def _signature(signature: Signature) -> dict[str, Any]:
    return {
        "by": signature.by.name,
        "at": signature.at,
        "override": signature.override,
        "missing": [_told(words) for words in signature.missing],
        "figures": [{**each, "title": title_of(each["metric"])} for each in signature.figures],
    }


def _told(words: str) -> str:
    """Return a kept line in people's words; long ago the metric's key stood there."""
    name, colon, why = words.partition(": ")
    return f"{title_of(name)}{colon}{why}" if "_" in name else words
