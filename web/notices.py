"""Notices: what each person is told, read one by one or all at once."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.desk import notices
from assistant.desk.notices import PAGE, Notice
from web.access import PartsHere, RowId, StaffHere, Writing
from web.shell import LookingHere, Visit, visit, went

router = APIRouter(tags=["notices"], default_response_class=HTMLResponse)
TONES = {
    "breach": "bad",
    "warning": "warn",
    "escalated": "warn",
    "bounces": "warn",
    "untriaged": "bad",
    "ended": "bad",
    "ending": "warn",
    "untold": "bad",
    "vacant": "warn",
    "left": "warn",
    "changes": "warn",
    "rejected": "bad",
}
KIND_WORDS = {
    "breach": "Missed",
    "warning": "Runs out",
    "escalated": "Escalated",
    "bounces": "Comes back",
    "triage": "Triage",
    "scope-words": "Scope",
    "untriaged": "Nobody looked",
    "second-wave": "May come back",
    "ended": "Has ended",
    "ending": "Ends soon",
    "untold": "Not told",
    "vacant": "Nobody decides",
    "left": "To hand over",
    "changes": "Changes asked",
}


def _acting(request: Request, parts: PartsHere, me: StaffHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Acting = Annotated[Visit, Depends(_acting)]


@router.get("/notices")
def show_notices(
    looking: LookingHere, page: Annotated[int, Query(ge=1, le=10_000)] = 1
) -> HTMLResponse:
    """Show what the reader was told, the newest first."""
    found = notices.of_person(looking.session, looking.by, number=page)
    total = notices.count_of(looking.session, looking.by)
    context = {
        "notices": [_shown(notice) for notice in found],
        "newest": found[0].id if found else 0,
        "unread": notices.unread(looking.session, looking.by),
        "pager": _pager(page, len(found), total),
    }
    return looking.page("notices/index.html", "notices", looking.launch(), context)


@router.post("/notices/reading")
def read_all(acting: Acting, until: Annotated[int, Form(ge=0, le=2**31 - 1)]) -> RedirectResponse:
    """Mark everything as read that the page showed."""
    notices.read_all(acting.session, acting.by, at=acting.at, until=until)
    return went("/notices", "read")


@router.post("/notices/{notice_id}/reading")
def read_one(notice_id: RowId, acting: Acting) -> RedirectResponse:
    """Mark one as read and go where it leads."""
    notice = notices.one_of(acting.session, acting.by, notice_id)
    notice.read(at=acting.at)
    return went(
        f"/desk/tickets/{notice.ticket.number}" if notice.ticket else notice.href or "/notices"
    )


def _shown(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.id,
        "words": notice.words,
        "kind_words": KIND_WORDS.get(notice.kind, notice.kind.replace("-", " ").capitalize()),
        "tone": TONES.get(notice.kind, "info"),
        "at": notice.at,
        "is_read": notice.read_at is not None,
        "leads": _leads(notice),
    }


def _leads(notice: Notice) -> str:
    if notice.ticket_id:
        return "Open the ticket"
    if notice.href.startswith("/library"):
        return "Open the entry"
    return "Open the page" if notice.href else "Mark as read"


def _pager(number: int, shown: int, total: int) -> dict[str, Any]:
    first = (number - 1) * PAGE
    return {
        "first": first + 1 if shown else 0,
        "last": first + shown,
        "total": total,
        "previous_href": f"/notices?page={number - 1}" if number > 1 else None,
        "next_href": f"/notices?page={number + 1}" if first + shown < total else None,
    }
