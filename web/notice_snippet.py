"""The notice in the product: the newest update for a host's own pages, as JSON and a script."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from assistant.launch import updates
from assistant.launch.launches import Launch
from assistant.launch.updates import Update
from assistant.library import help_page
from web.access import PartsHere, Reading, anyone
from web.rendering import STATIC, iso

router = APIRouter(tags=["widget"])

SCRIPT = STATIC / "widget" / "notice.js"
FRESH = "public, max-age=2"  # seconds; an update is everywhere within them


@router.get("/notice.js", dependencies=[anyone])
def script() -> Response:
    """Return the script that a site embeds with one tag."""
    headers = {
        "Cache-Control": "public, max-age=300",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return Response(SCRIPT.read_bytes(), media_type="text/javascript", headers=headers)


@router.get("/widget/{key}/notice.json", dependencies=[anyone])
def show_notice(key: str, request: Request, session: Reading, parts: PartsHere) -> JSONResponse:
    """Return what everybody is being told; only the launch's own sites may read it in a browser."""
    launch, at = help_page.published(session, key), parts.clock.now()
    newest = updates.newest(session, launch.id, at=at)
    body = notice(launch, newest, at=at, address=parts.settings.address)
    headers = {
        "Cache-Control": FRESH,
        "Vary": "Origin",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if (origin := request.headers.get("origin", "")) in launch.sites:
        headers["Access-Control-Allow-Origin"] = origin
    return JSONResponse(body, headers=headers)


def notice(launch: Launch, newest: Update | None, *, at: datetime, address: str) -> dict[str, Any]:
    """Return the notice; without an update, or after the launch, there is none."""
    about = {"key": launch.key, "name": launch.name}
    if newest is None or launch.phase == "closed":
        return {"launch": about, "update": None}
    due = newest.next_update_at
    return {
        "launch": about,
        "update": {
            "id": newest.id,
            "title": newest.headline,
            "expected": newest.expected,
            "what_to_do": newest.what_to_do,
            "next_update": newest.next_update,
            "next_update_at": iso(due) if due else None,
            "is_late": due is not None and due <= at,
            "published_at": iso(newest.published_at),
            "href": f"{address}/updates/{launch.key}",
        },
    }


def script_tag(launch: Launch, address: str) -> str:
    """Return the tag that puts the notice on a site."""
    return f'<script src="{address}/notice.js" data-launch="{launch.key}" async></script>'
