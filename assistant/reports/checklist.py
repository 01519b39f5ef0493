"""What a launch has and what it still needs before it may go live, as a list to tick off. Pure."""

from dataclasses import dataclass

from assistant.launch.launches import Launch
from assistant.reports.sheets import Figure

STEPS = {  # what ``Launch.missing`` calls it -> how it reads when it is there, and the remedy
    "what is in scope": ("What is in scope is named", "Name it in the pack under “scope”."),
    "what is out of scope": (
        "What is out of scope is named",
        "Name it in the pack under “out_of_scope”.",
    ),
    "two or three objectives": ("Objectives are set", "Set two or three under “objectives”."),
    "baselines to compare with": ("Baselines are stored", "Store them under “baselines”."),
    "exit criteria": ("Exit criteria are set", "Set them under “exit_criteria”."),
    "at least one scenario": ("Scenarios are written", "Write them under “scenarios”."),
}
OWNED = "Every scenario has an owner, deciders and an escalation path"
DECIDE = "Decide it in the pack under “scenarios”."


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is there, or that is missing and how to come by it."""

    done: bool
    words: str
    remedy: str = ""


def steps(launch: Launch) -> list[Step]:
    """Return what is required, what is missing first named as missing, in a fixed order."""
    gaps = launch.missing()
    general = [
        Step(False, f"Missing: {gap}", remedy) if gap in gaps else Step(True, there)
        for gap, (there, remedy) in STEPS.items()
    ]
    particular = [Step(False, f"Missing: {gap}", DECIDE) for gap in gaps if gap not in STEPS]
    owned = [Step(True, OWNED)] if launch.scenarios and not particular else []
    return [*general, *owned, *particular]


def figures(launch: Launch, entries: int) -> tuple[Figure, ...]:
    """Return the key figures of a launch in preparation; ``entries`` are its approved answers."""
    owned = sum(scenario.owner_id is not None for scenario in launch.scenarios)
    return (
        Figure(f"{len(launch.scenarios):,}", "Scenarios", f"{owned:,} with an owner"),
        Figure(f"{entries:,}", "Approved answers", "that customers get as soon as it is live"),
        Figure(f"{len(launch.missing()):,}", "Missing", "before it can go live"),
    )
