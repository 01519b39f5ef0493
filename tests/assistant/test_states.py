"""How far an entry is trusted: new, live, suspended, from what people said."""

from datetime import datetime
from typing import Any

import pytest

from assistant.answering.consider import Asked, consider
from assistant.answering.decide import (
    NEW,
    SUSPENDED,
    Answer,
    Clarification,
    Decided,
    Handoff,
    Known,
    Thresholds,
    decide,
)
from assistant.answering.select import Chosen, NoneOfThem
from assistant.answering.states import State, Trust, trust_of_each
from assistant.answering.triage import triage
from assistant.ground.audit import Event
from assistant.ground.errors import NotPermitted
from assistant.ground.parts import Parts
from assistant.launch.launches import Mode
from knowledge.entries import Finding, Match
from tests import cast
from tests.cast import AMIR, LENA, NOW, PRICE, a_draft, entry_of, launch_of, the

KEY = "price-differs"
LOOSE = "My bill so high now"  # sure enough to be answered, not in the words of a phrasing


def trust(parts: Parts, key: str = KEY) -> Trust:
    with parts.db.reading() as session:
        return trust_of_each(session, launch_of(session).id)[key]


def outcome(parts: Parts, words: str) -> tuple[str, str]:
    with parts.db.reading() as session:
        launch_id = launch_of(session).id
    asked = Asked(words, launch_id, Mode.AUTO, 0.01, "everyone")
    thought = consider(parts, asked, at=parts.clock.now())
    return thought.outcome, thought.decided.reason


def look_at(parts: Parts, *, by: str = LENA, key: str = KEY) -> None:
    with parts.db.writing() as session:
        entry_of(session, key).look_at(session, by=the(session, by), at=parts.clock.now())


@pytest.mark.parametrize(
    ("confirmed", "disputed_at", "state"),
    [
        (0, None, State.NEW),
        (2, None, State.NEW),
        (3, None, State.LIVE),
        (99, NOW, State.SUSPENDED),
        (0, NOW, State.SUSPENDED),
    ],
)
def test_the_state_follows_from_what_was_said(
    confirmed: int, disputed_at: datetime | None, state: State
) -> None:
    assert Trust(confirmed, disputed_at).state is state


def test_an_entry_answers_by_likeness_from_its_third_confirmation_on(shop: Parts) -> None:
    assert outcome(shop, LOOSE) == ("clarification", NEW)
    cast.confirm(shop, KEY, times=2)
    assert (trust(shop).confirmed, outcome(shop, LOOSE)) == (2, ("clarification", NEW))

    cast.confirm(shop, KEY, times=1)

    assert trust(shop).state is State.LIVE
    assert outcome(shop, LOOSE)[0] == "answer"


def test_a_new_entry_answers_in_the_very_words_of_its_phrasing(shop: Parts) -> None:
    assert outcome(shop, PRICE)[0] == "answer"


def test_one_verdict_that_it_is_wrong_suspends_it_also_in_its_own_words(shop: Parts) -> None:
    cast.confirm(shop, KEY)
    cast.judge(shop, KEY, right=False)

    assert trust(shop) == Trust(3, NOW)
    assert outcome(shop, PRICE) == ("clarification", SUSPENDED)
    assert outcome(shop, LOOSE) == ("clarification", SUSPENDED)


def test_a_lead_who_looked_lets_it_answer_again_and_that_is_kept(shop: Parts) -> None:
    cast.confirm(shop, KEY)
    cast.judge(shop, KEY, right=False)
    cast.later(shop, minutes=5)

    look_at(shop)

    assert trust(shop).state is State.LIVE
    assert outcome(shop, LOOSE)[0] == "answer"
    with shop.db.reading() as session:
        event = session.query(Event).filter_by(kind="entry.looked-at").one()
        assert (event.who, event.details["key"]) == ("Lena Ortiz", KEY)


def test_what_is_said_after_the_look_suspends_it_again(shop: Parts) -> None:
    cast.judge(shop, KEY, right=False)
    cast.later(shop, minutes=5)
    look_at(shop)
    cast.later(shop, minutes=5)

    cast.judge(shop, KEY, right=False)

    assert trust(shop).state is State.SUSPENDED


def test_only_a_lead_can_say_that_they_looked(shop: Parts) -> None:
    cast.judge(shop, KEY, right=False)

    with pytest.raises(NotPermitted, match="Only a lead"):
        look_at(shop, by=AMIR)
    assert trust(shop).state is State.SUSPENDED


def test_crowds_of_customers_never_promote_an_entry(shop: Parts) -> None:
    cast.in_mode(shop, Mode.CLARIFY)
    for number in range(6):
        customer = cast.a_customer(shop, visitor=f"crowd-{number}")
        asked = customer.asks(PRICE)["clarification"]
        answer = customer.chooses(asked["message_id"], KEY)["answer"]
        customer.judges(answer["message_id"], helpful=True)

    assert trust(shop) == Trust(0, None)


def test_a_new_wording_of_the_answer_keeps_what_was_confirmed(shop: Parts) -> None:
    cast.confirm(shop, "export-data")

    again(shop, "export-data", question="How do I export my data?", answer="Open Account.")

    assert trust(shop, "export-data").confirmed == 3


def test_another_question_under_the_same_key_starts_as_new(shop: Parts) -> None:
    cast.confirm(shop, "export-data")

    again(shop, "export-data", question="How do I delete my data?", answer="Open Account.")

    assert trust(shop, "export-data").state is State.NEW


def test_a_retired_entry_is_not_trusted_at_all(shop: Parts) -> None:
    cast.retire(shop, KEY)

    with shop.db.reading() as session:
        assert KEY not in trust_of_each(session, launch_of(session).id)


def again(parts: Parts, key: str, **said: str) -> None:
    """Let Amir write a new version and Lena approve it."""
    with parts.db.writing() as session:
        entry, at = entry_of(session, key), parts.clock.now()
        entry.save(session, a_draft(**said), by=the(session, AMIR), at=at)
        entry.submit(session, by=the(session, AMIR), at=at)
        entry.approve(session, by=the(session, LENA), at=at)


# What the states mean for a decision.


def decided(state: State, **facts: Any) -> Decided:
    """Decide a question whose first match is in this state; sure enough unless told otherwise."""
    exact = facts.pop("exact", False)
    matches = tuple(Match(key, 1.0, "", 0.8, {}) for key in ("price", "refund"))
    finding = Finding("why is my price higher", matches, 0.97, 0.97, exact, "exact")
    return decide(
        Known(
            finding=finding,
            triage=triage("why is my price higher"),
            thresholds=Thresholds(auto=0.95, ask=0.30),
            mode=Mode.AUTO,
            states={"price": state},
            **facts,
        )
    )


CHOSEN = Chosen("price", None, None)


@pytest.mark.parametrize(
    ("state", "facts", "kind", "because"),
    [
        (State.LIVE, {}, Answer, "Sure enough"),
        (State.NEW, {}, Clarification, NEW),
        (State.SUSPENDED, {}, Clarification, SUSPENDED),
        (State.NEW, {"exact": True}, Answer, "In the very words"),
        (State.SUSPENDED, {"exact": True}, Clarification, SUSPENDED),
        (State.NEW, {"verdict": CHOSEN}, Answer, "The model chose it"),
        (State.SUSPENDED, {"verdict": CHOSEN}, Clarification, SUSPENDED),
        (State.SUSPENDED, {"verdict": NoneOfThem(None, None)}, Handoff, "The model read"),
    ],
)
def test_how_far_an_entry_is_trusted_decides_how_far_the_assistant_goes(
    state: State, facts: dict[str, Any], kind: type, because: str
) -> None:
    outcome = decided(state, **facts)

    assert isinstance(outcome, kind)
    assert outcome.reason.startswith(because)
    if isinstance(outcome, Clarification):
        assert outcome.entries == ("price", "refund")


def test_what_is_not_spoken_of_is_live_to_a_rehearsal_and_new_to_a_customer(shop: Parts) -> None:
    with shop.db.reading() as session:
        launch_id = launch_of(session).id
    asked = Asked(LOOSE, launch_id, Mode.AUTO, 0.01, "everyone", as_live=True)

    assert consider(shop, asked, at=NOW).outcome == "answer"
    assert outcome(shop, LOOSE)[0] == "clarification"
