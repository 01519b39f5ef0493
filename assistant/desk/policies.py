"""How much time each promise gives: by severity and category, hypercare's beside the normal one.

Hours count as covered time, but for what may not wait for the morning. **An acknowledgement counts
around the clock**: the assistant is there at night and says that it was received. **So does all of
Sev 1**: whoever cannot get in, pay or work is called somebody to, at any hour. A launch without
anybody to call writes ``around_the_clock: []``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from assistant.desk.severity import Severity
from assistant.launch.coverage import AROUND_THE_CLOCK, Coverage
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Category


class Kind(StrEnum):
    """What is promised."""

    ACKNOWLEDGE = "acknowledge"  # the customer knows that it was received, and who has it
    FIRST_RESPONSE = "first_response"  # a person answered; an automatic message never counts
    NEXT_UPDATE = "next_update"
    RESOLVE = "resolve"


KIND_WORDS = {
    Kind.ACKNOWLEDGE: "Acknowledge",
    Kind.FIRST_RESPONSE: "First response",
    Kind.NEXT_UPDATE: "Next update",
    Kind.RESOLVE: "Resolve",
}
Times = Mapping[Kind, timedelta]


@dataclass(frozen=True, slots=True)
class Policy:
    """How much time each promise gives, by severity, and by category where that differs."""

    name: str
    allows: Mapping[Severity, Times]
    by_category: Mapping[tuple[Severity, Category], Times] = field(default_factory=dict)
    around_the_clock: frozenset[Severity] = frozenset({Severity.BLOCKED})

    def allowed(
        self, kind: Kind, severity: Severity, category: Category | None = None
    ) -> timedelta:
        """Return how much time ``kind`` has: the category's own where it has one."""
        own = self.by_category.get((severity, category), {}) if category else {}
        return own.get(kind, self.allows[severity][kind])

    def follows_calendar(self, kind: Kind, severity: Severity) -> bool:
        """Return whether only covered time counts."""
        return kind is not Kind.ACKNOWLEDGE and severity not in self.around_the_clock

    def due(
        self,
        kind: Kind,
        severity: Severity,
        *,
        since: datetime,
        category: Category | None = None,
        coverage: Coverage = AROUND_THE_CLOCK,
    ) -> datetime:
        """Return when ``kind`` is due for something that happened at ``since``."""
        counts = coverage if self.follows_calendar(kind, severity) else AROUND_THE_CLOCK
        return counts.add(since, self.allowed(kind, severity, category))

    def explained(
        self,
        kind: Kind,
        severity: Severity,
        category: Category | None = None,
        *,
        coverage: Coverage = AROUND_THE_CLOCK,
    ) -> str:
        """Return the sentence behind a deadline."""
        is_own = category is not None and kind in self.by_category.get((severity, category), {})
        is_calendar = self.follows_calendar(kind, severity) and not coverage.is_around_the_clock
        allowed = self.allowed(kind, severity, category)
        # A day of coverage time is no day, so it is said in hours.
        time = in_hours(allowed) if is_calendar else in_words(allowed)
        return (
            f"{KIND_WORDS[kind]} is due {time} after the question, by the {self.name} policy "
            f"for {severity.label}"
            f"{f' and {category.value}' if category and is_own else ''}, "
            f"{'in coverage hours' if is_calendar else 'around the clock'}."
        )


def _minutes(acknowledge: int, first: int, update_: int, resolve: int) -> dict[Kind, timedelta]:
    minutes = (acknowledge, first, update_, resolve)
    return {kind: timedelta(minutes=n) for kind, n in zip(Kind, minutes, strict=True)}


# The temporary policy, for questions about the change: an acknowledgement within 10 to 15 minutes.
HYPERCARE = Policy(
    "hypercare",
    {
        Severity.BLOCKED: _minutes(10, 15, 60, 4 * 60),
        Severity.PAINFUL: _minutes(15, 2 * 60, 24 * 60, 2 * 24 * 60),
        Severity.MINOR: _minutes(15, 8 * 60, 2 * 24 * 60, 5 * 24 * 60),
    },
)
# Everything else keeps the normal one.
NORMAL = Policy(
    "normal",
    {
        Severity.BLOCKED: _minutes(15, 60, 4 * 60, 24 * 60),
        Severity.PAINFUL: _minutes(60, 8 * 60, 2 * 24 * 60, 5 * 24 * 60),
        Severity.MINOR: _minutes(60, 24 * 60, 5 * 24 * 60, 10 * 24 * 60),
    },
)
POLICIES = {policy.name: policy for policy in (HYPERCARE, NORMAL)}


def policies_of(launch: Launch) -> dict[str, Policy]:
    """Return the launch's policies by name: the usual ones with what it keeps of its own."""
    kept = launch.policies or {}
    return {name: _changed(policy, kept) for name, policy in POLICIES.items()}


def _changed(policy: Policy, kept: Mapping[str, Any]) -> Policy:
    allows = {severity: dict(times) for severity, times in policy.allows.items()}
    by_category: dict[tuple[Severity, Category], dict[Kind, timedelta]] = {}
    for row in kept.get(policy.name, []):
        severity, category = Severity(row["severity"]), row.get("category")
        times = {kind: timedelta(minutes=row[kind]) for kind in Kind if row.get(kind) is not None}
        if category:
            by_category.setdefault((severity, Category(category)), {}).update(times)
        else:
            allows[severity].update(times)
    always = kept.get("around_the_clock")
    return replace(
        policy,
        allows=allows,
        by_category=by_category,
        around_the_clock=policy.around_the_clock
        if always is None
        else frozenset(Severity(each) for each in always),
    )


def in_hours(time: timedelta) -> str:
    """Return a span of whole hours in hours, ``120 hours``; else as ``in_words``."""
    hours, rest = divmod(time, timedelta(hours=1))
    return in_words(time) if rest or not hours else f"{hours} hour{'s' if hours != 1 else ''}"


def in_words(time: timedelta) -> str:
    """Return a span as people say it: ``15 minutes``, ``2 hours``, ``5 days``."""
    minutes = round(time.total_seconds() / 60)
    for size, unit in ((1440, "day"), (60, "hour")):
        if minutes >= size and minutes % size == 0:
            count = minutes // size
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return f"{minutes} minute{'s' if minutes != 1 else ''}"
