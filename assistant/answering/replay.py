"""Replay before approval: a version against every real question of its launch, and what came of it.

Nothing here changes what customers get. A replay is recorded, thought by the worker
(``replaying``) and settled; until then it is running, and afterwards it is honest about being out
of date. Breaks hold an approval back until a lead overrules them with a reason: those of the last
replay that has ended, whatever has begun or failed since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering.asked_before import past_of
from assistant.answering.replay_age import content_of, moved
from assistant.answering.replay_effect import Category, Estimate
from assistant.answering.replay_records import Override, Replay, ReplayCase
from assistant.answering.replay_runs import (
    broken_by,
    finished_of,
    newest_of,
    override_of,
    word_of,
)
from assistant.desk.messages import Message
from assistant.ground.audit import happened
from assistant.ground.database import put_unless_there
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion


@dataclass(frozen=True, slots=True)
class Effect:
    """What is known of a version's effect. Counts are 0 until a first replay has ended."""

    state: str  # none, running, stale, failed or fresh
    why: tuple[str, ...] = ()  # it is stale, or failed: in words, each a sentence
    replay: Replay | None = None  # the newest run
    counted: Replay | None = None  # the last run that has ended, whose counts these are
    gains: int = 0
    steals: int = 0
    breaks: int = 0
    lost: int = 0
    elsewhere: int = 0
    unanswered: int = 0
    same: int = 0
    before: Estimate | None = None
    after: Estimate | None = None
    override: Override | None = None  # that covers every break

    @property
    def is_known(self) -> bool:
        """Return whether there are counts to go by, be they out of date."""
        return self.counted is not None

    @property
    def blocks(self) -> bool:
        """Return whether known breaks hold an approval back that nobody has overruled."""
        return self.is_known and self.breaks > 0 and self.override is None

    @property
    def share(self) -> float:
        """Return how far a running replay is, 0 to 1."""
        if self.replay is None or not self.replay.total:
            return 0.0
        return min(1.0, self.replay.done / self.replay.total)


def effect_of(session: Session, version: EntryVersion, *, at: datetime | None = None) -> Effect:
    """Return what is known of the effect of ``version``; ``at`` also tells what expired since."""
    run = newest_of(session, version)
    if run is None:
        return Effect("none")
    state, why = _state_of(session, run, version, at)
    ended = finished_of(session, version, run)
    if ended is None:
        return Effect(state, why, run)
    return Effect(
        state,
        why,
        run,
        ended,
        before=Estimate(**ended.before),
        after=Estimate(**ended.after),
        override=override_of(session, ended, version),
        **{name: int(ended.counts.get(key, 0)) for name, key in _COUNTS.items()},
    )


def _state_of(
    session: Session, run: Replay, version: EntryVersion, at: datetime | None
) -> tuple[str, tuple[str, ...]]:
    if run.is_running:
        return "running", ()
    if run.failed_because:
        return "failed", (run.failed_because,)
    why = moved(session, run, version, at)
    return "stale" if why else "fresh", why


_COUNTS = {
    "gains": Category.GAIN,
    "steals": Category.STEAL,
    "breaks": Category.BREAK,
    "lost": Category.LOST,
    "elsewhere": Category.ELSEWHERE,
    "unanswered": Category.UNANSWERED,
    "same": Category.SAME,
}


def start(
    session: Session, version: EntryVersion, *, by: Person, at: datetime, with_model: bool = False
) -> Replay:
    """Let a version be replayed; while one runs, that one is returned and nothing is begun.

    Raises:
        Refused: when the version is approved already.
    """
    if version.approved_at is not None:
        raise Refused("It is approved already.", what_to_do="Save a change first, then replay it.")
    return _begun(session, version, by=by, at=at, with_model=with_model)


def start_for_review(session: Session, version: EntryVersion, *, by: Person, at: datetime) -> None:
    """Let what was just submitted be replayed, so that who approves it has the effect in sight.

    Without the model, which people ask when they have seen what that takes. Nothing is begun for
    what does not wait, or while the last replay of these very words is fresh or runs.
    """
    if version.submitted_at is None or version.approved_at is not None:
        return
    running = _running(session, version)
    if running is not None and running.content != content_of(version):
        cancel(session, version, by=by, at=at)
    if effect_of(session, version, at=at).state not in ("running", "fresh"):
        _begun(session, version, by=by, at=at, with_model=False)


def start_without(session: Session, version: EntryVersion, *, by: Person, at: datetime) -> Replay:
    """Let every question be asked as if what customers get of an entry were gone.

    Raises:
        Refused: when customers do not get this version.
    """
    if version.entry.approved is not version:
        raise Refused("Customers do not get it.", what_to_do="Nothing would be lost.")
    return _begun(session, version, by=by, at=at, with_model=False)


def _begun(
    session: Session, version: EntryVersion, *, by: Person, at: datetime, with_model: bool
) -> Replay:
    row = {
        "launch_id": version.entry.launch_id,
        "entry_id": version.entry_id,
        "version_id": version.id,
        "content": content_of(version),
        "text": version.text,
        "with_model": with_model,
        "running": version.id,
        "started_at": at,
        "started_by_id": by.id,
        **dict.fromkeys(("attempts", "done", "total", "changed", "calls"), 0),
        **{name: {} for name in ("made_for", "counts", "before", "after")},
        "failed_because": "",
    }
    there = _running(session, version)
    if there is not None:
        return there
    put_unless_there(session, Replay, [row])
    begun = _running(session, version)
    assert begun is not None  # noqa: S101 - put there by us, or by whoever was quicker
    if begun.started_at == at and begun.started_by_id == by.id:
        _note(session, "started", begun, by=by, at=at, with_model=with_model)
    return begun


def _running(session: Session, version: EntryVersion) -> Replay | None:
    return session.scalar(select(Replay).where(Replay.running == version.id))


def cancel(session: Session, version: EntryVersion, *, by: Person, at: datetime) -> None:
    """Stop the replay that runs.

    Raises:
        Refused: when none runs any more.
    """
    replay = session.scalar(
        select(Replay).where(Replay.running == version.id).with_for_update(of=Replay)
    )
    if replay is None:
        raise Refused("No replay is running.", what_to_do="Load the entry again.")
    replay.running, replay.finished_at, replay.cancelled_by_id = None, at, by.id
    _note(session, "cancelled", replay, by=by, at=at)


def overrule(
    session: Session,
    version: EntryVersion,
    *,
    reason: str,
    by: Person,
    at: datetime,
    seen: int | None = None,
) -> Override:
    """Keep a lead's word that the breaks of the last replay are meant.

    It covers exactly those questions and these words: another break, or another text, and the
    approval is held back again. ``seen`` is the replay whose breaks were shown to the lead.

    Raises:
        NotPermitted: when ``by`` may not approve that version.
        Refused: without a reason, when nothing is held back, or when another replay than the one
            that was ``seen`` has ended meanwhile.
    """
    if not by.is_any(Role.LEAD):
        raise NotPermitted("Only a lead overrules a break.", what_to_do="Ask a lead.")
    version.entry.may_approve(version, by)
    if not reason.strip():
        raise Refused("Say why the breaks are meant.", what_to_do="Write it for those who ask.")
    effect = effect_of(session, version)
    if not effect.blocks or effect.counted is None:
        raise Refused("Nothing is held back.", what_to_do="Load the entry again.")
    if seen is not None and seen != effect.counted.id:
        raise Refused(
            "Another replay has ended since you looked, and it may break other answers.",
            what_to_do="Load the entry again and look at what the last replay breaks.",
        )
    broken = sorted(broken_by(session, effect.counted))
    override = word_of(session, effect.counted, by)
    override.version_id, override.content = version.id, content_of(version)
    override.broken = {"messages": broken}
    override.reason, override.at = reason.strip(), at
    session.add(override)
    session.flush()
    _note(session, "overruled", effect.counted, by=by, at=at, reason=reason.strip())
    return override


def cases_of(
    session: Session, replay: Replay, category: Category, *, first: int = 0, most: int = 25
) -> Sequence[ReplayCase]:
    """Return a page of the questions of one category, those asked last first."""
    query = select(ReplayCase).where(ReplayCase.replay_id == replay.id)
    query = query.where(ReplayCase.category == category).order_by(ReplayCase.message_id.desc())
    return session.scalars(query.offset(first).limit(most)).all()


def unchanged_by(
    session: Session, replay: Replay, *, first: int = 0, most: int = 25
) -> Sequence[Message]:
    """Return a page of the questions of a replay that get what they got, asked last first."""
    changed = select(ReplayCase.message_id).where(ReplayCase.replay_id == replay.id)
    query = past_of(replay.launch_id).where(
        Message.id <= int(replay.made_for.get("newest", 0)), Message.id.not_in(changed)
    )
    return session.scalars(query.order_by(Message.id.desc()).offset(first).limit(most)).all()


def this_replay(session: Session, entry: Entry) -> tuple[EntryVersion, Replay]:
    """Return the newest version of an entry that was replayed, and its last replay.

    Raises:
        NotFound: when none of its versions was.
    """
    for version in reversed(entry.versions):
        if (replay := newest_of(session, version)) is not None:
            return version, replay
    raise NotFound("It was not replayed yet.", what_to_do="Start a replay on the entry’s page.")


def _note(
    session: Session, what: str, replay: Replay, *, by: Person, at: datetime, **details: Any
) -> None:
    happened(
        session,
        f"replay.{what}",
        at=at,
        by=by,
        launch_id=replay.launch_id,
        entry_id=replay.entry_id,
        replay=replay.id,
        **details,
    )
