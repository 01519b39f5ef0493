"""Others' servers on loopback: a Jira, a Slack and a receiver of webhooks, that can be down."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sqlalchemy.orm import Session

from assistant.ground.delivery import deliver_due
from assistant.ground.parts import Parts
from assistant.ground.sealing import seal
from assistant.integrations.webhooks import new_secret
from assistant.launch import connections
from assistant.launch.connections import Channel, Connection
from assistant.worker import deliverers
from tests import cast

TOKEN = "a-token-that-nobody-sees"  # noqa: S105


@dataclass
class Outside:
    """What stands outside; ``mood`` is ok, down (503), silent (takes it, answers 504), refuses."""

    port: int
    mood: str = "ok"
    heard: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    issues: dict[str, dict[str, Any]] = field(default_factory=dict)
    comments: list[tuple[str, Any]] = field(default_factory=list)
    is_indexed: bool = True
    """Whether its search already finds what was created."""

    @property
    def url(self) -> str:
        """Return where it is."""
        return f"http://127.0.0.1:{self.port}"

    def takes(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Any:
        """Return status and answer for one request."""
        if self.mood == "down":
            return 503, {}
        if self.mood == "refuses":
            return 400, {"errors": {"issuetype": "It is not allowed here."}}
        self.heard.append((path, headers, body))
        status, answer = self._done(method, path, json.loads(body or b"{}"))
        return (504, {}) if self.mood == "silent" else (status, answer)

    def _done(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path.endswith("/rest/api/3/issue"):
            key = f"PAY-{len(self.issues) + 1}"
            self.issues[key] = body["fields"]
            return 201, {"key": key}
        if path.endswith("/search/jql"):
            label = body["jql"].split('"')[1]
            keys = [key for key, fields in self.issues.items() if label in fields["labels"]]
            return 200, {"issues": [{"key": key} for key in keys] if self.is_indexed else []}
        if path.endswith("/comment"):
            self.comments.append((path.split("/")[-2], body["body"]))
            return 201, {}
        if path.endswith("/chat"):
            return 200, {"ok": True}
        return 200, {}


@contextmanager
def outside(port: int = 0) -> Iterator[Outside]:
    """Yield everything that stands outside, at one port."""

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            status, answer = there.takes(self.command, self.path, headers, body)
            said = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = _any  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    there = Outside(server.server_address[1])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()


def allow(parts: Parts, there: Outside) -> None:
    """Let this process reach it, as an operator would."""
    parts.settings.outgoing_allowed = f"127.0.0.1:{there.port}"


def connected(
    parts: Parts,
    there: Outside,
    channel: Channel,
    *,
    name: str = "",
    events: tuple[str, ...] = (),
    secret: str = "",
) -> Connection:
    """Return a connection that Lena made."""
    allow(parts, there)
    settings, given = {
        Channel.JIRA: (
            {"base_url": there.url, "project": "PAY", "account": "bot@example.com"},
            TOKEN,
        ),
        Channel.SLACK: ({}, f"{there.url}/slack"),
        Channel.WEBHOOK: ({"url": f"{there.url}/hook"}, new_secret()),
    }[channel]
    with parts.db.writing() as session:
        return connections.connect(
            session,
            cast.launch_of(session),
            channel,
            name=name or channel.value,
            settings=settings,
            events=events,
            secret=seal(parts.settings, secret or given),
            hook_secret=seal(parts.settings, HOOK_SECRET),
            by=cast.the(session, cast.LENA),
            at=parts.clock.now(),
        )


HOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - from the specification


def deliver(parts: Parts) -> int:
    """Deliver what is due, as the worker does."""
    return deliver_due(parts, deliverers(parts), at_once=1)


def issue_of(session: Session, ticket_id: int) -> Any:
    """Return the issue that stands for a ticket."""
    from assistant.desk.engineering import Issue

    return session.query(Issue).filter_by(ticket_id=ticket_id).one()
