"""``hypercare simulate``: a launch in compressed time, with and without what Hypercare adds."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from web.starting import parts_of, settings_of
from web.terminal import err, out, progress

if TYPE_CHECKING:
    from assistant.demo.outcomes import Outcome, Switches

SCENARIOS = ("spring-pricing",)
PARTS = ("messages", "repeats", "updates")
ROWS = (
    ("Contacts", "contacts"),
    ("Answered at once by an approved answer", "answered"),
    ("Answered wrongly", "wrong"),
    ("Tickets", "tickets"),
    ("Median minutes until a person answered", "first_response_minutes"),
    ("Asked again, out of patience", "came_back"),
    ("Repeat questions", "repeats"),
    ("Told all at once", "told_at_once"),
    ("Did not need to ask", "stayed_away"),
    ("Calm on day", "calm_on"),
)


def simulate(
    scenario: Annotated[str, typer.Option(help="Whose launch: spring-pricing.")] = SCENARIOS[0],
    days: Annotated[int, typer.Option(min=1, max=60, help="Days to play.")] = 14,
    customers: Annotated[int, typer.Option(min=1, max=20_000, help="Customers it meets.")] = 1_000,
    seed: Annotated[int, typer.Option(help="The same seed, the same customers.")] = 7,
    without: Annotated[
        str, typer.Option(help="What the second column does without, by commas.")
    ] = ",".join(PARTS),
    data: Annotated[
        Path, typer.Option("--data", help="Where both are kept, to be served or looked at.")
    ] = Path("hypercare-simulation"),
) -> None:
    """Play a launch twice, with everything and without some, and print what happened."""
    if scenario not in SCENARIOS:
        raise typer.BadParameter(f"There is no “{scenario}”. Choose {', '.join(SCENARIOS)}.")
    left_out = [name.strip() for name in without.split(",") if name.strip()]
    if unknown := set(left_out) - set(PARTS):
        unknown_words = ", ".join(sorted(unknown))
        raise typer.BadParameter(f"{unknown_words}: choose among {', '.join(PARTS)}.")
    if data.exists() and any(data.iterdir()):
        raise typer.BadParameter(f"{data} is not empty. Choose another folder with --data.")
    from assistant.demo.outcomes import Switches

    arms = {
        "with": Switches(),
        "without": Switches(**{name: name not in left_out for name in PARTS}),
    }
    found = {
        name: asdict(_played(data / name, switches, days, customers, seed))
        for name, switches in arms.items()
    }
    asked = {"scenario": scenario, "days": days, "customers": customers, "seed": seed}
    kept = data / "simulation.json"
    kept.write_text(json.dumps({**asked, "left_out": left_out, **found}, indent=2), "utf-8")
    _say(found, left_out)
    out.print(f"Kept in {kept}. What people do is assumed: assistant/demo/crowd.py.", style="dim")


def _played(folder: Path, switches: "Switches", days: int, customers: int, seed: int) -> "Outcome":
    from assistant import demo

    parts = parts_of(settings_of(None, folder))
    try:
        with progress() as step:
            return demo.simulate(
                parts, days=days, customers=customers, seed=seed, switches=switches, step=step
            )
    finally:
        parts.close()


def _say(found: dict[str, dict[str, Any]], left_out: list[str]) -> None:
    table = Table("", "With", f"Without {', '.join(left_out)}", box=None)
    for title, key in ROWS:
        table.add_row(title, *(_shown(found[arm][key]) for arm in ("with", "without")))
    out.print(table)
    if found["with"]["wrong"]:
        err.print("Some were answered wrongly: look at them before you trust the rest.")


def _shown(value: float | None) -> str:
    if value is None:
        return "not within these days"
    return f"{value:,.0f}"
