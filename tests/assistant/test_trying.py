"""What the assistant would do, told and not done."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import func, select

from assistant.answering.trying import AT_ONCE, tries
from assistant.desk.messages import Message
from assistant.desk.repeats import RepeatGroup
from assistant.ground.audit import Event
from assistant.ground.errors import NotFound
from assistant.ground.parts import Parts
from assistant.launch.launches import Mode
from knowledge.embedding import EmbeddingFailed
from tests import cast
from tests.cast import BLOCKED, EXPORT, EXPORT_TEXT, LAUNCH, PRICE, UNKNOWN


def test_an_answer_is_told_with_its_version_and_hash(shop: Parts) -> None:
    (told,) = tries(shop, LAUNCH, [EXPORT])

    with shop.db.reading() as session:
        version = cast.version_of(session, "export-data")
    assert {**told, "candidates": [one["entry"] for one in told["candidates"]][:1]} == {
        "question": EXPORT,
        "outcome": "answer",
        "entry": "export-data",
        "version": 1,
        "sha256": version.sha256,
        "text": EXPORT_TEXT,
        "certainty": 1.0,
        "severity": 3,
        "reason": "In the very words of an approved phrasing.",
        "candidates": ["export-data"],
    }
    assert [set(one) for one in told["candidates"]] == [{"entry", "score"}] * 5


def test_what_is_no_answer_names_no_entry(shop: Parts) -> None:
    unclear, unknown, blocked = tries(shop, LAUNCH, ["price", UNKNOWN, BLOCKED])

    for told, outcome in ((unclear, "clarification"), (unknown, "handoff"), (blocked, "handoff")):
        assert told["outcome"] == outcome
        assert (told["entry"], told["version"], told["sha256"], told["text"]) == (None,) * 4
    assert (unclear["severity"], blocked["severity"]) == (3, 1)
    assert 0 <= unclear["certainty"] <= 1


def test_questions_are_told_in_their_order(shop: Parts) -> None:
    asked = [PRICE, "", EXPORT, "🧨", PRICE]

    assert [told["question"] for told in tries(shop, LAUNCH, asked)] == asked


@pytest.mark.parametrize("mode", list(Mode))
def test_it_decides_as_if_in_automatic_mode(shop: Parts, mode: Mode) -> None:
    cast.in_mode(shop, mode)

    (told,) = tries(shop, LAUNCH, [EXPORT])

    assert told["outcome"] == "answer"


def test_it_works_in_preparation(house: Parts) -> None:
    folder = house.settings.data
    cast.bring_in(house, folder)

    (told,) = tries(house, LAUNCH, [EXPORT])

    assert (told["outcome"], told["entry"]) == ("answer", "export-data")


def test_nothing_is_recorded(shop: Parts) -> None:
    def rows() -> list[int | None]:
        with shop.db.reading() as session:
            nouns = (Message, Event, RepeatGroup)
            return [session.scalar(select(func.count()).select_from(noun)) for noun in nouns]

    before = rows()
    list(tries(shop, LAUNCH, [PRICE, UNKNOWN, BLOCKED]))

    assert rows() == before


def test_there_is_no_launch_of_another_key(shop: Parts) -> None:
    with pytest.raises(NotFound, match="There is no launch “winter”"):
        list(tries(shop, "winter", [PRICE]))


def test_a_thousand_questions_are_read_only_as_they_are_needed(shop: Parts) -> None:
    read: list[str] = []

    def lines() -> Iterator[str]:
        for _ in range(1_000):
            read.append(EXPORT)
            yield EXPORT

    told = next(tries(shop, LAUNCH, lines()))

    assert told["entry"] == "export-data"
    assert len(read) <= 2 * AT_ONCE


def test_questions_embedded_together_are_told_as_if_each_came_alone(shop: Parts) -> None:
    asked = ["why is it more this month", f"{EXPORT} {UNKNOWN}", "", PRICE, "wat is my prcie"] * 30

    together = list(tries(shop, LAUNCH, asked))

    assert together[:5] == [told for one in asked[:5] for told in tries(shop, LAUNCH, [one])]
    assert together[:5] * 30 == together


def test_an_embedder_that_fails_is_asked_once_for_a_whole_portion(shop: Parts) -> None:
    class Failing:
        name, dimensions, asked = "failing", 384, 0

        def fits(self, text: str) -> bool:
            return True

        def embed(self, texts: Sequence[str]) -> Any:
            self.asked += 1
            raise EmbeddingFailed("no route to host")

    shop.embedder = failing = Failing()
    list(tries(shop, LAUNCH, [PRICE]))
    before = failing.asked

    told = list(tries(shop, LAUNCH, [PRICE, EXPORT, "price"] * 10))

    assert len(told) == 30
    assert failing.asked - before <= 1
