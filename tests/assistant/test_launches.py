"""A launch: what it needs before it goes live, and who decides about it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.ground.audit import Event
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.parts import Parts
from assistant.launch import launches
from assistant.launch.launches import Mode
from tests import cast
from tests.cast import AMIR, LENA, NOOR, NOW, OLU, PACK, PRIYA, launch_of, the


def prepared(house: Parts, folder: Path, pack: str = PACK) -> None:
    cast.bring_in(house, folder, pack)


def test_an_imported_launch_is_in_preparation_until_somebody_takes_it_live(
    house: Parts, tmp_path: Path
) -> None:
    prepared(house, tmp_path)

    with house.db.writing() as session:
        launch = launch_of(session)
        assert (launch.phase, launch.missing()) == ("preparing", [])
        launch.go_live(session, by=the(session, LENA), at=NOW)
        assert (launch.phase, launch.live_at) == ("active", NOW)
        assert session.query(Event).filter_by(kind="launch.live").one().who == "Lena Ortiz"


def test_it_cannot_go_live_with_gaps_and_says_which(house: Parts, tmp_path: Path) -> None:
    pack = PACK.replace("  scope: [New prices at renewal, Sign-in with a link]\n", "")
    prepared(house, tmp_path, pack.replace("    escalation: [lena@example.com]\n", ""))

    with house.db.writing() as session, pytest.raises(Refused) as refused:
        launch_of(session).go_live(session, by=the(session, LENA), at=NOW)

    assert refused.value.message == (
        "Before it goes live it needs what is in scope and "
        "an escalation path for “I cannot get in the way I did”."
    )


def test_every_scenario_has_an_owner_a_way_up_and_three_deciders(
    house: Parts, tmp_path: Path
) -> None:
    bare = "launch: {key: bare}\nscenarios: [{key: one, title: One doubt}]\n"
    cast.bring_in(house, tmp_path, bare, approve_as=None)

    with house.db.reading() as session:
        (scenario,) = launches.by_key(session, "bare").scenarios
        assert scenario.missing() == [
            "an owner",
            "an escalation path",
            "somebody who confirms expected",
            "somebody who approves messages",
            "somebody who triggers rollback",
        ]


@pytest.mark.parametrize("email", [AMIR, PRIYA])
def test_only_a_lead_takes_it_live(house: Parts, tmp_path: Path, email: str) -> None:
    prepared(house, tmp_path)

    with house.db.writing() as session, pytest.raises(NotPermitted):
        launch_of(session).go_live(session, by=the(session, email), at=NOW)


def test_it_goes_live_once(shop: Parts) -> None:
    with shop.db.writing() as session, pytest.raises(Refused, match="live already"):
        launch_of(session).go_live(session, by=the(session, NOOR), at=NOW)


def test_a_lead_decides_how_much_the_assistant_may_do_and_it_is_written_down(shop: Parts) -> None:
    with shop.db.writing() as session:
        launch = launch_of(session)
        launch.set_mode(session, mode=Mode.CLARIFY, wrong_rate=0.02, by=the(session, NOOR), at=NOW)

        event = session.query(Event).filter_by(kind="launch.mode").one()
        assert (launch.mode, launch.wrong_rate) == ("clarify", 0.02)
        assert event.details == {"mode": ["auto", "clarify"], "wrong_rate": [0.01, 0.02]}


@pytest.mark.parametrize("rate", [0.0, 0.0009, 0.11, 1.0, float("nan"), float("inf")])
def test_a_rate_of_wrong_answers_stays_within_its_limits(shop: Parts, rate: float) -> None:
    with shop.db.writing() as session, pytest.raises(Refused, match=r"between 0\.1 % and 10 %"):
        launch_of(session).set_mode(
            session, mode=Mode.AUTO, wrong_rate=rate, by=the(session, LENA), at=NOW
        )


def test_days_are_counted_in_the_zone_of_the_launch(shop: Parts) -> None:
    with shop.db.reading() as session:
        launch = launch_of(session)

    assert launch.day(datetime(2026, 11, 16, 8, 0, tzinfo=UTC)) == 1
    assert launch.day(datetime(2026, 11, 16, 22, 59, tzinfo=UTC)) == 1
    assert launch.day(datetime(2026, 11, 16, 23, 0, tzinfo=UTC)) == 2  # midnight in Berlin


def test_people_see_the_launches_they_work_on_and_administrators_all(shop: Parts) -> None:
    with shop.db.writing() as session:
        stranger = cast.a_person(session, launch=None)

        def keys(email: str) -> list[str]:
            return [launch.key for launch in launches.of_person(session, the(session, email))]

        assert keys(AMIR) == ["spring-pricing"]
        assert keys(OLU) == ["spring-pricing"]
        assert keys(stranger.email) == []


def test_there_is_no_launch_of_another_key(shop: Parts) -> None:
    with shop.db.reading() as session, pytest.raises(NotFound):
        launches.by_key(session, "winter-pricing")
