"""The scenarios of a launch, as its lead describes them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from assistant.ground.database import sha256
from assistant.ground.errors import Refused
from assistant.launch.describing import scenario_of
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Scenario
from assistant.library.filing import describe_scenario
from web.access import LeadHere, PartsHere, Writing, this_launch
from web.new_launch import key_of
from web.scenario_form import scenario_row, scenario_said
from web.setup_forms import Row
from web.setup_pages import scenario_context, scenarios_context, staff
from web.shell import LookingHere, Visit, Words, visit, went

router = APIRouter(
    prefix="/launches/{key}/setup/scenarios",
    tags=["launches"],
    default_response_class=HTMLResponse,
)
Line = Annotated[str, Form(max_length=2_000)]
BLANK: Row = {
    **dict.fromkeys(("title", "expected_before", "why_in_doubt", "owner", "escalation"), ""),
    **dict.fromkeys(("confirms_expected", "approves_messages", "triggers_rollback"), ""),
    "category": "core-workflow",
    "severity": "3",
    "seen": "",
}


def _leading(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Lead = Annotated[Visit, Depends(_leading)]


@router.get("")
def show_scenarios(key: str, looking: LookingHere) -> HTMLResponse:
    """Show every scenario with what is missing of it."""
    launch = this_launch(looking.session, looking.by, key)
    context = scenarios_context(looking, launch)
    return looking.page("launch/setup_scenarios.html", "launches", launch, context)


@router.get("/{scenario}")
def show_scenario(key: str, scenario: str, looking: LookingHere) -> HTMLResponse:
    """Show one scenario, or the form for a new one."""
    launch = this_launch(looking.session, looking.by, key)
    if scenario == "new":
        return _page(looking, launch, dict(BLANK), "", {})
    found = scenario_of(looking.session, launch, scenario)
    return _page(looking, launch, _row(found), scenario, {})


@router.post("/{scenario}")
def set_scenario(
    key: str,
    scenario: str,
    lead: Lead,
    title: Words = "",
    expected_before: Words = "",
    why_in_doubt: Words = "",
    category: Line = "",
    severity: Line = "",
    owner: Line = "",
    confirms_expected: Line = "",
    approves_messages: Line = "",
    triggers_rollback: Line = "",
    escalation: Words = "",
    seen: Words = "",
) -> Response:
    """Keep a scenario; ``seen`` is how it was when the form was loaded."""
    launch = this_launch(lead.session, lead.by, key)
    lead.session.refresh(launch, with_for_update=True)  # one after the other: the second one sees
    found = None if scenario == "new" else scenario_of(lead.session, launch, scenario)
    typed = {
        "title": title, "expected_before": expected_before, "why_in_doubt": why_in_doubt,
        "category": category, "severity": severity, "owner": owner,
        "confirms_expected": confirms_expected, "approves_messages": approves_messages,
        "triggers_rollback": triggers_rollback, "escalation": escalation,
        "seen": _seen(found) if found else "",
    }  # fmt: skip
    known = {person.email for person in staff(lead.session)}
    new_key = found.key if found else _free_key(launch, title)
    read = scenario_said(typed, new_key, known)
    if read.problems:
        return _page(lead, launch, typed, found.key if found else "", read.problems, 422)
    try:
        _must_be(found, seen)
        describe_scenario(lead.session, launch, found, read.kept, by=lead.by, at=lead.at)
    except Refused as refusal:
        said = {"words": f"{refusal.message} {refusal.what_to_do}", "now": _now(found)}
        return _page(lead, launch, typed, scenario, {}, 409, said)
    return went(f"/launches/{key}/setup/scenarios", "set-up")


def _must_be(found: Scenario | None, seen: str) -> None:
    if found is not None and seen != _seen(found):
        raise Refused(
            "Somebody changed this scenario while you typed; nothing you typed is lost.",
            what_to_do="Look at how it stands now, and save again if yours is right.",
        )


def _seen(found: Scenario) -> str:
    """Return what tells one state of a scenario from another."""
    return sha256("\x1f".join(scenario_row(found).values()))


def _row(found: Scenario) -> Row:
    return {**scenario_row(found), "seen": _seen(found)}


def _now(found: Scenario | None) -> list[str]:
    if found is None:
        return []
    rows = scenario_row(found).items()
    return [f"{name.replace('_', ' ').capitalize()}: {words}" for name, words in rows]


def _free_key(launch: Launch, title: str) -> str:
    taken, key = {each.key for each in launch.scenarios}, key_of(title)[:60] or "scenario"
    numbered = (f"{key}-{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (key, *numbered) if one not in taken and one != "new")


def _page(
    looking: Visit,
    launch: Launch,
    typed: Row,
    key: str,
    problems: dict[str, str],
    status: int = 200,
    refused: dict[str, Any] | None = None,
) -> HTMLResponse:
    context = {
        **scenario_context(looking, launch, typed, "" if key == "new" else key, problems),
        "refused": refused,
    }
    return looking.page("launch/setup_scenario.html", "launches", launch, context, status=status)
