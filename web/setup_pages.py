"""What the set-up pages of a launch show."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.amounts import of_metric
from assistant.ground.people import Person, Role, members
from assistant.launch.launches import Launch, Trigger
from assistant.launch.scenarios import Category, Scenario
from assistant.reports import provable
from assistant.reports.days import criteria_of
from assistant.reports.going_live import Activation
from assistant.reports.metrics import METRICS
from assistant.reports.points import Point
from web.field_problems import Problems
from web.launch_words import (
    CATEGORY_WORDS,
    TRIGGER_WORDS,
    baseline_words,
    criterion_words,
    metric_words,
    objective_words,
)
from web.scenario_form import DECIDERS
from web.setup_forms import Row
from web.shell import ROLE_WORDS, Visit

SPARE = 2  # blank rows at the end of a table
DECIDER_WORDS = {
    "confirms_expected": "Confirms what is expected",
    "approves_messages": "Approves messages",
    "triggers_rollback": "Triggers a rollback",
}
COMPARISONS = ("at most", "at least")


def head(looking: Visit, launch: Launch, place: str) -> dict[str, Any]:
    """Return what every set-up page shows around its form."""
    at = f"/launches/{launch.key}"
    places = (
        ("points", "Checklist", f"{at}/setup"), ("basics", "Basics", f"{at}/setup/basics"),
        ("scope", "Scope", f"{at}/setup/scope"), ("figures", "Figures", f"{at}/setup/figures"),
        ("scenarios", "Scenarios", f"{at}/setup/scenarios"), ("", "Hours", f"{at}/coverage"),
        ("", "Promises", f"{at}/promises"), ("", "Shifts", f"{at}/shifts"),
    )  # fmt: skip
    return {
        "launch": {"key": launch.key, "name": launch.name, "revision": launch.version},
        "places": [{"title": t, "href": h, "current": k == place} for k, t, h in places],
        "may": {"set": looking.by.is_any(Role.LEAD) and launch.phase != "closed"},
    }


def points_context(
    looking: Visit, launch: Launch, found: Sequence[Point], typed: Row, problem: str
) -> dict[str, Any]:
    """Return what launch/setup.html shows."""
    activation = looking.session.get(Activation, launch.id)
    return {
        **head(looking, launch, "points"),
        "points": found,
        "done": sum(each.is_done for each in found),
        "stops": sum(bool(each.required) for each in found),
        "advised": sum(bool(each.advised) for each in found),
        "phase": launch.phase,
        "triggers": triggers(),
        "form": typed,
        "problem": problem,
        "activation": _activation(activation) if activation else None,
    }  # fmt: skip


def _activation(done: Activation) -> dict[str, Any]:
    missing = [words for each in done.overruled for words in each["missing"]]
    return {
        "at": done.at, "by": done.by.name, "because": done.because, "reason": done.reason,
        "trigger_words": TRIGGER_WORDS.get(done.trigger, done.trigger), "missing": missing,
    }  # fmt: skip


def triggers() -> list[dict[str, str]]:
    """Return every trigger as a form offers it."""
    return [{"key": each.value, "title": TRIGGER_WORDS[each]} for each in Trigger]


def scope_context(
    looking: Visit,
    launch: Launch,
    inside: str,
    outside: Sequence[Row],
    problems: Mapping[str, str],
    tried: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what launch/setup_scope.html shows."""
    blank = [{"title": "", "words": ""}] * SPARE
    return {
        **head(looking, launch, "scope"),
        "inside": inside,
        "outside": [*outside, *blank],
        "problems": Problems(problems),
        "tried": tried,
    }


def figures_context(
    looking: Visit,
    launch: Launch,
    baselines: Sequence[Row],
    objectives: Sequence[Row],
    criteria: Sequence[Row],
    problems: Mapping[str, str],
    history: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what launch/setup_figures.html shows; ``history`` is {text, problems, computed}."""
    blank = dict.fromkeys(("metric", "value", "unit", "source", "computed"), "")
    spare_aims = max(1, 3 - len(objectives))
    aim = dict.fromkeys(("metric", "comparison", "target", "by"), "")
    criterion = {"metric": "", "comparison": "at most", "value": "", "days": "5"}
    names = dict.fromkeys([*METRICS, *(b["metric"] for b in baselines if b["metric"])])
    return {
        **head(looking, launch, "figures"),
        "baselines": [*baselines, *[blank] * SPARE],
        "objectives": [*objectives, *[aim] * spare_aims],
        "criteria": [*criteria, *[criterion] * SPARE],
        "hints": _hints(launch),
        "metrics": [{"key": name, "title": metric_words({"metric": name})} for name in names],
        "comparisons": COMPARISONS,
        "problems": Problems(problems),
        "history": history,
        "zone_name": launch.time_zone,
    }


def _hints(launch: Launch) -> dict[str, dict[str, Any]]:
    """Return for each exit criterion how long it takes to be proven, by metric, as stored."""
    normal = {str(each["metric"]): float(each["value"]) for each in launch.baselines}
    contacts = normal.get("contacts_per_day")
    hints = {}
    for each in criteria_of(launch):
        seen = provable.outlook(each, normal.get(each.metric), contacts=contacts)
        limit = of_metric(each.metric, each.limit)
        words = f"At most {limit}." if each.at_most else f"At least {limit}."
        hints[each.metric] = {"words": f"{words} {seen.words}", "warns": seen.warns}
    return hints


def basics_context(
    looking: Visit, launch: Launch, typed: Row, problems: Mapping[str, str]
) -> dict[str, Any]:
    """Return what launch/setup_basics.html shows."""
    there = members(looking.session, launch.id)
    others = [each for each in staff(looking.session) if each.id not in {p.id for p in there}]
    return {
        **head(looking, launch, "basics"),
        "form": typed,
        "problems": Problems(problems),
        "triggers": triggers(),
        "people": [_person(each) for each in there],
        "others": [_person(each) for each in others],
    }


def staff(session: Session) -> list[Person]:
    """Return everybody who may sign in, by name."""
    query = select(Person).where(Person.disabled_at.is_(None)).order_by(Person.name)
    return list(session.scalars(query))


def _person(each: Person) -> dict[str, str]:
    return {"email": each.email, "name": each.name, "role_words": ROLE_WORDS[Role(each.role)]}


def scenarios_context(looking: Visit, launch: Launch) -> dict[str, Any]:
    """Return what launch/setup_scenarios.html shows."""
    return {
        **head(looking, launch, "scenarios"),
        "scenarios": [
            {
                "title": each.title, "severity": each.severity,
                "category_words": CATEGORY_WORDS[each.category],
                "owner": each.owner.name if each.owner else "",
                "missing": [*each.missing(), *_untold(each)],
                "href": f"/launches/{launch.key}/setup/scenarios/{each.key}",
            }
            for each in launch.scenarios
        ],
    }  # fmt: skip


def _untold(each: Scenario) -> list[str]:
    blank = {"what was expected": each.expected_before, "why it is in doubt": each.why_in_doubt}
    return [words for words, said in blank.items() if not said.strip()]


def scenario_context(
    looking: Visit, launch: Launch, typed: Row, key: str, problems: Mapping[str, str]
) -> dict[str, Any]:
    """Return what launch/setup_scenario.html shows; ``key`` is "" for a new one."""
    at = f"/launches/{launch.key}/setup/scenarios"
    return {
        **head(looking, launch, "scenarios"),
        "form": typed,
        "is_new": not key,
        "action": f"{at}/{key or 'new'}",
        "problems": Problems(problems),
        "people": [_person(each) for each in staff(looking.session)],
        "categories": [{"key": c.value, "title": CATEGORY_WORDS[c]} for c in Category],
        "deciders": [{"key": name, "title": DECIDER_WORDS[name]} for name in DECIDERS],
    }


def stands_now(launch: Launch, place: str) -> list[str]:
    """Return how a part of the launch is stored now, for whoever lost a race."""
    if place == "scope":
        return [f"Out: {area['title']}" for area in launch.out_of_scope] + [
            f"In: {area['title']}" for area in launch.scope
        ]
    if place == "figures":
        aims = [objective_words(each, launch.zone) for each in launch.objectives]
        before = [" ".join(baseline_words(b).values()) for b in launch.baselines]
        return [*before, *aims, *(criterion_words(c)["words"] for c in launch.exit_criteria)]
    return [
        f"Name: {launch.name}",
        f"Zone: {launch.time_zone}",
        f"Sites: {', '.join(launch.sites)}",
    ]
