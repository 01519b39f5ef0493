"""The library's lists by kind, verdict, scenario and owner, and in another order, by links."""

import re
from html import unescape

import pytest

from assistant.library import facets, listing
from assistant.library.listing import Filters
from tests import cast
from tests.cast import EXPORT, NOW, an_entry, the
from tests.web.staff import a_browser, queries
from web.shell import LONGEST_FIELD

LIST = "/library?launch=spring-pricing&tab=approved"


@pytest.fixture
def lena(shop):
    return a_browser(shop, cast.LENA)


def shown(page) -> list[str]:
    return re.findall(r'class="row-link" href="[^"]*/entries/([^"]+)"', page.text)


def menu(page, name) -> dict[str, tuple[str, int]]:
    """Return the address and the count of each choice of a menu, by its words."""
    inside = re.search(rf'id="by-{name}".*?</div>', page.text, re.S)[0]
    found = re.findall(r'href="([^"]+)".*?class="cut">([^<]+)<.*?([\d,]*)</span></a>', inside)
    return {words: (unescape(href), int(count or 0)) for href, words, count in found}


@pytest.mark.parametrize("name", ["kind", "verdict", "scenario", "owner"])
def test_each_menu_parts_the_list_and_says_how_many_each_choice_leaves(shop, lena, name):
    an_entry(shop, by=cast.NOOR)
    every = shown(lena.get(LIST))

    parted = []
    for href, count in menu(lena.get(LIST), name).values():
        found = shown(lena.get(href))
        assert len(found) == count
        parted += found

    assert sorted(parted) == sorted(every)
    assert len(every) == 6


def test_what_is_chosen_is_kept_by_every_link_and_let_go_with_one_click(lena):
    page = lena.get(f"{LIST}&kind=response&q=the&sort=question")

    assert shown(page) == ["link-missing", "price-differs"]
    known = menu(page, "verdict")["Known issue"]
    assert known == (
        "/library?launch=spring-pricing&tab=approved&q=the&kind=response&verdict=known-issue"
        "&sort=question",
        1,
    )
    both = lena.get(known[0])
    assert shown(both) == ["link-missing"]
    assert menu(both, "kind")["FAQs"][1] == 0  # none of them is a known issue
    assert 'class="tab" href="/library?launch=spring-pricing&amp;tab=drafts&amp;q=the' in both.text
    assert '<input type="hidden" name="verdict" value="known-issue">' in both.text
    let_go = unescape(re.search(r'class="filter-go" href="([^"]+)" title="Any kind"', both.text)[1])
    assert "kind=" not in let_go
    assert "verdict=known-issue" in let_go
    everything = unescape(re.search(r'href="([^"]+)">Clear all<', both.text)[1])
    assert everything == f"{LIST}&sort=question"
    assert "Clear all" not in lena.get(everything).text


def test_the_owner_of_an_entry_goes_before_its_scenarios_and_that_before_its_author(shop, lena):
    an_entry(shop, by=cast.NOOR, approved_by=cast.LENA)
    with shop.db.writing() as session:
        cast.entry_of(session, "link-missing").give_to(
            session, the(session, cast.LENA), by=the(session, cast.LENA), at=NOW
        )

    owners = menu(lena.get(LIST), "owner")

    assert {words: count for words, (_, count) in owners.items()} == {
        "You": 1,
        "Amir Haddad": 1,
        "Noor Rahman": 1,
        "Nobody": 3,
    }
    assert shown(lena.get(owners["You"][0])) == ["link-missing"]
    assert shown(lena.get(owners["Amir Haddad"][0])) == ["price-differs"]
    assert shown(lena.get(owners["Noor Rahman"][0])) == ["pause-plan"]


def test_it_is_ordered_as_asked_and_as_usual_where_nonsense_is_asked(shop, lena):
    an_entry(shop, question="A first question?")

    assert shown(lena.get(f"{LIST}&sort=question"))[0] == "pause-plan"
    assert shown(lena.get(f"{LIST}&sort=nonsense")) == shown(lena.get(LIST))


def test_the_tabs_count_and_the_pages_show_what_the_choices_leave(shop, lena):
    for number in range(26):
        an_entry(shop, key=f"extra-{number}", question=f"{EXPORT} {number}")

    page = lena.get(f"{LIST}&kind=faq&sort=question").text

    assert 'tab=approved&amp;kind=faq&amp;sort=question" aria-current="page">Approved<span' in page
    assert '>Approved<span class="count">29<' in page
    assert "kind=faq&amp;sort=question&amp;page=2" in page


def test_nonsense_and_hostile_choices_find_nothing_and_are_not_repeated(lena):
    page = lena.get(f"{LIST}&verdict=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&scenario=%00")

    assert page.status_code == 200
    assert shown(page) == []
    assert "Nothing matches" in page.text
    assert "<script>alert" not in page.text
    for owner in ("-1", "%C2%B2", "1e9", "9" * 200, "' or 1=1 --"):
        assert shown(lena.get(f"{LIST}&owner={owner}")) == [], owner
    assert "xxx" not in lena.get(f"{LIST}&kind={'x' * 10_000}").text


def test_the_number_of_queries_does_not_grow_with_what_can_be_chosen(shop, lena):
    with queries(shop) as few:
        lena.get(LIST)
    for number, email in enumerate([cast.AMIR, cast.NOOR, cast.INES] * 3):
        an_entry(shop, key=f"more-{number}", question=f"{EXPORT} {number}", by=email)
    with queries(shop) as many:
        lena.get(f"{LIST}&owner=1&kind=faq")

    assert len(many) == len(few)


def test_the_counted_combinations_say_what_the_lists_say(shop):
    with shop.db.reading() as session:
        launch_id = cast.launch_of(session).id
        among = facets.cells(session, launch_id, q="", at=NOW)
        for chosen in (Filters(), Filters(kind="faq"), Filters(scenario="-"), Filters(owner=0)):
            found = listing.listed(session, launch_id, "approved", at=NOW, filters=chosen)

            assert facets.counts(among, chosen)["approved"] == found.total


def test_beyond_the_last_page_the_last_one_is_shown(lena):
    far, first = lena.get(f"{LIST}&page=99999"), lena.get(LIST)

    assert shown(far) == shown(first) != []


def test_the_form_takes_no_more_than_the_server_does(lena):
    page = lena.get(f"/library/{cast.LAUNCH}/entries/new?kind=faq").text

    fields = re.findall(r'<textarea[^>]*name="(?:answer|phrasings|not_for)"[^>]*>', page)
    assert len(fields) == 3
    assert all(f'maxlength="{LONGEST_FIELD}"' in field for field in fields)
