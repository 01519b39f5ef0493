"""A language model's server on loopback, for tests: OpenAI-compatible, with scripted faults.

    with ModelServer(picks("When does my refund arrive?")) as server:
        endpoint = Endpoint(server.base_url, "test-key", "test-model")
        ...
        assert server.requests[0].question == "Where is my refund?"

Every request takes the next behaviour from `server.script`, or the default when it is empty. A
behaviour is a function of the request that answers on the wire, so hanging and dripping are
real; `tests/model_behaviours.py` has them. The server speaks `POST /v1/chat/completions` and a
simple `POST /v1/embeddings`.
"""

import hashlib
import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request as the model would read it."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        """The customer-facing half of the prompt: what is in the user's message."""
        return str(self.body["messages"][-1]["content"])

    @property
    def question(self) -> str:
        """The customer's words, read out of the marked material."""
        lines = self.prompt.splitlines()
        at = next(n for n, line in enumerate(lines) if line.startswith("QUESTION "))
        return str(json.loads(lines[at + 1]))

    @property
    def candidates(self) -> dict[str, dict[str, str]]:
        """Shown candidates by opaque id, in the order shown: title, applies_when, text."""
        shown = [json.loads(line) for line in self.prompt.splitlines() if line.startswith("{")]
        return {each["id"]: each for each in shown}

    @property
    def step(self) -> str:
        """How it was asked: "schema", "json" or "plain"."""
        kind = self.body.get("response_format", {}).get("type", "text")
        return {"json_schema": "schema", "json_object": "json", "text": "plain"}[kind]


class Wire(BaseHTTPRequestHandler):
    """The connection of one request, as a behaviour gets to use it."""

    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = Asked(self.path, dict(self.headers), json.loads(body))
        if self.path.endswith("/embeddings"):
            self.answer(200, _embedded(asked))
            return
        behaviour = self.server.take(asked)
        try:
            behaviour(asked, self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client walked away, which is what it should do

    def answer(
        self, status: int, payload: object, headers: Mapping[str, str] | None = None
    ) -> None:
        """Sends one whole response; text and bytes as they are, anything else as JSON."""
        if isinstance(payload, str):
            payload = payload.encode()
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def wait(self, seconds: float) -> bool:
        """Waits on the wire; True when the server is being closed meanwhile."""
        return self.server.closing.wait(seconds)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the tests look at `requests`."""


Behaviour = Callable[[Asked, Wire], None]


@dataclass
class _Script:
    default: Behaviour
    script: deque[Behaviour] = field(default_factory=deque)
    requests: list[Asked] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, plan: _Script) -> None:
        super().__init__(("127.0.0.1", 0), Wire)
        self.plan = plan
        self.closing = threading.Event()
        self._lock = threading.Lock()

    def take(self, asked: Asked) -> Behaviour:
        """Records the request and gives what to do with it."""
        with self._lock:
            self.plan.requests.append(asked)
            return self.plan.script.popleft() if self.plan.script else self.plan.default

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error here."""


class ModelServer:
    """The server; as a context manager it listens on a port of its own until the end."""

    def __init__(self, default: Behaviour, script: list[Behaviour] | None = None) -> None:
        self._plan = _Script(default, deque(script or []))
        self._server = _Server(self._plan)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def base_url(self) -> str:
        """What to configure as the model's base URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def requests(self) -> list[Asked]:
        """Every chat request so far, in the order they came."""
        return self._plan.requests

    @property
    def script(self) -> deque[Behaviour]:
        """Behaviours for the next requests, before the default applies."""
        return self._plan.script

    def turn_to(self, behaviour: Behaviour) -> None:
        """From now on this is what happens by default."""
        self._plan.default = behaviour

    def __enter__(self) -> "ModelServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=2)


def _embedded(asked: Asked) -> dict[str, object]:
    """Eight numbers per text, always the same for the same text, of unit length."""
    texts = asked.body["input"]
    texts = [texts] if isinstance(texts, str) else texts
    data = [{"index": n, "embedding": _vector(text)} for n, text in enumerate(texts)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return {"object": "list", "model": asked.body["model"], "data": data, "usage": usage}


def _vector(text: str) -> list[float]:
    numbers = [byte - 127.5 for byte in hashlib.sha256(text.encode()).digest()[:8]]
    length = sum(number**2 for number in numbers) ** 0.5
    return [number / length for number in numbers]
