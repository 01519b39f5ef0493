"""What the model said before: reused for the same words and the same meaning, and nothing else."""

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from assistant.answering.memory import Heard, Verdicts
from assistant.answering.objections import Objection
from assistant.answering.verdicts import (
    Candidate,
    Chosen,
    NoneOfThem,
    NoVerdict,
    Torn,
    Verdict,
)

PRICE = Candidate("price", "Why is my price different?", "Yes, this is expected.", "you renewed")
CANCEL = Candidate("cancel", "How do I cancel my plan?", "Open Billing and choose Cancel.")
NEWER = Candidate("newer", "Why is it more for some?", "Some pay more.")
QUESTION = "why do I pay more than in october"
PICKED = Chosen("price", 3, "billing")
NONE = NoneOfThem(3, None)
AMOUNT = Objection("amount", "it is about another amount")


def towards(angle: float) -> Any:
    """A unit vector; two of them have the cosine of the angle between, in degrees."""
    return np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle)), 0.0], dtype=np.float32)


def heard(question: str = QUESTION, angle: float | None = 0.0, **about: Any) -> Heard:
    vector = None if angle is None else towards(angle)
    return Heard(**{"launch_id": 1, "question": question, "shown": (PRICE, CANCEL),
                    "vector": vector, **about})  # fmt: skip


def knowing(verdict: Verdict = PICKED, before: Heard | None = None) -> Verdicts:
    verdicts = Verdicts()
    verdicts.remember(before or heard(), verdict)
    return verdicts


# The same words.


@pytest.mark.parametrize("verdict", [PICKED, NONE, Torn(("price", "cancel"))], ids=str)
@pytest.mark.parametrize(
    "again",
    [QUESTION, QUESTION.upper(), f"  Hi there, {QUESTION}??", f"Hello!\n{QUESTION}\n\nThanks a lot",
     "why do i pay\u200b more than in October?"],
)  # fmt: skip
def test_case_greeting_and_punctuation_are_the_same_words(verdict: Verdict, again: str) -> None:
    assert knowing(verdict).recall(heard(again, angle=None)) == verdict


def test_the_order_of_the_texts_does_not_matter_and_their_words_do() -> None:
    verdicts = knowing()

    assert verdicts.recall(heard(shown=(CANCEL, PRICE))) == PICKED
    for changed in ("text", "title", "applies_when"):
        edited = replace(PRICE, **{changed: "No."})
        assert verdicts.recall(heard(shown=(edited, CANCEL))) is None


def test_another_launch_knows_nothing_of_it() -> None:
    assert knowing().recall(heard(launch_id=2)) is None


def test_that_there_was_no_verdict_is_not_remembered() -> None:
    assert knowing(NoVerdict("too late")).recall(heard()) is None


# The same meaning.

OTHERWISE = "what makes me pay more than in october"


@pytest.mark.parametrize(("angle", "is_same"), [(0.0, True), (15.0, True), (40.0, False)])
def test_a_question_that_is_near_enough_shares_the_verdict(angle: float, is_same: bool) -> None:
    known = knowing().recall(heard(OTHERWISE, angle))

    assert known == (PICKED if is_same else None)


@pytest.mark.parametrize("verdict", [NONE, Torn(("price", "cancel"))], ids=str)
def test_only_a_choice_is_shared_by_meaning(verdict: Verdict) -> None:
    assert knowing(verdict).recall(heard(OTHERWISE, 1.0)) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("why do I pay more", "why do I not pay more"),
        ("error 403 when I pay", "error 404 when I pay"),
        ("ERR-17 again", "ERR-18 again"),
        ("why 5 euros more", "why 6 euros more"),
        ("since 16 November I pay more", "since 18 November I pay more"),
        ("waiting two days for it", "waiting four days for it"),
        ("does it run on version 4.1", "does it run on version 4.2"),
        ("how do I turn it on", "how do I turn it off"),
        ("I want to upgrade", "I want to downgrade"),
        ("how do I cancel it", "how do I resume it"),
        ("charged before the renewal", "charged after the renewal"),
        ("I have 2 cards", "I have 3 cards"),
        ("it does not not work", "it does not work"),
    ],
)
def test_what_pins_a_question_to_a_case_must_be_the_same(before: str, after: str) -> None:
    verdicts = knowing(PICKED, heard(before))

    assert verdicts.recall(heard(f"well, {before}", 1.0)) == PICKED
    assert verdicts.recall(heard(after, 1.0)) is None


@pytest.mark.parametrize(
    "other",
    [
        {"severity": 1},
        {"objections": {"price": (AMOUNT,)}},
        {"launch_id": 2},
        {"shown": (replace(PRICE, text="No."), CANCEL)},
        {"shown": (replace(CANCEL, entry="new", text="New."), PRICE)},
        {"shown": (CANCEL,)},
        {"shown": (CANCEL, PRICE)},
        {"shown": (PRICE, NEWER)},
        {"vector": None},
        {"vector": np.ones(4, dtype=np.float32) / 2},
    ],
    ids=lambda other: str(*other),
)
def test_whatever_a_verdict_hangs_on_must_be_the_same(other: dict[str, Any]) -> None:
    assert knowing().recall(heard(OTHERWISE, 1.0)) == PICKED
    assert knowing().recall(heard(OTHERWISE, 1.0, **other)) is None


def test_what_speaks_against_a_text_that_was_not_chosen_does_not_matter() -> None:
    assert knowing().recall(heard(OTHERWISE, 1.0, objections={"cancel": (AMOUNT,)})) == PICKED


def test_a_text_that_was_there_all_along_may_stand_further_down() -> None:
    verdicts = Verdicts()
    verdicts.remember(heard("how can I end it", 90.0, shown=(CANCEL, NEWER)), NONE)
    verdicts.remember(heard(), PICKED)

    assert verdicts.recall(heard(OTHERWISE, 1.0, shown=(PRICE, NEWER))) == PICKED


def test_between_two_verdicts_that_are_both_near_the_model_is_asked() -> None:
    verdicts = knowing()
    verdicts.remember(heard("how can I end this", 12.0), NONE)

    assert verdicts.recall(heard(OTHERWISE, 5.0)) is None


# Bounds.


def test_the_oldest_make_room() -> None:
    verdicts = Verdicts(words=2, meanings=2)
    for number, angle in enumerate((0.0, 60.0, 120.0)):
        verdicts.remember(heard(f"question {'abc'[number]}", angle), PICKED)

    assert len(verdicts) == 2
    assert verdicts.recall(heard("question a", 0.0)) is None
    assert verdicts.recall(heard("question b", None)) == PICKED
    assert verdicts.recall(heard("in other words", 120.0)) == PICKED


def test_another_embedder_s_vectors_are_not_compared() -> None:
    verdicts = knowing()
    verdicts.remember(heard("why", vector=np.ones(4, dtype=np.float32) / 2), PICKED)

    assert verdicts.recall(heard(OTHERWISE, 1.0)) is None


def test_many_threads_may_ask_and_remember_at_once() -> None:
    verdicts, wrong = Verdicts(words=50, meanings=20), []

    def ask(mine: int) -> None:
        own = Chosen("price", 3, str(mine))
        for number in range(200):
            words = f"question {'abcdefgh'[mine]} {'x' * number}"
            said = verdicts.of(heard(words, number % 360, launch_id=mine), lambda: own)
            if said != own:
                wrong.append(said)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert len(verdicts) == 50


def test_what_is_known_is_not_asked_again() -> None:
    verdicts, asked = Verdicts(), []

    def ask() -> Verdict:
        asked.append(1)
        return PICKED

    assert [verdicts.of(each, ask) for each in (heard(), heard(), heard(OTHERWISE, 5.0))] == (
        [PICKED] * 3
    )
    assert len(asked) == 1


def test_vectors_of_another_embedder_are_never_compared_even_of_the_same_length() -> None:
    verdicts = knowing(before=heard(embedder="one"))

    other = heard("something else entirely", embedder="other")

    assert verdicts.recall(other) is None
    verdicts.remember(other, NONE)
    assert verdicts.recall(heard("in yet other words", embedder="one")) is None
