"""What the pages of a launch's hours and promises show."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from assistant.desk.policies import KIND_WORDS, Kind
from assistant.desk.severity import Severity
from assistant.ground.people import Role
from assistant.launch.coverage import (
    DAY,
    WEEKDAY_WORDS,
    WEEKDAYS,
    Coverage,
    Span,
    edge,
)
from assistant.launch.coverage_words import Written
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Category
from web.launch_words import CATEGORY_WORDS
from web.policy_form import PLACES, Filled
from web.shell import Visit

SHOWN = 14  # days ahead
POLICY_WORDS = {"hypercare": "Hypercare", "normal": "Normal"}


def coverage_context(
    looking: Visit,
    launch: Launch,
    said: Written,
    shown: Coverage,
    problems: Mapping[str, str],
    *,
    is_preview: bool,
) -> dict[str, Any]:
    """Return what launch/coverage.html shows."""
    today = looking.at.astimezone(launch.zone).date()
    days = [_day(shown, today + timedelta(days=ahead)) for ahead in range(SHOWN)]
    return {
        "launch": _launch(launch),
        "form": {
            "is_always": said.is_always,
            "days": [
                {"key": key, "title": title, "hours": hours, "problem": problems.get(key, "")}
                for key, title, hours in zip(WEEKDAYS, WEEKDAY_WORDS, said.days, strict=True)
            ],
            "holidays": said.holidays,
            "special": said.special,
        },
        "problems": dict(problems),
        "days": days,
        "hours": round(sum(each["minutes"] for each in days) / 60),
        "is_preview": is_preview,
        "is_open": shown.is_open(looking.at),
        "opens_next": shown.opens_next(looking.at),
        "may": {"set": looking.by.is_any(Role.LEAD)},
    }


def policies_context(looking: Visit, launch: Launch, said: Filled, problem: str) -> dict[str, Any]:
    """Return what launch/promises.html shows."""
    kinds = len(Kind)
    rows = [
        {
            "policy": POLICY_WORDS[name],
            "severity": int(severity),
            "times": [
                {"title": KIND_WORDS[kind], "value": said.time[place * kinds + column]}
                for column, kind in enumerate(Kind)
            ],
        }
        for place, (name, severity) in enumerate(PLACES)
    ]
    return {
        "launch": _launch(launch),
        "kinds": [KIND_WORDS[kind] for kind in Kind],
        "rows": rows,
        "own": [_own(*row) for row in [*said.own(), ("hypercare", "2", "", ("",) * kinds)]],
        "policies": [{"key": key, "title": title} for key, title in POLICY_WORDS.items()],
        "categories": [{"key": each.value, "title": CATEGORY_WORDS[each]} for each in Category],
        "always": [
            {"severity": int(each), "checked": int(each) in said.around_the_clock}
            for each in Severity
        ],
        "problem": problem,
        "may": {"set": looking.by.is_any(Role.LEAD)},
    }


def _launch(launch: Launch) -> dict[str, Any]:
    return {"key": launch.key, "name": launch.name, "revision": launch.version}


def _own(policy: str, severity: str, category: str, times: tuple[str, ...]) -> dict[str, Any]:
    return {
        "policy": policy,
        "severity": severity,
        "category": category,
        "times": [
            {"title": KIND_WORDS[kind], "value": value}
            for kind, value in zip(Kind, times, strict=False)
        ],
    }


def _day(coverage: Coverage, day: date) -> dict[str, Any]:
    """Return one day: its hours in words, and as bars on a scale of 100 for its length."""
    begin, end = edge(day, 0, coverage.zone), edge(day, DAY, coverage.zone)
    spans = coverage.spans(begin, end)
    length = (end - begin) / timedelta(minutes=1)
    return {
        "title": f"{WEEKDAY_WORDS[day.weekday()][:3]} {day.day} {day:%b}",
        "is_weekend": day.weekday() >= 5,
        "words": _words(coverage, spans, begin, end),
        "holiday": coverage.holidays.get(day, ""),
        "is_special": day in coverage.special,
        "clocks_change": length != DAY,
        "minutes": sum((span.length for span in spans), timedelta()) / timedelta(minutes=1),
        "bars": [
            {
                "x": round((span.start - begin) / timedelta(minutes=1) / length * 100, 2),
                "width": round(span.length / timedelta(minutes=1) / length * 100, 2),
            }
            for span in spans
        ],
    }


def _words(coverage: Coverage, spans: list[Span], begin: datetime, end: datetime) -> str:
    if [Span(begin, end)] == spans:
        return "All day"
    zone = ZoneInfo(coverage.zone)
    said = [
        f"{span.start.astimezone(zone):%H:%M}–"
        f"{'24:00' if span.end == end else format(span.end.astimezone(zone), '%H:%M')}"
        for span in spans
    ]
    return ", ".join(said) or "Nobody is there"
