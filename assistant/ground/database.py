"""The database: one engine, two kinds of transaction, and the column types everything uses.

SQLite is the embedded default; PostgreSQL is used by giving its URL. A writer takes the lock at
once (``BEGIN IMMEDIATE``), because SQLite's default lets two readers upgrade and lose updates
silently. ``synchronous=FULL`` because an acknowledged row must survive a power cut.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Engine, MetaData, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from assistant.ground.turns import Turn, Turns

BUSY_TIMEOUT_MS = 10_000  # how long a writer queues before SQLite gives up; libraries notes, fact 9
FULL = 2  # PRAGMA synchronous: NORMAL (1) lost acknowledged rows in simulated power cuts

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC. Naive input is a bug and is refused."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Keep the zone where the database can (PostgreSQL)."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC, without zone for SQLite, which cannot keep one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"A time without a zone cannot be stored: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored instant, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every table inherits: names for constraints, JSON for lists and maps, UTC for times."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UtcDateTime(),
        list[str]: JSON(),
        list[dict[str, Any]]: JSON(),
        dict[str, Any]: JSON(),
    }


class Database:
    """One engine. ``reading()`` and ``writing()`` are the only ways to a session."""

    def __init__(self, url: str) -> None:
        """Open ``url`` (``sqlite:///file`` or ``postgresql+psycopg://…``); nothing is created."""
        self.url = url
        self.engine = _engine(url)
        self._turns = Turns()
        self.committed: set[Callable[[], None]] = set()  # told after each commit of this process

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that sees one consistent state and writes nothing."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Yield a session holding the writer's lock; commits at the end, rolls back on an error."""
        turn = Turn(self._turns)
        bound = self.engine.execution_options(writes=turn)
        try:
            with Session(bound, expire_on_commit=False) as session, session.begin():
                yield session
        finally:
            turn.give_back()
        for told in list(self.committed):
            told()

    def is_durable(self) -> bool:
        """Return whether a committed row survives a power cut as far as the database promises."""
        if self.engine.dialect.name != "sqlite":
            return True
        with self.engine.connect() as connection:
            return int(connection.execute(text("PRAGMA synchronous")).scalar_one()) >= FULL

    def connections_in_use(self) -> int:
        """Return how many connections are checked out; flows think with none."""
        return int(getattr(self.engine.pool, "checkedout", lambda: 0)())

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def put_unless_there(
    session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Put rows there, but those that somebody else, perhaps this very moment, has put there."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    if rows:
        session.execute(insert(table).on_conflict_do_nothing(), rows)


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True)
    engine = create_engine(url, pool_size=16, max_overflow=32)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    turn: Turn | None = connection.get_execution_options().get("writes")
    if turn is not None:
        turn.take(BUSY_TIMEOUT_MS / 1000)
    connection.exec_driver_sql("BEGIN" if turn is None else "BEGIN IMMEDIATE")


def sha256(words: str) -> str:
    """Return the hex SHA-256 of ``words`` in UTF-8."""
    return hashlib.sha256(words.encode()).hexdigest()


def canonical(value: Any) -> str:
    """Return ``value`` as JSON in one canonical form, for comparing and hashing."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
