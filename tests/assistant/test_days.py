"""R54, R68, P24: what is kept of a day equals a recount, whatever happens to it afterwards."""

import random
from datetime import date, timedelta

from assistant.desk import scoping
from assistant.ground.parts import Parts
from assistant.launch.describing import describe
from assistant.launch.signals import Signal
from assistant.reports import daily, days, metrics
from assistant.reports.days import criteria_of, first_day, history, keep_days, kept, measure_day
from assistant.reports.spans import day_span
from assistant.reports.stability import Criterion, judge
from tests import cast
from tests.cast import a_customer, amir_replies, later, launch_of
from tests.web.staff import queries

ASKED = "My invoice shows a part charge. Is this expected?"


def kept_days(parts: Parts):
    with parts.db.reading() as session:
        launch = launch_of(session)
        return kept(session, launch.id, first=first_day(launch), last=date(2027, 1, 1))


def recounted(parts: Parts):
    with parts.db.reading() as session:
        launch, at = launch_of(session), parts.clock.now()
        return {day: measure_day(session, launch, day, at=at) for day in kept_days(parts)}


def test_a_day_is_measured_as_a_person_would_count_it(shop: Parts) -> None:
    # Given two who ask the same and two who are locked out; a person answers one after 30 minutes
    for who in ("jo", "kim"):
        a_customer(shop, visitor=who).asks("Where did my loyalty stamps go after the change?")
    for who in ("pat", "mara"):
        a_customer(shop, visitor=who).asks("I am locked out and cannot work at all")
    later(shop, minutes=30)
    amir_replies(shop)
    keep_days(shop)
    (figures,) = [f for f in kept_days(shop).values() if f["contacts_per_day"]["count"]]
    assert figures["contacts_per_day"] == {"count": 4}
    assert figures["repeat_questions_per_day"] == {"count": 2}
    assert figures["severity_1_or_2_per_day"]["count"] == 2
    waits = figures["first_response_minutes"]["waits"]
    assert waits == [30.0, 30.0]  # who still waits has done so for as long


def test_how_long_people_waited_is_one_figure_on_every_page(shop: Parts) -> None:
    a_customer(shop, visitor="mo").asks(cast.OUTSIDE)
    for who in ("bo", "li"):
        a_customer(shop, visitor=who).asks(cast.UNKNOWN)
    later(shop, minutes=30)
    amir_replies(shop)  # to who asked last; one still waits, one is none of the launch's
    later(shop, days=1)
    a_customer(shop, visitor="jo").asks(cast.UNKNOWN_TOO)
    later(shop, minutes=10)
    at = shop.clock.now()
    keep_days(shop)

    with shop.db.reading() as session:
        launch = launch_of(session)
        spans = [day_span(date(2026, 11, day), launch.zone) for day in (17, 18)]
        counted = [
            metrics.measure(session, launch.id, "first_response_minutes", span, at=at)["waits"]
            for span in spans
        ]
        of_the_day = daily.of_day(session, launch, at).waits
        with queries(shop) as sent:
            so_far = daily.since_the_start(session, launch, at=at)
    assert list(of_the_day) == counted[1] == [10.0]
    assert counted[0] == [30.0, 24 * 60 + 40.0]
    response = next(each for each in so_far if each.title == "First human response")
    assert (response.value, response.note) == (
        "30 min",
        "median of 3 tickets, waits so far included",
    )
    assert len([each for each in sent if "first_response_at" in each]) == 1  # today's alone


def test_what_is_kept_equals_a_recount_whatever_happens(shop: Parts) -> None:
    draw = random.Random(7)
    for _ in range(40):
        later(shop, minutes=draw.randint(20, 500))
        _something_happens(shop, draw)
        if draw.random() < 0.4:
            keep_days(shop)
    keep_days(shop)
    there = kept_days(shop)
    assert len(there) >= 5
    assert there == recounted(shop)


def _something_happens(parts: Parts, draw: random.Random) -> None:
    at = parts.clock.now()
    match draw.randrange(5):
        case 0 | 1:
            words = draw.choice([ASKED, "I cannot sign in", "Where are my loyalty stamps?"])
            a_customer(parts, visitor=f"v{draw.randrange(9)}").asks(words)
            return
        case kind:
            pass
    with parts.db.writing() as session:
        open_ones = [t for t in cast.tickets_of(session) if t.is_open]
        if not open_ones:
            return
        ticket, amir = draw.choice(open_ones), cast.the(session, cast.AMIR)
        if kind == 2:
            ticket.reply(session, f"I looked into it at {at}.", by=amir, at=at)
        elif kind == 3 and ticket.first_response_at:
            ticket.resolve(session, by=amir, at=at)
        else:
            ticket.escalate(session, reason="It is urgent.", by=amir, at=at)


def test_what_changes_a_past_day_has_it_measured_again(shop: Parts) -> None:
    a_customer(shop).asks("I am locked out and cannot work at all")
    keep_days(shop)
    day = next(d for d, f in kept_days(shop).items() if f["contacts_per_day"]["count"])
    assert kept_days(shop)[day]["severity_1_or_2_per_day"]["count"] == 1
    later(shop, days=9)
    keep_days(shop)
    with cast.the_ticket(shop) as (session, ticket):
        lena, at = cast.the(session, cast.LENA), shop.clock.now()
        scoping.correct(session, ticket, inside=False, by=lena, at=at)
    keep_days(shop)
    assert kept_days(shop)[day]["severity_1_or_2_per_day"]["count"] == 0


def test_a_past_day_that_nothing_concerns_is_not_measured_again(shop: Parts) -> None:
    a_customer(shop).asks(ASKED)
    later(shop, days=6)
    assert keep_days(shop) >= 7
    assert keep_days(shop) == days.AGAIN + 1


def test_another_time_zone_has_every_day_measured_again(shop: Parts) -> None:
    for _ in range(5):
        a_customer(shop).asks(ASKED)
        keep_days(shop)
        later(shop, hours=13)
    keep_days(shop)
    with shop.db.writing() as session:
        launch, lena, at = launch_of(session), cast.the(session, cast.LENA), shop.clock.now()
        describe(session, launch, {"time_zone": "Pacific/Auckland"}, by=lena, at=at)
    keep_days(shop)
    assert kept_days(shop) == recounted(shop)


def test_a_signal_from_outside_is_a_metric_of_its_day(shop: Parts) -> None:
    at = shop.clock.now()
    with shop.db.writing() as session:
        launch = launch_of(session)
        for hours, value in ((0, 1.0), (1, 3.0)):
            moment = at - timedelta(hours=hours)
            session.add(Signal(launch_id=launch.id, metric="failed_payments_percent", at=moment,
                               value=value, source="billing", received_at=at))  # fmt: skip
        launch.exit_criteria = [
            {"metric": "failed_payments_percent", "comparison": "at most", "value": 2.5, "days": 1}
        ]
    keep_days(shop)
    with shop.db.reading() as session:
        launch = launch_of(session)
        (criterion,) = criteria_of(launch)
        today = at.astimezone(launch.zone).date()
        there = kept(session, launch.id, first=first_day(launch), last=today)
        assert there[today]["failed_payments_percent"] == {"level": 2.0}
        assert judge(criterion, history(launch, criterion, there, until=today)).streak == 1


def test_a_launch_that_is_not_live_is_not_measured(house: Parts, tmp_path) -> None:
    cast.bring_in(house, tmp_path)
    assert keep_days(house) == 0


def test_unknown_kinds_of_what_was_kept_are_no_evidence() -> None:
    assert metrics.evidence({"odd": 1}, Criterion("x", 1)) is None
    assert metrics.evidence(None, Criterion("x", 1)) is None
    assert days.criteria_of(type("L", (), {"exit_criteria": []})()) == []  # type: ignore[arg-type]


def test_the_median_of_one_ticket_is_said_to_be_of_one_ticket() -> None:
    assert daily.response_figure([5.0]).note.startswith("median of 1 ticket,")
    assert daily.response_figure([]).note.startswith("median of 0 tickets,")
