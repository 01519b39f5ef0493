"""One engine, two kinds of transaction, times in UTC, and rows that survive."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError, StatementError

from assistant.ground.database import Database, UtcDateTime, canonical, put_unless_there, sha256
from assistant.ground.parts import Parts
from assistant.ground.people import Person, Role, add_person
from assistant.ground.spending import ModelDay
from tests.cast import NOW


def test_what_is_written_is_there_after_the_transaction(house: Parts) -> None:
    with house.db.writing() as session:
        add_person(session, email="amir@example.com", name="Amir", role=Role.AGENT, at=NOW)

    with house.db.reading() as session:
        assert list(session.scalars(select(Person.name))) == ["Amir"]


def test_an_error_takes_everything_back(house: Parts) -> None:
    with pytest.raises(ValueError, match="on the way"), house.db.writing() as session:
        add_person(session, email="amir@example.com", name="Amir", role=Role.AGENT, at=NOW)
        raise ValueError("on the way")

    with house.db.reading() as session:
        assert list(session.scalars(select(Person))) == []


def test_reading_never_writes(house: Parts) -> None:
    with house.db.reading() as session:
        add_person(session, email="amir@example.com", name="Amir", role=Role.AGENT, at=NOW)

    with house.db.reading() as session:
        assert list(session.scalars(select(Person))) == []


def test_two_writers_at_the_same_time_lose_nothing(house: Parts) -> None:
    with house.db.writing() as session:
        session.execute(text("CREATE TABLE counter (n INTEGER)"))
        session.execute(text("INSERT INTO counter VALUES (0)"))

    def count_up() -> None:
        for _ in range(5):
            with house.db.writing() as session:
                (n,) = session.execute(text("SELECT n FROM counter")).one()
                session.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    writers = [threading.Thread(target=count_up) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with house.db.reading() as session:
        assert session.execute(text("SELECT n FROM counter")).scalar_one() == 20


def test_no_connection_is_left_in_use(house: Parts) -> None:
    with house.db.reading() as session:
        session.execute(text("SELECT 1"))
        assert house.db.connections_in_use() == 1

    assert house.db.connections_in_use() == 0


def test_the_embedded_database_survives_a_power_cut_and_keeps_its_references(house: Parts) -> None:
    assert house.db.is_durable()
    with house.db.reading() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    orphan = text("INSERT INTO memberships (person_id, launch_id) VALUES (7, 7)")
    with pytest.raises(IntegrityError), house.db.writing() as session:
        session.execute(orphan)


def test_a_time_without_a_zone_cannot_be_stored(house: Parts) -> None:
    naive = datetime(2026, 11, 17, 9, 0)  # noqa: DTZ001
    with pytest.raises(StatementError, match="without a zone"), house.db.writing() as session:
        add_person(session, email="amir@example.com", name="Amir", role=Role.AGENT, at=naive)


@given(
    at=st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2199, 12, 30)),  # noqa: DTZ001
    offset=st.integers(min_value=-14 * 60, max_value=14 * 60),
)
def test_an_instant_comes_back_as_the_same_instant_in_utc(at: datetime, offset: int) -> None:
    instant = at.replace(tzinfo=timezone(timedelta(minutes=offset)))
    column, dialect = UtcDateTime(), sqlite.dialect()

    stored = column.process_bind_param(instant, dialect)
    back = column.process_result_value(stored, dialect)

    assert back == instant
    assert back is not None
    assert back.tzinfo is UTC


def test_a_hash_is_of_the_bytes_in_utf_8() -> None:
    assert sha256("Größe ☂") == "62b7b984760fc04aeb3a347b45aebcaa08d194533a38ce4d3f34dc3447f503fb"


def test_one_value_has_one_canonical_form() -> None:
    assert canonical({"b": [1, None], "a": "é"}) == '{"a":"é","b":[1,null]}'
    assert canonical({"a": "é", "b": [1, None]}) == '{"a":"é","b":[1,null]}'


def test_nothing_is_created_by_opening(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'here.sqlite3'}").close()

    assert list(tmp_path.iterdir()) == []


def test_what_somebody_else_has_put_there_stays_and_the_rest_is_added(house: Parts) -> None:
    rows = [{"day": NOW.date() + timedelta(days=n), "calls": n, "tokens": 0} for n in range(3)]
    with house.db.writing() as session:
        put_unless_there(session, ModelDay, [{**rows[0], "calls": 7}])

    with house.db.writing() as session:
        put_unless_there(session, ModelDay, rows)
        put_unless_there(session, ModelDay, [])

    with house.db.reading() as session:
        assert list(session.scalars(select(ModelDay.calls).order_by(ModelDay.day))) == [7, 1, 2]
