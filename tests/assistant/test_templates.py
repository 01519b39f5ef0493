"""Templates: each becomes a launch in which nothing is left open but what only people can fill."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import yaml

from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Role, members
from assistant.launch.from_template import Beginning, deadline, offered, pack_of, yaml_of
from assistant.launch.launches import Trigger, by_key
from assistant.launch.pack_file import PackRefused, shaped
from assistant.library import packs
from assistant.library.beginning import begin
from tests import cast

BERLIN = ZoneInfo("Europe/Berlin")
STARTS = datetime(2026, 11, 30, 8, tzinfo=UTC)
TEAM = {
    "owner": cast.AMIR,
    "lead": cast.LENA,
    "engineer": cast.ERIC,
    "change-manager": cast.INES,
    "sponsor": cast.PRIYA,
}
KEYS = [each.key for each in offered()]


def beginning(**said):
    usual = {"key": "autumn", "name": "Autumn", "starts": STARTS, "time_zone": "Europe/Berlin"}
    return Beginning(**{**usual, "people": TEAM, **said})


@pytest.fixture
def staffed(house, tmp_path):
    cast.bring_in(house, tmp_path)
    return house


@pytest.mark.parametrize("template", KEYS)
def test_every_template_leaves_open_only_what_people_must_fill(staffed, template):
    with staffed.db.writing() as session:
        lena = cast.the(session, cast.LENA)
        launch = begin(session, template, beginning(), by=lena, at=cast.NOW)

        gaps = launch.missing()

        assert launch.phase == "preparing"
        assert gaps[0] == "baselines to compare with"
        assert gaps
        assert all(gap.startswith(("baselines", "the baseline of ")) for gap in gaps)


@pytest.mark.parametrize("template", KEYS)
def test_every_template_is_believable_by_itself(template):
    pack, _ = shaped(yaml_of(pack_of(template, beginning())), template)

    assert 2 <= len(pack.launch.objectives) <= 3
    assert len(pack.launch.exit_criteria) >= 3
    assert len(pack.scenarios) >= 5
    assert len(pack.launch.out_of_scope) >= 3
    assert all(area.words for area in pack.launch.out_of_scope)
    assert pack.launch.coverage
    assert pack.launch.policies
    assert pack.launch.ends > pack.launch.starts
    for each in pack.scenarios:
        assert each.expected_before
        assert each.why_in_doubt
        assert len({step.to for step in each.escalation}) == len(each.escalation) >= 1
    for each in pack.launch.objectives:
        assert each.by > STARTS


def test_there_is_a_template_for_each_trigger_that_is_planned():
    triggers = {each.trigger for each in offered()}

    assert triggers == set(Trigger) - {Trigger.WARNING}
    assert any(each.weeks == 13 for each in offered())


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("72 h", datetime(2026, 12, 3, 8, tzinfo=UTC)),
        ("day 1", datetime(2026, 11, 30, 23, tzinfo=UTC)),  # the end of that day in Berlin
        ("day 2", datetime(2026, 12, 1, 23, tzinfo=UTC)),
    ],
)
def test_deadlines_count_from_the_start(words, at):
    assert deadline(words, STARTS, BERLIN) == at


def test_a_deadline_that_is_neither_is_an_error():
    with pytest.raises(ValueError, match="soon"):
        deadline("soon", STARTS, BERLIN)


def test_the_days_count_by_the_clocks_of_the_zone_over_a_change_of_clocks():
    begun = datetime(2026, 10, 24, 8, tzinfo=UTC)  # the clocks go back on the 25th

    assert deadline("day 1", begun, BERLIN) == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert deadline("day 2", begun, BERLIN) == datetime(2026, 10, 25, 23, tzinfo=UTC)


def test_ninety_days_grow_quieter():
    pack, _ = shaped(yaml_of(pack_of("ninety-days", beginning())), "x")
    hours = {
        each.date.isoformat(): (each.opens, each.closes) for each in pack.launch.coverage.special
    }

    assert hours["2026-11-30"] == ("07:00", "22:00")
    assert hours["2026-12-13"] == ("07:00", "22:00")  # day 14
    assert hours["2026-12-14"] == ("08:00", "20:00")
    assert hours["2027-01-13"] == ("08:00", "20:00")  # day 45
    assert "2027-01-14" not in hours
    assert (pack.launch.ends - pack.launch.starts).days == 91


def test_aims_become_numbers_as_soon_as_their_baseline_is_known(staffed):
    pack = pack_of("pricing", beginning())
    pack["launch"]["baselines"] = [{"metric": "first_response_minutes", "value": 42}]
    shape, lines = shaped(yaml.safe_dump(pack), "x")

    with staffed.db.writing() as session:
        packs.bring(session, shape, lines, file="x", approve_as=None, at=cast.NOW)
        launch = by_key(session, "autumn")

        assert launch.exit_criteria[0]["value"] == 46.2
        assert "value" not in launch.exit_criteria[1]
        assert "the baseline of first_response_minutes" not in launch.missing()
        assert "the baseline of time_to_resolution_hours" in launch.missing()


def test_what_nobody_was_named_for_stays_open_and_is_said(staffed):
    with staffed.db.writing() as session:
        launch = begin(
            session, "pricing", beginning(people={}), by=cast.the(session, cast.LENA), at=cast.NOW
        )

        assert "an owner for “I am charged more than last time”" in launch.missing()
        assert "an escalation path for “I am charged more than last time”" in launch.missing()


def test_a_key_is_given_once_and_only_leads_begin(staffed):
    with staffed.db.writing() as session:
        lena, amir = cast.the(session, cast.LENA), cast.the(session, cast.AMIR)
        with pytest.raises(NotPermitted):
            begin(session, "pricing", beginning(), by=amir, at=cast.NOW)
        with pytest.raises(Refused, match="taken"):
            begin(session, "pricing", beginning(key=cast.LAUNCH), by=lena, at=cast.NOW)
        with pytest.raises(Refused, match="taken"):
            begin(session, "pricing", beginning(key="new"), by=lena, at=cast.NOW)
        with pytest.raises(PackRefused, match="Nobody here has the address"):
            begin(
                session,
                "pricing",
                beginning(people={**TEAM, "owner": "who@example.com"}),
                by=lena,
                at=cast.NOW,
            )


def test_everybody_named_belongs_to_it(staffed):
    with staffed.db.writing() as session:
        launch = begin(session, "vendor", beginning(), by=cast.the(session, cast.NOOR), at=cast.NOW)
        there = {each.email for each in members(session, launch.id)}

        assert there == {*TEAM.values(), cast.NOOR}
        assert {each.role for each in members(session, launch.id, Role.SPONSOR)} == {"sponsor"}
