"""Reliability P15: after each reconcile the index holds exactly what the database says is live.

A random life of a library: entries are approved, edited, retired, brought back, expire and begin;
the process is killed in the middle; the index loses and gains ways behind our back. ``--steps N``
for a longer life (10,000 is the promise's).
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from assistant.ground.parts import Parts
from assistant.library import charge, entries, publishing, stocking
from assistant.library.entries import Entry
from assistant.library.liveness import live
from knowledge.proof import way_id
from tests import cast
from tests.cast import LENA, a_draft, later, launch_of, the
from tests.embedders import Words

STEPS_OF_ONE_LIFE = 40
NUMBERS = st.integers(0, 11)
RECONCILED = st.booleans()
HOURS = st.one_of(st.none(), st.integers(1, 6))
COLOURS = ["red", "green", "blue", "grey", "pink"]
PHRASINGS = st.lists(st.sampled_from(COLOURS), max_size=3, unique=True)


def in_the_index(parts: Parts) -> set[str]:
    """Return the keys that Chroma itself says it holds."""
    assert parts.index is not None
    collection = parts.index._shelves.get("launch-1")
    return set(collection.get(include=[])["ids"]) if collection else set()


def live_in_sql(parts: Parts) -> set[str]:
    with parts.db.reading() as session:
        now = live(session, 1, at=parts.clock.now())
        ways = {version.entry.key: dict.fromkeys(version.ways()) for version in now}
    return {way_id(key, number) for key, texts in ways.items() for number in range(len(texts))}


class Life(RuleBasedStateMachine):
    """One data folder through many processes."""

    begun: Path  # the folder it begins with: the small pack, live
    taken = 0

    @initialize()
    def begins(self) -> None:
        self.folder = Path(mkdtemp(prefix="life-", dir=self.begun.parent))
        shutil.copy(self.begun / "hypercare.sqlite3", self.folder)
        self.parts = self._a_process()
        self._step(True)

    def _a_process(self) -> Parts:
        parts = cast.parts_in(self.folder, embedder=Words("words:1"))
        charge.take_up(parts)
        parts.owns_index = True
        return parts

    @rule(number=NUMBERS, phrasings=PHRASINGS, opens=HOURS, closes=HOURS, then=RECONCILED)
    def somebody_approves(
        self, number: int, phrasings: list[str], opens: int | None, closes: int | None, then: bool
    ) -> None:
        """A new entry, a new wording, or one that was retired is brought back."""
        at, key = self.parts.clock.now(), f"thing-{number}"
        draft = a_draft(
            question=f"Where is thing {number}?",
            phrasings=[f"{colour} thing {number} is lost" for colour in phrasings],
            answer=f"See shelf {number}, {len(phrasings)}.",
            valid_from=at + timedelta(hours=opens) if opens else None,
            valid_until=at + timedelta(hours=(opens or 0) + closes) if closes else None,
        )
        with self.parts.db.writing() as session:
            known = select(Entry).where(Entry.key == key)
            entry = session.scalar(known)
            if entry is None:
                launch = launch_of(session)
                entry = entries.create(
                    session, launch, key=key, kind="faq", draft=draft, by=None, at=at
                )
            else:
                entry.save(session, draft, by=None, at=at)
            entry.approve_as_imported(session, by=the(session, LENA), at=at)
        self._step(then)

    @rule(number=NUMBERS, then=RECONCILED)
    def somebody_retires(self, number: int, then: bool) -> None:
        with self.parts.db.reading() as session:
            keys = [one.entry.key for one in live(session, 1, at=self.parts.clock.now())]
        if keys:
            cast.retire(self.parts, keys[number % len(keys)])
        self._step(then)

    @rule(hours=st.integers(1, 5), then=RECONCILED)
    def time_passes(self, hours: int, then: bool) -> None:
        later(self.parts, hours=hours)
        self._step(then)

    @rule()
    def the_process_is_killed(self) -> None:
        self._gone(killed=True)

    @rule()
    def the_process_ends_and_another_begins(self) -> None:
        self._gone(killed=False)

    def _gone(self, *, killed: bool) -> None:
        at = self.parts.clock.now()
        if killed and self.parts.index is not None:
            # As the end of a process lets go of it: no seal, and no file left open. Chroma keeps
            # one client per path, and would go on writing into the store that was set aside.
            self.parts.index.close(trusted=False)
            self.parts.index = None
        self.parts.close()
        self.parts = self._a_process()
        cast.clock_of(self.parts).set(at)
        self._step(False)

    @precondition(lambda self: self.parts.index is not None and self.parts.indexed)
    @rule(number=NUMBERS)
    def a_way_is_lost_behind_our_back(self, number: int) -> None:
        assert self.parts.index is not None
        self.parts.index.remove("launch-1", f"thing-{number}")
        publishing.prove_all(self.parts, at=self.parts.clock.now())  # as every night
        Life.taken += 1
        self._agree()

    def _step(self, then: bool) -> None:
        """Count it, and let the worker come round, or not yet."""
        Life.taken += 1
        if then:
            publishing.reconcile(self.parts, at=self.parts.clock.now())
            self._agree()

    def _agree(self) -> None:
        assert self.parts.index_missing == ""
        assert in_the_index(self.parts) == live_in_sql(self.parts)

    def teardown(self) -> None:
        publishing.reconcile(self.parts, at=self.parts.clock.now())
        self._agree()
        self.parts.close()
        shutil.rmtree(self.folder)


@pytest.fixture
def begun(imported: Path, tmp_path: Path) -> Iterator[Path]:
    """The small pack in a tiny model's words."""
    folder = tmp_path / "begun"
    folder.mkdir()
    shutil.copy(imported / "hypercare.sqlite3", folder)
    parts = cast.parts_in(folder, embedder=Words("words:1"))
    with parts.db.writing() as session:
        session.add(charge.InCharge(embedder="words:1", endpoint="", since=cast.NOW))
    stocking.warm(parts, cast.LAUNCH)
    parts.close()
    yield folder


def test_the_index_never_drifts_from_the_database(
    begun: Path, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    steps = int(request.config.getoption("--steps"))
    Life.begun, Life.taken = begun, 0

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=max(1, steps // STEPS_OF_ONE_LIFE),
            stateful_step_count=STEPS_OF_ONE_LIFE,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    record_property("figure", f"{Life.taken} steps of a library's life, 0 differences")
    assert Life.taken > 0
