"""The pages with which an answer is recalled and what is right goes to who was told."""

import pytest
from sqlalchemy import select

from assistant.answering import sending, taking_back
from assistant.desk.recalled import Recall
from assistant.ground.parts import Parts
from tests import cast
from tests.assistant.test_recall import KEY, RIGHT, corrected_with, told_before
from tests.cast import AMIR, EXPORT, EXPORT_TEXT, LAUNCH, LENA, NOOR, PRIYA
from tests.web.staff import Browser, a_browser

ENTRY = f"/library/{LAUNCH}/entries/{KEY}"


@pytest.fixture
def told(shop: Parts) -> Parts:
    """Two customers have been told what is wrong."""
    told_before(shop, 2)
    return shop


def recalled_by(agent: Browser, reason: str = "Export has moved.") -> str:
    answer = agent.post(f"{ENTRY}/recall", reason=reason)
    assert answer.status_code == 303, answer.text
    location: str = answer.headers["location"]
    return location


def test_the_entry_s_page_says_how_many_were_told(told: Parts) -> None:
    page = a_browser(told, AMIR).get(ENTRY).text

    assert "2 people were told exactly this" in page
    assert "Recall this answer?" in page


def test_recalling_takes_it_off_the_help_page_and_out_of_the_library_s_approved(
    told: Parts,
) -> None:
    amir = a_browser(told, AMIR)
    recalled_by(amir)

    assert EXPORT_TEXT not in amir.get(f"/help/{LAUNCH}").text
    assert amir.get(f"/help/{LAUNCH}/{KEY}").status_code == 404
    assert "Export has moved." in amir.get(ENTRY).text
    assert KEY in amir.get("/library", launch=LAUNCH, tab="recalled").text


def test_it_may_be_undone_from_its_page_and_then_is_as_before(told: Parts) -> None:
    amir = a_browser(told, AMIR)
    page = recalled_by(amir)
    assert "2 people are written to in" in amir.get(page).text

    assert amir.post(f"{page}/undoing").status_code == 303
    assert EXPORT_TEXT in amir.get(f"/help/{LAUNCH}/{KEY}").text
    assert "Undone" in amir.get("/recalls").text


def test_the_page_follows_it_until_everybody_has_what_is_right(told: Parts) -> None:
    amir, lena = a_browser(told, AMIR), a_browser(told, LENA)
    page = recalled_by(amir)
    cast.later(told, seconds=10)
    taking_back.take_back(told)
    assert "No correction is approved yet" in amir.get(page).text
    assert amir.get(page).text.count("Knows it was wrong") == 2
    corrected_with(told)
    assert "Send it to 2 people" in lena.get(page).text

    assert lena.post(f"{page}/correction", entry=KEY, people="3").status_code == 409
    onward = lena.post(f"{page}/correction", entry=KEY, people="2").headers["location"]
    cast.later(told, seconds=10)
    sending.send_broadcasts(told)

    assert "Sent 2 of 2" in lena.get(onward).text
    assert lena.get(page).text.count("Has the correction") == 2
    assert "Corrected" in lena.get("/recalls").text
    assert RIGHT in lena.get(page).text


def test_another_lead_reinstates_it(told: Parts) -> None:
    lena, noor = a_browser(told, LENA), a_browser(told, NOOR)
    page = recalled_by(lena)
    assert "Reinstate this answer?" not in lena.get(page).text
    assert "Reinstate this answer?" in noor.get(page).text

    assert lena.post(f"{page}/reinstatement", reason="Right.").status_code == 403
    assert noor.post(f"{page}/reinstatement", reason="").status_code == 409
    assert noor.post(f"{page}/reinstatement", reason="Right.").status_code == 303
    assert EXPORT_TEXT in noor.get(f"/help/{LAUNCH}/{KEY}").text


def test_what_was_replaced_by_an_approved_version_is_not_reinstated(told: Parts) -> None:
    lena, noor = a_browser(told, LENA), a_browser(told, NOOR)
    page = recalled_by(lena)
    cast.later(told, seconds=10)
    taking_back.take_back(told)
    corrected_with(told)

    shown = noor.get(page).text
    assert "Reinstate this answer?" not in shown
    assert "Version 2 has been approved in its place" in shown
    assert noor.post(f"{page}/reinstatement", reason="Right.").status_code == 409
    assert "Send it to 2 people" in noor.get(page).text

    # What is approved says the same as what was recalled: nothing contradicts it any more.
    corrected_with(told, EXPORT_TEXT)
    assert noor.post(f"{page}/reinstatement", reason="Right.").status_code == 303


def test_people_are_counted_once_and_by_the_words_of_one_version(shop: Parts) -> None:
    (mara,) = told_before(shop)
    mara.asks(EXPORT)
    amir = a_browser(shop, AMIR)
    assert "1 person was told exactly this" in amir.get(ENTRY).text
    corrected_with(shop)
    assert "0 people were told exactly this" in amir.get(ENTRY).text
    assert "1 person was told one of these versions" in amir.get(ENTRY).text

    page = amir.get(recalled_by(amir)).text

    assert "1 person is written to in" in page
    assert "the assistant, 2 times" in page
    assert page.count("Reads it struck through") == 1


def test_the_queue_marks_a_last_line_that_was_recalled(told: Parts) -> None:
    amir = a_browser(told, AMIR)
    recalled_by(amir)
    cast.later(told, seconds=10)
    taking_back.take_back(told)

    page = amir.get("/desk", view="recalled").text

    assert page.count('<span class="row-recalled">Recalled</span>') == 2
    assert "Version 1 recalled by Amir Haddad: Export has moved." in amir.get(ENTRY).text


@pytest.mark.parametrize(("fields", "status"), [({"version": "9"}, 409), ({"reason": ""}, 409)])
def test_what_makes_no_sense_is_refused(told: Parts, fields: dict[str, str], status: int) -> None:
    amir = a_browser(told, AMIR)

    assert amir.post(f"{ENTRY}/recall", **{"reason": "Wrong.", **fields}).status_code == status
    with told.db.reading() as session:
        assert session.scalars(select(Recall)).all() == []


def test_nobody_else_recalls_or_sees_it(told: Parts) -> None:
    page = recalled_by(a_browser(told, AMIR))
    with told.db.writing() as session:
        cast.a_person(session, email="else@example.com", name="Bo Else", launch=None)
    priya, other = a_browser(told, PRIYA), a_browser(told, "else@example.com")

    assert priya.post(f"{ENTRY}/recall", reason="Wrong.").status_code == 403
    assert priya.get(page).status_code == 403
    assert other.get(page).status_code == 404
    assert other.post(f"{page}/undoing").status_code == 404


def test_the_thread_on_the_desk_shows_it_struck_through_with_the_reason(told: Parts) -> None:
    amir = a_browser(told, AMIR)
    recalled_by(amir)
    cast.later(told, seconds=10)
    taking_back.take_back(told)
    with told.db.reading() as session:
        number = cast.tickets_of(session)[0].number

    page = amir.get(f"/desk/tickets/{number}").text

    assert f"<s>{EXPORT_TEXT}</s>" in page
    assert "Export has moved." in page
