"""The page of a launch's API keys: make one, see its secret once, revoke it."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.ground.errors import Refused
from assistant.launch import api_keys
from assistant.launch.api_keys import ApiKey, Scope
from web.access import LeadHere, PartsHere, RowId, Writing, this_launch
from web.shell import Visit, Words, visit, went

router = APIRouter(tags=["launches"], default_response_class=HTMLResponse)

DAYS = (7, 30, 90, 365)
SCOPE_WORDS = {
    Scope.READ: "Read what is live, and search",
    Scope.DRAFT: "Also write drafts and submit them",
    Scope.SIGNALS: "Send signals, and nothing else",
}
STATES = {
    "live": ("In force", "good"),
    "expired": ("Expired", "warn"),
    "revoked": ("Revoked", "bad"),
    "orphaned": ("Closed: who made it leads no more", "bad"),
}


def _leading(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Lead = Annotated[Visit, Depends(_leading)]


@router.get("/launches/{key}/api-keys")
def show_keys(key: str, lead: Lead) -> HTMLResponse:
    """Show a launch's keys; no secret is among them."""
    return _page(lead, key)


@router.post("/launches/{key}/api-keys")
def make_key(
    key: str,
    lead: Lead,
    scope: Annotated[Scope, Form()],
    name: Words = "",
    days: Annotated[int, Form(ge=1, le=366)] = 90,
) -> Response:
    """Make a key; its secret is on this page and never again."""
    launch = this_launch(lead.session, lead.by, key)
    lasts = timedelta(days=days)
    try:
        made, secret = api_keys.make(
            lead.session, launch, name=name, scope=scope, lasts=lasts, by=lead.by, at=lead.at
        )
    except Refused as refusal:
        return _page(lead, key, problem=f"{refusal.message} {refusal.what_to_do}", status=422)
    return _page(lead, key, once={"name": made.name, "secret": secret})


@router.post("/launches/{key}/api-keys/{key_id}/revocation")
def revoke_key(key: str, key_id: RowId, lead: Lead) -> RedirectResponse:
    """Close a key at once."""
    launch = this_launch(lead.session, lead.by, key)
    api_keys.by_id(lead.session, launch, key_id).revoke(lead.session, by=lead.by, at=lead.at)
    return went(f"/launches/{key}/api-keys", "key-revoked")


def _page(
    lead: Visit,
    key: str,
    *,
    once: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HTMLResponse:
    launch = this_launch(lead.session, lead.by, key)
    context = {
        "launch": {"key": launch.key, "name": launch.name},
        "keys": [_shown(each, lead.at) for each in api_keys.of_launch(lead.session, launch)],
        "scopes": [{"key": scope.value, "words": words} for scope, words in SCOPE_WORDS.items()],
        "days": DAYS,
        "once": once,
        "problem": problem,
        "base": str(lead.request.base_url).rstrip("/"),
    }
    return lead.page("launch/api_keys.html", "launches", launch, context, status=status)


def _shown(each: ApiKey, at: datetime) -> dict[str, Any]:
    words, tone = STATES[each.state(at)]
    return {
        "id": each.id,
        "name": each.name,
        "shown": each.shown,
        "scope": each.scope,
        "state": each.state(at),
        "state_words": words,
        "tone": tone,
        "made_by": each.made_by.name,
        "made_at": each.made_at,
        "expires_at": each.expires_at,
        "used_at": each.used_at,
    }
