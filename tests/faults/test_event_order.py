"""The reader of new events, where ids are given out before they are committed: on PostgreSQL."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from assistant import migrations
from assistant.ground import audit
from assistant.ground.audit import OPERATOR, happened
from assistant.ground.database import Database
from assistant.ground.tail import Tail, known_upto
from tests import cast

SERVER = os.environ.get("HYPERCARE_TEST_POSTGRES_URL", "")
needs_postgresql = pytest.mark.skipif(not SERVER, reason="needs HYPERCARE_TEST_POSTGRES_URL")


@pytest.fixture
def db() -> Iterator[Database]:
    """An empty database of its own."""
    name = f"hypercare_{uuid4().hex[:12]}"
    keeper = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with keeper.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    db = Database(make_url(SERVER).set(database=name).render_as_string(hide_password=False))
    migrations.upgrade(db)
    yield db
    db.close()
    with keeper.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    keeper.dispose()


def write(session: Session, kind: str) -> None:
    happened(session, kind, at=cast.NOW, by=OPERATOR)
    session.flush()


def new(db: Database, tail: Tail) -> list[str]:
    with db.reading() as session:
        return [event.kind for event in tail.new(session)]


@needs_postgresql
def test_an_event_that_is_committed_late_is_neither_skipped_nor_overtaken(db: Database) -> None:
    tail = Tail()
    with db.writing() as slow:
        write(slow, "first")
        with db.writing() as quick:
            write(quick, "second")
        assert new(db, tail) == []

    assert new(db, tail) == ["first", "second"]
    assert new(db, tail) == []


@needs_postgresql
def test_an_event_that_never_comes_holds_nobody_up_for_long(db: Database) -> None:
    tail = Tail()
    slow = Session(db.engine)
    write(slow, "taken back")
    with db.writing() as quick:
        write(quick, "kept")
    assert new(db, tail) == []

    slow.rollback()
    slow.close()

    assert [*new(db, tail), *new(db, tail)] == ["kept"]


@needs_postgresql
def test_a_page_goes_on_from_before_an_event_that_is_still_on_its_way(db: Database) -> None:
    tail = Tail()
    with db.writing() as before:
        write(before, "long ago")
    new(db, tail)
    with db.writing() as slow:
        write(slow, "first")
        with db.writing() as quick:
            write(quick, "second")
        new(db, tail)
        with db.reading() as drawn:
            upto = known_upto(drawn, tail.seen)

    with db.reading() as session:
        assert [event.kind for event in audit.after(session, upto)] == ["first", "second"]


def test_events_come_in_their_order_and_once(tmp_path: Path) -> None:
    parts = cast.empty_house(tmp_path)
    tail = Tail()
    with parts.db.reading() as session:
        tail.begin(session)
    for number in range(3):
        with parts.db.writing() as session:
            write(session, f"event {number}")

    with parts.db.reading() as session:
        few = [event.kind for event in tail.new(session, most=2)]

    assert (few, new(parts.db, tail), new(parts.db, tail)) == (
        ["event 0", "event 1"],
        ["event 2"],
        [],
    )
    parts.close()
