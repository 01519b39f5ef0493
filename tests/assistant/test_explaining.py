"""Why a message got what it got: understood by whoever reads it, kept, and read back later."""

import json
from dataclasses import replace
from typing import Any

import pytest

from assistant.answering import in_words
from assistant.answering.consider import Asked, Thought, consider
from assistant.answering.decisions import Decision
from assistant.answering.explaining import VERSION, explained, kept, of_decision, read
from assistant.answering.select import Chosen, NoneOfThem, NoVerdict
from assistant.answering.suggesting import suggestion_for
from assistant.ground.audit import history
from assistant.ground.llm import Budget, Endpoint, Model
from assistant.ground.parts import Parts
from assistant.launch.launches import Mode
from knowledge.entries import Finding, Match
from tests import cast, model_behaviours
from tests.cast import EXPORT, NOW, PRICE, UNKNOWN, Customer
from tests.model_server import ModelServer

ASKED = Asked(text="", launch_id=1, mode=Mode.AUTO, wrong_rate=0.01, audience="everyone")


def think(parts: Parts, text: str, **about: Any) -> Thought:
    return consider(parts, replace(ASKED, text=text, **about), at=parts.clock.now())


def test_a_question_is_shown_as_it_was_read(shop: Parts) -> None:
    (part,) = explained(think(shop, "Hi! why is my prcie so high??")).parts

    assert part.question == "why is my prcie so high??"
    assert part.read_as == "why is my price so high??"
    assert (part.via, part.answers_from, part.asks_from) == ("exact", 0.95, 0.3)


def test_what_speaks_for_a_candidate_is_said_in_words(shop: Parts) -> None:
    (part,) = explained(think(shop, "why is my price higher than in october")).parts
    first = part.candidates[0]

    assert first.entry == "price-differs"
    assert first.speaks_for[0].startswith("its nearest phrasing is “")
    assert f"(cosine {first.cosine:.2f})" in first.speaks_for[0]
    assert any(words.startswith("shares the word") for words in first.speaks_for)


def test_what_speaks_against_a_candidate_is_said_beside_it(shop: Parts) -> None:
    (part,) = explained(think(shop, "I was charged twice this month?")).parts

    assert part.candidates[0].entry == "price-differs"
    assert part.candidates[0].against[0] == (
        "it is nearer to “I was charged twice this month”, which this does not answer"
    )


def test_mode_scope_audience_and_rule_are_told(shop: Parts) -> None:
    areas = [{"title": "Machines", "words": ["espresso machine"]}]
    why = explained(
        think(
            shop,
            "my espresso machine leaks",
            mode=Mode.SUGGEST,
            audience="members",
            out_of_scope=areas,
        )
    )

    assert (why.mode, why.audience, why.out_of_scope) == ("suggest", "members", "Machines")
    assert why.reason == "Out of this launch’s scope: Machines."
    assert why.severity == "3: Nothing says that anything is blocked."


def test_the_questions_that_had_an_answer_are_told_when_a_person_takes_the_message(
    shop: Parts,
) -> None:
    why = explained(think(shop, f"{UNKNOWN} {EXPORT}"))

    assert why.outcome == "handoff"
    assert [(part.outcome, part.entry) for part in why.parts] == [
        ("handoff", None),
        ("answer", "export-data"),
    ]
    assert [part.question for part in why.withheld] == [EXPORT]


def test_an_answered_message_withholds_nothing(shop: Parts) -> None:
    assert explained(think(shop, f"{PRICE} {EXPORT}")).withheld == ()


@pytest.mark.parametrize("text", [PRICE, f"{EXPORT} {UNKNOWN}", "", "hi", "a person please"])
def test_what_is_stored_is_json_and_reads_back_as_it_was(shop: Parts, text: str) -> None:
    why = explained(think(shop, text))

    stored = json.loads(json.dumps(kept(why)))

    assert stored["version"] == VERSION
    assert read(stored) == why


def test_it_holds_nothing_of_the_customer_but_the_question(shop: Parts, mara: Customer) -> None:
    told = mara.asks(f"{UNKNOWN} My token is {mara.token}")

    with shop.db.reading() as session:
        stored = json.dumps(session.get_one(Decision, told["message_id"]).considered)
    assert "mara" not in stored
    assert stored.count(mara.token) <= 2, "in the question, and in the question as it was read"


def test_a_field_of_a_later_version_is_passed_over(shop: Parts) -> None:
    stored = kept(explained(think(shop, PRICE)))

    assert read({**stored, "version": 9, "mood": "good"}).reason == (
        "In the very words of an approved phrasing."
    )


def test_a_decision_from_before_explanations_had_a_version_is_still_explained() -> None:
    old = Decision(
        outcome="clarification",
        reason="it is about another amount",
        mode="auto",
        candidates=[{"entry": "price-differs", "version_id": 1, "score": 1.2, "cosine": 0.7}],
        considered={
            "parts": [
                {
                    "question": "why 99 euro",
                    "reason": "it is about another amount",
                    "certainty": 0.8,
                    "objections": {"price-differs": ["it is about another amount"]},
                    "counter": None,
                    "model": "NoVerdict(reason='two orders disagree')",
                    "threshold": 0.95,
                }
            ]
        },
    )

    why = of_decision(old)

    (part,) = why.parts
    assert (why.outcome, part.outcome, part.certainty, part.answers_from) == (
        *("clarification", ""),
        *(0.8, 0.95),
    )
    assert part.candidates[0].against == ("it is about another amount",)
    assert part.model == "The model gave no verdict."


def test_what_nobody_thought_about_has_a_reason_and_no_parts(shop: Parts) -> None:
    why = explained(think(shop, "x" * 4_001))

    assert (why.parts, why.outcome, read(kept(why))) == ((), "handoff", why)
    assert why.reason.startswith("It is longer than the 4,000 characters")


# The model's verdict.


def test_the_model_s_choice_is_told_with_how_often_it_was_asked(shop: Parts) -> None:
    with ModelServer(model_behaviours.picks(PRICE)) as server:
        endpoint = Endpoint(server.base_url, "test-key", "test-model")
        shop.model = Model([endpoint], budget=Budget(1_000), deadline_seconds=3.0)

        (part,) = explained(think(shop, "what is going on with the amount you take from me")).parts

    times = {1: "asked once", 2: "asked twice, in two orders"}[len(server.requests)]
    assert part.model == f"The model chose one of them, {times}."
    chosen = next(one for one in part.candidates if one.entry == "price-differs")
    assert "the model chose it" in chosen.speaks_for


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (None, "No model was asked."),
        (Chosen("price", 3, None), "The model chose one of them, asked once."),
        (Chosen("price", 3, None, 2), "The model chose one of them, asked twice, in two orders."),
        (NoneOfThem(None, None), "The model read them and found none that answers."),
        (NoVerdict("two orders disagree"), "The model gave no verdict: two orders disagree."),
    ],
)
def test_every_verdict_has_its_words(verdict: Any, words: str) -> None:
    assert in_words.of_verdict(verdict) == words


# Features in words.


def found(*scores: float, **features: float) -> Finding:
    matches = tuple(
        Match(f"entry-{n}", each, "a way", 0.5, features) for n, each in enumerate(scores)
    )
    return Finding("a question", matches, 0.5, 0.5, False, "exact")


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (found(0.62, 0.60), "the runner-up is close: 0.62 against 0.60"),
        (found(0.9, 0.2, unknown=0.19), "a fifth of what the question’s words say is known to no"),
        (found(0.9, 0.2, unknown=1.0), "all of what the question’s words say is known to no entry"),
        (found(0.9, char_agrees=0.0), "judged by letters alone, another entry would come first"),
        (
            found(0.9, char_agrees=0.0, dense_agrees=0.0),
            "judged by meaning or letters alone, another entry would come first",
        ),
    ],
)
def test_what_made_it_unsure_is_said(finding: Finding, words: str) -> None:
    assert any(words in said for said in in_words.about_finding("a question", finding))


@pytest.mark.parametrize("finding", [found(), found(0.9), found(0.9, 0.2, unknown=0.05)])
def test_nothing_is_said_where_nothing_stands_out(finding: Finding) -> None:
    assert in_words.about_finding("a question", finding) == ()


# What the agent sees of a message of several questions.


def test_the_answer_to_one_of_several_questions_is_suggested_first(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(f"{UNKNOWN} {EXPORT}")

    with cast.the_ticket(shop) as (session, ticket):
        happened = history(session, ticket_id=ticket.id)
        suggested = suggestion_for(session, ticket, happened, at=NOW)

    assert suggested is not None
    best = suggested.found[0]
    assert (best.version.entry.key, best.answers) == ("export-data", EXPORT)
