"""The reassurance index: what a contact seeks, corrected by people, by scenario and hour."""

from datetime import timedelta

import pytest

from assistant.desk import seeking
from assistant.desk.messages import Message
from assistant.desk.seeking import Seeking, Seeks, read
from assistant.ground.errors import NotFound, NotPermitted
from assistant.ground.parts import Parts
from assistant.reports import days, metrics, reassurance
from assistant.reports.reassurance import Index, wilson
from assistant.reports.spans import Span, day_span
from tests import cast
from tests.seeking_labelled import LOOKED_AT, UNSEEN

MEANT = {"R": Seeks.REASSURANCE, "I": Seeks.INFORMATION, "P": Seeks.PROBLEM}
DAY = Span(cast.NOW - timedelta(hours=12), cast.NOW + timedelta(hours=12))


@pytest.mark.parametrize(
    ("text", "seeks"),
    [
        ("Is this expected?", Seeks.REASSURANCE),
        ("Am I the only one?", Seeks.REASSURANCE),
        ("I was charged twice, is that normal?", Seeks.REASSURANCE),
        ("Where are my invoices?", Seeks.INFORMATION),
        ("The export is broken", Seeks.PROBLEM),
        ("", Seeks.INFORMATION),
        ("これは正常ですか", Seeks.INFORMATION),  # in words the rule does not know nothing is said
        ("IS THIS NORMAL" + "?" * 3_000, Seeks.REASSURANCE),
        ("will my " * 500, Seeks.INFORMATION),
    ],
)
def test_words_tell_what_a_contact_seeks(text, seeks):
    assert read(text).seeks == seeks


def test_the_words_that_decided_are_named():
    assert read("Hello. Is this   expected, please?").because == "Is this expected"


def test_lines_nobody_looked_at_are_read_as_the_readme_says(record_property):
    for name, lines in (("looked at", LOOKED_AT), ("unseen", UNSEEN)):
        said = [(MEANT[label], read(text).seeks) for label, text in lines]
        for seeks in Seeks:
            right = sum(pair == (seeks, seeks) for pair in said)
            read_so = sum(got == seeks for _, got in said)
            were = sum(meant == seeks for meant, _ in said)
            words = f"precision {right} of {read_so}, recall {right} of {were}"
            record_property("figure", f"{seeks} ({name}): {words}")
            assert right >= 0.85 * read_so
            assert right >= 0.85 * were
    assert len(LOOKED_AT) + len(UNSEEN) >= 150


def test_the_index_has_an_interval_and_a_least_volume():
    assert Index(9, 0).share is None
    assert Index(6, 4, 90).share == 0.6
    low, high = Index(60, 40).interval
    assert (round(low, 3), round(high, 3)) == (0.502, 0.691)
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_index_is_counted_by_scenario_and_hour(shop: Parts):
    for words in (cast.PRICE, "Is it normal that my price is different from last month?"):
        cast.a_customer(shop, visitor=words[:9]).asks(words)
    cast.later(shop, hours=2)
    cast.a_customer(shop, visitor="late").says("Am I the only one?")
    assert reassurance.read_contacts(shop) == 3
    assert reassurance.read_contacts(shop) == 0

    with shop.db.reading() as session:
        launch_id = cast.launch_of(session).id
        whole = reassurance.of_span(session, launch_id, DAY)
        scenarios = reassurance.by_scenario(session, launch_id, DAY)
        hours = reassurance.by_hour(session, launch_id, first=cast.NOW, hours=3)
    assert (whole.reassurance, whole.asked) == (2, 3)
    assert sum((each.counts for each in scenarios), Index()) == whole
    assert "new-price" in {each.key for each in scenarios}
    assert [hour.asked for hour in hours] == [2, 0, 1]


def test_a_person_corrects_it_and_that_counts_and_measures_the_rule(shop: Parts):
    said = cast.a_customer(shop).says("Where is the price list?")
    reassurance.read_contacts(shop)

    with shop.db.writing() as session:
        amir = cast.the(session, cast.AMIR)
        seeking.correct(
            session, session.get_one(Message, said), Seeks.REASSURANCE, by=amir, at=cast.NOW
        )
    with shop.db.reading() as session:
        launch_id = cast.launch_of(session).id
        kept = session.get_one(Seeking, said)
        counts = reassurance.of_span(session, launch_id, DAY)
        right = {each.seeks: each for each in reassurance.how_right(session, launch_id)}
    assert (kept.read_as, kept.seeks) == ("information", "reassurance")
    assert (counts.reassurance, counts.information) == (1, 0)
    assert (right[Seeks.INFORMATION].said, right[Seeks.INFORMATION].right) == (1, 0)
    assert right[Seeks.REASSURANCE].were == 1


def test_a_question_that_was_corrected_before_it_was_read_stays_corrected(shop: Parts):
    said = cast.a_customer(shop).says("Where is the price list?")
    with shop.db.writing() as session:
        lena, message = cast.the(session, cast.LENA), session.get_one(Message, said)
        seeking.correct(session, message, Seeks.PROBLEM, by=lena, at=cast.NOW)
    reassurance.read_contacts(shop)

    with shop.db.reading() as session:
        assert session.get_one(Seeking, said).seeks == Seeks.PROBLEM


def test_sponsors_correct_nothing_and_answers_seek_nothing(shop: Parts):
    mara = cast.a_customer(shop)
    mara.asks(cast.PRICE)
    with shop.db.writing() as session:
        question, answer = cast.said_in(session, mara.id)[:2]
        with pytest.raises(NotPermitted):
            seeking.correct(
                session,
                question,
                Seeks.PROBLEM,
                by=cast.the(session, cast.PRIYA),
                at=cast.NOW,
            )
        with pytest.raises(NotFound):
            seeking.correct(
                session, answer, Seeks.PROBLEM, by=cast.the(session, cast.LENA), at=cast.NOW
            )


def test_the_index_of_a_day_is_kept_and_a_correction_reaches_days_long_past(shop: Parts):
    said = cast.a_customer(shop).says("Is this expected?")
    day = cast.NOW.date()
    reassurance.read_contacts(shop)
    days.keep_days(shop)
    cast.later(shop, days=10)
    days.keep_days(shop)
    with shop.db.writing() as session:
        lena, message = cast.the(session, cast.LENA), session.get_one(Message, said)
        seeking.correct(session, message, Seeks.INFORMATION, by=lena, at=shop.clock.now())
    days.keep_days(shop)

    with shop.db.reading() as session:
        launch = cast.launch_of(session)
        kept = days.kept(session, launch.id, first=day, last=day)[day]["reassurance_percent"]
        span = day_span(day, launch.zone)
        again = metrics.measure(
            session, launch.id, "reassurance_percent", span, at=shop.clock.now()
        )
    assert kept == again == {"hits": 0, "of": 1}
