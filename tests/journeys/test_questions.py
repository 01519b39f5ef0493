"""What the assistant does with a hundred labelled questions about the demo launch.

The questions were written before anybody had seen the engine answer one of them. A third is
answered by nothing that is approved: there, only an answer is wrong; asking back is not.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant import demo, migrations
from assistant.answering import trying
from assistant.library import packs, publishing
from knowledge.embedding import Embedder
from tests import cast

QUESTIONS = Path(__file__).parent / "questions"


@dataclass(frozen=True)
class Seen:
    """One labelled question and what the assistant would do with it."""

    question: str
    right: tuple[str, ...]  # entries that answer it; none: nothing approved does
    kind: str
    outcome: str
    entry: str | None
    offered: tuple[str, ...]

    @property
    def is_wrong(self) -> bool:
        """Whether a customer would read an approved text that does not answer them."""
        return self.outcome == "answer" and self.entry not in self.right

    @property
    def is_solved(self) -> bool:
        """Whether a customer gets the right text with at most one tap."""
        if self.outcome == "answer":
            return self.entry in self.right
        return self.outcome == "clarification" and bool(set(self.right) & set(self.offered))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> list[Seen]:
    return _seen(tmp_path_factory.mktemp("demo"), embedder, "demo.yaml")


def _seen(folder: Path, embedder: Embedder, name: str) -> list[Seen]:
    parts = cast.parts_in(folder, embedder=embedder)
    migrations.upgrade(parts.db)
    packs.bring_in(parts, demo.PACK, approve_as=demo.APPROVER, dry_run=False)
    publishing.warm(parts, demo.LAUNCH)
    items = yaml.safe_load((QUESTIONS / name).read_text("utf-8"))
    began = time.process_time()
    tried = list(trying.tries(parts, demo.LAUNCH, [item["question"] for item in items]))
    print(f"{len(items) / (time.process_time() - began):.0f} questions per processor second")
    parts.close()
    return [_judged(item, one) for item, one in zip(items, tried, strict=True)]


def _judged(item: dict[str, Any], tried: dict[str, Any]) -> Seen:
    entry = item["entry"]
    right = tuple(entry) if isinstance(entry, list) else (entry,) if entry else ()
    offered = tuple(candidate["entry"] for candidate in tried["candidates"][:3])
    return Seen(item["question"], right, item["kind"], tried["outcome"], tried["entry"], offered)


def test_a_third_of_the_hundred_is_answered_by_nothing_approved(seen: list[Seen]) -> None:
    assert len(seen) == 100
    assert sum(not one.right for one in seen) == 36


def test_no_more_than_one_of_a_hundred_customers_reads_a_wrong_answer(seen: list[Seen]) -> None:
    assert [one for one in seen if one.is_wrong][1:] == []


def test_three_of_four_answerable_questions_are_solved_with_at_most_one_tap(
    seen: list[Seen], record_property: Callable[[str, object], None]
) -> None:
    answerable = [one for one in seen if one.right]
    solved = sum(one.is_solved for one in answerable)
    outright = sum(one.outcome == "answer" for one in answerable)
    record_property(
        "figure", f"of {len(answerable)} answerable: {outright} answered, {solved} solved"
    )
    assert solved >= 0.75 * len(answerable)


def test_most_questions_that_nothing_approved_answers_are_not_answered(seen: list[Seen]) -> None:
    chatter = [one for one in seen if one.kind == "out-of-scope"]
    assert sum(one.outcome == "answer" for one in chatter) == 0
