"""The roster's page from its nouns: what templates/launch/shifts.html shows."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from assistant.desk import duty_load, handovers
from assistant.ground.people import Person, Role
from assistant.launch import outlook, rest, shifts
from assistant.launch.coverage import Span
from assistant.launch.launches import Launch
from assistant.launch.outlook import Outlook
from assistant.launch.planning import workers
from assistant.launch.rest import WEEK, Breach
from assistant.launch.roster import hours_words, moment_words, span_words
from assistant.launch.shifts import Shift
from assistant.launch.strain import Load, Strain
from web.handover_pages import open_words
from web.roster_week import Week, grid
from web.shell import Visit

LEVELS = {
    "fine": ("", "Fine"),
    "look": ("warn", "Worth a look"),
    "warning": ("bad", "Near burnout"),
}
MOST_SAID = 12  # gaps, double bookings or breaches in a list; more are counted


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody typed into the form for a shift, as they typed it."""

    person: str = ""
    begins: str = ""
    ends: str = ""


def shifts_context(
    looking: Visit, launch: Launch, week: Week, wish: Wish, problem: str = ""
) -> dict[str, Any]:
    """Return what launch/shifts.html shows. The number of queries does not grow with the rows."""
    session, at, me = looking.session, looking.at, looking.by
    span = week.span(launch.time_zone)
    found = shifts.between(session, launch.id, span.start, span.end - timedelta(microseconds=1))
    gaps = outlook.gaps_between(launch, found, span.start, span.end)
    ahead = outlook.outlook(session, launch, at=at)
    people, leads = workers(session, launch.id), me.is_any(Role.LEAD)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "has_roster": shifts.has_roster(session, launch.id),
        "duty": _duty(looking, launch),
        "week": _week(launch, week, at),
        "days": grid(launch, week, found, gaps, me=me.id, at=at),
        "rows": [_row(shift, found, people, launch, me, at) for shift in found],
        "outlook": _outlook(ahead, launch),
        "loads": [_load(*pair) for pair in duty_load.loads(session, launch, at=at)],
        "rules": [asdict(rule) for rule in rest.RULES.values()],
        "people": [{"email": each.email, "name": each.name} for each in people],
        "wish": asdict(wish),
        "problem": problem,
        "handover": _handover(looking, launch),
        "may": {"lead": leads, "own": me.id in {each.id for each in people}},
    }


def _duty(looking: Visit, launch: Launch) -> dict[str, Any]:
    """Return who has the shift now, until when, and who comes next."""
    session, at = looking.session, looking.at
    coming = shifts.between(session, launch.id, at, at + WEEK)
    now = next((each for each in coming if each.covers(at)), None)
    after = [each for each in coming if each.begins_at > at or (now and each.id != now.id)]
    following = next((each for each in after if not now or each.ends_at > now.ends_at), None)
    return {
        "owner": now.person.name if now else None,
        "is_me": now is not None and now.person_id == looking.by.id,
        "until": moment_words(now.ends_at, launch.zone) if now else "",
        "next": following.person.name if following else None,
        "next_from": moment_words(following.begins_at, launch.zone) if following else "",
    }


def _week(launch: Launch, week: Week, at: datetime) -> dict[str, Any]:
    address = f"/launches/{launch.key}/shifts"
    return {
        "title": week.title,
        "address": week.address,
        "previous_href": f"{address}?week={week.moved(-1).address}",
        "next_href": f"{address}?week={week.moved(1).address}",
        "is_this": week == Week.of(at, launch.zone),
        "this_href": address,
    }


def _row(
    shift: Shift,
    found: Sequence[Shift],
    people: Sequence[Person],
    launch: Launch,
    me: Person,
    at: datetime,
) -> dict[str, Any]:
    is_over, has_begun = shift.ends_at <= at, shift.begins_at <= at
    leads, owns = me.is_any(Role.LEAD), me.id in {each.id for each in people}
    others = [each for each in found if each.begins_at > at and each.person_id != shift.person_id]
    return {
        "id": shift.id,
        "revision": shift.version,
        "person": shift.person.name,
        "mine": shift.person_id == me.id,
        "time": span_words(Span(shift.begins_at, shift.ends_at), launch.zone),
        "hours": hours_words(shift.ends_at - shift.begins_at),
        "night": rest.is_night(Span(shift.begins_at, shift.ends_at), launch.zone),
        "state": "over" if is_over else "now" if has_begun else "coming",
        "note": f"instead of {shift.had_by.name}" if shift.had_by else "",
        "may_take": owns and not is_over and shift.person_id != me.id,
        "may_change": leads and not is_over,
        "may_call_off": leads and not has_begun,
        "others": [
            {
                "id": each.id,
                "words": f"{each.person.name}, {moment_words(each.begins_at, launch.zone)}",
            }
            for each in others
        ]
        if leads and not has_begun
        else [],
    }


def _outlook(ahead: Outlook, launch: Launch) -> dict[str, Any]:
    return {
        "calm": ahead.is_calm,
        "gap_count": len(ahead.gaps),
        "gaps": [
            {
                "words": span_words(gap, launch.zone),
                "hours": hours_words(gap.length),
                "href": _fill_href(gap, launch),
            }
            for gap in ahead.gaps[:MOST_SAID]
        ],
        "doubles": [
            f"{each.first.name} is booked twice: {span_words(each.span, launch.zone)}"
            if each.is_one_person
            else f"{each.first.name} and {each.second.name}: {span_words(each.span, launch.zone)}. "
            f"{each.first.name} stays the owner."
            for each in ahead.doubles[:MOST_SAID]
        ],
        "breaches": [_breach(each) for each in ahead.breaches[:MOST_SAID]],
        "more": sum(
            max(0, len(each) - MOST_SAID) for each in (ahead.gaps, ahead.doubles, ahead.breaches)
        ),
    }


def _breach(breach: Breach) -> dict[str, str]:
    return {"words": breach.words, "rule": breach.rule.words, "source": breach.rule.source}


def _fill_href(gap: Span, launch: Launch) -> str:
    """Return the address of the page with a form that would fill the gap, or its first part."""
    end = min(gap.end, gap.start + timedelta(hours=8) if gap.length > rest.LONGEST else gap.end)
    asked = {
        "week": Week.of(gap.start, launch.zone).address,
        "begins": local_field(gap.start, launch),
        "ends": local_field(end, launch),
    }
    return f"/launches/{launch.key}/shifts?{urlencode(asked)}#plan"


def local_field(at: datetime, launch: Launch) -> str:
    """Return an instant as a ``datetime-local`` field shows it in the launch's zone."""
    return at.astimezone(launch.zone).strftime("%Y-%m-%dT%H:%M")


def _load(load: Load, strain: Strain) -> dict[str, Any]:
    tone, words = LEVELS[strain.level]
    return {
        "name": load.name,
        "behind": hours_words(load.hours[0]),
        "ahead": hours_words(load.hours[1]),
        "nights": f"{load.nights[0]} · {load.nights[1]}",
        "weekends": load.weekends,
        "tickets": load.tickets,
        "called": load.called,
        "tone": tone,
        "level_words": words,
        "reasons": strain.reasons,
    }


def _handover(looking: Visit, launch: Launch) -> dict[str, Any] | None:
    """Return what the form for a note shows, to whoever has the shift or has just had it."""
    session, at = looking.session, looking.at
    if handovers.shift_to_hand_over(session, launch.id, looking.by, at=at) is None:
        return None
    return {"open": open_words(handovers.open_now(session, launch.id, at=at), launch)}
