"""Deciding about an entry: what leads do with it, and ten seconds to think again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.answering import approving, replay
from assistant.ground.errors import Refused
from assistant.ground.parts import Parts
from assistant.library import entries, expiring, outdated, publishing, reshaping, unsaved
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from web.access import AuthorHere, LeadHere, PartsHere, this_launch
from web.entry_conflict import now_there
from web.entry_declined import on_its_page
from web.entry_form import instant
from web.entry_owner import member
from web.refusals import ChangedMeanwhile
from web.shell import LongWords, Visit, Words, visit, went

router = APIRouter(
    prefix="/library/{launch}/entries/{key}",
    tags=["library"],
    default_response_class=HTMLResponse,
)
log = structlog.get_logger()

Revision = Annotated[int, Form(ge=0, le=2**31 - 1)]
Number = Annotated[int, Form(ge=0, le=2**31 - 1)]
Chosen = Annotated[list[str] | None, Form(max_length=500)]


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody does something with one entry as it was when the page was loaded."""

    request: Request
    parts: PartsHere
    me: AuthorHere
    launch: str
    key: str
    revision: Revision = 0

    @contextmanager
    def entry(self) -> Iterator[tuple[Entry, Visit]]:
        """Yield the entry and who acts, in a transaction of their own.

        It ends before the handler goes on, so that only what is committed is published.
        """
        with self.parts.db.writing() as session:
            staff = visit(self.request, self.parts, self.me, session)
            yield self._this(staff), staff

    def _this(self, staff: Visit) -> Entry:
        within = this_launch(staff.session, staff.by, self.launch)
        entry = entries.by_key(staff.session, within.id, self.key)
        if entry.version != self.revision:
            way_on = "Load the entry again: it shows what is there now."
            raise ChangedMeanwhile(now_there(entry, staff), what_to_do=way_on)
        return entry

    def done(self, toast: str, key: str = "") -> RedirectResponse:
        """Return the way back to the entry, or to another one."""
        return went(f"/library/{self.launch}/entries/{key or self.key}", toast)


@dataclass(frozen=True, slots=True)
class Deciding(Acting):
    """A lead decides about it."""

    me: LeadHere


Acted = Annotated[Acting, Depends(Acting)]
Decided = Annotated[Deciding, Depends(Deciding)]


@router.post("/approval")
@on_its_page
def approve(
    deciding: Decided,
    override: Words = "",
    people: Number = 0,
    seen: Number = 0,
    read: LongWords = "",
) -> RedirectResponse:
    """Make it what customers get, put it into the index and prove that it is found.

    ``people`` are told who asked for it, when that number was confirmed; ``seen`` is the replay
    whose breaks are overridden. ``read`` are the words on the page: what differs is shown.
    """
    with deciding.entry() as (entry, lead):
        _must_see_what_is_approved(entry, lead)
        version, _ = approving.approve_and_tell(
            lead.session,
            entry,
            people=people,
            by=lead.by,
            at=lead.at,
            override=override,
            seen=seen,
            mails=deciding.parts.settings.sends_mail,
        )
    if version.approved_at is None:
        return deciding.done("approved-once")
    publish(deciding.parts, entry.launch_id)
    return deciding.done("live" if _is_proven(deciding.parts, version.id) else "approved")


@router.post("/still-right")
def keep_variant(deciding: Decided, beside: Number = 0) -> RedirectResponse:
    """Say that a variant is right although its original has changed to version ``beside``."""
    with deciding.entry() as (entry, lead):
        outdated.still_right(lead.session, entry, beside=beside, by=lead.by, at=lead.at)
    return deciding.done("still-right")


def _must_see_what_is_approved(entry: Entry, lead: Visit) -> None:
    # The page shows a lead their own unsaved words; approving would send others.
    if unsaved.of(lead.session, lead.by, entry.launch, entry.key) is not None:
        raise Refused(
            "You see words of your own that are not saved; what waits here reads otherwise.",
            what_to_do="Discard them and look at what waits, or save them: somebody else approves.",
        )


@router.post("/undoing")
@on_its_page
def undo(deciding: Decided) -> RedirectResponse:
    """Take back what was decided less than ten seconds ago."""
    with deciding.entry() as (entry, lead):
        session, by, at = lead.session, lead.by, lead.at
        if entry.may_undo_rejection(at):
            entry.undo_rejection(session, by=by, at=at)
            replay.start_for_review(session, entry.newest, by=by, at=at)
        elif entry.may_undo_retirement(at):
            entry.undo_retirement(session, by=by, at=at)
        else:
            approving.undo_approval(session, entry, by=by, at=at)
    publish(deciding.parts, entry.launch_id)
    return deciding.done("undone")


@router.post("/retirement")
@on_its_page
def retire(deciding: Decided, reason: Words = "") -> RedirectResponse:
    """Take it away from customers, and out of the index."""
    with deciding.entry() as (entry, lead):
        entry.retire(lead.session, reason=reason, by=lead.by, at=lead.at)
    publish(deciding.parts, entry.launch_id)
    return deciding.done("retired")


@router.post("/changes")
@on_its_page
def request_changes(deciding: Decided, reason: Words = "") -> RedirectResponse:
    """Give it back to its author."""
    with deciding.entry() as (entry, lead):
        approving.request_changes(lead.session, entry, reason=reason, by=lead.by, at=lead.at)
    return deciding.done("changes")


@router.post("/rejection")
@on_its_page
def reject(deciding: Decided, reason: Words = "") -> RedirectResponse:
    """Decide against it."""
    with deciding.entry() as (entry, lead):
        approving.reject(lead.session, entry, reason=reason, by=lead.by, at=lead.at)
    return deciding.done("rejected")


@router.post("/merging")
@on_its_page
def merge(deciding: Decided, into: Words = "") -> RedirectResponse:
    """Take its phrasings over into another entry, when somebody else approves that."""
    with deciding.entry() as (entry, lead):
        target = entries.by_key(lead.session, entry.launch_id, into.strip())
        version = reshaping.merge(lead.session, entry, target, by=lead.by, at=lead.at)
        replay.start_for_review(lead.session, version, by=lead.by, at=lead.at)
    return deciding.done("entry-merging", target.key)


@router.post("/splitting")
@on_its_page
def split(deciding: Decided, phrasing: Chosen = None, question: Words = "") -> RedirectResponse:
    """Take phrasings out into a draft of their own."""
    with deciding.entry() as (entry, lead):
        new = reshaping.split(
            lead.session, entry, phrasing or (), question=question, by=lead.by, at=lead.at
        )
    return deciding.done("entry-split", new.key)


@router.post("/rollback")
@on_its_page
def roll_back(deciding: Decided, version: Number) -> RedirectResponse:
    """Propose an earlier version again, byte for byte."""
    with deciding.entry() as (entry, lead):
        again = reshaping.roll_back(lead.session, entry, version, by=lead.by, at=lead.at)
        replay.start_for_review(lead.session, again, by=lead.by, at=lead.at)
    return deciding.done("rolled-back")


@router.post("/permanence")
@on_its_page
def make_permanent(deciding: Decided) -> RedirectResponse:
    """Begin the FAQ entry that a temporary response becomes."""
    with deciding.entry() as (entry, lead):
        new = reshaping.make_permanent(lead.session, entry, by=lead.by, at=lead.at)
    return deciding.done("permanent", new.key)


@router.post("/extension")
@on_its_page
def extend(acting: Acted, until: Words = "", endless: bool = Form(False)) -> RedirectResponse:
    """Let it be sent for longer; for whoever may not approve it, ask for that."""
    with acting.entry() as (entry, staff):
        end = None if endless else instant(until, entry.launch.zone)
        if end is None and not endless:
            raise Refused("Say until when.", what_to_do="Write a day and a time.")
        needed = approving.approvers_needed(entry)
        version = expiring.extend(
            staff.session, entry, end, by=staff.by, at=staff.at, needed=needed
        )
        replay.start_for_review(staff.session, version, by=staff.by, at=staff.at)
    publish(acting.parts, entry.launch_id)
    return acting.done("extended" if version.approved_at else "submitted")


@router.post("/owner")
@on_its_page
def give(deciding: Decided, owner: Words = "") -> RedirectResponse:
    """Say who is asked about it when it ends."""
    with deciding.entry() as (entry, lead):
        person = member(lead.session, entry.launch, owner)
        entry.give_to(lead.session, person, by=lead.by, at=lead.at)
    return deciding.done("owned")


@router.post("/proof")
def prove(deciding: Decided) -> RedirectResponse:
    """Try again to bring the index up to it, and to find it by its own words."""
    with deciding.entry() as (entry, _):
        version = entry.approved
    publish(deciding.parts, entry.launch_id)
    is_live = version is not None and _is_proven(deciding.parts, version.id)
    return deciding.done("live" if is_live else "approved")


def publish(parts: Parts, launch_id: int) -> None:
    """Bring the index up to what was just committed.

    When that fails the commit still stands: an exact scan serves it, and the worker tries again.
    """
    try:
        publishing.publish(parts, launch_id, at=parts.clock.now())
    except Exception:
        log.exception("publishing failed", launch=launch_id)


def _is_proven(parts: Parts, version_id: int) -> bool:
    with parts.db.reading() as session:
        return session.get_one(EntryVersion, version_id).proven_at is not None
