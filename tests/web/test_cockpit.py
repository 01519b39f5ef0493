"""R39, R53, R68–R70: one page says whether it is calm, and every number opens to its rows."""

import re
from datetime import timedelta

import pytest

from assistant.ground.parts import Parts
from assistant.launch.signals import Signal
from assistant.reports import behind, days, metrics
from assistant.reports.days import keep_days
from assistant.reports.metrics import METRICS
from tests import cast
from tests.assistant.test_exits import calm_days, hand_over
from tests.cast import AMIR, LENA, PRIYA, a_customer, later, launch_of
from tests.web.staff import a_browser, queries

BUSY = "Where did my loyalty stamps go after the change?"


def cockpit(parts: Parts, who: str = LENA) -> str:
    with parts.db.reading() as session:
        key = launch_of(session).key
    page = a_browser(parts, who).get(f"/launches/{key}/cockpit")
    assert page.status_code == 200
    return page.text


def a_day(shop: Parts) -> None:
    """Let two ask the same, two be locked out; one is answered, escalated, resolved and rated."""
    for who in ("jo", "kim"):
        a_customer(shop, visitor=who).asks(BUSY)
    for who in ("pat", "mara"):
        a_customer(shop, visitor=who).asks("I am locked out and cannot work at all")
    later(shop, minutes=10)
    with shop.db.writing() as session:
        launch, at, amir = launch_of(session), shop.clock.now(), cast.the(session, AMIR)
        one, two, *_ = cast.tickets_of(session)
        one.reply(session, "It is there.", by=amir, at=at)
        one.resolve(session, by=amir, at=at)
        one.rating = 5
        two.escalate(session, reason="It is urgent.", by=amir, at=at)
        signal = {"metric": "sign_ins_per_day", "at": at, "source": "shop", "received_at": at}
        session.add(Signal(launch_id=launch.id, value=41.0, **signal))
        launch.baselines = [{"metric": "sign_ins_per_day", "value": 40}]
    later(shop, hours=1)
    a_customer(shop, visitor="jo").asks(BUSY)


def test_a_launch_that_is_not_calm_says_what_is_worse(shop: Parts) -> None:
    calm_days(shop, 9, repeat_questions_per_day={"count": 60})
    page = cockpit(shop)
    assert "Not calm: repeat questions goes the wrong way" in page
    assert "0 of 5" in page
    assert "0 of 5 days hold." in page
    assert "things are missing for the end" in page


def test_a_calm_launch_says_so_when_both_groups_are(shop: Parts) -> None:
    calm_days(shop, 9)
    hand_over(shop)
    page = cockpit(shop)
    assert "Calm: every exit criterion is met, 9 stable days." in page
    assert "it may end" in page


def test_an_open_sev_1_is_the_verdict(shop: Parts) -> None:
    calm_days(shop, 9)
    a_customer(shop).asks("I am locked out and cannot work at all")
    assert "Not calm: 1 Sev 1 ticket is open." in cockpit(shop)


@pytest.mark.parametrize("who", [AMIR, LENA, PRIYA])
def test_everybody_of_the_launch_sees_it_before_anything_was_measured(
    shop: Parts, who: str
) -> None:
    page = cockpit(shop, who)
    assert "Nobody can say yet: too little data about the desk and customers." in page
    assert "Today has not been measured yet" in page


def test_it_says_of_when_it_is_and_what_most_people_ask(shop: Parts) -> None:
    a_day(shop)
    keep_days(shop)
    page = cockpit(shop)
    assert "As of " in page
    assert "2 people, 3×" in page


def test_every_number_equals_the_rows_that_it_opens_to(shop: Parts) -> None:
    a_day(shop)
    later(shop, days=1)
    with shop.db.reading() as session:
        launch, at = launch_of(session), shop.clock.now()
        day = days.first_day(launch)
        while not metrics.measure(
            session, launch.id, "contacts_per_day", days.day_span(day, launch.zone), at=at
        )["count"]:
            day += timedelta(days=1)
        seen = {name: behind.of_day(session, launch, name, day, at=at) for name in METRICS}
        seen["sign_ins_per_day"] = behind.of_day(session, launch, "sign_ins_per_day", day, at=at)
    assert len(seen["contacts_per_day"].rows) == 5
    for name, found in seen.items():
        match found.kept:
            case {"count": count}:
                assert found.total == count, name
            case {"hits": _, "of": of}:
                assert found.total == of, name
            case {"waits": waits}:
                assert found.total == len(waits), name
            case {"level": level}:
                assert level == (41.0 if name == "sign_ins_per_day" else found.total), name
        assert len(found.rows) == found.total
    assert seen["repeat_questions_per_day"].total == 3
    assert seen["escalations_per_day"].total == 1
    assert seen["satisfied_percent"].total == 1


def test_the_page_of_a_figure_lists_its_rows_and_refuses_what_is_none(shop: Parts) -> None:
    a_day(shop)
    keep_days(shop)
    with shop.db.reading() as session:
        launch = launch_of(session)
        day = shop.clock.now().astimezone(launch.zone).date().isoformat()
        at = f"/launches/{launch.key}/figures"
    lena = a_browser(shop, LENA)
    page = lena.get(f"{at}/contacts_per_day/{day}").text
    assert page.count("loyalty stamps") == 3
    assert "<strong>5</strong>, one for each row" in page
    assert "5 rows" in page
    assert re.search(r"/desk/tickets/HC-\d+", lena.get(f"{at}/backlog/{day}").text)
    assert "/desk/tickets/" not in a_browser(shop, PRIYA).get(f"{at}/backlog/{day}").text
    for wrong in (f"nonsense/{day}", "backlog/1999-01-01", "backlog/2199-01-01"):
        assert lena.get(f"{at}/{wrong}").status_code == 404
    assert lena.get(f"{at}/backlog/yesterday").status_code == 404


def test_the_cockpit_reads_no_message_and_as_many_statements_however_long_it_is(
    shop: Parts,
) -> None:
    calm_days(shop, 4)
    with queries(shop) as few:
        cockpit(shop)
    calm_days(shop, 20)
    a_day(shop)
    with queries(shop) as many:
        cockpit(shop)
    assert len(many) <= len(few) + 2
    assert not [each for each in many if re.search(r"FROM messages\b", each)]
