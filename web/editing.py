"""While an entry is written: checking what is typed, variants, placeholders' values, comparing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Header, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from assistant.answering import replay
from assistant.answering.neighbours import Near, Written, near
from assistant.launch import scenarios
from assistant.launch.launches import Launch
from assistant.library import entries, launch_values, unsaved, variants
from assistant.library.entries import Entry
from assistant.library.liveness import live
from assistant.library.wording import Kind
from web.access import AuthorHere, LeadHere, PartsHere, Writing, this_launch
from web.comparison_pages import comparison_page
from web.entry_beside import as_read, beside, written_of
from web.entry_form import EntryForm, typed_before, typed_values
from web.entry_pages import entry_page, new_page
from web.entry_ways import rights
from web.placeholder_pages import values_page
from web.rendering import page
from web.shell import LookingHere, Visit, visit, went

router = APIRouter(tags=["library"], default_response_class=HTMLResponse)

Number = Annotated[int, Query(ge=0, le=2**31 - 1)]


@dataclass(frozen=True, slots=True)
class Typing:
    """The form of an entry as it is being filled in by somebody."""

    request: Request
    parts: PartsHere
    me: AuthorHere
    launch: str
    typed: Annotated[EntryForm, Depends(EntryForm)]
    kind: Annotated[Kind, Form()]
    entry: Annotated[str, Form(max_length=200)] = ""  # its key; empty for a new one
    revision: Annotated[int, Form(ge=0, le=2**31 - 1)] = 0
    look: Annotated[bool, Form()] = False  # nobody has typed yet: there is nothing to keep

    def keep(self) -> tuple[int, Written, dict[str, str]]:
        """Keep what is typed; return what others may be near to, with the live verdicts."""
        with self.parts.db.writing() as session:
            author = visit(self.request, self.parts, self.me, session)
            within, entry = self.place(session, author)
            if not self.look:
                self._keep(session, author, within, entry)
            return within.id, self._written(session, within, entry), _verdicts(author, within)

    def place(self, session: Session, author: Visit) -> tuple[Launch, Entry | None]:
        """Return the launch and the entry that the form is about."""
        within = this_launch(session, author.by, self.launch)
        found = entries.by_key(session, within.id, self.entry) if self.entry else None
        return within, found

    def _keep(self, session: Session, author: Visit, within: Launch, entry: Entry | None) -> None:
        fields = self.typed.as_typed()
        about = entry.key if entry else unsaved.about_new(self.kind)
        saved = typed_before(entry.newest, within.zone) if entry else _blank()
        if _said(fields, self.kind) == _said(saved, self.kind):
            unsaved.drop(session, author.by, within, about)
            return
        at, revision = author.at, self.revision
        unsaved.keep(session, author.by, within, about, fields, revision=revision, at=at)

    def _written(self, session: Session, within: Launch, entry: Entry | None) -> Written:
        fields = self.typed.as_typed()
        own, _ = typed_values(fields, within.zone)
        values = {**launch_values.of_launch(session, within.id), **own}
        original = self.typed.variant_of
        of = entry or (entries.by_key(session, within.id, original) if original else None)
        kin = {one.key for one in variants.family(session, of)} if of else set()
        kin |= {original} if original else set()
        read = as_read(fields, values, within)
        return written_of(read, self.kind, key=self.entry, kin=frozenset(kin))


def _said(fields: dict[str, str], kind: Kind) -> dict[str, str]:
    # The form of an FAQ entry asks for no verdict.
    asked = fields if kind is Kind.RESPONSE else fields | {"verdict": ""}
    # Without a script a form sends its lines with CRLF.
    return {name: words.replace("\r\n", "\n").strip() for name, words in asked.items()}


def _blank() -> dict[str, str]:
    return EntryForm().as_typed()


def _verdicts(author: Visit, within: Launch) -> dict[str, str]:
    return {one.entry.key: one.verdict for one in live(author.session, within.id, at=author.at)}


@router.post("/library/{launch}/checking")
def check(
    typing: Annotated[Typing, Depends(Typing)], x_fresh: Annotated[str, Header()] = ""
) -> HTMLResponse:
    """Keep what is typed and show how it looks, how it reads and what is near to it.

    A script gets what stands beside the form; without one it is the whole page again.
    """
    launch_id, written, verdicts = typing.keep()
    found = near(typing.parts, launch_id, written, verdicts)
    with typing.parts.db.reading() as session:
        author = visit(typing.request, typing.parts, typing.me, session)
        within, entry = typing.place(session, author)
        if x_fresh:
            return HTMLResponse(page("library/_beside.html", _beside(typing, author, found)))
        return _whole(typing, author, within, entry, found)


def _beside(typing: Typing, author: Visit, found: Sequence[Near]) -> dict[str, Any]:
    within, entry = typing.place(author.session, author)
    fields = typing.typed.as_typed()
    scenario = scenarios.of_launch(author.session, within.id).get(fields["scenario"])
    at = author.at
    shown = beside(
        author.session, within, typing.kind, fields, scenario=scenario, at=at, near=found
    )
    may_merge = entry is not None and rights(entry, author.by, at)["merge"]
    around = {"fields": fields, "now": at, "zone": within.time_zone, "may_merge": may_merge}
    return {**shown, **around}


def _whole(
    typing: Typing, author: Visit, within: Launch, entry: Entry | None, found: Sequence[Near]
) -> HTMLResponse:
    session, at, typed = author.session, author.at, typing.typed
    if entry:
        context = entry_page(author, within, entry, typed=typed, near=found)
        context["entry"]["revision"] = typing.revision
    else:
        context = new_page(session, within, typing.kind, typed, {}, at=at, near=found)
    return author.page("library/entry.html", "library", within, context)


@router.post("/library/{launch}/unsaved-removal")
def forget(
    request: Request,
    parts: PartsHere,
    me: AuthorHere,
    session: Writing,
    launch: str,
    kind: Annotated[Kind, Form()],
    entry: Annotated[str, Form(max_length=200)] = "",
) -> RedirectResponse:
    """Let go of what was typed and not saved."""
    author = visit(request, parts, me, session)
    within = this_launch(session, author.by, launch)
    unsaved.drop(session, author.by, within, entry or unsaved.about_new(kind))
    back = f"entries/{entry}" if entry else f"entries/new?kind={kind}"
    return went(f"/library/{within.key}/{back}", "unsaved-gone")


@router.get("/library/{launch}/entries/{key}/variant")
def begin_variant(staff: LookingHere, launch: str, key: str, language: str = "") -> HTMLResponse:
    """Show the form of the same answer in another language. Its words are for a person to write."""
    within = this_launch(staff.session, staff.by, launch)
    original = entries.by_key(staff.session, within.id, key)
    before = typed_before(original.newest, within.zone)
    same = ("verdict", "scenario", "audience", "valid_from", "valid_until")
    values = {name: words for name, words in before.items() if name.startswith("value_")}
    begun = {name: before[name] for name in same} | values
    typed = EntryForm(**begun, variant_of=original.key, locale=language)
    kind = Kind(original.kind)
    context = new_page(staff.session, within, kind, typed, {}, at=staff.at)
    return staff.page("library/entry.html", "library", within, context)


@router.get("/library/{launch}/entries/{key}/comparison")
def compare(
    staff: LookingHere, launch: str, key: str, old: Number = 0, new: Number = 0
) -> HTMLResponse:
    """Show two versions of an entry word by word."""
    within = this_launch(staff.session, staff.by, launch)
    entry = entries.by_key(staff.session, within.id, key)
    context = comparison_page(within, entry, old=old, new=new)
    return staff.page("library/comparison.html", "library", within, context)


@router.get("/library/{launch}/values")
def show_values(staff: LookingHere, launch: str) -> HTMLResponse:
    """Show what placeholders stand for in the launch."""
    within = this_launch(staff.session, staff.by, launch)
    known = launch_values.of_launch(staff.session, within.id)
    context = values_page(within, known, person=staff.by)
    return staff.page("library/values.html", "library", within, context)


@router.post("/library/{launch}/values")
def give_values(
    request: Request,
    parts: PartsHere,
    me: LeadHere,
    session: Writing,
    launch: str,
    typed: Annotated[EntryForm, Depends(EntryForm)],
) -> Response:
    """Keep what placeholders stand for; texts that use them are proposed as new versions."""
    lead = visit(request, parts, me, session)
    within = this_launch(session, lead.by, launch)
    fields = typed.as_typed()
    values, problems = typed_values(fields, within.zone)
    if problems:
        context = values_page(within, values, person=lead.by, typed=fields, problems=problems)
        return lead.page("library/values.html", "library", within, context, status=422)
    proposed = launch_values.give(session, within, values, by=lead.by, at=lead.at)
    for entry in proposed:
        replay.start_for_review(session, entry.newest, by=lead.by, at=lead.at)
    toast = "values-proposed" if proposed else "settings"
    return went(f"/library/{within.key}/values", toast)
