"""What a launch may say at a moment, on the shelf and in the index, and proven to be found."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from assistant import migrations
from assistant.ground.parts import Parts
from assistant.library import charge, indexing, publishing, stocking
from assistant.library.stocking import Stock
from assistant.library.vectors import AT_ONCE
from assistant.library.versions import EntryVersion
from knowledge.embedding import Embedder, EmbeddingFailed
from knowledge.exact import ExactIndex
from tests import cast, library_of_many
from tests.cast import EXPORT, LAUNCH, NOW, an_entry, later
from tests.embedders import Words

FIVE = ["cancel-plan", "change-address", "export-data", "link-missing", "price-differs"]


class Index:
    """The exact index in Chroma's place, for one shelf, with ways to break."""

    model = "minilm-l6-v2:53aa5117"

    def __init__(self) -> None:
        self.held = ExactIndex()
        self.changed: list[str] = []
        self.rebuilt, self.is_broken, self.forgets = 0, False, ""

    def prove(self, shelf: str, entries: Any, vectors: Any, *, mending: bool = False) -> list[str]:
        if self.forgets:
            self.held.remove(shelf, self.forgets)
        return self.held.prove(shelf, entries, vectors)

    def prove_changes(self, shelf: str, *changes: Any, mending: bool) -> list[str]:
        return self.held.prove_changes(shelf, *changes)

    def rebuild(self, shelf: str, entries: Any, vectors: Any, step: Any) -> None:
        self.rebuilt += 1
        step(0.4)
        self.held = ExactIndex()
        self.held.put(shelf, entries, vectors)

    def put(self, shelf: str, entries: Any, vectors: Any) -> None:
        self.changed += [f"+{entry.id}" for entry in entries]
        self.held.put(shelf, entries, vectors)

    def remove(self, shelf: str, entry: str) -> None:
        self.changed.append(f"-{entry}")
        self.held.remove(shelf, entry)

    def search(self, *asked: Any) -> Any:
        if self.is_broken:
            raise RuntimeError("segment not found")
        return self.held.search(*asked)

    def close(self, *, trusted: bool = True) -> None:
        """It holds nothing."""


class Broken:
    """A model that gives no vectors."""

    dimensions = 384

    def __init__(self, name: str) -> None:
        self.name = name

    def fits(self, text: str) -> bool:
        return True

    def embed(self, texts: Any) -> Any:
        raise EmbeddingFailed("no route to host")


@pytest.fixture
def indexed(shop: Parts) -> Parts:
    shop.index = Index()  # type: ignore[assignment]
    return shop


def stock(parts: Parts) -> Stock:
    return stocking.stock_of(parts, launch(parts), at=parts.clock.now())


def launch(parts: Parts) -> int:
    with parts.db.reading() as session:
        return cast.launch_of(session).id


def publish(parts: Parts, **how: bool) -> list[str]:
    return publishing.publish(parts, launch(parts), at=parts.clock.now(), **how)


def via(parts: Parts, question: str) -> str:
    now = stock(parts)
    assert parts.embedder is not None
    vector = parts.embedder.embed([question])[0]
    near = stocking.near(parts, launch(parts), now, vector)
    return now.shelf.find(question, vector, near).via


def test_the_stock_holds_what_may_be_said_now(shop: Parts) -> None:
    assert sorted(stock(shop).live) == FIVE


def test_it_is_made_once_for_each_revision(shop: Parts) -> None:
    first = stock(shop)
    assert stock(shop) is first

    an_entry(shop)

    assert sorted(stock(shop).live) == sorted([*FIVE, "pause-plan"])


def test_it_is_made_anew_when_a_window_opens_or_closes(shop: Parts) -> None:
    an_entry(shop, valid_from=NOW + timedelta(hours=1), valid_until=NOW + timedelta(hours=2))

    found = []
    for _ in range(3):
        found.append("pause-plan" in stock(shop).live)
        later(shop, hours=1)

    assert found == [False, True, False]


def test_what_is_approved_is_proven_and_marked(indexed: Parts) -> None:
    key = an_entry(indexed)

    assert publish(indexed) == []
    with indexed.db.reading() as session:
        version = cast.version_of(session, key)
        assert (version.proven_at, version.index_problem) == (NOW, "")


def test_a_question_goes_through_the_index_only_once_it_is_proven(indexed: Parts) -> None:
    assert via(indexed, EXPORT) == "exact"
    publish(indexed)
    assert via(indexed, EXPORT) == "chroma"

    an_entry(indexed)  # the index is behind until it is published again
    assert via(indexed, EXPORT) == "exact"
    assert publishing.reconcile(indexed, at=NOW) == 1
    assert via(indexed, EXPORT) == "chroma"
    assert publishing.reconcile(indexed, at=NOW) == 0


def test_an_index_that_breaks_is_left_for_the_exact_scan(indexed: Parts) -> None:
    publish(indexed)
    index = indexed.index
    assert isinstance(index, Index)
    index.is_broken = True

    assert via(indexed, EXPORT) == "exact"
    assert indexed.index_missing == "Search failed: segment not found"
    assert cast.a_customer(indexed).asks(EXPORT)["answer"]["entry"] == "export-data"


def test_what_concerns_all_of_a_large_library_is_marked_in_portions(tmp_path: Path) -> None:
    parts = cast.parts_in(tmp_path, embedder=Words("words:1"))
    migrations.upgrade(parts.db)
    charge.take_up(parts)
    cast.bring_in(parts, tmp_path)
    library_of_many.fill(parts, AT_ONCE)
    parts.index = index = Index()  # type: ignore[assignment]
    index.model, index.forgets = "words:1", "export-data"
    marked: list[int] = []

    @event.listens_for(parts.db.engine, "after_cursor_execute")
    def note(_conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE entry_versions"):
            marked.append(cursor.rowcount)

    assert publish(parts) != []

    assert sum(marked) == AT_ONCE + len(FIVE)
    assert max(marked) <= AT_ONCE
    with parts.db.reading() as session:
        found = select(EntryVersion.proven_at, EntryVersion.index_problem == "")
        assert set(session.execute(found)) == {(None, False)}
    parts.close()


def test_an_index_that_lost_an_entry_is_rebuilt(indexed: Parts) -> None:
    publish(indexed)
    index = indexed.index
    assert isinstance(index, Index)
    index.held.remove(indexing.shelf_name(launch(indexed)), "export-data")

    assert publish(indexed, all_again=True) == []
    assert index.rebuilt == 2  # at first, and now


def test_a_change_is_put_and_taken_out_without_building_anything_anew(indexed: Parts) -> None:
    publish(indexed)
    index = indexed.index
    assert isinstance(index, Index)

    an_entry(indexed)
    cast.retire(indexed, "export-data")

    assert publish(indexed) == []
    assert (index.changed, index.rebuilt) == (["-export-data", "+pause-plan"], 1)
    assert via(indexed, "Can I pause my plan?") == "chroma"
    assert publish(indexed, all_again=True) == []


def test_a_change_that_did_not_arrive_builds_the_shelf_anew(indexed: Parts) -> None:
    publish(indexed)
    index = indexed.index
    assert isinstance(index, Index)
    an_entry(indexed)
    index.put = lambda *_: None  # type: ignore[method-assign]

    assert publish(indexed) == []
    assert index.rebuilt == 2
    assert via(indexed, "Can I pause my plan?") == "chroma"


def test_an_index_that_fails_three_times_in_ten_minutes_is_left_alone(indexed: Parts) -> None:
    indexed.owns_index, opened = True, []
    for minutes in (0, 4, 4):
        later(indexed, minutes=minutes)
        indexed.index = broken = Index()  # type: ignore[assignment]
        broken.forgets = "export-data"
        publish(indexed)
        opened.append(indexed.is_index_given_up)

    assert opened == [False, False, True]
    assert indexed.index_missing.startswith("It failed 3 times in 10 minutes and is left alone. ")
    assert publishing.reconcile(indexed, at=indexed.clock.now()) == 0
    assert indexed.index is None
    assert cast.a_customer(indexed).asks(EXPORT)["answer"]["entry"] == "export-data"


def test_failures_far_apart_are_not_held_against_it(indexed: Parts) -> None:
    for _ in range(5):
        later(indexed, minutes=6)
        indexed.index = broken = Index()  # type: ignore[assignment]
        broken.forgets = "export-data"
        publish(indexed)

    assert not indexed.is_index_given_up


def test_an_index_that_stays_wrong_is_not_used_and_says_so(indexed: Parts) -> None:
    index = indexed.index
    assert isinstance(index, Index)
    index.forgets = "export-data"

    problems = publish(indexed)

    assert any("export-data" in words for words in problems)
    assert via(indexed, EXPORT) == "exact"
    with indexed.db.reading() as session:
        assert cast.version_of(session, "export-data").proven_at is None


def test_what_is_retired_leaves_the_index(indexed: Parts) -> None:
    publish(indexed)
    cast.retire(indexed, "export-data")
    publish(indexed)

    index, now = indexed.index, stock(indexed)
    assert index is not None
    assert indexed.embedder is not None
    near = index.search(
        indexing.shelf_name(launch(indexed)), indexed.embedder.embed([EXPORT])[0], 50
    )
    assert "export-data" not in {one.entry for one in near}
    assert "export-data" not in now.live


def test_while_somebody_else_changes_the_index_nothing_is_called_proven(indexed: Parts) -> None:
    publish(indexed)
    key = an_entry(indexed)
    busy = ["Not proven yet: the index is being opened or filled at this moment."]

    with indexed.indexing:
        assert list(publishing.proofs(indexed, rebuild=False)) == [(LAUNCH, busy)]
        assert cast.a_customer(indexed).asks("Can I pause my plan?")["answer"]["entry"] == key
    with indexed.db.reading() as session:
        versions = [cast.version_of(session, one) for one in (key, "export-data")]
        assert [one.proven_at for one in versions] == [None, NOW]

    assert publishing.reconcile(indexed, at=NOW) == 1
    with indexed.db.reading() as session:
        assert cast.version_of(session, key).proven_at == NOW


def test_every_launch_is_proven_and_named(indexed: Parts) -> None:
    assert list(publishing.proofs(indexed, rebuild=False)) == [(LAUNCH, [])]
    assert list(publishing.proofs(indexed, rebuild=True)) == [(LAUNCH, [])]
    assert publishing.prove_all(indexed, at=NOW) == 0


def test_while_the_embedder_fails_new_words_are_found_as_words(
    indexed: Parts, embedder: Embedder
) -> None:
    publish(indexed)
    indexed.embedder = Broken(embedder.name)

    an_entry(indexed, question="Can I pause my plan over Christmas?")

    found = cast.a_customer(indexed).asks("Can I pause my plan over Christmas?")
    assert (found["outcome"], found["answer"]["entry"]) == ("answer", "pause-plan")
    assert publishing.reconcile(indexed, at=NOW) == 1
    assert proposed(indexed) is None

    indexed.embedder = embedder
    later(indexed, minutes=1)
    assert publishing.reconcile(indexed, at=indexed.clock.now()) == 1
    assert via(indexed, EXPORT) == "chroma"


def proposed(parts: Parts) -> object:
    now = stock(parts)
    return stocking.near(parts, launch(parts), now, next(iter(now.vectors.values())))
