"""What wordings are worth, and the work that each "not quite" is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.answering.not_quite import FIRST, Done, Work, work_on
from web.access import AuthorHere, PartsHere, RowId, Writing, this_launch
from web.learning_pages import wordings_page
from web.refusals import ChangedMeanwhile
from web.shell import LookingHere, Visit, Words, visit, went
from web.to_do_pages import to_do_page

router = APIRouter(
    prefix="/launches/{key}/library", tags=["library"], default_response_class=HTMLResponse
)
Revision = Annotated[int, Form(ge=0, le=2**31 - 1)]


def _working(request: Request, parts: PartsHere, me: AuthorHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Worker = Annotated[Visit, Depends(_working)]


@router.get("/wordings")
def show_wordings(key: str, looking: LookingHere) -> HTMLResponse:
    """Show how each wording was received, those that saved follow-ups first."""
    launch = this_launch(looking.session, looking.by, key)
    context = wordings_page(looking.session, launch, at=looking.at)
    return looking.page("library/wordings.html", "library", launch, context)


@router.get("/to-do")
def show_to_do(
    key: str,
    looking: LookingHere,
    tab: str = "open",
    entry: str = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """Show what was "not quite" and what is done about it."""
    launch = this_launch(looking.session, looking.by, key)
    context = to_do_page(
        looking.session, launch, tab=tab, entry=entry, number=page, person=looking.by
    )
    return looking.page("library/to_do.html", "library", launch, context)


@router.post("/to-do/{item}/owner")
def take(key: str, item: RowId, worker: Worker, revision: Revision = 0) -> RedirectResponse:
    """Take it on."""
    _this(worker, key, item, revision).take(worker.session, by=worker.by, at=worker.at)
    return went(_list(key), "not-quite-taken")


@router.post("/to-do/{item}/look")
def look(
    key: str,
    item: RowId,
    worker: Worker,
    done: Annotated[Done, Form()],
    note: Words = "",
    closing: Annotated[bool, Form()] = False,
    revision: Revision = 0,
) -> RedirectResponse:
    """Say what was done about it and, where nothing is left to do, close it."""
    work = _this(worker, key, item, revision)
    work.look(worker.session, done, note=note, by=worker.by, at=worker.at)
    if closing:
        work.close(worker.session, by=worker.by, at=worker.at)
    return went(_list(key), "not-quite-closed" if closing else "not-quite-looked")


@router.post("/to-do/{item}/closing")
def close(key: str, item: RowId, worker: Worker, revision: Revision = 0) -> RedirectResponse:
    """Say that nothing is left to do."""
    _this(worker, key, item, revision).close(worker.session, by=worker.by, at=worker.at)
    return went(f"{_list(key)}?tab=looked-at", "not-quite-closed")


@router.post("/to-do/{item}/undoing")
def undo(key: str, item: RowId, worker: Worker, revision: Revision = 0) -> RedirectResponse:
    """Undo the last step."""
    work = _this(worker, key, item, revision)
    work.step_back(worker.session, by=worker.by, at=worker.at)
    return went(f"{_list(key)}?tab={'looked-at' if work.looked_at else 'open'}", "undone")


def _list(key: str) -> str:
    return f"/launches/{key}/library/to-do"


def _this(worker: Visit, key: str, item: int, revision: int) -> Work:
    """Return the item as the form was filled in for.

    Raises:
        NotFound: when it is not theirs.
        ChangedMeanwhile: when somebody has changed it since.
    """
    launch = this_launch(worker.session, worker.by, key)
    work = work_on(worker.session, launch.id, item)
    if work.version != max(revision, FIRST):
        state = "closed" if work.closed_at else "looked at" if work.looked_at else "open"
        whose = work.owner.name if work.owner else "nobody yet"
        raise ChangedMeanwhile(
            f"It has changed since you looked at it. Now: {state}, with {whose}.",
            what_to_do="Load the list again: it shows what is there now.",
        )
    return work
