"""Somebody of the staff at a browser: signed in without the cost of a password, forms filled in."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import event

from assistant.ground.parts import Parts
from assistant.ground.people import sign_in
from tests import cast
from web.access import COOKIE
from web.app import create_app

PAGE = {"accept": "text/html"}


@dataclass
class Browser:
    """One person's browser. Forms carry the token of their sign-in."""

    client: TestClient
    csrf: str

    def get(self, path: str, **wanted: Any) -> Response:
        """Load a page."""
        return self.client.get(path, params=wanted or None, headers=PAGE)

    def post(self, path: str, **fields: Any) -> Response:
        """Send a form and stay at its answer, wherever that leads."""
        data = {"csrf": self.csrf, **fields}
        return self.client.post(path, data=data, headers=PAGE, follow_redirects=False)


def a_browser(parts: Parts, email: str | None = None) -> Browser:
    """Return a browser, in which ``email`` is signed in when given."""
    client = TestClient(create_app(parts))
    if email is None:
        return Browser(client, "")
    with parts.db.writing() as session:
        entry, token = sign_in(session, cast.the(session, email), at=parts.clock.now())
    client.cookies.set(COOKIE, token)
    return Browser(client, entry.csrf)


@contextmanager
def queries(parts: Parts) -> Iterator[list[str]]:
    """Yield the statements that are sent to the database meanwhile."""
    sent: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(parts.db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(parts.db.engine, "before_cursor_execute", note)


def publishes(browser: Browser, page: str, **said: Any) -> Response:
    """Publish an update as people do: look at what customers will read, then confirm it."""
    look = browser.post(page, **said)
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', look.text)
    return browser.post(page, **said, seen=seen[1]) if seen else look
