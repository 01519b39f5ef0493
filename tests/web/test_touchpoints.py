"""Telling first: one update in every place, seen before and after; corrections; the notice."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from assistant.desk import subscribers
from assistant.desk.letters import Letter
from assistant.desk.telling import tell_subscribers
from assistant.launch import updates
from assistant.reports import told as told_words
from assistant.reports.spans import local_day
from tests import cast
from tests.web.staff import a_browser, publishes
from web.touchpoints import touchpoints

PAGE = "/launches/spring-pricing/updates"
NOTICE = "/widget/spring-pricing/notice.json"
SAID = {
    "title": "Links are slow",
    "expected": "No, this is not expected.",
    "what_to_do": "Wait fifteen minutes.",
    "next_update_at": "2026-11-17T16:00",
}


@pytest.fixture
def ines(shop):
    return a_browser(shop, cast.INES)


def told(parts):
    with parts.db.reading() as session:
        launch = cast.launch_of(session)
        return [one.title for one in updates.of_launch(session, launch.id, at=parts.clock.now())]


def field(page, name):
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', page.text)[1])


def places(parts):
    with parts.db.reading() as session:
        launch, at = cast.launch_of(session), parts.clock.now()
        every = updates.of_launch(session, launch.id, at=at)
        return touchpoints(parts, session, launch, every, at)


def test_every_place_shows_the_newest_update_and_the_page_says_what_each_shows(shop, ines):
    publishes(ines, PAGE, **SAID)

    shown = places(shop)
    assert [place["name"] for place in shown if place["is_current"]] == [
        "Widget, pinned",
        "Notice in the product",
        "Help page, on top",
        "Status page",
        "Atom feed",
        "RSS feed",
    ]
    assert "No mail server is set up" in shown[-1]["note"]
    assert ines.get(PAGE).text.count("Shows “Links are slow") == 6


def test_the_first_click_shows_what_customers_will_read_and_publishes_nothing(shop, ines):
    seen = ines.post(PAGE, **SAID, form_key="k1")

    assert seen.status_code == 200
    assert told(shop) == ["New prices began on Monday"]
    assert all(words in seen.text for words in SAID.values())
    assert (field(seen, "form_key"), "Nobody has seen this yet" in seen.text) == ("k1", True)
    for place in ("Widget, pinned", "Help page, on top", "Status page, in one line", "E-mail"):
        assert place in seen.text
    assert "nobody gets it by e-mail" in seen.text


def test_what_is_published_is_what_was_seen_and_changed_words_are_shown_again(shop, ines):
    seen = field(ines.post(PAGE, **SAID), "seen")

    changed = ines.post(PAGE, **{**SAID, "what_to_do": "Nothing."}, seen=seen)
    guessed = ines.post(PAGE, **SAID, seen="0" * 64)

    assert [each.status_code for each in (changed, guessed)] == [200, 200]
    assert "Nobody has seen this yet" in changed.text
    assert len(told(shop)) == 1
    assert ines.post(PAGE, **SAID, seen=seen).status_code == 303
    assert told(shop)[0] == "Links are slow"


def test_a_look_at_what_has_a_blank_says_what_is_missing(shop, ines):
    seen = ines.post(PAGE, **{**SAID, "expected": " "})

    assert seen.status_code == 409
    assert "Say whether this is expected." in seen.text


def test_what_is_too_long_stays_in_the_form_with_what_is_wrong(shop, ines):
    long = "Wait a little. " * 2_000

    refused = ines.post(PAGE, **{**SAID, "what_to_do": long})

    assert refused.status_code == 409
    assert "30,000 characters are too many" in refused.text
    assert long.strip() in refused.text
    assert "Links are slow" in refused.text
    assert len(told(shop)) == 1


def test_a_double_click_on_publish_publishes_once_and_says_so_both_times(shop, ines):
    look = ines.post(PAGE, **SAID, newest=field(ines.get(PAGE), "newest"))
    form = {name: field(look, name) for name in ("form_key", "newest", "seen")}

    first, again = ines.post(PAGE, **SAID, **form), ines.post(PAGE, **SAID, **form)

    assert (first.status_code, again.status_code) == (303, 303)
    assert told(shop) == ["Links are slow", "New prices began on Monday"]


def test_the_confirmation_carries_all_of_it_lines_too(shop, ines):
    look = ines.post(PAGE, **{**SAID, "expected": 'No.\r\nWe "look" <at> it.'})
    confirm = look.text[look.text.index('aria-label="Publish what is shown"') :]
    hidden = re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', confirm)
    fields = {name: unescape(value) for name, value in hidden if name != "csrf"}

    ines.post(PAGE, **fields)

    with shop.db.reading() as session:
        newest = updates.newest(session, cast.launch_of(session).id, at=shop.clock.now())
        assert newest.expected == 'No.\nWe "look" <at> it.'


def test_a_correction_names_what_it_corrects_in_every_place(shop, ines):
    wrong = re.search(r'<option value="(\d+)">New prices began', ines.get(PAGE).text)[1]
    publishes(ines, PAGE, **{**SAID, "title": "New prices begin on Tuesday"}, corrects=wrong)

    public = a_browser(shop)
    page = " ".join(public.get("/updates/spring-pricing").text.split())
    assert f'This corrects <a href="#update-{wrong}">“New prices began on Monday”' in page
    assert "Corrected by <a" in page
    notice = public.get(NOTICE).json()["update"]
    assert notice["title"] == "Correction: New prices begin on Tuesday"
    feed = ElementTree.fromstring(public.get("/updates/spring-pricing/rss.xml").content)  # noqa: S314
    assert feed.findtext("channel/item/description").startswith("Corrects\nNew prices began")
    assert [place["is_current"] for place in places(shop)[:6]] == [True] * 6


def number_of(parts, title):
    with parts.db.reading() as session:
        launch, at = cast.launch_of(session), parts.clock.now()
        every = updates.history(session, launch.id, at=at)
        return next(one.id for one in every if one.title == title)


def test_an_update_that_was_taken_back_is_news_nowhere_and_stays_in_the_history(shop, ines):
    publishes(ines, PAGE, **SAID)
    wrong = number_of(shop, "Links are slow")

    back = ines.post(f"{PAGE}/{wrong}/taking-back", because="It was the other shop.")

    assert back.headers["location"] == f"{PAGE}?correct={wrong}#new-update"
    assert told(shop) == ["New prices began on Monday"]
    assert [place["is_current"] for place in places(shop)[:6]] == [True] * 6
    public = a_browser(shop)
    assert public.get(NOTICE).json()["update"]["title"] == "New prices began on Monday"
    page = " ".join(public.get("/updates/spring-pricing").text.split())
    assert "<s>Links are slow</s>" in page
    assert "it does not hold any more." in page
    assert "the other shop" not in page
    feed = ElementTree.fromstring(public.get("/updates/spring-pricing/feed.xml").content)  # noqa: S314
    atom = "{http://www.w3.org/2005/Atom}"
    entry = feed.find(f"{atom}entry")
    assert entry.findtext(f"{atom}title") == "Taken back: Links are slow"
    assert entry.findtext(f"{atom}content") == "We took this back: it does not hold any more."
    mine = " ".join(ines.get(PAGE).text.split())
    assert " took it back, " in mine
    assert "“It was the other shop.”" in mine


def test_what_corrects_what_was_taken_back_begins_with_its_words(shop, ines):
    publishes(ines, PAGE, **SAID)
    wrong = number_of(shop, "Links are slow")
    ines.post(f"{PAGE}/{wrong}/taking-back", because="Wrong shop.")

    form = ines.get(PAGE, correct=wrong).text
    assert f'<option value="{wrong}" selected>' in form
    assert "Wait fifteen minutes.</textarea>" in form
    publishes(ines, PAGE, **{**SAID, "title": "Links are quick"}, corrects=wrong)

    page = " ".join(a_browser(shop).get("/updates/spring-pricing").text.split())
    assert "Corrected by <a" in page
    assert page.index("Links are quick") < page.index("<s>Links are slow</s>")


@pytest.mark.parametrize("because", ["", "  "])
def test_without_a_reason_nothing_is_taken_back_and_the_field_says_so(shop, ines, because):
    publishes(ines, PAGE, **SAID)
    wrong = number_of(shop, "Links are slow")

    refused = ines.post(f"{PAGE}/{wrong}/taking-back", because=because)

    assert refused.status_code == 409
    assert f'id="because-{wrong}-problem"' in refused.text
    assert "Say why it is taken back." in refused.text
    assert told(shop)[0] == "Links are slow"


def test_of_two_who_take_it_back_the_second_is_told_and_nobody_else_may(shop, ines):
    publishes(ines, PAGE, **SAID)
    there = f"{PAGE}/{number_of(shop, 'Links are slow')}/taking-back"

    assert a_browser(shop, cast.AMIR).post(there, because="Why not").status_code == 403
    assert ines.post(there, because="Wrong.").status_code == 303
    second = a_browser(shop, cast.LENA).post(there, because="Wrong too.")
    assert second.status_code == 409
    assert "“Wrong.”" in second.text
    assert "It was taken back already." in second.text
    assert "Wrong too." in second.text
    assert ines.post(f"{PAGE}/4711/taking-back", because="?").status_code == 404


def test_no_mail_leaves_any_more_of_what_was_taken_back(shop, ines, monkeypatch):
    monkeypatch.setattr(shop.settings, "smtp_host", "127.0.0.1")
    monkeypatch.setattr(shop.settings, "mail_from", "help@shop.example")
    with shop.db.writing() as session:
        launch, at = cast.launch_of(session), shop.clock.now()
        subscribers.want(session, launch, "mara@example.com", at=at).confirm(session, at=at)
    publishes(ines, PAGE, **SAID)
    assert "1 waiting" in places(shop)[-1]["note"]

    wrong = number_of(shop, "Links are slow")
    ines.post(f"{PAGE}/{wrong}/taking-back", because="Wrong shop.")

    cast.later(shop, seconds=10)
    assert tell_subscribers(shop) == 0


def test_a_correction_that_is_taken_back_does_not_bring_back_what_it_corrected(shop, ines):
    publishes(ines, PAGE, **{**SAID, "title": "It costs 10 euros"})
    wrong = number_of(shop, "It costs 10 euros")
    publishes(ines, PAGE, **{**SAID, "title": "It costs 12 euros"}, corrects=wrong)
    assert told(shop)[0] == "It costs 12 euros"

    right = number_of(shop, "It costs 12 euros")
    assert ines.post(f"{PAGE}/{right}/taking-back", because="Nor that.").status_code == 303

    assert not {"It costs 10 euros", "It costs 12 euros"} & set(told(shop))


def test_who_writes_while_the_newest_is_taken_back_is_told_so(shop, ines):
    publishes(ines, PAGE, **SAID)
    seen = number_of(shop, "Links are slow")
    ines.post(f"{PAGE}/{seen}/taking-back", because="Wrong.")

    crossed = publishes(ines, PAGE, **{**SAID, "title": "Links are fast"}, newest=seen)

    assert crossed.status_code == 409
    assert "The update that you saw was taken back meanwhile." in crossed.text
    assert "at the same moment" not in crossed.text


def test_a_correction_of_something_else_is_refused_and_loses_nothing(shop, ines):
    refused = publishes(ines, PAGE, **SAID, corrects=4_711)

    assert refused.status_code == 409
    assert "That update is not there." in refused.text
    assert "Wait fifteen minutes." in refused.text


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://shop.example", "https://shop.example"),
        ("https://evil.example", None),
        ("null", None),
        ("https://shop.example.evil.example", None),
    ],
)
def test_only_the_launch_s_own_sites_read_the_notice_in_a_browser(shop, origin, allowed):
    answer = a_browser(shop).client.get(NOTICE, headers={"origin": origin})

    assert answer.headers.get("access-control-allow-origin") == allowed
    assert (answer.headers["cache-control"], answer.headers["vary"]) == (
        "public, max-age=2",
        "Origin",
    )


def test_the_notice_says_when_the_next_update_is_late_and_ends_with_the_launch(shop, ines):
    publishes(ines, PAGE, **SAID)
    assert a_browser(shop).get(NOTICE).json()["update"]["is_late"] is False

    cast.later(shop, hours=6)
    assert a_browser(shop).get(NOTICE).json()["update"]["is_late"] is True

    with shop.db.writing() as session:
        cast.launch_of(session).closed_at = shop.clock.now()
    assert a_browser(shop).get(NOTICE).json()["update"] is None


def test_there_is_no_notice_of_a_launch_that_is_not_public(house, tmp_path):
    cast.bring_in(house, tmp_path)

    assert a_browser(house).get(NOTICE).status_code == 404
    assert a_browser(house).get("/widget/no-such/notice.json").status_code == 404


def test_the_rss_feed_is_valid_whatever_was_typed(shop, ines):
    publishes(ines, PAGE, **{**SAID, "title": "<b>&amp; \x0b ]]> שלום", "expected": "a\x01b"})

    root = ElementTree.fromstring(a_browser(shop).get("/updates/spring-pricing/rss.xml").content)  # noqa: S314

    assert root.get("version") == "2.0"
    items = root.findall("channel/item")
    assert items[0].findtext("title") == "<b>&amp; \ufffd ]]> שלום"
    assert len({item.findtext("guid") for item in items}) == len(items) == 2
    assert items[0].findtext("pubDate") == "Tue, 17 Nov 2026 09:00:00 +0000"


def test_mails_to_subscribers_are_counted(shop, ines, monkeypatch):
    with shop.db.writing() as session:
        launch, at = cast.launch_of(session), shop.clock.now()
        for name in ("mara", "jo"):
            who = subscribers.want(session, launch, f"{name}@example.com", at=at)
            who.confirm(session, at=at)
    monkeypatch.setattr(shop.settings, "smtp_host", "127.0.0.1")
    monkeypatch.setattr(shop.settings, "mail_from", "help@shop.example")
    publishes(ines, PAGE, **SAID)
    assert places(shop)[-1]["note"] == "0 sent, 2 waiting, 0 failed"

    assert tell_subscribers(shop) == 0  # somebody may take it back yet
    cast.later(shop, seconds=10)
    assert tell_subscribers(shop) == 2
    with shop.db.writing() as session:
        first, second = session.scalars(select(Letter).order_by(Letter.id))
        first.sent_at = second.sent_at = second.bounced_at = shop.clock.now()
    assert places(shop)[-1]["note"] == "1 sent, 0 waiting, 1 failed"


def test_every_page_says_that_the_daily_update_is_missing_until_somebody_tells(shop, ines):
    amir = a_browser(shop, cast.AMIR)
    cast.later(shop, hours=7, minutes=1)
    assert "nothing was said by 17:00 CET on 17 November." in amir.get("/desk").text

    publishes(ines, PAGE, **{**SAID, "next_update_at": "2026-11-18T09:00"})
    assert "nothing was said by" not in amir.get("/desk").text


def test_a_day_s_figure_says_what_it_was_told_and_what_was_missed(shop, ines):
    def figure():
        with shop.db.reading() as session:
            launch, at = cast.launch_of(session), shop.clock.now()
            day = local_day(at, launch.zone)
            return told_words.of_day(session, launch, day, at=at)

    assert (figure().count, figure().words) == (0, "nothing was told this day")
    publishes(ines, PAGE, **{**SAID, "next_update_at": "2026-11-17T10:30"})
    assert (figure().count, figure().words) == (1, "all came when promised")
    cast.later(shop, hours=1)
    assert figure().words == "1 promised for this day came late or not at all"


def test_change_managers_decide_the_days_and_the_time_of_the_daily_update(shop, ines):
    rule = "/launches/spring-pricing/daily-updates"

    assert ines.post(rule, days=3, by="09:30").status_code == 303
    assert "On the first 3 days, by 09:30." in ines.get(PAGE).text
    for bad in ({"days": 3, "by": "soon"}, {"days": -1, "by": "09:00"}, {"days": 3, "by": "24:00"}):
        assert ines.post(rule, **bad).status_code == 409
    assert a_browser(shop, cast.AMIR).post(rule, days=1, by="09:00").status_code == 403


def test_a_promise_far_away_is_no_alarm(shop):
    cast.later(shop, hours=1)

    assert "Tell first." not in a_browser(shop, cast.AMIR).get("/desk").text
