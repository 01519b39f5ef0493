"""The door: signing in, signing out. The cookie is new at each sign-in and worth nothing after."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.ground.audit import happened
from assistant.ground.database import sha256
from assistant.ground.errors import NotPermitted
from assistant.ground.parts import Parts
from assistant.ground.people import (
    SIGN_IN_LASTS,
    SignIn,
    by_email,
    password_is_right,
    sign_in,
    signed_in,
)
from web.access import COOKIE, Anyone, PartsHere, StaffHere, Writing
from web.guarding import Address, Limits, TooMany
from web.rendering import page
from web.shell import home_of

router = APIRouter(tags=["sign-in"], default_response_class=HTMLResponse)

TRIES = 10  # a minute, for one address and for one e-mail alike
LONGEST_PASSWORD = 1_000  # characters; hashing a longer one only costs us time
LEFT = {  # said only to whoever knows the password
    "title": "This account is deactivated.",
    "text": "A lead or an administrator can activate it again. What you wrote here is kept.",
}
WRONG = {
    "title": "That did not match.",
    "text": "Check the address and the password. Nobody is told which of the two was wrong.",
}


class FromHere(Anyone):
    """Admits everybody whose form stands on a page of ours: nobody is signed in by another site."""

    def __call__(self, request: Request) -> None:  # type: ignore[override]
        """Let the request through.

        Browsers say where a form came from; what says nothing is no browser and brings no cookie.

        Raises:
            NotPermitted: when the form stands on another site.
        """
        site = request.headers.get("sec-fetch-site")
        origin = request.headers.get("origin")
        is_ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
        if not is_ours or site not in (None, "same-origin", "none"):
            raise NotPermitted("This form came from another site.", what_to_do="Sign in here.")


anyone = Depends(Anyone())
from_here = Depends(FromHere())
Text = Annotated[str, Form()]


@router.get("/sign-in", dependencies=[anyone])
def door(request: Request, next: str = "") -> HTMLResponse:
    """Show the form."""
    return _door(request, email="", onward=own_path(next))


@router.post("/sign-in", dependencies=[from_here])
def begin(
    request: Request,
    parts: PartsHere,
    address: Address,
    email: Text = "",
    password: Text = "",
    next: Text = "",
) -> Response:
    """Sign in, or say that it did not match, which takes as long."""
    onward = own_path(next)
    try:
        _spend(request.app.state.limits, address, email)
    except TooMany as wait:
        problem = {"title": wait.message, "text": wait.what_to_do}
        later = {"Retry-After": str(wait.wait)}
        return _door(
            request, email=email, onward=onward, problem=problem, status=429, headers=later
        )
    if not _is_right(parts, email, password):
        return _door(request, email=email, onward=onward, problem=WRONG, status=401)
    if not _may_enter(parts, email):
        return _door(request, email=email, onward=onward, problem=LEFT, status=403)
    return _begun(parts, request, email, onward)


@router.post("/sign-out")
def end(me: StaffHere, session: Writing, parts: PartsHere) -> RedirectResponse:
    """End the sign-in, in the database and in the browser."""
    session.get_one(SignIn, me.sign_in_id).end(at=parts.clock.now())
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE)
    return response


def own_path(path: str) -> str:
    """Return ``path`` when it leads to one of our own pages, otherwise nothing.

    Browsers read ``//host`` and ``/\\host`` as another site, and skip control characters.
    """
    is_own = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_own and path.isprintable() else ""


def _spend(limits: Limits, address: str, email: str) -> None:
    limits.spend(f"sign-in from {address}", TRIES)
    limits.spend(f"sign-in as {sha256(email.strip().lower())}", TRIES)


def _is_right(parts: Parts, email: str, password: str) -> bool:
    with parts.db.reading() as session:
        person = by_email(session, email)
    known = person.password_hash if person is not None else None
    return password_is_right(known, password[:LONGEST_PASSWORD])


def _may_enter(parts: Parts, email: str) -> bool:
    with parts.db.reading() as session:
        person = by_email(session, email)
    return person is not None and person.disabled_at is None


def _begun(parts: Parts, request: Request, email: str, onward: str) -> RedirectResponse:
    at = parts.clock.now()
    with parts.db.writing() as session:
        person = by_email(session, email)
        assert person is not None  # noqa: S101  the password has just been right
        if before := signed_in(session, request.cookies.get(COOKIE, ""), at=at):
            before.end(at=at)
        _, token = sign_in(session, person, at=at)
        happened(session, "person.signed-in", at=at, by=person)
        response = RedirectResponse(onward or home_of(person), 303)
    _give(response, token, secure=parts.settings.cookie_secure)
    return response


def _give(response: Response, token: str, *, secure: bool) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SIGN_IN_LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=secure,
    )


def _door(
    request: Request,
    *,
    email: str,
    onward: str,
    problem: dict[str, str] | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    context: dict[str, Any] = {
        "csrf": "",  # without a session there is nothing to compare with: the origin is checked
        "email": email,
        "problem": problem,
        "next": onward,
        "demo_people": request.app.state.demo_people,
    }
    return HTMLResponse(page("access/sign_in.html", context), status, headers)
