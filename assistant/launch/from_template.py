"""A launch pack made from a template: deadlines and dates become real, roles become people.

Only people can fill what is then left: baselines, sites, dates of their own, and the answers.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from assistant.ground.errors import NotFound
from assistant.launch.pack_file import LOADER

FOLDER = "assistant.launch.templates"
ORDER = ("pricing", "feature", "migration", "vendor", "volume", "rebranding", "ninety-days")
AFTER = re.compile(r"(?:day\s*(\d{1,3})|(\d{1,4})\s*h)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of change, as somebody chooses it."""

    key: str
    title: str
    about: str
    weeks: int  # that such a period usually takes; a forecast only
    trigger: str
    scenarios: tuple[str, ...]  # their titles


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a launch is made with. ``people`` are addresses by role; a role may be missing."""

    key: str
    name: str
    starts: datetime
    time_zone: str
    trigger: str = ""  # none: the template's
    people: Mapping[str, str] = field(default_factory=dict)
    sites: tuple[str, ...] = ()


def offered() -> list[Template]:
    """Return every template, in the order in which they are offered."""
    return [_template(key) for key in ORDER]


def _template(key: str) -> Template:
    whole = _read(key)
    about = whole["template"]
    return Template(
        key,
        about["title"],
        about["about"],
        int(about["weeks"]),
        whole["launch"]["trigger"],
        tuple(each["title"] for each in whole["scenarios"]),
    )


@cache  # the files belong to the program: they do not change while it runs
def _words(key: str) -> str:
    if key not in ORDER:
        raise NotFound(
            f"There is no template “{key}”.", what_to_do=f"Use one of {', '.join(ORDER)}."
        )
    return resources.files(FOLDER).joinpath(f"{key}.yaml").read_text("utf-8")


@cache
def written_in_templates() -> frozenset[str]:
    """Return what templates say is in scope: to be written anew, and nothing for customers."""
    return frozenset(words for key in ORDER for words in _read(key)["launch"]["scope"])


def _read(key: str) -> dict[str, Any]:
    whole: dict[str, Any] = yaml.load(_words(key), Loader=LOADER)  # noqa: S506 - the safe loader
    return whole


def pack_of(template: str, beginning: Beginning) -> dict[str, Any]:
    """Return the pack of a new launch as plain values, for ``PackShape``.

    Raises:
        NotFound: when there is no such template.
    """
    whole, zone = _read(template), ZoneInfo(beginning.time_zone)
    launch, weeks = dict(whole["launch"]), int(whole["template"]["weeks"])
    starts = beginning.starts.astimezone(UTC)
    launch |= {
        "key": beginning.key,
        "name": beginning.name,
        "starts": starts.isoformat(),
        "ends": (starts + timedelta(weeks=weeks)).isoformat(),
        "time_zone": beginning.time_zone,
        "sites": list(beginning.sites),
        "trigger": beginning.trigger or launch["trigger"],
        "objectives": [
            {**each, "by": deadline(each["by"], starts, zone).isoformat()}
            for each in launch["objectives"]
        ],
        "coverage": _coverage(launch["coverage"], starts, zone),
    }
    people = dict(beginning.people)
    return {
        "launch": launch,
        "scenarios": [_scenario(each, people) for each in whole["scenarios"]],
    }


def deadline(words: str, starts: datetime, zone: ZoneInfo) -> datetime:
    """Return when “day 2” ends by the clocks of ``zone``, or when “72 h” are over, in UTC.

    Day 1 is the day of the start.

    Raises:
        ValueError: when it is neither.
    """
    found = AFTER.fullmatch(words.strip())
    if found is None:
        raise ValueError(f"“{words}” is neither “day 2” nor “72 h”.")
    if found[2]:
        return starts + timedelta(hours=int(found[2]))
    after = starts.astimezone(zone).date() + timedelta(days=int(found[1]))
    return datetime.combine(after, time(), zone).astimezone(UTC)


def _coverage(kept: Mapping[str, Any], starts: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Return the week, with the longer hours of the first days as days of their own."""
    special, begun = list[dict[str, Any]](), starts.astimezone(zone).date()
    done = 0
    for step in kept.get("intensity", ()):
        last = int(AFTER.fullmatch(step["until"])[1])  # type: ignore[index]
        special += [
            {"date": begun + timedelta(days=day), "from": step["from"], "to": step["to"]}
            for day in range(done, last)
        ]
        done = last
    return {"week": kept["week"], **({"special": special} if special else {})}


def _scenario(scenario: Mapping[str, Any], people: Mapping[str, str]) -> dict[str, Any]:
    made = {name: value for name, value in scenario.items() if name not in ("owner", "deciders")}
    if scenario["owner"] in people:
        made["owner"] = people[scenario["owner"]]
    made["deciders"] = {
        decider: people[role] for decider, role in scenario["deciders"].items() if role in people
    }
    made["escalation"] = list(_steps(scenario["escalation"], people))
    return made


def _steps(path: list[dict[str, Any]], people: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the steps whose role somebody has; nobody is stepped up to twice."""
    seen: set[str] = set()
    for step in path:
        email = people.get(step["to"], "")
        if email and email not in seen:
            seen.add(email)
            yield {"after_minutes": step["after_minutes"], "to": email}


def yaml_of(pack: Mapping[str, Any]) -> str:
    """Return a pack as people would write it: in order, with its letters as they are."""
    return yaml.safe_dump(pack, allow_unicode=True, sort_keys=False, width=100)
