"""What a list of the library can be narrowed to, and how many entries each choice would leave.

One query counts every combination that is there; which of them a choice leaves is decided purely.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from assistant.launch.scenarios import Scenario
from assistant.library.entries import Entry
from assistant.library.listing import Filters, narrowed_to, owner_of
from assistant.library.versions import EntryVersion

FACETS = ("kind", "verdict", "scenario", "owner")
ANY: dict[str, Any] = {"kind": "", "verdict": "", "scenario": "", "owner": None}


@dataclass(frozen=True, slots=True)
class Cell:
    """So many entries of a list that have all of these in common."""

    kind: str
    verdict: str
    scenario: str  # its key; "-" where there is none
    owner: int  # the id of who is asked about it; 0 for nobody
    number: int


def cells(session: Session, launch_id: int, name: str, *, q: str, at: datetime) -> list[Cell]:
    """Return what the list ``name`` holds of what the words ``q`` find, counted in one query."""
    scenario = func.coalesce(Scenario.key, "-").label("scenario")
    columns: list[Any] = [Entry.kind, EntryVersion.verdict, scenario, owner_of().label("owner")]
    parted: Select[Any] = select(*columns).select_from(Entry).join(Entry.versions)
    parted = parted.outerjoin(Entry.scenario)
    found = narrowed_to(session, parted, launch_id, name, Filters(q=q), at).subquery()
    counted: Select[Any] = select(*[*found.c, func.count()]).group_by(*found.c)
    return [Cell(*row) for row in session.execute(counted)]


def left(among: list[Cell], chosen: Filters) -> int:
    """Return how many entries the chosen kind, verdict, scenario and owner leave."""
    return sum(cell.number for cell in among if _is_chosen(cell, chosen))


def choices(among: list[Cell], chosen: Filters, facet: str) -> dict[str | int, int]:
    """Return how many entries each choice of a facet would leave, beside what else is chosen."""
    others = replace(chosen, **{facet: ANY[facet]})
    found: Counter[str | int] = Counter()
    for cell in among:
        found[getattr(cell, facet)] += cell.number if _is_chosen(cell, others) else 0
    return dict(found)


def _is_chosen(cell: Cell, chosen: Filters) -> bool:
    wanted = {facet: getattr(chosen, facet) for facet in FACETS}
    return all(
        value == ANY[facet] or getattr(cell, facet) == value for facet, value in wanted.items()
    )
