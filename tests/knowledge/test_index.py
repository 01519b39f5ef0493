"""Chroma as a disposable index: what it answers, who may open it, and what becomes of a broken one.

Vectors are drawn at random with a fixed seed, in 16 dimensions, gathered in clusters as questions
are. Opening a sealed store starts a second process, so few tests close and open again.
"""

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from knowledge import custody
from knowledge.entries import Entry, Vector
from knowledge.exact import ExactIndex, best_first
from knowledge.index import FEW, ChromaIndex, IndexUnavailable
from knowledge.scouting import probe
from tests.damages import HARM, cut, deleted, scrambled, zeroed

MODEL = "tiny:1"
REFUND = Entry("refund", "Where is my refund?", ("When do I get my money back?",))
SIGN_IN = Entry("sign-in", "How do I sign in?", ("I cannot sign in", "Log in fails"))
TEXTS = [text for entry in (REFUND, SIGN_IN) for text in entry.ways()]


def some_vectors(count: int, seed: int = 7) -> list[Vector]:
    chance = np.random.default_rng(seed)
    centres = chance.normal(size=(20, 16))
    rows = centres[chance.integers(0, 20, count)] + 0.5 * chance.normal(size=(count, 16))
    return list((rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32))


def a_library(entries: int, ways: int = 8) -> tuple[list[Entry], dict[str, Vector]]:
    texts = [[f"entry {number}, way {way}" for way in range(ways)] for number in range(entries)]
    vectors = some_vectors(entries * ways)
    made = [Entry(f"e{number}", own[0], tuple(own[1:])) for number, own in enumerate(texts)]
    return made, dict(zip((text for own in texts for text in own), vectors, strict=True))


VECTORS = dict(zip(TEXTS, some_vectors(len(TEXTS)), strict=True))
QUESTIONS = some_vectors(50, seed=8)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[ChromaIndex]:
    opened = ChromaIndex.open(tmp_path / "index", MODEL)
    yield opened
    opened.close()


def test_a_first_opening_is_empty_and_says_so(index: ChromaIndex) -> None:
    assert index.opened_fresh
    assert index.reason == "there is no index yet"
    assert index.search("spring", VECTORS["How do I sign in?"]) == []


def test_every_way_of_an_entry_is_found_with_its_number_and_cosine(index: ChromaIndex) -> None:
    index.put("spring", [REFUND, SIGN_IN], VECTORS)

    (best,) = index.search("spring", VECTORS["Log in fails"], k=1)

    assert (best.entry, best.way) == ("sign-in", 2)
    assert best.cosine == pytest.approx(1, abs=1e-6)


def test_it_finds_what_the_exact_scan_finds_best_first_but_for_one_in_a_hundred(
    index: ChromaIndex,
) -> None:
    entries, vectors = a_library(entries=150)
    exact = ExactIndex()
    index.rebuild("spring", entries, vectors)
    exact.rebuild("spring", entries, vectors)

    missed = 0
    for question in QUESTIONS:
        found, expected = (some.search("spring", question, k=10) for some in (index, exact))
        cosines = {(near.entry, near.way): near.cosine for near in expected}
        shared = [near for near in found if (near.entry, near.way) in cosines]
        missed += len(expected) - len(shared)
        assert found == best_first(found)
        assert [near.cosine for near in shared] == pytest.approx(
            [cosines[near.entry, near.way] for near in shared], abs=1e-6
        )
    # The graph is an approximation, and is not the same each time that it is built.
    assert missed <= 0.01 * 10 * len(QUESTIONS)


def test_a_shelf_with_fewer_ways_than_asked_for_gives_what_it_has(index: ChromaIndex) -> None:
    index.put("spring", [SIGN_IN], VECTORS)

    assert len(index.search("spring", VECTORS["How do I sign in?"], k=50)) == 3


def test_putting_an_entry_again_forgets_the_ways_it_had_before(index: ChromaIndex) -> None:
    index.put("spring", [REFUND, SIGN_IN], VECTORS)
    reworded = Entry("sign-in", "Log in fails", ())

    index.put("spring", [reworded], VECTORS)

    assert index.prove("spring", [REFUND, reworded], VECTORS) == []


def test_a_removed_entry_is_not_found_any_more_and_removing_it_twice_does_no_harm(
    index: ChromaIndex,
) -> None:
    index.put("spring", [REFUND, SIGN_IN], VECTORS)

    index.remove("spring", "sign-in")
    index.remove("spring", "sign-in")
    index.remove("autumn", "sign-in")

    assert index.prove("spring", [REFUND], VECTORS) == []


def test_the_shelves_of_two_launches_do_not_see_each_other(index: ChromaIndex) -> None:
    index.put("spring", [REFUND], VECTORS)
    index.put("Frühling / 2026 ✿", [SIGN_IN], VECTORS)

    assert index.prove("spring", [REFUND], VECTORS) == []
    assert index.prove("Frühling / 2026 ✿", [SIGN_IN], VECTORS) == []


def test_an_entry_without_a_vector_changes_nothing(index: ChromaIndex) -> None:
    index.put("spring", [REFUND], VECTORS)

    with pytest.raises(KeyError, match="Who are you"):
        index.put("spring", [SIGN_IN, Entry("who", "Who are you?", ())], VECTORS)

    assert index.prove("spring", [REFUND], VECTORS) == []


def test_rebuilding_leaves_only_what_it_was_given_and_an_empty_shelf_is_possible(
    index: ChromaIndex,
) -> None:
    index.put("spring", [REFUND], VECTORS)

    index.rebuild("spring", [SIGN_IN], VECTORS)
    assert index.prove("spring", [SIGN_IN], VECTORS) == []

    index.rebuild("spring", [], VECTORS)
    assert index.search("spring", VECTORS["How do I sign in?"]) == []


def test_a_shelf_answers_while_it_is_being_rebuilt(index: ChromaIndex) -> None:
    entries, vectors = a_library(entries=10)
    index.rebuild("spring", entries, vectors)
    counts: set[int] = set()
    rebuilt = threading.Event()

    def look() -> None:
        while not rebuilt.is_set():
            counts.add(len(index.search("spring", QUESTIONS[0], k=10)))

    looking = threading.Thread(target=look)
    looking.start()
    for _ in range(8):
        index.rebuild("spring", entries, vectors)
    rebuilt.set()
    looking.join()

    assert counts == {10}


def test_a_proof_names_what_is_missing_what_is_too_much_and_what_is_mistaken(
    index: ChromaIndex,
) -> None:
    index.put("spring", [REFUND, SIGN_IN], VECTORS)
    moved = VECTORS | {"How do I sign in?": -VECTORS["How do I sign in?"]}
    expected = [SIGN_IN, Entry("who", "Where is my refund?", ())]

    problems = index.prove("spring", expected, moved)

    assert problems[:3] == [
        "Way 0 of entry who is not in the index.",
        "Way 0 of entry refund is in the index and should not be.",
        "Way 1 of entry refund is in the index and should not be.",
    ]
    assert len(problems) == 4
    assert problems[3].startswith("Way 0 of entry sign-in is not found as itself but as way ")


def test_vectors_of_other_dimensions_are_refused_and_a_proof_with_them_fails(
    index: ChromaIndex,
) -> None:
    index.put("spring", [REFUND], VECTORS)
    wider = {text: np.pad(vector, (0, 16)) for text, vector in VECTORS.items()}

    with pytest.raises(IndexUnavailable, match="dimension"):
        index.search("spring", wider["How do I sign in?"])
    assert "dimension" in index.prove("spring", [REFUND], wider)[0]

    index.rebuild("spring", [REFUND], wider)
    assert index.prove("spring", [REFUND], wider) == []


def test_after_closing_nothing_is_answered_and_closing_again_does_no_harm(tmp_path: Path) -> None:
    index = ChromaIndex.open(tmp_path, MODEL)
    index.put("spring", [REFUND], VECTORS)

    index.close()
    index.close()

    with pytest.raises(IndexUnavailable, match="closed"):
        index.search("spring", VECTORS["Where is my refund?"])


def test_a_change_is_proven_alone_and_names_what_is_missing_or_left(index: ChromaIndex) -> None:
    index.put("spring", [REFUND, SIGN_IN], VECTORS)
    missing = Entry("who", "Log in fails", ())

    assert index.prove_changes("spring", [SIGN_IN], [], VECTORS) == []
    assert index.prove_changes("spring", [SIGN_IN], ["nobody"], VECTORS) == []
    assert index.prove_changes("spring", [missing], ["refund"], VECTORS) == [
        "Way 0 of entry who is not in the index.",
        "Way 0 of entry refund is in the index and should not be.",
        "Way 1 of entry refund is in the index and should not be.",
    ]
    assert index.prove_changes("autumn", [], ["refund"], VECTORS) == []


MOVED = VECTORS | {"Log in fails": -VECTORS["Log in fails"]}  # as if no path led to it


def test_mending_looks_at_what_is_not_found_as_itself_beside_the_graph(index: ChromaIndex) -> None:
    index.put("spring", [REFUND, SIGN_IN], VECTORS)
    assert index.prove("spring", [REFUND, SIGN_IN], MOVED) != []

    assert index.prove("spring", [REFUND, SIGN_IN], MOVED, mending=True) == []

    assert index.prove("spring", [REFUND, SIGN_IN], MOVED) == []
    first, *others = index.search("spring", MOVED["Log in fails"], 10)
    assert (first.entry, first.way) == ("sign-in", SIGN_IN.ways().index("Log in fails"))
    assert first.cosine == pytest.approx(1)
    assert (first.entry, first.way) not in {(near.entry, near.way) for near in others}
    assert len(index.search("spring", MOVED["Log in fails"], 1)) == 1


def test_what_is_beside_the_graph_stays_there_over_a_start_and_goes_with_its_entry(
    tmp_path: Path,
) -> None:
    index = ChromaIndex.open(tmp_path, MODEL)
    index.put("spring", [REFUND, SIGN_IN], VECTORS)
    index.prove("spring", [REFUND, SIGN_IN], MOVED, mending=True)
    index.close()
    assert custody.sealed_shelves(tmp_path)["spring"]["lonely"] == [
        f"{SIGN_IN.ways().index('Log in fails')}:sign-in"
    ]

    again = ChromaIndex.open(tmp_path, MODEL)

    assert again.reason == ""
    assert again.search("spring", VECTORS["Log in fails"], 1)[0].entry == "sign-in"
    again.remove("spring", "sign-in")
    assert {near.entry for near in again.search("spring", VECTORS["Log in fails"], 10)} == {
        "refund"
    }
    again.close()


def test_a_store_of_nothing_but_lonely_ways_is_readable(tmp_path: Path) -> None:
    index = ChromaIndex.open(tmp_path, MODEL)
    index.put("spring", [SIGN_IN], VECTORS)
    moved = {text: -vector for text, vector in VECTORS.items()}
    assert index.prove("spring", [SIGN_IN], moved, mending=True) == []
    index.close()

    assert probe(tmp_path) == ""


def test_too_many_to_be_looked_at_beside_the_graph_are_a_problem(index: ChromaIndex) -> None:
    many = [Entry(f"many-{number}", f"way {number}", ()) for number in range(FEW + 1)]
    texts = {one.title: VECTORS["Log in fails"] for one in many}
    index.put("spring", [REFUND, *many], VECTORS | texts)
    moved = VECTORS | {text: -vector for text, vector in texts.items()}

    assert len(index.prove("spring", [REFUND, *many], moved, mending=True)) == FEW + 1


def test_a_store_closed_without_trust_is_set_aside_at_the_next_opening(tmp_path: Path) -> None:
    index = ChromaIndex.open(tmp_path, MODEL)
    index.put("spring", [REFUND], VECTORS)
    index.close(trusted=False)

    again = ChromaIndex.open(tmp_path, MODEL)

    assert again.reason == "the index was not closed properly"
    again.close()


# Opening again


@pytest.fixture(scope="module")
def library() -> tuple[list[Entry], dict[str, Vector]]:
    return a_library(entries=140)  # 1,120 ways: from 1,000 on Chroma keeps its graph in files


@pytest.fixture(scope="module")
def sealed(
    tmp_path_factory: pytest.TempPathFactory, library: tuple[list[Entry], dict[str, Vector]]
) -> Path:
    folder = tmp_path_factory.mktemp("sealed")
    index = ChromaIndex.open(folder, MODEL)
    index.rebuild("spring", *library)
    index.close()
    return folder


@pytest.fixture
def folder(sealed: Path, tmp_path: Path) -> Path:
    """A properly closed index of its own for each test."""
    return shutil.copytree(sealed, tmp_path / "index")


def test_a_properly_closed_index_is_trusted_and_goes_on_where_it_was_left(
    folder: Path, library: tuple[list[Entry], dict[str, Vector]]
) -> None:
    entries, vectors = library

    index = ChromaIndex.open(folder, MODEL)

    assert not index.opened_fresh
    assert index.prove("spring", entries, vectors) == []
    index.remove("spring", "e7")
    index.close()
    assert custody.doubt(folder, MODEL) == ""


def test_an_index_made_with_another_model_is_not_used(folder: Path) -> None:
    index = ChromaIndex.open(folder, "tiny:2")

    assert index.opened_fresh
    assert index.reason == "the index was made with tiny:1, not with tiny:2"
    assert index.search("spring", QUESTIONS[0]) == []
    index.close()


def test_a_settings_file_in_the_working_folder_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("MIGRATIONS=nonsense\nIS_PERSISTENT=perhaps\n")
    monkeypatch.setenv("ALLOW_RESET", "perhaps")
    opening = (
        "from pathlib import Path; from knowledge.index import ChromaIndex;"
        f"print(ChromaIndex.open(Path('index'), {MODEL!r}).reason)"
    )
    root = Path(__file__).parents[2]

    told = subprocess.run(
        [sys.executable, "-c", opening],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout == "there is no index yet\n"


WRITER = """
import sys
from pathlib import Path
from knowledge.index import ChromaIndex
from tests.knowledge.test_index import MODEL, a_library

index = ChromaIndex.open(Path(sys.argv[1]), MODEL)
entries, vectors = a_library(entries=140)
for entry in entries * 100:
    index.put("spring", [entry], vectors)
    print(entry.id, flush=True)
"""


def test_an_index_has_one_owner_and_one_killed_while_writing_leaves_it_in_doubt(
    tmp_path: Path, library: tuple[list[Entry], dict[str, Vector]]
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "e0\n"

        with pytest.raises(IndexUnavailable) as refusal:
            ChromaIndex.open(tmp_path, MODEL)
        assert str(refusal.value) == (
            f"The index in {tmp_path} is held by another process ({writer.pid}). Stop that "
            "process first; while it runs, it proves the index itself."
        )
        writer.kill()

    index = ChromaIndex.open(tmp_path, MODEL)
    assert index.reason == "the index was not closed properly"
    index.rebuild("spring", *library)
    assert index.prove("spring", *library) == []
    index.close()


# Damage


def the_database(store: Path) -> Path:
    return store / "chroma.sqlite3"


def graph_file(name: str) -> Callable[[Path], Path]:
    return lambda store: next(store.glob(f"*/{name}"))


FILES = {
    "chroma.sqlite3": the_database,
    "data_level0.bin": graph_file("data_level0.bin"),
    "header.bin": graph_file("header.bin"),
    "length.bin": graph_file("length.bin"),
    "link_lists.bin": graph_file("link_lists.bin"),
    "index_metadata.pickle": graph_file("index_metadata.pickle"),
}


@pytest.mark.parametrize("damage", HARM, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("name", FILES)
def test_any_damage_to_any_file_puts_an_index_in_doubt(
    name: str, damage: Callable[[Path], None], folder: Path
) -> None:
    file = FILES[name](folder / "store")

    damage(file)

    changed = file.relative_to(folder / "store")
    assert custody.doubt(folder, MODEL) == f"files of the index were changed: {changed}"


def test_a_store_that_belongs_to_another_index_is_in_doubt(folder: Path, tmp_path: Path) -> None:
    other = ChromaIndex.open(tmp_path / "other", MODEL)
    other.rebuild("spring", [REFUND], {text: np.pad(VECTORS[text], (0, 8)) for text in TEXTS})
    other.close()

    shutil.rmtree(folder / "store")
    shutil.copytree(tmp_path / "other" / "store", folder / "store")

    assert custody.doubt(folder, MODEL).startswith("files of the index were changed: ")


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"format": 1, "model": "tiny:1"}'])
def test_a_seal_that_is_not_whole_seals_nothing(content: str, folder: Path) -> None:
    (folder / "seal.json").write_text(content)

    assert custody.doubt(folder, MODEL) == "the index was not closed properly"


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("chroma.sqlite3", zeroed),
        ("chroma.sqlite3", cut),
        ("data_level0.bin", deleted),
        ("link_lists.bin", scrambled),
    ],
)
def test_a_damaged_index_is_set_aside_and_answers_exactly_again_once_it_is_rebuilt(
    name: str,
    damage: Callable[[Path], None],
    folder: Path,
    library: tuple[list[Entry], dict[str, Vector]],
) -> None:
    damage(FILES[name](folder / "store"))
    exact = ExactIndex()
    exact.rebuild("spring", *library)

    index = ChromaIndex.open(folder, MODEL)
    assert index.opened_fresh
    assert name in index.reason
    assert (folder / "set-aside").is_dir()
    index.rebuild("spring", *library)

    for question in QUESTIONS:
        found, expected = (some.search("spring", question, k=10) for some in (index, exact))
        assert [(near.entry, near.way) for near in found] == [
            (near.entry, near.way) for near in expected
        ]
    index.close()


@pytest.mark.parametrize(
    ("name", "damage"), [("data_level0.bin", cut), ("index_metadata.pickle", scrambled)]
)
def test_damage_that_was_sealed_in_is_found_by_the_process_that_goes_first(
    name: str,
    damage: Callable[[Path], None],
    folder: Path,
    library: tuple[list[Entry], dict[str, Vector]],
) -> None:
    shelves = custody.sealed_shelves(folder)
    damage(FILES[name](folder / "store"))
    custody.seal(folder, MODEL, shelves)
    assert custody.doubt(folder, MODEL) == ""

    index = ChromaIndex.open(folder, MODEL)

    assert index.opened_fresh
    assert index.reason.startswith(("reading the index", "vectors of shelf spring", "Chroma"))
    index.close()


def test_vectors_lost_behind_the_seal_are_noticed(folder: Path) -> None:
    shelves = custody.sealed_shelves(folder)
    assert probe(folder) == ""

    shelves["spring"]["ways"] += 1
    custody.seal(folder, MODEL, shelves)

    assert probe(folder) == "vectors of shelf spring cannot be read"


@pytest.mark.parametrize(
    ("scout", "report"),
    [
        ("print()", ""),
        ("print('vectors are lost')", "vectors are lost"),
        ("import os; os.kill(os.getpid(), 11)", "reading the index ended a process with code -11"),
        ("raise OSError('disk')", "reading the index ended a process with code 1"),
    ],
)
def test_the_process_that_goes_first_may_come_back_or_crash(
    scout: str, report: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scout_for_a_test.py").write_text(scout)
    monkeypatch.syspath_prepend(tmp_path)

    sent = custody.send_scout(tmp_path, "scout_for_a_test")

    assert custody.report_of(sent) == report


def test_the_process_that_goes_first_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scout_for_a_test.py").write_text("import signal; signal.pause()")
    monkeypatch.syspath_prepend(tmp_path)

    sent = custody.send_scout(tmp_path, "scout_for_a_test")

    assert custody.report_of(sent, patience=0.2) == "reading the index took longer than 0.2 seconds"
    assert sent.returncode == -9


def test_only_the_last_store_that_was_not_trusted_is_kept(tmp_path: Path) -> None:
    for content in ("first", "second"):
        (tmp_path / "store").mkdir()
        (tmp_path / "store" / "chroma.sqlite3").write_text(content)
        custody.set_aside(tmp_path)

    assert (tmp_path / "set-aside" / "chroma.sqlite3").read_text() == "second"
    assert not (tmp_path / "store").exists()
