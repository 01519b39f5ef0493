"""The library for other programs, by API key: read what is live, search, write drafts. No approval.

Every key belongs to one launch; an entry of another launch is not there.
"""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import AwareDatetime

from assistant.answering import outside
from assistant.answering.replay import effect_of
from assistant.ground.database import canonical, sha256
from assistant.ground.errors import Declined
from assistant.launch import api_keys
from assistant.launch.api_keys import ApiKey
from assistant.launch.pack_shapes import EntryShape
from assistant.library.entries import Entry
from assistant.library.exporting import written
from assistant.library.versions import EntryVersion
from web.access import Caller, DrafterHere, PartsHere, ReaderHere, Reading, Writing
from web.guarding import Limits

router = APIRouter(prefix="/api/v1/knowledge", tags=["knowledge"])

Idempotency = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=128)]
EntryKey = Annotated[str, Path(min_length=1, max_length=80)]
Seen = Annotated[str, Header(alias="If-None-Match", max_length=200)]
Cursor = Annotated[str, Query(max_length=200)]


class NoCursor(Declined):
    """The cursor is none of ours (422)."""

    status = 422


class AnotherKey(Declined):
    """What is sent is of another entry than the address says (422)."""

    status = 422


def _within_limit(request: Request, parts: PartsHere, caller: Caller) -> Caller:
    limits: Limits = request.app.state.limits
    limits.spend(f"api key {caller.key_id}", parts.settings.api_calls_per_minute)
    return caller


def _reading(request: Request, parts: PartsHere, caller: ReaderHere) -> Caller:
    return _within_limit(request, parts, caller)


def _drafting(request: Request, parts: PartsHere, caller: DrafterHere) -> Caller:
    return _within_limit(request, parts, caller)


Reader = Annotated[Caller, Depends(_reading)]
Drafter = Annotated[Caller, Depends(_drafting)]


@router.get("/entries")
def list_entries(
    reader: Reader,
    session: Reading,
    parts: PartsHere,
    response: Response,
    cursor: Cursor = "",
    limit: Annotated[int, Query(ge=1, le=outside.MOST)] = 50,
    updated_since: AwareDatetime | None = None,
    seen: Seen = "",
) -> Any:
    """List what customers may get now, by key. ``updated_since`` also names what has gone."""
    page = outside.live_page(
        session, reader.launch_id, at=parts.clock.now(), after=_after(cursor), most=limit,
        since=updated_since,
    )  # fmt: skip
    following = _cursor(page.next_after) if page.next_after else None
    body = {"entries": [_live(each) for each in page.versions], "next_cursor": following}
    return _tagged(body | {"gone": list(page.gone)}, seen, response)


@router.get("/entries/{key}")
def read_entry(
    key: EntryKey, reader: Reader, session: Reading, parts: PartsHere, response: Response,
    seen: Seen = "",
) -> Any:  # fmt: skip
    """Return what customers get under this key now: text, hash, version, validity."""
    found = outside.live_one(session, reader.launch_id, key, at=parts.clock.now())
    return _tagged(_live(found), seen, response)


@router.get("/search")
def search(
    reader: Reader, parts: PartsHere, q: Annotated[str, Query(min_length=1, max_length=4_000)]
) -> dict[str, Any]:
    """Return what would be found and done with a question. Nothing is sent or recorded."""
    with parts.db.reading() as session:
        key = outside.launch_of(session, reader.launch_id).key
    return outside.search(parts, key, q)


@router.post("/entries", status_code=201)
def create_entry(
    body: EntryShape, key: Idempotency, drafter: Drafter, session: Writing, parts: PartsHere
) -> dict[str, Any]:
    """Keep a new entry as a draft. Repeating an Idempotency-Key repeats nothing."""
    at, own = parts.clock.now(), session.get_one(ApiKey, drafter.key_id)
    said = canonical(body.model_dump(mode="json"))
    if api_keys.is_repeated(session, own.id, key, said, at=at):
        return _draft(outside.this_draft(session, own.launch_id, body.key), at)
    return _draft(outside.write(session, own, body, new=True, version=None, at=at), at)


@router.put("/entries/{key}")
def change_entry(
    key: EntryKey, body: EntryShape, drafter: Drafter, session: Writing, parts: PartsHere,
    revision: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> dict[str, Any]:  # fmt: skip
    """Keep new words as a draft; customers get the old ones until people approve it."""
    at, own = parts.clock.now(), session.get_one(ApiKey, drafter.key_id)
    if body.key != key:
        raise AnotherKey("key: it differs from the one in the address.", what_to_do="Send one key.")
    return _draft(outside.write(session, own, body, new=False, version=revision, at=at), at)


@router.post("/entries/{key}/submission")
def submit_entry(
    key: EntryKey, drafter: Drafter, session: Writing, parts: PartsHere
) -> dict[str, Any]:
    """Ask people to approve the draft."""
    at, own = parts.clock.now(), session.get_one(ApiKey, drafter.key_id)
    entry = outside.this_draft(session, own.launch_id, key)
    outside.submit(session, own, entry, at=at)
    return _draft(entry, at)


@router.get("/entries/{key}/draft")
def read_draft(
    key: EntryKey, drafter: Drafter, session: Reading, parts: PartsHere
) -> dict[str, Any]:
    """Return the newest words, approved or not, and the effect that a replay has found."""
    at = parts.clock.now()
    entry = outside.this_draft(session, drafter.launch_id, key)
    effect = effect_of(session, entry.newest, at=at)
    counted = {name: getattr(effect, name) for name in ("gains", "steals", "breaks", "unanswered")}
    return _draft(entry, at) | {"replay": {"state": effect.state, **counted}}


def _live(version: EntryVersion) -> dict[str, Any]:
    return {
        "key": version.entry.key,
        "kind": version.entry.kind,
        "scenario": version.entry.scenario.key if version.entry.scenario else None,
        "version": version.number,
        "question": version.question,
        "phrasings": list(version.phrasings),
        "not_for": list(version.not_for),
        "applies_when": version.applies_when,
        "verdict": version.verdict,
        "text": version.text,
        "sha256": version.sha256,
        "valid_from": _time(version.valid_from),
        "valid_until": _time(version.valid_until),
        "audience": version.audience,
        "locale": version.locale,
        "approved_at": _time(version.approved_at),
    }


State = Literal["draft", "review", "rejected", "approved", "expired", "recalled", "retired"]


def _draft(entry: Entry, at: datetime) -> dict[str, Any]:
    newest, live = entry.newest, entry.approved
    return {
        "key": entry.key,
        "state": entry.state(at),
        "revision": entry.version,
        "version": newest.number,
        "live_version": live.number if live and live.is_valid(at) else None,
        "changes_asked": newest.changes_asked,
        "entry": written(newest),
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None


def _tagged(body: dict[str, Any], seen: str, response: Response) -> Any:
    """Return the body under its tag; nothing but 304 to who has seen it already."""
    tag = f'"{sha256(canonical(body))[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in [each.strip().removeprefix("W/") for each in seen.split(",")]:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return body


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(f"after {key}".encode()).decode().rstrip("=")


def _after(cursor: str) -> str:
    if not cursor:
        return ""
    try:
        words = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        words = ""
    if not words.startswith("after ") or "\0" in words:
        raise NoCursor("cursor: it is none of ours.", what_to_do="Begin again without one.")
    return words.removeprefix("after ")
