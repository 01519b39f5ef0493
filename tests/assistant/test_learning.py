"""Learning through the product's own doors: what an agent says makes the next question easier."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering import judging, learning, suggesting
from assistant.answering.calibrations import LaunchCalibration, calibration_of
from assistant.answering.decisions import Decision
from assistant.answering.guarantee import standing_of
from assistant.answering.sure_enough import thresholds
from assistant.desk import conversations
from assistant.desk.messages import Message
from assistant.desk.tickets import SuggestionVerdict
from assistant.ground.audit import Event
from assistant.ground.parts import Parts
from assistant.library.lessons import Lesson
from assistant.worker import jobs
from knowledge.calibration import AS_SHIPPED, Recalibration, answering_from
from tests import cast
from tests.cast import AMIR, EXPORT, UNKNOWN, Customer, later, the

ASKED = "Is there a way to take all the records of what I bought with me?"
IN_GERMAN = "Wie kann ich alle meine Bestellungen aus dem Konto mitnehmen?"
OFFERED_IN_GERMAN = "Öffnen Sie die Einstellungen und wählen Sie dort Export."
REWORDED = "Is there some way to take the records of everything I bought with me?"


def amir_sends(parts: Parts, entry: str) -> None:
    """Let Amir send the approved version of an entry on the newest ticket, as it is."""
    with cast.the_ticket(parts) as (session, ticket):
        version = cast.version_of(session, entry)
        suggesting.send_suggestion(
            session, ticket, entry, version.number, by=the(session, AMIR), at=parts.clock.now()
        )


def amir_rejects(
    parts: Parts, entry: str, verdict: SuggestionVerdict = SuggestionVerdict.WRONG
) -> None:
    with cast.the_ticket(parts) as (session, ticket):
        version = cast.version_of(session, entry)
        suggesting.judge(
            session,
            ticket,
            verdict,
            entry,
            version.number,
            by=the(session, AMIR),
            at=parts.clock.now(),
        )


def learnt(parts: Parts) -> set[tuple[str, bool]]:
    with parts.db.reading() as session:
        live = select(Lesson).where(Lesson.taken_back_at.is_(None))
        return {(lesson.entry.key, lesson.answers) for lesson in session.scalars(live)}


def certainty_of(parts: Parts, words: str) -> tuple[str, str, float]:
    """Ask as somebody new; return the outcome, what was found first, and how certain that is."""
    asked = cast.a_customer(parts, visitor=f"visitor {words[:20]} {parts.clock.now()}").asks(words)
    with parts.db.reading() as session:
        newest = session.scalars(select(Decision).order_by(Decision.message_id.desc())).first()
        assert newest is not None
        return asked["outcome"], newest.candidates[0]["entry"], newest.certainty


def test_what_an_agent_sent_is_answered_the_next_time_and_better_known_in_other_words(
    shop: Parts, mara: Customer
) -> None:
    before = certainty_of(shop, REWORDED)
    assert mara.asks(ASKED)["outcome"] != "answer"
    mara.calls()
    amir_sends(shop, "export-data")
    later(shop, seconds=1)

    again, reworded = certainty_of(shop, ASKED), certainty_of(shop, REWORDED)

    assert again == ("answer", "export-data", 1.0)
    assert reworded[1] == "export-data"
    assert reworded[2] > before[2] + 0.3


def test_a_wrong_match_is_not_answered_with_it_again(shop: Parts, mara: Customer) -> None:
    words = "download all my orders"  # in approved words, and yet it was not meant
    mara.asks(words)
    mara.calls()
    amir_rejects(shop, "export-data")
    later(shop, seconds=1)

    outcome, _, certainty = certainty_of(shop, words)

    assert outcome != "answer"
    assert certainty <= 0.30
    assert learnt(shop) == {("export-data", False)}


def test_sending_another_than_was_found_first_says_so_of_both(shop: Parts, mara: Customer) -> None:
    mara.asks(ASKED)
    mara.calls()
    first = certainty_of(shop, ASKED)[1]
    other = "cancel-plan" if first != "cancel-plan" else "export-data"

    with cast.the_ticket(shop, _first_ticket(shop)) as (session, ticket):
        version = cast.version_of(session, other)
        suggesting.send_suggestion(
            session, ticket, other, version.number, by=the(session, AMIR), at=shop.clock.now()
        )

    assert learnt(shop) == {(first, False), (other, True)}


def _first_ticket(parts: Parts) -> str:
    with parts.db.reading() as session:
        return cast.tickets_of(session)[0].number


def test_no_answer_exists_speaks_against_what_was_found_first_only(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(ASKED)
    mara.calls()
    amir_rejects(shop, "export-data", SuggestionVerdict.NO_ANSWER)

    assert learnt(shop) == {("export-data", False)}


def test_an_agent_who_changes_their_mind_leaves_one_lesson(shop: Parts, mara: Customer) -> None:
    mara.asks(ASKED)
    mara.calls()
    amir_rejects(shop, "export-data")
    amir_sends(shop, "export-data")

    assert learnt(shop) == {("export-data", True)}


def test_customers_teach_nothing_however_many_click(shop: Parts) -> None:
    for number in range(20):
        customer = cast.a_customer(shop, visitor=f"crowd {number}")
        asked = customer.asks(ASKED)
        if asked["outcome"] == "clarification":
            customer.chooses(asked["clarification"]["message_id"], "export-data")
        answered = customer.asks(EXPORT)
        customer.judges(answered["answer"]["message_id"], helpful=True)

    assert learnt(shop) == set()


@pytest.mark.parametrize(
    "before",
    [
        [UNKNOWN],  # what is said later leans on it
        ["How do I change my delivery address?"],
    ],
)
def test_what_does_not_stand_alone_teaches_nothing(
    shop: Parts, mara: Customer, before: list[str]
) -> None:
    for words in before:
        mara.asks(words)
    mara.asks(ASKED)
    mara.calls()
    amir_sends(shop, "export-data")

    assert learnt(shop) == set()


def test_several_questions_in_one_message_teach_nothing(shop: Parts, mara: Customer) -> None:
    mara.asks(f"{ASKED} And how do I cancel my plan?")
    mara.calls()
    amir_sends(shop, "export-data")

    assert learnt(shop) == set()


def test_a_question_in_another_language_than_the_text_is_not_taught_and_not_answered_next_time(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(IN_GERMAN)
    amir_sends(shop, "export-data")
    later(shop, seconds=1)

    again = cast.a_customer(shop, visitor="somebody else").asks(IN_GERMAN)

    assert ("export-data", True) not in learnt(shop)
    assert again["outcome"] == "handoff"


def test_a_question_in_the_language_of_the_text_is_taught_whatever_the_other_texts_are_in(
    shop: Parts, mara: Customer
) -> None:
    cast.an_entry(shop, key="daten", question="Wo sind meine Daten?", answer=OFFERED_IN_GERMAN)
    cast.confirm(shop, "daten")
    mara.asks(IN_GERMAN)
    mara.calls()
    amir_sends(shop, "daten")

    assert ("daten", True) in learnt(shop)


def test_where_the_launch_answers_a_language_with_its_texts_questions_in_it_are_taught(
    shop: Parts, mara: Customer
) -> None:
    with shop.db.writing() as session:
        cast.launch_of(session).languages = ["en", "de"]
    mara.asks(IN_GERMAN)
    mara.calls()
    amir_sends(shop, "export-data")

    assert ("export-data", True) in learnt(shop)


# Every night.


def labelled(parts: Parts, right: int, wrong: int, certainty: float) -> None:
    """Let Amir have judged so many questions that were found with this certainty."""
    with parts.db.writing() as session:
        version, amir = cast.version_of(session, "export-data"), the(session, AMIR)
        for number in range(right + wrong):
            message = _decided(session, parts, number, certainty)
            if number < right:
                judging.sent(session, message, version, by=amir, at=parts.clock.now())
            else:
                judging.did_not_match(session, message, version, by=amir, at=parts.clock.now())


def _decided(session: Session, parts: Parts, number: int, certainty: float) -> Message:
    launch = cast.launch_of(session)
    at = parts.clock.now()
    conversation, _ = conversations.begin(session, launch, at=at, visitor=f"v{number}")
    message = conversation.ask(session, f"a question {number}", key=f"labelled-{number}", at=at)
    session.flush()
    message.decided_at = at
    session.add(
        Decision(
            message_id=message.id,
            launch_id=launch.id,
            at=at,
            outcome="handoff",
            reason="",
            certainty=certainty,
            severity=3,
            severity_reason="",
            mode="suggest",
            via="exact",
            candidates=[{"entry": "export-data", "version_id": None, "score": 1.0}],
            considered={"parts": [{"certainty": certainty}]},
        )
    )
    session.flush()
    return message


def calibrations(parts: Parts) -> list[LaunchCalibration]:
    with parts.db.reading() as session:
        return list(session.scalars(select(LaunchCalibration)))


def test_every_night_labels_correct_what_certainty_is_worth_with_where_from(shop: Parts) -> None:
    labelled(shop, right=40, wrong=20, certainty=0.96)
    assert learning.recalibrate(shop) == 1

    (kept,) = calibrations(shop)
    with shop.db.reading() as session:
        launch_id = cast.launch_of(session).id
        newest = calibration_of(session, launch_id)
        event = session.scalars(select(Event).where(Event.kind == "launch.calibrated")).one()
    assert newest is not None
    assert (kept.labels, kept.wrong, kept.at) == (60, 20, shop.clock.now())
    assert newest.recalibration == standing_of(shop, launch_id).calibration
    assert newest.recalibration.of(0.96) < 0.9
    assert (event.actor, event.details["labels"], event.details["wrong"]) == ("assistant", 60, 20)


def test_the_same_labels_the_next_night_change_nothing(shop: Parts) -> None:
    labelled(shop, right=40, wrong=20, certainty=0.96)
    learning.recalibrate(shop)

    assert learning.recalibrate(shop) == 0
    assert len(calibrations(shop)) == 1


def test_too_few_labels_leave_it_as_shipped(shop: Parts) -> None:
    labelled(shop, right=29, wrong=20, certainty=0.96)

    assert learning.recalibrate(shop) == 0
    assert calibrations(shop) == []


def test_it_is_one_of_the_nightly_jobs(shop: Parts) -> None:
    nightly = {job.name for job in jobs(shop) if job.every.days == 1}

    assert {"recalibrate", "prove the index"} <= nightly


TOO_SURE = Recalibration(slope=0.9, shift=-0.8, labels=300)
TOO_MODEST = Recalibration(slope=1.0, shift=1.5, labels=300)


@pytest.mark.parametrize(
    ("rate", "learnt_from_labels", "found", "auto"),
    [
        (0.01, None, AS_SHIPPED, 0.95),
        (0.01, None, TOO_SURE, 0.985),
        (0.01, None, TOO_MODEST, 0.9),  # never what two words may reach
        (0.001, None, TOO_MODEST, 0.978),
        (0.01, 0.80, AS_SHIPPED, 0.80),
        (0.01, 0.80, TOO_SURE, 0.919),  # the floor means what the certainty is worth here
        (0.01, 0.97, TOO_SURE, 0.97),
        (0.01, 0.80, TOO_MODEST, 0.80),
    ],
)
def test_the_threshold_means_the_certainty_as_it_turned_out(
    rate: float, learnt_from_labels: float | None, found: Recalibration, auto: float
) -> None:
    threshold = thresholds(rate, learnt=learnt_from_labels, calibration=found)

    assert threshold.auto == pytest.approx(auto, abs=1e-3)
    assert threshold.ask == 0.30


def test_two_words_are_asked_about_whatever_was_learnt() -> None:
    assert answering_from(TOO_MODEST, 0.95) > 0.90
