"""From a recorded question to its outcome: once, by the gate, and never into nothing."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from assistant.answering.answer import answer, hand_over_stranded
from assistant.answering.consider import Asked, Thought, consider
from assistant.answering.decisions import Decision
from assistant.answering.settle import settle
from assistant.ground.errors import Refused
from assistant.ground.parts import Parts
from assistant.launch.launches import Mode
from tests import cast
from tests.cast import (
    AMIR,
    BLOCKED,
    EXPORT,
    EXPORT_TEXT,
    LENA,
    NOW,
    OUTSIDE,
    PRICE,
    PRICE_TEXT,
    UNKNOWN,
    UNKNOWN_TOO,
    Customer,
    a_customer,
    a_draft,
    an_entry,
    entry_of,
    later,
    outcome_json,
    the,
    version_of,
)

HANDOFF = "We have no checked answer for this, so a person will answer you here."
ADDED = "Thank you, we have added this to your ticket. A person will answer you here."


def texts(customer: Customer) -> list[tuple[str, str]]:
    return [(said["by"], said["text"]) for said in customer.sees()["messages"]]


def count_tickets(parts: Parts) -> int:
    with parts.db.reading() as session:
        return len(cast.tickets_of(session))


def decision(parts: Parts, message_id: int) -> Decision:
    with parts.db.reading() as session:
        return session.get_one(Decision, message_id)


# The three outcomes.


def test_an_answer_is_the_approved_version_with_its_hash(shop: Parts, mara: Customer) -> None:
    told = mara.asks(PRICE)

    with shop.db.reading() as session:
        version = version_of(session, "price-differs")
    assert told["outcome"] == "answer"
    assert "ticket" not in told
    assert told["answer"]["text"] == PRICE_TEXT
    assert told["answer"]["sha256"] == version.sha256
    assert (told["answer"]["entry"], told["answer"]["version"]) == ("price-differs", 1)
    assert told["answer"]["html"] == (
        "<p>Yes, this is expected.</p>"
        "<p>The new prices apply from your first renewal after 16 November.</p>"
        "<p>You need to do nothing.</p>"
        "<p>You can go on using your plan.</p>"
        "<p>Next update: 23 November 2026, 10:00 CET</p>"
    )
    assert texts(mara) == [("customer", PRICE), ("assistant", PRICE_TEXT)]


def test_what_nobody_approved_becomes_a_ticket_with_a_promise(mara: Customer) -> None:
    told = mara.asks(UNKNOWN)

    assert (told["outcome"], told["text"]) == ("handoff", HANDOFF)
    assert told["ticket"] == {
        "number": "HC-1001",
        "severity": 3,
        "severity_words": "This can wait a little: a person answers",
        "acknowledged_at": "2026-11-17T09:00:00Z",
        "owner": "Amir",
        "taken": False,
        "promises": [
            {"kind": "acknowledge", "due_at": "2026-11-17T09:15:00Z"},
            {"kind": "first_response", "due_at": "2026-11-17T17:00:00Z"},
            {"kind": "resolve", "due_at": "2026-11-22T09:00:00Z"},
        ],
        "others": 0,
    }


def test_what_is_unclear_is_asked_back_with_approved_titles(shop: Parts, mara: Customer) -> None:
    told = mara.asks("price")

    assert (told["outcome"], told["text"]) == ("clarification", "Did you mean one of these?")
    assert told["clarification"]["options"][0] == {
        "entry": "price-differs",
        "title": PRICE,
        "applies_when": "your plan renewed after 16 November",
    }
    assert count_tickets(shop) == 0


@pytest.mark.parametrize("words", [OUTSIDE, f"{PRICE} I bought an espresso machine."])
def test_out_of_scope_gets_the_normal_promises(shop: Parts, mara: Customer, words: str) -> None:
    cast.in_mode(shop, Mode.SUGGEST)  # what resembles an entry is handed over, too
    mara.asks(words)

    with cast.the_ticket(shop) as (_, ticket):
        assert (ticket.policy, ticket.in_scope) == ("normal", False)
        assert ticket.promises[0].due_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("hello", "Hello! What would you like to know? Ask in your own words."),
        ("thanks a lot", "You’re welcome. If anything else comes up, just ask."),
        ("bye", "Goodbye. You can come back to this conversation at any time."),
        ("???", "Could you say a little more, in a sentence? Then we can find the right answer."),
    ],
)
def test_small_talk_gets_a_fixed_line_and_no_ticket(
    shop: Parts, mara: Customer, words: str, line: str
) -> None:
    told = mara.asks(words)

    assert (told["outcome"], told["text"], told.get("clarification")) == (
        "clarification",
        line,
        None,
    )
    assert count_tickets(shop) == 0


# Severity 1.


def test_somebody_who_is_blocked_gets_a_ticket_at_once_and_may_recognise_the_case(
    mara: Customer,
) -> None:
    told = mara.asks(BLOCKED)

    assert (told["outcome"], told["ticket"]["severity"]) == ("handoff", 1)
    urgent = "That sounds urgent, so it goes to a person first, who will answer you here."
    assert told["text"] == urgent
    assert told["ticket"]["promises"][1] == {
        "kind": "first_response",
        "due_at": "2026-11-17T09:15:00Z",
    }
    assert told["clarification"]["options"][0]["entry"] == "link-missing"


def test_a_grave_question_opens_a_ticket_and_the_approved_message_is_sent_too(
    shop: Parts, mara: Customer
) -> None:
    an_entry(shop, key="locked", question=BLOCKED, answer="Use the link.")

    told = mara.asks(BLOCKED)

    assert (told["outcome"], told["answer"]["text"]) == ("answer", "Use the link.")
    assert (told["ticket"]["number"], told["ticket"]["severity"]) == ("HC-1001", 1)


# Several at once, several in a row.


def test_two_questions_in_one_message_get_two_answers(mara: Customer) -> None:
    told = mara.asks(f"{PRICE} {EXPORT}")

    assert told["answer"]["entry"] == "price-differs"
    assert [one["entry"] for one in told["more_answers"]] == ["export-data"]


def test_several_messages_in_a_row_are_taken_together(mara: Customer) -> None:
    cast.confirm(mara.parts, "price-differs")
    mara.asks("My bill")
    later(mara.parts, seconds=20)

    assert mara.asks("so high now")["answer"]["entry"] == "price-differs"


def test_after_a_while_a_message_stands_for_itself(mara: Customer) -> None:
    mara.asks("My bill")
    later(mara.parts, minutes=3)

    assert mara.asks("so high now")["outcome"] == "clarification"


def test_an_open_ticket_takes_further_messages_and_stays_one(shop: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)
    later(shop, minutes=10)

    told = mara.asks(UNKNOWN_TOO)

    assert (told["ticket"]["number"], told["text"]) == ("HC-1001", ADDED)
    assert count_tickets(shop) == 1


def test_worse_news_make_the_open_ticket_worse_and_better_news_do_not_mend_it(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(UNKNOWN)
    assert mara.asks(BLOCKED)["ticket"]["severity"] == 1
    assert mara.asks(UNKNOWN_TOO)["ticket"]["severity"] == 1

    with cast.the_ticket(shop) as (_, ticket):
        assert ticket.severity == 1
        assert ticket.promises[1].due_at == NOW + timedelta(minutes=15)


def test_an_approved_answer_is_given_while_a_ticket_waits(shop: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)

    told = mara.asks(EXPORT)

    assert (told["outcome"], told.get("ticket")) == ("answer", None)


def test_once_a_person_has_replied_the_assistant_keeps_silent(shop: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)
    cast.amir_replies(shop, "Only with money, sorry.")

    later(shop, minutes=1)
    told = mara.asks(PRICE)

    assert (told["outcome"], told["text"], told["ticket"]["number"]) == ("handoff", "", "HC-1001")
    assert texts(mara)[-2:] == [("agent", "Only with money, sorry."), ("customer", PRICE)]
    with cast.the_ticket(shop) as (_, ticket):
        assert ticket.is_waiting_on_us


def test_once_the_ticket_is_resolved_the_assistant_answers_again(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(UNKNOWN)
    cast.amir_replies(shop)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.resolve(session, by=the(session, AMIR), at=NOW)

    assert mara.asks(EXPORT)["outcome"] == "answer"
    assert mara.asks(UNKNOWN)["ticket"]["number"] == "HC-1002"


# "Did you mean", a person, patience.


def test_a_choice_sends_the_approved_message_of_the_title(mara: Customer) -> None:
    asked = mara.asks("price")["clarification"]["message_id"]

    told = mara.chooses(asked, "price-differs")

    assert (told["outcome"], told["answer"]["text"]) == ("answer", PRICE_TEXT)


def test_none_of_these_opens_a_ticket_about_the_question(shop: Parts, mara: Customer) -> None:
    asked = mara.asks("price")["clarification"]["message_id"]
    at = later(shop, hours=1)

    told = mara.chooses(asked, None)

    assert told["outcome"] == "handoff"
    with cast.the_ticket(shop) as (_, ticket):
        assert ticket.subject == "price"
        assert ticket.promises[0].due_at == at + timedelta(minutes=15)


def test_none_of_these_keeps_the_severity_of_the_question(shop: Parts, mara: Customer) -> None:
    asked = mara.asks(BLOCKED)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.reply(session, "I am on it.", by=the(session, AMIR), at=NOW)
        ticket.resolve(session, by=the(session, AMIR), at=NOW)
    later(shop, hours=1)

    told = mara.chooses(asked["clarification"]["message_id"], None)

    assert (told["ticket"]["number"], told["ticket"]["severity"]) == ("HC-1002", 1)


@pytest.mark.parametrize("entry", ["export-dat", "", "none", "PRICE-DIFFERS"])
def test_what_was_not_offered_cannot_be_chosen(mara: Customer, entry: str) -> None:
    asked = mara.asks("price")["clarification"]["message_id"]

    with pytest.raises(Refused, match="not among the choices"):
        mara.chooses(asked, entry)


def test_a_choice_is_made_once(mara: Customer) -> None:
    asked = mara.asks("price")["clarification"]["message_id"]
    mara.chooses(asked, "price-differs")

    with pytest.raises(Refused, match="chosen already"):
        mara.chooses(asked, None)


def test_a_title_withdrawn_after_it_was_offered_is_not_sent(shop: Parts, mara: Customer) -> None:
    asked = mara.asks("price")["clarification"]["message_id"]
    cast.retire(shop, "price-differs")

    told = mara.chooses(asked, "price-differs")

    assert (told["outcome"], told.get("answer")) == ("handoff", None)
    assert told["ticket"]["number"] == "HC-1001"


@pytest.mark.parametrize("how", ["button", "words"])
def test_a_person_comes_on_request(shop: Parts, mara: Customer, how: str) -> None:
    told = mara.calls() if how == "button" else mara.asks("Can I talk to a person please?")

    assert (told["outcome"], told["text"]) == (
        "handoff",
        "Of course. A person will answer you here.",
    )
    assert count_tickets(shop) == 1


def test_a_call_keeps_what_was_asked_before_it(shop: Parts, mara: Customer) -> None:
    mara.asks("The sign-in link takes ages and I have to wait every time, it is slow")
    mara.calls()

    with cast.the_ticket(shop) as (_, ticket):
        assert ticket.subject.startswith("The sign-in link takes ages")


def test_a_call_with_a_note_is_about_the_note(shop: Parts, mara: Customer) -> None:
    mara.asks(PRICE)
    mara.calls("My invoice has the wrong name.")

    with cast.the_ticket(shop) as (_, ticket):
        assert ticket.subject == "My invoice has the wrong name."


def test_after_two_answers_that_did_not_help_a_person_comes(shop: Parts, mara: Customer) -> None:
    for question in (PRICE, EXPORT):
        message = mara.asks(question)["answer"]["message_id"]
        mara.judges(message, helpful=False)

    told = mara.asks("How do I cancel my plan?")

    assert told["outcome"] == "handoff"
    assert decision(shop, told["message_id"]).reason == "Two tries did not help."


# The mode of the launch.


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [(Mode.AUTO, "answer"), (Mode.CLARIFY, "clarification"), (Mode.SUGGEST, "handoff")],
)
def test_the_mode_decides_how_far_the_assistant_goes(
    shop: Parts, mara: Customer, mode: Mode, outcome: str
) -> None:
    cast.in_mode(shop, mode)

    told = mara.asks(PRICE)

    assert told["outcome"] == outcome
    assert decision(shop, told["message_id"]).candidates[0]["entry"] == "price-differs"


# The gate has the last word.


def thought_of(parts: Parts, words: str) -> Thought:
    asked = Asked(words, 1, Mode.AUTO, 0.01, "everyone")
    return consider(parts, asked, at=parts.clock.now())


def test_what_is_withdrawn_while_somebody_thinks_is_not_sent_and_a_person_answers(
    shop: Parts, mara: Customer
) -> None:
    message, thought = mara.says(EXPORT), thought_of(shop, EXPORT)
    cast.retire(shop, "export-data")

    settle(shop, message, thought)

    told = outcome_json(shop, message)
    assert (told["outcome"], told["text"], told.get("answer")) == ("handoff", HANDOFF, None)
    assert decision(shop, message).reason == "The message was withdrawn before it could be sent."
    assert EXPORT_TEXT not in str(mara.sees())


def test_what_expires_while_somebody_thinks_is_not_sent(shop: Parts, mara: Customer) -> None:
    an_entry(shop, question=UNKNOWN, valid_until=NOW + timedelta(seconds=2))
    message, thought = mara.says(UNKNOWN), thought_of(shop, UNKNOWN)
    assert thought.outcome == "answer"
    later(shop, seconds=2)

    settle(shop, message, thought)

    assert outcome_json(shop, message)["outcome"] == "handoff"


def test_what_is_superseded_while_somebody_thinks_is_not_sent(shop: Parts, mara: Customer) -> None:
    message, thought = mara.says(EXPORT), thought_of(shop, EXPORT)
    with shop.db.writing() as session:
        entry, amir = entry_of(session, "export-data"), the(session, AMIR)
        entry.save(session, a_draft(question=EXPORT, answer="Ask us."), by=amir, at=NOW)
        entry.submit(session, by=amir, at=NOW)
        entry.approve(session, by=the(session, LENA), at=NOW)

    settle(shop, message, thought)

    assert outcome_json(shop, message)["outcome"] == "handoff"


def test_of_two_answers_none_is_sent_when_one_was_withdrawn(shop: Parts, mara: Customer) -> None:
    both = f"{PRICE} {EXPORT}"
    message, thought = mara.says(both), thought_of(shop, both)
    cast.retire(shop, "export-data")

    settle(shop, message, thought)

    assert outcome_json(shop, message)["outcome"] == "handoff"
    assert PRICE_TEXT not in str(mara.sees())


def test_titles_that_were_all_withdrawn_are_not_offered(shop: Parts, mara: Customer) -> None:
    message, thought = mara.says("price"), thought_of(shop, "price")
    for key in ("price-differs", "change-address", "cancel-plan", "export-data", "link-missing"):
        cast.retire(shop, key)

    settle(shop, message, thought)

    told = outcome_json(shop, message)
    assert (told["outcome"], told.get("clarification")) == ("handoff", None)


def test_text_for_members_is_not_sent_to_others(shop: Parts) -> None:
    an_entry(shop, key="lounge", question="Is there a lounge?", audience="members")

    assert a_customer(shop, audience="members").asks("Is there a lounge?")["outcome"] == "answer"
    other = a_customer(shop)
    assert other.asks("Is there a lounge?")["outcome"] != "answer"
    assert "Yes, in Billing." not in str(other.sees())


# Once.


def test_settling_twice_changes_nothing(shop: Parts, mara: Customer) -> None:
    message, thought = mara.says(UNKNOWN), thought_of(shop, UNKNOWN)
    settle(shop, message, thought)
    before = mara.sees(), outcome_json(shop, message)

    settle(shop, message, thought_of(shop, PRICE))
    answer(shop, message)

    assert (mara.sees(), outcome_json(shop, message)) == before
    assert count_tickets(shop) == 1


def test_the_same_question_decided_by_many_at_once_is_decided_once(
    shop: Parts, mara: Customer
) -> None:
    message = mara.says(UNKNOWN)
    threads = [threading.Thread(target=answer, args=(shop, message)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with shop.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 1
    assert [by for by, _ in texts(mara)] == ["customer", "system"]
    assert count_tickets(shop) == 1


def test_a_repeated_key_gives_the_same_outcome_whatever_happened_since(
    shop: Parts, mara: Customer
) -> None:
    answer_ = mara.asks(PRICE, key="first-key")
    asked = mara.asks("price", key="second-key")
    ticket = mara.asks(UNKNOWN, key="third-key")
    mara.judges(answer_["answer"]["message_id"], helpful=False)
    mara.chooses(asked["clarification"]["message_id"], "price-differs")
    a_customer(shop, visitor="tom").asks(UNKNOWN)
    cast.amir_replies(shop)
    cast.retire(shop, "price-differs")

    assert mara.asks(PRICE, key="first-key") == answer_
    assert mara.asks("price", key="second-key") == asked
    assert mara.asks(UNKNOWN, key="third-key") == ticket


# Nothing is lost.


def test_a_stranded_question_goes_to_a_person_exactly_once(shop: Parts, mara: Customer) -> None:
    message = mara.says(PRICE)

    handed = []
    for wait in (19, 2, 60):
        later(shop, seconds=wait)
        handed.append(hand_over_stranded(shop))

    assert handed == [0, 1, 0]
    assert outcome_json(shop, message)["outcome"] == "handoff"
    assert decision(shop, message).reason == "The assistant could not decide it in time."
    with cast.the_ticket(shop) as (_, ticket):
        assert ticket.promises[0].made_at == NOW  # the clock runs since it was asked
    assert count_tickets(shop) == 1


def test_an_answer_that_comes_after_the_sweep_is_not_sent(shop: Parts, mara: Customer) -> None:
    message, thought = mara.says(EXPORT), thought_of(shop, EXPORT)
    later(shop, minutes=1)
    hand_over_stranded(shop)

    settle(shop, message, thought)

    assert [by for by, _ in texts(mara)] == ["customer", "system"]


def test_repeating_the_key_of_a_stranded_question_decides_it(shop: Parts, mara: Customer) -> None:
    mara.keys = iter(["the-only-key"])
    mara.says(PRICE)

    assert mara.asks(PRICE, key="the-only-key")["outcome"] == "answer"


class Exploding:
    """An embedder with a bug."""

    name, dimensions = "exploding", 384

    def fits(self, text: str) -> bool:
        return True

    def embed(self, texts: object) -> object:
        raise ZeroDivisionError


def test_whatever_breaks_while_thinking_the_customer_gets_a_person(
    shop: Parts, mara: Customer
) -> None:
    shop.embedder = Exploding()  # type: ignore[assignment]

    told = mara.asks(PRICE)

    assert (told["outcome"], told["ticket"]["number"]) == ("handoff", "HC-1001")
    assert decision(shop, told["message_id"]).reason == "The assistant failed on this question."


# What is written down.


def test_a_decision_can_be_explained_later(shop: Parts, mara: Customer) -> None:
    told = mara.asks(PRICE)

    kept = decision(shop, told["message_id"])
    assert (kept.outcome, kept.mode, kept.via, kept.certainty) == ("answer", "auto", "exact", 1.0)
    assert kept.reason == "In the very words of an approved phrasing."
    assert (kept.severity, kept.severity_reason) == (3, "Nothing says that anything is blocked.")
    assert kept.candidates[0]["entry"] == "price-differs"
    assert kept.considered["parts"][0]["question"] == PRICE
    assert kept.considered["parts"][0]["answers_from"] == 0.95


def test_the_ticket_belongs_to_the_scenario_that_it_sounds_like(
    shop: Parts, mara: Customer
) -> None:
    cast.in_mode(shop, Mode.SUGGEST)
    told = mara.asks("Where is the e-mail with my sign-in link?")

    assert told["ticket"]["severity"] == 2
    with cast.the_ticket(shop) as (_, ticket):
        assert ticket.scenario is not None
        assert ticket.scenario.key == "sign-in-link"
        assert ticket.severity_reason == "It sounds like “I cannot get in the way I did”."


def test_a_choice_after_the_lead_let_people_answer_goes_to_a_person(
    shop: Parts, mara: Customer
) -> None:
    cast.in_mode(shop, Mode.CLARIFY)
    asked = mara.asks(cast.PRICE)["clarification"]
    cast.in_mode(shop, Mode.SUGGEST)

    outcome = mara.chooses(asked["message_id"], "price-differs")

    assert outcome["outcome"] == "handoff"
    assert "answer" not in outcome


@pytest.mark.parametrize(
    ("mode", "outcome"), [(Mode.SUGGEST, "handoff"), (Mode.CLARIFY, "clarification")]
)
def test_a_stricter_mode_that_came_while_somebody_thought_holds_the_answer_back(
    shop: Parts, mara: Customer, mode: Mode, outcome: str
) -> None:
    message, thought = mara.says(EXPORT), thought_of(shop, EXPORT)
    assert thought.outcome == "answer"
    cast.in_mode(shop, mode)

    settle(shop, message, thought)

    assert outcome_json(shop, message)["outcome"] == outcome
    assert EXPORT_TEXT not in str(mara.sees())


def test_of_several_unclear_questions_one_is_asked_back_and_a_person_gets_them_all(
    shop: Parts, mara: Customer
) -> None:
    told = mara.asks("Is the charge in December right? Can you send the parcel elsewhere?")

    assert told["outcome"] == "handoff"
    assert told["clarification"]["options"]
    assert told["ticket"]["number"]


def test_who_writes_on_past_two_did_you_means_gets_a_person(shop: Parts, mara: Customer) -> None:
    for _ in range(2):
        assert mara.asks("something about the price change")["outcome"] == "clarification"
        later(shop, minutes=5)

    assert mara.asks("no, the price change I mean")["outcome"] == "handoff"
