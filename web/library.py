"""The library: what we may say, from a draft to its approval and to its end."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.answering import approving, proposing
from assistant.ground.errors import NotFound
from assistant.launch import scenarios
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Scenario
from assistant.library import entries, launch_values, lessons
from assistant.library.entries import Entry
from assistant.library.keys import free_key
from assistant.library.wording import Kind
from web.access import AuthorHere, PartsHere, Writing, this_launch
from web.entry_conflict import both_shown
from web.entry_form import EntryForm, typed_before
from web.entry_kept import form_kept
from web.entry_owner import give, owner_problems
from web.entry_pages import entry_page, new_page
from web.library_filters import Narrowed
from web.library_pages import library_page
from web.shell import LookingHere, Visit, visit, went
from web.suggestion_cards import undo_of

router = APIRouter(tags=["library"], default_response_class=HTMLResponse)

Revision = Annotated[int, Form(ge=0, le=2**31 - 1)]
Typed = Annotated[EntryForm, Depends(EntryForm)]


def _author(request: Request, parts: PartsHere, me: AuthorHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Author = Annotated[Visit, Depends(_author)]


@router.get("/library")
def show_library(
    staff: LookingHere,
    narrowed: Annotated[Narrowed, Depends(Narrowed)],
    launch: str = "",
    tab: str = "",
    q: str = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """Show one list of the library."""
    shown = staff.launch(launch)
    if shown is None:
        raise NotFound("You work on no launch yet.", what_to_do="Ask a lead to add you to one.")
    context = library_page(
        staff.session,
        shown,
        tab=tab,
        q=q.strip(),
        number=page,
        person=staff.by,
        at=staff.at,
        narrowed=narrowed,
    )
    return staff.page("library/index.html", "library", shown, context)


@router.get("/library/{launch}/entries/new")
def begin_entry(
    staff: LookingHere, launch: str, kind: Kind = Kind.FAQ, question: str = "", reply: int = 0
) -> HTMLResponse:
    """Show the empty form, or one that begins with what somebody replied to a customer."""
    within = this_launch(staff.session, staff.by, launch)
    typed = EntryForm(question=question.strip())
    if reply:
        said = proposing.proposed(staff.session, within.id, reply)
        typed = EntryForm(question=said.question, answer=said.answer)
    context = new_page(staff.session, within, kind, typed, {}, at=staff.at, person=staff.by)
    return staff.page("library/entry.html", "library", within, context)


@router.get("/library/{launch}/entries/{key}")
def show_entry(staff: LookingHere, launch: str, key: str, reply: int = 0) -> HTMLResponse:
    """Show one entry with what people asked, its versions, and what may be done."""
    within = this_launch(staff.session, staff.by, launch)
    entry = entries.by_key(staff.session, within.id, key)
    typed = _with_reply(staff, within, entry, reply) if reply else None
    context = {**entry_page(staff, within, entry, typed=typed), "undo": undo_of(staff, within)}
    return staff.page("library/entry.html", "library", within, context)


def _with_reply(staff: Visit, within: Launch, entry: Entry, reply: int) -> EntryForm:
    """Return the form of an entry's next version, beginning with a reply that deviated from it."""
    said = proposing.proposed(staff.session, within.id, reply)
    before = typed_before(entry.newest, within.zone)
    return EntryForm(**{**before, **proposing.as_fields(entry.newest, said.answer)})


@router.post("/library/{launch}/entries")
def create(author: Author, launch: str, typed: Typed, kind: Annotated[Kind, Form()]) -> Response:
    """Keep a new entry as a draft."""
    return _created(author, this_launch(author.session, author.by, launch), typed, kind)


@router.post("/library/{launch}/entries/submission")
def create_and_submit(
    author: Author, launch: str, typed: Typed, kind: Annotated[Kind, Form()]
) -> Response:
    """Keep a new entry and ask for its approval."""
    within = this_launch(author.session, author.by, launch)
    return _created(author, within, typed, kind, submitting=True)


@router.post("/library/{launch}/entries/{key}")
def save(author: Author, launch: str, key: str, typed: Typed, revision: Revision = 0) -> Response:
    """Keep what the author wrote."""
    return _kept(author, launch, key, typed, revision)


@router.post("/library/{launch}/entries/{key}/submission")
def submit(author: Author, launch: str, key: str, typed: Typed, revision: Revision = 0) -> Response:
    """Keep what the author wrote and ask for its approval."""
    return _kept(author, launch, key, typed, revision, submitting=True)


@router.post("/library/{launch}/entries/{key}/lesson-removal")
def take_lesson_back(
    author: Author, launch: str, key: str, lesson: Annotated[int, Form(ge=1, le=2**31 - 1)]
) -> RedirectResponse:
    """Let a question that somebody confirmed or denied teach nothing any more."""
    within = this_launch(author.session, author.by, launch)
    entry = entries.by_key(author.session, within.id, key)
    found = lessons.by_id(author.session, entry, lesson)
    found.take_back(author.session, by=author.by, at=author.at)
    return _back(entry, "taken-back")


def _created(
    author: Visit, launch: Launch, typed: EntryForm, kind: Kind, *, submitting: bool = False
) -> Response:
    values = launch_values.of_launch(author.session, launch.id)
    problems = typed.problems(kind, launch.zone, submitting=submitting, values=values)
    if submitting:
        problems |= owner_problems(author, launch, kind, typed)
    if problems:
        shown = typed.unturned()
        context = new_page(author.session, launch, kind, shown, problems, at=author.at)
        return author.page("library/entry.html", "library", launch, context, status=422)
    entry = entries.create(
        author.session,
        launch,
        key=free_key(author.session, launch.id, typed.question),
        kind=kind,
        draft=typed.draft(kind, launch.zone, values),
        by=author.by,
        at=author.at,
        scenario=_scenario(author, launch.id, typed),
    )
    form_kept(author, launch, entry, typed, is_new=True)
    give(author, entry, typed)
    if submitting:
        approving.submit(author.session, entry, by=author.by, at=author.at)
    return _back(entry, "submitted" if submitting else "saved")


def _kept(
    author: Visit,
    launch: str,
    key: str,
    typed: EntryForm,
    revision: int,
    *,
    submitting: bool = False,
) -> Response:
    """Save what was typed, or show it beside what somebody else made of the entry meanwhile."""
    within = this_launch(author.session, author.by, launch)
    entry = entries.by_key(author.session, within.id, key)
    if entry.version != revision:
        return both_shown(author, within, entry, typed)
    return _saved(author, entry, typed, submitting=submitting)


def _saved(author: Visit, entry: Entry, typed: EntryForm, *, submitting: bool = False) -> Response:
    launch, kind = entry.launch, Kind(entry.kind)
    values = launch_values.of_launch(author.session, launch.id)
    problems = typed.problems(kind, launch.zone, submitting=submitting, values=values)
    if submitting:
        problems |= owner_problems(author, launch, kind, typed)
    if problems:
        context = entry_page(author, launch, entry, typed=typed.unturned(), problems=problems)
        return author.page("library/entry.html", "library", launch, context, status=422)
    draft, scenario = typed.draft(kind, launch.zone, values), _scenario(author, launch.id, typed)
    form_kept(author, launch, entry, typed, is_new=False)
    give(author, entry, typed)
    # Saving the same words again makes nobody their author, and no new version.
    if not entry.newest.is_as(draft):
        entry.save(author.session, draft, by=author.by, at=author.at)
    entry.file_under(author.session, scenario, by=author.by, at=author.at)
    if submitting:
        approving.submit(author.session, entry, by=author.by, at=author.at)
    return _back(entry, "submitted" if submitting else "saved")


def _scenario(author: Visit, launch_id: int, typed: EntryForm) -> Scenario | None:
    return scenarios.of_launch(author.session, launch_id).get(typed.scenario)


def _back(entry: Entry, toast: str) -> RedirectResponse:
    return went(f"/library/{entry.launch.key}/entries/{entry.key}", toast)
