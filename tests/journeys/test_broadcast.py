"""Forty people on two channels: told by mistake and undone, then told once, in a real browser."""

from collections import Counter

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message
from assistant.ground.parts import Parts
from assistant.worker import Worker
from tests import cast
from tests.cast import AMIR, LAUNCH, UNKNOWN
from tests.faults.server import Hosted
from tests.journeys.browser import SECONDS, needs_chromium, signed_in_page

pytestmark = [needs_chromium, pytest.mark.browser]

ANSWER = "Yes, penguins have knees, inside their bodies."


def told(parts: Parts) -> Counter[str]:
    with parts.db.reading() as session:
        said = select(Message.conversation_id).where(Message.text == ANSWER)
        return Counter(session.scalars(said))


def test_forty_people_are_told_once_after_it_was_undone_once(
    running: Parts, browser: Browser
) -> None:
    for number in range(40):
        channel = "widget" if number % 2 else "page"
        cast.a_customer(running, visitor=f"asker{number}", channel=channel).calls(UNKNOWN)
    with running.db.writing() as session:
        numbers = ",".join(ticket.number for ticket in cast.tickets_of(session))
        channels = Counter(session.scalars(select(Conversation.channel)))
    entry = cast.an_entry(running, key="knees", question=UNKNOWN, answer=ANSWER)
    assert channels == {"widget": 20, "page": 20}

    with Hosted(running) as server:
        worker = Worker(running)
        worker.start()
        amir = signed_in_page(browser, running, server.address, AMIR)
        new = f"{server.address}/broadcasts/new?launch={LAUNCH}&tickets={numbers}&answer={entry}"

        # Sent too early: undone within the ten seconds, and nobody gets it.
        amir.goto(new)
        expect(amir.locator("[data-broadcast-count]")).to_have_text("40 people")
        amir.get_by_role("button", name="Send to 40 people").click()
        amir.get_by_role("button", name="Undo").click()
        expect(amir.locator("body")).to_contain_text("Nobody got it")

        # Two of them are somebody else's: the number follows what is ticked.
        amir.goto(new)
        for box in range(2):
            amir.locator("[name=told]").nth(box).uncheck()
        amir.get_by_role("button", name="Send to 38 people").click()
        expect(amir.locator("body")).to_contain_text("Sent 38 of 38", timeout=SECONDS)
        worker.stop()

    assert sorted(told(running).values()) == [1] * 38
