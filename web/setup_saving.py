"""What the forms of a launch's set-up share: who leads, keeping what was understood, lost races."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from assistant.ground.errors import Refused
from assistant.launch.describing import describe
from assistant.launch.launches import Launch
from web.access import LeadHere, PartsHere, Writing
from web.setup_forms import Read
from web.setup_pages import stands_now
from web.shell import Visit, visit, went


def _leading(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Lead = Annotated[Visit, Depends(_leading)]
Revision = Annotated[int, Form(ge=0, le=2**31 - 1)]
Line = Annotated[str, Form(max_length=2_000)]
Cell = Annotated[list[Line] | None, Form(max_length=100)]


class Crossed(Refused):
    """Somebody else changed the launch while this was typed."""


def must_be(launch: Launch, revision: int) -> None:
    """Raise Crossed when the launch is not as the form's page showed it."""
    if launch.version != revision:
        raise Crossed(
            "Somebody changed the launch while you typed; nothing you typed is lost.",
            what_to_do="Look at how it stands now, and save again if yours is right.",
        )


def saved(
    lead: Visit,
    launch: Launch,
    place: str,
    read: Read,
    revision: int,
    again: Callable[[dict[str, str]], dict[str, Any]],
) -> Response:
    """Keep what was understood; otherwise show the form again as it was typed."""
    if read.problems:
        return page_of(lead, launch, place, again(read.problems), 422)
    try:
        must_be(launch, revision)
        describe(lead.session, launch, read.kept, by=lead.by, at=lead.at)
    except Refused as refusal:
        now = stands_now(launch, place) if isinstance(refusal, Crossed) else []
        said = {"words": f"{refusal.message} {refusal.what_to_do}", "now": now}
        return page_of(lead, launch, place, {**again({}), "refused": said}, refusal.status)
    return went(f"/launches/{launch.key}/setup/{place}", "set-up")


def page_of(
    looking: Visit, launch: Launch, place: str, context: dict[str, Any], status: int = 200
) -> HTMLResponse:
    """Return one of the set-up pages."""
    whole = {"refused": None, **context}
    return looking.page(f"launch/setup_{place}.html", "launches", launch, whole, status=status)
