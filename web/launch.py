"""Launches: what each is and needs, taking it live, how it answers, what everybody is told."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.ground.errors import Refused
from assistant.ground.people import Role
from assistant.launch import launches, updates
from assistant.launch.launches import Launch, Mode
from assistant.library.wording import time_in_words
from assistant.reports import figures
from web.access import LeadHere, PartsHere, TellerHere, Writing, this_launch
from web.entry_form import lines
from web.launch_pages import (
    Announcement,
    Crossed,
    launch_context,
    launches_context,
    problems_of,
    updates_context,
)
from web.refusals import ChangedMeanwhile
from web.shell import PHASE_WORDS, LookingHere, Visit, Words, visit, went

router = APIRouter(tags=["launches"], default_response_class=HTMLResponse)


def _leading(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


def _telling(request: Request, parts: PartsHere, me: TellerHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Lead = Annotated[Visit, Depends(_leading)]
Teller = Annotated[Visit, Depends(_telling)]
Revision = Annotated[int, Form(ge=0, le=2**31)]


@router.get("/launches")
def show_launches(looking: LookingHere) -> HTMLResponse:
    """Show every launch the reader works on."""
    mine = launches.of_person(looking.session, looking.by)
    standings = figures.standings(looking.session, [launch.id for launch in mine])
    context = launches_context(looking.session, mine, standings, at=looking.at)
    context["may"] = {"begin": looking.by.is_any(Role.LEAD)}
    return looking.page("launch/index.html", "launches", looking.launch(), context)


@router.get("/launches/{key}")
def show_launch(key: str, looking: LookingHere) -> HTMLResponse:
    """Show one launch: facts, people, and what keeps it from going live."""
    launch = this_launch(looking.session, looking.by, key)
    context = launch_context(looking, launch)
    return looking.page("launch/launch.html", "launches", launch, context)


@router.post("/launches/{key}/live")
def go_live(key: str, lead: Lead, revision: Revision) -> RedirectResponse:
    """Begin hypercare."""
    launch = _unchanged(lead, key, revision)
    launch.go_live(lead.session, by=lead.by, at=lead.at)
    return went(f"/launches/{key}", "launch-live")


@router.post("/launches/{key}/settings")
def change_settings(
    key: str,
    lead: Lead,
    revision: Revision,
    mode: Annotated[Mode, Form()],
    wrong_rate: Annotated[float, Form()],
) -> RedirectResponse:
    """Decide how it answers; ``wrong_rate`` comes in per cent."""
    launch = _unchanged(lead, key, revision)
    launch.set_mode(lead.session, mode=mode, wrong_rate=wrong_rate / 100, by=lead.by, at=lead.at)
    return went(f"/launches/{key}", "settings")


@router.post("/launches/{key}/internal-words")
def keep_words_inside(
    key: str, lead: Lead, revision: Revision, internal_words: Words = ""
) -> RedirectResponse:
    """Say which words no reply should hold, one a line."""
    launch = _unchanged(lead, key, revision)
    launch.keep_inside(lead.session, lines(internal_words), by=lead.by, at=lead.at)
    return went(f"/launches/{key}", "settings")


@router.get("/launches/{key}/updates")
def show_updates(key: str, looking: LookingHere) -> HTMLResponse:
    """Show what everybody was told, and the form for the next."""
    return _updates_page(looking, this_launch(looking.session, looking.by, key), Announcement())


@router.post("/launches/{key}/updates")
def publish_update(
    key: str,
    teller: Teller,
    title: Words = "",
    expected: Words = "",
    what_to_do: Words = "",
    next_update_at: Words = "",
    next_update: Words = "",
    newest: Annotated[int | None, Form(ge=0, le=2**31 - 1)] = None,
) -> Response:
    """Tell everybody, everywhere at once; what was typed stays when something is missing."""
    launch = this_launch(teller.session, teller.by, key)
    said = Announcement(title, expected, what_to_do, next_update_at, next_update)
    try:
        _must_be_newest(teller, launch, newest)
        _publish(teller, launch, said)
    except Refused as refusal:
        return _updates_page(teller, launch, said, refusal)
    return went(f"/launches/{key}/updates", "published")


def _must_be_newest(teller: Visit, launch: Launch, seen: int | None) -> None:
    """Raise Refused when another update came after ``seen``: two would contradict each other."""
    teller.session.refresh(launch, with_for_update=True)
    last = updates.newest(teller.session, launch.id, at=teller.at)
    if seen is None or last is None or last.id == seen:
        return
    raise Crossed(
        f"“{last.title}” was published at the same moment.",
        what_to_do="Read it below. Publish yours if it still has to be said: nothing was lost.",
    )


def _publish(teller: Visit, launch: Launch, said: Announcement) -> None:
    due = moment(said.next_update_at, launch.zone)
    updates.publish(
        teller.session,
        launch,
        title=said.title,
        expected=said.expected,
        what_to_do=said.what_to_do,
        next_update=said.next_update.strip() or (time_in_words(due, launch.zone) if due else ""),
        next_update_at=due,
        by=teller.by,
        at=teller.at,
    )


def moment(text: str, zone: ZoneInfo) -> datetime | None:
    """Return the instant that a ``datetime-local`` field means in ``zone``, or nothing for "".

    Raises:
        Refused: when it is no time.
    """
    if not text.strip():
        return None
    try:
        local = datetime.fromisoformat(text.strip())
        return (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):  # the ends of the calendar have no other zones
        raise Refused("The time is not readable.", what_to_do="Choose day and time.") from None


def _updates_page(
    looking: Visit, launch: Launch, said: Announcement, refusal: Refused | None = None
) -> HTMLResponse:
    told = updates.of_launch(looking.session, launch.id, at=looking.at)
    problems = problems_of(said, refusal) if refusal else {}
    context = updates_context(looking, launch, told, said, problems)
    status = refusal.status if refusal else 200
    return looking.page("launch/updates.html", "updates", launch, context, status=status)


def _unchanged(lead: Visit, key: str, revision: int) -> Launch:
    """Return the launch when it still is as the form's page showed it.

    Raises:
        ChangedMeanwhile: with how it is now.
    """
    launch = this_launch(lead.session, lead.by, key)
    if launch.version != revision:
        raise ChangedMeanwhile(
            f"{launch.name} is now: {PHASE_WORDS[launch.phase].lower()}, mode {launch.mode}, "
            f"at most {launch.wrong_rate:.1%} wrong answers.",
            what_to_do="Load the page again and decide anew.",
        )
    return launch
