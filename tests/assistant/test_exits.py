"""R18, R53–R56, R61: the end is computed, the sponsor signs it, and it can come back."""

from datetime import timedelta

import pytest

from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.parts import Parts
from assistant.launch.describing import describe
from assistant.library import afterwards
from assistant.library.afterwards import Becomes
from assistant.reports import exits, handover
from assistant.reports.daily_status import facts_of
from assistant.reports.days import DayKept, first_day
from assistant.reports.moved_limits import moved_limits
from assistant.reports.spans import local_day
from tests import cast
from tests.cast import AMIR, LENA, PRIYA, a_customer, later, launch_of, the
from tests.web.staff import a_browser

CALM = {"contacts_per_day": {"count": 60}, "repeat_questions_per_day": {"count": 3},
        "severity_1_or_2_per_day": {"count": 0}}  # fmt: skip


def calm_days(parts: Parts, number: int, **other: dict[str, int]) -> None:
    """Keep so many calm days from the launch's first on, and stand on the day after them.

    ``other`` replaces figures of the last of them.
    """
    with parts.db.writing() as session:
        launch = launch_of(session)
        launch.exit_criteria = [
            {"metric": "repeat_questions_per_day", "comparison": "at most", "value": 8, "days": 5}
        ]
        session.query(DayKept).delete()
        for day in range(number):
            figures = CALM | (other if day == number - 1 else {})
            session.add(
                DayKept(
                    launch_id=launch.id,
                    day=first_day(launch) + timedelta(days=day),
                    figures=figures,
                    measured_at=launch.starts_at,
                )
            )
        today = first_day(launch) + timedelta(days=number)
        now = parts.clock.now().astimezone(launch.zone).date()
    later(parts, days=(today - now).days)


def hand_over(parts: Parts) -> None:
    """Let Lena confirm the handover and decide about every temporary answer."""
    with parts.db.writing() as session:
        launch, lena, at = launch_of(session), the(session, LENA), parts.clock.now()
        for item in handover.ITEMS:
            handover.confirm(session, launch, item, by=lena, at=at)
        for version in afterwards.temporary(session, launch.id, at=at):
            afterwards.decide(session, version.entry, Becomes.PERMANENT, by=lena, at=at)


def gate(parts: Parts) -> exits.Gate:
    with parts.db.reading() as session:
        return exits.gate_of(session, launch_of(session), at=parts.clock.now())


def test_the_gate_opens_when_everything_is_there(shop: Parts) -> None:
    calm_days(shop, 6)
    assert not gate(shop).is_open  # nothing is handed over
    hand_over(shop)
    assert gate(shop).missing == []
    assert gate(shop).is_open
    assert gate(shop).stable_days == 6


@pytest.mark.parametrize(
    ("number", "other", "missing"),
    [
        (4, {}, "Repeat questions at most 8 for 5 days: 4 of 5 days hold."),
        (9, {"repeat_questions_per_day": {"count": 40}}, "0 of 5 days hold."),
        (
            9,
            {"severity_1_or_2_per_day": {"count": 1}},
            "New Sev 1–2 at most 0 for 3 days: 0 of 3 days",
        ),
        (9, {"contacts_per_day": {"count": 2}}, "0 of 5 days hold."),
    ],
)
def test_the_gate_stays_shut_and_says_why(
    shop: Parts, number: int, other: dict[str, dict[str, int]], missing: str
) -> None:
    calm_days(shop, number, **other)
    hand_over(shop)
    assert not gate(shop).is_open
    assert missing in " ".join(gate(shop).missing)


def test_an_open_sev_1_ticket_keeps_it_shut(shop: Parts) -> None:
    calm_days(shop, 6)
    hand_over(shop)
    a_customer(shop).asks("I am locked out and cannot work at all")
    assert gate(shop).missing == ["No Sev 1 ticket is open: 1 is open."]


def test_the_sponsor_signs_and_that_ends_it(shop: Parts) -> None:
    calm_days(shop, 6)
    hand_over(shop)
    with shop.db.writing() as session:
        launch = launch_of(session)
        with pytest.raises(NotPermitted):
            exits.sign(session, launch, by=the(session, LENA), at=shop.clock.now())
        exits.sign(session, launch, by=the(session, PRIYA), at=shop.clock.now())
        assert launch.phase == "closed"
        (signature,) = exits.signatures(session, launch.id)
        assert (signature.override, signature.missing) == ("", [])
        assert [each["metric"] for each in signature.figures] == [
            "repeat_questions_per_day",
            "severity_1_or_2_per_day",
        ]
        with pytest.raises(Refused, match="not live"):
            exits.sign(session, launch, by=the(session, PRIYA), at=shop.clock.now())


def test_a_shut_gate_is_passed_with_a_reason_only_and_it_is_kept(shop: Parts) -> None:
    calm_days(shop, 2)
    with shop.db.writing() as session:
        launch, priya, at = launch_of(session), the(session, PRIYA), shop.clock.now()
        with pytest.raises(Refused, match="2 of 5 days hold"):
            exits.sign(session, launch, override=" ", by=priya, at=at)
        assert launch.phase == "active"
        exits.sign(session, launch, override="The contract ends.", by=priya, at=at)
        (signature,) = exits.signatures(session, launch.id)
        assert signature.override == "The contract ends."
        assert any(w.startswith("Repeat questions at most ") for w in signature.missing)


def test_a_limit_that_is_loosened_while_it_is_live_hides_nothing_grave_and_is_listed(
    shop: Parts,
) -> None:
    calm_days(shop, 9, severity_1_or_2_per_day={"count": 3})
    hand_over(shop)
    loose = {"metric": "severity_1_or_2_per_day", "comparison": "at most", "value": 10, "days": 1}
    with shop.db.writing() as session:
        launch, lena, at = launch_of(session), the(session, LENA), shop.clock.now()
        named = [{**launch.exit_criteria[0], "value": 9}, loose]
        describe(session, launch, {"exit_criteria": named}, by=lena, at=at)
    assert "New Sev 1–2 at most 0 for 3 days: 0 of 3 days hold." in gate(shop).missing
    with shop.db.reading() as session:
        found = moved_limits(session, launch_of(session))
    told = [(each.by, each.before.get("value"), each.after.get("value")) for each in found]
    assert told == [("Lena Ortiz", 8, 9), ("Lena Ortiz", None, 10)]
    page = a_browser(shop, PRIYA).get(f"/launches/{cast.LAUNCH}/exit").text
    assert "none → at most 10 for 1 day<" in page


def test_a_temporary_answer_that_ran_out_is_still_to_be_decided(shop: Parts) -> None:
    with shop.db.writing() as session:
        launch, at = launch_of(session), shop.clock.now()
        before = afterwards.undecided(session, launch.id, at=at)
        assert before
        for version in before:
            version.valid_until = at + timedelta(days=1)
    later(shop, days=2)
    with shop.db.reading() as session:
        left = afterwards.undecided(session, launch_of(session).id, at=shop.clock.now())
    assert [each.id for each in left] == [each.id for each in before]


def test_today_is_no_whole_day_of_the_daily_status(shop: Parts) -> None:
    calm_days(shop, 5)
    with shop.db.reading() as session:
        launch, at = launch_of(session), shop.clock.now()
        status = facts_of(session, launch, local_day(at, launch.zone), at)
        assert [each.streak for each in status.standings] == [
            each.streak for each in exits.standings(session, launch, at=at)
        ]


def test_for_fourteen_days_it_may_begin_again(shop: Parts) -> None:
    calm_days(shop, 6)
    hand_over(shop)
    with shop.db.writing() as session:
        launch, lena, at = launch_of(session), the(session, LENA), shop.clock.now()
        with pytest.raises(Refused):
            exits.begin_again(session, launch, because="It came back.", by=lena, at=at)
        exits.sign(session, launch, by=the(session, PRIYA), at=at)
        assert exits.is_armed(launch, at=at + timedelta(days=13))
        assert not exits.is_armed(launch, at=at + timedelta(days=14))
        with pytest.raises(NotPermitted):
            exits.begin_again(session, launch, because="Again.", by=the(session, AMIR), at=at)
        exits.begin_again(session, launch, because="It came back.", by=lena, at=at)
        assert (launch.phase, launch.stage) == ("active", 0)


def test_a_handover_item_is_confirmed_once_and_may_be_taken_back(shop: Parts) -> None:
    with shop.db.writing() as session:
        launch, lena, at = launch_of(session), the(session, LENA), shop.clock.now()
        handover.confirm(session, launch, "team", note="Desk B", by=lena, at=at)
        handover.confirm(session, launch, "team", note="Desk C", by=lena, at=at)
        session.flush()
        assert handover.confirmed(session, launch.id)["team"].note == "Desk B"
        handover.take_back(session, launch, "team", by=lena, at=at)
        session.flush()
        assert handover.confirmed(session, launch.id) == {}
        with pytest.raises(Refused):
            handover.confirm(session, launch, "cake", by=lena, at=at)
        with pytest.raises(NotPermitted):
            handover.confirm(session, launch, "team", by=the(session, AMIR), at=at)


def test_only_temporary_answers_are_decided_about_and_only_by_a_lead(shop: Parts) -> None:
    key = cast.an_entry(shop)
    with shop.db.writing() as session:
        lena, at = the(session, LENA), shop.clock.now()
        with pytest.raises(Refused):
            afterwards.decide(session, cast.entry_of(session, key), Becomes.RETIRED, by=lena, at=at)
        temporary = afterwards.temporary(session, launch_of(session).id, at=at)
        assert temporary
        with pytest.raises(NotPermitted):
            amir = the(session, AMIR)
            afterwards.decide(session, temporary[0].entry, Becomes.RETIRED, by=amir, at=at)
        afterwards.decide(session, temporary[0].entry, Becomes.RETIRED, by=lena, at=at)
        session.flush()
        left = afterwards.undecided(session, launch_of(session).id, at=at)
        assert temporary[0].entry_id not in {version.entry_id for version in left}
