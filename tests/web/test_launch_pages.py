"""A launch's pages: what it is, what it still needs, taking it live, telling everybody."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from assistant.ground.people import Role
from assistant.ground.spending import SharedBudget
from assistant.launch import updates
from tests import cast
from tests.web.staff import a_browser, publishes, queries

LAUNCH = "/launches/spring-pricing"
BARE = cast.PACK.replace(
    "  baselines: [{metric: first_response_minutes, value: 45, unit: minutes}]\n", ""
)
SAID = {
    "title": "Links are slow",
    "expected": "No, this is not expected.",
    "what_to_do": "Wait fifteen minutes.",
    "next_update_at": "2026-11-17T16:00",
}


@pytest.fixture
def lena(shop):
    return a_browser(shop, cast.LENA)


@pytest.fixture
def ines(shop):
    return a_browser(shop, cast.INES)


@pytest.fixture
def coming(house, tmp_path):
    """The launch while it is prepared."""
    cast.bring_in(house, tmp_path)
    return house


def revision(browser, path=LAUNCH):
    return int(re.search(r'name="revision" value="(\d+)"', browser.get(path).text)[1])


def launch_in(parts):
    with parts.db.reading() as session:
        return cast.launch_of(session)


def told(parts):
    with parts.db.reading() as session:
        return updates.of_launch(session, launch_in(parts).id, at=parts.clock.now())


def test_the_list_shows_how_each_launch_stands(shop, lena):
    cast.a_customer(shop).asks(cast.PRICE)
    cast.a_customer(shop, visitor="jo").asks(cast.BLOCKED)

    page = lena.get("/launches").text

    assert "Policy, pricing or process change · day 2 · led by Lena Ortiz" in page
    figures = re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page)
    assert figures == [("Open tickets", "1"), ("Sev 1–2", "1"), ("Answered at once", "50\u00a0%")]


def test_a_launch_shows_its_facts_its_people_and_who_decides(lena):
    page = lena.get(LAUNCH).text

    for words in (
        "New prices at renewal",
        "Machines and repairs",
        "Repeat questions at most 15, by 19 November 2026, 09:00 CET",
        'First response minutes at most 50 <span class="faint">for 5 days',
        "Lena Ortiz after 15 min → Noor Rahman after 60 min",
        "Rollback: Noor Rahman",
        "&lt;script src=&#34;http://127.0.0.1:8000/widget.js&#34; "
        "data-launch=&#34;spring-pricing&#34; async&gt;&lt;/script&gt;",
        "Change manager",
    ):
        assert words in page


def test_a_launch_shows_what_the_model_cost_it(shop, lena):
    assert "<dt>Model</dt>" not in lena.get(LAUNCH).text
    purse = SharedBudget(shop.db, shop.clock, 10)
    for _ in range(2):
        purse.settle(purse.reserve(5_000, launch_in(shop).id), 1_200)

    assert "2 calls and 2,400 tokens today (UTC), 2 and 2,400 in all" in lena.get(LAUNCH).text


def test_each_scenario_counts_its_answers_and_its_contacts(shop, lena):
    cast.a_customer(shop).asks(cast.PRICE)
    cast.a_customer(shop, visitor="jo").asks(cast.PRICE)

    row = re.search(r"The price is not the one I know.*?</tr>", lena.get(LAUNCH).text, re.S)[0]

    assert re.findall(r'<td class="number">(\d+)</td>', row) == ["1", "2"]


def test_each_scenario_leads_to_its_answers_whatever_they_are_called(shop, lena):
    page = lena.get(LAUNCH).text

    href = unescape(re.search(r'href="(/library\?[^"]+)">The price is not the one', page)[1])

    assert 'href="/library/spring-pricing/entries/price-differs' in lena.get(href).text


def test_a_launch_that_lacks_something_says_what_and_is_refused_with_the_list(house, tmp_path):
    cast.bring_in(house, tmp_path, BARE)
    lena = a_browser(house, cast.LENA)

    page = lena.get(LAUNCH)
    refused = lena.post(f"{LAUNCH}/live", revision=revision(lena))

    assert "1 required point is open before it can go live." in " ".join(page.text.split())
    assert "What was normal before is stored" in page.text
    assert f'href="{LAUNCH}/setup/figures"' in page.text
    assert page.text.count('class="point ') == 15  # the same as where it is set up
    assert "1 required point is open before it can go live" in lena.get("/launches").text
    assert refused.status_code == 409
    assert "Missing: all of it." in refused.text
    assert launch_in(house).phase == "preparing"


@pytest.mark.parametrize(
    ("phase", "first", "beside"),
    [("preparing", "/setup", "/rehearsal"), ("active", "/cockpit", "/updates")],
)
def test_a_launch_shows_what_there_is_to_do_now_and_every_page_in_one_menu(
    shop, phase, first, beside
):
    with shop.db.writing() as session:
        if phase == "preparing":
            cast.launch_of(session).live_at = None
    lena, amir = a_browser(shop, cast.LENA), a_browser(shop, cast.AMIR)
    page = lena.get(LAUNCH).text
    head = page[page.index('class="page-head"') : page.index("</header>", page.index("<h1>"))]

    assert re.findall(r'class="button([^"]*)" href="([^"]+)"', head) in (
        [(" button-primary", LAUNCH + first), ("", LAUNCH + beside)],
        [("", LAUNCH + beside), (" button-primary", LAUNCH + first)],
    )
    ways = re.findall(r'class="menu-item" href="([^"]+)"', head)
    assert len(ways) == len(set(ways)) >= 20
    assert {href: lena.get(href).status_code for href in ways if lena.get(href).is_error} == {}
    for_amir = amir.get(LAUNCH).text
    assert f'href="{LAUNCH}/connections"' in page
    assert f'href="{LAUNCH}/connections"' not in for_amir


def test_a_lead_takes_a_complete_launch_live(coming):
    lena = a_browser(coming, cast.LENA)

    why = "It was announced for today."
    gone = lena.post(f"{LAUNCH}/live", revision=revision(lena), reason=why)

    assert (gone.status_code, gone.headers["location"]) == (303, LAUNCH)
    assert launch_in(coming).live_at == cast.NOW
    assert "Live since" in lena.get(LAUNCH).text


def test_who_does_not_lead_neither_sees_the_button_nor_may_press_it(coming):
    amir = a_browser(coming, cast.AMIR)

    assert "Set up and go live" not in amir.get(LAUNCH).text
    assert "Take it live" not in amir.get(f"{LAUNCH}/setup").text
    assert amir.post(f"{LAUNCH}/live", revision=1).status_code == 403
    assert launch_in(coming).phase == "preparing"


def test_of_two_leads_who_decide_at_once_the_second_sees_what_the_first_decided(shop, lena):
    noor, seen = a_browser(shop, cast.NOOR), revision(lena)
    lena.post(f"{LAUNCH}/settings", revision=seen, mode="clarify", wrong_rate="2.5")

    late = noor.post(f"{LAUNCH}/settings", revision=seen, mode="suggest", wrong_rate="1.0")

    assert late.status_code == 409
    assert "Somebody was quicker" in late.text
    assert "mode clarify, at most 2.5% wrong answers" in late.text
    assert (launch_in(shop).mode, launch_in(shop).wrong_rate) == ("clarify", 0.025)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"mode": "auto", "wrong_rate": "11"}, 409),
        ({"mode": "auto", "wrong_rate": "nan"}, 409),
        ({"mode": "auto", "wrong_rate": "much"}, 422),
        ({"mode": "reckless", "wrong_rate": "1"}, 422),
    ],
)
def test_settings_that_make_no_sense_change_nothing(shop, lena, fields, status):
    answer = lena.post(f"{LAUNCH}/settings", revision=revision(lena), **fields)

    assert answer.status_code == status
    assert (launch_in(shop).mode, launch_in(shop).wrong_rate) == ("auto", 0.01)


def test_an_update_appears_in_every_place_at_once(shop, ines):
    sent = publishes(ines, f"{LAUNCH}/updates", **SAID)

    assert (sent.status_code, sent.headers["location"]) == (303, f"{LAUNCH}/updates")
    public = a_browser(shop)
    for path in (
        f"{LAUNCH}/updates",
        "/help/spring-pricing",
        "/updates/spring-pricing",
        "/updates/spring-pricing/feed.xml",
        "/api/v1/launches/spring-pricing/widget",
    ):
        browser = ines if path.startswith("/launches") else public
        assert "Links are slow" in browser.get(path).text


def test_the_promised_time_is_read_in_the_zone_of_the_launch(shop, ines):
    publishes(ines, f"{LAUNCH}/updates", **SAID)

    newest = told(shop)[0]
    assert newest.next_update_at == datetime(2026, 11, 17, 15, 0, tzinfo=UTC)
    assert newest.next_update == "17 November 2026, 16:00 CET"


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("title", "Say a title."),
        ("expected", "Say whether this is expected."),
        ("what_to_do", "Say what to do now."),
        ("next_update_at", "Say when the next update comes."),
    ],
)
def test_an_update_with_a_blank_is_refused_with_what_is_missing_and_keeps_the_rest(
    shop, ines, field, words
):
    refused = publishes(ines, f"{LAUNCH}/updates", **{**SAID, field: "   "})

    assert refused.status_code == 409
    assert words in refused.text
    kept = [value for name, value in SAID.items() if name != field]
    assert all(value in refused.text for value in kept)
    assert [update.title for update in told(shop)] == ["New prices began on Monday"]


@pytest.mark.parametrize("when", ["2026-11-17T09:59", "2026-11-17T10:00", "tomorrow"])
def test_a_promise_for_a_time_that_has_passed_or_is_none_is_refused(shop, ines, when):
    refused = publishes(ines, f"{LAUNCH}/updates", **{**SAID, "next_update_at": when})

    assert refused.status_code == 409
    assert "field-problem" in refused.text
    assert len(told(shop)) == 1


def test_what_was_typed_into_a_refused_update_never_becomes_markup(ines):
    refused = publishes(ines, f"{LAUNCH}/updates", expected="</textarea><script>x</script>")

    assert "<script>x" not in refused.text
    assert "&lt;/textarea&gt;&lt;script&gt;x" in refused.text


def test_an_update_that_came_late_is_remembered_as_late(shop):
    cast.later(shop, days=6)  # the first one promised the next for now
    cast.later(shop, minutes=125)
    ines = a_browser(shop, cast.INES)
    publishes(ines, f"{LAUNCH}/updates", **{**SAID, "next_update_at": "2026-11-24T10:00"})

    assert "the next came 125 minutes late" in ines.get(f"{LAUNCH}/updates").text


@pytest.mark.parametrize("email", [cast.AMIR, cast.ERIC, cast.PRIYA])
def test_who_may_not_tell_everybody_is_refused(shop, email):
    browser = a_browser(shop, email)

    assert "Publish an update" not in browser.get(f"{LAUNCH}/updates").text
    assert publishes(browser, f"{LAUNCH}/updates", **SAID).status_code == 403
    assert len(told(shop)) == 1


@pytest.mark.parametrize(
    ("method", "path", "fields"),
    [
        ("get", LAUNCH, {}),
        ("get", f"{LAUNCH}/updates", {}),
        ("post", f"{LAUNCH}/live", {"revision": 1}),
        ("post", f"{LAUNCH}/settings", {"revision": 1, "mode": "auto", "wrong_rate": "1"}),
        ("post", f"{LAUNCH}/updates", SAID),
    ],
)
def test_a_launch_of_others_looks_like_none(shop, method, path, fields):
    with shop.db.writing() as session:
        cast.a_person(session, email="far@example.com", role=Role.LEAD, launch=None)
    far = a_browser(shop, "far@example.com")

    answer = getattr(far, method)(path, **fields)

    assert answer.status_code == 404
    assert "spring-pricing" not in far.get("/launches").text


def test_a_form_from_elsewhere_changes_nothing(shop, lena):
    lena.csrf = "somebody else's"

    assert publishes(lena, f"{LAUNCH}/updates", **SAID).status_code == 403
    assert len(told(shop)) == 1


def test_the_list_asks_the_database_equally_often_for_one_launch_and_for_six(house, tmp_path):
    cast.bring_in(house, tmp_path)
    olu = a_browser(house, cast.OLU)
    with queries(house) as one:
        olu.get("/launches")
    for number in range(5):
        words = cast.PACK.replace("key: spring-pricing", f"key: other-{number}")
        cast.bring_in(house, tmp_path, words)
    with queries(house) as six:
        page = olu.get("/launches")

    assert page.text.count("launch-card") == 6 + 1  # and the list itself
    assert len(six) == len(one)
