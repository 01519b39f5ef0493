"""The one function that calls a model: in time, within the cap, and never more than a proposal."""

import gzip
import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

import httpx
import pytest
import respx
from pydantic import BaseModel

from assistant.ground.budget import Budget, Spent
from assistant.ground.clock import SetClock
from assistant.ground.deadline import Deadline
from assistant.ground.dialect import understood
from assistant.ground.llm import Call, Endpoint, Failure, Model, Reply
from tests import model_behaviours as fake
from tests.model_server import Behaviour, ModelServer

PATIENT = 3.0  # seconds that an answering server is given
SHORT = 0.4  # seconds that a hanging server is given
GRACE = 0.5  # seconds that a call may take beyond its deadline
PACKED = gzip.compress(json.dumps(fake.completion('{"choice": "red"}')).encode())
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Colour(BaseModel):
    """What the tests ask for."""

    choice: str
    severity: Literal[1, 2, 3] | None = None


class Ticking:
    """A monotonic clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def budget(calls: int = 1000, tokens: int = 10_000_000) -> Budget:
    return Budget(calls, tokens, clock=SetClock(NOON))


def endpoint(server: ModelServer, model: str = "test-model") -> Endpoint:
    return Endpoint(server.base_url, "test-key", model)


def model_at(*servers: ModelServer, **options: object) -> Model:
    settings = {"budget": budget(), "deadline_seconds": PATIENT} | options
    model = Model([endpoint(server) for server in servers], **settings)  # type: ignore[arg-type]
    model.warm()
    return model


def ask(model: Model, material: str = "red or blue?") -> Reply[Colour] | Failure:
    return model.ask("Choose.", material, Colour)


def kind(outcome: Reply[Colour] | Failure) -> str:
    return outcome.kind if isinstance(outcome, Failure) else "ok"


def timed(work: Callable[[], Reply[Colour] | Failure]) -> tuple[str, float]:
    started = time.monotonic()
    outcome = work()
    return kind(outcome), time.monotonic() - started


# Every way to answer ends in one result, in time.

ANSWERS: list[tuple[str, Behaviour, str]] = [
    ("bare JSON", fake.says('{"choice": "red", "severity": 2}'), "ok"),
    ("fenced JSON", fake.says('Sure:\n```json\n{"choice": "red"}\n```'), "ok"),
    ("the same object twice", fake.says('{"choice": "red"} {"choice": "red"}'), "ok"),
    ("two different objects", fake.says('{"choice": "red"} or {"choice": "blue"}'), "prose"),
    ("prose", fake.prose(), "prose"),
    ("another shape", fake.says('{"colour": "red"}'), "prose"),
    ("echo of the material", fake.says("red or blue?"), "prose"),
    ("only braces", fake.says("{" * 4000), "prose"),
    ("deep nesting", fake.says('{"a":' * 700), "prose"),
    ("content null", fake.says(None), "garbled"),
    ("content a list", fake.says([{"type": "text", "text": "red"}]), "garbled"),
    ("no choices", fake.no_choices(), "garbled"),
    ("HTML", fake.html(), "garbled"),
    ("cut JSON", fake.cut_json(), "garbled"),
    ("an empty body", fake.raw(""), "garbled"),
    ("a number", fake.raw("7"), "garbled"),
    ("nested lists", fake.raw("[" * 60_000), "garbled"),
    ("bytes that are not text", fake.raw(b"\xff\xfe\x00{"), "garbled"),
    ("packed although not asked for", fake.raw(PACKED, {"Content-Encoding": "gzip"}), "garbled"),
    ("100 KB of text", fake.endless_text(), "too-long"),
    ("100 KB of error page", fake.status(500, message="x" * 100_000), "too-long"),
    ("429 with Retry-After 120", fake.limited(), "limited"),
    ("500", fake.status(500), "broken"),
    ("503", fake.status(503, {"Retry-After": "60"}), "broken"),
    ("401", fake.status(401), "refused"),
    ("404", fake.status(404), "refused"),
    ("400 to everything", fake.status(400), "rejected"),
    ("hangs up", fake.hangs_up(), "broken"),
    ("hangs", fake.hangs(), "timeout"),
    ("one byte a second", fake.drips(), "timeout"),
    ("one byte a second from the first header on", fake.drips(headers_too=True), "timeout"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("behaviour", "expected"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS]
)
def test_whatever_the_server_does_there_is_one_result_in_time(
    behaviour: Behaviour, expected: str
) -> None:
    with ModelServer(behaviour) as server:
        deadline_seconds = SHORT if expected == "timeout" else PATIENT
        model = model_at(server, deadline_seconds=deadline_seconds)
        outcome, seconds = timed(lambda: ask(model))
    assert outcome == expected
    assert seconds <= deadline_seconds + GRACE


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with ModelServer(fake.none()) as server:
        model = model_at(server)
    assert kind(ask(model)) == "unreachable"


def test_a_redirect_is_not_followed_and_the_other_origin_hears_nothing() -> None:
    with ModelServer(fake.none()) as other, ModelServer(fake.redirects(other.base_url)) as server:
        assert kind(ask(model_at(server))) == "redirected"
        assert other.requests == []


@pytest.mark.parametrize("behaviour", [fake.status(500), fake.limited(), fake.hangs_up()])
def test_nothing_is_sent_twice_after_a_failure(behaviour: Behaviour) -> None:
    with ModelServer(behaviour) as server:
        ask(model_at(server))
        assert len(server.requests) == 1


def test_without_an_endpoint_the_model_is_off() -> None:
    assert kind(ask(Model([], budget=budget()))) == "off"


def test_the_call_asks_for_little_and_for_the_same_every_time() -> None:
    with ModelServer(fake.says('{"choice": "red"}')) as server:
        ask(model_at(server))
        sent, headers = server.requests[0].body, server.requests[0].headers
    assert (sent["max_tokens"], sent["temperature"], sent["model"]) == (64, 0, "test-model")
    assert headers["Accept-Encoding"] == "identity"
    schema = sent["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert schema["schema"] == {
        "type": "object",
        "properties": {
            "choice": {"type": "string"},
            "severity": {"anyOf": [{"enum": [1, 2, 3], "type": "integer"}, {"type": "null"}]},
        },
        "required": ["choice", "severity"],
        "additionalProperties": False,
    }


def test_our_client_is_one_that_respx_can_stand_in_for() -> None:
    body = fake.completion('{"choice": "red", "severity": 1}')
    model = Model([Endpoint("https://model.example/v1", "k", "m")], budget=budget())
    with respx.mock:
        route = respx.post("https://model.example/v1/chat/completions").respond(json=body)
        outcome = ask(model)
    assert isinstance(outcome, Reply)
    assert outcome.parsed == Colour(choice="red", severity=1)
    assert route.calls.last.request.headers["authorization"] == "Bearer k"


def test_a_read_that_times_out_is_a_timeout() -> None:
    model = Model([Endpoint("https://model.example/v1", "k", "m")], budget=budget())
    with respx.mock:
        respx.post("https://model.example/v1/chat/completions").mock(side_effect=httpx.ReadTimeout)
        assert kind(ask(model)) == "timeout"


# The ladder of ways to ask.


def test_a_server_without_schemas_is_asked_for_json_and_that_is_remembered() -> None:
    behaviour = fake.understands({"json", "plain"}, fake.says('{"choice": "red"}'))
    with ModelServer(behaviour) as server:
        model = model_at(server)
        outcomes = [kind(ask(model)), kind(ask(model))]
        assert outcomes == ["ok", "ok"]
        assert [each.step for each in server.requests] == ["schema", "json", "json"]


def test_a_server_that_knows_neither_is_asked_plainly() -> None:
    behaviour = fake.understands({"plain"}, fake.says('{"choice": "red"}'))
    with ModelServer(behaviour) as server:
        assert kind(ask(model_at(server))) == "ok"
        assert [each.step for each in server.requests] == ["schema", "json", "plain"]


def test_a_model_with_newer_names_is_asked_in_its_words() -> None:
    with ModelServer(fake.wants_new_names(fake.says('{"choice": "red"}'))) as server:
        model = model_at(server)
        ask(model)
        assert kind(ask(model)) == "ok"
        last = server.requests[-1]
    assert len(server.requests) == 4
    assert (last.step, last.body["max_completion_tokens"]) == ("schema", 64)
    assert "temperature" not in last.body


def test_a_question_rejected_in_every_form_teaches_nothing_about_the_form() -> None:
    with ModelServer(fake.says('{"choice": "red"}'), [fake.status(400)] * 3) as server:
        model = model_at(server)
        assert [kind(ask(model)), kind(ask(model))] == ["rejected", "ok"]
        assert server.requests[-1].step == "schema"


def test_an_answer_is_read_up_to_four_thousand_characters() -> None:
    assert understood('{"choice": "red"}' + " " * 4079, Colour) == Colour(choice="red")
    assert understood('{"choice": "red"}' + " " * 4080, Colour) is None


# The endpoint that stands in.


def test_the_second_endpoint_is_asked_when_the_first_fails() -> None:
    red = fake.says('{"choice": "red"}')
    with ModelServer(fake.status(500)) as first, ModelServer(red) as second:
        assert kind(ask(model_at(first, second))) == "ok"


def test_a_hanging_first_endpoint_leaves_time_for_the_second() -> None:
    red = fake.says('{"choice": "red"}')
    with ModelServer(fake.hangs()) as first, ModelServer(red) as second:
        model = model_at(first, second, deadline_seconds=1.5)
        outcome, seconds = timed(lambda: ask(model))
    assert outcome == "ok"
    assert seconds <= 1.5


def test_two_hanging_endpoints_take_one_deadline_together() -> None:
    with ModelServer(fake.hangs()) as first, ModelServer(fake.hangs()) as second:
        model = model_at(first, second, deadline_seconds=SHORT)
        outcome, seconds = timed(lambda: ask(model))
    assert outcome == "timeout"
    assert seconds <= SHORT + GRACE


# The breaker.


def test_after_five_failures_in_a_row_nobody_waits_any_more() -> None:
    with ModelServer(fake.status(500)) as server:
        model = model_at(server, monotonic=Ticking())
        outcomes = [kind(ask(model)) for _ in range(7)]
        assert outcomes == ["broken"] * 5 + ["asleep"] * 2
        assert len(server.requests) == 5
    assert model.asleep()
    assert model.state()[0].last_failure == "the model's server reports an error of its own"


def test_one_probe_after_thirty_seconds_wakes_the_model_up() -> None:
    clock = Ticking()
    with ModelServer(fake.says('{"choice": "red"}'), [fake.status(500)] * 6) as server:
        model = model_at(server, monotonic=clock)
        for _ in range(5):
            ask(model)
        clock.now += 29.9
        assert kind(ask(model)) == "asleep"
        clock.now += 0.1
        assert [kind(ask(model)), kind(ask(model))] == ["broken", "asleep"]
        clock.now += 30
        assert [kind(ask(model)), kind(ask(model))] == ["ok", "ok"]
    assert not model.asleep()
    assert model.state()[0].asleep_for is None


@pytest.mark.parametrize("behaviour", [fake.prose(), fake.status(400)])
def test_odd_questions_do_not_take_the_model_away_from_everybody(behaviour: Behaviour) -> None:
    with ModelServer(behaviour) as server:
        model = model_at(server)
        for _ in range(6):
            ask(model)
        assert not model.asleep()


# The budget.


def test_fifty_at_once_never_pass_the_cap() -> None:
    cap = budget(calls=20)
    outcomes: list[str] = []
    with ModelServer(fake.says('{"choice": "red"}')) as server:
        model = model_at(server, budget=cap, deadline_seconds=3.0)
        threads = [
            threading.Thread(target=lambda: outcomes.append(kind(ask(model)))) for _ in range(30)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(server.requests) == 20
    assert sorted(outcomes) == ["ok"] * 20 + ["spent"] * 10
    assert cap.spent() == Spent(calls=20, tokens=20 * 925)


def test_a_call_that_may_have_been_charged_stays_reserved_in_full() -> None:
    cap, free = budget(), budget()
    with ModelServer(fake.hangs()) as server:
        ask(model_at(server, budget=cap, deadline_seconds=0.05))
    with ModelServer(fake.limited()) as server:
        ask(model_at(server, budget=free))
    assert cap.spent().tokens > 64
    assert free.spent() == Spent(calls=1, tokens=0)


# What leaves the house, and what the log knows.


def test_no_personal_data_is_sent() -> None:
    said = "card 4111 1111 1111 1111, mara@example.com, +49 151 23456789, error E1042"
    with ModelServer(fake.none()) as server:
        ask(model_at(server), said)
        sent = json.dumps(server.requests[0].body)
    assert "card [card], [e-mail], [phone], error E1042" in sent


def test_half_a_character_is_no_reason_to_fail() -> None:
    with ModelServer(fake.says('{"choice": "red"}')) as server:
        assert kind(ask(model_at(server), "half \ud83d a smile")) == "ok"


def test_every_exchange_is_logged_without_its_content() -> None:
    calls: list[Call] = []
    behaviour = fake.understands({"json"}, fake.says('{"choice": "red"}'))
    with ModelServer(behaviour) as server:
        ask(model_at(server, on_call=calls.append), "a word like xylophone")
        host = server.base_url.removeprefix("http://").removesuffix("/v1")
    assert [(c.host, c.model, c.step, c.outcome) for c in calls] == [
        (host, "test-model", "schema", "rejected"),
        (host, "test-model", "json", "ok"),
    ]
    assert (calls[1].prompt_tokens, calls[1].completion_tokens) == (900, 25)
    assert "xylophone" not in repr(calls)


def test_prose_is_logged_as_such_with_what_it_cost() -> None:
    calls: list[Call] = []
    with ModelServer(fake.prose()) as server:
        ask(model_at(server, on_call=calls.append))
    assert [(call.outcome, call.prompt_tokens) for call in calls] == [("prose", 900)]


def test_a_caller_that_may_not_wait_now_is_stopped_before_anything_is_sent() -> None:
    def object_to_it() -> None:
        raise AssertionError("a connection is checked out")

    with ModelServer(fake.none()) as server:
        model = model_at(server, before_call=object_to_it)
        with pytest.raises(AssertionError, match="checked out"):
            ask(model)
        assert server.requests == []


def test_a_key_is_never_printed() -> None:
    assert "s3cr3t" not in repr(
        Endpoint("https://u:s3cr3t@host.example/v1?k=1", "s3cr3t", "m").host
    )
    assert "s3cr3t" not in repr(Endpoint("https://host.example/v1", "s3cr3t", "m"))


def test_a_hanging_server_does_not_leave_threads_behind() -> None:
    before = threading.active_count()
    with ModelServer(fake.hangs()) as server:
        model = model_at(server, deadline_seconds=0.05)
        for _ in range(4):
            ask(model)
    deadline = Deadline.after(3, time.monotonic)
    while threading.active_count() > before and not deadline.passed():
        threading.Event().wait(0.01)
    assert threading.active_count() <= before
