"""What everybody may read: the help page, one answer at its own address, updates and their feed."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from assistant.desk import said_and_did
from assistant.ground.errors import NotFound, NotPermitted
from assistant.ground.parts import Parts
from assistant.ground.people import signed_in
from assistant.launch import updates
from assistant.launch.launches import Launch
from assistant.library import help_page
from web import feed, public_pages
from web.access import COOKIE, PartsHere, Reading, Writing, anyone, parts_of, this_launch
from web.guarding import limited_by_address
from web.rendering import page

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PublicRoute(APIRoute):
    """Says "nothing here" to the public in its own words, not in those of the staff's pages."""

    def get_route_handler(self) -> Handler:
        """Return the handler that answers every NotFound with the public's page."""
        handle = super().get_route_handler()

        async def found_or_not(request: Request) -> Response:
            try:
                return await handle(request)
            except NotFound:
                return await run_in_threadpool(_not_found, request)

        return found_or_not


router = APIRouter(tags=["public"], route_class=PublicRoute)
Entry = Annotated[str, Query(max_length=80)]
Search = Annotated[str, Query(max_length=help_page.LONGEST)]
Voted = Annotated[Literal["yes", "no"] | None, Query()]


def _readable(key: str, request: Request, session: Reading, parts: PartsHere) -> Launch:
    return _launch(request, session, parts, key)


def _our_page(request: Request, parts: PartsHere) -> None:
    """Admit forms of our own pages: there is no sign-in whose token could prove it.

    Raises:
        NotPermitted: when the form came from another site, or from none.
    """
    ours = {urlsplit(parts.settings.address).netloc, request.headers.get("host", "")}
    if urlsplit(request.headers.get("origin", "")).netloc not in ours - {""}:
        raise NotPermitted("This did not come from our page.", what_to_do="Open the help page.")


ReadableLaunch = Annotated[Launch, Depends(_readable)]
from_our_page = Depends(_our_page)


@router.get("/help/{key}", dependencies=[anyone], response_class=HTMLResponse)
def show_help(
    launch: ReadableLaunch, session: Reading, parts: PartsHere, q: Search = ""
) -> HTMLResponse:
    """Show what everybody may be told, or what of it a search finds."""
    at, words = parts.clock.now(), q.strip()
    found = help_page.found(parts, launch.key, words, at=at) if words else None
    versions = help_page.shown(session, launch.id, at=at)
    update = updates.newest(session, launch.id, at=at)
    context = public_pages.help_context(launch, versions, update, q=words, found=found)
    return _page("public/help.html", launch, parts, "help", context)


@router.get("/help/{key}/{entry}", dependencies=[anyone], response_class=HTMLResponse)
def show_entry(
    entry: str, launch: ReadableLaunch, session: Reading, parts: PartsHere, voted: Voted = None
) -> HTMLResponse:
    """Show one answer. What is retired or has expired is not there any more."""
    at = parts.clock.now()
    version = help_page.this_entry(session, launch, entry, at=at)
    near = help_page.close_to(parts, version, at=at)
    others = help_page.shown(session, launch.id, at=at) if near else []
    context = public_pages.entry_context(launch, version, near, others, voted=voted)
    return _page("public/help_entry.html", launch, parts, "help", context)


@router.post(
    "/help/{key}/{entry}/helpful", dependencies=[anyone, from_our_page, limited_by_address]
)
def judge_entry(
    key: str,
    entry: str,
    session: Writing,
    parts: PartsHere,
    helpful: Annotated[Literal["yes", "no"], Form()],
    version: Annotated[int, Form(ge=1, le=2**31)],
) -> RedirectResponse:
    """Keep whether the answer helped."""
    launch, at = help_page.published(session, key), parts.clock.now()
    help_page.judge(session, launch, entry, version, helpful=helpful == "yes", at=at)
    return RedirectResponse(f"/help/{key}/{entry}?voted={helpful}", 303)


@router.get("/updates/{key}", dependencies=[anyone], response_class=HTMLResponse)
def show_updates(launch: ReadableLaunch, session: Reading, parts: PartsHere) -> HTMLResponse:
    """Show what everybody was told, newest first."""
    at = parts.clock.now()
    told = updates.history(session, launch.id, at=at)
    return _page(
        "public/updates.html",
        launch,
        parts,
        "updates",
        public_pages.updates_context(
            launch,
            told,
            said_and_did.of_launch(session, launch.id, only_public=True),
            at,
            by_mail=parts.settings.sends_mail,
        ),
    )


@router.get("/updates/{key}/feed.xml", dependencies=[anyone])
def show_feed(launch: ReadableLaunch, session: Reading, parts: PartsHere) -> Response:
    """Return the updates as an Atom feed."""
    told = updates.history(session, launch.id, at=parts.clock.now())
    xml = feed.atom(launch, told, address=parts.settings.address)
    return Response(xml, media_type="application/atom+xml")


@router.get("/updates/{key}/rss.xml", dependencies=[anyone])
def show_rss(launch: ReadableLaunch, session: Reading, parts: PartsHere) -> Response:
    """Return the updates as an RSS feed."""
    told = updates.history(session, launch.id, at=parts.clock.now())
    xml = feed.rss(launch, told, address=parts.settings.address)
    return Response(xml, media_type="application/rss+xml")


def _launch(request: Request, session: Session, parts: Parts, key: str) -> Launch:
    """Return the launch when the public may read it, or when its own people look ahead."""
    try:
        return help_page.published(session, key)
    except NotFound:
        token = request.cookies.get(COOKIE, "")
        ours = signed_in(session, token, at=parts.clock.now()) if token else None
        if ours is None:
            raise
        return this_launch(session, ours.person, key)


def _page(
    template: str, launch: Launch, parts: Parts, section: str, context: dict[str, Any]
) -> HTMLResponse:
    public = {"launch": {"key": launch.key, "name": launch.name}, "section": section}
    common = {"now": parts.clock.now(), "zone": launch.time_zone, "public": public}
    return HTMLResponse(page(template, {**common, **context}))


def _not_found(request: Request) -> HTMLResponse:
    parts, launch = parts_of(request), None
    with parts.db.reading() as session:
        try:
            launch = _launch(request, session, parts, request.path_params.get("key", ""))
        except NotFound:
            launch = None
    known = {"key": launch.key, "name": launch.name} if launch else None
    common = {"now": parts.clock.now(), "zone": launch.time_zone if launch else "UTC"}
    context = {**common, "public": {"launch": known, "section": ""}}
    return HTMLResponse(page("public/not_found.html", context), 404)
