"""The selector works against every server that people run, and remembers how to ask it."""

import pytest

from assistant.answering.select import select
from assistant.answering.verdicts import Candidate, Chosen, NoVerdict
from assistant.ground.budget import Budget
from assistant.ground.llm import Call, Endpoint, Model
from tests.known_servers import NO_VERDICT, SERVERS
from tests.model_server import ModelServer

PRICE = Candidate("price", "Why is my price different?", "Yes, this is expected.")
CANCEL = Candidate("cancel", "How do I cancel my plan?", "Open Billing and choose Cancel.")
QUESTION = "why do I pay more"


def model_at(server: ModelServer, calls: list[Call]) -> Model:
    endpoint = Endpoint(server.base_url, "a-key", "a-model")
    model = Model([endpoint], budget=Budget(100), deadline_seconds=5.0, on_call=calls.append)
    model.warm()
    return model


@pytest.mark.parametrize("name", SERVERS)
def test_each_is_understood_and_how_to_ask_it_is_remembered(name: str) -> None:
    server_of, step, calls_until_known = SERVERS[name]
    calls: list[Call] = []
    with ModelServer(server_of(PRICE.title)) as server:
        model = model_at(server, calls)
        first = select(model, QUESTION, (PRICE, CANCEL))
        needed = len(calls)
        again = select(model, f"{QUESTION} now", (PRICE, CANCEL))

    assert first == again == Chosen("price", 3, "billing")
    assert needed == calls_until_known
    assert len(calls) == needed + 1
    assert (calls[-1].step, calls[-1].outcome) == (step, "ok")


@pytest.mark.parametrize("name", NO_VERDICT)
def test_what_each_says_instead_of_an_answer_is_no_verdict(name: str) -> None:
    behaviour, words = NO_VERDICT[name]
    with ModelServer(behaviour) as server:
        assert select(model_at(server, []), QUESTION, (PRICE, CANCEL)) == NoVerdict(words)


def test_a_model_that_never_stops_thinking_is_no_verdict_after_two_calls() -> None:
    calls: list[Call] = []
    body = '{"choices": [{"message": {"content": null}, "finish_reason": "length"}]}'
    with ModelServer(lambda asked, wire: wire.answer(200, body)) as server:
        verdict = select(model_at(server, calls), QUESTION, (PRICE, CANCEL))

    assert isinstance(verdict, NoVerdict)
    assert [call.outcome for call in calls] == ["rejected", "rejected"]
