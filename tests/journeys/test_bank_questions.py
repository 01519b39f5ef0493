"""A launch of another trade is well-formed: a bank's move and labelled questions to it.

Nothing is decided here: how the assistant does on them is measured elsewhere.
"""

import re
from collections import Counter
from pathlib import Path

import pytest

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
