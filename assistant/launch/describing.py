"""A launch described by its lead: scope, aims, baselines, exit criteria, sites, and scenarios.

Every change is written down with what it was before.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.audit import happened
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.people import Person, Role, by_email
from assistant.launch.launches import Launch
from assistant.launch.relative import settled, unsettled
from assistant.launch.scenarios import Scenario

PARTS = (
    *("name", "trigger", "starts_at", "ends_at", "time_zone", "sites", "languages"),
    *("scope", "out_of_scope", "objectives", "baselines", "exit_criteria"),
)
REQUIRED = {  # without which a launch does not go live, nor stay so
    "scope": "what is in scope",
    "out_of_scope": "what is out of scope",
    "objectives": "objectives",
    "baselines": "baselines",
    "exit_criteria": "exit criteria",
}


def describe(
    session: Session, launch: Launch, parts: Mapping[str, Any], *, by: Person, at: datetime
) -> None:
    """Change ``parts`` of what a launch says about itself; aims follow their baselines.

    Raises:
        NotPermitted: when ``by`` does not lead it.
        Refused: when it is closed, or is live and would lack what it needs.
    """
    _may(launch, by)
    before = {name: getattr(launch, name) for name in PARTS}
    now = {**before, **parts}
    now["objectives"] = settled(now["objectives"], now["baselines"], "target")
    now["exit_criteria"] = settled(now["exit_criteria"], now["baselines"], "value")
    if launch.phase != "preparing":
        _must_stay_whole(now)
    changed = {name: value for name, value in now.items() if value != before[name]}
    for name, value in changed.items():
        setattr(launch, name, value)
    if changed:
        told = {name: [_plain(before[name]), _plain(value)] for name, value in changed.items()}
        happened(session, "launch.described", at=at, by=by, launch_id=launch.id, changes=told)


def _may(launch: Launch, by: Person) -> None:
    if not by.is_any(Role.LEAD):
        raise NotPermitted("Only a lead sets a launch up.", what_to_do="Ask a lead.")
    if launch.phase == "closed":
        raise Refused("This launch is closed.", what_to_do="Begin a new one from a template.")


def _must_stay_whole(now: Mapping[str, Any]) -> None:
    for name, words in REQUIRED.items():
        if not now[name]:
            raise Refused(f"A live launch needs {words}.", what_to_do="Leave at least one.")
    waiting = unsettled(now["exit_criteria"], "value") + unsettled(now["objectives"], "target")
    if waiting:
        raise Refused(
            f"A live launch needs the baseline of {waiting[0]}.",
            what_to_do="Store it first, or write a number.",
        )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def scenario_of(session: Session, launch: Launch, key: str) -> Scenario:
    """Return the launch's scenario with this key. Raises NotFound."""
    found = session.scalar(
        select(Scenario).where(Scenario.launch_id == launch.id, Scenario.key == key)
    )
    if found is None:
        raise NotFound("There is no such scenario.", what_to_do="Look at the list of scenarios.")
    return found


def describe_scenario(
    session: Session,
    launch: Launch,
    scenario: Scenario | None,
    said: Mapping[str, Any],
    *,
    by: Person,
    at: datetime,
) -> Scenario:
    """Change a scenario, or add one; ``said`` is what a pack says of it, checked.

    Raises:
        NotPermitted: when ``by`` does not lead the launch.
        Refused: when the launch is closed, or is live and the scenario would lack its owner, a
            decider or the way up.
    """
    _may(launch, by)
    owner = by_email(session, said["owner"]) if said.get("owner") else None
    now = {
        **{name: said[name] for name in ("title", "expected_before", "why_in_doubt")},
        **{name: said[name] for name in ("category", "severity", "deciders", "escalation")},
        "owner_id": owner.id if owner else None,
    }
    described = Scenario(launch_id=launch.id, key=said["key"], **now)  # looked at before it counts
    if launch.phase != "preparing" and (gaps := described.missing()):
        raise Refused(f"In a live launch it needs {gaps[0]}.", what_to_do="Add it.")
    before = {name: getattr(scenario, name) for name in now} if scenario else {}
    if scenario is None:
        scenario = described
        session.add(scenario)
    for name, value in now.items():
        setattr(scenario, name, value)
    changed = {name: value for name, value in now.items() if value != before.get(name)}
    if changed:
        session.flush()
        session.expire(launch, ["scenarios"])
        happened(
            session, "scenario.described", at=at, by=by, launch_id=launch.id,
            scenario=scenario.key, before=before, changes=changed,
        )  # fmt: skip
    return scenario
