"""The lead's pages: what may be decided about an entry, what that does, and ten seconds to undo."""

import re
from datetime import timedelta

import pytest

from assistant.answering import sending
from assistant.answering.decisions import Decision
from assistant.desk.conversations import Conversation
from assistant.ground.parts import Parts
from assistant.launch import scenarios
from assistant.library import publishing
from tests import cast
from tests.web.staff import Browser, a_browser

ENTRIES = "/library/spring-pricing/entries"
PAUSE = f"{ENTRIES}/pause-plan"
ASKED = "Can I pause my plan?"


@pytest.fixture
def lena(shop: Parts) -> Browser:
    return a_browser(shop, cast.LENA)


@pytest.fixture
def noor(shop: Parts) -> Browser:
    return a_browser(shop, cast.NOOR)


@pytest.fixture
def amir(shop: Parts) -> Browser:
    return a_browser(shop, cast.AMIR)


def submitted(parts: Parts, *, by: str = cast.AMIR, **said: object) -> None:
    cast.an_entry(parts, by=by, approved_by=None, **said)
    with parts.db.writing() as session:
        cast.entry_of(session, "pause-plan").submit(session, by=cast.the(session, by), at=cast.NOW)


def decide(browser: Browser, what: str, path: str = PAUSE, **fields: object):
    revision = re.search(r'name="revision" value="(\d+)"', browser.get(path).text)
    return browser.post(f"{path}/{what}", revision=int(revision[1]), **fields)


def banner(page) -> str:
    words = re.search(r'data-fresh="status">.*?<div>(.*?)</div>', page.text, re.S)[1]
    return " ".join(re.sub(r"<[^>]+>", "", words).split())


def state(parts: Parts, key: str = "pause-plan") -> str:
    with parts.db.reading() as session:
        return cast.entry_of(session, key).state(parts.clock.now())


# --- four eyes ---


def test_the_author_is_told_who_can_approve(shop, lena):
    submitted(shop, by=cast.LENA)

    page = lena.get(PAUSE)

    assert (
        "You wrote this version, so somebody else approves it. Noor Rahman or Olu Ade can."
        in banner(page)
    )
    assert 'popovertarget="approve"' not in page.text


def test_the_gravest_answers_wait_for_a_second_person_and_say_for_whom(shop, lena, noor):
    submitted(shop)
    with shop.db.writing() as session:
        entry = cast.entry_of(session, "pause-plan")
        entry.scenario = scenarios.of_launch(session, entry.launch_id)["sign-in-link"]
        entry.scenario.severity = 1

    first = lena.get(PAUSE)
    assert "two people approve it, and you are the first" in banner(first)
    assert "Approve as the first of two" in first.text
    decide(lena, "approval")

    assert state(shop) == "review"
    assert "You have approved it; a second person does too. Noor Rahman or Olu Ade can." in banner(
        lena.get(PAUSE)
    )
    assert "Lena Ortiz has approved it." in banner(noor.get(PAUSE))
    decide(noor, "approval")
    assert state(shop) == "approved"
    assert "approved by Lena Ortiz and Noor Rahman" in noor.get(PAUSE).text


# --- approve and tell ---


def test_approving_tells_exactly_the_number_that_was_confirmed(shop, lena):
    submitted(shop, phrasings=["may my plan be paused"])
    asked = [cast.a_customer(shop, visitor=name) for name in ("mara", "jo", "kim")]
    for customer in asked:
        customer.asks(ASKED)
    # They asked before there was an answer; their questions are near what waits for approval.
    with shop.db.writing() as session:
        _point_at(session, "pause-plan")

    page = lena.get(PAUSE).text
    assert "Approve and tell 3 people" in page
    refused = decide(lena, "approval", people=2)
    assert refused.status_code == 409
    assert state(shop) == "review"

    decide(lena, "approval", people=3)
    after = lena.get(PAUSE).text
    assert "3 people are told next." in after
    cast.later(shop, seconds=11)
    sending.send_broadcasts(shop)
    for customer in asked:
        assert "Yes, in Billing." in str(customer.sees())


def test_approving_tells_nobody_whom_no_mail_reaches_and_names_them(shop, lena):
    submitted(shop, phrasings=["may my plan be paused"])
    mara, jo = [cast.a_customer(shop, visitor=name) for name in ("mara", "jo")]
    for customer in (mara, jo):
        customer.asks(ASKED)
    with shop.db.writing() as session:
        _point_at(session, "pause-plan")
        session.get_one(Conversation, mara.id).channel = "email"

    page = lena.get(PAUSE).text
    assert "Approve and tell 1 person" in page
    assert "it does not reach 1 of them, who asked by mail" in page
    declined = decide(lena, "approval", people=2)
    assert declined.status_code == 409
    assert "Approve and tell 1 person" in declined.text  # no number that nobody can confirm
    decide(lena, "approval", people=1)
    cast.later(shop, seconds=11)
    sending.send_broadcasts(shop)

    assert "Yes, in Billing." in str(jo.sees())
    assert "Yes, in Billing." not in str(mara.sees())


def test_whoever_got_it_before_an_approval_was_undone_is_counted_and_hears_in_one_click(shop, lena):
    submitted(shop)
    decide(lena, "approval")
    mara = cast.a_customer(shop)
    assert mara.asks(ASKED)["outcome"] == "answer"

    decide(lena, "undoing")
    page = lena.get(PAUSE).text

    assert "1 person got version 1 before its approval was undone" in page
    assert "Recall it from 1 person" in page
    recalled = lena.post(f"{PAUSE}/recall", version="1", reason="Its approval was undone.")
    assert recalled.status_code == 303
    assert [m["text"] for m in mara.sees()["messages"] if m["recalled_at"]] == ["Yes, in Billing."]
    assert "before its approval was undone" not in lena.get(PAUSE).text
    assert state(shop) == "review"


def test_undoing_an_approval_tells_nobody(shop, lena):
    submitted(shop)
    mara = cast.a_customer(shop)
    mara.asks(ASKED)
    with shop.db.writing() as session:
        _point_at(session, "pause-plan")
    decide(lena, "approval", people=1)

    decide(lena, "undoing")
    cast.later(shop, seconds=11)
    sending.send_broadcasts(shop)

    assert "Yes, in Billing." not in str(mara.sees())
    assert "The approval of version 1, the same words, was taken back." in banner(lena.get(PAUSE))


def _point_at(session, key: str) -> None:
    """Let every question be nearest to an entry, as the engine says once it knows it."""
    for decision in session.query(Decision):
        decision.asked_for = key


# --- ten seconds ---


@pytest.mark.parametrize(
    ("what", "fields", "before", "after"),
    [
        ("approval", {}, "approved", "review"),
        ("rejection", {"reason": "No."}, "rejected", "review"),
    ],
)
def test_what_was_decided_may_be_undone_for_ten_seconds(shop, lena, what, fields, before, after):
    submitted(shop)
    decide(lena, what, **fields)
    assert state(shop) == before
    assert "For ten seconds from then you can take it back." in lena.get(PAUSE).text

    decide(lena, "undoing")
    assert state(shop) == after

    decide(lena, what, **fields)
    cast.later(shop, seconds=10)
    assert "For ten seconds from then" not in lena.get(PAUSE).text
    assert decide(lena, "undoing").status_code == 409
    assert state(shop) == before


def test_a_retirement_undone_is_served_again(shop, lena):
    path = f"{ENTRIES}/export-data"
    decide(lena, "retirement", path, reason="Moved.")
    assert cast.a_customer(shop).asks(cast.EXPORT)["outcome"] != "answer"
    decide(lena, "undoing", path)
    assert cast.a_customer(shop, visitor="jo").asks(cast.EXPORT)["outcome"] == "answer"


def test_an_agent_decides_nothing(shop, amir):
    submitted(shop)
    for what in ("approval", "undoing", "merging", "splitting", "rollback", "permanence", "owner"):
        assert decide(amir, what, version=1).status_code == 403


# --- merged, split, rolled back, permanent, extended ---


def test_entries_are_merged_split_and_rolled_back_from_their_pages(shop, lena, noor):
    merged = decide(lena, "merging", f"{ENTRIES}/cancel-plan", into="change-address")
    assert merged.headers["location"] == f"{ENTRIES}/change-address"
    assert "“How do I cancel my plan?” ends." in banner(lena.get(f"{ENTRIES}/change-address"))
    decide(noor, "approval", f"{ENTRIES}/change-address", override="One is enough.")
    assert state(shop, "cancel-plan") == "retired"

    page = noor.get(f"{ENTRIES}/change-address").text
    assert "Roll back to version 1" in page
    assert "Roll back to version 2" not in page
    decide(noor, "rollback", f"{ENTRIES}/change-address", version=1)
    assert "You wrote this version" in banner(noor.get(f"{ENTRIES}/change-address"))

    split = decide(lena, "splitting", f"{ENTRIES}/price-differs", phrasing="my bill went up")
    assert split.headers["location"] == f"{ENTRIES}/my-bill-went-up"
    assert "A draft." in banner(lena.get(f"{ENTRIES}/my-bill-went-up"))


def test_an_answer_that_has_ended_asks_what_becomes_of_it(shop, lena, amir):
    cast.an_entry(shop, valid_until=cast.NOW + timedelta(hours=1))
    cast.later(shop, hours=1)

    page = lena.get(PAUSE).text
    assert "Its time is over: what becomes of it?" in page
    assert decide(lena, "extension", until="yesterday").status_code == 409
    decide(amir, "extension", until="2026-12-01T09:00")  # its author asks for it
    assert state(shop) == "review"
    decide(lena, "approval")
    assert "Ends " in lena.get(PAUSE).text
    decide(lena, "permanence", f"{ENTRIES}/price-differs")
    assert "“Why is my price different from last month?” ends." in banner(
        lena.get(f"{ENTRIES}/why-is-my-price-different-from-last-month")
    )


def test_a_new_owner_is_kept_and_a_stranger_refused(shop, lena):
    decide(lena, "owner", f"{ENTRIES}/export-data", owner=cast.NOOR)
    assert "Noor Rahman" in lena.get(f"{ENTRIES}/export-data").text
    assert decide(lena, "owner", f"{ENTRIES}/export-data", owner="x@example.org").status_code == 409


def test_what_the_index_does_not_find_is_tried_again(shop, lena):
    publishing.publish(shop, 1, at=cast.NOW)
    with shop.db.writing() as session:
        version = cast.version_of(session, "export-data")
        version.index_problem, version.proven_at = "“download” does not lead to it.", None
    path = f"{ENTRIES}/export-data"
    assert "Try the index again" in lena.get(path).text

    decide(lena, "proof", path)

    assert "Live and proven retrievable." in banner(lena.get(path))


# --- two at once ---


def test_who_saves_second_keeps_their_words_beside_the_newer_ones(shop, lena, amir):
    cast.an_entry(shop, approved_by=None)
    typed = {"kind": "faq", "question": ASKED, "phrasings": "hold my plan"}
    stale = int(re.search(r'name="revision" value="(\d+)"', lena.get(PAUSE).text)[1])
    amir.post(PAUSE, **typed, answer="Yes, for a month.", revision=stale)

    page = lena.post(PAUSE, **typed, answer="Yes, for a year.", revision=stale)

    assert page.status_code == 409
    conflict = page.text[page.text.index("conflict-title") :]
    assert "Yes, for a month." in conflict
    assert conflict.count("Yes, for a year.") >= 2  # beside it, and still in the form
    assert "Other ways people ask it</p>" not in conflict  # only what differs
    now = int(re.search(r'name="revision" value="(\d+)"', page.text)[1])
    assert lena.post(PAUSE, **typed, answer="Yes, for a year.", revision=now).status_code == 303
    assert "Yes, for a year." in amir.get(PAUSE).text
