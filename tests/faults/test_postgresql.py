"""The same story on PostgreSQL, where several writers really are at work at once."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from assistant import migrations
from assistant.answering import judging
from assistant.answering.decisions import Decision
from assistant.answering.labels import Label, Source
from assistant.desk import repeats
from assistant.desk.messages import Message, Said
from assistant.desk.repeats import QuestionTrace, RepeatGroup, traced_by
from assistant.ground.clock import SetClock
from assistant.ground.database import Database
from assistant.ground.parts import Parts
from assistant.ground.settings import Settings
from assistant.library import stocking
from assistant.library.vectors import store, stored
from assistant.worker import Worker, clocks, jobs, long_jobs
from knowledge.embedding import Embedder
from knowledge.traces import kept_in
from tests import cast
from tests.embedders import Words

SERVER = os.environ.get("HYPERCARE_TEST_POSTGRES_URL", "")
pytestmark = pytest.mark.skipif(not SERVER, reason="needs HYPERCARE_TEST_POSTGRES_URL")


@pytest.fixture
def shop(tmp_path: Path, embedder: Embedder) -> Iterator[Parts]:
    """The shop on the second day of its launch, in a database of its own."""
    name = f"hypercare_{uuid4().hex[:12]}"
    keeper = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with keeper.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    parts = Parts(
        settings=Settings(_env_file=None, data=tmp_path, database_url=url),
        db=Database(url),
        clock=SetClock(cast.NOW),
        embedder=embedder,
    )
    migrations.upgrade(parts.db)
    cast.clock_of(parts).set(cast.OPENS)
    cast.bring_in(parts, tmp_path)
    cast.go_live(parts)
    cast.clock_of(parts).set(cast.NOW)
    yield parts
    parts.close()
    with keeper.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    keeper.dispose()


def test_an_approved_question_is_answered_and_another_becomes_a_ticket(shop: Parts) -> None:
    mara = cast.a_customer(shop)

    answered, handed_over = mara.asks(cast.PRICE), mara.asks(cast.UNKNOWN)

    assert answered["answer"]["text"] == cast.PRICE_TEXT
    assert handed_over["outcome"] == "handoff"
    assert handed_over["ticket"]["number"] == "HC-1001"


def test_the_same_key_five_times_at_once_is_one_message(shop: Parts) -> None:
    mara = cast.a_customer(shop)

    with ThreadPoolExecutor(5) as pool:
        said = list(pool.map(lambda _: mara.asks(cast.UNKNOWN, key="the-same-key"), range(5)))

    assert all(one == said[0] for one in said)
    with shop.db.reading() as session:
        questions = select(func.count()).select_from(Message).where(Message.kind == Said.QUESTION)
        assert session.scalar(questions) == 1
        assert session.scalar(select(func.count()).select_from(Decision)) == 1


def test_of_questions_that_join_a_group_at_the_same_time_none_is_lost(shop: Parts) -> None:
    askers = [cast.a_customer(shop, visitor=f"visitor {number}") for number in range(9)]
    askers[0].asks(cast.UNKNOWN)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda asker: asker.asks(cast.UNKNOWN), askers[1:]))

    with shop.db.reading() as session:
        group = session.scalars(select(RepeatGroup)).one()
        traces = kept_in(list(session.scalars(select(QuestionTrace.trace))))
    assert group.size == len(traces) == 9
    assert np.allclose(group.as_group().total, traces.sum(axis=0), atol=1e-4)


def test_no_question_joins_a_group_that_another_embedder_took_over_meanwhile(shop: Parts) -> None:
    cast.a_customer(shop).asks(cast.UNKNOWN)
    said = cast.a_customer(shop, visitor="ada").says(cast.UNKNOWN)
    old = shop.embedder
    assert old is not None

    def join() -> tuple[str, int]:
        (vector,) = old.embed([cast.UNKNOWN])
        with shop.db.writing() as session:
            question = session.get_one(Message, said)
            group = repeats.join(session, question, vector, embedder=old.name, at=cast.NOW)
            assert group is not None
            return group.embedder, group.size

    with ThreadPoolExecutor(1) as pool:
        with shop.db.writing() as session:
            new = Words("words:1")
            vectors = {cast.UNKNOWN: new.embed([cast.UNKNOWN])[0]}
            repeats.carry_over(session, old.name, new.name, vectors)
            session.flush()
            second = pool.submit(join)
            await_a_lock(shop)
        joined = second.result()

    assert joined == (traced_by(old.name), 1)
    with shop.db.reading() as session:
        groups = session.execute(select(RepeatGroup.embedder, RepeatGroup.size)).all()
    assert {tuple(group) for group in groups} == {joined, (traced_by("words:1"), 1)}


def test_of_two_that_keep_the_same_new_texts_at_the_same_time_neither_fails(shop: Parts) -> None:
    some, all_of_them = {"a": [1.0, 0.0]}, {"a": [1.0, 0.0], "b": [0.0, 1.0]}

    def keep(texts: dict[str, list[float]]) -> None:
        with shop.db.writing() as session:
            store(session, "words:1", {key: np.array(one) for key, one in texts.items()})

    with ThreadPoolExecutor(1) as pool:
        with shop.db.writing() as session:
            store(session, "words:1", {key: np.array(one) for key, one in some.items()})
            session.flush()
            second = pool.submit(keep, all_of_them)
            await_a_lock(shop)
        second.result()

    with shop.db.reading() as session:
        assert sorted(stored(session, "words:1", ["a", "b"])) == ["a", "b"]


def await_a_lock(parts: Parts) -> None:
    """Return as soon as some transaction waits for another one."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    until = time.monotonic() + 10.0
    while time.monotonic() < until:
        with parts.db.engine.connect() as connection:
            if connection.execute(waiting).scalar_one():
                return
    raise AssertionError("nobody waits")


def test_what_was_retired_is_not_served_any_more(shop: Parts) -> None:
    stocking.warm(shop, cast.LAUNCH)
    cast.retire(shop, "export-data")

    outcome = cast.a_customer(shop).asks(cast.EXPORT)

    assert "answer" not in outcome


def test_the_recurring_jobs_break_a_promise_exactly_once(shop: Parts) -> None:
    cast.a_customer(shop).asks(cast.BLOCKED)
    cast.later(shop, minutes=16)

    Worker(shop, clocks).round()
    Worker(shop, clocks).round()

    with shop.db.reading() as session:
        broken = [p for p in cast.tickets_of(session)[0].promises if p.broken_at is not None]
        assert [promise.kind for promise in broken] == ["first_response"]


def test_every_recurring_job_runs(shop: Parts) -> None:
    mara = cast.a_customer(shop)
    mara.asks(cast.PRICE)
    mara.asks(cast.UNKNOWN)
    cast.amir_replies(shop)
    cast.later(shop, days=2)

    for job in (*jobs(shop), *clocks(shop), *long_jobs(shop)):
        job.run(shop)  # a worker would log what is raised, and go on


def test_a_launch_falls_back_while_somebody_else_adds_a_label(shop: Parts) -> None:
    one, other = (
        cast.a_customer(shop, visitor=words).asks(words)["message_id"]
        for words in (cast.PRICE, cast.EXPORT)
    )

    with shop.db.writing() as lena, shop.db.writing() as amir:
        amir.execute(text("SET LOCAL lock_timeout = '3s'"))
        lena.add(a_label(lena, one))
        lena.flush()
        judging.checked(
            amir,
            amir.get_one(Message, other),
            cast.version_of(amir, "export-data"),
            right=False,
            weight=1.0,
            by=cast.the(amir, cast.AMIR),
            at=shop.clock.now(),
        )
        assert cast.launch_of(amir).has_fallen_back


def a_label(session: Session, message_id: int) -> Label:
    """Return Lena's verdict that price-differs does not answer a question."""
    return Label(
        launch_id=cast.launch_of(session).id,
        message_id=message_id,
        at=cast.NOW,
        source=Source.AUDIT,
        person_id=cast.the(session, cast.LENA).id,
        entry="price-differs",
        right=False,
        wrong=["price-differs"],
        first="price-differs",
        certainty=1.0,
        outcome="answer",
        weight=1.0,
        facts={},
    )
