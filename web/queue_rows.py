"""Rows and counts of the queue that changed, for pages that are open.

What one agent's page asks for is what twenty ask for in the same moment: a row is drawn once, and
counted is once, until the next event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from assistant.desk import drafts, queue
from assistant.desk.queue import PAGE, View
from assistant.desk.tickets import FIRST_NUMBER, LONGEST_NUMBER, PREFIX
from assistant.launch.launches import Launch
from web.desk_pages import common_rows, rows
from web.queue_asked import Asked
from web.rendering import page
from web.shell import Visit

Row = dict[str, str]  # its html, and a text that sorts it


@dataclass(slots=True)
class Drawn:
    """What was drawn of a launch's queue since its newest event."""

    counts: Mapping[View, int]
    scenarios: Mapping[str, int]
    rows: dict[int, Row] = field(default_factory=dict)


def fresh(visit: Visit, launch: Launch, asked: Asked, numbers: str) -> dict[str, Any]:
    """Return the rows of ``numbers`` as the page shows them now; null for what left its view.

    ``rows`` by number with ``html`` and ``order`` (sorts as the queue does), ``counts`` by view,
    ``scenarios`` by key, ``open`` tickets in all, ``upto`` the newest event.
    """
    session, ids = visit.session, ids_in(numbers)
    drawn = visit.parts.drawn.of(launch.id, f"{visit.upto}", lambda: _drawn(session, launch, visit))
    inside = queue.among(session, launch.id, asked.view, ids, person=visit.by, only=asked.only)
    shown = _rows(visit, launch, drawn, inside)
    counts = {view.value: count for view, count in drawn.counts.items()}
    mine = queue.mine(session, launch.id, person=visit.by)
    return {
        "rows": {number_of(each): shown.get(each) for each in ids},
        "counts": {**counts, View.MINE.value: mine},
        "scenarios": drawn.scenarios,
        "open": counts[View.OPEN.value],
        "upto": visit.upto,
    }


def ids_in(numbers: str) -> list[int]:
    """Return the ids behind numbers like ``HC-1001,HC-1002``, at most a page of them."""
    digits = (each.strip().upper().removeprefix(PREFIX) for each in numbers.split(",")[:PAGE])
    return [
        int(each) - FIRST_NUMBER
        for each in digits
        if each.isascii() and each.isdecimal() and len(each) <= LONGEST_NUMBER
    ]


def number_of(ticket_id: int) -> str:
    """Return what people call the ticket with this id."""
    return f"{PREFIX}{FIRST_NUMBER + ticket_id}"


def _drawn(session: Session, launch: Launch, visit: Visit) -> Drawn:
    by_scenario = queue.scenario_counts(session, launch.id)
    return Drawn(
        queue.counts(session, launch.id, person=visit.by),
        {scenario.key: count for scenario, count in by_scenario},
    )


def _rows(visit: Visit, launch: Launch, drawn: Drawn, ids: set[int]) -> dict[int, Row]:
    session = visit.session
    tickets = queue.loaded(session, [each for each in ids if each not in drawn.rows])
    shown = common_rows(session, tickets, at=visit.at)
    for ticket, each in zip(tickets, shown, strict=True):
        drawn.rows[ticket.id] = _row(visit, launch, each)
    return {each: drawn.rows[each] for each in ids if each in drawn.rows} | _own(visit, launch, ids)


def _own(visit: Visit, launch: Launch, ids: set[int]) -> dict[int, Row]:
    # A draft is seen only by who types it, so such a row is drawn for them alone.
    typed = drafts.among(visit.session, visit.by, ids)
    tickets = queue.loaded(visit.session, typed) if typed else []
    shown = rows(visit.session, tickets, person=visit.by, at=visit.at)
    return {t.id: _row(visit, launch, each) for t, each in zip(tickets, shown, strict=True)}


def _row(visit: Visit, launch: Launch, shown: Mapping[str, Any]) -> Row:
    context = {"row": shown, "people": True, "there": {}}
    common = {"now": visit.at, "zone": launch.time_zone}
    return {"html": page("desk/_row.html", {**context, **common}), "order": shown["order"]}
