"""The pages that watch a launch: signs, alarms and decisions; what contacts seek, corrected."""

import pytest
from sqlalchemy import select

from assistant.desk.seeking import Seeking
from assistant.ground.parts import Parts
from assistant.launch.launches import Trigger
from assistant.reports import reassurance, watching
from assistant.reports.going_live import Activation
from assistant.reports.watching import WarningAlarm
from tests import cast
from tests.web.staff import a_browser

SIGNS = f"/launches/{cast.LAUNCH}/warnings"
INDEX = f"/launches/{cast.LAUNCH}/reassurance"


def test_the_four_signs_are_shown_live_with_what_is_normal(shop: Parts):
    cast.a_customer(shop).says("Is this expected?")
    reassurance.read_contacts(shop)
    watching.watch(shop)

    page = a_browser(shop, cast.PRIYA).get(SIGNS).text

    assert "The same questions repeat" in page
    assert "Normal is 45 min (stored)" in page
    assert "Nothing to compare with" in page
    assert "None so far." in page


def test_a_lead_says_why_nothing_follows_and_a_second_lead_comes_too_late(shop: Parts):
    alarm = _an_alarm(shop)
    lena, noor = a_browser(shop, cast.LENA), a_browser(shop, cast.NOOR)

    first = lena.post(f"{SIGNS}/{alarm}/settlement", because="A newsletter went out <today>.")
    second = noor.post(f"{SIGNS}/{alarm}/settlement", because="Nothing.")

    assert (first.status_code, second.status_code) == (303, 409)
    assert "A newsletter went out &lt;today&gt;." in lena.get(SIGNS).text


@pytest.mark.parametrize(("who", "status"), [(cast.AMIR, 403), (cast.PRIYA, 403)])
def test_who_does_not_lead_decides_nothing(shop: Parts, who, status):
    alarm = _an_alarm(shop)

    assert a_browser(shop, who).post(f"{SIGNS}/{alarm}/settlement", because="No.").status_code == (
        status
    )


def test_an_alarm_in_hypercare_in_full_proposes_nothing_to_press(shop: Parts):
    alarm = _an_alarm(shop)
    lena = a_browser(shop, cast.LENA)

    assert "Do it" not in lena.get(SIGNS).text
    assert lena.post(f"{SIGNS}/{alarm}/entry", because="Go.").status_code == 409


def test_a_closed_launch_begins_again_from_its_alarm(shop: Parts):
    alarm = _an_alarm(shop)
    with shop.db.writing() as session:
        cast.launch_of(session).closed_at = cast.NOW
    lena = a_browser(shop, cast.LENA)

    assert "Begin hypercare again." in lena.get(SIGNS).text
    assert lena.post(f"{SIGNS}/{alarm}/entry", because="").status_code == 409
    assert lena.post(f"{SIGNS}/{alarm}/entry", because="The wave is back.").status_code == 303
    with shop.db.reading() as session:
        assert cast.launch_of(session).phase == "active"


def test_a_launch_in_preparation_is_activated_with_the_trigger_warning_sign(shop: Parts):
    alarm = _an_alarm(shop)
    with shop.db.writing() as session:
        cast.launch_of(session).live_at = None

    a_browser(shop, cast.LENA).post(f"{SIGNS}/{alarm}/entry", because="It has begun.")

    with shop.db.reading() as session:
        launch = cast.launch_of(session)
        assert (launch.phase, launch.trigger) == ("active", Trigger.WARNING)
        activation = session.get_one(Activation, launch.id)
        assert activation.because == "The same questions repeat. It has begun."
        assert (activation.by.email, activation.reason) == (cast.LENA, "It has begun.")
        assert activation.overruled  # what was advised and open then


def test_the_index_is_shown_by_scenario_and_corrected_from_the_list_and_the_ticket(shop: Parts):
    said = cast.a_customer(shop).asks(cast.UNKNOWN)
    reassurance.read_contacts(shop)
    amir, number = a_browser(shop, cast.AMIR), said["ticket"]["number"]
    with shop.db.reading() as session:
        message = session.scalars(select(Seeking)).one().message_id

    page = amir.get(INDEX).text
    assert "fewer than 10 contacts" in page
    assert cast.UNKNOWN in page
    assert amir.post(f"{INDEX}/{message}", seeks="reassurance").status_code == 303
    assert "a person said so" in amir.get(INDEX, days=7).text
    address = f"/desk/tickets/{number}"
    assert amir.post(f"{address}/seeking", seeks="problem").status_code == 303
    assert "Help with a problem" in amir.get(address).text
    assert amir.post(f"{INDEX}/{message}", seeks="joy").status_code == 422
    assert amir.post(f"{INDEX}/99999", seeks="problem").status_code == 404


def test_a_sponsor_reads_the_index_but_not_what_people_wrote(shop: Parts):
    cast.a_customer(shop).says("Is it only me?")
    reassurance.read_contacts(shop)
    priya = a_browser(shop, cast.PRIYA)

    assert "Is it only me?" not in priya.get(INDEX).text
    assert priya.post(f"{INDEX}/1", seeks="problem").status_code == 403


def _an_alarm(shop: Parts) -> int:
    with shop.db.writing() as session:
        alarm = WarningAlarm(
            launch_id=cast.launch_of(session).id,
            sign="repeats",
            raised_at=cast.NOW,
            value=60.0,
            normal=20.0,
            proposal="Stay.",
        )
        session.add(alarm)
        session.flush()
        return alarm.id
