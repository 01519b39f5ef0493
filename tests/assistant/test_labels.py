"""Labels: what people do with answers, titles and suggestions, kept as facts."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from assistant.answering import judging, suggesting
from assistant.answering.consider import Asked, consider
from assistant.answering.decisions import Decision
from assistant.answering.explaining import of_decision
from assistant.answering.guarantee import judged_of
from assistant.answering.labels import Label, Source
from assistant.answering.states import State, trust_of_each
from assistant.answering.trusts import trusts_of
from assistant.desk.messages import Message
from assistant.desk.tickets import SuggestionVerdict
from assistant.ground.errors import NotFound
from assistant.ground.llm import Budget, Endpoint, Model
from assistant.ground.parts import Parts
from assistant.launch.launches import Mode
from assistant.library import lessons
from tests import cast, model_behaviours
from tests.cast import AMIR, EXPORT, LENA, PRICE, UNKNOWN, Customer, the, the_ticket
from tests.model_server import ModelServer

NEAR = "why is the renewal so much more expensive now"  # near price-differs, in other words


def labels_in(parts: Parts) -> list[Label]:
    with parts.db.reading() as session:
        return list(session.scalars(select(Label).order_by(Label.id)))


def said(parts: Parts) -> list[tuple[str, str, bool | None, bool | None]]:
    """Return source, entry, whether it is right, and whether the first candidate is."""
    return [(each.source, each.entry, each.right, each.of_first) for each in labels_in(parts)]


def sends(parts: Parts, entry: str, *, by: str = AMIR) -> None:
    """Let somebody send an approved version as it is."""
    with the_ticket(parts) as (session, ticket):
        suggesting.send_suggestion(
            session, ticket, entry, 1, by=the(session, by), at=parts.clock.now()
        )


def judges(parts: Parts, verdict: SuggestionVerdict, entry: str, *, by: str = AMIR) -> None:
    """Let somebody say what is wrong with a suggestion."""
    with the_ticket(parts) as (session, ticket):
        suggesting.judge(
            session, ticket, verdict, entry, 1, by=the(session, by), at=parts.clock.now()
        )


@pytest.fixture
def suggested(shop: Parts, mara: Customer) -> Parts:
    """Mara has asked; the launch lets people answer, and price-differs is suggested first."""
    cast.in_mode(shop, Mode.SUGGEST)
    mara.asks(NEAR)
    return shop


def test_sending_the_suggestion_says_that_it_answers(suggested: Parts) -> None:
    sends(suggested, "price-differs")

    (label,) = labels_in(suggested)
    assert said(suggested) == [("sent", "price-differs", True, True)]
    assert (label.first, label.outcome, label.weight, label.wrong) == (
        "price-differs",
        "handoff",
        1.0,
        [],
    )
    assert 0.3 < label.certainty <= 1.0
    assert label.facts["mode"] == "suggest"
    with suggested.db.reading() as session:
        assert session.get_one(Message, label.message_id).text == NEAR
        assert label.entry_version_id == cast.version_of(session, "price-differs").id
        assert label.person_id == the(session, AMIR).id


def test_sending_another_one_says_that_the_first_does_not(suggested: Parts) -> None:
    sends(suggested, "cancel-plan")

    assert said(suggested) == [("sent", "cancel-plan", True, False)]
    assert labels_in(suggested)[0].wrong == ["price-differs"]


def test_words_of_an_approved_text_left_as_they_are_are_the_same_act(suggested: Parts) -> None:
    with the_ticket(suggested) as (session, ticket):
        base = suggesting.version_of(session, ticket.launch_id, "price-differs", 1)
        suggesting.reply(
            session,
            ticket,
            base.text,
            started_from=base,
            by=the(session, AMIR),
            at=cast.NOW,
        )

    assert said(suggested) == [("sent", "price-differs", True, True)]


def test_a_reply_in_own_words_says_nothing_about_any_entry(suggested: Parts) -> None:
    cast.amir_replies(suggested)

    assert labels_in(suggested) == []


def test_wrong_matches_of_one_person_are_one_label_that_names_them_all(suggested: Parts) -> None:
    judges(suggested, SuggestionVerdict.WRONG, "cancel-plan")
    assert said(suggested) == [("wrong-match", "cancel-plan", False, None)]

    judges(suggested, SuggestionVerdict.WRONG, "price-differs")

    assert said(suggested) == [("wrong-match", "price-differs", False, False)]
    assert labels_in(suggested)[0].wrong == ["cancel-plan", "price-differs"]


def test_no_answer_exists_speaks_against_every_candidate(suggested: Parts) -> None:
    judges(suggested, SuggestionVerdict.NO_ANSWER, "price-differs")

    (label,) = labels_in(suggested)
    assert (label.source, label.right, label.wrong[0]) == ("no-answer", False, "price-differs")
    assert len(label.wrong) > 1


def test_a_verdict_on_an_entry_that_is_not_there_is_refused_and_keeps_nothing(
    suggested: Parts,
) -> None:
    with pytest.raises(NotFound, match="no such answer"):
        judges(suggested, SuggestionVerdict.WRONG, "never-written")

    assert labels_in(suggested) == []


def test_the_same_verdict_twice_changes_nothing(suggested: Parts) -> None:
    judges(suggested, SuggestionVerdict.WRONG, "price-differs")
    before = labels_in(suggested)[0].at
    cast.later(suggested, minutes=5)

    judges(suggested, SuggestionVerdict.WRONG, "price-differs")

    (label,) = labels_in(suggested)
    assert label.at == before


def test_two_people_have_a_verdict_each(suggested: Parts) -> None:
    judges(suggested, SuggestionVerdict.WRONG, "price-differs")
    sends(suggested, "price-differs", by=LENA)

    assert said(suggested) == [
        ("wrong-match", "price-differs", False, False),
        ("sent", "price-differs", True, True),
    ]


def test_a_question_that_nobody_decided_cannot_be_judged(shop: Parts, mara: Customer) -> None:
    message_id = mara.says(UNKNOWN)

    with shop.db.writing() as session:
        question = session.get_one(Message, message_id)
        assert (
            judging.nothing_answers(session, question, by=the(session, AMIR), at=cast.NOW) is None
        )
    assert labels_in(shop) == []


def test_nothing_found_is_a_verdict_too(shop: Parts, mara: Customer) -> None:
    cast.retire_all(shop)
    message_id = mara.asks(UNKNOWN)["message_id"]

    with shop.db.writing() as session:
        question = session.get_one(Message, message_id)
        judging.nothing_answers(session, question, by=the(session, AMIR), at=cast.NOW)

    assert said(shop) == [("no-answer", "", False, False)]


# What customers do.


def test_a_case_that_is_recognised_is_right(shop: Parts, mara: Customer) -> None:
    cast.in_mode(shop, Mode.CLARIFY)
    asked = mara.asks(NEAR)["clarification"]

    mara.chooses(asked["message_id"], "price-differs")

    (label,) = labels_in(shop)
    assert said(shop) == [("recognised", "price-differs", True, True)]
    assert (label.person_id, label.outcome) == (None, "clarification")


def test_another_title_than_the_first_says_that_the_first_is_wrong(
    shop: Parts, mara: Customer
) -> None:
    cast.in_mode(shop, Mode.CLARIFY)
    asked = mara.asks(NEAR)["clarification"]
    other = asked["options"][1]["entry"]

    mara.chooses(asked["message_id"], other)

    assert said(shop) == [("recognised", other, True, False)]


def test_none_of_these_speaks_against_every_title(shop: Parts, mara: Customer) -> None:
    cast.in_mode(shop, Mode.CLARIFY)
    asked = mara.asks(NEAR)["clarification"]

    mara.chooses(asked["message_id"], None)

    (label,) = labels_in(shop)
    assert label.source == Source.NONE_OF_THESE
    assert label.wrong == [option["entry"] for option in asked["options"]]


@pytest.mark.parametrize("helpful", [True, False])
def test_whether_it_helped_is_kept_and_the_last_word_counts(
    shop: Parts, mara: Customer, helpful: bool
) -> None:
    message = mara.asks(EXPORT)["answer"]["message_id"]

    mara.judges(message, helpful=not helpful)
    mara.judges(message, helpful=helpful)
    mara.judges(message, helpful=helpful)

    assert said(shop) == [("helped", "export-data", helpful, helpful)]


def test_the_answer_after_a_choice_is_judged_on_the_question_behind_it(
    shop: Parts, mara: Customer
) -> None:
    cast.in_mode(shop, Mode.CLARIFY)
    outcome = mara.asks(PRICE)
    asked = outcome["clarification"]
    answer = mara.chooses(asked["message_id"], "price-differs")["answer"]

    mara.judges(answer["message_id"], helpful=True)

    recognised, helped = labels_in(shop)
    assert (helped.source, helped.message_id) == (Source.HELPED, recognised.message_id)


# Several questions, several texts.

CANCEL = "How do I cancel my plan?"


def standing_as(parts: Parts, key: str) -> State:
    with parts.db.reading() as session:
        return trust_of_each(session, cast.launch_of(session).id)[key].state


def lessons_of(parts: Parts) -> list[tuple[str, bool]]:
    """Return what was learnt and not taken back: the entry, and whether it answers."""
    with parts.db.reading() as session:
        found = lessons.of_launch(session, cast.launch_of(session).id)
        return [(lesson.entry.key, lesson.answers) for lesson in found]


@pytest.mark.parametrize("second", [AMIR, LENA])
def test_a_second_text_on_a_ticket_does_not_make_the_first_one_wrong(
    suggested: Parts, second: str
) -> None:
    sends(suggested, "price-differs")

    sends(suggested, "cancel-plan", by=second)

    assert said(suggested) == [("sent", "price-differs", True, True)]
    assert standing_as(suggested, "price-differs") is State.NEW
    assert lessons_of(suggested) == [("price-differs", True)]


@pytest.mark.parametrize("second", [AMIR, LENA])
def test_what_was_excluded_and_then_sent_is_not_excluded_any_more(
    suggested: Parts, second: str
) -> None:
    sends(suggested, "cancel-plan")
    assert lessons_of(suggested) != []

    sends(suggested, "price-differs", by=second)
    sends(suggested, "cancel-plan")

    assert said(suggested) == [("sent", "cancel-plan", True, None)]
    assert lessons_of(suggested) == [], "nobody knows which of the two it asks for"


def test_a_text_for_what_was_asked_later_says_nothing_about_the_first_question(
    suggested: Parts, mara: Customer
) -> None:
    sends(suggested, "price-differs")
    cast.later(suggested, minutes=5)
    later = mara.asks(CANCEL)["message_id"]

    sends(suggested, "cancel-plan")

    assert said(suggested)[0] == ("sent", "price-differs", True, True)
    assert [label.message_id for label in labels_in(suggested)][1:] == [later]
    assert standing_as(suggested, "price-differs") is State.NEW


def test_of_two_questions_a_text_is_for_the_one_that_found_it_first(
    shop: Parts, mara: Customer
) -> None:
    cast.in_mode(shop, Mode.SUGGEST)
    asked = mara.asks(EXPORT)["message_id"]
    mara.asks(PRICE)

    sends(shop, "export-data")

    (label,) = labels_in(shop)
    assert (label.message_id, label.entry, label.wrong) == (asked, "export-data", [])
    assert standing_as(shop, "price-differs") is State.NEW


def test_of_two_questions_in_one_message_no_text_excludes_another(
    shop: Parts, mara: Customer
) -> None:
    cast.in_mode(shop, Mode.SUGGEST)
    mara.asks(f"{EXPORT} {PRICE}")

    sends(shop, "export-data")
    sends(shop, "price-differs")

    assert said(shop) == [("sent", "export-data", True, True)]
    assert standing_as(shop, "export-data") is State.NEW


def test_where_only_right_could_be_said_it_counts_for_no_guarantee(
    shop: Parts, mara: Customer
) -> None:
    cast.in_mode(shop, Mode.SUGGEST)
    mara.asks(f"{EXPORT} {PRICE}")
    sends(shop, "export-data")

    with shop.db.reading() as session:
        assert judged_of(session, cast.launch_of(session).id) == []


def test_a_title_of_the_second_question_says_nothing_about_the_first(
    shop: Parts, mara: Customer
) -> None:
    cast.in_mode(shop, Mode.CLARIFY)
    asked = mara.asks(f"{EXPORT} {PRICE}")["clarification"]
    other = asked["options"][1]["entry"]

    mara.chooses(asked["message_id"], other)

    assert said(shop) == [("recognised", other, True, None)]


# What a model chose.

LOOSE = "what is going on with the amount you take from me"


@pytest.fixture
def chosen_last(shop: Parts, mara: Customer) -> Iterator[str]:
    """Return the key of the eighth entry that was found, which a model has chosen for Mara."""
    for topic in ("pause", "share", "gift"):
        cast.an_entry(shop, key=f"{topic}-plan", question=f"Can I {topic} my plan?")
    with shop.db.reading() as session:
        launch_id = cast.launch_of(session).id
        titles = {key: cast.version_of(session, key).question for key in ALL}
    asked = Asked(LOOSE, launch_id, Mode.CLARIFY, 0.01, "everyone")
    last = consider(shop, asked, at=cast.NOW).parts[0].known.finding.matches[7].entry
    with ModelServer(model_behaviours.picks(titles[last])) as server:
        endpoint = Endpoint(server.base_url, "test-key", "test-model")
        shop.model = Model([endpoint], budget=Budget(1_000), deadline_seconds=3.0)
        mara.asks(LOOSE)
        mara.calls()
    yield last


ALL = (
    *("price-differs", "link-missing", "export-data", "cancel-plan", "change-address"),
    *("pause-plan", "share-plan", "gift-plan"),
)


def test_what_a_model_chose_is_kept_however_far_down_it_was_found(
    shop: Parts, chosen_last: str
) -> None:
    judges(shop, SuggestionVerdict.NO_ANSWER, chosen_last)

    (label,) = labels_in(shop)
    with shop.db.reading() as session:
        decision = session.get_one(Decision, label.message_id)
        explained = of_decision(decision).parts[0].candidates
        trusts = trusts_of(session, label.launch_id)
    assert [one["entry"] for one in decision.candidates][5:] == [chosen_last]
    assert [one.entry for one in explained][5:] == [chosen_last]
    assert chosen_last in label.wrong
    assert label.facts["behind"] > 0
    assert trusts["test-model"].labels == 1


def test_a_choice_whose_rank_is_not_known_says_nothing_about_the_model(
    shop: Parts, chosen_last: str
) -> None:
    with shop.db.writing() as session:
        decision = session.scalars(select(Decision).order_by(Decision.message_id)).first()
        assert decision is not None
        part = decision.considered["parts"][0]
        before = {**part, "candidates": part["candidates"][:5]}  # as decisions were kept before
        decision.considered = {**decision.considered, "parts": [before]}

    sends(shop, chosen_last)

    (label,) = labels_in(shop)
    assert (label.entry, label.facts["behind"]) == (chosen_last, None)
    with shop.db.reading() as session:
        assert trusts_of(session, label.launch_id) == {}


# What a rule held back.


def test_what_leaves_something_over_would_not_have_been_answered(
    shop: Parts, mara: Customer
) -> None:
    cast.confirm(shop, "export-data")
    asked = mara.asks("How do I export all my data, and the dog ate my old file")["clarification"]

    mara.chooses(asked["message_id"], None)

    label = labels_in(shop)[-1]
    with shop.db.reading() as session:
        judged = judged_of(session, label.launch_id)[-1]
    assert label.certainty > 0.9
    assert label.facts["objected"]
    assert (judged.right, judged.stood_for) == (False, 0.0)


def test_the_threshold_lies_above_what_was_wrong_to_the_last_digit(
    shop: Parts, mara: Customer
) -> None:
    cast.in_mode(shop, Mode.SUGGEST)
    with shop.db.reading() as session:
        launch_id = cast.launch_of(session).id
    asked = Asked(NEAR, launch_id, Mode.SUGGEST, 0.01, "everyone")
    found = consider(shop, asked, at=cast.NOW).parts[0]
    assert found.known.finding.certainty != round(found.known.finding.certainty, 4)
    mara.asks(NEAR)

    judges(shop, SuggestionVerdict.WRONG, "price-differs")

    (label,) = labels_in(shop)
    assert label.certainty == found.known.finding.certainty
    assert label.facts["threshold"] == found.known.thresholds.auto
