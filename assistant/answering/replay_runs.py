"""Which replay of a version counts, what it breaks, and which word of a lead covers that."""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering.replay_age import content_of
from assistant.answering.replay_effect import Category
from assistant.answering.replay_records import Override, Replay, ReplayCase
from assistant.ground.people import Person
from assistant.library.versions import EntryVersion


def newest_of(session: Session, version: EntryVersion) -> Replay | None:
    """Return the last replay of a version that nobody cancelled.

    Of one that waits that is, unless its own one runs, the last one of the very same words,
    whichever number they had then; else its own last one, or that of the undone version that it
    goes on from.
    """
    runs = _runs(session, version)
    own = [run for run in runs if run.version_id == version.id]
    if own and (version.approved_at is not None or own[0].is_running):
        return own[0]
    return next(_that_say_something(version, runs), None)


def finished_of(session: Session, version: EntryVersion, run: Replay) -> Replay | None:
    """Return the last replay that ended and counts for ``version``, of the kind of ``run``."""
    if _has_ended(run):
        return run
    runs = [each for each in _runs(session, version) if _has_ended(each)]
    if run.is_without:
        own = (each for each in runs if each.version_id == version.id)
        return next((each for each in own if each.is_without), None)
    return next(_that_say_something(version, runs), None)


def _runs(session: Session, version: EntryVersion) -> Sequence[Replay]:
    """Return every replay of the version's entry that nobody cancelled, newest first."""
    query = select(Replay).where(
        Replay.entry_id == version.entry_id, Replay.cancelled_by_id.is_(None)
    )
    return session.scalars(query.order_by(Replay.id.desc())).all()


def _that_say_something(version: EntryVersion, runs: Sequence[Replay]) -> Iterator[Replay]:
    """Yield what a version is known by: what was run of its very words, then on its own way."""
    content, way = content_of(version), _way_of(version)
    before = [run for run in runs if not run.is_without]
    if version.approved_at is None:
        said = (run for run in before if run.content == content)
        yield from (run for run in said if _has_ended(run) or run.version_id == version.id)
    yield from (run for run in before if run.version_id in way)


def _way_of(version: EntryVersion) -> set[int]:
    """Return a version and those before it whose approval was undone: it goes on from them."""
    earlier = [each for each in version.entry.versions if each.number < version.number]
    undone = takewhile(lambda each: each.undone_at is not None, reversed(earlier))
    return {version.id, *(each.id for each in undone)}


def _has_ended(run: Replay) -> bool:
    return not run.is_running and not run.failed_because and run.cancelled_by_id is None


def broken_by(session: Session, replay: Replay) -> set[int]:
    """Return the questions that a replay breaks."""
    cases = select(ReplayCase.message_id).where(ReplayCase.replay_id == replay.id)
    return set(session.scalars(cases.where(ReplayCase.category == Category.BREAK)))


def override_of(session: Session, replay: Replay, version: EntryVersion) -> Override | None:
    """Return the newest word of a lead who wrote none of it that covers every break of a replay."""
    given = session.scalars(
        select(Override)
        .where(Override.version_id == version.id, Override.content == content_of(version))
        .order_by(Override.id.desc())
    ).all()
    broken = broken_by(session, replay) if given else set()
    covering = (one for one in given if broken <= set(one.broken["messages"]))
    return next((one for one in covering if not _had_a_hand(version, one.by_id)), None)


def _had_a_hand(version: EntryVersion, person_id: int) -> bool:
    return person_id in {version.author_id, *(writer.id for writer in version.writers)}


def word_of(session: Session, replay: Replay, by: Person) -> Override:
    """Return the row for a lead's word on a replay: their last word on it is the one that counts.

    What they said before stays in the history.
    """
    given = session.scalar(
        select(Override).where(Override.replay_id == replay.id, Override.by_id == by.id)
    )
    return given or Override(replay_id=replay.id, by_id=by.id, by=by)
