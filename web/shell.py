"""What every staff page shares: who is signed in, which launch is looked at, what is degraded."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import AfterValidator
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.desk import mails, update_alarms
from assistant.desk.notices import unread
from assistant.desk.tickets import Ticket
from assistant.ground import outbox
from assistant.ground.parts import Parts
from assistant.ground.people import Person, Role
from assistant.ground.tail import known_upto
from assistant.launch import launches
from assistant.launch.launches import Launch
from assistant.library.entries import waiting_for
from web.access import Me, PartsHere, Reading, StaffHere, this_launch
from web.reachable import AT_DESK, may, reachable
from web.readiness import MailNow, held_up, mail_now, stand_ins
from web.rendering import page
from web.toasts import TOASTS

LAUNCH = "hypercare_launch"  # cookie: the launch somebody looked at last
TOAST = "hypercare_toast"  # cookie: what the last form did, as a code; read once
TOAST_LASTS = 30  # seconds, for a page that is never loaded
REMEMBERED = 30 * 86_400  # seconds

ROLE_WORDS = {
    Role.AGENT: "Agent",
    Role.ENGINEER: "Engineer",
    Role.LEAD: "Lead",
    Role.CHANGE_MANAGER: "Change manager",
    Role.SPONSOR: "Sponsor",
    Role.ADMINISTRATOR: "Administrator",
}
PHASE_WORDS = {
    "preparing": "In preparation",
    "active": "Hypercare",
    "stabilising": "Stabilising",
    "closed": "Closed",
}
DEGRADED = {
    "embedder": ("warn", "Word search only.", "Questions are matched by words, not by meaning."),
    "index": ("info", "The vector index is away.", "An exact scan stands in; nothing is missed."),
    "model": ("warn", "The model is away.", "Retrieval decides; in doubt a person answers."),
}


LONGEST_FIELD = 20_000  # characters of one field of a form


def tidy(typed: str) -> str:
    """Return what was typed with the line ends of a text, not of a form, and without NUL."""
    return typed.replace("\r\n", "\n").replace("\x00", "")


Words = Annotated[str, Form(max_length=LONGEST_FIELD), AfterValidator(tidy)]
LongWords = Annotated[str, Form(), AfterValidator(tidy)]  # whoever takes it says what is too long


@dataclass(frozen=True)
class Visit:
    """One request of somebody on the staff: who, in which session, at what time."""

    request: Request
    parts: Parts
    me: Me
    session: Session
    by: Person
    at: datetime
    upto: int  # the newest event when the request began: a page's stream goes on from there

    @cached_property
    def launches(self) -> list[Launch]:
        """Return the launches that the reader works on, newest first; looked for once."""
        return launches.of_person(self.session, self.by)

    def launch(self, key: str = "") -> Launch | None:
        """Return the launch that is meant: named, looked at last, or the newest active one.

        Raises:
            NotFound: when ``key`` names a launch that is not theirs.
        """
        if key:
            return this_launch(self.session, self.by, key)
        remembered = self.request.cookies.get(LAUNCH)
        wanted = [launch for launch in self.launches if launch.key == remembered]
        active = [launch for launch in self.launches if launch.phase == "active"]
        return next(iter((*wanted, *active, *self.launches)), None)

    def way(self, href: str) -> str:
        """Return the address when the reader may open it, else nothing."""
        return reachable(self.by, href)

    def page(
        self,
        template: str,
        section: str,
        launch: Launch | None,
        context: dict[str, Any],
        *,
        status: int = 200,
    ) -> HTMLResponse:
        """Return the finished page. The toast is shown once; the launch is remembered."""
        common = {
            "now": self.at,
            "zone": launch.time_zone if launch else "UTC",
            "csrf": self.me.csrf,
            "shell": shell(self, section, launch),
        }
        response = HTMLResponse(page(template, {**common, **context}), status)
        if TOAST in self.request.cookies and "x-fresh" not in self.request.headers:
            response.delete_cookie(TOAST)
        if launch and self.request.query_params.get("launch") == launch.key:
            response.set_cookie(LAUNCH, launch.key, REMEMBERED, httponly=True, samesite="lax")
        return response


def visit(request: Request, parts: Parts, me: Me, session: Session) -> Visit:
    """Return ``me`` as somebody who reads or writes in ``session`` now."""
    person, upto = session.get_one(Person, me.person_id), _upto(request, session)
    return Visit(request, parts, me, session, person, parts.clock.now(), upto)


def _upto(request: Request, session: Session) -> int:
    watch = getattr(request.app.state, "watch", None)
    return known_upto(session, watch.seen if watch else 0)


def _looking(request: Request, parts: PartsHere, me: StaffHere, session: Reading) -> Visit:
    return visit(request, parts, me, session)


LookingHere = Annotated[Visit, Depends(_looking)]  # any role, reading


def went(to: str, toast: str = "") -> RedirectResponse:
    """Return the way from a form back to a page, which then says what was done."""
    response = RedirectResponse(to, 303)
    if toast:
        response.set_cookie(TOAST, toast, TOAST_LASTS, httponly=True, samesite="lax")
    return response


def home_of(person: Person) -> str:
    """Return where a person's work begins."""
    if person.is_any(*AT_DESK):
        return "/desk"
    return "/reports" if person.role == Role.SPONSOR else "/launches"


def shell(visit: Visit, section: str, launch: Launch | None) -> dict[str, Any]:
    """Return what base.html shows around every staff page."""
    person, session = visit.by, visit.session
    mail = mail_now(visit.parts, session)
    return {
        "me": {"name": person.name, "role_words": ROLE_WORDS[Role(person.role)]},
        "section": section,
        "home": home_of(person),
        "may": may(person),
        "launch": _shown(launch, visit.at) if launch else None,
        "launches": [
            {
                "key": each.key,
                "name": each.name,
                "phase_words": PHASE_WORDS[each.shown_phase],
                "href": f"{_switch(person, section)}?launch={each.key}",
                "current": launch is not None and each.id == launch.id,
            }
            for each in visit.launches
        ],
        "counts": _counts(session, person, launch),
        "banners": [
            *banners(visit.parts),
            *_mail_banner(mail),
            *_held_up(visit, launch),
            *_untold(visit, launch),
        ],
        "mail_aside": _aside(visit, mail) if mail and person.is_any(Role.LEAD) else None,
        "toast": _toast(visit.request),
        "live": {"is_desk": person.is_any(*AT_DESK), "upto": visit.upto},
    }


def _aside(visit: Visit, mail: MailNow) -> int:
    """Return how many mails wait for the reader: those of their launches, and of none."""
    if not mail.put_aside:
        return 0
    mine = None if visit.by.is_any() else [launch.id for launch in visit.launches]
    return mails.count_of(visit.session, mails.of_people_in(mine), *mails.aside("aside"))


def _held_up(visit: Visit, launch: Launch | None) -> list[dict[str, str]]:
    """Return what a lead should know of the launch's deliveries; agents see it on the ticket."""
    if launch is None or not visit.by.is_any(Role.LEAD):
        return []
    standing = outbox.standing(visit.session, at=visit.at, launch_id=launch.id)
    if not (why := held_up(standing, visit.at)):
        return []
    text = f"{why} The launch’s page leads to its deliveries."
    return [{"tone": "warn", "title": "Others have not got everything.", "text": text}]


def _untold(visit: Visit, launch: Launch | None) -> list[dict[str, str]]:
    """Return which update is late or missing; it goes when somebody tells."""
    if launch is None:
        return []
    alarms = update_alarms.pressing(visit.session, launch, at=visit.at)
    late = [alarm for alarm in alarms if alarm.due <= visit.at]
    return [{"tone": "warn", "title": "Tell first.", "text": alarm.words} for alarm in late]


def banners(parts: Parts) -> list[dict[str, str]]:
    """Return the degraded states that people should know of on every page."""
    states = stand_ins(parts)
    # A process that was never meant to own the index is not degraded: nobody said why.
    shown = [name for name, state in states.items() if state.get("why") and state["status"] != "ok"]
    told = [dict(zip(("tone", "title", "text"), DEGRADED[name], strict=True)) for name in shown]
    return [*told, *_coming(states["embedder"])]


def _mail_banner(mail: MailNow | None) -> list[dict[str, str]]:
    if mail is None or not mail.problems:
        return []
    return [{"tone": "warn", "title": "Mail.", "text": " ".join(mail.problems)}]


def _coming(embedder: dict[str, str]) -> list[dict[str, str]]:
    if "coming" not in embedder:
        return []
    title = f"The library is being prepared for {embedder['coming']}."
    return [{"tone": "info", "title": title, "text": embedder["progress"]}]


def _shown(launch: Launch, at: datetime) -> dict[str, Any]:
    is_active = launch.phase == "active"
    return {
        "key": launch.key,
        "name": launch.name,
        "phase_words": PHASE_WORDS[launch.shown_phase],
        "day": launch.day(at) if is_active else None,
    }


def _switch(person: Person, section: str) -> str:
    """Return the page that changing the launch leads to: the same room, for the other launch."""
    same = {"library": "/library", "reports": "/reports", "engineering": "/engineering"}
    return same.get(section, "/desk" if person.is_any(*AT_DESK) else "/reports")


def _counts(session: Session, person: Person, launch: Launch | None) -> dict[str, int]:
    told = {"notices": unread(session, person)}
    if launch is None:
        return {"desk": 0, "library": 0, **told}
    open_tickets = select(func.count()).where(
        Ticket.launch_id == launch.id, Ticket.resolved_at.is_(None)
    )
    return {
        "desk": (person.is_any(*AT_DESK) and session.scalar(open_tickets)) or 0,
        "library": waiting_for(session, launch.id, person),
        **told,
    }


def _toast(request: Request) -> str | None:
    # The cookie holds a code: what is shown are always our own words.
    return TOASTS.get(request.cookies.get(TOAST, ""))
