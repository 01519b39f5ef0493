"""The labelled questions about the demo launch are what their headers promise.

A figure is only worth as much as the labels under it. What a machine can check of them is checked
here; nothing here asks the assistant a single question.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant import demo

QUESTIONS = Path(__file__).parent / "questions"
KINDS = {
    "negation",
    "direction",
    "before-after",
    "role",
    "code",
    "version",
    "amount",
    "date",
    "environment",
    "can-i",
    "already-done",
    "persists",
}


def labelled(name: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = yaml.safe_load((QUESTIONS / name).read_text("utf-8"))
    return items


def entries() -> dict[str, dict[str, Any]]:
    pack = yaml.safe_load(demo.PACK.read_text("utf-8"))
    return {entry["key"]: entry for entry in pack["entries"]}


def keys_of(item: dict[str, Any]) -> list[str]:
    """Return the entries that a label accepts, none for a question that needs a person."""
    entry = item["entry"]
    if entry is None:
        return []
    return entry if isinstance(entry, list) else [entry]


def sides(pairs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for pair in pairs:
        yield pair["answerable"]
        yield pair["contrast"]


def fingerprint(words: str) -> str:
    """Return what is left of a text when only lower-case letters and digits count."""
    return re.sub(r"[^a-z0-9]", "", words.lower())


@pytest.fixture(scope="module")
def pairs() -> list[dict[str, Any]]:
    return labelled("contrast.yaml")


@pytest.fixture(scope="module")
def hard() -> list[dict[str, Any]]:
    return labelled("hard_second.yaml")


def test_every_pair_has_its_number_a_kind_and_two_labelled_questions(
    pairs: list[dict[str, Any]],
) -> None:
    assert [pair["pair"] for pair in pairs] == list(range(1, len(pairs) + 1))
    for pair in pairs:
        assert list(pair) == ["pair", "kind", "answerable", "contrast"], pair
    for side in sides(pairs):
        assert list(side) == ["question", "entry"], side
        assert side["question"] == side["question"].strip() != ""


def test_there_are_two_hundred_and_twenty_pairs_and_eighteen_of_each_kind(
    pairs: list[dict[str, Any]],
) -> None:
    kinds = Counter(pair["kind"] for pair in pairs)
    assert len(pairs) >= 220
    assert set(kinds) == KINDS
    assert min(kinds.values()) >= 18


def test_no_entry_that_answers_one_half_of_a_pair_is_said_to_answer_the_other(
    pairs: list[dict[str, Any]],
) -> None:
    for pair in pairs:
        answering = set(keys_of(pair["answerable"]))
        assert answering, pair
        assert not answering & set(keys_of(pair["contrast"])), pair


def test_most_contrasts_need_a_person_and_some_need_another_entry(
    pairs: list[dict[str, Any]],
) -> None:
    elsewhere = sum(bool(keys_of(pair["contrast"])) for pair in pairs)
    assert 20 <= elsewhere < len(pairs) / 2


def test_the_pairs_and_both_halves_of_the_hard_set_touch_every_entry(
    pairs: list[dict[str, Any]], hard: list[dict[str, Any]]
) -> None:
    every = set(entries())
    assert {key for side in sides(pairs) for key in keys_of(side)} == every
    assert {key for item in hard for key in keys_of(item)} == every
    assert {item["near"] for item in hard if item["kind"] == "near-miss"} == every


def test_the_second_hard_set_is_half_answerable_and_only_ever_reported(
    hard: list[dict[str, Any]],
) -> None:
    kinds = Counter(item["kind"] for item in hard)
    assert len(hard) >= 200
    assert set(kinds) == {"paraphrase", "near-miss"}
    assert kinds["paraphrase"] == kinds["near-miss"]
    assert {item["half"] for item in hard} == {"report"}


def test_every_hard_question_has_the_fields_of_its_kind(hard: list[dict[str, Any]]) -> None:
    base = ["question", "entry", "kind", "half"]
    for item in hard:
        near = item["kind"] == "near-miss"
        assert list(item) == [*base, *(("near", "why") if near else ())], item
        assert bool(keys_of(item)) != near, item
        assert not near or item["why"].strip(), item


@pytest.mark.parametrize("name", ["contrast.yaml", "hard_second.yaml"])
def test_every_label_names_an_entry_of_the_demo_launch(name: str) -> None:
    items = labelled(name)
    questions = sides(items) if name == "contrast.yaml" else iter(items)
    named = [key for item in questions for key in keys_of(item)]
    named += [item["near"] for item in items if "near" in item]
    assert set(named) <= set(entries())


def test_no_question_is_asked_twice_in_any_of_the_sets(
    pairs: list[dict[str, Any]], hard: list[dict[str, Any]]
) -> None:
    asked = [side["question"] for side in sides(pairs)] + [item["question"] for item in hard]
    asked += [item["question"] for name in ("demo", "hard") for item in labelled(f"{name}.yaml")]
    times = Counter(fingerprint(question) for question in asked)
    assert [mark for mark, count in times.items() if count > 1] == []


def test_no_answerable_question_is_a_title_or_phrasing_that_the_launch_already_has(
    pairs: list[dict[str, Any]], hard: list[dict[str, Any]]
) -> None:
    known = {
        fingerprint(words)
        for entry in entries().values()
        for words in (entry["question"], *entry["phrasings"])
    }
    answerable = [item["question"] for item in (*sides(pairs), *hard) if keys_of(item)]
    assert [question for question in answerable if fingerprint(question) in known] == []


def test_the_header_of_each_set_says_what_it_may_be_used_for() -> None:
    contrast = (QUESTIONS / "contrast.yaml").read_text("utf-8").split("\n- ")[0]
    second = (QUESTIONS / "hard_second.yaml").read_text("utf-8").split("\n- ")[0]
    assert "Nothing is trained on it" in contrast
    assert "only ever reported" in second
