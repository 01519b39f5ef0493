"""Replays on the entry's page: every state, the questions behind the counts, and a lead's word."""

import re

import pytest

from assistant.answering import replay_lease, replaying
from assistant.ground.llm import Budget, Endpoint, Model
from tests import cast
from tests import model_behaviours as fake
from tests.model_server import ModelServer
from tests.web.staff import a_browser

ENTRY = "/library/spring-pricing/entries/pause-plan"
REPLAY = "/launches/spring-pricing/library/pause-plan/replay"
CARD = "my card 4111 1111 1111 1111"


@pytest.fixture
def lena(shop):
    return a_browser(shop, cast.LENA)


def drafted(shop, **said) -> None:
    ways = {"question": "Can I pause my plan for a month?", "phrasings": ["put it on hold"]}
    cast.an_entry(shop, approved_by=None, **{**ways, **said})


def test_a_replay_is_started_watched_and_read_on_the_entry_s_page(shop, lena):
    cast.a_customer(shop).asks("Can I pause my plan for a month?")
    drafted(shop)

    none = lena.get(ENTRY).text
    started = lena.post(REPLAY)
    waiting = lena.get(ENTRY).text
    replaying.go_on(shop)
    fresh = lena.get(ENTRY).text

    assert "Not replayed yet." in none
    assert started.headers["location"] == f"{ENTRY}#replay"
    assert "Waiting for the worker…" in waiting
    assert "data-fresh-soon" in waiting
    assert "Lena Ortiz started it" in waiting
    assert "data-fresh-soon" not in fresh
    assert "→ Answered: Can I pause my plan for a month?" in " ".join(fresh.split())
    assert "Yes, in Billing." in fresh  # the new text, inside the question


def test_who_asked_what_a_draft_gains_is_its_demand_and_can_be_told(shop, lena):
    for name in ("mara", "jo"):
        cast.a_customer(shop, visitor=name).asks("Can I pause my plan for a month?")
    drafted(shop)
    with shop.db.writing() as session:
        entry = cast.entry_of(session, "pause-plan")
        entry.submit(session, by=cast.the(session, cast.AMIR), at=cast.NOW)
    before = lena.get(ENTRY).text
    lena.post(REPLAY)
    replaying.go_on(shop)

    page = lena.get(ENTRY).text

    assert "Nobody has asked this yet" in before
    assert "Approve and tell 2 people" in page
    assert page.count('<blockquote class="small">Can I pause my plan for a month?') == 2
    assert "×2" in lena.get("/library", tab="review").text
    revision = re.search(r'name="revision" value="(\d+)"', page)[1]
    cast.later(shop, seconds=60)
    told = lena.post(f"{ENTRY}/approval", revision=revision, people=2)
    assert told.status_code == 303
    assert "2 people are told next." in lena.get(ENTRY).text


def test_the_page_says_how_far_a_run_is_and_that_it_can_be_stopped(shop, lena):
    drafted(shop)
    lena.post(REPLAY)
    run = replay_lease.claimed(shop)
    replay_lease.Progress(shop, run, total=10_000).told(640)

    page = lena.get(ENTRY).text
    stopped = lena.post(f"{REPLAY}/cancelling")

    assert "Replaying: 640 of 10,000" in page
    assert stopped.status_code == 303
    assert "Not replayed yet." in lena.get(ENTRY).text
    assert lena.post(f"{REPLAY}/cancelling").status_code == 409


def test_every_question_is_listed_by_what_happens_to_it_and_redacted(shop, lena):
    for _ in range(2):
        cast.a_customer(shop).asks(f"Do penguins have knees? {CARD}\nThanks, Mara Olsen")
    drafted(shop)
    lena.post(REPLAY)
    replaying.go_on(shop)

    page = lena.get(REPLAY, category="unanswered").text

    assert 'aria-current="page">Still unanswered<span class="count">2</span>' in page
    assert "Do penguins have knees? my card [card]" in page
    assert "4111" not in page and "Olsen" not in page
    assert "/desk/tickets/" in page
    assert "Nothing of this kind would happen." in lena.get(REPLAY, category="gain").text
    assert lena.get(REPLAY, category="<script>").status_code == 200
    assert lena.get(REPLAY, page=9999).status_code == 200


def test_out_of_date_and_failed_are_said_with_what_to_do(shop, lena):
    drafted(shop)
    lena.post(REPLAY)
    replaying.go_on(shop)
    cast.a_customer(shop).asks(cast.EXPORT)
    stale = lena.get(ENTRY).text
    lena.post(REPLAY)
    embedder, shop.embedder = shop.embedder, object()
    replaying.go_on(shop)
    shop.embedder = embedder
    failed = lena.get(ENTRY).text

    assert "Out of date." in stale
    assert "1 question was asked since." in stale
    assert "The replay failed." in failed
    assert "Replay again" in failed


def test_a_lead_overrules_a_break_on_the_page_and_others_cannot(shop, lena):
    cast.confirm(shop, "export-data")
    drafted(shop, question=cast.EXPORT)
    lena.post(REPLAY)
    replaying.go_on(shop)
    amir = a_browser(shop, cast.AMIR)

    blocked, amirs = lena.get(ENTRY).text, amir.get(ENTRY).text
    refused = amir.post(f"{REPLAY}/override", reason="Let me.")
    (seen,) = set(re.findall(r'name="seen" value="(\d+)"', blocked))
    silent = lena.post(f"{REPLAY}/override", reason="", seen=seen)
    unseen = lena.post(f"{REPLAY}/override", reason="Exports moved.")
    lena.post(REPLAY)
    while_another_runs = lena.get(ENTRY).text
    done = lena.post(f"{REPLAY}/override", reason="Exports <b>moved</b>.", seen=seen)

    assert "It breaks what people confirmed." in blocked
    assert 'action="/launches/spring-pricing/library/pause-plan/replay/override"' in blocked
    assert "replay/override" not in amirs
    assert (refused.status_code, silent.status_code, done.status_code) == (403, 409, 303)
    assert unseen.status_code == 409
    assert "Load the entry again and look at what the last replay breaks." in unseen.text
    assert "Until a replay has ended, the last one that did counts" in while_another_runs
    assert "It breaks what people confirmed." in while_another_runs
    after = lena.get(ENTRY).text
    assert "Breaks overruled by Lena Ortiz, 17 Nov" in after
    assert "Exports &lt;b&gt;moved&lt;/b&gt;." in after


def test_a_replay_of_another_launch_or_of_no_entry_is_not_there(shop, lena):
    drafted(shop)

    assert lena.get(REPLAY).status_code == 404  # not replayed yet
    assert lena.post(REPLAY.replace("pause-plan", "nothing")).status_code == 404
    assert lena.post(REPLAY.replace("spring-pricing", "elsewhere")).status_code == 404
    assert a_browser(shop, cast.PRIYA).post(REPLAY).status_code == 403
    assert a_browser(shop).post(REPLAY).status_code in {303, 401}


@pytest.fixture
def model(shop):
    """A model that picks the draft, behind a server; a call inside a transaction fails."""
    with ModelServer(fake.picks("Can I pause my plan for a month?")) as server:
        endpoint = Endpoint(server.base_url, "test-key", "test-model")
        yield server, lambda calls: Model([endpoint], budget=Budget(calls, 10**7))


def test_the_model_is_asked_only_when_a_person_says_so_and_only_about_what_changes(
    shop, lena, model
):
    server, of = model
    near = "may I pause my whole plan for a few months"
    cast.a_customer(shop).asks(near)
    cast.a_customer(shop).asks(cast.UNKNOWN)
    drafted(shop)
    shop.model = of(1_000)
    lena.post(REPLAY)
    replaying.go_on(shop)
    quiet, page = len(server.requests), lena.get(REPLAY).text

    lena.post(f"{REPLAY}/model")
    waiting = len(server.requests)
    replaying.go_on(shop)

    assert (quiet, waiting) == (0, 0)
    assert "calls are left today" in page
    asked = [asked.question for asked in server.requests]
    assert near in asked
    assert "of the model" in lena.get(ENTRY).text


def test_the_model_is_not_asked_beyond_the_day_s_budget(shop, lena, model):
    server, of = model
    shop.settings.llm_calls_per_day = 1
    cast.a_customer(shop).asks("may I pause my whole plan for a few months")
    drafted(shop)
    shop.model = of(1)
    lena.post(REPLAY)
    replaying.go_on(shop)

    refused = lena.post(f"{REPLAY}/model")

    assert refused.status_code == 409
    assert "1 are left today" in refused.text
    assert server.requests == []
