"""Who may do what on which route: an admission declared by every route, and sign-ins.

An admission is a dependency that lets a request through or declines it. A route without one
fails the build: ``create_app`` asks ``undeclared``.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Form, Header, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import AfterValidator
from sqlalchemy.orm import Session

from assistant.desk import conversations, tickets
from assistant.desk.conversations import Conversation
from assistant.desk.tickets import Ticket
from assistant.ground.errors import Declined, NotFound, NotPermitted
from assistant.ground.parts import Parts
from assistant.ground.people import Person, Role, launches_of, signed_in
from assistant.launch import api_keys, launches
from assistant.launch.api_keys import ApiKey, Scope
from assistant.launch.launches import Launch

COOKIE = "hypercare_sign_in"
SAFE = ("GET", "HEAD", "OPTIONS")
EVERY_ROLE = tuple(Role)
HIGHEST = 2**31 - 1  # that PostgreSQL numbers a row with


def _of_a_row(number: int) -> int:
    # Databases fail on a number beyond their own; 0 is one that no row has: there is nothing here.
    return number if 0 < number <= HIGHEST else 0


RowId = Annotated[int, AfterValidator(_of_a_row)]  # in a path; what no row has is not found


class SignInFirst(Declined):
    """Nobody is signed in (401); a page leads to the sign-in instead."""

    status = 401


class NoToken(Declined):
    """The conversation's bearer token is missing (401)."""

    status = 401


def parts_of(request: Request) -> Parts:
    """Return the parts this process is assembled from."""
    parts: Parts = request.app.state.parts
    return parts


PartsHere = Annotated[Parts, Depends(parts_of)]


def _reading(parts: PartsHere) -> Iterator[Session]:
    with parts.db.reading() as session:
        yield session


def _writing(parts: PartsHere) -> Iterator[Session]:
    with parts.db.writing() as session:
        yield session


# Function scope: the transaction ends before the response begins, so a failed commit is no 200.
Reading = Annotated[Session, Depends(_reading, scope="function")]
Writing = Annotated[Session, Depends(_writing, scope="function")]


@dataclass(frozen=True, slots=True)
class Me:
    """Who is signed in, and the token that every form of theirs carries."""

    person_id: int
    sign_in_id: int
    csrf: str


class Anyone:
    """Admits everybody: public pages, the loader, health."""

    def __call__(self) -> None:
        """Let the request through."""


class Visitor:
    """Admits the holder of a conversation's token."""

    def __call__(
        self, conversation_id: str, authorization: Annotated[str, Header()] = ""
    ) -> "Opened":
        """Return which conversation is asked for, and with which token.

        Raises:
            NoToken: when no bearer token came along.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise NoToken("This needs the conversation’s token.", what_to_do="Begin a new one.")
        return Opened(conversation_id, token.strip())


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation's id and the token that came with it; not yet compared."""

    id: str
    token: str

    def within(self, session: Session) -> Conversation:
        """Return the conversation. Raises NotFound when the token is not its own."""
        return conversations.opened(session, self.id, self.token)


class Relay:
    """Admits our own mail relay, by the secret that both were given."""

    def __call__(self, parts: PartsHere, authorization: Annotated[str, Header()] = "") -> None:
        """Let the request through.

        Raises:
            NotFound: when this installation takes no mail in here.
            NoToken: when the secret is missing or another one.
        """
        secret = parts.settings.mail_secret.get_secret_value()
        if not secret.strip():
            raise NotFound("No mail is taken in here.", what_to_do="Set HYPERCARE_MAIL_SECRET.")
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() != "bearer" or not _is_same(given.strip(), secret):
            raise NoToken("This needs the relay’s secret.", what_to_do="Send it as bearer token.")


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that showed a key: which key, of which launch."""

    key_id: int
    launch_id: int


class Program:
    """Admits programs by an API key whose scope includes this one."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def __call__(self, parts: PartsHere, authorization: Annotated[str, Header()] = "") -> Caller:
        """Return who is calling; a key that was revoked a moment ago is none.

        Raises:
            NoToken: when no key came along, or it is unknown, expired or revoked: they look alike.
            NotPermitted: when its scope does not include this.
        """
        scheme, _, secret = authorization.partition(" ")
        at = parts.clock.now()
        with parts.db.reading() as session:
            key = api_keys.opened(session, secret.strip(), at=at)
            if scheme.lower() != "bearer" or key is None:
                raise NoToken(
                    "This needs an API key that is in force.",
                    what_to_do="Send “Authorization: Bearer hk_…”. "
                    "A lead makes keys on the launch’s page of connections.",
                )
            caller, is_news = Caller(key.id, key.launch_id), key.used(at)
            if not key.may(self.scope):
                raise NotPermitted(
                    f"This key may not do that: its scope is {key.scope}.",
                    what_to_do=f"Ask a lead for a key with the scope {self.scope.value}.",
                )
        if is_news:
            with parts.db.writing() as session:
                session.get_one(ApiKey, caller.key_id).used(at)
        return caller


class Staff:
    """Admits people who are signed in and have one of ``roles``; forms must carry their token."""

    def __init__(self, *roles: Role) -> None:
        self.roles = roles or EVERY_ROLE

    def __call__(self, request: Request, parts: PartsHere, csrf: Annotated[str, Form()] = "") -> Me:
        """Return who is asking.

        Raises:
            SignInFirst: when nobody is signed in, or the sign-in has ended.
            NotPermitted: when the role does not fit, or a form came from elsewhere.
        """
        with parts.db.reading() as session:
            token = request.cookies.get(COOKIE, "")
            entry = signed_in(session, token, at=parts.clock.now()) if token.strip() else None
            if entry is None:
                raise SignInFirst("Sign in first.", what_to_do="Nothing you sent was kept.")
            if request.method not in SAFE and not _is_same(csrf, entry.csrf):
                raise NotPermitted(
                    "This form is out of date.", what_to_do="Load the page again and repeat it."
                )
            if not entry.person.is_any(*self.roles):
                raise NotPermitted("Your role does not include this.", what_to_do="Ask a lead.")
            return Me(entry.person_id, entry.id, entry.csrf)


def _is_same(given: str, secret: str) -> bool:
    """Compare in constant time; as bytes, because letters beyond ASCII may be given."""
    return secrets.compare_digest(given.encode("utf-8", "replace"), secret.encode())


ADMISSIONS = (Anyone, Visitor, Relay, Program, Staff)

anyone = Depends(Anyone())
VisitorHere = Annotated[Opened, Depends(Visitor())]
StaffHere = Annotated[Me, Depends(Staff())]
DeskHere = Annotated[Me, Depends(Staff(Role.AGENT, Role.ENGINEER, Role.LEAD))]
LeadHere = Annotated[Me, Depends(Staff(Role.LEAD))]
AuthorHere = Annotated[Me, Depends(Staff(Role.AGENT, Role.LEAD, Role.CHANGE_MANAGER))]
ReaderHere = Annotated[Caller, Depends(Program(Scope.READ))]
DrafterHere = Annotated[Caller, Depends(Program(Scope.DRAFT))]
TellerHere = Annotated[Me, Depends(Staff(Role.CHANGE_MANAGER, Role.LEAD))]


def this_launch(session: Session, person: Person, key: str) -> Launch:
    """Return the launch with this key when ``person`` works on it.

    Raises:
        NotFound: when there is none, or it is not theirs: the two look alike.
    """
    launch = launches.by_key(session, key)
    if not person.is_any() and launch.id not in launches_of(session, person):
        raise NotFound(f"There is no launch “{key}”.", what_to_do="Check the key.")
    return launch


def this_ticket(session: Session, person: Person, number: str) -> Ticket:
    """Return one of the tickets of the person's launches. Raises NotFound for every other one."""
    mine = None if person.is_any() else launches_of(session, person)
    return tickets.by_number(session, number, mine)


def undeclared(app: FastAPI) -> list[str]:
    """Return the routes that do not say who may use them."""
    # An included router is one entry in app.routes; only the contexts hold each of its routes.
    return [
        f"{'/'.join(sorted(found.methods or ()))} {found.path}"
        for found in iter_route_contexts(app.routes)
        if isinstance(found.original_route, APIRoute) and not _is_declared(found.dependant)
    ]


def _is_declared(dependant: Dependant) -> bool:
    return isinstance(dependant.call, ADMISSIONS) or any(
        _is_declared(below) for below in dependant.dependencies
    )
