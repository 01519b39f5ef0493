"""A launch's facts as people read them: triggers, modes, metrics, aims."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from assistant.ground import amounts
from assistant.launch.launches import Mode, Trigger
from assistant.launch.relative import relative_words
from assistant.launch.scenarios import Category
from assistant.library.wording import time_in_words

MOST_EXACT = 1e9  # numbers that somebody stored are shown as they are up to here
TRIGGER_WORDS: dict[str, str] = {
    Trigger.MIGRATION: "Platform or system migration",
    Trigger.FEATURE: "New product, feature or service",
    Trigger.PRICING: "Policy, pricing or process change",
    Trigger.VENDOR: "Vendor or infrastructure transition",
    Trigger.VOLUME: "High-risk or high-volume period",
    Trigger.REBRANDING: "Rebranding",
    Trigger.WARNING: "A warning sign",
}
CATEGORY_WORDS: dict[str, str] = {
    Category.ACCESS: "Access",
    Category.BILLING: "Billing",
    Category.CORE_WORKFLOW: "Core workflow",
    Category.COSMETIC: "Cosmetic",
}
MODE_WORDS = {
    Mode.AUTO: {
        "title": "Answers by itself",
        "explanation": "Sends an approved answer when it is certain enough.",
    },
    Mode.CLARIFY: {
        "title": "Asks back",
        "explanation": "Offers at most three approved answers to choose from.",
    },
    Mode.SUGGEST: {
        "title": "Suggests to people",
        "explanation": "People answer; only they see the suggestions.",
    },
}


def objective_words(objective: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Return an aim as a sentence: ``First response minutes at most 45, by 23 November 2026``."""
    if objective.get("title"):
        return str(objective["title"])
    by = _until(str(objective.get("by") or ""), zone)
    comparison = str(objective.get("comparison") or "")
    target = number(objective.get("target")) or relative_words(objective)
    aim = (metric_words(objective), comparison, target)
    return f"{' '.join(part for part in aim if part)}{f', by {by}' if by else ''}"


def baseline_words(baseline: Mapping[str, Any]) -> dict[str, str]:
    """Return what was normal before, as metric, value and unit."""
    unit = str(baseline.get("unit") or "")
    return {"metric": metric_words(baseline), "value": number(baseline["value"]), "unit": unit}


def criterion_words(criterion: Mapping[str, Any]) -> dict[str, Any]:
    """Return an exit criterion as words and the days for which it must hold."""
    limit = number(criterion.get("value")) or relative_words(criterion)
    words = f"{metric_words(criterion)} {criterion['comparison']} {limit}"
    return {"words": words, "days": criterion.get("days")}


def step_words(step: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return one step of an escalation path: ``Lena Ortiz after 60 min``."""
    minutes = int(step.get("after_minutes") or 0)
    name = names.get(str(step["to"]), str(step["to"]))
    return f"{name} after {minutes} min" if minutes else name


def metric_words(fact: Mapping[str, Any]) -> str:
    """Return a metric's name as people say it: ``First response minutes``."""
    return amounts.metric_name(str(fact.get("metric") or ""))


def number(value: object) -> str:
    """Return a number without digits that say nothing: 45.0 is ``45``."""
    if not isinstance(value, int | float):
        return str(value or "")
    return f"{value:,.10g}" if abs(value) < MOST_EXACT else amounts.number(value)


def _until(by: str, zone: ZoneInfo) -> str:
    try:
        at = datetime.fromisoformat(by)
    except ValueError:
        return by
    return time_in_words(at, zone) if at.tzinfo else by
