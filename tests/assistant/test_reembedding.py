"""Another embedder comes into charge: beside the former one, resumed after a kill, proven first."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx
import numpy as np
import pytest
import respx
from sqlalchemy import func, select
from typer.testing import CliRunner

from assistant import migrations
from assistant.answering.consider import Asked, consider
from assistant.answering.settle import settle
from assistant.desk.conversations import EVERYONE
from assistant.desk.repeats import RepeatGroup, traced_by
from assistant.ground import embedders
from assistant.ground.parts import Parts
from assistant.ground.settings import Settings
from assistant.launch.launches import Mode
from assistant.library import charge, indexing, publishing, reembedding, stocking
from assistant.library.kinship import kinship_lost
from assistant.library.vectors import TextVector
from assistant.worker import Worker
from knowledge.entries import Entry, Vectors
from knowledge.traces import PLACES
from tests import cast
from tests.cast import EXPORT, NOW, UNKNOWN, an_entry, later
from tests.embedders import Noise, Words
from tests.web.staff import a_browser
from web.cli import app
from web.readiness import readiness

PER_DAY = "Can I pause my plan?"


OLD, NEW = "words:1", "words:2"


@pytest.fixture
def moving(house: Parts, tmp_path: Path) -> Iterator[Parts]:
    """The shop in the words of the old model, in charge since before."""
    house.embedder = Words(OLD)
    charge.take_up(house)
    cast.clock_of(house).set(cast.OPENS)
    cast.bring_in(house, tmp_path)
    cast.go_live(house)
    cast.clock_of(house).set(NOW)
    stocking.warm(house, cast.LAUNCH)
    yield house


def comes(parts: Parts, coming: Words) -> Words:
    """Let another model be configured and the process be started again."""
    former, parts.embedder = parts.embedder, coming
    charge.take_up(parts)
    # The words of the tests cannot be made from a name, as the official weights can.
    parts.embedder, parts.embedder_missing = former, ""
    return coming


def in_charge(parts: Parts) -> str:
    with parts.db.reading() as session:
        now = charge.in_charge(session)
        assert now is not None
        return now.embedder


def kept(parts: Parts, name: str) -> int:
    with parts.db.reading() as session:
        query = select(func.count()).where(TextVector.embedder == name)
        return session.scalar(query) or 0


def answers(parts: Parts, question: str = EXPORT) -> tuple[str, str]:
    """Return the entry that answers, and who made the vectors that it was found by."""
    launch_id = 1
    stock = stocking.stock_of(parts, launch_id, at=parts.clock.now())
    found = cast.a_customer(parts).asks(question)
    return found["answer"]["entry"], stock.embedder


def test_the_first_embedder_comes_into_charge_at_once(moving: Parts) -> None:
    assert (in_charge(moving), moving.coming) == (OLD, None)
    assert answers(moving) == ("export-data", OLD)


def test_the_former_one_answers_until_everything_is_embedded_anew(moving: Parts) -> None:
    new = comes(moving, Words(NEW, 32))

    assert (in_charge(moving), answers(moving)) == (OLD, ("export-data", OLD))
    assert reembedding.progress(moving).done == 0

    Worker(moving).round()

    assert reembedding.progress(moving).total == 0
    assert (in_charge(moving), answers(moving)) == (NEW, ("export-data", NEW))
    assert moving.embedder is new
    assert kept(moving, NEW) >= kept(moving, OLD) > 0


def test_killed_in_between_it_goes_on_where_it_stopped(moving: Parts) -> None:
    for number in range(200):  # so that it takes more than one portion
        an_entry(moving, key=f"size-{number}", question=f"Is size {number} in stock?")
    texts = kept_texts(moving)
    dying = comes(moving, Words(NEW, dies_after=1))

    with pytest.raises(KeyboardInterrupt):
        reembedding.finish(moving)

    assert 0 < kept(moving, NEW) == len(dying.asked) < texts
    assert (in_charge(moving), answers(moving)) == (OLD, ("export-data", OLD))

    again = comes(moving, Words(NEW))
    assert reembedding.progress(moving) == reembedding.Progress(len(dying.asked), texts)
    assert reembedding.finish(moving) == []
    assert in_charge(moving) == NEW
    assert not set(dying.asked) & set(again.asked[: texts - len(dying.asked)])
    assert len(again.asked) == texts - len(dying.asked)


def kept_texts(parts: Parts) -> int:
    comes(parts, Words("counting"))
    return reembedding.progress(parts).total


def test_a_new_one_that_fails_half_way_changes_nothing_for_customers(moving: Parts) -> None:
    new = comes(moving, Words(NEW))
    new.is_broken = True

    Worker(moving).round()

    assert (in_charge(moving), answers(moving)) == (OLD, ("export-data", OLD))
    assert moving.coming_state == "It failed: words:2 gave no vectors: 503"

    new.is_broken = False
    assert reembedding.go_on(moving) == 0  # not at once again
    later(moving, minutes=5)
    assert reembedding.go_on(moving) > 0
    assert in_charge(moving) == NEW


def test_one_that_knows_no_likeness_is_not_put_in_charge(moving: Parts) -> None:
    comes(moving, Noise(NEW))

    told = reembedding.finish(moving)

    assert len(told) == 1
    assert told[0].startswith("It was not put in charge: ")
    assert told[0].endswith("phrasings no longer lie next to another one of their own entry.")
    assert (in_charge(moving), answers(moving)) == (OLD, ("export-data", OLD))


@pytest.mark.parametrize("damage", ["other dimensions", "cut off", "zeros"])
def test_vectors_that_were_spoilt_are_made_again_before_the_swap(
    moving: Parts, damage: str
) -> None:
    comes(moving, Words(NEW))
    texts = reembedding.progress(moving).total
    reembedding._embed_some(moving, Words(NEW), reembedding._texts(moving)[:6])
    spoilt = {"other dimensions": 4 * 8, "cut off": 4 * 24 - 1, "zeros": 4 * 24}[damage]
    with moving.db.writing() as session:
        row = session.scalars(select(TextVector).where(TextVector.embedder == NEW)).first()
        assert row is not None
        row.vector = bytes(spoilt)

    told = reembedding.finish(moving)

    if damage == "zeros":
        assert told != []
        assert in_charge(moving) == OLD
    else:
        assert (told, in_charge(moving), kept(moving, NEW)) == ([], NEW, texts)


def test_what_is_approved_meanwhile_is_found_before_and_after(moving: Parts) -> None:
    comes(moving, Words(NEW))
    an_entry(moving)
    before = answers(moving, PER_DAY)

    reembedding.finish(moving)

    assert (before, answers(moving, PER_DAY)) == (("pause-plan", OLD), ("pause-plan", NEW))


def test_going_back_needs_no_text_embedded_twice(moving: Parts) -> None:
    comes(moving, Words(NEW))
    reembedding.finish(moving)

    back = comes(moving, Words(OLD))
    assert reembedding.finish(moving) == []

    assert back.asked == []
    assert answers(moving) == ("export-data", OLD)


def test_every_other_process_follows(moving: Parts) -> None:
    other = cast.parts_in(moving.settings.data, embedder=Words(OLD))
    comes(other, Words(NEW))
    comes(moving, Words(NEW))
    assert answers(other) == ("export-data", OLD)

    reembedding.finish(moving)

    assert answers(other) == ("export-data", NEW)
    assert other.coming is None
    other.close()


class Overtaken(Words):
    """A coming model: while one thread looks whether it is that one, another puts it in charge."""

    def __init__(self, name: str, overtake: Callable[[], None]) -> None:
        self._others = [overtake]
        super().__init__(name)

    @property
    def name(self) -> str:
        if self._others:
            self._others.pop()()
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        self._name = name


def test_of_two_threads_that_follow_at_the_same_time_none_is_left_without_an_embedder(
    moving: Parts,
) -> None:
    now = charge.InCharge(embedder=NEW, endpoint="", since=NOW)
    moving.coming = Overtaken(NEW, lambda: charge.follow(moving, now))

    charge.follow(moving, now)

    assert moving.embedder is not None
    assert (moving.embedder.name, moving.coming, moving.embedder_missing) == (NEW, None, "")


def test_who_is_in_charge_is_followed_with_no_transaction_open(moving: Parts) -> None:
    in_use = []
    watching = Overtaken(OLD, lambda: in_use.append(moving.db.connections_in_use()))
    moving.embedder = watching

    stocking.approved_stock_of(moving, 1, at=NOW)

    assert in_use == [0]


def test_a_process_with_other_settings_does_not_take_turns_with_ours(moving: Parts) -> None:
    other = cast.parts_in(moving.settings.data, embedder=Words(OLD))
    comes(moving, Words(NEW))
    reembedding.finish(moving)

    found = cast.a_customer(other).asks(EXPORT)

    assert found["answer"]["entry"] == "export-data"  # in the very words of its title
    assert (other.embedder, other.coming, reembedding.go_on(other)) == (None, None, 0)
    assert other.embedder_missing.startswith("The weights of words:2 are not here")
    other.close()


def test_the_index_changes_hands_in_one_step(moving: Parts) -> None:
    moving.owns_index = True
    publishing.reconcile(moving, at=NOW)
    assert moving.index is not None
    assert moving.index.model == OLD
    comes(moving, Words(NEW, 32))

    reembedding.finish(moving)
    between = answers(moving)
    publishing.reconcile(moving, at=NOW)

    assert between == answers(moving) == ("export-data", NEW)
    assert (moving.index.model, moving.index_missing) == (NEW, "")
    stock = stocking.stock_of(moving, 1, at=NOW)
    assert moving.index.prove(indexing.shelf_name(1), stock.entries, stock.vectors) == []


def test_what_is_approved_between_the_swap_and_the_new_index_is_not_put_into_the_old_one(
    moving: Parts,
) -> None:
    moving.owns_index = True
    publishing.reconcile(moving, at=NOW)
    comes(moving, Words(NEW))  # of as many dimensions, so that Chroma itself would not object
    reembedding.finish(moving)
    key = an_entry(moving, question=PER_DAY)

    told = publishing.publish(moving, 1, at=NOW)

    assert told == [f"Not proven yet: the index still is that of {OLD}."]
    stock = stocking.stock_of(moving, 1, at=NOW)
    assert stocking.near(moving, 1, stock, stock.vectors[PER_DAY]) is None
    assert not proven(moving, key)
    publishing.reconcile(moving, at=NOW)
    assert stocking.near(moving, 1, stock, stock.vectors[PER_DAY])
    assert proven(moving, key)


def proven(parts: Parts, key: str) -> bool:
    with parts.db.reading() as session:
        return cast.version_of(session, key).proven_at is not None


def test_a_question_asked_before_the_swap_is_the_same_question_after_it(moving: Parts) -> None:
    cast.a_customer(moving).asks(UNKNOWN)
    comes(moving, Words(NEW, 32))
    reembedding.finish(moving)

    cast.a_customer(moving, visitor="ada").asks(UNKNOWN)

    with moving.db.reading() as session:
        (group,) = session.scalars(select(RepeatGroup))
        assert (group.embedder, group.size) == (traced_by(NEW), 2)
        assert len(np.frombuffer(group.total, dtype=np.float32)) == 32 + PLACES


def test_a_thought_from_before_the_swap_joins_no_group_from_after_it(moving: Parts) -> None:
    mara = cast.a_customer(moving)
    message = mara.says(UNKNOWN)
    asked = Asked(UNKNOWN, launch_id=1, mode=Mode.AUTO, wrong_rate=0.01, audience=EVERYONE)
    thought = consider(moving, asked, at=NOW)
    comes(moving, Words(NEW, 32))
    reembedding.finish(moving)
    cast.a_customer(moving, visitor="ada").asks(UNKNOWN)

    settle(moving, message, thought)

    with moving.db.reading() as session:
        groups = session.execute(select(RepeatGroup.embedder, RepeatGroup.size)).all()
        assert {tuple(each) for each in groups} == {(traced_by(OLD), 1), (traced_by(NEW), 1)}


def test_how_far_it_is_is_said_to_operators_and_staff(moving: Parts) -> None:
    comes(moving, Words(NEW))
    moving.coming_state = reembedding.Progress(1_200, 4_800).words

    state = readiness(moving)["embedder"]
    page = a_browser(moving, cast.LENA).get("/desk").text

    assert state == {
        "status": "ok",
        "coming": NEW,
        "progress": "1,200 of 4,800 texts are embedded anew.",
    }
    assert "The library is being prepared for words:2." in page
    assert "1,200 of 4,800 texts are embedded anew." in page


# Which embedder can still be made.


def settled(folder: Path, **settings: str) -> Settings:
    return Settings(_env_file=None, data=folder, **settings)


def test_the_model_before_is_asked_at_the_same_server_and_at_no_other(tmp_path: Path) -> None:
    here = settled(tmp_path, embedding_base_url="http://me:secret@vectors.test/v1/")

    assert embedders.endpoint_of(here) == "http://vectors.test/v1"
    assert embedders.named(here, "remote:small-2", "http://vectors.test/v1").name == (
        "remote:small-2"
    )
    for gone in ("http://elsewhere.test/v1", ""):
        with pytest.raises(Exception, match="not configured any more"):
            embedders.named(here, "remote:small-2", gone)


def test_the_weights_stay_in_charge_while_a_server_is_prepared(shop: Parts, tmp_path: Path) -> None:
    shop.settings.embedding_base_url = "http://vectors.test/v1"
    charge.take_up(shop)
    shop.embedder = embedders.configured(shop.settings)

    charge.take_up(shop)

    assert shop.embedder is not None
    assert shop.coming is not None
    assert (shop.embedder.name, shop.coming.name) == ("minilm-l6-v2:53aa5117", "remote:")
    with respx.mock:
        respx.post("http://vectors.test/v1/embeddings").mock(return_value=httpx.Response(503))
        Worker(shop).round()
    assert shop.coming_state.startswith("It failed: remote: gave no vectors")
    assert cast.a_customer(shop).asks(EXPORT)["answer"]["entry"] == "export-data"


def test_where_the_former_one_is_gone_words_alone_answer_and_say_so(shop: Parts) -> None:
    with shop.db.writing() as session:
        session.add(charge.InCharge(embedder="remote:gone", endpoint="http://x", since=NOW))

    charge.take_up(shop)

    assert shop.embedder is None
    assert cast.a_customer(shop).asks(EXPORT)["answer"]["entry"] == "export-data"
    state = readiness(shop)["embedder"]
    assert (state["status"], state["meanwhile"]) == ("degraded", "word search only")
    assert state["coming"] == "minilm-l6-v2:53aa5117"
    assert "Word search only." in a_browser(shop, cast.LENA).get("/desk").text
    assert reembedding.finish(shop) == []
    assert readiness(shop)["embedder"] == {"status": "ok"}


def test_an_older_database_keeps_the_embedder_that_made_its_vectors(tmp_path: Path) -> None:
    older = cast.parts_in(tmp_path)
    migrations.upgrade(older.db, to="0003")
    with older.db.writing() as session:
        session.add(TextVector(text_sha256="0" * 64, embedder=OLD, vector=b"\0" * 4))

    migrations.upgrade(older.db)

    assert in_charge(older) == OLD
    older.close()


# The command.


def told(data: Path, *command: str) -> str:
    ran = CliRunner().invoke(app, ["index", *command, "--data", str(data)])
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def test_the_command_says_who_is_in_charge_embeds_anew_and_says_it_again(
    data: Path, graphs: Path
) -> None:
    parts = cast.parts_in(data)
    with parts.db.writing() as session:
        session.add(charge.InCharge(embedder="remote:gone", endpoint="http://x", since=NOW))
    parts.close()

    before, done = told(data, "status"), told(data, "reembed")

    assert before.splitlines() == [
        "In charge: remote:gone since 2026-11-17 09:00 UTC",
        "To come:   minilm-l6-v2:53aa5117. 17 of 17 texts are embedded anew.",
    ]
    assert done.splitlines()[-1] == "minilm-l6-v2:53aa5117 is in charge."
    assert "In charge: minilm-l6-v2:53aa5117" in told(data, "status")
    assert "nothing is left to do" in told(data, "reembed")


# Known neighbours.


def shelved(*ways: str) -> list[Entry]:
    return [Entry(way, f"{way} one", (f"{way} two", f"{way} three")) for way in ways]


def meanings(model: Words, entries: Sequence[Entry]) -> dict[str, Vectors]:
    texts = [way for entry in entries for way in entry.ways()]
    return dict(zip(texts, model.embed(texts), strict=True))


@pytest.mark.parametrize(
    ("now", "lost"), [(Words("b"), False), (Words("c", 64), False), (Noise("d"), True)]
)
def test_neighbours_are_kept_by_a_model_and_lost_in_noise(now: Words, lost: bool) -> None:
    entries = shelved("parcel", "invoice", "password", "refund", "voucher", "address")

    told = kinship_lost(entries, meanings(Words("a"), entries), meanings(now, entries))

    assert bool(told) == lost


def test_without_former_vectors_nothing_can_be_lost() -> None:
    entries = shelved("parcel", "invoice")

    assert kinship_lost(entries, {}, meanings(Noise("d"), entries)) == ""
    assert kinship_lost([], {}, {}) == ""
