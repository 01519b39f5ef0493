"""How many entries each list of the library has, and how many each choice would leave of one.

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
from assistant.library.listing import LISTS, Filters, lists_of, narrowed, owner_of
from assistant.library.versions import EntryVersion

FACETS = ("kind", "verdict", "scenario", "owner")
ANY: dict[str, Any] = {"kind": "", "verdict": "", "scenario": "", "owner": None}


@dataclass(frozen=True, slots=True)
class Cell:
    """So many entries that have all of these in common."""

    lists: int  # which lists show them: a bit for each, as in ``listing.LISTS``
    kind: str
    verdict: str
    scenario: str  # its key; "-" where there is none
    owner: int  # the id of who is asked about it; 0 for nobody
    number: int


def cells(session: Session, launch_id: int, *, q: str, at: datetime) -> list[Cell]:
    """Return what the library holds of what the words ``q`` find, counted in one query."""
    scenario = func.coalesce(Scenario.key, "-").label("scenario")
    lists, owner = lists_of(at).label("lists"), owner_of().label("owner")
    columns: list[Any] = [lists, Entry.kind, EntryVersion.verdict, scenario, owner]
    parted: Select[Any] = select(*columns).select_from(Entry).join(Entry.versions)
    parted = parted.outerjoin(Entry.scenario).where(Entry.launch_id == launch_id)
    found = narrowed(session, parted, Filters(q=q)).subquery()
    counted: Select[Any] = select(*[*found.c, func.count()]).group_by(*found.c)
    return [Cell(*row) for row in session.execute(counted)]


def counts(among: list[Cell], chosen: Filters) -> dict[str, int]:
    """Return how many entries of each list the chosen kind, verdict, scenario and owner leave."""
    left = [cell for cell in among if _is_chosen(cell, chosen)]
    return {name: sum(cell.number for cell in of_list(left, name)) for name in LISTS}


def of_list(among: list[Cell], name: str) -> list[Cell]:
    """Return the cells that one list shows."""
    bit = 1 << LISTS.index(name)
    return [cell for cell in among if cell.lists & bit]


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
