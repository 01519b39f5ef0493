"""What every response carries and every request is held to: headers, sizes, rates."""

import math
import re
import time
from collections.abc import Callable, Coroutine, Iterator
from email.utils import format_datetime
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.ground.clock import Clock
from assistant.ground.errors import Declined, NotFound
from web.access import PartsHere

BIGGEST_BODY = 1_000_000  # bytes; the longest form is an entry with its phrasings
BIGGEST_ID = 2**31 - 1  # what an id's column holds on PostgreSQL
BIGGEST_MAIL = 25_000_000  # bytes; what most mail servers let through
BIGGEST_FILE = 5_500_000  # bytes; a file of five million, of which more is said, with its form
MAIL = "/api/v1/mail"
FILES = re.compile(
    r"/library/[^/]+/imports"
    r"|(?:/api/v1)?/launches/[^/]+/signals(?:/preview)?|/launches/[^/]+/rehearsal"
)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "object-src 'none'; frame-src 'self'; manifest-src 'self'"
)
FOR_EVER = "public, max-age=31536000, immutable"
HEADERS = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


async def numbers_fit(request: Request) -> None:
    """Let only ids through that a row could have; no database is asked for others.

    Raises:
        NotFound: when a number in the address is larger.
    """
    named = dict(request.path_params)
    named.pop("conversation_id", None)  # a random text
    ids = [str(value) for name, value in named.items() if name.endswith("_id")]
    if any(each.isdecimal() and int(each[:12]) > BIGGEST_ID for each in ids):
        raise NotFound("There is nothing with that number.", what_to_do="Look at the list.")


def framed_by(sites: list[str]) -> str:
    """Return the policy of a page that only ``sites`` may frame."""
    return f"{POLICY}; frame-ancestors 'self' {' '.join(sites)}".rstrip()


class Headers:
    """Puts the browser's defences on every response that does not say otherwise itself."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app, self._clock = app, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; complete the headers of what comes back."""

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._missing(scope):
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, completed if scope["type"] == "http" else send)

    def _missing(self, scope: Scope) -> Iterator[tuple[str, str]]:
        # Pages count down by this, so it is the product's clock and not the server's.
        yield "Date", format_datetime(self._clock.now(), usegmt=True)
        if scope["path"].startswith("/static/"):
            named_by_content = b"v=" in scope["query_string"]
            yield "Cache-Control", FOR_EVER if named_by_content else "no-cache"
        yield from HEADERS.items()


def biggest_body(path: str) -> int:
    """Return how many bytes a request to ``path`` may bring."""
    if FILES.fullmatch(path):
        return BIGGEST_FILE
    return BIGGEST_MAIL if path == MAIL else BIGGEST_BODY


class LongForms(APIRoute):
    """A route with a form whose fields may be as long as files; elsewhere one megabyte is most."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the usual handler, to which the form is handed as read."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            if request.method == "POST":
                await request.form(max_part_size=BIGGEST_FILE)
            return await handle(request)

        return handled


class BodyLimits:
    """Refuses a body that announces too much; one that lies is cut off on the way."""

    def __init__(self, app: ASGIApp, announced: Callable[[Request], Response | None]) -> None:
        """``announced`` returns the refusal of a request that says it brings too much."""
        self._announced = announced
        sizes = (BIGGEST_BODY, BIGGEST_FILE, BIGGEST_MAIL)
        self._limited = {size: RequestBodyLimitMiddleware(app, size) for size in sizes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counted."""
        refusal = self._announced(Request(scope)) if scope["type"] == "http" else None
        if refusal is not None:
            await refusal(scope, receive, send)
        else:
            await self._limited[biggest_body(scope.get("path", ""))](scope, receive, send)


class Heads:
    """Answers HEAD as GET without its body, which link checkers and monitors ask for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as GET; keep the headers of what comes back and drop the body."""

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if scope["type"] == "http" and scope["method"] == "HEAD":
            await self._app({**scope, "method": "GET"}, receive, without_body)
        else:
            await self._app(scope, receive, send)


class TooMany(Declined):
    """The limit is reached (429). Nothing was taken; the words are still with the customer."""

    status = 429

    def __init__(self, wait: int) -> None:
        super().__init__(
            "That was a lot in a short time.", what_to_do=f"Try again in {wait} seconds."
        )
        self.wait = wait


class Limits:
    """How often somebody may do something, in a moving minute. Kept in this process."""

    def __init__(self) -> None:
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def spend(self, who: str, per_minute: int) -> None:
        """Count one act of ``who``. Raises TooMany, with the seconds to wait."""
        item: RateLimitItem = RateLimitItemPerMinute(per_minute)
        if not self._window.hit(item, who):
            reset = self._window.get_window_stats(item, who).reset_time
            raise TooMany(max(1, math.ceil(reset - time.time())))


def _by_conversation(request: Request, conversation_id: str, parts: PartsHere) -> None:
    limits: Limits = request.app.state.limits
    limits.spend(f"conversation {conversation_id}", parts.settings.questions_per_minute)


def _by_address(request: Request, parts: PartsHere) -> None:
    limits: Limits = request.app.state.limits
    limits.spend(f"address {address_of(request)}", parts.settings.conversations_per_minute)


def address_of(request: Request) -> str:
    """Return the client's address; a proxy's word is believed only when uvicorn was told to."""
    return request.client.host if request.client else "unknown"


limited_by_conversation: Any = Depends(_by_conversation)
limited_by_address: Any = Depends(_by_address)
Address = Annotated[str, Depends(address_of)]
