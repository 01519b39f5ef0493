"""A new launch from a template: one form, and what was typed stays until it is right."""

import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select

from assistant.ground.errors import Refused
from assistant.ground.people import Person, Role
from assistant.ground.readable import is_readable
from assistant.launch.from_template import Beginning, offered
from assistant.launch.launches import Trigger
from assistant.launch.pack_file import PackRefused
from assistant.library.beginning import begin
from web.access import LeadHere, PartsHere, Reading, Writing
from web.entry_form import lines
from web.field_problems import Problems
from web.launch_words import TRIGGER_WORDS
from web.shell import ROLE_WORDS, Visit, visit, went

router = APIRouter(tags=["launches"], default_response_class=HTMLResponse)
Line = Annotated[str, Form(max_length=500)]
Sites = Annotated[str, Form(max_length=20_000)]
NEEDED = {  # who a launch needs -> what they do in it
    "owner": "Owns the scenarios: answers, and says what is expected",
    "lead": "Approves messages; is the first step up",
    "engineer": "Confirms facts, and triggers a rollback",
    "change-manager": "Knows the change; tells everybody",
    "sponsor": "Reads the reports, and signs the end",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as somebody filled it in."""

    template: str = ""
    name: str = ""
    key: str = ""
    starts: str = ""
    time_zone: str = "UTC"
    trigger: str = ""
    sites: str = ""
    owner: str = ""
    lead: str = ""
    engineer: str = ""
    change_manager: str = ""
    sponsor: str = ""

    @property
    def people(self) -> dict[str, str]:
        """Return the chosen addresses by role."""
        chosen = {role: str(getattr(self, role.replace("-", "_"))) for role in NEEDED}
        return {role: email for role, email in chosen.items() if email}


def _leading(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


def _looking_lead(request: Request, parts: PartsHere, me: LeadHere, session: Reading) -> Visit:
    return visit(request, parts, me, session)


Lead = Annotated[Visit, Depends(_leading)]
LookingLead = Annotated[Visit, Depends(_looking_lead)]


@router.get("/launches/new")
def show_new(looking: LookingLead, template: str = "") -> HTMLResponse:
    """Show the templates and the form."""
    me = looking.by.email if looking.by.role == Role.LEAD else ""
    return _page(looking, Typed(template=template, lead=me))


@router.post("/launches/new")
def begin_launch(
    lead: Lead,
    template: Line = "",
    name: Line = "",
    key: Line = "",
    starts: Line = "",
    time_zone: Line = "UTC",
    trigger: Line = "",
    sites: Sites = "",
    owner: Line = "",
    lead_: Annotated[str, Form(max_length=500, alias="lead")] = "",
    engineer: Line = "",
    change_manager: Line = "",
    sponsor: Line = "",
) -> Response:
    """Make the launch, and go on with what only people can fill."""
    said = Typed(
        template, name, key, starts, time_zone.strip(), trigger, sites,
        owner, lead_, engineer, change_manager, sponsor,
    )  # fmt: skip
    beginning, problems = understood(said)
    if beginning is None:
        return _page(lead, said, problems)
    try:
        begin(lead.session, template, beginning, by=lead.by, at=lead.at)
    except PackRefused as refused:
        return _page(lead, said, _by_field(refused))
    except Refused as taken:
        return _page(lead, said, {"key": f"{taken.message} {taken.what_to_do}"}, status=409)
    return went(f"/launches/{beginning.key}/setup", "launch-begun")


def understood(said: Typed) -> tuple[Beginning | None, dict[str, str]]:
    """Return what was typed as a beginning, or what is wrong with it by field."""
    problems: dict[str, str] = {}
    if said.template not in {each.key for each in offered()}:
        problems["template"] = "Choose the template that is nearest to your change."
    if not is_readable(said.name):
        problems["name"] = "Say what the launch is called."
    if said.time_zone not in available_timezones():
        problems["time_zone"] = "Use a name like Europe/Berlin or UTC."
    starts = None if "time_zone" in problems else _moment(said)
    if starts is None:
        problems.setdefault("starts", "Choose day and time at which it starts.")
    key = said.key.strip() or key_of(said.name)
    if said.name.strip() and not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", key):
        problems["key"] = "Lower-case letters, digits and single hyphens: spring-pricing."
    if said.trigger and said.trigger not in list(Trigger):
        problems["trigger"] = "Choose one of the list."
    if problems or starts is None:
        return None, problems
    sites = tuple(lines(said.sites))
    return (
        Beginning(key, said.name.strip(), starts, said.time_zone, said.trigger, said.people, sites),
        {},
    )


def key_of(name: str) -> str:
    """Return a key made of a name: ``Spring pricing`` is ``spring-pricing``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-")


def _moment(said: Typed) -> datetime | None:
    try:
        local = datetime.fromisoformat(said.starts.strip())
        zoned = local if local.tzinfo else local.replace(tzinfo=ZoneInfo(said.time_zone))
        at = zoned.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if 1970 < at.year < 2199 else None


FIELDS = {"launch.key": "key", "launch.name": "name", "launch.sites": "sites"}


def _by_field(refused: PackRefused) -> dict[str, str]:
    """Return what the pack was refused for, beside the fields that it came from."""
    problems: dict[str, str] = {}
    for each in refused.problems:
        field = FIELDS.get(each.field.partition("[")[0], "people")
        problems.setdefault(field, f"{each.message} {each.remedy}")
    return problems


def _page(
    looking: Visit, said: Typed, problems: dict[str, str] | None = None, status: int = 422
) -> HTMLResponse:
    staff = looking.session.scalars(
        select(Person).where(Person.disabled_at.is_(None)).order_by(Person.name)
    )
    people = [
        {"email": each.email, "name": f"{each.name}, {ROLE_WORDS[Role(each.role)].lower()}"}
        for each in staff
    ]
    context: dict[str, Any] = {
        "form": asdict(said),
        "problems": Problems(problems or {}),
        "templates": [
            {**asdict(each), "trigger_words": TRIGGER_WORDS[each.trigger]} for each in offered()
        ],
        "triggers": [{"key": each.value, "title": TRIGGER_WORDS[each]} for each in Trigger],
        "roles": [
            {"key": role.replace("-", "_"), "title": _title(role), "about": about}
            for role, about in NEEDED.items()
        ],
        "people": people,
        "zones": sorted(available_timezones()),
    }
    return looking.page(
        "launch/new.html", "launches", None, context, status=status if problems else 200
    )


def _title(role: str) -> str:
    return "Scenario owner" if role == "owner" else role.replace("-", " ").capitalize()
