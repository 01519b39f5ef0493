"""Which replay of a version counts, what it breaks, and which word of a lead covers that."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering.replay_age import content_of
from assistant.answering.replay_effect import Category
from assistant.answering.replay_records import Override, Replay, ReplayCase
from assistant.ground.people import Person
from assistant.library.versions import EntryVersion

_ENDED = (Replay.running.is_(None), Replay.cancelled_by_id.is_(None), Replay.failed_because == "")


def newest_of(session: Session, version: EntryVersion) -> Replay | None:
    """Return the last replay of a version that nobody cancelled.

    Where it has none, that is the last one that ended of the same words whose approval was undone.
    """
    query = select(Replay).where(Replay.version_id == version.id, Replay.cancelled_by_id.is_(None))
    own = session.scalar(query.order_by(Replay.id.desc()).limit(1))
    return own or _inherited(session, version)


def _inherited(session: Session, version: EntryVersion) -> Replay | None:
    query = (
        select(Replay)
        .join(Replay.version)
        .where(
            Replay.entry_id == version.entry_id,
            Replay.content == content_of(version),
            EntryVersion.undone_at.is_not(None),
            Replay.started_at < EntryVersion.approved_at,
            *_ENDED,
        )
    )
    return session.scalar(query.order_by(Replay.id.desc()).limit(1))


def finished_of(session: Session, run: Replay) -> Replay | None:
    """Return the last replay that ended, of the version and of the kind of ``run``."""
    if not run.is_running and not run.failed_because:
        return run
    query = select(Replay).where(Replay.version_id == run.version_id, *_ENDED)
    if (approved := run.version.approved_at) is not None:
        is_without = Replay.started_at >= approved
        query = query.where(is_without if run.is_without else ~is_without)
    own = session.scalar(query.order_by(Replay.id.desc()).limit(1))
    return own or _inherited(session, run.version)


def broken_by(session: Session, replay: Replay) -> set[int]:
    """Return the questions that a replay breaks."""
    cases = select(ReplayCase.message_id).where(ReplayCase.replay_id == replay.id)
    return set(session.scalars(cases.where(ReplayCase.category == Category.BREAK)))


def override_of(session: Session, replay: Replay, version: EntryVersion) -> Override | None:
    """Return the newest word of a lead that covers every break of a replay."""
    given = session.scalars(
        select(Override)
        .where(Override.version_id == version.id, Override.content == content_of(version))
        .order_by(Override.id.desc())
    ).all()
    broken = broken_by(session, replay) if given else set()
    return next((one for one in given if broken <= set(one.broken["messages"])), None)


def word_of(session: Session, replay: Replay, by: Person) -> Override:
    """Return the row for a lead's word on a replay: their last word on it is the one that counts.

    What they said before stays in the history.
    """
    given = session.scalar(
        select(Override).where(Override.replay_id == replay.id, Override.by_id == by.id)
    )
    return given or Override(replay_id=replay.id, by_id=by.id, by=by)
