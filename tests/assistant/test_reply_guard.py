"""What a person's words are held to before a customer reads them."""

import pytest

from assistant.desk.reply_guard import Around, objection, objections

NOTE = "Billing closed the old subscription at 08:10."


@pytest.mark.parametrize(
    "text",
    [
        "Hello {name}, it is done.",
        "Hello {{ first_name }}, it is done.",
        "Hello [NAME], it is done.",
        "Hello <CUSTOMER NAME>, it is done.",
        "TBD",
        "internal only: they pay late",
        "Please do not send this yet",
        f"Hello Mara, {NOTE.lower()} We link the new one.",
        "x" * 10_001,
    ],
)
def test_what_is_not_meant_for_customers_is_objected_to(text):
    assert objection(text, [NOTE]) != ""


@pytest.mark.parametrize(
    "text",
    [
        "Hello Mara, it is done.",
        "The total is 5 < 6, see [1] and the file {}.",
        "Your internal transfer has arrived.",
        "Todo lists are under Tasks.",
        "Thank you",
    ],
)
def test_what_a_good_colleague_writes_is_not_objected_to(text):
    assert objection(text, [NOTE, "Thanks"]) == ""


def test_even_a_short_note_is_not_sent_as_the_whole_reply():
    assert objection("ask Lena", ["Ask Lena"]) == "This is the text of an internal note."


# --- every objection, and which of them a reason overrides ---


def kinds(text: str, **around: tuple[str, ...]) -> list[tuple[str, bool]]:
    return [(each.kind, each.soft) for each in objections(text, Around(**around))]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hello ,\n\nit is done.", "greeting"),
        ("Dear, it is done.", ""),
        ("Dear : it is done.", "greeting"),
        ("Hello Mara,\n\nit is done.", ""),
        ("Hi there, all is well.", ""),
        ("Your card 4111 1111 1111 1111 was charged.", "secret [card]"),
        ("Transfer it to DE89 3704 0044 0532 0130 00.", "secret [iban]"),
        ("Use the key sk-live-9f8a7b6c5d4e3f2a1b0c9d8e7f6a.", "secret [key]"),
        ("Order 20261117 was charged 129.00 on 17 November 2026.", ""),
        ("Call us at 030 1234567, or write to help@shop.example.", ""),
        ("Ищите письмо в папке «Спам».", ""),
    ],
)
def test_what_gives_something_away_or_greets_nobody_stands_in_the_way_for_good(text, kind):
    assert kinds(text) == ([(kind, False)] if kind else [])


@pytest.mark.parametrize(
    "text",
    [
        "Hello Mara, billing has closed the old subscription at 08:10!",
        "Billing closed your old subscription at 8:10. You need to do nothing.",
    ],
)
def test_a_note_in_slightly_other_words_is_noticed_and_may_be_meant(text):
    assert kinds(text, notes=(NOTE,)) == [("note-like", True)]


@pytest.mark.parametrize(
    "text",
    ["We closed the ticket.", "The subscription you asked about is closed; nothing was charged."],
)
def test_what_only_is_about_the_same_thing_as_a_note_is_not_objected_to(text):
    assert kinds(text, notes=(NOTE,)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We look into Kestrel for you.", True),
        ("We look into KESTREL's queue for you.", True),
        ("The kestrels nest in spring.", False),
        ("It is in the dead  letter\nqueue now.", True),
        ("It is in the letter queue now.", False),
    ],
)
def test_the_words_that_a_launch_keeps_inside_are_found_as_whole_words(text, found):
    assert bool(kinds(text, internal=("Kestrel", "dead letter queue", " "))) is found


def test_what_cannot_be_overridden_comes_first():
    found = kinds("Kestrel says {name}", internal=("Kestrel",))

    assert found == [("placeholder", False), ("word Kestrel", True)]


def test_the_longest_reply_beside_many_long_notes_is_looked_at_in_a_moment():
    notes = tuple(
        f"{number} " + "the queue is stuck and stays stuck. " * 60 for number in range(20)
    )

    assert kinds("all is well again. " * 200, notes=notes) == []
