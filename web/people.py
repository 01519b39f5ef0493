"""The team: who may sign in, what somebody has in hand, and shutting and opening an account."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import select

from assistant.ground import leaving
from assistant.ground.errors import NotFound
from assistant.ground.people import Membership, Person, Role, launches_of
from assistant.launch.launches import Launch
from assistant.reports import left_behind
from assistant.reports.left_behind import Left
from web.access import LeadHere, PartsHere, Reading, RowId, Writing
from web.shell import ROLE_WORDS, Visit, visit, went

router = APIRouter(tags=["people"], default_response_class=HTMLResponse)


def _reading(request: Request, parts: PartsHere, me: LeadHere, session: Reading) -> Visit:
    return visit(request, parts, me, session)


def _writing(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Looking = Annotated[Visit, Depends(_reading)]
Acting = Annotated[Visit, Depends(_writing)]


@router.get("/people")
def show_people(looking: Looking) -> HTMLResponse:
    """Show everybody of the reader's launches; an administrator sees all."""
    names = _launch_names(looking)
    rows = [_row(person, names) for person in _theirs(looking)]
    rows.sort(key=lambda row: (row["left_at"] is not None, row["name"]))
    return looking.page("access/people.html", "people", looking.launch(), {"people": rows})


@router.get("/people/{person_id}")
def show_person(person_id: RowId, looking: Looking) -> HTMLResponse:
    """Show one of them: what they have in hand, and whether they may sign in."""
    person, session = _this(looking, person_id), looking.session
    left = left_behind.of_person(session, person, at=looking.at)
    mine = None if looking.by.is_any() else set(launches_of(session, looking.by))
    seen = [each for each in left if mine is None or each.launch.id in mine]
    context = {
        "person": _row(person, _launch_names(looking)),
        "is_me": person.id == looking.by.id,
        "may": {"manage": leaving.may_manage(session, looking.by, person)},
        "groups": _groups(seen),
        "in_words": left_behind.in_words(seen),
        "elsewhere": len(left) - len(seen),
        "log": [
            {"words": _said(each.kind), "by": each.who, "at": each.at}
            for each in reversed(leaving.shut_and_opened(session))
            if each.details.get("person") == person.email
        ],
    }
    return looking.page("access/person.html", "people", looking.launch(), context)


@router.post("/people/{person_id}/deactivation")
def shut(person_id: RowId, acting: Acting) -> RedirectResponse:
    """Shut somebody's account at once, and tell the leads what they leave."""
    person = _this(acting, person_id)
    left_behind.let_go(acting.session, person, by=acting.by, at=acting.at)
    if person.id == acting.by.id:
        return went("/sign-in")
    return went(f"/people/{person.id}", "person-left")


@router.post("/people/{person_id}/reactivation")
def open_again(person_id: RowId, acting: Acting) -> RedirectResponse:
    """Open somebody's account again."""
    person = _this(acting, person_id)
    leaving.reactivate(acting.session, person, by=acting.by, at=acting.at)
    return went(f"/people/{person.id}", "person-back")


def _theirs(looking: Visit) -> list[Person]:
    query = select(Person).order_by(Person.name)
    if not looking.by.is_any():
        mine = Membership.launch_id.in_(launches_of(looking.session, looking.by))
        query = query.where(Person.id.in_(select(Membership.person_id).where(mine)))
    return list(looking.session.scalars(query))


def _this(looking: Visit, person_id: int) -> Person:
    person = looking.session.get(Person, person_id)
    if person is None or not (person in _theirs(looking) or _has_in_hand(looking, person)):
        raise NotFound("There is nobody here.", what_to_do="Look for them in the list of people.")
    return person


def _has_in_hand(looking: Visit, person: Person) -> bool:
    """Return whether something of the reader's launches is theirs: its leads are told of it."""
    mine = launches_of(looking.session, looking.by)
    return bool(left_behind.of_person(looking.session, person, at=looking.at, launches=mine))


def _launch_names(looking: Visit) -> dict[int, list[str]]:
    """Return by person the names of the launches that they work on, as far as the reader does."""
    query = select(Membership.person_id, Launch.name).join(
        Launch, Launch.id == Membership.launch_id
    )
    if not looking.by.is_any():
        query = query.where(Launch.id.in_(launches_of(looking.session, looking.by)))
    names: dict[int, list[str]] = {}
    for person_id, name in looking.session.execute(query.order_by(Launch.name)):
        names.setdefault(person_id, []).append(name)
    return names


def _row(person: Person, names: dict[int, list[str]]) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "role_words": ROLE_WORDS[Role(person.role)],
        "launches": names.get(person.id, []),
        "left_at": person.disabled_at,
    }


def _groups(left: list[Left]) -> list[dict[str, Any]]:
    """Return what somebody has in hand by its kind, the most urgent kind first."""
    found, is_several = [], len({each.launch.id for each in left}) > 1
    for what in left_behind.What:
        rows = [each for each in left if each.what is what]
        if rows:
            shown = [
                {"words": r.words, "href": r.href, "launch": r.launch.name if is_several else ""}
                for r in rows
            ]
            found.append(
                {"key": what.name.lower(), "title": left_behind.in_words(rows), "rows": shown}
            )
    return found


def _said(kind: str) -> str:
    return "Deactivated" if kind == leaving.SHUT else "Activated again"
