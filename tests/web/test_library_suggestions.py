"""The pages on what the library should say next, and what a lead does there."""

import re

import pytest

from assistant.ground.parts import Parts
from tests import cast
from tests.cast import AMIR, LENA, NOOR, later
from tests.crowd import SHELLS, ask
from tests.suggested import CORE, PENGUINS, counted, reply_to_all
from tests.web.staff import Browser, a_browser, queries

LIST = "/launches/spring-pricing/suggestions"


@pytest.fixture
def lena(shop: Parts) -> Browser:
    """Lena's browser, when five people asked two things that nobody answers."""
    ask(shop, *SHELLS)
    ask(shop, *PENGUINS, channel="email")
    reply_to_all(shop, rating=5)
    counted(shop)
    return a_browser(shop, LENA)


def marks(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'name="suggestion" value="(\d+:\d+)"', page)))


def the_undo(page: str) -> str:
    found = re.search(r'name="event" value="(\d+)"', page)
    assert found, "nothing can be undone"
    return found[1]


def test_the_list_shows_people_contacts_channels_and_two_lines_of_answer(lena: Browser) -> None:
    page = lena.get(LIST).text

    assert "×3 people · 3 contacts · 1 channel" in page
    assert "×2 people · 2 contacts · 1 channel" in page
    assert page.index("seashells") < page.index("penguins")
    assert CORE in page and "Hello Mara" not in page


def test_the_library_and_the_navigation_lead_to_it(lena: Browser) -> None:
    page = lena.get("/library").text

    assert page.count(f'href="{LIST}"') == 2
    assert re.search(r'Suggested<span class="count">2</span>', page)


def test_the_number_of_queries_does_not_grow_with_the_list(shop: Parts) -> None:
    lena = a_browser(shop, LENA)
    ask(shop, *SHELLS)
    counted(shop)
    with queries(shop) as few:
        lena.get(LIST)
    ask(shop, *PENGUINS)
    assert len(counted(shop)) == 2

    with queries(shop) as more:
        lena.get(LIST)

    assert len(more) <= len(few) + 1


def test_one_suggestion_shows_the_real_questions_with_links_and_the_answers(lena: Browser) -> None:
    mark = marks(lena.get(LIST).text)[0]

    page = lena.get(f"{LIST}/{mark.partition(':')[0]}").text

    assert all(question in page for question in SHELLS)
    assert "Best received" in page and "rated 5 of 5" in page
    assert re.search(r'href="/desk/tickets/HC-\d+"', page)
    assert "What the draft begins with" in page


def test_drafting_leads_to_the_entry_and_can_be_undone_there(lena: Browser) -> None:
    went = lena.post(f"{LIST}/draft", suggestion=marks(lena.get(LIST).text)[0])
    assert went.status_code == 303
    assert went.headers["location"].startswith("/library/spring-pricing/entries/")
    entry = lena.get(went.headers["location"]).text
    assert CORE in entry
    assert len(marks(lena.get(LIST).text)) == 1

    lena.post(f"{LIST}/undoing", event=the_undo(entry))

    assert len(marks(lena.get(LIST).text)) == 2


def test_putting_aside_is_undone_for_ten_seconds(shop: Parts, lena: Browser) -> None:
    lena.post(f"{LIST}/rejection", suggestion=marks(lena.get(LIST).text)[0])
    page = lena.get(LIST).text
    assert "seashells" not in page and "Undo" in page

    later(shop, seconds=13)
    assert lena.post(f"{LIST}/undoing", event=the_undo(page)).status_code == 409
    assert "Put aside by Lena Ortiz" in lena.get(LIST, tab="rejected").text


def test_a_form_that_is_out_of_date_is_told_what_it_is_now(shop: Parts, lena: Browser) -> None:
    mark = marks(lena.get(LIST).text)[0]
    a_browser(shop, NOOR).post(f"{LIST}/draft", suggestion=mark)

    refused = lena.post(f"{LIST}/rejection", suggestion=mark)

    assert refused.status_code == 409
    assert "drafted" in refused.text


def test_merging_and_splitting_from_the_pages(lena: Browser) -> None:
    one, other = marks(lena.get(LIST).text)
    lena.post(f"{LIST}/merging", suggestions=[one, other])
    page = lena.get(LIST).text
    assert "×5 people" in page

    lena.post(f"{LIST}/undoing", event=the_undo(page))
    assert "×3 people" in lena.get(LIST).text


@pytest.mark.parametrize("verb", ["draft", "rejection", "return", "ghostwriting", "split"])
def test_only_a_lead_decides(shop: Parts, lena: Browser, verb: str) -> None:
    mark = marks(lena.get(LIST).text)[0]

    assert a_browser(shop, AMIR).post(f"{LIST}/{verb}", suggestion=mark).status_code == 403
    assert "Draft it" not in a_browser(shop, AMIR).get(LIST).text


@pytest.mark.parametrize("mark", ["999:0", "0:0"])
def test_what_is_not_there_is_not_found(lena: Browser, mark: str) -> None:
    assert lena.post(f"{LIST}/draft", suggestion=mark).status_code == 404
    assert lena.get(f"{LIST}/{mark.partition(':')[0]}").status_code == 404


@pytest.mark.parametrize("mark", ["", "x", "1:", "1:1;DROP", "9" * 30 + ":0"])
def test_a_mark_that_is_none_is_refused(lena: Browser, mark: str) -> None:
    assert lena.post(f"{LIST}/draft", suggestion=mark).status_code == 422


def test_without_suggestions_the_page_says_what_will_be_there(shop: Parts) -> None:
    assert "Nothing is missing" in a_browser(shop, LENA).get(LIST).text


@pytest.mark.parametrize(
    ("about", "personal"),
    [
        ("电话：13812345678，订单编号是482133，我叫王伟", ("13812345678", "482133", "王伟")),
        ("هاتفي ٠٥٠١٢٣٤٥٦٧ ورقم طلبي هو ٤٨٢١٣٣", ("٠٥٠١٢٣٤٥٦٧", "٤٨٢١٣٣")),
        ("मेरा नंबर ९८७६५ ४३२१० है", ("९८७६५", "४३२१०")),
        (
            "IBAN ＤＥ８９３７０４００４４０５３２０１３０００\nС уважением,\nОльга",
            ("８９３７", "Ольга"),
        ),
    ],
)
def test_data_in_any_script_is_in_no_title_question_answer_or_draft(
    shop: Parts, about: str, personal: tuple[str, ...]
) -> None:
    ask(shop, *(f"{words} {about}" for words in SHELLS))
    reply_to_all(shop, f"Shells are sent back free of charge. {about}")
    counted(shop)
    lena = a_browser(shop, LENA)
    shown = [lena.get(LIST).text]
    for mark in marks(shown[0]):
        shown.append(lena.get(f"{LIST}/{mark.partition(':')[0]}").text)
        drafted = lena.post(f"{LIST}/draft", suggestion=mark).headers["location"]
        shown.append(lena.get(drafted).text)

    assert len(shown) > 2
    for page in shown:
        assert not [each for each in personal if each in page]


def test_what_a_customer_wrote_is_shown_as_text_and_without_their_data(shop: Parts) -> None:
    evil = "<script>alert(1)</script> my name is Jane Roe, jane@roe.example, shells on the moon?"
    ask(shop, *SHELLS, evil)
    counted(shop)
    lena = a_browser(shop, LENA)
    for mark in marks(lena.get(LIST).text):
        page = lena.get(f"{LIST}/{mark.partition(':')[0]}").text
        assert "<script>alert" not in page
        assert "jane@roe" not in page and "Jane Roe" not in page


def test_the_draft_of_an_entry_that_is_on_its_way_is_warned_of(shop: Parts) -> None:
    ask(shop, *SHELLS)
    cast.an_entry(shop, question=SHELLS[1], approved_by=None)
    counted(shop)

    page = a_browser(shop, LENA).get(LIST).text
    assert "is being written" in page
    assert "Draft a second one" in page


def test_what_an_entry_answers_by_now_is_listed_with_that_entry(shop: Parts, lena: Browser) -> None:
    cast.an_entry(shop, key="shells", question=SHELLS[0], answer="No.")
    counted(shop)

    page = lena.get(LIST, tab="answered").text

    assert re.search(r'Answered<span class="count">1</span>', page)
    assert "An approved entry answers it by now" in page
    assert "/library/spring-pricing/entries/shells" in page
