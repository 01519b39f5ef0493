"""The lead's library in a real browser: from forty questions to one answer, and what goes wrong."""

from collections import Counter

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from assistant.answering import replaying
from assistant.desk.messages import Message
from assistant.ground.parts import Parts
from assistant.worker import Worker
from tests import cast
from tests.cast import AMIR, EXPORT, LAUNCH, LENA, NOOR, UNKNOWN, UNKNOWN_TOO
from tests.faults.server import Hosted
from tests.journeys.browser import SECONDS, needs_chromium, signed_in_page

pytestmark = [needs_chromium, pytest.mark.browser]

WAYS = (
    UNKNOWN,
    "have penguins got any knees",
    "Do penguins have any knees?",
    "do penguins have knees",
    "Have penguins got knees?",
)
ANSWER = "Yes. They have knees inside their bodies, and bend them."
ENTRIES = f"/library/{LAUNCH}/entries"


def ask(address: str, words: str, visitor: str) -> dict[str, object]:
    """Ask over HTTP as the widget does, in a conversation of one's own; return what came of it."""
    api = f"{address}/api/v1"
    with httpx.Client() as client:
        begun = client.post(f"{api}/launches/{LAUNCH}/conversations", json={"visitor": visitor})
        said = client.post(
            f"{api}/conversations/{begun.json()['id']}/messages",
            json={"text": words},
            headers={
                "authorization": f"Bearer {begun.json()['token']}",
                "idempotency-key": f"asked-{visitor}",
            },
        )
    found: dict[str, object] = said.json()
    return found


def told(parts: Parts, words: str) -> Counter[str]:
    """Return how often each conversation holds these words."""
    with parts.db.reading() as session:
        said = select(Message.conversation_id).where(Message.text == words)
        return Counter(session.scalars(said))


def approve(page: Page, words: str = "Approve") -> None:
    """Open the confirmation behind a button and confirm it."""
    page.get_by_role("button", name=words, exact=True).first.click()
    page.locator(".dialog:popover-open").get_by_role("button", name=words, exact=True).click()


def test_forty_questions_become_one_answer_that_all_who_asked_are_told(
    running: Parts, browser: Browser
) -> None:
    with Hosted(running) as server:
        for number in range(40):
            asked = ask(server.address, WAYS[number % len(WAYS)], f"asker{number}")
            assert asked["outcome"] == "handoff"
        worker = Worker(running)
        worker.start()

        # Lena counts, finds one suggestion, and makes it a draft in her own words.
        lena = signed_in_page(browser, running, server.address, LENA)
        lena.goto(f"{server.address}/launches/{LAUNCH}/suggestions")
        lena.get_by_role("button", name="Count now").click()
        card = lena.locator(".suggestion-card")
        expect(card).to_have_count(1)
        expect(card).to_contain_text("×40 people")
        card.get_by_role("link", name="penguins").first.click()
        expect(lena.locator(".asked-row")).not_to_have_count(0)
        lena.get_by_role("button", name="Draft it", exact=True).click()
        question = lena.locator("#question").input_value()
        lena.locator("#answer").fill(ANSWER)
        lena.get_by_role("button", name="Submit for review").click()
        expect(lena.locator("[data-fresh=status]")).to_contain_text("You wrote this version")
        entry = lena.url.partition("#")[0].partition("?")[0]

        # Every one of the forty would be answered: what is submitted is replayed by itself.
        gains = lena.locator("#replay .tile", has_text="Gains").locator(".tile-value")
        expect(gains).to_have_text("40", timeout=SECONDS)

        # Noor, who did not write it, approves it and tells them all.
        noor = signed_in_page(browser, running, server.address, NOOR)
        noor.goto(f"{server.address}/library?launch={LAUNCH}&tab=in-review")
        noor.get_by_role("link", name="penguins").first.click()
        noor.wait_for_url(entry)
        approve(noor, "Approve and tell 40 people")
        expect(noor.locator(".undo-decision")).to_contain_text("40 people are told next.")
        noor.goto(f"{server.address}/broadcasts")
        noor.locator("main a[href^='/broadcasts/']:not([href*=new])").first.click()
        expect(noor.locator("body")).to_contain_text("Sent 40 of 40", timeout=SECONDS)
        assert sorted(told(running, ANSWER).values()) == [1] * 40

        # Whoever asks now gets the same words at once.
        after = ask(server.address, question, "late")
        assert after["outcome"] == "answer"
        assert isinstance(after["answer"], dict)
        assert after["answer"]["text"] == ANSWER
        worker.stop()


def test_what_breaks_a_confirmed_answer_is_approved_only_with_a_reason(
    browser: Browser, shop: Parts, address: str
) -> None:
    cast.confirm(shop, "export-data")
    amir = signed_in_page(browser, shop, address, AMIR)
    amir.goto(f"{address}{ENTRIES}/new?kind=faq")
    amir.locator("#question").fill(EXPORT)
    amir.locator("#answer").fill("Ask us, and we send it.")
    amir.get_by_role("button", name="Submit for review").click()
    amir.wait_for_url(f"**{ENTRIES}/how-do-i-export-my-data*")
    entry = amir.url
    amir.goto(f"{address}{ENTRIES}/new?kind=faq")
    expect(amir.locator("[data-check]")).to_be_hidden()
    expect(amir.locator("#question")).to_have_value("")  # what was saved does not come back as new

    lena = signed_in_page(browser, shop, address, LENA)
    lena.goto(entry)
    expect(lena.get_by_text("Waiting for the worker…")).to_be_visible()
    replaying.go_on(shop)
    expect(lena.get_by_text("It breaks what people confirmed.")).to_be_visible(timeout=SECONDS)
    broken = lena.locator("#replay details", has_text=EXPORT).first
    broken.locator("summary").first.click()
    expect(broken).to_contain_text("As it is: Answered")
    expect(broken).to_contain_text("Open Settings and choose Export.")
    expect(broken).to_contain_text("With this version: Asked back")

    # Without a reason neither the form nor the server lets it through.
    lena.get_by_role("button", name="Approve", exact=True).first.click()
    dialog = lena.locator("#approve")
    dialog.get_by_role("button", name="Approve", exact=True).click()
    expect(dialog).to_be_visible()
    lena.evaluate("document.querySelector('#approve-override').removeAttribute('required')")
    dialog.get_by_role("button", name="Approve", exact=True).click()
    expect(lena.locator("body")).to_contain_text("would change with it.")
    assert ask(address, EXPORT, "before")["answer"]["entry"] == "export-data"  # type: ignore[index]

    lena.goto(entry)
    lena.get_by_role("button", name="Approve", exact=True).first.click()
    lena.locator("#approve-override").fill("The export moved to our team.")
    lena.locator("#approve").get_by_role("button", name="Approve", exact=True).click()
    expect(lena.locator("#versions-title + p + ol, .versions").last).to_contain_text(
        "although confirmed answers change: The export moved to our team."
    )


def test_a_roll_back_is_the_same_bytes_again_after_somebody_else_approved_them(
    browser: Browser, shop: Parts, address: str
) -> None:
    cast.an_entry(shop, by=AMIR, answer="Yes, in Billing.")
    with shop.db.writing() as session:
        entry, amir = cast.entry_of(session, "pause-plan"), cast.the(session, AMIR)
        entry.save(session, cast.a_draft(answer="No, not any more."), by=amir, at=cast.NOW)
        entry.submit(session, by=amir, at=cast.NOW)
        entry.approve(session, by=cast.the(session, LENA), at=cast.NOW)
    first = "Can I pause my plan?"
    assert ask(address, first, "one")["answer"]["text"] == "No, not any more."  # type: ignore[index]

    lena = signed_in_page(browser, shop, address, LENA)
    lena.goto(f"{address}{ENTRIES}/pause-plan")
    lena.locator(".versions summary", has_text="Version 1").first.click()
    lena.locator(".versions summary", has_text="Roll back to version 1").click()
    lena.get_by_role("button", name="Propose version 1 again").click()
    expect(lena.locator("#answer")).to_have_value("Yes, in Billing.")
    noor = signed_in_page(browser, shop, address, NOOR)
    noor.goto(f"{address}{ENTRIES}/pause-plan")
    approve(noor)
    expect(noor.locator("[data-fresh=status]")).to_contain_text("Live and proven retrievable")

    assert ask(address, first, "two")["answer"]["text"] == "Yes, in Billing."  # type: ignore[index]
    with shop.db.reading() as session:
        versions = cast.entry_of(session, "pause-plan").versions
        assert [version.sha256 == versions[0].sha256 for version in versions] == [True, False, True]


def test_of_two_who_write_at_once_the_second_sees_both_and_loses_no_word(
    browser: Browser, shop: Parts, address: str
) -> None:
    cast.an_entry(shop, by=AMIR, approved_by=None)
    lena = signed_in_page(browser, shop, address, LENA)
    noor = signed_in_page(browser, shop, address, NOOR)
    for page in (lena, noor):
        page.goto(f"{address}{ENTRIES}/pause-plan")
    lena.locator("#answer").fill("Yes, for a month, in Billing.")
    lena.locator("#phrasings").fill("take a break")
    noor.locator("#answer").fill("Yes, for three months, in Billing.")
    noor.get_by_role("button", name="Save draft").click()
    expect(noor.locator(".toast")).to_have_text("Saved as a draft.")
    expect(noor.locator("[data-says]")).to_be_hidden()

    lena.get_by_role("button", name="Save draft").click()

    both = lena.locator(".conflict")
    expect(both).to_contain_text("Not saved: somebody was quicker.")
    expect(both).to_contain_text("Yes, for three months, in Billing.")
    expect(both).to_contain_text("Yes, for a month, in Billing.")
    expect(lena.locator("#answer")).to_have_value("Yes, for a month, in Billing.")
    expect(lena.locator("#phrasings")).to_have_value("take a break")

    # She takes over what is right, and saves what is meant for what is there now.
    lena.locator("#answer").fill("Yes, for one to three months, in Billing.")
    lena.get_by_role("button", name="Save draft").click()
    expect(lena.locator(".conflict")).to_have_count(0)
    noor.reload()
    expect(noor.locator("#answer")).to_have_value("Yes, for one to three months, in Billing.")
    expect(noor.locator("#phrasings")).to_have_value("take a break")


def test_a_no_go_becomes_a_go_when_what_was_left_to_do_is_done(
    browser: Browser, shop: Parts, address: str
) -> None:
    lena = signed_in_page(browser, shop, address, LENA)
    lena.goto(f"{address}/launches/{LAUNCH}/rehearsal")
    lena.locator("#questions").fill(f"{EXPORT}\n{UNKNOWN}\n{UNKNOWN_TOO}")
    lena.get_by_role("button", name="Rehearse", exact=True).click()
    expect(lena.get_by_role("heading", name="No-go", exact=True)).to_be_visible(timeout=SECONDS)
    rehearsed = lena.url

    lena.get_by_role("link", name=f"Write an answer to {UNKNOWN}").click()
    expect(lena.locator("#question")).to_have_value(UNKNOWN)
    lena.locator("#phrasings").fill(f"{UNKNOWN_TOO}\nknees of birds\nbird legs")
    lena.locator("#answer").fill("Yes, they have, inside their bodies.")
    lena.get_by_role("button", name="Submit for review").click()
    lena.wait_for_url(f"**{ENTRIES}/do-penguins-have-knees*")
    noor = signed_in_page(browser, shop, address, NOOR)
    noor.goto(lena.url)
    approve(noor)
    expect(noor.locator("[data-fresh=status]")).to_contain_text("Live and proven retrievable")

    lena.goto(rehearsed)
    lena.get_by_role("button", name="Rehearse again").click()
    expect(lena.get_by_role("heading", name="Go", exact=True)).to_be_visible(timeout=SECONDS)
    expect(lena.locator("main")).to_contain_text("2 questions better")
