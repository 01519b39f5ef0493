"""The roster as people change it: planned, passed on, swapped, called off; always one owner."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.audit import Event
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.parts import Parts
from assistant.ground.people import join
from assistant.launch import filling, planning, shifts
from assistant.launch.rotation import Turns
from assistant.launch.shifts import Shift
from tests import cast
from tests.assistant.test_shifts import a_shift, owner
from tests.cast import AMIR, ERIC, INES, LENA, NOOR, NOW
from tests.web.test_desk import a_launch

SOON = NOW + timedelta(hours=2)
HOUR = timedelta(hours=1)


def planned(
    session: Session, email: str = AMIR, begins: datetime = SOON, hours: float = 8
) -> Shift:
    return planning.plan(
        session,
        cast.launch_of(session),
        person=cast.the(session, email),
        begins_at=begins,
        ends_at=begins + hours * HOUR,
        by=cast.the(session, LENA),
        at=NOW,
    )


def told(session: Session) -> list[tuple[str, str, list[str]]]:
    """Return what the audit says of shifts: what, by whom, and who has them since."""
    events = session.scalars(select(Event).where(Event.kind.like("shift.%")).order_by(Event.id))
    return [(e.kind, e.who, [each["person"] for each in e.details["shifts"]]) for e in events]


# --- planning ---


def test_a_lead_plans_who_is_the_owner_when(shop: Parts) -> None:
    with shop.db.writing() as session:
        planned(session)

    assert (owner(shop, NOW), owner(shop, SOON), owner(shop, SOON + 8 * HOUR)) == (None, AMIR, None)
    with shop.db.reading() as session:
        assert told(session) == [("shift.planned", "Lena Ortiz", ["Amir Haddad"])]


@pytest.mark.parametrize(
    ("email", "begins", "hours", "says"),
    [
        (AMIR, SOON, 0, "ends after it begins"),
        (AMIR, SOON, -1, "ends after it begins"),
        (AMIR, SOON, 24.1, "24 hours at most"),
        (AMIR, NOW - HOUR, 4, "cannot begin in the past"),
        (AMIR, NOW + timedelta(days=400), 4, "more than a year ahead"),
        (INES, SOON, 8, "cannot own a shift here"),
        ("stranger@example.com", SOON, 8, "cannot own a shift here"),
    ],
)
def test_what_makes_no_sense_is_not_planned(
    shop: Parts, email: str, begins: datetime, hours: float, says: str
) -> None:
    with shop.db.writing() as session:
        cast.a_person(session, email="stranger@example.com", launch=None)
        with pytest.raises(Refused, match=says):
            planned(session, email, begins, hours)
        assert told(session) == []


def test_only_a_lead_plans(shop: Parts) -> None:
    with shop.db.writing() as session, pytest.raises(NotPermitted, match="Only a lead"):
        planning.plan(
            session,
            cast.launch_of(session),
            person=cast.the(session, AMIR),
            begins_at=SOON,
            ends_at=SOON + HOUR,
            by=cast.the(session, AMIR),
            at=NOW,
        )


def test_nobody_is_planned_twice_at_the_same_time(shop: Parts) -> None:
    with shop.db.writing() as session:
        planned(session)
        with pytest.raises(Refused, match="is on duty then: Tue 17 Nov, 12:00 to 20:00"):
            planned(session, begins=SOON + 7 * HOUR)
        planned(session, begins=SOON + 8 * HOUR)


def test_a_shift_is_called_off_before_it_begins_and_never_after(shop: Parts) -> None:
    with shop.db.writing() as session:
        launch, lena = cast.launch_of(session), cast.the(session, LENA)
        coming, running = planned(session), a_shift(session, NOOR, NOW - HOUR, hours=3)
        planning.call_off(session, launch, coming, by=lena, at=NOW)

        with pytest.raises(Refused, match="has begun"):
            planning.call_off(session, launch, running, by=lena, at=NOW)
        with pytest.raises(Refused, match="was called off"):
            planning.call_off(session, launch, coming, by=lena, at=NOW)

    assert (owner(shop, NOW), owner(shop, SOON + HOUR)) == (NOOR, None)


def test_a_shift_of_another_launch_is_not_found(shop: Parts) -> None:
    with shop.db.writing() as session:
        shift = planned(session)
        with pytest.raises(NotFound):
            shifts.this_shift(session, shift.launch_id + 1, shift.id)


# --- passing on ---


def test_somebody_takes_over_a_shift_that_is_to_come(shop: Parts) -> None:
    with shop.db.writing() as session:
        shift, eric = planned(session), cast.the(session, ERIC)
        planning.take_over(session, cast.launch_of(session), shift, person=eric, by=eric, at=NOW)

        assert (shift.person.name, shift.had_by and shift.had_by.name) == (
            "Eric Berg",
            "Amir Haddad",
        )
        assert told(session)[-1] == ("shift.taken-over", "Eric Berg", ["Eric Berg"])
    assert owner(shop, SOON) == ERIC


def test_what_is_left_of_a_running_shift_is_taken_over_and_what_was_stays(shop: Parts) -> None:
    with shop.db.writing() as session:
        shift, eric = a_shift(session, AMIR, NOW - 4 * HOUR), cast.the(session, ERIC)
        rest = planning.take_over(
            session, cast.launch_of(session), shift, person=eric, by=eric, at=NOW
        )

        assert (rest.begins_at, rest.ends_at) == (NOW, NOW + 4 * HOUR)
    assert owner(shop, NOW - timedelta(seconds=1)) == AMIR
    assert owner(shop, NOW) == ERIC
    assert owner(shop, NOW + 4 * HOUR) is None


@pytest.mark.parametrize(
    ("email", "begins", "says"),
    [
        (AMIR, SOON, "has this shift already"),
        (NOOR, SOON, "Noor Rahman is on duty then"),
        (ERIC, NOW - 9 * HOUR, "is over"),
    ],
)
def test_a_take_over_that_changes_nothing_or_too_much_is_refused(
    shop: Parts, email: str, begins: datetime, says: str
) -> None:
    with shop.db.writing() as session:
        shift = a_shift(session, AMIR, begins)
        a_shift(session, NOOR, SOON + 7 * HOUR)
        person = cast.the(session, email)
        with pytest.raises(Refused, match=says):
            planning.take_over(
                session, cast.launch_of(session), shift, person=person, by=person, at=NOW
            )


def test_nobody_gives_a_shift_to_a_colleague_but_a_lead(shop: Parts) -> None:
    with shop.db.writing() as session:
        shift, amir, eric = planned(session), cast.the(session, AMIR), cast.the(session, ERIC)
        launch = cast.launch_of(session)
        with pytest.raises(NotPermitted):
            planning.take_over(session, launch, shift, person=eric, by=amir, at=NOW)
        planning.take_over(session, launch, shift, person=eric, by=cast.the(session, LENA), at=NOW)
    assert owner(shop, SOON) == ERIC


def test_two_people_swap_and_both_sides_are_written_down(shop: Parts) -> None:
    with shop.db.writing() as session:
        late, night = planned(session), planned(session, ERIC, SOON + 8 * HOUR)
        planning.swap(
            session, cast.launch_of(session), late, night, by=cast.the(session, LENA), at=NOW
        )

        assert [(each.person.name, each.had_by and each.had_by.name) for each in (late, night)] == [
            ("Eric Berg", "Amir Haddad"),
            ("Amir Haddad", "Eric Berg"),
        ]
        assert told(session)[-1] == ("shift.swapped", "Lena Ortiz", ["Eric Berg", "Amir Haddad"])
    assert (owner(shop, SOON), owner(shop, SOON + 8 * HOUR)) == (ERIC, AMIR)


def test_a_swap_that_books_somebody_twice_is_refused(shop: Parts) -> None:
    with shop.db.writing() as session:
        mine, theirs = planned(session), planned(session, ERIC, SOON + 24 * HOUR)
        planned(session, AMIR, SOON + 25 * HOUR, hours=4)
        with pytest.raises(Refused, match="Amir Haddad is on duty then"):
            planning.swap(
                session, cast.launch_of(session), mine, theirs, by=cast.the(session, LENA), at=NOW
            )


# --- rotations ---


def test_a_rotation_fills_what_nobody_owns_and_nothing_else(shop: Parts) -> None:
    with shop.db.writing() as session:
        launch, lena = cast.launch_of(session), cast.the(session, LENA)
        planned(session, NOOR, SOON, hours=4)
        people = tuple(cast.the(session, email).id for email in (AMIR, ERIC, LENA, NOOR))
        turns = Turns(people, (6 * 60, 14 * 60, 22 * 60))
        days = {"first": date(2026, 11, 17), "last": date(2026, 11, 19)}

        proposed = filling.proposal(session, launch, turns, **days, at=NOW)
        filling.fill(session, launch, proposed, by=lena, at=NOW)

        assert filling.proposal(session, launch, turns, **days, at=NOW) == []
        with pytest.raises(Refused, match="Nothing is left to plan"):
            filling.fill(session, launch, [], by=lena, at=NOW)
    assert owner(shop, SOON + HOUR) == NOOR
    at = NOW
    while at < datetime(2026, 11, 19, 23, tzinfo=UTC):
        assert owner(shop, at) is not None, at
        at += timedelta(minutes=30)
    assert owner(shop, datetime(2026, 11, 19, 23, 0, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("people", "changes", "last", "says"),
    [
        (0, (360,), date(2026, 11, 20), "1 to 12 people"),
        (13, (360,), date(2026, 11, 20), "1 to 12 people"),
        (2, (), date(2026, 11, 20), "when the day changes hands"),
        (2, (360,), date(2026, 11, 16), "1 to 100 days"),
        (2, (360,), date(2027, 11, 16), "1 to 100 days"),
    ],
)
def test_a_rotation_without_sense_is_refused(
    shop: Parts, people: int, changes: tuple[int, ...], last: date, says: str
) -> None:
    with shop.db.writing() as session, pytest.raises(Refused, match=says):
        filling.proposal(
            session,
            cast.launch_of(session),
            Turns(tuple(range(people)), changes),
            first=date(2026, 11, 17),
            last=last,
            at=NOW,
        )


def test_a_rotation_of_somebody_from_elsewhere_plans_nothing(shop: Parts) -> None:
    with shop.db.writing() as session:
        launch, ines = cast.launch_of(session), cast.the(session, INES)
        proposed = filling.proposal(
            session,
            launch,
            Turns((ines.id,), (360,)),
            first=date(2026, 11, 18),
            last=date(2026, 11, 18),
            at=NOW,
        )
        with pytest.raises(Refused, match="cannot own a shift here"):
            filling.fill(session, launch, proposed, by=cast.the(session, LENA), at=NOW)
        assert told(session) == []


def test_a_rotation_books_nobody_who_is_on_duty_for_another_launch(shop: Parts) -> None:
    with shop.db.writing() as session:
        lena, amir, launch = (
            cast.the(session, LENA),
            cast.the(session, AMIR),
            cast.launch_of(session),
        )
        other = a_launch(session)
        join(session, amir, other.id)
        begins, ends = NOW + timedelta(hours=1), NOW + timedelta(hours=9)
        planning.plan(session, other, person=amir, begins_at=begins, ends_at=ends, by=lena, at=NOW)
        turns, day = Turns((amir.id,), (0,)), NOW.date()

        with pytest.raises(Refused, match="Amir Haddad is on duty then"):
            filling.proposal(session, launch, turns, first=day, last=day, at=NOW)
        turns = Turns((lena.id,), (0,))
        assert filling.proposal(session, launch, turns, first=day, last=day, at=NOW)
