"""A model's word is worth what people of the team said of its choices."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering.labels import Label, Source
from assistant.answering.trust import UNPROVEN
from assistant.answering.trusts import trusts_of
from assistant.answering.verdicts import Chosen
from assistant.ground.parts import Parts
from tests import cast


def _judged(shop: Parts, chosen: str, *, entry: str, right: bool, source: Source) -> None:
    mara = cast.a_customer(shop)
    mara.asks(cast.UNKNOWN)
    said = {"kind": "chosen", "entry": chosen, "looks": 1, "model": "small-model"}
    with shop.db.writing() as session:
        question = cast.said_in(session, mara.id)[0]
        facts: dict[str, Any] = {"model": said, "behind": 0.0}
        session.add(
            Label(
                launch_id=cast.launch_of(session).id,
                message_id=question.id,
                at=shop.clock.now(),
                source=source,
                person_id=None if source is Source.RECOGNISED else cast.the(session, cast.AMIR).id,
                entry=entry,
                right=right,
                wrong=[] if right else [entry],
                first=entry,
                certainty=0.5,
                outcome="handoff",
                weight=1.0,
                facts=facts,
            )
        )


def _word(shop: Parts) -> float:
    with shop.db.reading() as session:
        trusts = trusts_of(session, cast.launch_of(session).id)
    choice = Chosen("export-data", 3, "other", model="small-model")
    return trusts.get("small-model", UNPROVEN).in_choice(choice, behind=0.0, certainty=0.5)


def test_two_wrong_choices_make_a_model_ask_instead_of_answer(shop: Parts) -> None:
    before = _word(shop)
    for _ in range(2):
        _judged(shop, "export-data", entry="export-data", right=False, source=Source.NO_ANSWER)

    assert before >= 0.95 > _word(shop)


def test_a_choice_that_an_agent_sent_speaks_for_the_model(shop: Parts) -> None:
    before = _word(shop)
    _judged(shop, "export-data", entry="export-data", right=True, source=Source.SENT)

    assert _word(shop) > before


def test_what_customers_click_says_nothing_about_a_model(shop: Parts) -> None:
    before = _word(shop)
    _judged(shop, "export-data", entry="export-data", right=False, source=Source.RECOGNISED)

    assert _word(shop) == before


def test_a_label_about_another_entry_says_nothing_about_the_choice(shop: Parts) -> None:
    _judged(shop, "export-data", entry="cancel-plan", right=False, source=Source.WRONG_MATCH)

    with shop.db.reading() as session:
        assert session.scalars(select(Label)).one().entry == "cancel-plan"
        assert trusts_of(session, cast.launch_of(session).id) == {}


def test_two_people_who_judge_one_question_speak_once_and_the_last_one_counts(shop: Parts) -> None:
    _judged(shop, "export-data", entry="export-data", right=False, source=Source.NO_ANSWER)
    with shop.db.reading() as session:
        once = trusts_of(session, cast.launch_of(session).id)["small-model"]
    for by, right in ((cast.LENA, False), (cast.NOOR, True)):
        with shop.db.writing() as session:
            first = session.scalars(select(Label).order_by(Label.id)).first()
            assert first is not None
            session.add(again(session, first, by=by, right=right))
    with shop.db.reading() as session:
        now = trusts_of(session, cast.launch_of(session).id)["small-model"]

    assert (once.labels, now.labels) == (1, 1)
    assert now.weights["said"] > once.weights["said"], "Noor says that it was right"


def again(session: Session, label: Label, *, by: str, right: bool) -> Label:
    """Return somebody else's verdict on the same question and entry."""
    return Label(
        launch_id=label.launch_id,
        message_id=label.message_id,
        at=label.at,
        source=Source.SENT if right else Source.NO_ANSWER,
        person_id=cast.the(session, by).id,
        entry=label.entry,
        right=right,
        wrong=[] if right else label.wrong,
        first=label.first,
        certainty=label.certainty,
        outcome=label.outcome,
        weight=label.weight,
        facts=label.facts,
    )
