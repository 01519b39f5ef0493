"""The language model, and the one function in the house that calls it.

The model proposes, nothing more. Whatever happens on the way (it hangs, drips, redirects, writes
prose or a hundred kilobytes), the caller gets a `Reply` of the asked shape or a `Failure` that
says why not, within one deadline, and goes on without it.
"""

import logging
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from assistant.ground.breaker import Breaker
from assistant.ground.budget import Budget, Purse, Spent
from assistant.ground.calls import Call, Endpoint, Failure, Kind, Reply, State
from assistant.ground.deadline import Deadline, Monotonic, Slots, TooBusy
from assistant.ground.dialect import (
    CONTENT_CAP,
    CUT,
    Completion,
    Dialect,
    Prompt,
    Rejected,
    Shape,
    completion,
    understood,
)
from assistant.ground.masking import masked

if TYPE_CHECKING:
    import httpx
    import openai

__all__ = ["Budget", "Call", "Deadline", "Endpoint", "Failure", "Model", "Reply", "Spent", "State"]

FIRST_SHARE = 0.6  # of the time; the rest stays for the endpoint that stands in
AT_ONCE = 32  # exchanges under way, abandoned ones included


class _Line:
    """One endpoint with what was learnt about it."""

    def __init__(self, endpoint: Endpoint, monotonic: Monotonic) -> None:
        self.endpoint = endpoint
        self.breaker = Breaker(monotonic)
        self.dialect = Dialect()
        self.last_failure: Failure | None = None

    def heard(self, turn: int, outcome: object) -> None:
        """Takes the outcome of a call into account."""
        failure = outcome if isinstance(outcome, Failure) else None
        if failure and failure.is_ours:
            return
        self.last_failure = failure
        if failure is None or failure.endpoint_is_alive:
            self.breaker.succeeded(turn)
        else:
            self.breaker.failed(turn)

    def state(self) -> State:
        """As `/readyz` shows it."""
        words = self.last_failure.words if self.last_failure else None
        return State(self.endpoint.host, self.endpoint.model, self.breaker.open_for(), words)


def _ignore(_: object = None) -> None:
    return None


class Model:
    """One or more endpoints, asked in order until one replies or the time is up."""

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        budget: Purse,
        deadline_seconds: float = 3.0,
        monotonic: Monotonic = time.monotonic,
        on_call: Callable[[Call], None] = _ignore,
        before_call: Callable[[], None] = _ignore,
    ) -> None:
        """`on_call` sees every exchange; `before_call` runs first, where a caller may object."""
        self._lines = [_Line(endpoint, monotonic) for endpoint in endpoints]
        self._budget = budget
        self._deadline_seconds = deadline_seconds
        self._monotonic = monotonic
        self._on_call = on_call
        self._before_call = before_call
        self._slots = Slots(AT_ONCE)

    def warm(self) -> None:
        """Loads the client library (a second or two), so that no customer waits for it."""
        _load()

    def deadline(self) -> Deadline:
        """The moment by which everything that is asked about one question has to be over."""
        self.warm()
        return Deadline.after(self._deadline_seconds, self._monotonic)

    def ask(
        self,
        instruction: str,
        material: str,
        shape: type[Shape],
        *,
        by: Deadline | None = None,
        launch_id: int | None = None,
        output_tokens: int = 0,
    ) -> Reply[Shape] | Failure:
        """What the model says to `material` under `instruction`, in the form of `shape`.

        It is charged to `launch_id`. The material is masked before it leaves. `shape` is a flat
        pydantic model. Takes until `by` at the longest (default: the whole deadline); whatever
        fails is a `Failure`.
        """
        self._before_call()
        by = by or self.deadline()
        material = masked(material.encode(errors="replace").decode())
        prompt = Prompt(instruction, material, shape, launch_id, output_tokens)
        failure = Failure("off" if not self._lines else "asleep")
        for at, line in enumerate(self._lines):
            stands_in = any(other.breaker.would_admit() for other in self._lines[at + 1 :])
            outcome = self._ask(line, prompt, by.part(FIRST_SHARE) if stands_in else by)
            if isinstance(outcome, Reply):
                return outcome
            failure = failure if outcome.kind == "asleep" else outcome
        return failure

    def asleep(self) -> bool:
        """No endpoint would be called now."""
        return not any(line.breaker.would_admit() for line in self._lines)

    def state(self) -> tuple[State, ...]:
        """Every endpoint's state, in the order they are asked."""
        return tuple(line.state() for line in self._lines)

    def spent(self) -> Spent:
        """Calls and tokens used today, those under way included."""
        return self._budget.spent()

    def _ask(self, line: _Line, prompt: Prompt[Shape], by: Deadline) -> Reply[Shape] | Failure:
        turn = line.breaker.admit()
        if turn is None:
            return Failure("asleep")
        outcome = self._down_the_ladder(line, prompt, by)
        line.heard(turn, outcome)
        return outcome

    def _down_the_ladder(
        self, line: _Line, prompt: Prompt[Shape], by: Deadline
    ) -> Reply[Shape] | Failure:
        dialect: Dialect | None = line.dialect
        while dialect is not None and not by.passed():
            outcome = self._exchange(line.endpoint, dialect, prompt, by)
            if not isinstance(outcome, Rejected):
                # Kept only now: a server that rejects one question in every form has told us
                # nothing about the form.
                line.dialect = dialect
                return outcome
            dialect = dialect.gentler(outcome.complaint)
        return Failure("rejected" if dialect is None else "timeout")

    def _exchange(
        self, endpoint: Endpoint, dialect: Dialect, prompt: Prompt[Shape], by: Deadline
    ) -> Reply[Shape] | Failure | Rejected:
        body = dialect.body(endpoint.model, prompt)
        # A token is at least one byte, so the bytes of the request are more than it can cost.
        tokens = len(repr(body).encode()) + dialect.room_for(prompt)
        hold = self._budget.reserve(tokens, prompt.launch_id)
        if hold is None:
            return Failure("spent")
        started = self._monotonic()
        heard = self._send(endpoint, body, by)
        self._budget.settle(hold, _cost(heard, hold.tokens))
        outcome = _read(heard, prompt.shape, endpoint)
        seconds = self._monotonic() - started
        self._on_call(_logged(endpoint, dialect, seconds, heard, outcome))
        return outcome

    def _send(
        self, endpoint: Endpoint, body: dict[str, Any], by: Deadline
    ) -> Completion | Failure | Rejected:
        from assistant.ground.wire import bounded_client

        http = bounded_client(by)
        try:
            return self._slots.run(lambda: _post(http, endpoint, body), by)
        except TimeoutError:
            return Failure("timeout")
        except TooBusy:
            return Failure("busy")
        finally:
            http.close()  # which also ends an exchange that was given up on


def _read(
    heard: Completion | Failure | Rejected, shape: type[Shape], endpoint: Endpoint
) -> Reply[Shape] | Failure | Rejected:
    if not isinstance(heard, Completion):
        return heard
    parsed = understood(heard.content or "", shape)
    if parsed is not None:
        return Reply(parsed, endpoint.model)
    if heard.is_cut and len(heard.content or "") <= CONTENT_CAP:
        return Rejected(CUT)
    return Failure("garbled" if heard.content is None else "prose")


def _cost(heard: Completion | Failure | Rejected, reserved: int) -> int:
    """Tokens that a call used; everything reserved where nobody can tell."""
    if isinstance(heard, Completion) and heard.prompt_tokens is not None:
        return heard.prompt_tokens + (heard.completion_tokens or 0)
    is_free = isinstance(heard, Rejected) or (isinstance(heard, Failure) and heard.is_free)
    return 0 if is_free else reserved


def _logged(
    endpoint: Endpoint, dialect: Dialect, seconds: float, heard: object, outcome: object
) -> Call:
    said = heard if isinstance(heard, Completion) else Completion(None)
    ended = outcome.kind if isinstance(outcome, Failure) else "ok"
    return Call(
        host=endpoint.host,
        model=endpoint.model,
        step=dialect.step,
        seconds=seconds,
        prompt_tokens=said.prompt_tokens,
        completion_tokens=said.completion_tokens,
        outcome="rejected" if isinstance(outcome, Rejected) else ended,
    )


def _post(
    http: "httpx.Client", endpoint: Endpoint, body: dict[str, Any]
) -> Completion | Failure | Rejected:
    """One POST through the client library, with every way to fail turned into a value."""
    import openai

    try:
        asked = _client(http, endpoint).chat.completions.with_raw_response
        return completion(asked.create(**body).content) or Failure("garbled")
    except openai.APIStatusError as error:
        return _of_status(error.status_code, str(error))
    except Exception as error:  # a hostile server may cause any error there is
        return _of_error(error)


def _client(http: "httpx.Client", endpoint: Endpoint) -> "openai.OpenAI":
    import openai

    return openai.OpenAI(
        base_url=endpoint.base_url,
        api_key=endpoint.api_key or "none",  # local servers ask for no key, the library does
        max_retries=0,
        timeout=http.timeout.read,
        # The library is typed for httpx2 and takes httpx as well.
        http_client=cast(Any, http),
    )


@cache
def _load() -> None:
    """Once per process: everything that the library puts off until the first call."""
    from assistant.ground.wire import bounded_client

    nowhere = Endpoint("http://localhost", "none", "none")
    with bounded_client(Deadline.after(0, time.monotonic)) as http:
        _ = _client(http, nowhere).chat.completions.with_raw_response.create
    # At debug level the library writes whole prompts into the log.
    logging.getLogger("openai").setLevel(logging.INFO)


def _of_status(status: int, complaint: str) -> Failure | Rejected:
    if status in {400, 413, 415, 422}:
        return Rejected(complaint)
    if status == 429:
        return Failure("limited")
    if status >= 500 or status < 300:
        return Failure("broken")
    return Failure("redirected" if status < 400 else "refused")


def _of_error(error: BaseException) -> Failure:
    import httpx

    from assistant.ground.wire import TooLong

    kinds: dict[type[Exception], Kind] = {
        TooLong: "too-long",
        httpx.ConnectTimeout: "unreachable",
        httpx.TimeoutException: "timeout",
        httpx.ConnectError: "unreachable",
    }
    for cause in (error, error.__cause__):
        for known, kind in kinds.items():
            if isinstance(cause, known):
                return Failure(kind)
    return Failure("broken")
