"""One cause with everything about it, and every verb of it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.desk import belonging, causes, fixes, sorting
from assistant.desk.cause_states import STATE_WORDS, Decision, Kind, State
from assistant.desk.causes import Cause
from assistant.desk.sorting import Seen
from assistant.desk.tickets import Ticket
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person, launches_of, members
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Scenario, of_launch
from assistant.library import entries
from web.access import RowId, this_ticket
from web.cause_page import cause_page
from web.colleagues import ME
from web.desk import AtDesk, Looking, Number
from web.desk_pages import WORKERS
from web.refusals import ChangedMeanwhile
from web.shell import Visit, Words, went

router = APIRouter(tags=["causes"], default_response_class=HTMLResponse)

KindField = Annotated[Literal["", "bug", "training-gap"], Form()]


@router.get("/causes/{cause_id}")
def show_cause(desk: Looking, cause_id: RowId) -> HTMLResponse:
    """Show one cause with everything about it."""
    cause = this_cause(desk, cause_id)
    launch = desk.session.get_one(Launch, cause.launch_id)
    context = cause_page(desk.session, launch, cause, person=desk.by, at=desk.at)
    return desk.page("causes/cause.html", "causes", launch, context)


def _cause(cause_id: RowId, agent: AtDesk, version: Number) -> Cause:
    """Return the cause when it still is as the form's page showed it. Raises ChangedMeanwhile."""
    cause = this_cause(agent, cause_id)
    if cause.version != version:
        owner = cause.owner.name if cause.owner else "nobody yet"
        raise ChangedMeanwhile(
            f"{cause.number} has changed since you looked at it. "
            f"Now: {STATE_WORDS[cause.state]}, with {owner}.",
            what_to_do="Read what is new on its page, then decide again.",
        )
    return cause


ThisCause = Annotated[Cause, Depends(_cause)]


@router.post("/causes/{cause_id}/description")
def describe(
    cause: ThisCause,
    agent: AtDesk,
    title: Words = "",
    kind: KindField = "",
    scenario: Words = "",
    learners: Words = "",
    lesson: Words = "",
) -> RedirectResponse:
    """Say anew what it is."""
    cause.describe(
        agent.session,
        title=title,
        kind=Kind(kind) if kind else None,
        scenario=scenario_of(agent, cause.launch_id, scenario),
        learners=learners,
        lesson=lesson,
        by=agent.by,
        at=agent.at,
    )
    return _back(cause, "cause-saved")


@router.post("/causes/{cause_id}/owner")
def assign(cause: ThisCause, agent: AtDesk, person: Words) -> RedirectResponse:
    """Give it to somebody."""
    cause.assign(agent.session, to=_colleague(agent, cause, person), by=agent.by, at=agent.at)
    return _back(cause, "assigned")


@router.post("/causes/{cause_id}/decision")
def decide(
    cause: ThisCause,
    agent: AtDesk,
    decision: Annotated[Decision, Form()],
    words: Words = "",
    kind: KindField = "",
) -> RedirectResponse:
    """Decide what it is to customers."""
    chosen = Kind(kind) if kind else None
    cause.decide(agent.session, decision, words, kind=chosen, by=agent.by, at=agent.at)
    return _back(cause, "cause-decided")


@router.post("/causes/{cause_id}/fixing")
def begin_fix(cause: ThisCause, agent: AtDesk) -> RedirectResponse:
    """Say that it is being fixed."""
    cause.begin_fix(agent.session, by=agent.by, at=agent.at)
    return _back(cause, "fixing")


@router.post("/causes/{cause_id}/fixes")
def log_fix(
    cause: ThisCause,
    agent: AtDesk,
    what: Words = "",
    quick: Words = "",
    fixed: Words = "",
    entry: Words = "",
) -> RedirectResponse:
    """Keep what was changed; with ``fixed``, that settles it."""
    message = entries.by_key(agent.session, cause.launch_id, entry).id if entry else None
    if fixed:
        cause.mark_fixed(agent.session, by=agent.by, at=agent.at)
    fixes.record(
        agent.session,
        cause,
        what,
        is_quick=bool(quick),
        by=agent.by,
        at=agent.at,
        entry_id=message,
    )
    return _back(cause, "fixed" if fixed else "fix-logged")


@router.post("/causes/{cause_id}/return")
def go_back(
    cause: ThisCause, agent: AtDesk, to: Annotated[State, Form()], reason: Words = ""
) -> RedirectResponse:
    """Go back to an earlier state, with a reason."""
    cause.go_back(agent.session, to, reason=reason, by=agent.by, at=agent.at)
    return _back(cause, "went-back")


@router.post("/causes/{cause_id}/links")
def add_link(
    cause: ThisCause, agent: AtDesk, url: Words = "", title: Words = ""
) -> RedirectResponse:
    """Attach an address."""
    cause.add_link(agent.session, url, words=title, by=agent.by, at=agent.at)
    return _back(cause, "cause-saved")


@router.post("/causes/{cause_id}/links/removal")
def remove_link(cause: ThisCause, agent: AtDesk, url: Words) -> RedirectResponse:
    """Take an address away."""
    cause.remove_link(agent.session, url, by=agent.by, at=agent.at)
    return _back(cause, "cause-saved")


@router.post("/causes/{cause_id}/tickets/removal")
def unlink_ticket(cause_id: RowId, agent: AtDesk, number: Words) -> RedirectResponse:
    """Let a ticket belong to what its group belongs to again."""
    cause, ticket = this_cause(agent, cause_id), this_ticket(agent.session, agent.by, number)
    belonging.unlink_ticket(agent.session, ticket, cause, by=agent.by, at=agent.at)
    return _back(cause, "unlinked")


@router.post("/desk/cause")
def link_tickets(
    agent: AtDesk,
    numbers: Annotated[list[str], Form(max_length=500)],
    cause: Words = "",
    title: Words = "",
) -> RedirectResponse:
    """Link tickets to a cause that is there, or to a new one: all of them, or none.

    A new cause from one ticket takes its whole repeat group along.
    """
    found = [this_ticket(agent.session, agent.by, number) for number in dict.fromkeys(numbers)]
    if len({ticket.launch_id for ticket in found}) != 1:
        raise Refused("These tickets are of two launches.", what_to_do="Choose within one.")
    if title.strip():
        return went(f"/causes/{_new_from(agent, found, title).id}", "cause-new")
    to = this_cause(agent, int(cause) if cause.isdecimal() and len(cause) < 10 else 0)
    if to.launch_id != found[0].launch_id:
        raise NotFound("That cause is of another launch.", what_to_do="Choose one of this launch.")
    for ticket in found:
        belonging.link_ticket(agent.session, ticket, to, by=agent.by, at=agent.at)
    one = f"/desk/tickets/{found[0].number}"
    return went(one if len(found) == 1 else f"/causes/{to.id}", "linked")


def this_cause(visit: Visit, cause_id: int) -> Cause:
    """Return a cause of the person's launches. Raises NotFound for every other one."""
    mine = None if visit.by.is_any() else launches_of(visit.session, visit.by)
    return causes.cause_of(visit.session, cause_id, mine)


def _new_from(agent: Visit, found: list[Ticket], title: str) -> Cause:
    scenarios = {ticket.scenario for ticket in found}
    cause = causes.detect(
        agent.session,
        found[0].launch_id,
        title=title,
        scenario=scenarios.pop() if len(scenarios) == 1 else None,
        by=agent.by,
        at=agent.at,
    )
    groups = {ticket.group_id for ticket in found}
    only = groups.pop() if len(groups) == 1 else None
    if only is not None:
        sorting.link(agent.session, Seen(only), cause, by=agent.by, at=agent.at)
    else:
        for ticket in found:
            belonging.link_ticket(agent.session, ticket, cause, by=agent.by, at=agent.at)
    return cause


def scenario_of(agent: Visit, launch_id: int, key: str) -> Scenario | None:
    """Return the scenario with this key, nothing for ""; raises NotFound for any other."""
    if not key:
        return None
    found = of_launch(agent.session, launch_id).get(key)
    if found is None:
        raise NotFound("There is no such scenario.", what_to_do="Choose one from the list.")
    return found


def _colleague(agent: Visit, cause: Cause, email: str) -> Person:
    if email == ME:
        return agent.by
    team = members(agent.session, cause.launch_id, *WORKERS)
    found = next((person for person in team if person.email == email.strip().lower()), None)
    if found is None:
        raise NotFound("Nobody of this launch has that address.", what_to_do="Choose a colleague.")
    return found


def _back(cause: Cause, toast: str) -> RedirectResponse:
    return went(f"/causes/{cause.id}", toast)
