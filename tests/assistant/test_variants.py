"""Variants: the same answer in another language is another text, approved by itself."""

import pytest

from assistant.answering.languages import in_other_words
from assistant.ground.errors import Refused
from assistant.library import variants
from tests import cast

GERMAN = {
    "key": "daten-exportieren",
    "question": "Wie kann ich meine Daten herunterladen?",
    "phrasings": ["wo finde ich den export meiner daten", "ich möchte meine daten haben"],
    "answer": "Öffnen Sie die Einstellungen und wählen Sie Export.",
    "locale": "de",
}


def a_german_variant(parts, approved_by: str | None = cast.LENA) -> None:
    key = cast.an_entry(parts, approved_by=approved_by, **GERMAN)
    with parts.db.writing() as session:
        link(parts, session, key)


def link(parts, session, key: str, of: str = "export-data") -> None:
    entry, original = cast.entry_of(session, key), cast.entry_of(session, of)
    amir = cast.the(session, cast.AMIR)
    variants.link(session, entry, original, by=amir, at=parts.clock.now())


def test_who_asks_in_german_gets_the_approved_german_text(shop):
    a_german_variant(shop)

    german = cast.a_customer(shop).asks("Wo finde ich den Export meiner Daten?")
    english = cast.a_customer(shop, visitor="ann").asks(cast.EXPORT)

    assert german["answer"]["text"] == GERMAN["answer"]
    assert english["answer"]["text"] == cast.EXPORT_TEXT


def test_while_it_is_not_approved_a_person_answers_and_nothing_is_translated(shop):
    a_german_variant(shop, approved_by=None)

    asked = cast.a_customer(shop).asks("Wo finde ich den Export meiner Daten?")

    assert asked["outcome"] == "handoff"


def test_a_variant_says_its_language_and_each_language_has_one(shop):
    a_german_variant(shop, approved_by=None)
    silent = cast.an_entry(shop, key="export", approved_by=None)
    again = cast.an_entry(shop, approved_by=None, **GERMAN | {"key": "noch-einmal"})

    with shop.db.writing() as session, pytest.raises(Refused, match="says its language"):
        link(shop, session, silent)
    with shop.db.writing() as session, pytest.raises(Refused, match="in this language already"):
        link(shop, session, again)


def test_a_variant_of_a_variant_is_of_the_first_one(shop):
    a_german_variant(shop, approved_by=None)
    french = cast.an_entry(shop, key="export-fr", approved_by=None, locale="fr-CA")

    with shop.db.writing() as session:
        link(shop, session, french, of="daten-exportieren")

    with shop.db.reading() as session:
        family = variants.family(session, cast.entry_of(session, "export-fr"))
        assert [one.key for one in family] == ["daten-exportieren", "export-data"]


@pytest.mark.parametrize(
    ("families", "spoken", "others"),
    [
        ({"a": 1, "b": 1}, {"a": "en", "b": "de"}, {"a": {"de"}, "b": {"en"}}),
        ({"a": 1, "b": 2}, {"a": "en", "b": "de"}, {}),
        ({"a": 1, "b": 1}, {"a": "en", "b": "en"}, {}),
    ],
)
def test_an_answer_knows_in_which_other_languages_it_is_approved(families, spoken, others):
    assert in_other_words(families, spoken) == others
