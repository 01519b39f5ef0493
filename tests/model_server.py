"""A language model's server on loopback, for tests: OpenAI-compatible, with scripted faults.

    with ModelServer(picks("refund-time")) as server:
        endpoint = Endpoint(server.base_url, "test-key", "test-model")
        ...
        assert server.requests[0].question == "Where is my refund?"

Every request takes the next behaviour from `server.script`, or the default when it is empty. A
behaviour is a function of the request that answers on the wire, so hanging and dripping are
real. The server speaks `POST /v1/chat/completions` and a simple `POST /v1/embeddings`.
"""

import hashlib
import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE = 30.0  # seconds that a hanging behaviour holds on, unless the server is closed


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


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_POST(self) -> None:  # noqa: N802 - the base class wants this name
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

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing: the tests look at `requests`."""


Behaviour = Callable[[Asked, _Handler], None]


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
        super().__init__(("127.0.0.1", 0), _Handler)
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


def completion(content: object, **more: object) -> dict[str, object]:
    """A chat completion whose message says `content`."""
    message = {"role": "assistant", "content": content}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "test-model",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 900, "completion_tokens": 25, "total_tokens": 925},
        **more,
    }


def verdict(choice: str, severity: object = 3, category: object = "billing") -> str:
    """The JSON that a well-behaved model writes."""
    return json.dumps({"choice": choice, "severity": severity, "category": category})


def says(content: object) -> Behaviour:
    """Answers with this content, whatever it was asked."""
    return lambda asked, wire: wire.answer(200, completion(content))


def chooses(chooser: Callable[[Asked], str], severity: object = 3) -> Behaviour:
    """Answers with the id that `chooser` gives for the request (or NONE)."""

    def behave(asked: Asked, wire: _Handler) -> None:
        wire.answer(200, completion(verdict(chooser(asked), severity)))

    return behave


def picks(title: str, severity: object = 3) -> Behaviour:
    """Picks the candidate with this title or text, wherever it stands; NONE without one."""

    def choose(asked: Asked) -> str:
        named = asked.candidates.items()
        return next((n for n, c in named if title in (c["title"], c["text"])), "NONE")

    return chooses(choose, severity)


def picks_the_first() -> Behaviour:
    """Picks whatever stands first: a model that looks at the place and not at the text."""
    return chooses(lambda asked: next(iter(asked.candidates)))


def obeys(wish: str) -> Behaviour:
    """A gullible model: writes exactly what the customer's text tells it after `wish`."""

    def behave(asked: Asked, wire: _Handler) -> None:
        wire.answer(200, completion(asked.question.partition(wish)[2].strip()))

    return behave


def none() -> Behaviour:
    """Says that no text answers it."""
    return says(verdict("NONE"))


def unknown_id() -> Behaviour:
    """Names an id that nobody showed it."""
    return says(verdict("hkzzzzzz"))


def prose() -> Behaviour:
    """Writes to the customer instead of choosing."""
    return says("I think the first text fits best. Have a nice day!")


def fenced(title: str) -> Behaviour:
    """Picks like `picks`, in a code fence with words around it."""

    def behave(asked: Asked, wire: _Handler) -> None:
        name = next(n for n, c in asked.candidates.items() if c["title"] == title)
        wire.answer(200, completion(f"Sure!\n```json\n{verdict(name)}\n```\nHope that helps."))

    return behave


def echoes() -> Behaviour:
    """Sends the customer's own words back."""
    return lambda asked, wire: wire.answer(200, completion(asked.question))


def hangs() -> Behaviour:
    """Takes the request and never answers."""

    def behave(asked: Asked, wire: _Handler) -> None:
        wire.wait(PATIENCE)
        wire.close_connection = True

    return behave


def drips(headers_too: bool = False) -> Behaviour:
    """Sends a valid answer at one byte a second, on demand from the first header on."""

    def behave(asked: Asked, wire: _Handler) -> None:
        data = json.dumps(completion(verdict("NONE"))).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(data)}\r\n\r\n".encode()
        wire.close_connection = True
        if not headers_too:
            wire.wfile.write(head)
        for byte in head + data if headers_too else data:
            wire.wfile.write(bytes([byte]))
            if wire.wait(1.0):
                return

    return behave


def status(code: int, headers: Mapping[str, str] | None = None, message: str = "no") -> Behaviour:
    """Answers with an error of this status."""
    error = {"error": {"message": message, "type": "test", "code": str(code)}}
    return lambda asked, wire: wire.answer(code, error, headers)


def limited() -> Behaviour:
    """429 with a wait that nobody has."""
    return status(429, {"Retry-After": "120"})


def redirects(to: str) -> Behaviour:
    """307 to another origin, which asks the client to post the prompt there."""
    return status(307, {"Location": to})


def raw(body: str | bytes, headers: Mapping[str, str] | None = None) -> Behaviour:
    """200 with exactly this body: HTML, cut JSON, an empty list of choices."""
    return lambda asked, wire: wire.answer(200, body, headers)


def html() -> Behaviour:
    """200 with a page, as a captive gateway sends it."""
    return raw("<!doctype html><title>Sign in</title><p>Please sign in to continue.")


def cut_json() -> Behaviour:
    """200 with JSON that stops in the middle."""
    return raw(json.dumps(completion(verdict("NONE")))[:120])


def no_choices() -> Behaviour:
    """200 with `choices: []`."""
    return raw(json.dumps(completion("", choices=[])))


def endless_text(kilobytes: int = 100) -> Behaviour:
    """200 with far more text than any verdict."""
    return says("All work and no play. " * (kilobytes * 1024 // 22))


def hangs_up() -> Behaviour:
    """Closes the connection without a word."""

    def behave(asked: Asked, wire: _Handler) -> None:
        wire.close_connection = True

    return behave


def understands(steps: set[str], then: Behaviour, complaint: str = "unsupported") -> Behaviour:
    """400 for every way of asking that is not in `steps`."""

    def behave(asked: Asked, wire: _Handler) -> None:
        (then if asked.step in steps else status(400, message=complaint))(asked, wire)

    return behave


def wants_new_names(then: Behaviour) -> Behaviour:
    """400 for `max_tokens` and for a temperature, as newer reasoning models answer."""

    def behave(asked: Asked, wire: _Handler) -> None:
        if "max_tokens" in asked.body:
            status(400, message="Use 'max_completion_tokens' instead.")(asked, wire)
        elif "temperature" in asked.body:
            status(400, message="Unsupported value: 'temperature'.")(asked, wire)
        else:
            then(asked, wire)

    return behave


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
