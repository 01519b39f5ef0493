"""Repeat questions of one category: what an aim on billing questions is judged by."""

from assistant.ground.parts import Parts
from assistant.launch.launches import Mode
from assistant.reports import behind, metrics
from assistant.reports.days import metrics_of
from assistant.reports.spans import day_span, local_day
from tests import cast
from tests.cast import PRICE, UNKNOWN, a_customer, launch_of

LINK = "Where is the e-mail with my sign-in link?"


def measured(parts: Parts, name: str) -> int:
    with parts.db.reading() as session:
        launch, at = launch_of(session), parts.clock.now()
        day = local_day(at, launch.zone)
        span = day_span(day, launch.zone)
        kept = metrics.measure(session, launch.id, name, span, at=at)
        assert behind.of_day(session, launch, name, day, at=at).total == kept["count"]
        return int(kept["count"])


def test_repeats_are_counted_by_the_category_of_what_answered_or_took_them(shop):
    for visitor in ("jo", "li", "mo"):
        a_customer(shop, visitor=visitor).asks(PRICE)
    for visitor in ("jo", "li"):
        a_customer(shop, visitor=visitor).asks(UNKNOWN)
    cast.in_mode(shop, Mode.SUGGEST)  # from here on a ticket of the scenario takes them
    a_customer(shop, visitor="al").asks(PRICE)
    for visitor in ("al", "mo"):
        a_customer(shop, visitor=visitor).asks(LINK)
    names = ("", "_billing", "_access", "_core_workflow", "_cosmetic")
    found = [measured(shop, f"repeat_questions{name}_per_day") for name in names]
    assert found == [5, 3, 1, 0, 0]


def test_a_category_is_measured_only_where_the_launch_names_it(shop):
    with shop.db.writing() as session:
        launch, name = launch_of(session), "repeat_questions_billing_per_day"
        assert name not in metrics_of(launch)
        launch.objectives = [{"metric": name, "comparison": "at most", "target": 15}]
        assert name in metrics_of(launch)
