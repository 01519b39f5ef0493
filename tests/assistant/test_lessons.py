"""What people of the team teach: confirmed questions and wrong matches, beside the library."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from assistant.desk.messages import Message
from assistant.ground.audit import Event
from assistant.ground.errors import NotFound, Refused
from assistant.ground.parts import Parts
from assistant.library import lessons, publishing, stocking
from assistant.library.entries import Entry as LibraryEntry
from assistant.library.lessons import MOST, Lesson, taught
from knowledge.entries import Entry, Finding
from knowledge.normalise import fingerprint
from tests import cast
from tests.cast import AMIR, NOW, Customer, later, the

MOVED = "The courier should come to our summer cottage from June on"
KEPT = "I want my things in a spreadsheet please"


def teach(
    parts: Parts, entry: str, words: str, *, answers: bool = True, customer: Customer | None = None
) -> int | None:
    """Let Amir say of a customer's question that an entry answers it, or not."""
    said = (customer or cast.a_customer(parts)).says(words)
    with parts.db.writing() as session:
        lesson = lessons.learn(
            session,
            cast.entry_of(session, entry),
            session.get_one(Message, said),
            answers=answers,
            by=the(session, AMIR),
            at=parts.clock.now(),
        )
        return lesson.id if lesson else None


def take_back(parts: Parts, lesson_id: int) -> None:
    with parts.db.writing() as session:
        lesson = session.get_one(Lesson, lesson_id)
        lesson.take_back(session, by=the(session, AMIR), at=parts.clock.now())


def stock(parts: Parts) -> stocking.Stock:
    with parts.db.reading() as session:
        launch_id = cast.launch_of(session).id
    return stocking.stock_of(parts, launch_id, at=parts.clock.now())


def found(parts: Parts, question: str) -> Finding:
    shelf = stock(parts).shelf
    assert parts.embedder is not None
    return shelf.find(question, parts.embedder.embed([shelf.repaired(question)])[0])


def all_lessons(parts: Parts) -> list[tuple[str, str, bool]]:
    with parts.db.reading() as session:
        launch_id = cast.launch_of(session).id
        return [(o.entry.key, o.text, o.answers) for o in lessons.of_launch(session, launch_id)]


def test_a_confirmed_question_is_an_exact_repeat_within_a_second(shop: Parts) -> None:
    before = found(shop, MOVED)
    teach(shop, "change-address", MOVED)
    later(shop, seconds=1)

    after = found(shop, "hello! the courier should come to our SUMMER cottage from june on")

    assert not before.exact
    assert (after.exact, after.matches[0].entry, after.certainty) == (True, "change-address", 1.0)


def test_what_is_said_much_like_it_is_recognised_better(shop: Parts) -> None:
    reworded = "Could the courier come to our cottage in June and July?"
    before = found(shop, reworded)
    teach(shop, "change-address", MOVED)
    later(shop, seconds=1)

    after = found(shop, reworded)

    assert after.matches[0].entry == "change-address"
    assert after.certainty > before.certainty + 0.2
    assert not after.exact


def test_a_wrong_match_objects_to_the_same_question_even_in_approved_words(shop: Parts) -> None:
    teach(shop, "export-data", cast.EXPORT, answers=False)
    later(shop, seconds=1)

    again = found(shop, cast.EXPORT)

    assert again.counter == cast.EXPORT
    assert not again.exact
    assert again.certainty <= 0.30


def test_the_approved_text_the_index_and_its_proof_stay_what_they_are(shop: Parts) -> None:
    with shop.db.reading() as session:
        launch_id = cast.launch_of(session).id
    before = stock(shop)
    teach(shop, "change-address", MOVED)
    teach(shop, "export-data", "How do I export my feelings?", answers=False)
    later(shop, seconds=1)

    after = stock(shop)

    assert after.shelf is not before.shelf
    assert (after.revision, after.live, after.entries) == (
        before.revision,
        before.live,
        before.entries,
    )
    assert publishing.publish(shop, launch_id, at=shop.clock.now(), all_again=True) == []


def test_personal_data_is_masked_before_it_is_kept(shop: Parts) -> None:
    teach(shop, "export-data", "Send everything you have to mara@example.com and call 030 1234567")

    assert all_lessons(shop) == [
        ("export-data", "Send everything you have to [e-mail] and call [phone]", True)
    ]


def test_of_a_mail_neither_signature_nor_quoted_words_are_kept_and_the_same_is_a_repeat(
    shop: Parts,
) -> None:
    mail = f"Hello,\n{MOVED}?\n--\nMara Lind\nLind Ltd, 030 1234567"
    teach(shop, "change-address", mail)
    later(shop, seconds=1)

    again = found(shop, mail)

    assert all_lessons(shop) == [("change-address", f"{MOVED}?", True)]
    assert (again.exact, again.matches[0].entry) == (True, "change-address")


def test_typing_errors_of_a_taught_question_are_nobodys_spelling(shop: Parts) -> None:
    wrong = "Plese send the courrier to another adress from June on"
    teach(shop, "change-address", wrong)
    later(shop, seconds=1)

    assert stock(shop).shelf.repaired("my delivery adress") == "my delivery address"
    assert found(shop, wrong).exact


@pytest.mark.parametrize(
    "words",
    [
        "?!",
        "😡😡😡",
        "export",
        "my data",
        "data data data data",
        "why " * 100,
        "download ALL my orders!",  # approved already
        "How do I export my data",
    ],
)
def test_what_teaches_nothing_is_not_kept(shop: Parts, words: str) -> None:
    assert teach(shop, "export-data", words) is None
    assert all_lessons(shop) == []


def test_the_same_words_are_kept_once_for_an_entry(shop: Parts) -> None:
    first = teach(shop, "export-data", KEPT)

    assert teach(shop, "export-data", KEPT.upper() + "!!") == first
    assert len(all_lessons(shop)) == 1


def test_of_two_verdicts_on_one_question_the_newer_one_stands(shop: Parts) -> None:
    mara = cast.a_customer(shop)
    said = mara.says(KEPT)
    for answers in (False, True):
        with shop.db.writing() as session:
            entry = cast.entry_of(session, "export-data")
            asked = session.get_one(Message, said)
            lessons.learn(session, entry, asked, answers=answers, by=the(session, AMIR), at=NOW)

    assert all_lessons(shop) == [("export-data", KEPT, True)]


def test_who_taught_what_and_when_is_known_and_the_words_are_in_no_event(shop: Parts) -> None:
    lesson_id = teach(shop, "export-data", KEPT)
    assert lesson_id is not None
    take_back(shop, lesson_id)

    with shop.db.reading() as session:
        kept = session.get_one(Lesson, lesson_id)
        events = session.scalars(select(Event).where(Event.kind.startswith("entry.lesson"))).all()
        assert (kept.by.email, kept.at, kept.taken_back_at) == (AMIR, NOW, NOW)
        assert [(e.kind, e.who, e.details) for e in events] == [
            ("entry.lesson-learnt", "Amir Haddad", {"lesson": lesson_id, "answers": True}),
            ("entry.lesson-taken-back", "Amir Haddad", {"lesson": lesson_id, "answers": True}),
        ]


def test_what_is_taken_back_teaches_nothing_any_more(shop: Parts) -> None:
    lesson_id = teach(shop, "change-address", MOVED)
    assert lesson_id is not None
    later(shop, seconds=1)
    assert found(shop, MOVED).exact

    take_back(shop, lesson_id)
    later(shop, seconds=1)

    assert not found(shop, MOVED).exact
    assert all_lessons(shop) == []
    with pytest.raises(Refused, match="taken back already"):
        take_back(shop, lesson_id)


def test_a_lesson_belongs_to_its_entry(shop: Parts) -> None:
    lesson_id = teach(shop, "change-address", MOVED)
    assert lesson_id is not None

    with shop.db.reading() as session:
        entry = cast.entry_of(session, "change-address")
        assert lessons.by_id(session, entry, lesson_id).text == MOVED
        for key, number in (("export-data", lesson_id), ("change-address", 999)):
            with pytest.raises(NotFound):
                lessons.by_id(session, cast.entry_of(session, key), number)


def test_a_retired_entry_is_not_found_by_what_was_learnt(shop: Parts) -> None:
    teach(shop, "change-address", MOVED)
    cast.retire(shop, "change-address")
    later(shop, seconds=1)

    assert "change-address" not in {match.entry for match in found(shop, MOVED).matches}


# What counts, as a pure decision.

PRICE = Entry("price", "Why did my price change?", ("is the new price right",), ("charged twice",))
EXPORT = Entry("export", "How do I export my data?", ())


def a_lesson(number: int, entry: str, text: str, answers: bool = True) -> Lesson:
    at = NOW + timedelta(minutes=number)
    return Lesson(
        id=number, entry=LibraryEntry(key=entry), text=text, answers=answers, at=at, message_id=1
    )


@pytest.mark.parametrize(
    ("learnt", "why"),
    [
        ([(1, "export", "is the NEW price right?")], {1: "It is an approved phrasing of price."}),
        (
            [(2, "price", "why is it dearer", False), (1, "price", "Why is it dearer?")],
            {1: "It is also known as a question that this does not answer."},
        ),
        (
            [(1, "price", "Charged twice!")],
            {1: "It is also known as a question that this does not answer."},
        ),
        (
            [(2, "export", "where is my money"), (1, "price", "Where is my money?")],
            {2: "It was also confirmed for price.", 1: "It was also confirmed for export."},
        ),
        ([(1, "gone", "where is my money")], {}),
        ([(1, "price", "why is it dearer", False), (2, "export", "why is it dearer")], {}),
    ],
)
def test_what_contradicts_is_kept_out_and_says_why(learnt: list[Any], why: dict[int, str]) -> None:
    known = taught([PRICE, EXPORT], [a_lesson(*each) for each in learnt])

    assert known.kept_out == why
    ways = [way for entry in known.entries for way in entry.ways()]
    assert not {text for number, _, text, *_ in learnt if number in why} & set(ways)


def test_only_the_newest_count_and_each_words_once() -> None:
    many = [a_lesson(n, "export", f"question number {n} please") for n in range(MOST + 20, 0, -1)]
    again = [a_lesson(999, "export", "Question number 70, please!")]

    (entry,) = taught([EXPORT], [*again, *many]).entries

    assert len(entry.phrasings) == MOST
    assert entry.phrasings[0] == "Question number 70, please!"
    assert "question number 70 please" not in entry.phrasings
    assert "question number 1 please" not in entry.phrasings


WORDS = st.sampled_from(
    ["why did my price change", "charged twice", "one two three", "One, two, three!", "four five"]
)


@given(st.lists(st.tuples(st.sampled_from(["price", "export"]), WORDS, st.booleans()), max_size=12))
def test_no_question_ever_leads_to_two_entries_by_what_was_learnt(
    said: list[tuple[str, str, bool]],
) -> None:
    learnt = [a_lesson(number, *each) for number, each in enumerate(said)]

    known = taught([PRICE, EXPORT], learnt)

    price, export = (set(map(fingerprint, entry.ways())) for entry in known.entries)
    assert not price & export
    for entry, approved in zip(known.entries, (PRICE, EXPORT), strict=True):
        learnt_ways = set(map(fingerprint, set(entry.ways()) - set(approved.ways())))
        assert not learnt_ways & set(map(fingerprint, entry.not_for))
    assert [entry.text for entry in known.entries] == [PRICE.text, EXPORT.text]
