"""Before an answer is retired, a replay shows what a person would have to answer then."""

import pytest

from assistant.answering import replay, replaying
from assistant.answering.replay_effect import Category, Got, category_without
from assistant.ground.errors import Refused
from tests import cast
from tests.web.staff import a_browser

ENTRY = "/library/spring-pricing/entries/export-data"
WITHOUT = "/launches/spring-pricing/library/export-data/replay/without"


@pytest.mark.parametrize(
    ("before", "after", "category"),
    [
        (Got("answer", ("it",)), Got("handoff"), Category.LOST),
        (Got("clarification", ("it", "other")), Got("handoff"), Category.LOST),
        (Got("answer", ("it",)), Got("answer", ("other",)), Category.ELSEWHERE),
        (Got("answer", ("it",)), Got("clarification", ("other",)), Category.ELSEWHERE),
        (Got("clarification", ("other", "it")), Got("answer", ("other",)), Category.ELSEWHERE),
        (Got("handoff"), Got("handoff"), Category.UNANSWERED),
        (Got("answer", ("other",)), Got("answer", ("other",)), Category.SAME),
    ],
)
def test_lost_is_what_nobody_answers_without_the_entry(before, after, category):
    assert category_without("it", before, after) is category


def test_a_lead_sees_what_would_be_lost_before_retiring_and_that_is_what_happens(shop):
    for words in (cast.EXPORT, cast.EXPORT, cast.PRICE, cast.UNKNOWN):
        cast.a_customer(shop).asks(words)
    lena = a_browser(shop, cast.LENA)

    before = lena.get(ENTRY).text
    started = lena.post(WITHOUT)
    replaying.go_on(shop)
    after = " ".join(lena.get(ENTRY).text.split())

    assert "What would be lost without it" in before
    assert started.headers["location"] == f"{ENTRY}#replay"
    assert "2 questions that it helped with would go to a person." in after
    assert "Replay without it" in after
    assert cast.a_customer(shop).asks(cast.EXPORT)["outcome"] == "answer"  # it changed nothing
    cast.retire(shop, "export-data")
    assert cast.a_customer(shop).asks(cast.EXPORT)["outcome"] != "answer"


def test_only_a_lead_asks_it_and_only_of_what_customers_get(shop):
    cast.an_entry(shop, approved_by=None, question="Can I pause my plan?", phrasings=["on hold"])

    amir = a_browser(shop, cast.AMIR)
    refused = a_browser(shop, cast.LENA).post(WITHOUT.replace("export-data", "pause-plan"))

    assert amir.post(WITHOUT).status_code == 403
    assert "What would be lost without it" not in amir.get(ENTRY).text
    assert refused.status_code == 409
    with shop.db.reading() as session, pytest.raises(Refused):
        version = cast.entry_of(session, "pause-plan").newest
        replay.start_without(session, version, by=cast.the(session, cast.LENA), at=cast.NOW)
