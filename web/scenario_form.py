"""What somebody typed about a scenario: who owns it, who decides, and the way up."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from assistant.launch.pack_shapes import ScenarioShape
from assistant.launch.scenarios import Scenario
from web.entry_form import lines
from web.setup_forms import Read, Row, said_wrong

DECIDERS = ("confirms_expected", "approves_messages", "triggers_rollback")
TEXTS = ("title", "expected_before", "why_in_doubt", "category", "severity")


def scenario_said(typed: Row, key: str, known: set[str]) -> Read:
    """Return a scenario; ``known`` are the addresses that may be named."""
    read = Read()
    steps, problems = _steps(typed["escalation"])
    said = {
        "key": key or "scenario",
        **{name: typed[name] for name in ("title", "expected_before", "why_in_doubt")},
        **{name: typed[name] for name in ("category", "severity")},
        "owner": typed["owner"] or None,
        "deciders": {name: typed[name] or None for name in DECIDERS},
        "escalation": steps,
    }
    try:
        shape = ScenarioShape.model_validate(said)
    except ValidationError as wrong:
        for error in wrong.errors():
            where = [str(part) for part in error["loc"]]
            name = where[1] if where[0] == "deciders" and len(where) > 1 else where[0]
            read.problems.setdefault(name, said_wrong(error))
        return read
    read.problems.update(problems)
    people = {"owner": shape.owner, **shape.deciders.named()}
    strangers = {n: e for n, e in people.items() if e and e not in known}
    read.problems.update({n: f"Nobody here has the address {e}." for n, e in strangers.items()})
    for step in shape.escalation:
        if step.to not in known:
            read.problems["escalation"] = f"Nobody here has the address {step.to}."
    read.kept = {
        **shape.model_dump(exclude={"deciders", "escalation"}),
        "category": shape.category.value,
        "deciders": shape.deciders.named(),
        "escalation": [step.model_dump() for step in shape.escalation],
    }
    return read


def _steps(words: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return a path written as lines of ``60 lena@example.com``: minutes, then who."""
    steps: list[dict[str, Any]] = []
    for line in lines(words):
        first, _, rest = line.partition(" ")
        minutes = first.removesuffix("m").removesuffix("min")
        if "@" in first and not rest:
            steps.append({"after_minutes": 0, "to": first})
        elif minutes.isascii() and minutes.isdigit() and len(minutes) < 6 and "@" in rest:
            steps.append({"after_minutes": int(minutes), "to": rest.split()[-1]})
        else:
            return steps, {
                "escalation": f"“{line[:60]}”: write minutes and an address, one a line."
            }
    return steps, {}


def escalation_words(steps: Sequence[dict[str, Any]]) -> str:
    """Return a path as the form shows it, in the order in which it is walked."""
    ordered = sorted(steps, key=lambda step: int(step.get("after_minutes") or 0))
    return "\n".join(f"{step.get('after_minutes') or 0} {step['to']}" for step in ordered)


def scenario_row(scenario: Scenario) -> Row:
    """Return a scenario as the form shows it."""
    return {
        **{name: str(getattr(scenario, name)) for name in TEXTS},
        "owner": scenario.owner.email if scenario.owner else "",
        **{name: str(scenario.deciders.get(name) or "") for name in DECIDERS},
        "escalation": escalation_words(scenario.escalation),
    }
