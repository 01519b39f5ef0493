"""Repeats: what people say about which questions are one question."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.desk import causes, proposals, sorting
from assistant.desk.cause_lists import Tab
from assistant.desk.proposals import About
from assistant.desk.repeats import RepeatGroup
from assistant.desk.sorting import Seen
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import launches_of
from assistant.launch.launches import Launch
from web.access import RowId, this_launch
from web.desk import AtDesk, Looking
from web.repeat_pages import group_page, repeats_page
from web.shell import Visit, Words, went

router = APIRouter(tags=["repeats"], default_response_class=HTMLResponse)

Mark = Annotated[str, Form(pattern=r"^\d{1,9}:\d{1,9}$")]  # a group and the revision that was seen
Marks = Annotated[list[Mark], Form()]
PageNumber = Annotated[int, Query(ge=1, le=100_000)]
Id = Annotated[int, Form(ge=1, le=2**31 - 1)]


@router.get("/repeats")
def show_repeats(
    desk: Looking, launch: str = "", tab: str = "", q: str = "", page: PageNumber = 1
) -> HTMLResponse:
    """Show the groups that the engine proposes, and those that people sorted."""
    shown = desk.launch(launch)
    if shown is None:
        raise NotFound("You work on no launch yet.", what_to_do="Ask a lead to add you to one.")
    wanted = Tab(tab) if tab in list(Tab) else Tab.PROPOSED
    context = repeats_page(desk.session, shown, wanted, q.strip(), page)
    return desk.page("repeats/index.html", "causes", shown, context)


@router.get("/repeats/{group_id}")
def show_group(desk: Looking, group_id: RowId, page: PageNumber = 1) -> Response:
    """Show one group with its real questions; one that was merged leads on."""
    group = this_group(desk, group_id)
    if group.merged_into_id is not None:
        return RedirectResponse(f"/repeats/{group.merged_into_id}", 303)
    launch = desk.session.get_one(Launch, group.launch_id)
    context = group_page(desk.session, launch, group, page)
    return desk.page("repeats/group.html", "causes", launch, context)


@router.post("/repeats/confirmation")
def confirm(agent: AtDesk, group: Mark) -> RedirectResponse:
    """Say that these questions are one question."""
    seen = _seen(agent, group)
    sorting.confirm(agent.session, seen, by=agent.by, at=agent.at)
    return went(f"/repeats/{seen.id}", "confirmed")


@router.post("/repeats/dismissal")
def dismiss(agent: AtDesk, group: Mark) -> RedirectResponse:
    """Put a group aside until it has grown."""
    seen = _seen(agent, group)
    done = sorting.dismiss(agent.session, seen, by=agent.by, at=agent.at)
    launch = agent.session.get_one(Launch, done.launch_id)
    return went(f"/repeats?{urlencode({'launch': launch.key})}", "put-aside")


@router.post("/repeats/name")
def rename(agent: AtDesk, group: Mark, question: Words = "") -> RedirectResponse:
    """Call a group by other words."""
    seen = _seen(agent, group)
    sorting.rename(agent.session, seen, question, by=agent.by, at=agent.at)
    return went(f"/repeats/{seen.id}", "renamed")


@router.post("/repeats/merging")
def merge(agent: AtDesk, groups: Marks = []) -> RedirectResponse:  # noqa: B006
    """Make one of several: the first that was listed, which has most questions, takes the rest."""
    seen = [_seen(agent, mark) for mark in groups]
    if len(seen) < 2:
        raise Refused("There is nothing to merge.", what_to_do="Choose two groups or more.")
    merged = sorting.merge(agent.session, seen[0], seen[1:], by=agent.by, at=agent.at)
    toast = "merged-codes" if merged.names_different_codes else "merged"
    return went(f"/repeats/{seen[0].id}", "merged-causes" if merged.left_causes else toast)


@router.post("/repeats/unmerging")
def undo_merge(agent: AtDesk, taken: Id) -> RedirectResponse:
    """Give a merged group its questions back."""
    this_group(agent, taken)
    back = sorting.undo_merge(agent.session, taken, by=agent.by, at=agent.at)
    return went(f"/repeats/{back.id}", "unmerged")


@router.post("/repeats/split")
def split(
    agent: AtDesk,
    group: Mark,
    questions: Annotated[list[Id], Form()] = [],  # noqa: B006
    into: Annotated[str, Form(pattern=r"^(\d{1,9}:\d{1,9})?$")] = "",
    name: Words = "",
) -> RedirectResponse:
    """Take questions out of a group: into a new one, or over to another."""
    seen, to = _seen(agent, group), _seen(agent, into) if into else None
    target = sorting.take_out(
        agent.session, seen, questions, into=to, name=name, by=agent.by, at=agent.at
    )
    return went(f"/repeats/{target.id}", "moved" if to else "split")


@router.post("/repeats/cause")
def link(agent: AtDesk, group: Mark, cause: Words = "", title: Words = "") -> RedirectResponse:
    """Say what a group is fixed by: a cause that is there, a new one, or nothing any more."""
    seen, launches = _seen(agent, group), _launches(agent)
    to = None
    if title.strip():
        launch_id = this_group(agent, seen.id).launch_id
        to = causes.detect(agent.session, launch_id, title=title, by=agent.by, at=agent.at)
    elif cause.isdecimal():
        to = causes.cause_of(agent.session, int(cause[:9]), launches)
    sorting.link(agent.session, seen, to, by=agent.by, at=agent.at)
    return went(f"/causes/{to.id}" if to else f"/repeats/{seen.id}", "linked" if to else "unlinked")


@router.post("/repeats/proposals")
def dismiss_proposal(
    agent: AtDesk, launch: Words, about: Annotated[About, Form()], one: Id, other: Id
) -> RedirectResponse:
    """Say no to a proposal; it does not come back."""
    launch_id = this_launch(agent.session, agent.by, launch).id
    proposals.dismiss(agent.session, launch_id, about, one, other, by=agent.by, at=agent.at)
    to = (
        f"/causes/{other}"
        if about is About.BELONGS
        else f"/repeats?{urlencode({'launch': launch})}"
    )
    return went(to, "not-proposed")


def this_group(visit: Visit, group_id: int) -> RepeatGroup:
    """Return a group of the person's launches. Raises NotFound for every other one."""
    group = visit.session.get(RepeatGroup, group_id)
    mine = _launches(visit)
    if group is None or (mine is not None and group.launch_id not in mine):
        raise NotFound("There is no such group.", what_to_do="Look for it in the list.")
    return group


def _launches(visit: Visit) -> list[int] | None:
    return None if visit.by.is_any() else launches_of(visit.session, visit.by)


def _seen(agent: Visit, mark: str) -> Seen:
    group_id, _, revision = mark.partition(":")
    this_group(agent, int(group_id))
    return Seen(int(group_id), int(revision))
