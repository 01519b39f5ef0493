"""The warning signs of a launch: how each stands now, its alarms, and what a lead makes of them."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.ground.amounts import SAID, amount
from assistant.ground.people import Role
from assistant.launch.launches import Launch
from assistant.reports import alarms, warning_signs, watching
from assistant.reports.warning_signs import TITLE, UNIT, Look, Sign
from assistant.reports.watching import Live, WarningAlarm, WarningLook
from web.access import LeadHere, PartsHere, RowId, Writing, this_launch
from web.series import series_chart
from web.shell import LookingHere, Visit, Words, visit, went

router = APIRouter(tags=["launches"], default_response_class=HTMLResponse)

SHOWN = timedelta(hours=72)  # of looks in a chart
LOOK_WORDS = {Look.OVER: "beyond chance", Look.NORMAL: "normal", Look.TOO_LITTLE: "too little data"}


def _leading(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Lead = Annotated[Visit, Depends(_leading)]


@router.get("/launches/{key}/warnings")
def show_warnings(key: str, looking: LookingHere) -> HTMLResponse:
    """Show the four signs as they are at this moment, and every alarm there was."""
    launch = this_launch(looking.session, looking.by, key)
    context = warnings_context(looking, launch)
    return looking.page("launch/warnings.html", "launches", launch, context)


@router.post("/launches/{key}/warnings/{alarm_id}/entry")
def follow_alarm(key: str, alarm_id: RowId, lead: Lead, because: Words = "") -> RedirectResponse:
    """Do what the alarm proposes: enter hypercare, return to it, or bring it back in full."""
    launch = this_launch(lead.session, lead.by, key)
    alarm = alarms.of_launch(lead.session, launch, alarm_id)
    alarms.follow(lead.session, launch, alarm, because=because, by=lead.by, at=lead.at)
    return went(f"/launches/{key}/warnings", "alarm-followed")


@router.post("/launches/{key}/warnings/{alarm_id}/settlement")
def settle_alarm(key: str, alarm_id: RowId, lead: Lead, because: Words = "") -> RedirectResponse:
    """Say why nothing follows from the alarm."""
    launch = this_launch(lead.session, lead.by, key)
    alarm = alarms.of_launch(lead.session, launch, alarm_id)
    alarms.settle(lead.session, launch, alarm, because=because, by=lead.by, at=lead.at)
    return went(f"/launches/{key}/warnings", "alarm-settled")


def warnings_context(looking: Visit, launch: Launch) -> dict[str, Any]:
    """Return what launch/warnings.html shows."""
    session = looking.session
    now = watching.live(session, launch, at=looking.at)
    looks = watching.looks(session, launch.id, since=looking.at - SHOWN)
    leads = looking.by.is_any(Role.LEAD)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "is_watched": watching.is_watched(launch, at=looking.at),
        "signs": [_sign(each, looks[each.sign]) for each in now],
        "alarms": [_alarm(each) for each in watching.alarms(session, launch.id)],
        "rule": {"on": warning_signs.ON, "off": warning_signs.OFF},
        "may": {"decide": leads},
        "proposal": watching.proposal_for(launch),
        "follows": alarms.may_follow(launch),
    }


def _sign(live: Live, looks: "list[WarningLook] | Any") -> dict[str, Any]:
    normal, unit = live.normal, UNIT[live.sign]
    over = [number for number, look in enumerate(looks) if look.look == Look.OVER]
    return {
        "key": live.sign.value,
        "number": warning_signs.NUMBER[live.sign],
        "title": TITLE[live.sign],
        "value": amount(live.value, UNIT[live.sign]),
        "unit": _beside(live.sign),
        "volume": live.volume,
        "normal": amount(normal.value, unit) if normal else None,
        "limit": amount(warning_signs.limit_of(live.sign, normal.value), unit) if normal else None,
        "source": normal.source if normal else "",
        "look": LOOK_WORDS[live.look],
        "is_over": live.look is Look.OVER,
        "is_on": live.is_on,
        "chart": series_chart(
            [look.value for look in looks], normal.value if normal else None, over, unit
        ),
        "rows": [
            {
                "at": look.at,
                "value": amount(look.value, unit),
                "look": LOOK_WORDS[Look(look.look)],
            }
            for look in reversed(looks)
        ],
    }


def _beside(sign: Sign) -> str:
    """Return what stands beside a sign's value: of things counted, in which time."""
    return "" if UNIT[sign] in SAID else UNIT[sign]


def _alarm(alarm: WarningAlarm) -> dict[str, Any]:
    sign = Sign(alarm.sign)
    return {
        "id": alarm.id,
        "title": TITLE[sign],
        "raised_at": alarm.raised_at,
        "value": amount(alarm.value, UNIT[sign]),
        "normal": amount(alarm.normal, UNIT[sign]),
        "unit": _beside(sign),
        "proposal": alarm.proposal,
        "cleared_at": alarm.cleared_at,
        "settled_at": alarm.settled_at,
        "settled_by": alarm.settled_by.name if alarm.settled_by else "",
        "settled_words": alarm.settled_words,
    }
