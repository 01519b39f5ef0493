"""Two people at one ticket: nobody talks past something that they have not read."""

import re

import pytest

from assistant.launch.launches import Mode
from tests import cast
from tests.web.staff import a_browser

TICKET = "/desk/tickets/HC-1001"


@pytest.fixture
def asked(shop):
    """Mara has asked, and the assistant suggests an answer to the desk."""
    cast.in_mode(shop, Mode.SUGGEST)
    mara = cast.a_customer(shop)
    mara.asks(cast.PRICE)
    return mara


def form_of(page, action: str) -> dict[str, str]:
    """Return what the form for ``action`` says its writer saw."""
    form = page.text.partition(f'action="{TICKET}/{action}"')[2].partition("</form>")[0]
    return {
        name: re.search(rf'name="{name}" value="(\d+)"', form)[1] for name in ("seen", "holder")
    }


def told(mara) -> list[str]:
    return [said["text"] for said in mara.sees()["messages"] if said["by"] == "agent"]


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_what_crosses_a_customer_s_new_words_is_not_sent_and_not_lost(shop, asked, kind):
    browser = a_browser(shop, cast.AMIR)
    seen = form_of(browser.get(TICKET), "replies")
    cast.later(shop, minutes=1)
    asked.asks("Forget it, I have found it myself.")

    stopped = browser.post(f"{TICKET}/replies", kind=kind, text="It is the new price.", **seen)

    assert stopped.status_code == 409
    assert "The customer wrote: “Forget it, I have found it myself.”" in stopped.text
    assert ">It is the new price.</textarea>" in stopped.text
    assert f'value="{kind}" data-key="{kind[0]}" checked' in stopped.text
    assert told(asked) == []
    assert "It is the new price." not in browser.get(TICKET).text


def test_after_reading_what_is_new_the_same_words_are_sent(shop, asked):
    browser = a_browser(shop, cast.AMIR)
    seen = form_of(browser.get(TICKET), "replies")
    asked.asks("Are you still there, please?")
    stopped = browser.post(f"{TICKET}/replies", kind="reply", text="Yes.", **seen)

    again = browser.post(
        f"{TICKET}/replies", kind="reply", text="Yes.", **form_of(stopped, "replies")
    )

    assert again.status_code == 303
    assert told(asked) == ["Yes."]


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_two_colleagues_do_not_write_past_each_other(shop, asked, kind):
    amir, lena = a_browser(shop, cast.AMIR), a_browser(shop, cast.LENA)
    seen = form_of(amir.get(TICKET), "replies")
    lena.post(f"{TICKET}/replies", kind=kind, text="I have called the customer.")

    stopped = amir.post(f"{TICKET}/replies", kind="reply", text="I call you.", **seen)

    did = "wrote" if kind == "reply" else "left a note"
    assert stopped.status_code == 409
    assert f"Lena Ortiz {did}: “I have called the customer.”" in stopped.text
    assert "I call you." not in told(asked)


def test_what_somebody_did_themselves_is_no_news_to_them(shop, asked):
    browser = a_browser(shop, cast.AMIR)
    seen = form_of(browser.get(TICKET), "replies")
    browser.post(f"{TICKET}/replies", kind="note", text="Looking.")

    sent = browser.post(f"{TICKET}/replies", kind="reply", text="It is the new price.", **seen)

    assert sent.status_code == 303


@pytest.mark.parametrize("second", ["It is the new price.", "Wait, I look into it."])
def test_a_reply_from_a_second_tab_meets_the_first_one_and_can_be_sent_after_it(
    shop, asked, second
):
    browser = a_browser(shop, cast.AMIR)
    one_tab, other_tab = (form_of(browser.get(TICKET), "replies") for _ in range(2))
    reply = {"kind": "reply", "text": "It is the new price."}
    browser.post(f"{TICKET}/replies", **reply, **one_tab)

    stopped = browser.post(f"{TICKET}/replies", kind="reply", text=second, **other_tab)

    assert stopped.status_code == 409
    assert "You have replied already, in another tab: “It is the new price.”" in stopped.text
    assert f">{second}</textarea>" in stopped.text
    assert told(asked) == ["It is the new price."]
    browser.post(
        f"{TICKET}/replies", kind="reply", text="And one more thing.", **form_of(stopped, "replies")
    )
    assert told(asked) == ["It is the new price.", "And one more thing."]


def test_a_suggestion_is_not_sent_from_a_second_tab_after_a_reply_from_the_first(shop, asked):
    browser = a_browser(shop, cast.AMIR)
    other_tab = form_of(browser.get(TICKET), "suggestion")
    browser.post(f"{TICKET}/replies", kind="reply", text="It is the new price.")

    stopped = browser.post(
        f"{TICKET}/suggestion", entry="price-differs", version=1, action="send", **other_tab
    )

    assert stopped.status_code == 409
    assert told(asked) == ["It is the new price."]


def test_a_note_from_a_second_tab_is_kept_whatever_was_replied_from_the_first(shop, asked):
    browser = a_browser(shop, cast.AMIR)
    other_tab = form_of(browser.get(TICKET), "replies")
    browser.post(f"{TICKET}/replies", kind="reply", text="It is the new price.")

    kept = browser.post(f"{TICKET}/replies", kind="note", text="Looking.", **other_tab)

    assert kept.status_code == 303


def test_a_suggestion_is_not_sent_past_new_words_either(shop, asked):
    browser = a_browser(shop, cast.AMIR)
    seen = form_of(browser.get(TICKET), "suggestion")
    asked.asks("Something else: where is my invoice?")

    stopped = browser.post(
        f"{TICKET}/suggestion", entry="price-differs", version=1, action="send", **seen
    )

    assert stopped.status_code == 409
    assert "where is my invoice?" in stopped.text
    assert told(asked) == []


def test_a_reply_to_a_ticket_that_a_colleague_has_taken_is_stopped(shop, asked):
    amir, lena = a_browser(shop, cast.AMIR), a_browser(shop, cast.LENA)
    seen = form_of(amir.get(TICKET), "replies")
    lena.post(f"{TICKET}/owner", person="me", **form_of(lena.get(TICKET), "owner"))

    stopped = amir.post(f"{TICKET}/replies", kind="reply", text="Mine.", **seen)

    assert stopped.status_code == 409
    assert "Lena Ortiz has taken this ticket." in stopped.text
    assert ">Mine.</textarea>" in stopped.text


def test_words_for_a_ticket_that_was_resolved_meanwhile_stay_in_the_box(shop, asked):
    amir, lena = a_browser(shop, cast.AMIR), a_browser(shop, cast.LENA)
    lena.post(f"{TICKET}/replies", kind="reply", text="It is the new price.")
    page = amir.get(TICKET)
    version = re.search(r'name="version" value="(\d+)"', page.text.partition("/resolution")[2])[1]
    lena.post(f"{TICKET}/resolution", note="Done.", version=version)

    stopped = amir.post(
        f"{TICKET}/replies", kind="reply", text="One more thing.", **form_of(page, "replies")
    )

    assert stopped.status_code == 409
    assert "This ticket was resolved." in stopped.text
    assert ">One more thing.</textarea>" in stopped.text


@pytest.mark.parametrize("seen", [{"seen": "-1"}, {"seen": "x"}, {"seen": "9" * 12}])
def test_what_was_seen_is_a_number(shop, asked, seen):
    sent = a_browser(shop, cast.AMIR).post(f"{TICKET}/replies", kind="reply", text="Hi.", **seen)

    assert sent.status_code == 422
    assert told(asked) == []


def test_a_reply_beside_a_colleague_s_waits_for_a_word_and_is_sent_with_it(shop, asked):
    amir, lena = a_browser(shop, cast.AMIR), a_browser(shop, cast.LENA)
    lena.post(f"{TICKET}/presence", doing="replying")
    seen = form_of(amir.get(TICKET), "replies")

    stopped = amir.post(f"{TICKET}/replies", kind="reply", text="It is the new price.", **seen)
    noted = amir.post(f"{TICKET}/replies", kind="note", text="Lena is at it.", **seen)

    assert (stopped.status_code, noted.status_code) == (409, 303)
    assert "Lena is typing a reply" in stopped.text
    assert ">It is the new price.</textarea>" in stopped.text
    assert told(asked) == []
    amir.post(f"{TICKET}/replies", kind="reply", text="It is so.", both="true", **seen)
    assert told(asked) == ["It is so."]


def test_a_word_for_sending_beside_a_colleague_sends_nothing_past_what_is_new(shop, asked):
    amir = a_browser(shop, cast.AMIR)
    seen = form_of(amir.get(TICKET), "replies")
    asked.asks("One thing more, please.")

    stopped = amir.post(f"{TICKET}/replies", kind="reply", text="So.", both="true", **seen)

    assert stopped.status_code == 409
    assert told(asked) == []
