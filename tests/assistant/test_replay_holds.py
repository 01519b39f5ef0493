"""Breaks that are known hold an approval back, whatever was begun, undone or written since."""

from datetime import timedelta

import pytest

from assistant.answering import approving, replay, replaying
from assistant.answering.replay import Effect
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import AMIR, LENA, NOW, a_draft, an_entry, entry_of, the

KEY = "pause-plan"
LATER = NOW + timedelta(seconds=1)
SOON = NOW + timedelta(seconds=5)
MEANT = "Exports have moved."


@pytest.fixture
def broken(shop: Parts) -> Parts:
    """A shop where a version waits that takes the words of export-data, and was replayed."""
    cast.confirm(shop, "export-data")
    an_entry(shop, key=KEY, approved_by=None, question=cast.EXPORT, phrasings=["export it all"])
    replayed(shop)
    submit(shop)
    return shop


def submit(shop: Parts) -> None:
    with shop.db.writing() as session:
        entry_of(session, KEY).submit(session, by=the(session, AMIR), at=NOW)


def started(shop: Parts) -> None:
    with shop.db.writing() as session:
        version = entry_of(session, KEY).newest
        replay.start(session, version, by=the(session, LENA), at=shop.clock.now())


def replayed(shop: Parts) -> None:
    started(shop)
    assert replaying.go_on(shop) == 1


def effect(shop: Parts) -> Effect:
    with shop.db.reading() as session:
        return replay.effect_of(session, entry_of(session, KEY).newest, at=SOON)


def approve(shop: Parts, *, override: str = "", seen: int | None = None) -> None:
    with shop.db.writing() as session:
        entry, lena = entry_of(session, KEY), the(session, LENA)
        approving.approve(session, entry, by=lena, at=LATER, override=override, seen=seen)


def is_approved(shop: Parts) -> bool:
    with shop.db.reading() as session:
        return entry_of(session, KEY).approved is not None


def fails(shop: Parts) -> None:
    started(shop)
    embedder, shop.embedder = shop.embedder, object()  # type: ignore[assignment]
    replaying.go_on(shop)
    shop.embedder = embedder


@pytest.mark.parametrize(("begin", "state"), [(started, "running"), (fails, "failed")])
def test_breaks_hold_it_back_while_another_replay_runs_and_after_one_failed(
    broken: Parts, begin, state: str
) -> None:
    begin(broken)

    found = effect(broken)
    assert (found.state, found.breaks, found.blocks) == (state, 3, True)
    assert "3 confirmed answers broken" in approving.effect_in_words(found)
    with pytest.raises(Refused, match="3 confirmed answers would change"):
        approve(broken)
    assert not is_approved(broken)


def test_breaks_are_known_again_when_an_approval_was_undone(broken: Parts) -> None:
    approve(broken, override=MEANT)
    with broken.db.writing() as session:
        entry = entry_of(session, KEY)
        approving.undo_approval(session, entry, by=the(session, LENA), at=SOON)

    assert (effect(broken).breaks, effect(broken).blocks) == (3, True)
    with pytest.raises(Refused, match="3 confirmed answers would change"):
        approve(broken)
    approve(broken, override="It is still meant.")  # the same lead, of the same replay
    with broken.db.reading() as session:
        said = entry_of(session, KEY).newest.standing_approvals[0]
        assert (said.because, said.breaks) == ("It is still meant.", 3)


def undo(shop: Parts) -> None:
    with shop.db.writing() as session:
        entry = entry_of(session, KEY)
        approving.undo_approval(session, entry, by=the(session, LENA), at=SOON)


def written(shop: Parts, **said: str) -> None:
    with shop.db.writing() as session:
        words = {"question": cast.EXPORT, "phrasings": ["export it all"], **said}
        entry_of(session, KEY).save(session, a_draft(**words), by=the(session, AMIR), at=SOON)
    submit(shop)


def rejected(shop: Parts) -> None:
    with shop.db.writing() as session:
        approving.reject(
            session, entry_of(session, KEY), reason="No.", by=the(session, LENA), at=SOON
        )
    submit(shop)


def test_breaks_hold_what_was_written_on_after_the_replay_and_its_approval_undone(
    broken: Parts,
) -> None:
    written(broken, answer="Words that no replay has seen.")
    approve(broken, override=MEANT)
    undo(broken)

    assert (effect(broken).breaks, effect(broken).blocks) == (3, True)
    rejected(broken)
    with pytest.raises(Refused, match="3 confirmed answers would change"):
        approve(broken)
    assert not is_approved(broken)


def test_words_written_after_an_undone_approval_are_held_back_like_any_that_go_on_from_there(
    broken: Parts,
) -> None:
    approve(broken, override=MEANT)
    undo(broken)
    written(broken, answer="Other words.")

    assert (effect(broken).breaks, effect(broken).blocks) == (3, True)


def test_the_last_replay_of_the_same_words_counts_also_when_other_words_were_replayed_since(
    broken: Parts,
) -> None:
    written(broken, question="Is there a forum?", phrasings=["a forum"])
    replayed(broken)
    assert not effect(broken).blocks
    written(broken)

    assert (effect(broken).breaks, effect(broken).blocks) == (3, True)
    with pytest.raises(Refused, match="3 confirmed answers would change"):
        approve(broken)


def test_a_lead_who_had_a_hand_in_a_version_overrules_none_of_its_breaks(broken: Parts) -> None:
    with broken.db.writing() as session:
        version, lena = entry_of(session, KEY).newest, the(session, LENA)
        replay.overrule(session, version, reason=MEANT, by=lena, at=NOW)
    assert not effect(broken).blocks
    with broken.db.writing() as session:
        entry, lena = entry_of(session, KEY), the(session, LENA)
        entry.newest.add_writer(lena)  # as filing it does

    assert effect(broken).blocks
    with broken.db.writing() as session, pytest.raises(NotPermitted, match="had a hand"):
        entry = entry_of(session, KEY)
        replay.overrule(session, entry.newest, reason=MEANT, by=the(session, LENA), at=NOW)


def test_a_lead_s_word_holds_for_the_words_that_it_was_given_for_only(broken: Parts) -> None:
    with broken.db.writing() as session:
        version = entry_of(session, KEY).newest
        replay.overrule(session, version, reason=MEANT, by=the(session, LENA), at=NOW)
    assert not effect(broken).blocks
    with broken.db.writing() as session:
        said = a_draft(question=cast.EXPORT, answer="Totally other words.")
        entry_of(session, KEY).save(session, said, by=the(session, AMIR), at=NOW)
    submit(broken)

    assert (effect(broken).state, effect(broken).blocks) == ("stale", True)
    with pytest.raises(Refused, match="would change"):
        approve(broken)
    approve(broken, override="These words too.")  # said of what is there now, it counts
    assert is_approved(broken)


def test_a_lead_s_word_covers_no_replay_that_nobody_saw(broken: Parts) -> None:
    looked_at = effect(broken).counted
    assert looked_at is not None
    cast.confirm(broken, "export-data", times=1)
    replayed(broken)

    with pytest.raises(Refused, match="Another replay has ended since you looked"):
        approve(broken, override=MEANT, seen=looked_at.id)
    now = effect(broken).counted
    assert now is not None
    approve(broken, override=MEANT, seen=now.id)
    assert is_approved(broken)
