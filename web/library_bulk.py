"""The library in bulk: out as a file, in from a file, looked at first and undone while possible."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.answering.sent_back import tell_of_put_aside
from assistant.ground.errors import Refused
from assistant.launch.pack_file import PackRefused
from assistant.library import entries, imports, listing
from assistant.library.entry_rows import text_of
from assistant.library.exporting import as_pack
from assistant.library.imports import LibraryImport
from assistant.library.listing import LISTS, Filters
from assistant.reports.library_sheet import example, sheet_of
from assistant.reports.sheets import as_csv
from web.access import AuthorHere, PartsHere, RowId, Writing, this_launch
from web.library_bulk_pages import import_page, imports_page
from web.shell import LookingHere, Visit, visit, went

router = APIRouter(tags=["library"], default_response_class=HTMLResponse)

What = Literal["live", "newest", "all"]
Text = Annotated[str, Query(max_length=400)]
ENDINGS = (".csv", ".yaml", ".yml")


def _bringing(request: Request, parts: PartsHere, me: AuthorHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Bringing = Annotated[Visit, Depends(_bringing)]


@router.get("/library/{launch}/export")
def export(
    staff: LookingHere,
    launch: str,
    format: Literal["yaml", "csv"] = "yaml",
    what: What = "live",
    tab: Annotated[str, Query(max_length=20)] = "",
    q: Text = "",
    kind: Text = "",
    verdict: Text = "",
    scenario: Text = "",
) -> Response:
    """Return the library as a file: live texts, everybody's newest words, or every version."""
    within = this_launch(staff.session, staff.by, launch)
    filters = Filters(q=q.strip(), kind=kind, verdict=verdict, scenario=scenario)
    names = (tab,) if tab in LISTS else ()
    versions = listing.versions_to_take(
        staff.session, within.id, what, at=staff.at, filters=filters, names=names
    )
    if format == "csv":
        # The mark at its beginning tells spreadsheets that it is UTF-8.
        words = "\ufeff" + as_csv(sheet_of(staff.session, within, versions))
    elif what == "all":
        raise Refused("A pack holds one version of each entry.", what_to_do="Take the CSV.")
    else:
        words = as_pack(staff.session, within, versions)
    return _file(f"{within.key}-library-{staff.at:%Y-%m-%d}.{format}", words)


@router.get("/library/{launch}/imports/example.csv")
def show_example(staff: LookingHere, launch: str) -> Response:
    """Return a file with the columns that an import reads."""
    this_launch(staff.session, staff.by, launch)
    return _file("library-example.csv", "\ufeff" + as_csv(example()))


def _file(name: str, words: str) -> Response:
    kind = "text/csv" if name.endswith(".csv") else "application/yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(words, media_type=f"{kind}; charset=utf-8", headers=headers)


@router.get("/library/{launch}/imports")
def show_imports(staff: LookingHere, launch: str) -> HTMLResponse:
    """Show how to bring a file in, how to take one out, and what was brought in before."""
    within = this_launch(staff.session, staff.by, launch)
    context = imports_page(staff.session, within, staff.by)
    return staff.page("library/imports.html", "library", within, context)


@router.post("/library/{launch}/imports")
def look_at(staff: Bringing, launch: str, file: UploadFile) -> Response:
    """Keep the file and show what it would do; nothing is done yet."""
    within = this_launch(staff.session, staff.by, launch)
    name = (file.filename or "file").replace("\x00", "")[-100:]
    try:
        if not name.lower().endswith(ENDINGS):
            raise Refused("That is neither CSV nor YAML.", what_to_do="Save it as CSV UTF-8.")
        words = text_of(file.file.read(), name)
    except PackRefused as refused:
        context = imports_page(staff.session, within, staff.by, str(refused))
        return staff.page("library/imports.html", "library", within, context, status=422)
    except Refused as refused:
        said = f"{name}: {refused.message} {refused.what_to_do}"
        context = imports_page(staff.session, within, staff.by, said)
        return staff.page("library/imports.html", "library", within, context, status=422)
    kept = imports.keep(staff.session, within, file=name, words=words, by=staff.by, at=staff.at)
    return went(f"/library/{within.key}/imports/{kept.id}")


@router.get("/library/{launch}/imports/{import_id}")
def show_import(staff: LookingHere, launch: str, import_id: RowId) -> HTMLResponse:
    """Show what a file would do, or what it did."""
    within = this_launch(staff.session, staff.by, launch)
    kept = imports.by_id(staff.session, within.id, import_id)
    context = import_page(staff.session, kept, staff.by)
    return staff.page("library/import.html", "library", within, context)


@router.post("/library/{launch}/imports/{import_id}/confirmation")
def confirm(
    staff: Bringing,
    launch: str,
    import_id: RowId,
    over: Annotated[list[str] | None, Form(max_length=20_000)] = None,
    mark: Annotated[str, Form(max_length=64)] = "",
) -> RedirectResponse:
    """Bring it in: every entry becomes a draft that waits for a lead.

    ``over`` are the keys of those in whose place somebody else's open draft is put aside.
    """
    kept, keys = _this(staff, launch, import_id), set(over or ())
    every = entries.of_launch(staff.session, kept.launch_id) if keys else []
    drafts = [e.newest for e in every if e.key in keys and e.newest.rejected_at is None]
    kept.confirm(staff.session, mark=mark, by=staff.by, at=staff.at, over=over or ())
    tell_of_put_aside(staff.session, drafts, by=staff.by, at=staff.at)
    return went(f"/library/{launch}/imports/{import_id}", "import-done")


@router.post("/library/{launch}/imports/{import_id}/undoing")
def take_back(staff: Bringing, launch: str, import_id: RowId) -> RedirectResponse:
    """Take it back while nothing of it was approved."""
    _this(staff, launch, import_id).take_back(staff.session, by=staff.by, at=staff.at)
    return went(f"/library/{launch}/imports/{import_id}", "import-undone")


def _this(staff: Visit, launch: str, import_id: int) -> LibraryImport:
    within = this_launch(staff.session, staff.by, launch)
    return imports.by_id(staff.session, within.id, import_id)
