"""What holds an approval back on the entry's page, and what whoever approves has in sight there."""

import re

import pytest

from assistant.answering import replaying
from tests import cast
from tests.web.staff import Browser, a_browser

ENTRY = "/library/spring-pricing/entries/pause-plan"
REPLAY = "/launches/spring-pricing/library/pause-plan/replay"
SAID = {"question": cast.EXPORT, "phrasings": "export it all", "answer": "Yes, in Billing."}


@pytest.fixture
def lena(shop):
    return a_browser(shop, cast.LENA)


def with_breaks(shop, *, by=cast.AMIR):
    """Let a version wait that takes three confirmed questions from export-data, and replay it."""
    cast.confirm(shop, "export-data")
    cast.an_entry(shop, by=by, approved_by=None, question=cast.EXPORT, phrasings=["export it all"])
    with shop.db.writing() as session:
        entry, author = cast.entry_of(session, "pause-plan"), cast.the(session, by)
        entry.submit(session, by=author, at=shop.clock.now())
    a_browser(shop, cast.NOOR).post(REPLAY)
    replaying.go_on(shop)
    cast.later(shop, seconds=1)


def revision(shop, key="pause-plan") -> int:
    with shop.db.reading() as session:
        return cast.entry_of(session, key).version


def decide(shop, who: Browser, what: str, key="pause-plan", **fields):
    return who.post(
        f"{ENTRY.replace('pause-plan', key)}/{what}", revision=revision(shop, key), **fields
    )


def test_known_breaks_demand_a_reason_again_after_undo_and_after_a_rejection(shop, lena):
    with_breaks(shop)
    (seen,) = set(re.findall(r'name="seen" value="(\d+)"', lena.get(ENTRY).text))
    approved = decide(shop, lena, "approval", override="Meant.", seen=seen)
    decide(shop, lena, "undoing")

    undone, silent = lena.get(ENTRY).text, decide(shop, lena, "approval")
    decide(shop, lena, "rejection", reason="No.")
    amir = a_browser(shop, cast.AMIR)
    amir.post(f"{ENTRY}/submission", revision=revision(shop), kind="faq", **SAID)
    again, silent_again = lena.get(ENTRY).text, decide(shop, lena, "approval")

    assert approved.status_code == 303
    for page, refused in ((undone, silent), (again, silent_again)):
        assert "Why these breaks are meant" in page
        assert "It was not replayed" not in page
        assert refused.status_code == 409
        assert "3 confirmed answers would change with it." in refused.text


def test_the_author_does_not_overrule_the_breaks_of_her_own_version(shop, lena):
    with_breaks(shop, by=cast.LENA)
    page = lena.get(ENTRY).text
    (seen,) = set(
        re.findall(r'name="seen" value="(\d+)"', a_browser(shop, cast.NOOR).get(ENTRY).text)
    )
    refused = lena.post(f"{REPLAY}/override", reason="x", seen=seen)

    assert "It breaks what people confirmed." in page
    assert "replay/override" not in page
    assert refused.status_code == 403
    assert "You wrote this version" in refused.text


def test_who_overruled_the_breaks_stands_beside_the_reason_in_the_dialog(shop, lena):
    with_breaks(shop)
    noor = a_browser(shop, cast.NOOR)
    (seen,) = set(re.findall(r'name="seen" value="(\d+)"', lena.get(ENTRY).text))
    noor.post(f"{REPLAY}/override", reason="Exports have moved.", seen=seen)

    page = " ".join(lena.get(ENTRY).text.split())
    assert re.search(r"Noor Rahman.{0,160}They are meant: Exports have moved\.", page)


def test_the_author_hears_who_asks_for_changes_or_rejects_and_why(shop, lena):
    with_breaks(shop)
    amir = a_browser(shop, cast.AMIR)
    decide(shop, lena, "changes", reason="Say <b>where</b>.")
    asked, notices = amir.get(ENTRY).text, amir.get("/notices").text
    amir.post(f"{ENTRY}/submission", revision=revision(shop), kind="faq", **SAID)
    decide(shop, lena, "rejection", reason="No pauses.")

    assert "Lena Ortiz asks for changes." in asked
    assert "version 1: Lena Ortiz asks for changes: Say &lt;b&gt;where&lt;/b&gt;." in notices
    assert "Rejected by Lena Ortiz." in amir.get(ENTRY).text
    assert "version 1: Lena Ortiz rejects it: No pauses." in amir.get("/notices").text
    assert "asks for changes" not in lena.get("/notices").text


def test_what_is_submitted_is_replayed_by_itself_and_the_dialog_says_how_far(shop, lena):
    cast.confirm(shop, "export-data")
    noor = a_browser(shop, cast.NOOR)
    address = "/library/spring-pricing/entries/export-data"
    new = {"kind": "faq", "question": cast.EXPORT, "phrasings": "download all my orders"}
    submitted = noor.post(
        f"{address}/submission", revision=revision(shop, "export-data"), answer="By mail.",
        valid_until="2026-11-20T09:00", audience="business", owner=cast.AMIR, **new,
    )  # fmt: skip

    assert submitted.status_code == 303, submitted.text[-2500:]
    waiting = " ".join(lena.get(address).text.split())
    silent = decide(shop, lena, "approval", "export-data")
    replaying.go_on(shop)
    ended = " ".join(lena.get(address).text.split())

    assert "A replay is about to begin. What it changes is not known yet." in waiting
    assert "Why it does not wait for a replay" in waiting
    assert silent.status_code == 409
    assert "Wait until its replay has ended" in silent.text
    assert "Why it does not wait for a replay" not in ended
    assert re.search(r"Replayed: \d+ gained, .* lost, \d+ still unanswered\.", ended)
    # What customers read now, and what they would read; until when, and who.
    assert f"<del>{cast.EXPORT_TEXT}</del>" in ended
    assert "<ins>By mail.</ins>" in ended
    assert "It ends 20 Nov" in ended
    assert "Only for the audience “business”." in ended


def test_a_merge_says_what_ends_and_waits_for_its_replay(shop, lena):
    decide(shop, lena, "merging", "cancel-plan", into="change-address")
    noor = a_browser(shop, cast.NOOR)

    page = noor.get("/library/spring-pricing/entries/change-address").text
    silent = decide(shop, noor, "approval", "change-address")
    replaying.go_on(shop)
    approved = decide(shop, noor, "approval", "change-address")

    assert "“How do I cancel my plan?” ends with it" in page
    assert "Why it does not wait for a replay" in page
    assert (silent.status_code, approved.status_code) == (409, 303)


def test_breaks_stand_beside_approve_and_lead_to_the_replay(shop, lena):
    with_breaks(shop)

    page = " ".join(lena.get(ENTRY).text.split())
    assert '3 confirmed answers break: <a href="#replay">look at the replay</a>' in page


def test_retiring_merging_and_rejecting_say_how_many_asked(shop, lena):
    for visitor in ("mara", "jo"):
        cast.a_customer(shop, visitor=visitor).asks(cast.EXPORT)

    page = " ".join(lena.get("/library/spring-pricing/entries/export-data").text.split())
    assert "2 people asked this so far, with 2 questions. The assistant stops sending it" in page
    assert "2 people asked this so far, with 2 questions. All 3 ways in which this is asked" in page


def test_words_of_one_s_own_that_are_not_saved_disable_approve_with_two_ways_on(shop, lena):
    with_breaks(shop)
    typed = {"kind": "faq", "entry": "pause-plan", "revision": revision(shop)}
    same = SAID | {"phrasings": "export it all\r\n"}
    looked = lena.post("/library/spring-pricing/checking", **typed, **same).text
    other = lena.post(
        "/library/spring-pricing/checking", **typed, **SAID | {"answer": "Mine."}
    ).text
    back = lena.get(ENTRY).text

    assert "Approve" in looked
    for page in (other, back):
        assert "data-needs-saved disabled>" in page
        assert "Discard mine" in page and 'form="entry-form">Save mine' in page
    lena.post("/library/spring-pricing/unsaved-removal", kind="faq", entry="pause-plan")
    saved = lena.get(ENTRY).text
    assert "data-needs-saved disabled" not in saved


def test_what_stays_as_it_was_is_listed_page_by_page(shop, lena):
    for number in range(30):
        cast.a_customer(shop, visitor=f"v{number}").asks(cast.PRICE)
    cast.an_entry(shop, approved_by=None)
    lena.post(REPLAY)
    replaying.go_on(shop)
    cast.a_customer(shop).asks(cast.PRICE)  # asked since: no part of that replay

    below, first = lena.get(ENTRY).text, lena.get(REPLAY, category="same").text
    second = lena.get(REPLAY, category="same", page=2).text

    assert 'href="/launches/spring-pricing/library/pause-plan/replay?category=same"' in below
    assert 'aria-current="page">As it was<span class="count">30</span>' in first
    asked = f'<p class="strong">{cast.PRICE}</p>'
    assert (first.count(asked), second.count(asked)) == (25, 5)
