"""Reliability P17: no surprise bill. The cap holds for all threads and processes together, also
over a restart; whatever the model is not asked about is answered by retrieval or a person.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.answering.consider import Asked, consider
from assistant.ground import spending
from assistant.ground.budget import Spent
from assistant.ground.database import Database
from assistant.ground.llm import Endpoint, Model
from assistant.ground.parts import Parts
from assistant.ground.spending import SharedBudget, of_launch
from assistant.launch.launches import Mode
from tests import cast
from tests import model_behaviours as fake
from tests.model_server import ModelServer

AT_ONCE = 50
TOKENS = 925  # of one call, as the fake server counts them
LOOSE = "what is going on with the amount you take from me"


@pytest.fixture
def launch_id(shop: Parts) -> int:
    """The shop's launch."""
    with shop.db.reading() as session:
        return cast.launch_of(session).id


def budget(parts: Parts, calls: int, tokens: int = 10**9) -> SharedBudget:
    return SharedBudget(parts.db, parts.clock, calls, tokens)


def model_of(server: ModelServer, purse: SharedBudget) -> Model:
    endpoint = Endpoint(server.base_url, "a-key", "a-model")
    model = Model([endpoint], budget=purse, deadline_seconds=5.0)
    model.warm()
    return model


def outcome(parts: Parts, launch_id: int, words: str) -> str:
    asked = Asked(words, launch_id, Mode.AUTO, 0.01, "everyone")
    return consider(parts, asked, at=cast.NOW).outcome


def test_many_at_once_never_pass_the_cap_and_a_restart_forgets_nothing(
    shop: Parts, launch_id: int, request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    count = int(request.config.getoption("--bill"))
    cap = count * 2 // 5
    questions = [f"{LOOSE}, case {number}" for number in range(count)]
    outcomes: list[str] = []
    with ModelServer(fake.picks("Why is my price different from last month?")) as server:
        for half in (questions[: count // 4], questions[count // 4 :]):
            shop.model = model_of(server, budget(shop, cap))  # each half in a process of its own
            with ThreadPoolExecutor(AT_ONCE) as pool:
                outcomes += pool.map(lambda words: outcome(shop, launch_id, words), half)
        calls = len(server.requests)

    record_property(
        "figure",
        f"{count} questions, {AT_ONCE} at once, one restart: {calls} calls of {cap} allowed",
    )
    # Some that were counted are never sent: too many were under way already.
    assert cap // 2 <= calls <= shop.model.spent().calls == cap
    assert len(outcomes) == count
    assert set(outcomes) <= {"answer", "clarification", "handoff"}


@pytest.fixture
def others(shop: Parts) -> Iterator[list[SharedBudget]]:
    """Three processes' budgets on one database, each with connections of its own."""
    databases = [Database(shop.db.url) for _ in range(3)]
    yield [SharedBudget(db, shop.clock, 100) for db in databases]
    for db in databases:
        db.close()


def test_processes_share_one_cap(shop: Parts, others: list[SharedBudget]) -> None:
    with ThreadPoolExecutor(12) as pool:
        holds = list(pool.map(lambda number: others[number % 3].reserve(10), range(300)))

    assert sum(hold is not None for hold in holds) == 100
    assert budget(shop, 100).spent() == Spent(calls=100, tokens=1000)
    assert sum(each.spent().calls for each in others) == 300
    assert budget(shop, 100).reserve(1) is None


def test_tokens_are_reserved_before_and_settled_after(shop: Parts) -> None:
    cap = budget(shop, 10, 1000)
    hold = cap.reserve(800)
    assert hold is not None
    assert cap.reserve(300) is None
    cap.settle(hold, 150)
    assert cap.reserve(851) is None
    assert cap.reserve(850) is not None
    assert cap.spent() == Spent(calls=2, tokens=1000)


def test_a_large_cap_is_taken_in_portions_that_together_never_pass_it(
    shop: Parts,
) -> None:
    purses = [budget(shop, 2_005) for _ in range(3)]
    with ThreadPoolExecutor(12) as pool:
        holds = list(pool.map(lambda number: purses[number % 3].reserve(7), range(2_400)))

    granted = sum(hold is not None for hold in holds)
    assert 2_005 - 2 * 20 <= granted <= 2_005
    assert budget(shop, 2_005).spent().calls <= 2_005


def test_a_process_that_died_in_a_call_leaves_its_reservation_counted(shop: Parts) -> None:
    budget(shop, 10, 1000).reserve(900)

    assert budget(shop, 10, 1000).reserve(200) is None


def test_a_new_day_is_a_new_budget_and_yesterday_is_settled_as_yesterday(shop: Parts) -> None:
    cap = budget(shop, 1, 1000)
    hold = cap.reserve(1000)
    assert hold is not None
    assert cap.reserve(1) is None
    cast.clock_of(shop).forward(timedelta(days=1))
    cap.settle(hold, 10)
    assert cap.spent() == Spent()
    assert cap.reserve(1000) is not None


def test_each_launch_s_calls_and_tokens_are_known_by_day(shop: Parts, launch_id: int) -> None:
    day = cast.NOW.date()
    with ModelServer(fake.none()) as server:
        shop.model = model_of(server, budget(shop, 10))
        for words in (LOOSE, f"{LOOSE}, really", "hi", "a person please"):
            outcome(shop, launch_id, words)

    with shop.db.reading() as session:
        assert spending.of_launch(session, launch_id, on=day) == Spent(2, 2 * TOKENS)
        assert spending.of_launch(session, launch_id) == Spent(2, 2 * TOKENS)
        assert spending.of_launch(session, launch_id, on=day + timedelta(days=1)) == Spent()
        assert spending.of_launch(session, launch_id + 1) == Spent()


def test_what_was_never_sent_costs_no_tokens(shop: Parts, launch_id: int) -> None:
    with ModelServer(fake.status(401)) as server:
        shop.model = model_of(server, budget(shop, 10))
        outcome(shop, launch_id, LOOSE)

    assert shop.model.spent() == Spent(calls=1, tokens=0)


def test_no_connection_is_held_while_the_model_thinks(shop: Parts, launch_id: int) -> None:
    held: list[int] = []
    with ModelServer(fake.none()) as server:
        server.turn_to(lambda asked, wire: (held.append(shop.db.connections_in_use()),
                                            fake.none()(asked, wire))[1])  # fmt: skip
        shop.model = model_of(server, budget(shop, 10))
        outcome(shop, launch_id, LOOSE)

    assert held == [0]


def test_the_parts_of_a_process_use_the_shared_budget(tmp_path: Path) -> None:
    from assistant import migrations
    from assistant.ground.parts import assemble
    from assistant.ground.settings import Settings

    settings = Settings(data=tmp_path, llm_base_url="http://127.0.0.1:1/v1", llm_model="m",
                        llm_calls_per_day=7)  # fmt: skip
    parts = assemble(settings)
    migrations.upgrade(parts.db)
    purse = SharedBudget(parts.db, parts.clock, 7)
    for _ in range(8):
        purse.reserve(1)

    assert parts.model is not None
    assert parts.model.spent() == Spent(7, 7)
    parts.close()


def test_a_database_that_fails_means_no_call_and_no_error(shop: Parts) -> None:
    purse = budget(shop, 100)
    with shop.db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE model_days")

    assert purse.reserve(10) is None


def test_what_a_call_cost_is_written_once_the_database_is_back(shop: Parts) -> None:
    purse = budget(shop, 100)
    holds = [purse.reserve(10, 1), purse.reserve(10, 1)]
    with shop.db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE launch_model_days RENAME TO away")
    purse.settle(holds[0], 5)
    with shop.db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO launch_model_days")

    purse.settle(holds[1], 5)

    with shop.db.reading() as session:
        assert of_launch(session, 1) == Spent(2, 10)
