"""What a model's server may do with a request: right, wrong, hostile, or nothing at all."""

import json
from collections.abc import Callable, Mapping

from tests.model_server import Asked, Behaviour, Wire

PATIENCE = 30.0  # seconds that a hanging behaviour holds on, unless the server is closed


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

    def behave(asked: Asked, wire: Wire) -> None:
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

    def behave(asked: Asked, wire: Wire) -> None:
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

    def behave(asked: Asked, wire: Wire) -> None:
        name = next(n for n, c in asked.candidates.items() if c["title"] == title)
        wire.answer(200, completion(f"Sure!\n```json\n{verdict(name)}\n```\nHope that helps."))

    return behave


def echoes() -> Behaviour:
    """Sends the customer's own words back."""
    return lambda asked, wire: wire.answer(200, completion(asked.question))


def hangs() -> Behaviour:
    """Takes the request and never answers."""

    def behave(asked: Asked, wire: Wire) -> None:
        wire.wait(PATIENCE)
        wire.close_connection = True

    return behave


def drips(headers_too: bool = False) -> Behaviour:
    """Sends a valid answer at one byte a second, on demand from the first header on."""

    def behave(asked: Asked, wire: Wire) -> None:
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

    def behave(asked: Asked, wire: Wire) -> None:
        wire.close_connection = True

    return behave


def understands(steps: set[str], then: Behaviour, complaint: str = "unsupported") -> Behaviour:
    """400 for every way of asking that is not in `steps`."""

    def behave(asked: Asked, wire: Wire) -> None:
        (then if asked.step in steps else status(400, message=complaint))(asked, wire)

    return behave


def wants_new_names(then: Behaviour) -> Behaviour:
    """400 for `max_tokens` and for a temperature, as newer reasoning models answer."""

    def behave(asked: Asked, wire: Wire) -> None:
        if "max_tokens" in asked.body:
            status(400, message="Use 'max_completion_tokens' instead.")(asked, wire)
        elif "temperature" in asked.body:
            status(400, message="Unsupported value: 'temperature'.")(asked, wire)
        else:
            then(asked, wire)

    return behave
