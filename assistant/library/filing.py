"""Under which scenario an entry stands, and how grave that makes a version that waits.

What customers get stays filed as it is: filed otherwise, a version says so and waits, and its
approval files the entry. Who decides, and how many, hangs on that, so who changes how grave a
scenario is, or who approves for it, has had a hand in everything that waits under it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, object_session

from assistant.ground.people import Person
from assistant.launch import describing
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Decider, Scenario
from assistant.library.versions import EntryVersion

if TYPE_CHECKING:
    from assistant.library.standing import Standing

GRAVEST = 1  # severity from which two people approve, beside the author


def filing_of(version: EntryVersion) -> Scenario | None:
    """Return the scenario that a version is for: its own while it waits, else its entry's."""
    if version.refiled and version.approved_at is None:
        return version.filed_under
    return version.entry.scenario


def file(entry: "Standing", scenario: Scenario | None) -> None:
    """File an entry: at once while customers never got any of it, else with its newest version."""
    newest = entry.newest
    if newest.approved_at is not None or not _stands(entry):
        entry.scenario = scenario
        return
    newest.refiled = scenario is not entry.scenario
    newest.filed_under = scenario if newest.refiled else None


def must_wait(entry: "Standing") -> bool:
    """Return whether filing it otherwise needs a version that waits, and none does yet."""
    return entry.newest.approved_at is not None and _stands(entry)


def _stands(entry: "Standing") -> bool:
    return any(v.approved_at is not None and v.superseded_at is None for v in entry.versions)


def take_effect(entry: "Standing", version: EntryVersion) -> dict[str, Any]:
    """File an entry as the version that is approved says; return what gives that back."""
    if not version.refiled:
        return {}
    before = entry.scenario
    entry.scenario = version.filed_under
    return {"scenario": before.id if before else None}


def file_back(entry: "Standing", undone: EntryVersion, again: EntryVersion) -> None:
    """File an entry as before ``undone`` was approved; ``again`` waits to file it so again."""
    again.gravest = undone.gravest
    session = object_session(undone)
    if session is None or "scenario" not in undone.undoing:
        return
    again.refiled, again.filed_under = True, undone.filed_under
    before = undone.undoing["scenario"]
    entry.scenario = session.get(Scenario, before) if before else None


def graver(version: EntryVersion, severity: int | None) -> None:
    """Remember how grave a version was at its gravest while it waits: 1 is graver than 2."""
    known = [each for each in (version.gravest, severity) if each is not None]
    version.gravest = min(known) if known else None


def waits(version: EntryVersion, *, since: datetime) -> None:
    """Let a version wait for approval, at least as grave as it is filed now."""
    version.submitted_at, version.changes_asked, version.rejected_at = since, "", None
    filed = filing_of(version)
    graver(version, filed.severity if filed else None)


def is_gravest(entry: "Standing") -> bool:
    """Return whether two people approve it, by its scenario or by one it waited under."""
    filed, newest = filing_of(entry.newest), entry.newest
    severities = [each.severity for each in (filed, entry.scenario) if each is not None]
    if newest.approved_at is None and newest.gravest is not None:
        severities.append(newest.gravest)
    return any(severity <= GRAVEST for severity in severities)


def describe_scenario(
    session: Session,
    launch: Launch,
    scenario: Scenario | None,
    said: Mapping[str, Any],
    *,
    by: Person,
    at: datetime,
) -> Scenario:
    """Change a scenario, or add one, as ``describing.describe_scenario``, which it may raise as.

    Who makes it more or less grave, or names who approves, approves nothing that waits under it.
    """
    before = _deciding(scenario) if scenario else None
    described = describing.describe_scenario(session, launch, scenario, said, by=by, at=at)
    if before is not None and before != _deciding(described):
        for version in _waiting_under(session, described):
            version.add_writer(by)
            graver(version, before[0])
    return described


def _deciding(scenario: Scenario) -> tuple[int, Any]:
    return scenario.severity, scenario.deciders.get(Decider.APPROVES_MESSAGES)


def _waiting_under(session: Session, scenario: Scenario) -> list[EntryVersion]:
    query = select(EntryVersion).join(EntryVersion.entry).where(EntryVersion.approved_at.is_(None))
    by_entry = and_(
        EntryVersion.refiled.is_(False), EntryVersion.entry.has(scenario_id=scenario.id)
    )
    by_version = and_(EntryVersion.refiled, EntryVersion.filed_under_id == scenario.id)
    return list(session.scalars(query.where(or_(by_entry, by_version))))
