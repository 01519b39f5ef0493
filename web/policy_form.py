"""The form of a launch's promises: what it is filled with, and what somebody filled in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

from pydantic import ValidationError

from assistant.desk.policies import POLICIES, Kind, Policy, policies_of
from assistant.desk.severity import Severity
from assistant.launch.launches import Launch
from assistant.launch.policy_shapes import PoliciesShape, short_words

OWN = 30  # rows of categories with times of their own
PLACES = tuple(product(POLICIES, Severity))  # the rows of the form, in order


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the form: lists in the order of its rows, four times each."""

    time: Sequence[str]
    own_policy: Sequence[str]
    own_severity: Sequence[str]
    own_category: Sequence[str]
    own_time: Sequence[str]
    around_the_clock: Sequence[int]

    def own(self) -> list[tuple[str, str, str, tuple[str, ...]]]:
        """Return the rows of categories: policy, severity, category, four times."""
        times = list(_fours(self.own_time))
        rows = zip(self.own_policy, self.own_severity, self.own_category, times, strict=False)
        return list(rows)


def filled(launch: Launch) -> Filled:
    """Return the form as the launch's promises fill it."""
    policies = policies_of(launch)
    own = [
        (name, severity, category, times)
        for name, policy in policies.items()
        for (severity, category), times in policy.by_category.items()
    ]
    return Filled(
        time=[
            _short(policies[name].allows[severity][kind])
            for (name, severity), kind in product(PLACES, Kind)
        ],
        own_policy=[name for name, _, _, _ in own],
        own_severity=[str(int(severity)) for _, severity, _, _ in own],
        own_category=[category.value for _, _, category, _ in own],
        own_time=[
            _short(times[kind]) if kind in times else "" for _, _, _, times in own for kind in Kind
        ],
        around_the_clock=sorted(int(each) for each in policies["hypercare"].around_the_clock),
    )


def policies_said(said: Filled) -> tuple[dict[str, Any], str]:
    """Return what was filled in as a launch keeps it, or what is wrong with it."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in POLICIES}
    try:
        for (name, severity), times in zip(PLACES, _fours(said.time), strict=True):
            rows[name].append(_changed(POLICIES[name], severity, times))
        for name, level, category, times in said.own():
            if category and name in rows and any(times):
                given: dict[str, Any] = {
                    kind.value: words for kind, words in zip(Kind, times, strict=False) if words
                }
                rows[name].append({"severity": level, "category": category, **given})
        kept = PoliciesShape.model_validate(
            {
                "around_the_clock": said.around_the_clock,
                **{name: [row for row in of if len(row) > 1] for name, of in rows.items()},
            }
        ).kept()
    except ValidationError as wrong:
        first = wrong.errors()[0]
        return {}, f"{first['msg']}. Write times like 15m, 2h, 1h30m or 2d."
    if kept.get("around_the_clock") == [int(Severity.BLOCKED)]:
        del kept["around_the_clock"]
    return kept, ""


def _changed(policy: Policy, severity: Severity, times: Sequence[str]) -> dict[str, Any]:
    """Return a row with what differs from the usual; the usual is not kept."""
    row: dict[str, Any] = {"severity": int(severity)}
    for kind, words in zip(Kind, times, strict=True):
        if words.strip() and words.strip() != _short(policy.allows[severity][kind]):
            row[kind.value] = words
    return row


def _short(time: timedelta) -> str:
    return short_words(round(time.total_seconds() / 60))


def _fours(times: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the times of one row after the other, one for each kind of promise."""
    for start in range(0, len(times), len(Kind)):
        yield tuple(times[start : start + len(Kind)])
