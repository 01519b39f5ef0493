"""Updates: telling everybody at once, looking at every place first, and the daily one."""

from datetime import UTC, datetime
from typing import Annotated, TypedDict
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.ground.errors import Refused
from assistant.launch import daily_updates, updates
from assistant.launch.coverage import minutes_of
from assistant.launch.daily_updates import Rule
from assistant.launch.launches import Launch
from assistant.launch.updates import Update
from assistant.library.wording import time_in_words
from web.access import PartsHere, RowId, TellerHere, Writing, this_launch
from web.shell import LongWords, LookingHere, Visit, Words, visit, went
from web.update_pages import (
    Announcement,
    Crossed,
    TakingBack,
    correcting,
    problems_of,
    seen_of,
    too_long,
    updates_context,
)

router = APIRouter(tags=["launches"], default_response_class=HTMLResponse)


def _telling(request: Request, parts: PartsHere, me: TellerHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Teller = Annotated[Visit, Depends(_telling)]
Which = Annotated[int, Form(ge=0, le=2**31 - 1)]


@router.get("/launches/{key}/updates")
def show_updates(
    key: str, looking: LookingHere, correct: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0
) -> HTMLResponse:
    """Show what everybody was told, where, and the form for the next, or to ``correct`` one."""
    launch = this_launch(looking.session, looking.by, key)
    wrong = updates.by_id(looking.session, launch.id, correct) if correct else None
    return _page(looking, launch, correcting(wrong) if wrong else Announcement())


@router.post("/launches/{key}/updates")
def publish_update(
    key: str,
    teller: Teller,
    title: LongWords = "",
    expected: LongWords = "",
    what_to_do: LongWords = "",
    next_update_at: LongWords = "",
    next_update: LongWords = "",
    corrects: Which = 0,
    newest: Annotated[int | None, Form(ge=0, le=2**31 - 1)] = None,
    form_key: Annotated[str, Form(max_length=64)] = "",
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Tell everybody what was ``seen`` before; else show what they would read, and whom it reaches.

    What was typed stays, whatever is missing.
    """
    launch = this_launch(teller.session, teller.by, key)
    said = Announcement(title, expected, what_to_do, next_update_at, next_update, corrects)
    teller.session.refresh(launch, with_for_update=True)  # of two at once the second waits here
    if form_key and updates.with_key(teller.session, launch.id, form_key):
        return went(f"/launches/{key}/updates", "published")  # the same form, sent twice
    try:
        if too_long(said):
            raise Refused("It is too long.", what_to_do="Say it shorter.")
        _must_be_newest(teller, launch, newest)
        draft = _written(teller, launch, said)
        if seen != seen_of(draft):
            return _page(teller, launch, said, key=form_key, preview=draft)
        _publish(teller, launch, said, form_key)
    except Refused as refusal:
        return _page(teller, launch, said, refusal, key=form_key)
    return went(f"/launches/{key}/updates", "published")


@router.post("/launches/{key}/updates/{number}/taking-back")
def take_back_update(key: str, number: RowId, teller: Teller, because: Words = "") -> Response:
    """Take an update back everywhere; without a reason the form says so, beside the field."""
    launch = this_launch(teller.session, teller.by, key)
    update = updates.by_id(teller.session, launch.id, number)
    teller.session.refresh(update, with_for_update=True)  # of two at once the second waits here
    try:
        update.take_back(teller.session, because=because, by=teller.by, at=teller.at)
    except Refused as refusal:
        words = f"{refusal.message} {refusal.what_to_do}"
        back = TakingBack(number, because, words)
        context = updates_context(teller, launch, Announcement(), {}, back=back)
        return teller.page("launch/updates.html", "updates", launch, context, status=409)
    return went(f"/launches/{key}/updates?correct={number}#new-update", "update-taken-back")


@router.post("/launches/{key}/daily-updates")
def set_daily_updates(
    key: str, teller: Teller, days: Annotated[int, Form()], by: Words
) -> RedirectResponse:
    """Decide on how many first days an update is due, and by when."""
    launch = this_launch(teller.session, teller.by, key)
    try:
        rule = Rule(days, minutes_of(by.strip()))
    except ValueError:
        raise Refused("The time is not readable.", what_to_do="Write it as 17:00.") from None
    daily_updates.set_rule(teller.session, launch, rule, by=teller.by, at=teller.at)
    return went(f"/launches/{key}/updates", "settings")


def _must_be_newest(teller: Visit, launch: Launch, seen: int | None) -> None:
    """Raise Crossed when what is told is not what was ``seen``: two would contradict each other."""
    last = updates.newest(teller.session, launch.id, at=teller.at)
    if seen is None or seen == (last.id if last else 0):
        return
    if last is None or last.id < seen:
        raise Crossed(
            "The update that you saw was taken back meanwhile.",
            what_to_do="Publish yours if it still has to be said: nothing was lost.",
        )
    raise Crossed(
        f"“{last.title}” was published at the same moment.",
        what_to_do="Read it below. Publish yours if it still has to be said: nothing was lost.",
    )


def _publish(teller: Visit, launch: Launch, said: Announcement, key: str) -> None:
    updates.publish(
        teller.session, launch, by=teller.by, at=teller.at, key=key, **_said(launch, said)
    )


def _written(teller: Visit, launch: Launch, said: Announcement) -> Update:
    return updates.written(teller.session, launch, at=teller.at, **_said(launch, said))


class _Said(TypedDict):
    title: str
    expected: str
    what_to_do: str
    next_update: str
    next_update_at: datetime | None
    corrects_id: int | None


def _said(launch: Launch, said: Announcement) -> _Said:
    """Return what was typed as an update takes it; a promise without words is told by its time."""
    due = moment(said.next_update_at, launch.zone)
    words = said.next_update.strip() or (time_in_words(due, launch.zone) if due else "")
    return {
        "title": said.title, "expected": said.expected, "what_to_do": said.what_to_do,
        "next_update": words, "next_update_at": due, "corrects_id": said.corrects or None,
    }  # fmt: skip


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


def _page(
    looking: Visit,
    launch: Launch,
    said: Announcement,
    refusal: Refused | None = None,
    *,
    key: str = "",
    preview: Update | None = None,
) -> HTMLResponse:
    problems = problems_of(said, refusal) if refusal else {}
    context = updates_context(looking, launch, said, problems, key=key, preview=preview)
    status = refusal.status if refusal else 200
    return looking.page("launch/updates.html", "updates", launch, context, status=status)
