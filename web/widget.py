"""The widget: its loader, its framed page, and the sample shop that shows it."""

from contextlib import suppress

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from assistant.ground.parts import Parts
from assistant.launch import launches, site_loads
from assistant.launch.launches import Launch
from web.access import PartsHere, Reading, anyone
from web.guarding import framed_by
from web.rendering import STATIC, page

router = APIRouter(tags=["widget"])

DEMO_LAUNCH = "spring-pricing"
LOADER = STATIC / "widget" / "loader.js"


@router.get("/widget.js", dependencies=[anyone])
def loader() -> Response:
    """Return the script that a site embeds with one tag."""
    headers = {
        "Cache-Control": "public, max-age=300",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return Response(LOADER.read_bytes(), media_type="text/javascript", headers=headers)


@router.get("/widget/{key}", dependencies=[anyone], response_class=HTMLResponse)
def frame(key: str, request: Request, parts: PartsHere, session: Reading) -> HTMLResponse:
    """Return the chat itself; only the launch's own sites may frame it."""
    launch = launches.by_key(session, key)
    _note_site(parts, session, launch, request.headers.get("referer", ""))
    shown: dict[str, object] = {"launch": {"key": launch.key, "name": launch.name, "accent": None}}
    headers = {
        "Content-Security-Policy": framed_by(launch.sites),
        "Cross-Origin-Opener-Policy": "unsafe-none",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return HTMLResponse(page("widget/frame.html", shown), headers=headers)


def _note_site(parts: Parts, session: Session, launch: Launch, page_: str) -> None:
    """Write down, at most once a day, that a site of the launch has loaded the widget.

    It must never cost a customer the widget: a database that is busy now hears of it tomorrow.
    """
    site, at = site_loads.site_of(launch.sites, page_), parts.clock.now()
    if site is None or not site_loads.is_due(session, launch, site, at=at):
        return
    with suppress(OperationalError, IntegrityError), parts.db.writing() as writing:
        site_loads.seen(writing, launch.id, site, at=at)


@router.get("/demo", dependencies=[anyone], response_class=HTMLResponse)
def demo_shop() -> HTMLResponse:
    """Return a sample page of a shop with the widget on it."""
    return HTMLResponse(page("widget/demo.html", {"launch_key": DEMO_LAUNCH}))


@router.get("/", dependencies=[anyone])
def start() -> RedirectResponse:
    """Lead to the desk, and so to the sign-in."""
    return RedirectResponse("/desk", 303)
