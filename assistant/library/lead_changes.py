"""What leads changed on the set-up pages of a launch: a pack that comes again leaves it alone.

What they changed is known from the events that every change leaves. A pack has its way again with
what somebody explicitly let it overwrite, until a lead changes that anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assistant.ground.audit import OPERATOR, Event, happened
from assistant.launch.describing import PARTS
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Scenario
from assistant.library.wording import time_in_words

DESCRIBED, SCENARIO, OVERWROTE = "launch.described", "scenario.described", "pack.overwrote"
WORDS = {
    "scope": "what is in scope",
    "out_of_scope": "what is out of scope",
    "exit_criteria": "the exit criteria",
    "objectives": "the objectives",
    "baselines": "the baselines",
    "coverage": "the hours",
    "policies": "the promises",
    "mode": "the mode and the rate of wrong answers",
    "starts_at": "its start",
    "ends_at": "its end",
    "owner_id": "its owner",
    "owner": "its owner",
}


@dataclass(slots=True)
class Theirs:
    """What leads changed, by part, with who and when; and what this import made of it."""

    changed: dict[str, str] = field(default_factory=dict)  # "scope" or "scenario KEY title" -> who
    overwrites: bool = False
    met: dict[str, str] = field(default_factory=dict)  # by part, in words: where the pack differs

    def gives(self, launch: Launch, wanted: dict[str, Any]) -> None:
        """Give a launch what the pack says, but for what a lead said otherwise since."""
        self._give(launch, wanted, "", "")

    def gives_scenario(self, scenario: Scenario, wanted: dict[str, Any]) -> None:
        """Give a scenario what the pack says, but for what a lead said otherwise since."""
        about = f" of the scenario “{scenario.title or scenario.key}”"
        self._give(scenario, wanted, f"scenario {scenario.key} ", about)

    def keeps(self, part: str, *, said_at: datetime | None, differs: bool) -> bool:
        """Return whether a part with a time of its own stays as a lead set it."""
        if said_at is None:
            return False
        if differs:
            self.met[part] = f"{WORDS[part]} (set by a lead)"
        return not (differs and self.overwrites)

    def _give(self, thing: Any, wanted: dict[str, Any], prefix: str, about: str) -> None:
        for name, value in wanted.items():
            part, now = f"{prefix}{name}", getattr(thing, name)
            if part in self.changed and now != value:
                words = WORDS.get(name, name.replace("_", " "))
                self.met[part] = f"{words}{about} ({self.changed[part]})"
                if not self.overwrites:
                    continue
            setattr(thing, name, value)

    def written_down(self, session: Session, launch: Launch, *, at: datetime) -> tuple[str, ...]:
        """Write down what was overwritten; return what differed, in words."""
        if self.met and self.overwrites:
            happened(
                session, OVERWROTE, at=at, by=OPERATOR, launch_id=launch.id, parts=list(self.met)
            )
        return tuple(self.met.values())


def of_launch(session: Session, launch: Launch | None, *, overwrites: bool) -> Theirs:
    """Return what leads changed of a launch since a pack had its way; nothing of a new one."""
    theirs = Theirs(overwrites=overwrites)
    if launch is None or launch.id is None:
        return theirs
    query = (
        select(Event)
        .where(Event.launch_id == launch.id, Event.kind.in_((DESCRIBED, SCENARIO, OVERWROTE)))
        .order_by(Event.id)
        .options(joinedload(Event.person))
    )
    for event in session.scalars(query):
        if event.kind == OVERWROTE:
            for part in event.details["parts"]:
                theirs.changed.pop(part, None)
            continue
        who = f"{event.who}, {time_in_words(event.at, launch.zone)}"
        theirs.changed |= dict.fromkeys(_parts(event), who)
    return theirs


def _parts(event: Event) -> Iterable[str]:
    if event.kind == DESCRIBED:
        return [name for name in event.details["changes"] if name in PARTS]
    key = event.details["scenario"]
    return [f"scenario {key} {name}" for name in event.details["changes"]]
