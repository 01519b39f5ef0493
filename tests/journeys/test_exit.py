"""From a template to a signed end in a real browser, with one relapse and a wave after the end.

R2, R10, R18, R44, R53-R56, R61. Days pass by the tests' clock. What happens on them is asked and
answered through the real code, and the figures are measured and the stages moved by the worker's
own jobs.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering.answer import answer
from assistant.desk import conversations
from assistant.desk.messages import Message
from assistant.desk.tickets import Ticket
from assistant.ground.parts import Parts
from assistant.launch.launches import Launch, by_key
from assistant.library import entries
from assistant.reports import days, second_wave, steps
from knowledge.embedding import Embedder
from tests import cast
from tests.cast import AMIR, ERIC, INES, LENA, PRIYA, later, the
from tests.faults.server import Hosted
from tests.journeys.browser import needs_chromium, signed_in_page

pytestmark = [needs_chromium, pytest.mark.browser]

KEY = "autumn-prices"
A_DAY = 10  # people who turn to us on a calm day: the fewest of which a day says anything
SAME = "Why is my bill twice as high as it was?"
BASELINES = ("40", "20", "12", "3", "1")  # of the template's metrics, in its order


@pytest.fixture
def staffed(house: Parts, tmp_path: Path, embedder: Embedder) -> Parts:
    """A house with people and no launch of its own, that knows repeats by their meaning."""
    cast.bring_in(house, tmp_path)
    house.embedder = embedder
    return house


def in_launch(session: Session) -> Launch:
    return by_key(session, KEY)


# --- what happens on a day ---


def they_call(parts: Parts, people: int) -> None:
    """Let so many people ask for a person, each about something of their own."""
    they_turn_to_us(parts, people, lambda talk, **when: talk.call(note="", **when))


def they_ask_the_same(parts: Parts, people: int) -> None:
    """Let so many people ask one question."""
    they_turn_to_us(parts, people, lambda talk, **when: talk.ask(text=SAME, **when))


def they_turn_to_us(parts: Parts, people: int, say: Callable[..., Message]) -> None:
    """Write down what so many people say, at once for speed, and decide it one by one."""
    at = parts.clock.now()
    with parts.db.writing() as session:
        launch = in_launch(session)
        said = []
        for number in range(people):
            who = f"{at:%d}-{number}"
            talk, _ = conversations.begin(session, launch, at=at, visitor=who)
            said.append(say(talk, session=session, key=f"says-{who}", at=at).id)
    for message in said:
        answer(parts, message)


def amir_answers(parts: Parts, *, after: timedelta) -> None:
    """Let Amir answer everybody who waits, and settle it an hour later."""
    open_now = select(Ticket).where(Ticket.resolved_at.is_(None))
    with parts.db.writing() as session:
        amir, at = the(session, AMIR), parts.clock.now()
        for ticket in session.scalars(open_now):
            ticket.reply(session, "I have looked into it.", by=amir, at=at + after)
            ticket.resolve(session, by=amir, at=at + after + timedelta(hours=1))


def the_worker_looks(parts: Parts) -> None:
    """Let the jobs run that measure days, move stages and watch for a second wave."""
    for job in (days.keep_days, steps.move_stages, second_wave.watch):
        job(parts)


def calm_days(parts: Parts, number: int) -> None:
    """Let so many days pass on which few ask, and are answered in ten minutes."""
    for _ in range(number):
        they_call(parts, A_DAY)
        amir_answers(parts, after=timedelta(minutes=10))
        later(parts, days=1)
        the_worker_looks(parts)


# --- what people do about it ---


def lena_prepares_it(lena: Page, address: str) -> None:
    """Make a launch from a template, say what was normal before, and take it live."""
    lena.goto(f"{address}/launches/new")
    lena.locator("#template-pricing").check()
    lena.locator("#name").fill("Autumn prices")
    lena.locator("#starts").fill("2026-11-17T09:00")
    lena.locator("#time_zone").fill("Europe/Berlin")
    for role, email in (
        ("owner", AMIR), ("lead", LENA), ("engineer", ERIC),
        ("change_manager", INES), ("sponsor", PRIYA),
    ):  # fmt: skip
        lena.locator(f"#{role}").select_option(email)
    lena.get_by_role("button", name="Prepare the launch").click()
    expect(lena.get_by_role("heading", name="Ready to go live?")).to_be_visible()
    lena.goto(f"{address}/launches/{KEY}/setup/figures")
    for place, value in enumerate(BASELINES, 1):
        lena.locator(f"#b-value-{place}").fill(value)
    lena.locator("#figures").get_by_role("button", name="Save").first.click()
    lena.goto(f"{address}/launches/{KEY}")
    lena.get_by_role("link", name="Set up and go live").click()
    lena.get_by_label("Why now").fill("The new prices count from today.")
    lena.get_by_label("Why without").fill("The first answers are written today.")
    lena.get_by_role("button", name="Take it live").click()
    expect(lena.get_by_text("day 1")).to_have_count(2)  # in the switcher and in the head


def a_temporary_answer(parts: Parts) -> None:
    """Let Amir write an answer for the launch's time and Lena approve it."""
    with parts.db.writing() as session:
        launch, at = in_launch(session), parts.clock.now()
        draft = cast.a_draft(
            question="Why is there a second charge?", verdict="expected",
            why_now="The old price was taken first.", what_to_do="Nothing.",
            safe_to_continue="Yes.", next_update="Tomorrow.", answer="",
        )  # fmt: skip
        amir, lena = the(session, AMIR), the(session, LENA)
        entry = entries.create(
            session, launch, key="second-charge", kind="response", draft=draft, by=amir, at=at
        )
        entry.submit(session, by=amir, at=at)
        entry.approve(session, by=lena, at=at)


def with_the_keyboard(page: Page, name: str) -> None:
    """Walk to a button or link by the Tab key alone, as far as the page is long, and press it."""
    focused = "document.activeElement.textContent.trim()"
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate(focused) == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"The Tab key does not reach “{name}”.")


def stage(parts: Parts) -> int:
    with parts.db.reading() as session:
        return in_launch(session).stage


def test_a_launch_goes_from_a_template_through_a_relapse_to_a_signed_end_and_is_watched(
    staffed: Parts, browser: Browser
) -> None:
    with Hosted(staffed) as server:
        at = server.address
        here = f"{at}/launches/{KEY}"
        lena = signed_in_page(browser, staffed, at, LENA)
        lena_prepares_it(lena, at)
        a_temporary_answer(staffed)

        # Five stable days give cosmetic matters normal promises back, seven the core workflow.
        stages = []
        for _ in range(7):
            calm_days(staffed, 1)
            stages.append(stage(staffed))
        assert stages == [0, 0, 0, 0, 1, 1, 2]
        lena = signed_in_page(browser, staffed, at, LENA)
        lena.goto(f"{here}/cockpit")
        expect(lena.get_by_role("link", name="Normal promises for cosmetic")).to_be_visible()
        expect(lena.get_by_role("link", name="Stable days 5 of 5")).to_be_visible()

        # The same question from thirty people brings all of it back the same day.
        they_ask_the_same(staffed, 30)
        the_worker_looks(staffed)
        assert stage(staffed) == 0
        lena.reload()
        expect(lena.locator(".calm-sentence")).to_contain_text("Not calm: repeat questions")
        expect(lena.get_by_role("link", name="Hypercare in full")).to_be_visible()
        amir_answers(staffed, after=timedelta(minutes=10))
        later(staffed, days=1)
        the_worker_looks(staffed)
        lena = signed_in_page(browser, staffed, at, LENA)
        lena.goto(f"{here}/cockpit")
        expect(lena.get_by_role("link", name="Stable days 0 of 5")).to_be_visible()

        # Five days later everything holds again; Lena hands over and decides about the answer.
        calm_days(staffed, 5)
        lena = signed_in_page(browser, staffed, at, LENA)
        lena.goto(f"{here}/exit")
        expect(lena.get_by_text("It may not end yet")).to_be_visible()
        for _ in range(4):
            lena.get_by_role("button", name="Confirm").first.click()
            expect(lena.get_by_text("Noted in the handover pack.")).to_be_visible()
        lena.get_by_label("The chosen ones become").select_option("article")
        lena.get_by_label("undecided, on every page").check()
        lena.get_by_role("button", name="Decide", exact=True).click()
        expect(lena.get_by_text("It may end.")).to_be_visible()

        # The sponsor signs with nothing but the keyboard, and that ends it.
        priya = signed_in_page(browser, staffed, at, PRIYA)
        priya.goto(f"{here}/exit")
        with_the_keyboard(priya, "Sign the end")
        with_the_keyboard(priya, "Sign")
        expect(priya.get_by_text("Hypercare ended")).to_be_visible()
        lena.goto(f"{here}/cockpit")
        expect(lena.locator(".calm-sentence")).to_have_text("Hypercare has ended.")

        # A calm day raises nothing; one on which everybody waits for hours is a second wave.
        calm_days(staffed, 1)
        lena = signed_in_page(browser, staffed, at, LENA)
        lena.goto(f"{here}/cockpit")
        expect(lena.locator(".calm-sentence")).to_be_visible()
        expect(lena.get_by_text("It may be coming back.")).to_have_count(0)
        they_call(staffed, 2 * A_DAY)
        amir_answers(staffed, after=timedelta(hours=5))
        later(staffed, days=1)
        the_worker_looks(staffed)
        lena = signed_in_page(browser, staffed, at, LENA)
        lena.goto(f"{at}/notices")
        expect(lena.get_by_text("Autumn prices may be coming back.")).to_be_visible()
        lena.goto(f"{here}/exit")
        lena.get_by_label("What came back").fill("Nobody was there for five hours.")
        lena.get_by_role("button", name="Begin again").click()
        expect(lena.get_by_text("Hypercare is back in full.")).to_be_visible()
    assert stage(staffed) == 0
