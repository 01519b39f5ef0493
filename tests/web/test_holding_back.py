"""The reply guard at the reply box: what is held back, that nothing is lost, and sending anyway."""

import re

import pytest

from assistant.answering import recall
from assistant.desk.messages import By
from assistant.ground.audit import history
from tests import cast
from tests.web.staff import a_browser

TICKET = "/desk/tickets/HC-1001"
DANA = "Dana Novak"


@pytest.fixture
def asked(shop):
    """Mara's ticket; Dana Novak, who gave her address, has one, too."""
    mara = cast.a_customer(shop, visitor="mara@example.org")
    mara.asks(cast.UNKNOWN)
    cast.a_customer(shop, visitor=DANA).calls(cast.UNKNOWN_TOO)
    cast.a_customer(shop, visitor="dana@example.net").calls(cast.UNKNOWN_TOO)
    with shop.db.writing() as session:
        launch = cast.launch_of(session)
        launch.keep_inside(
            session, ["Kestrel"], by=cast.the(session, cast.LENA), at=shop.clock.now()
        )
    return mara


@pytest.fixture
def amir(shop, asked):
    """Amir at his browser."""
    return a_browser(shop, cast.AMIR)


def reply(browser, text, **more):
    return browser.post(f"{TICKET}/replies", kind="reply", text=text, **more)


def replies(asked) -> list[str]:
    return [m["text"] for m in asked.sees()["messages"] if m["by"] == By.PERSON]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ask dana@example.net, she had it too.", "is the address of another customer"),
        ("It is the same as in hc-1002.", "HC-1002 is another customer’s."),
        ("Dana Novak had the same yesterday.", "is the name of another customer"),
        ("We restart Kestrel tonight.", "stays inside this launch"),
        ("Hello , it is done.", "the name is missing"),
        ("Your card 4111 1111 1111 1111 is fine.", "a card number"),
    ],
)
def test_what_is_not_for_this_customer_is_held_back_and_kept(asked, amir, text, words):
    held = reply(amir, text)

    assert held.status_code == 422
    assert words in held.text
    assert f">{text}</textarea>" in held.text
    assert replies(asked) == []


@pytest.mark.parametrize(
    "text",
    [
        "We wrote to mara@example.org.",
        "Your ticket HC-1001 is with us.",
        "Write to help@shop.example.",
        "Amir Haddad from the team looks at it.",
        "New prices apply. Nothing else changes.",
    ],
)
def test_what_is_this_customers_or_ours_is_sent(asked, amir, text):
    assert reply(amir, text).status_code == 303
    assert replies(asked) == [text]


def test_what_may_be_meant_is_sent_with_a_reason_that_is_kept(shop, asked, amir):
    text = "We restart Kestrel tonight."
    held = reply(amir, text)
    overrides = re.search(r'name="overrides" value="([^"]+)"', held.text)[1]

    again = reply(amir, text, overrides=overrides, override_reason=" ")
    sent = reply(amir, text, overrides=overrides, override_reason="They know the name.")

    assert (again.status_code, sent.status_code) == (422, 303)
    assert replies(asked) == [text]
    with cast.the_ticket(shop, "HC-1001") as (session, ticket):
        kept = [e for e in history(session, ticket_id=ticket.id) if "guard" in e.kind]
    assert [(e.who, e.details["reason"]) for e in kept] == [("Amir Haddad", "They know the name.")]


def test_what_is_objected_to_only_now_is_shown_before_it_is_overridden(asked, amir):
    held = reply(amir, "We restart Kestrel tonight.")
    overrides = re.search(r'name="overrides" value="([^"]+)"', held.text)[1]

    again = reply(
        amir,
        "We restart Kestrel tonight, as for Dana Novak.",
        overrides=overrides,
        override_reason="They know it.",
    )

    assert again.status_code == 422
    assert "is the name of another customer" in again.text
    assert replies(asked) == []


@pytest.mark.parametrize("text", ["Ask dana@example.net.", "Hello {name}, it is done."])
def test_no_reason_overrides_what_stands_in_the_way_for_good(asked, amir, text):
    every = "\n".join(["placeholder", "address dana@example.net"])

    held = reply(amir, text, overrides=every, override_reason="I want to.")

    assert held.status_code == 422
    assert replies(asked) == []


def test_a_note_may_hold_everything_that_a_reply_may_not(asked, amir):
    text = "TODO: Kestrel again, as for dana@example.net in HC-1002"

    kept = amir.post(f"{TICKET}/replies", kind="note", text=text)

    assert kept.status_code == 303
    assert "Kestrel" not in str(asked.sees())


def test_only_a_lead_decides_which_words_stay_inside(shop, asked, amir):
    page = a_browser(shop, cast.LENA).get(f"/launches/{cast.LAUNCH}").text
    revision = re.search(r'name="revision" value="(\d+)"', page)[1]
    path, words = f"/launches/{cast.LAUNCH}/internal-words", "Kestrel\n\nbatch  7\nKestrel"

    refused = amir.post(path, internal_words=words, revision=revision)
    a_browser(shop, cast.LENA).post(path, internal_words=words, revision=revision)

    assert refused.status_code == 403
    with shop.db.reading() as session:
        assert cast.launch_of(session).internal_words == ["Kestrel", "batch 7"]


@pytest.mark.parametrize(
    "text", [cast.EXPORT_TEXT, f"Hello Mara,\n\n{cast.EXPORT_TEXT}  Best, Amir"]
)
def test_words_that_were_recalled_are_held_back_however_they_came_into_the_box(
    shop, asked, amir, text
):
    with shop.db.writing() as session:
        entry, lena = cast.entry_of(session, "export-data"), cast.the(session, cast.LENA)
        recall.recall(session, entry, reason="It is gone.", by=lena, at=shop.clock.now())

    held = reply(amir, text)

    assert held.status_code == 422
    assert "was recalled: It is gone." in held.text
    assert replies(asked) == []


def test_what_began_as_a_text_that_was_recalled_meanwhile_is_held_back(shop, asked, amir):
    with shop.db.writing() as session:
        entry, lena = cast.entry_of(session, "export-data"), cast.the(session, cast.LENA)
        recall.recall(session, entry, reason="It is gone.", by=lena, at=shop.clock.now())
    began = {"suggestion_entry": "export-data", "suggestion_version": "1"}

    held = reply(amir, "Open Settings, please, and choose Export.", **began)

    assert held.status_code == 422
    assert "was recalled: It is gone." in held.text


# --- far too long ---


@pytest.mark.parametrize("kind", ["reply", "note"])
@pytest.mark.parametrize(("length", "over"), [(10_001, "1"), (100_000, "90,000")])
def test_what_is_far_too_long_is_held_back_with_every_word_kept(asked, amir, kind, length, over):
    text = "ß" * length
    held = amir.post(f"{TICKET}/replies", kind=kind, text=text)

    assert held.status_code == 422
    assert f"longer than 10,000 characters: take out at least {over}." in held.text
    assert text in held.text and "Not sent yet. Your text is below." in held.text
    assert f'value="{kind}"' in held.text and 'aria-describedby="held"' in held.text
    assert "override_reason" not in held.text
    assert replies(asked) == []


def test_ten_thousand_characters_are_not_too_long(asked, amir):
    text = "So it is. " * 999 + "It is now."

    assert reply(amir, text).status_code == 303
    assert replies(asked) == [text]
