"""The fifteen points before a launch goes live, each ticked from data, never by hand.

What is *required* stops it. What is *advised* may be overruled, with a reason that stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering import rehearsals
from assistant.ground.people import Role, members
from assistant.launch import shifts, site_loads
from assistant.launch.launches import Launch
from assistant.launch.outlook import covered, gaps_between
from assistant.launch.relative import unsettled
from assistant.launch.roster import span_words
from assistant.launch.scenarios import Scenario
from assistant.launch.updates import Update
from assistant.reports import figures
from assistant.reports.misnamed import problem_of
from assistant.reports.sheets import Figure

FIRST_DAYS = timedelta(days=7)  # for which the roster is looked at
NEEDED = {  # the roles without which nobody decides, tells or mends
    Role.SPONSOR: "a sponsor",
    Role.CHANGE_MANAGER: "a change manager",
    Role.ENGINEER: "an engineer",
}
NAMED = 3  # gaps that are named in a point; the rest are counted


@dataclass(frozen=True, slots=True)
class Point:
    """One point: what is missing of it, in words, and where it is filled in."""

    key: str
    title: str
    href: str
    required: tuple[str, ...] = ()
    advised: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        """Return whether nothing of it is missing."""
        return not (self.required or self.advised)

    @property
    def state(self) -> str:
        """Return ``done``, ``required`` when it stops the launch, or ``open``."""
        return "done" if self.is_done else "required" if self.required else "open"

    @property
    def words(self) -> str:
        """Return what is missing in a sentence, or nothing."""
        missing = (*self.required, *self.advised)
        more = f", and {len(missing) - NAMED:,} more" if len(missing) > NAMED else ""
        return f"Missing: {', '.join(missing[:NAMED])}{more}." if missing else ""


def points(session: Session, launch: Launch, *, at: datetime) -> list[Point]:
    """Return the fifteen points in the order in which they are filled in."""
    at_setup, here = f"/launches/{launch.key}/setup", f"/launches/{launch.key}"
    return [
        *_described(launch, at_setup),
        *_scenarios(launch.scenarios, f"{at_setup}/scenarios"),
        Point("coverage", "Hours are decided, and somebody owns each of the first week",
              f"{here}/coverage" if not _has_hours(launch) else f"{here}/shifts",
              advised=_hours(session, launch, at)),
        Point("promises", "Promises for the launch are decided", f"{here}/promises",
              advised=() if launch.policies or launch.policies_set_at else
              ("a look at the times that are promised",)),
        Point("answers", "Every scenario has an approved answer", f"/library?launch={launch.key}",
              advised=_unanswered(session, launch, at)),
        Point("sites", "The widget was seen on every site", here,
              advised=_unseen(session, launch)),
        Point("update", "The first update is published or scheduled", f"{here}/updates",
              advised=_untold(session, launch)),
        Point("roles", "Sponsor, change manager and engineer are there", f"{at_setup}/basics",
              advised=_unstaffed(session, launch)),
        Point("rehearsal", "A rehearsal said go", f"{here}/rehearsal",
              advised=_unrehearsed(session, launch)),
    ]  # fmt: skip


def stopping(launch: Launch) -> list[Point]:
    """Return the points that keep it from going live; asks the database nothing."""
    at = f"/launches/{launch.key}/setup"
    found = [*_described(launch, at), *_scenarios(launch.scenarios, f"{at}/scenarios")]
    return [point for point in found if point.required]


def tiles(launch: Launch, found: Sequence[Point], entries: int) -> tuple[Figure, ...]:
    """Return the key figures of a launch in preparation; ``entries`` are its approved answers."""
    owned = sum(scenario.owner_id is not None for scenario in launch.scenarios)
    stops = sum(bool(point.required) for point in found)
    done = sum(point.is_done for point in found)
    return (
        Figure(f"{len(launch.scenarios):,}", "Scenarios", f"{owned:,} with an owner"),
        Figure(f"{entries:,}", "Approved answers", "that customers get as soon as it is live"),
        Figure(
            f"{done:,} of {len(found):,}", "Points done",
            f"{stops:,} of the open ones required" if stops else "nothing required is open",
        ),
    )  # fmt: skip


def _described(launch: Launch, at: str) -> list[Point]:
    waiting = dict.fromkeys(
        unsettled(launch.exit_criteria, "value") + unsettled(launch.objectives, "target")
    )
    waits = tuple(f"the baseline of {name.replace('_', ' ')}" for name in waiting)
    figures_ = f"{at}/figures"
    return [
        Point("scope", "What is in scope is named", f"{at}/scope", _absent(launch.scope)),
        Point("out", "What is out of scope is named", f"{at}/scope", _absent(launch.out_of_scope)),
        Point("objectives", "Two or three objectives can be measured", figures_,
              _absent(launch.objectives), _unmeasurable(launch)),
        Point("baselines", "What was normal before is stored", figures_,
              waits or _absent(launch.baselines)),
        Point("exit", "Exit criteria are set", figures_, _absent(launch.exit_criteria),
              _misnamed(launch.exit_criteria)),
    ]  # fmt: skip


def _absent(part: Sequence[object]) -> tuple[str, ...]:
    return () if part else ("all of it",)


def _unmeasurable(launch: Launch) -> tuple[str, ...]:
    if not launch.objectives:
        return ()
    whole = [
        o for o in launch.objectives if o.get("metric") and o.get("comparison") and o.get("by")
    ]
    if len(whole) < len(launch.objectives):
        return ("a metric, a comparison and a deadline for each",)
    return _misnamed(whole) if 2 <= len(whole) <= 3 else ("two or three of them",)


def _misnamed(aims: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    names = [str(each["metric"]) for each in aims]
    return tuple(f"a metric that is measured instead of “{n}”" for n in names if problem_of(n))


def _scenarios(scenarios: Sequence[Scenario], at: str) -> list[Point]:
    told = tuple(
        f"what “{each.title}” was expected to be, or why it is in doubt"
        for each in scenarios
        if not (each.expected_before.strip() and each.why_in_doubt.strip())
    )
    gaps = [(each.title, gap) for each in scenarios for gap in each.missing()]
    owned = ("an owner", "an escalation path")
    return [
        Point("scenarios", "Scenarios say what was expected, and why it is in doubt", at,
              () if scenarios else ("at least one",), told),
        Point("owners", "Every scenario has an owner and an escalation path", at,
              tuple(f"{gap} for “{title}”" for title, gap in gaps if gap in owned)),
        Point("deciders", "Every scenario has its three deciders", at,
              tuple(f"{gap} for “{title}”" for title, gap in gaps if gap not in owned)),
    ]  # fmt: skip


def _has_hours(launch: Launch) -> bool:
    return bool(launch.coverage) or launch.coverage_set_at is not None


def _hours(session: Session, launch: Launch, at: datetime) -> tuple[str, ...]:
    if not _has_hours(launch):
        return ("when people are there",)
    begin = max(at, launch.starts_at)
    end = begin + FIRST_DAYS
    if not covered(launch, begin, end):
        return ()
    if not shifts.has_roster(session, launch.id):
        return ("shifts",)
    planned = shifts.between(session, launch.id, begin, end)
    gaps = gaps_between(launch, planned, begin, end)
    return tuple(f"somebody for {span_words(gap, launch.zone)}" for gap in gaps)


def _unanswered(session: Session, launch: Launch, at: datetime) -> tuple[str, ...]:
    there = figures.entries_by_scenario(session, launch.id, at=at)
    return tuple(f"one for “{each.title}”" for each in launch.scenarios if not there.get(each.id))


def _unseen(session: Session, launch: Launch) -> tuple[str, ...]:
    if not launch.sites:
        return ("the sites on which it may stand",)
    there = site_loads.of_launch(session, launch.id)
    return tuple(site for site in launch.sites if site not in there)


def _untold(session: Session, launch: Launch) -> tuple[str, ...]:
    told = session.scalar(select(Update.id).where(Update.launch_id == launch.id).limit(1))
    return () if told else ("what everybody is told at the start",)


def _unstaffed(session: Session, launch: Launch) -> tuple[str, ...]:
    there = {person.role for person in members(session, launch.id)}
    return tuple(words for role, words in NEEDED.items() if role not in there)


def _unrehearsed(session: Session, launch: Launch) -> tuple[str, ...]:
    done = [each for each in rehearsals.of_launch(session, launch.id) if each.is_go is not None]
    if not done:
        return ("a rehearsal",)
    if not done[0].is_go:
        return ("a go: the newest rehearsal said no-go",)
    if done[0].is_stale:
        return ("a new rehearsal: the library has changed since the newest one said go",)
    return ()
