"""A merge is replayed as what it does: the other entry ends when it is approved."""

import pytest

from assistant.answering import replay
from assistant.answering.replay_effect import Category, Confirmed, Got, got_of_one, said_of_one
from assistant.library import reshaping
from tests import cast
from tests.assistant.test_replay import PAUSE, approve, ask, replayed

HOLD = {
    "question": "How do I put my subscription on hold?",
    "phrasings": ["hold my plan while I am away", "freeze my account over the summer"],
    "answer": "Open Billing and choose Hold.",
}


@pytest.fixture
def two_of_a_kind(shop):
    for key, said in (("pause-plan", PAUSE), ("hold-plan", HOLD)):
        cast.an_entry(shop, key=key, approved_by=None, **said)
        approve(shop, key)
    return shop


def merged(parts, source: str, into: str):
    with parts.db.writing() as session:
        amir, at = cast.the(session, cast.AMIR), parts.clock.now()
        entries = (cast.entry_of(session, source), cast.entry_of(session, into))
        reshaping.merge(session, *entries, by=amir, at=at)


def test_what_the_entry_that_ends_answered_is_answered_by_the_one_that_takes_it_in(two_of_a_kind):
    ask(two_of_a_kind, *HOLD["phrasings"], *PAUSE["phrasings"])
    merged(two_of_a_kind, "hold-plan", "pause-plan")

    found = replayed(two_of_a_kind)

    assert (found.state, found.same, found.lost, found.steals, found.breaks) == (
        "fresh",
        5,
        0,
        0,
        0,
    )
    assert found.after.answered == 5


def test_what_nobody_would_answer_any_more_is_shown_as_lost_before_it_is_approved(two_of_a_kind):
    ask(two_of_a_kind, *HOLD["phrasings"])
    merged(two_of_a_kind, "hold-plan", "pause-plan")
    with two_of_a_kind.db.writing() as session:  # a lead takes a way out again
        version = cast.entry_of(session, "pause-plan").newest
        version.phrasings = [way for way in version.phrasings if way != HOLD["phrasings"][1]]

    found = replayed(two_of_a_kind)

    with two_of_a_kind.db.reading() as session:
        run = replay.newest_of(session, cast.entry_of(session, "pause-plan").newest)
        lost = replay.cases_of(session, run, Category.LOST)
        assert [case.message.text for case in lost] == [HOLD["phrasings"][1]]
        assert lost[0].before["entries"][0]["key"] == "hold-plan"
    assert (found.lost, found.same) == (1, 1)


@pytest.mark.parametrize(
    ("right", "wrong", "as_one"),
    [
        ({"hold"}, set(), ({"pause"}, set())),
        ({"hold", "pause"}, set(), ({"pause"}, set())),
        (set(), {"hold"}, (set(), {"pause"})),
        ({"pause"}, {"hold"}, ({"pause"}, set())),
        ({"other"}, {"another"}, ({"other"}, {"another"})),
    ],
)
def test_a_word_about_the_entry_that_ends_is_one_about_the_entry_that_stays(right, wrong, as_one):
    said = said_of_one(Confirmed(frozenset(right), frozenset(wrong)), "hold", "pause")

    assert (said.right, said.wrong) == as_one


def test_what_was_offered_of_both_counts_once():
    assert got_of_one(Got("clarification", ("hold", "other", "pause")), "hold", "pause").given == (
        "pause",
        "other",
    )
