"""The launch and its scenarios from a pack, beside what leads changed on the set-up pages."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.people import by_email
from assistant.launch import scenarios
from assistant.launch.launches import Launch
from assistant.launch.pack_shapes import LaunchShape, ScenarioShape
from assistant.launch.relative import settled
from assistant.launch.scenarios import Scenario
from assistant.library.lead_changes import Theirs


def launch_from(session: Session, shape: LaunchShape, theirs: Theirs, at: datetime) -> Launch:
    """Return the launch as the pack says it, but for what its leads said otherwise since."""
    launch = session.scalar(select(Launch).where(Launch.key == shape.key))
    if launch is None:
        launch = Launch(key=shape.key, prepared_at=at, library_revision=0)
        session.add(launch)
    wanted = _wanted(shape, launch.starts_at or at)
    aims = {name: wanted.pop(name) for name in ("objectives", "exit_criteria")}
    theirs.gives(launch, wanted)
    # Aims that follow a baseline follow the one that holds: a lead's, where it stays.
    aims["objectives"] = settled(aims["objectives"], launch.baselines, "target")
    aims["exit_criteria"] = settled(aims["exit_criteria"], launch.baselines, "value")
    theirs.gives(launch, aims)
    _decided(launch, shape, theirs)
    session.flush()
    return launch


def _wanted(shape: LaunchShape, starts: datetime) -> dict[str, Any]:
    lists = ("scope", "out_of_scope", "baselines", "objectives", "exit_criteria")
    return {
        "name": shape.name or shape.key,
        "trigger": shape.trigger,
        "starts_at": shape.starts or starts,
        "ends_at": shape.ends,
        "time_zone": shape.time_zone,
        "sites": list(shape.sites),
        "languages": list(shape.languages),
        **{
            name: [part.model_dump(mode="json", exclude_none=True) for part in getattr(shape, name)]
            for name in lists
        },
    }


def _decided(launch: Launch, shape: LaunchShape, theirs: Theirs) -> None:
    """Take mode, hours and promises from the pack where no lead has decided them since."""
    mode = (shape.mode, shape.wrong_rate)
    differs = (launch.mode, launch.wrong_rate) != mode
    if not theirs.keeps("mode", said_at=launch.mode_set_at, differs=differs):
        launch.mode, launch.wrong_rate = mode
        launch.mode_set_at = None
    hours = shape.coverage.kept() if shape.coverage else {}
    differs = launch.coverage != hours
    if not theirs.keeps("coverage", said_at=launch.coverage_set_at, differs=differs):
        launch.coverage, launch.coverage_set_at = hours, None
    promised = shape.policies.kept() if shape.policies else {}
    differs = launch.policies != promised
    if not theirs.keeps("policies", said_at=launch.policies_set_at, differs=differs):
        launch.policies, launch.policies_set_at = promised, None


def scenarios_from(
    session: Session, launch: Launch, shapes: list[ScenarioShape], theirs: Theirs
) -> dict[str, Scenario]:
    """Return the launch's scenarios by key, those of the pack as it says them; so with leads."""
    known = scenarios.of_launch(session, launch.id)
    for shape in shapes:
        scenario = known.get(shape.key) or Scenario(launch_id=launch.id, key=shape.key)
        owner = by_email(session, shape.owner) if shape.owner else None
        told = ("title", "expected_before", "why_in_doubt", "category", "severity")
        wanted = {
            **{name: getattr(shape, name) for name in told},
            "owner_id": owner.id if owner else None,
            "deciders": dict(shape.deciders.named()),
            "escalation": [step.model_dump() for step in shape.escalation],
        }
        theirs.gives_scenario(scenario, wanted)
        session.add(scenario)
        known[shape.key] = scenario
    session.flush()
    return known
