"""A replay says what would happen, and exactly that: the same pipeline, with the version live."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from assistant.answering import replay, replay_lease, replaying
from assistant.answering.replay_effect import Category
from assistant.desk.messages import Message
from assistant.ground.errors import NotPermitted, Refused
from assistant.launch.launches import Mode
from assistant.library import stocking
from tests import cast

PAUSE = {
    "question": "Can I pause my plan for a month?",
    "phrasings": ["put my subscription on hold", "skip a few boxes", "stop deliveries for a while"],
    "answer": "Yes. Open Billing and choose Pause.",
}


def drafted(parts, **said) -> str:
    return cast.an_entry(parts, approved_by=None, **{**PAUSE, **said})


def started(parts, key: str = "pause-plan", *, by: str = cast.LENA) -> int:
    with parts.db.writing() as session:
        version = cast.entry_of(session, key).newest
        return replay.start(session, version, by=cast.the(session, by), at=parts.clock.now()).id


def effect(parts, key: str = "pause-plan"):
    with parts.db.reading() as session:
        version = cast.entry_of(session, key).newest
        return replay.effect_of(session, version, at=parts.clock.now())


def replayed(parts, key: str = "pause-plan"):
    started(parts, key)
    assert replaying.go_on(parts) == 1
    return effect(parts, key)


def approve(parts, key: str = "pause-plan") -> None:
    with parts.db.writing() as session:
        entry, at = cast.entry_of(session, key), parts.clock.now()
        entry.submit(session, by=cast.the(session, cast.AMIR), at=at)
        entry.approve(session, by=cast.the(session, cast.LENA), at=at)


def ask(parts, *words: str, **about: str) -> None:
    for each in words:
        cast.a_customer(parts, **about).asks(each)


def test_a_new_entry_gains_what_a_person_had_to_answer(shop):
    ask(shop, "Can I pause my plan for a month?", cast.UNKNOWN, cast.EXPORT)
    drafted(shop)

    found = replayed(shop)

    assert found.state == "fresh"
    assert (found.gains, found.steals, found.breaks, found.unanswered, found.same) == (
        1,
        0,
        0,
        1,
        1,
    )
    assert (found.before.answered, found.after.answered) == (1, 2)


# --- from none to fresh, and what may happen on the way ---


def test_a_version_that_nobody_replayed_has_no_effect_to_show(shop):
    drafted(shop)

    assert effect(shop).state == "none"
    assert not effect(shop).blocks


def test_two_starts_at_once_are_one_run(shop):
    drafted(shop)

    with ThreadPoolExecutor(4) as people:
        runs = set(people.map(lambda _: started(shop), range(8)))

    assert len(runs) == 1
    assert effect(shop).state == "running"
    assert replaying.go_on(shop) == 1
    assert replaying.go_on(shop) == 0
    assert effect(shop).state == "fresh"


def test_a_cancelled_run_leaves_what_was_known_before(shop):
    drafted(shop)
    known = replayed(shop)
    started(shop)

    with shop.db.writing() as session:
        version, lena = cast.entry_of(session, "pause-plan").newest, cast.the(session, cast.LENA)
        replay.cancel(session, version, by=lena, at=shop.clock.now())

    assert replaying.go_on(shop) == 0
    assert (effect(shop).state, effect(shop).replay.id) == ("fresh", known.replay.id)
    with shop.db.writing() as session, pytest.raises(Refused, match="No replay is running"):
        version = cast.entry_of(session, "pause-plan").newest
        replay.cancel(session, version, by=cast.the(session, cast.LENA), at=shop.clock.now())


def test_a_run_whose_process_died_is_taken_up_by_the_next(shop):
    drafted(shop)
    ask(shop, "Can I pause my plan for a month?")
    started(shop)
    assert replay_lease.claimed(shop) is not None  # and here its process is killed

    at_once = replaying.go_on(shop)
    cast.later(shop, seconds=61)
    after_its_lease = replaying.go_on(shop)

    assert (at_once, after_its_lease) == (0, 1)
    assert (effect(shop).state, effect(shop).gains) == ("fresh", 1)


def test_a_run_that_ends_its_process_three_times_is_given_up_and_says_so(shop):
    drafted(shop)
    started(shop)
    for _ in range(3):
        assert replay_lease.claimed(shop) is not None
        cast.later(shop, seconds=61)

    assert replaying.go_on(shop) == 0
    found = effect(shop)
    assert found.state == "failed"
    assert found.why[0].startswith("It was interrupted three times. Start it again")
    assert replayed(shop).state == "fresh"


def test_a_run_that_fails_says_why_and_can_be_started_again(shop):
    drafted(shop)
    embedder, shop.embedder = shop.embedder, object()
    started(shop)
    replaying.go_on(shop)
    found, shop.embedder = effect(shop), embedder

    assert found.state == "failed"
    assert found.why == (
        "It failed: AttributeError. Start it again; if it fails again, tell an operator.",
    )
    assert replayed(shop).state == "fresh"


# --- honest about being out of date ---


def test_a_changed_text_a_new_question_and_a_changed_library_make_it_stale(shop):
    drafted(shop)
    assert replayed(shop).why == ()

    ask(shop, cast.EXPORT)
    one_more = effect(shop)
    with shop.db.writing() as session:
        entry, amir = cast.entry_of(session, "pause-plan"), cast.the(session, cast.AMIR)
        entry.save(session, cast.a_draft(**PAUSE | {"answer": "No."}), by=amir, at=cast.NOW)
    cast.retire(shop, "cancel-plan")

    assert (one_more.state, one_more.why) == ("stale", ("1 question was asked since.",))
    assert effect(shop).why == (
        "Its text was changed since.",
        "The library changed since.",
        "1 question was asked since.",
    )
    again = replayed(shop)
    assert (again.state, again.why) == ("fresh", ())


def test_stricter_thresholds_and_what_people_judged_make_it_stale(shop):
    drafted(shop)
    replayed(shop)
    cast.confirm(shop, "export-data", times=1)
    with shop.db.writing() as session:
        lena = cast.the(session, cast.LENA)
        launch = cast.launch_of(session)
        launch.set_mode(session, mode=Mode.CLARIFY, wrong_rate=0.01, by=lena, at=cast.NOW)

    why = " ".join(effect(shop).why)

    assert "People judged answers since" in why
    assert "How the launch answers was changed since." in why


# --- breaks, and a lead's word on them ---


def a_break(parts) -> None:
    """Confirm answers of export-data, then draft what takes the very words from it."""
    cast.confirm(parts, "export-data")
    drafted(parts, question=cast.EXPORT, phrasings=["export everything"])


def test_a_confirmed_answer_that_changes_is_a_break_and_blocks(shop):
    a_break(shop)

    found = replayed(shop)

    assert found.breaks == 3
    assert found.blocks
    with shop.db.reading() as session:
        [case, *_] = replay.cases_of(session, found.replay, Category.BREAK)
        assert "Confirmed for export-data." in case.why


def overrule(parts, reason: str, by: str = cast.LENA):
    with parts.db.writing() as session:
        version = cast.entry_of(session, "pause-plan").newest
        at = parts.clock.now()
        return replay.overrule(session, version, reason=reason, by=cast.the(session, by), at=at)


def test_a_lead_overrules_breaks_with_a_reason_for_these_words_only(shop):
    a_break(shop)
    replayed(shop)

    with pytest.raises(NotPermitted):
        overrule(shop, "It is meant.", by=cast.AMIR)
    with pytest.raises(Refused, match="Say why"):
        overrule(shop, "  ")
    overrule(shop, "Exports have moved.")

    assert effect(shop).override.reason == "Exports have moved."
    assert not effect(shop).blocks
    assert not replayed(shop).blocks  # the same breaks of the same words
    cast.confirm(shop, "export-data", times=1)
    assert replayed(shop).blocks  # one more is broken, of which she said nothing


def test_where_nothing_is_broken_there_is_nothing_to_overrule(shop):
    drafted(shop)
    replayed(shop)

    with pytest.raises(Refused, match="Nothing is held back"):
        overrule(shop, "Just in case.")


def test_an_approved_version_is_not_replayed(shop):
    with shop.db.writing() as session, pytest.raises(Refused, match="approved already"):
        version = cast.version_of(session, "export-data")
        replay.start(session, version, by=cast.the(session, cast.LENA), at=cast.NOW)


# --- it changes nothing ---


def test_a_replay_changes_nothing_that_customers_get(shop, mara):
    before = mara.asks("put my subscription on hold")["outcome"]
    drafted(shop)
    shop_stock = stocking.stock_of(shop, 1, at=cast.NOW)

    replayed(shop)

    assert stocking.stock_of(shop, 1, at=cast.NOW) is shop_stock
    assert cast.a_customer(shop).asks("put my subscription on hold")["outcome"] == before
    assert shop.db.connections_in_use() == 0


def test_only_what_is_new_is_embedded(shop):
    ask(shop, "Can I pause my plan for a month?", cast.UNKNOWN)
    drafted(shop)
    replayed(shop)
    watched = Watched(shop.embedder)
    shop.embedder = watched

    replayed(shop)
    again = list(watched.asked)
    cast.a_customer(shop).says("something else about parcels")
    with shop.db.writing() as session:
        session.execute(update(Message).values(decided_at=cast.NOW))
    shop.replayed.clear()  # as after a restart
    replayed(shop)

    assert again == []
    assert watched.asked == ["something else about parcels"]


class Watched:
    """An embedder that says what it was asked for."""

    def __init__(self, embedder) -> None:
        self._embedder, self.asked = embedder, []
        self.name, self.dimensions, self.fits = embedder.name, embedder.dimensions, embedder.fits

    def embed(self, texts):
        self.asked += texts
        return self._embedder.embed(texts)
