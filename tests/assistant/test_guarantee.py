"""What a launch's labels prove, and what happens when too much was wrong."""

from dataclasses import replace

import pytest

from assistant.answering import guarantee, judging
from assistant.answering.account import account_of
from assistant.answering.guarantee import Judged, certificate_of, threshold_of
from assistant.answering.labels import Label
from assistant.answering.sure_enough import thresholds
from assistant.ground.audit import Event
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.parts import Parts
from assistant.launch.launches import Mode
from assistant.worker import jobs
from knowledge.calibration import Recalibration
from knowledge.certainty import T_AUTO_FLOOR
from knowledge.guarantee import Certificate
from tests import cast
from tests.cast import AMIR, EXPORT, LENA, NOW, PRICE, Customer, launch_of, the

PLAIN = Judged(0.97, 0.97, True, 1.0, False, False, Mode.SUGGEST, NOW)
CHECKED = replace(PLAIN, weight=20.0, answered=True, audited=True, mode=Mode.AUTO)


def wrong(one: Judged, at: float) -> Judged:
    return replace(one, right=False, certainty=at, stood_for=at)


def test_below_ninety_nine_labels_the_shipped_threshold_stands() -> None:
    threshold = threshold_of([PLAIN] * 60, 0.01)

    assert (threshold.at, threshold.labels, threshold.missing) == (None, 60, 39)


def test_ninety_nine_labels_of_a_launch_that_suggests_prove_a_threshold() -> None:
    assert threshold_of([PLAIN] * 99, 0.01).at == T_AUTO_FLOOR
    assert threshold_of([PLAIN] * 98 + [wrong(PLAIN, 0.9)], 0.01).at == pytest.approx(0.9)


CLICKED = replace(PLAIN, by_team=False)


def test_what_customers_click_never_lowers_the_shipped_threshold() -> None:
    clicks = threshold_of([CLICKED] * 99, 0.01)
    shipped = thresholds(0.01)

    assert (clicks.at, clicks.labels, clicks.missing) == (0.95, 99, 99)
    assert thresholds(0.01, learnt=clicks.at, only_raises=clicks.only_raises) == shipped


@pytest.mark.parametrize("rate", [0.001, 0.005])
def test_nor_that_of_a_stricter_rate_or_of_a_launch_that_was_too_sure(rate: float) -> None:
    clicks = threshold_of([CLICKED] * 1_000, rate)
    too_sure = Recalibration(slope=0.9, shift=-0.8, labels=300)

    learnt = thresholds(
        rate, learnt=clicks.at, only_raises=clicks.only_raises, calibration=too_sure
    )

    assert clicks.only_raises
    assert learnt == thresholds(rate, calibration=too_sure)


def test_what_customers_click_raises_the_threshold() -> None:
    raised = threshold_of([CLICKED] * 100 + [wrong(CLICKED, 0.98)] * 2, 0.01)

    assert raised.at == pytest.approx(0.98)
    assert thresholds(0.01, learnt=raised.at, only_raises=True).auto == raised.at


def test_the_team_s_labels_lower_it_and_clicks_do_not_lower_it_further() -> None:
    team = [PLAIN] * 98 + [wrong(PLAIN, 0.9)]

    both = threshold_of([*team, *[CLICKED] * 900], 0.01)

    assert (both.at, both.missing, both.only_raises) == (pytest.approx(0.9), 0, False)


def test_a_guard_s_objection_is_no_wrong_answer() -> None:
    stopped = replace(wrong(PLAIN, 0.99), stood_for=0.0)

    assert threshold_of([PLAIN] * 98 + [stopped], 0.01).at == T_AUTO_FLOOR


def test_what_was_learnt_before_it_answered_stands_until_enough_answers_are_checked() -> None:
    learnt = [PLAIN] * 150

    assert threshold_of([*learnt, *[CHECKED] * 10], 0.01).at == T_AUTO_FLOOR
    assert threshold_of([*learnt, wrong(CHECKED, 0.93)], 0.01).at == pytest.approx(0.93)


def test_a_launch_that_always_answered_needs_as_many_as_its_checks_stand_for() -> None:
    assert threshold_of([CHECKED] * 98, 0.01).at is None
    assert threshold_of([CHECKED] * 98, 0.01).missing == 20
    assert threshold_of([CHECKED] * 99, 0.01).at == T_AUTO_FLOOR


def test_the_certificate_counts_checked_answers_and_what_would_have_been_answered() -> None:
    judged = [
        CHECKED,
        wrong(CHECKED, 0.99),
        replace(CHECKED, audited=False),  # known by complaint: no fair sample
        PLAIN,
        wrong(PLAIN, 0.5),  # would have been asked about
        wrong(PLAIN, 0.98),
        replace(PLAIN, mode=Mode.AUTO),  # not answered although it could be: by a guard or state
    ]

    assert certificate_of(judged, 0.95) == Certificate(2, 4)


# In the shop.


def test_a_call_for_a_person_is_no_question_that_was_asked(shop: Parts, mara: Customer) -> None:
    mara.calls("It is about the price.")
    with cast.the_ticket(shop) as (session, ticket):
        judging.nothing_answers(session, ticket.question, by=the(session, AMIR), at=NOW)

    with shop.db.reading() as session:
        assert session.query(Label).one().first == ""
        assert guarantee.judged_of(session, launch_of(session).id) == []


def standing(parts: Parts) -> guarantee.Standing:
    with parts.db.reading() as session:
        launch_id = launch_of(session).id
    return guarantee.standing_of(parts, launch_id)


def mode(parts: Parts) -> tuple[str, Mode]:
    with parts.db.reading() as session:
        return launch_of(session).mode, launch_of(session).acting_mode


def lift(parts: Parts, by: str = LENA) -> None:
    with parts.db.writing() as session:
        launch_of(session).lift(session, by=the(session, by), at=parts.clock.now())


def test_the_standing_is_made_anew_when_a_label_comes_in_and_only_then(shop: Parts) -> None:
    before = standing(shop)
    assert standing(shop) is before

    cast.confirm(shop, "price-differs", times=1)

    assert standing(shop) is not before
    assert standing(shop).threshold.labels == 1


def test_one_wrong_answer_among_few_lets_the_launch_fall_back_at_once(shop: Parts) -> None:
    cast.judge(shop, "price-differs", right=False)

    assert mode(shop) == ("auto", Mode.CLARIFY)
    with shop.db.reading() as session:
        launch = launch_of(session)
        assert launch.fell_back_at == NOW
        assert launch.fell_back_because == (
            "1 of 1 checked answers were wrong: at least 10.0% of all, more than the accepted 1.0%."
        )
        event = session.query(Event).filter_by(kind="launch.fell-back").one()
        assert (event.who, event.details["because"]) == ("assistant", launch.fell_back_because)


def test_from_then_on_customers_are_asked(shop: Parts, mara: Customer) -> None:
    assert mara.asks(EXPORT)["outcome"] == "answer"

    cast.judge(shop, "price-differs", right=False)

    assert cast.a_customer(shop, visitor="jo").asks(EXPORT)["outcome"] == "clarification"


def test_a_wrong_one_among_many_known_answers_changes_nothing(shop: Parts) -> None:
    for _ in range(12):
        cast.judge(shop, "price-differs", right=True)

    cast.judge(shop, "export-data", right=False)

    assert mode(shop) == ("auto", Mode.AUTO)


def test_a_launch_that_does_not_answer_has_nothing_to_fall_back_from(shop: Parts) -> None:
    cast.in_mode(shop, Mode.CLARIFY)

    cast.judge(shop, "price-differs", right=False)

    assert mode(shop) == ("clarify", Mode.CLARIFY)
    with shop.db.reading() as session:
        assert launch_of(session).fell_back_at is None


def test_it_never_lifts_itself_and_a_lead_can_after_looking(shop: Parts) -> None:
    cast.judge(shop, "price-differs", right=False)
    for _ in range(3):
        cast.later(shop, hours=24)
        guarantee.watch(shop)
    assert mode(shop)[1] is Mode.CLARIFY

    with pytest.raises(NotPermitted, match="Only a lead"):
        lift(shop, by=AMIR)
    lift(shop)

    assert mode(shop)[1] is Mode.AUTO
    assert guarantee.watch(shop) == 0, "what was known when the lead looked stops it no more"
    with shop.db.reading() as session:
        event = session.query(Event).filter_by(kind="launch.lifted").one()
        assert event.who == "Lena Ortiz"
    with pytest.raises(Refused, match="answers already"):
        lift(shop)


def test_a_wrong_answer_after_the_look_lets_it_fall_again(shop: Parts) -> None:
    cast.judge(shop, "price-differs", right=False)
    cast.later(shop, hours=1)
    lift(shop)
    cast.later(shop, hours=1)

    cast.judge(shop, "export-data", right=False)

    assert mode(shop)[1] is Mode.CLARIFY


def test_choosing_a_mode_does_not_lift_it(shop: Parts) -> None:
    cast.judge(shop, "price-differs", right=False)

    cast.in_mode(shop, Mode.AUTO)

    assert mode(shop) == ("auto", Mode.CLARIFY)


def test_a_stricter_rate_is_watched_by_the_worker(shop: Parts) -> None:
    for _ in range(12):
        cast.judge(shop, "price-differs", right=True)
    cast.judge(shop, "export-data", right=False)
    assert mode(shop)[1] is Mode.AUTO
    with shop.db.writing() as session:
        launch_of(session).set_mode(
            session, mode=Mode.AUTO, wrong_rate=0.005, by=the(session, LENA), at=NOW
        )

    (job,) = [job for job in jobs(shop) if job.name == "watch the certificates"]

    assert job.run(shop) == 1
    assert job.run(shop) == 0
    assert mode(shop)[1] is Mode.CLARIFY


def test_a_customer_s_complaint_is_no_verdict(shop: Parts, mara: Customer) -> None:
    mara.judges(mara.asks(PRICE)["answer"]["message_id"], helpful=False)

    assert mode(shop)[1] is Mode.AUTO
    with shop.db.reading() as session:
        assert guarantee.judged_of(session, launch_of(session).id) == []


def test_the_account_says_what_is_missing_before_anybody_judged(shop: Parts) -> None:
    with shop.db.reading() as session:
        account = account_of(session, launch_of(session))

    assert (account.threshold.at, account.threshold.missing) == (None, 99)
    assert (account.answers_from, account.certificate) == (0.95, Certificate(0, 0))
    assert (account.asked, account.coverage, account.curve, account.reliability) == (0, 0.0, [], [])
    assert {entry.state for entry in account.entries} == {"new"}


def test_the_account_adds_up(shop: Parts, mara: Customer) -> None:
    cast.confirm(shop, "price-differs")
    cast.judge(shop, "export-data", right=False)
    mara.asks(cast.UNKNOWN)

    with shop.db.reading() as session:
        account = account_of(session, launch_of(session))

    assert (account.asked, account.answered, account.coverage) == (5, 4, 0.8)
    assert account.certificate == Certificate(1, 4)
    assert account.fell_back_because.startswith("1 of 4 checked answers were wrong")
    assert (account.mode, account.acting_mode) == (Mode.AUTO, Mode.CLARIFY)
    assert [(one.key, one.state) for one in account.entries[:3]] == [
        ("export-data", "suspended"),
        ("cancel-plan", "new"),
        ("change-address", "new"),
    ]
    assert account.entries[-1].key == "price-differs"
    assert account.curve[-1].risk == 0.25
