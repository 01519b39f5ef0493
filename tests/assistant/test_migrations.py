"""The tables through time: at every start, up to date, and equal to what the code maps."""

from datetime import UTC, datetime
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from assistant import migrations
from assistant.answering.decisions import Decision
from assistant.desk import repeats
from assistant.desk.repeats import traced_by
from assistant.desk.tickets import Ticket
from assistant.ground.database import Database
from assistant.ground.parts import Parts
from assistant.launch.launches import Launch
from assistant.migrations import tables
from knowledge.grouping import nearest_group
from knowledge.traces import trace
from tests import cast
from tests.cast import UNKNOWN, Customer
from tests.embedders import Words


def test_the_migrations_make_exactly_the_tables_that_are_mapped(tmp_path: Path) -> None:
    house = cast.empty_house(tmp_path)
    with house.db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "render_as_batch": True}
        )

        assert compare_metadata(context, tables.metadata) == []


def test_every_mapped_table_is_there(house: Parts) -> None:
    there = set(inspect(house.db.engine).get_table_names())

    assert set(tables.metadata.tables) == there - {"alembic_version"}


def test_upgrading_again_changes_nothing(shop: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)
    before = mara.sees()

    migrations.upgrade(shop.db)

    assert mara.sees() == before


def test_two_processes_may_start_on_one_folder(tmp_path: Path) -> None:
    first = cast.empty_house(tmp_path)
    second = cast.empty_house(tmp_path)

    assert inspect(second.db.engine).has_table("tickets")
    first.close()
    second.close()


def test_every_reference_between_tables_holds(shop: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)
    cast.amir_replies(shop)

    with shop.db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


def test_upgrading_needs_no_file_beside_the_database(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")

    migrations.upgrade(db)
    db.close()

    assert [path.name for path in tmp_path.iterdir()] == ["other.sqlite3"]


def test_what_was_there_before_labels_is_there_after_them(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'older.sqlite3'}")
    migrations.upgrade(db, to="0001")
    with db.engine.begin() as connection:
        for key in ("kept", "untouched"):
            connection.exec_driver_sql(LAUNCH_OF_OLD, {"key": key})
        connection.exec_driver_sql(
            "INSERT INTO events (at, kind, actor, launch_id, details)"
            " VALUES ('2026-11-16 10:00:00', 'launch.mode', 'person', 1, '{}')"
        )

    migrations.upgrade(db)

    with db.reading() as session:
        kept, untouched = session.scalars(select(Launch).order_by(Launch.id))
        assert (kept.mode, kept.fell_back_because, kept.fell_back_at) == ("clarify", "", None)
        assert kept.mode_set_at == datetime(2026, 11, 16, 10, tzinfo=UTC)
        assert untouched.mode_set_at is None


def test_groups_from_before_traces_are_joined_after_them(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'older.sqlite3'}")
    model, asked = Words("words:1"), "Can I pay with seashells on the moon?"
    meant = model.embed([asked, "is paying with seashells possible", "Where is my parcel?"])
    migrations.upgrade(db, to="0001")
    with db.engine.begin() as connection:
        connection.exec_driver_sql(LAUNCH_OF_OLD, {"key": "kept"})
    migrations.upgrade(db, to="0006")
    with db.engine.begin() as connection:
        for question, total, size in (
            (asked, meant[0] + meant[1], 2),
            ("Where is my parcel?", meant[2], 1),
            ("", meant[0] * 0, 1),  # has no direction: nobody ever joins it
        ):
            group = {"question": question, "total": total.tobytes(), "size": size}
            connection.exec_driver_sql(GROUP_OF_OLD, group)

    migrations.upgrade(db)

    with db.reading() as session:
        known = repeats.groups_of(session, 1, traced_by(model.name))
    near = nearest_group(trace(asked, meant[0]), known, lambda _: {})
    assert [(group.key, group.size) for group in known] == [("1", 2), ("2", 1)]
    assert near is not None
    assert near.key == "1"
    assert near.with_member(trace(asked, meant[0])).size == 3


def test_a_database_in_use_is_upgraded_with_all_that_refers_to_each_other(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'older.sqlite3'}")
    migrations.upgrade(db, to="0001")
    total = Words("words:1").embed(["Where is my parcel?"])[0].tobytes()
    group = {"question": "Where is my parcel?", "total": total, "size": 1}
    with db.engine.begin() as connection:
        connection.exec_driver_sql(LAUNCH_OF_OLD, {"key": "kept"})
        connection.exec_driver_sql(GROUP_OF_OLD, group)
        for one in IN_USE:
            connection.exec_driver_sql(one)

    migrations.upgrade(db)

    with db.writing() as session:
        ticket = session.get_one(Ticket, 1)
        assert (ticket.question.text, ticket.group_id) == ("Where is my parcel?", 1)
        assert [promise.kind for promise in ticket.promises] == ["resolve"]
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []


IN_USE = (
    "INSERT INTO conversations (id, launch_id, token_sha256, channel, visitor, audience, page_url,"
    " began_at) VALUES ('c', 1, 't', 'widget', 'mara', 'everyone', '', '2026-11-16 10:00:00')",
    "INSERT INTO messages (conversation_id, at, by, kind, text, options, group_id) VALUES"
    " ('c', '2026-11-16 10:00:00', 'customer', 'question', 'Where is my parcel?', '[]', 1)",
    "INSERT INTO tickets (launch_id, conversation_id, question_id, subject, severity,"
    " severity_reason, handoff_reason, in_scope, policy, group_id, level, opened_at,"
    " customer_wrote_at, context, version) VALUES (1, 'c', 1, 'Where is my parcel?', 3, '', '', 1,"
    " 'hypercare', 1, 0, '2026-11-16 10:00:00', '2026-11-16 10:00:00', '{}', 1)",
    "INSERT INTO promises (ticket_id, kind, made_at, due_at, because) VALUES"
    " (1, 'resolve', '2026-11-16 10:00:00', '2026-11-21 10:00:00', 'by the policy')",
)


def test_what_was_asked_for_before_it_was_written_down_is_known_after(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'older.sqlite3'}")
    migrations.upgrade(db, to="0001")
    with db.engine.begin() as connection:
        connection.exec_driver_sql(LAUNCH_OF_OLD, {"key": "kept"})
        for one in (ENTRY_OF_OLD, VERSION_OF_OLD, IN_USE[0]):
            connection.exec_driver_sql(one)
        for decided in (
            {"certainty": 0.9, "near": '[{"entry": "prices"}]', "version": 1},
            {"certainty": 0.1, "near": '[{"entry": "prices"}]', "version": 1},
            {"certainty": 0.3, "near": '[{"entry": "login"}, {"entry": "prices"}]'},
            {"certainty": 0.29, "near": '[{"entry": "login"}]'},
            {"certainty": 0.9, "near": "[]"},
        ):
            connection.exec_driver_sql(IN_USE[1].replace(", 1)", ", NULL)"))
            connection.exec_driver_sql(DECISION_OF_OLD, {"version": None, **decided})

    migrations.upgrade(db)

    with db.reading() as session:
        known = session.scalars(select(Decision.asked_for).order_by(Decision.message_id)).all()
    assert known == ["parcels", "parcels", "login", None, None]


ENTRY_OF_OLD = (
    "INSERT INTO entries (launch_id, key, kind, created_at, retired_because, version) VALUES"
    " (1, 'parcels', 'faq', '2026-11-16 08:00:00', '', 1)"
)
VERSION_OF_OLD = (
    "INSERT INTO entry_versions (entry_id, number, question, phrasings, not_for, applies_when,"
    " verdict, why_now, what_to_do, safe_to_continue, next_update, answer, audience, locale, text,"
    " sha256, created_at, saved_at, changes_asked, index_problem) VALUES (1, 1, 'Where is it?',"
    " '[]', '[]', '', 'information', '', '', '', '', 'Here.', 'everyone', 'en', 'Here.', '',"
    " '2026-11-16 08:00:00', '2026-11-16 08:00:00', '', '')"
)
DECISION_OF_OLD = (
    "INSERT INTO decisions (message_id, launch_id, at, outcome, reason, certainty, severity,"
    " severity_reason, mode, via, candidates, considered, entry_version_id) VALUES"
    " (last_insert_rowid(), 1, '2026-11-16 10:00:00', 'handoff', '', :certainty, 3, '', 'auto',"
    " 'meaning', :near, '{}', :version)"
)
GROUP_OF_OLD = (
    "INSERT INTO repeat_groups (launch_id, question, embedder, total, identifiers, size,"
    " first_seen_at, last_seen_at) VALUES (1, :question, 'words:1', :total, '[]', :size,"
    " '2026-11-16 10:00:00', '2026-11-16 10:00:00')"
)


def test_every_reference_is_named_as_the_code_names_it(house: Parts) -> None:
    there = inspect(house.db.engine)

    for name, table in tables.metadata.tables.items():
        mapped = {f"fk_{name}_{fk.column_keys[0]}" for fk in table.foreign_key_constraints}
        # SQLite does not tell the name of a reference that was added with its column.
        named = {
            fk["name"] or f"fk_{name}_{fk['constrained_columns'][0]}"
            for fk in there.get_foreign_keys(name)
        }
        assert named == mapped


def test_no_migration_goes_back() -> None:
    script = ScriptDirectory(str(migrations.HERE))

    assert [
        one.revision for one in script.walk_revisions() if hasattr(one.module, "downgrade")
    ] == []


LAUNCH_OF_OLD = (
    "INSERT INTO launches (key, name, trigger, starts_at, time_zone, scope, out_of_scope,"
    " objectives, baselines, exit_criteria, sites, mode, wrong_rate, prepared_at,"
    " library_revision, version) VALUES (:key, 'Old', 'rebranding', '2026-11-16 08:00:00', 'UTC',"
    " '[]', '[]', '[]', '[]', '[]', '[]', 'clarify', 0.02, '2026-11-16 08:00:00', 0, 1)"
)
