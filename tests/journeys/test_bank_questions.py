"""A launch of another trade is well-formed: a bank's move and 420 labelled questions to it.

One author wrote the pack and then the questions, blind: before any engine was run on them and
without reading its code. Nothing is decided here; how the assistant does on them is measured
elsewhere, and the half "report" is only ever reported.
"""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant import migrations
from assistant.launch import pack_file
from assistant.launch.pack_shapes import EntryShape
from assistant.library import packs
from tests import cast

QUESTIONS = Path(__file__).parent / "questions"
PACK = QUESTIONS / "bank-migration.yaml"
LEAD = "maeve@example.com"


@pytest.fixture(scope="module")
def entries() -> list[EntryShape]:
    shape, _ = pack_file.read(PACK)
    return shape.entries


def fingerprint(words: str) -> str:
    """Return the letters and digits of ``words`` in lower case: the same for the same question."""
    return re.sub(r"[^a-z0-9]", "", words.lower())


def test_the_bank_s_pack_is_imported_and_approved_as_it_stands(tmp_path: Path) -> None:
    parts = cast.parts_in(tmp_path)
    migrations.upgrade(parts.db)

    done = packs.bring_in(parts, PACK, approve_as=LEAD, dry_run=True)
    parts.close()

    assert (done.entries, done.approved) == (48, 48)


def test_every_entry_has_phrasings_counter_phrasings_and_a_condition(
    entries: list[EntryShape],
) -> None:
    thin = [
        entry.key
        for entry in entries
        if not (
            5 <= len(entry.phrasings) <= 8
            and 2 <= len(entry.not_for) <= 4
            and entry.applies_when
            and entry.verdict
        )
    ]

    assert thin == []


def test_every_response_belongs_to_a_scenario_and_every_scenario_has_one(
    entries: list[EntryShape],
) -> None:
    shape, _ = pack_file.read(PACK)
    responses = [entry for entry in entries if entry.kind == "response"]

    assert {entry.scenario for entry in responses} == {one.key for one in shape.scenarios}


def test_no_two_entries_share_a_phrasing_a_question_or_a_condition(
    entries: list[EntryShape],
) -> None:
    asked = Counter(
        fingerprint(words) for entry in entries for words in (entry.question, *entry.phrasings)
    )
    conditions = Counter(entry.applies_when for entry in entries)

    assert [words for words, times in (asked + conditions).items() if times > 1] == []


@pytest.fixture(scope="module")
def asked() -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = yaml.safe_load((QUESTIONS / "bank.yaml").read_text("utf-8"))
    return items


def right(item: dict[str, Any]) -> list[str]:
    """Return the keys of the entries that answer ``item``; none when a person is needed."""
    entry = item["entry"]
    return entry if isinstance(entry, list) else [entry] if entry else []


def test_each_half_has_as_many_answerable_questions_as_others(asked: list[dict[str, Any]]) -> None:
    counted = Counter((item["half"], item["kind"]) for item in asked)

    assert counted == {
        (half, kind): times
        for half in ("tune", "report")
        for kind, times in (("paraphrase", 105), ("near-miss", 90), ("out-of-scope", 15))
    }


def test_every_label_names_entries_of_the_pack_and_fits_its_kind(
    asked: list[dict[str, Any]], entries: list[EntryShape]
) -> None:
    keys = {entry.key for entry in entries}
    wrong = [
        item["question"]
        for item in asked
        if not set(right(item)) <= keys
        or bool(right(item)) != (item["kind"] == "paraphrase")
        or (item.get("near") in keys and bool(item.get("why"))) != (item["kind"] == "near-miss")
    ]

    assert wrong == []


def test_every_entry_is_asked_for_and_missed_nearly_in_both_halves(
    asked: list[dict[str, Any]], entries: list[EntryShape]
) -> None:
    for half in ("tune", "report"):
        here = [item for item in asked if item["half"] == half]
        wanted = Counter(key for item in here for key in right(item))
        near = Counter(item["near"] for item in here if "near" in item)
        assert min(wanted[entry.key] for entry in entries) >= 2
        assert min(near[entry.key] for entry in entries) >= 1


def test_no_question_is_asked_twice_or_stands_in_the_pack(
    asked: list[dict[str, Any]], entries: list[EntryShape]
) -> None:
    known = {
        fingerprint(words)
        for entry in entries
        for words in (entry.question, *entry.phrasings, *entry.not_for)
    }
    seen = Counter(fingerprint(item["question"]) for item in asked)

    assert [words for words, times in seen.items() if times > 1 or words in known] == []
