"""The list of what was handed over to engineering, and how each stands there."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from assistant.desk import handed_over
from assistant.desk.handed_over import PAGE, Row, Standing
from assistant.ground.errors import NotFound
from assistant.launch.launches import Launch
from web.desk import Looking
from web.handing_pages import chip
from web.shell import Visit

router = APIRouter(tags=["desk"], default_response_class=HTMLResponse)
TITLES = {
    Standing.THERE: "With them",
    Standing.WAITING: "On the way",
    Standing.DEAD: "Not delivered",
    Standing.DONE: "Done there",
    Standing.RESTED: "Let rest",
}


@router.get("/engineering")
def show_handed_over(
    desk: Looking,
    launch: Annotated[str, Query(max_length=100)] = "",
    standing: Standing | None = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """Show which tickets were handed over, to whom, and how each stands."""
    shown = desk.launch(launch)
    if shown is None:
        raise NotFound("You work on no launch yet.", what_to_do="Ask a lead to add you to one.")
    context = _context(desk, shown, standing, page)
    return desk.page("desk/handed_over.html", "engineering", shown, context)


def _context(desk: Visit, launch: Launch, standing: Standing | None, page: int) -> dict[str, Any]:
    counted = handed_over.counts(desk.session, launch.id)
    total = sum(counted.values()) if standing is None else counted[standing]
    rows = handed_over.page_of(desk.session, launch.id, standing=standing, number=page)
    before = (page - 1) * PAGE
    return {
        "tabs": [
            {"title": "All", "href": _href(launch), "current": standing is None,
             "count": sum(counted.values())},
            *(
                {"title": title, "href": _href(launch, each), "current": each is standing,
                 "count": counted[each]}
                for each, title in TITLES.items()
                if counted[each] or each is standing or each is not Standing.RESTED
            ),
        ],
        "rows": [_shown(desk, row) for row in rows],
        "pager": {
            "first": before + 1 if rows else 0,
            "last": before + len(rows),
            "total": total,
            "previous_href": _href(launch, standing, page - 1) if page > 1 else None,
            "next_href": _href(launch, standing, page + 1) if before + len(rows) < total else None,
        },
    }  # fmt: skip


def _href(launch: Launch, standing: Standing | None = None, page: int = 1) -> str:
    wanted = {"launch": launch.key, "standing": standing.value if standing else "", "page": page}
    given = {name: value for name, value in wanted.items() if value not in ("", 1)}
    return f"/engineering?{urlencode(given)}"


def _shown(desk: Visit, row: Row) -> dict[str, Any]:
    ticket = row.ticket
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "severity": ticket.severity,
        "owner": ticket.owner.name if ticket.owner else None,
        "is_open": ticket.is_open,
        **{f"to_{name}": value for name, value in chip(row.handed, desk.at).items()},
    }
