"""Carrying out replays: claimed by one process, thought with no transaction open, settled at once.

The worker runs it. A replay whose process died is taken up by the next one when its lease is over,
and given up after a few attempts: then it says so. What was thought of the library as it is stays
in memory, so that the next replay thinks only what its own version, and what changed since, alters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import CursorResult, Update, insert, or_, select, update
from sqlalchemy.orm import Session

from assistant.answering.asked_before import Past, confirmed_of, mode_of, past_questions, said_of
from assistant.answering.guarantee import Standing, standing_of
from assistant.answering.replay_age import content_of, made_now
from assistant.answering.replay_effect import (
    Category,
    Confirmed,
    Got,
    category_of,
    estimate_of,
    why_broken,
)
from assistant.answering.replay_records import Replay, ReplayCase
from assistant.answering.rethinking import Kept, Thinking, World, quietly
from assistant.answering.states import State, trust_of_each
from assistant.answering.stored_meanings import StoredMeanings
from assistant.ground.database import canonical
from assistant.ground.parts import Parts
from assistant.launch.launches import Launch
from assistant.library import supposing
from assistant.library.stocking import Live, Stock, entry_of
from assistant.library.versions import EntryVersion

log = structlog.get_logger()

LEASE = timedelta(seconds=60)  # renewed with every step; afterwards its process is taken for dead
MOST_ATTEMPTS = 3  # one that ends its process again and again is given up
TELL_EVERY = 0.5  # seconds between two times that the progress is written down
GIVEN_UP = "It was interrupted three times. Start it again; if it stops again, tell an operator."
FAILED = "It failed: {why}. Start it again; if it fails again, tell an operator."


class Stopped(Exception):
    """The replay was cancelled, or another process has it now."""


@dataclass(frozen=True, slots=True)
class Task:
    """A replay as it was claimed, and everything that is read for it beforehand."""

    replay_id: int
    launch_id: int
    entry: str
    version: Live
    content: str
    made_for: dict[str, Any]
    rule: str
    questions: Sequence[Past]
    confirmed: Mapping[int, Confirmed]
    state: State  # that the entry would be in


def go_on(parts: Parts) -> int:
    """Carry out every replay that waits, one after the other; return how many."""
    done = 0
    while (replay_id := _claimed(parts)) is not None:
        _carry_out(parts, replay_id)
        done += 1
    return done


def _claimed(parts: Parts) -> int | None:
    """Take the oldest replay that nobody is at; those tried too often are given up."""
    at = parts.clock.now()
    free = or_(Replay.leased_until.is_(None), Replay.leased_until <= at)
    with parts.db.reading() as session:  # most looks find nothing and need no writer's turn
        if session.scalar(select(Replay.id).where(Replay.running.is_not(None), free)) is None:
            return None
    with parts.db.writing() as session:
        waiting = select(Replay).where(Replay.running.is_not(None), free).order_by(Replay.id)
        for replay in session.scalars(waiting.with_for_update(skip_locked=True)):
            if replay.attempts < MOST_ATTEMPTS:
                replay.attempts += 1
                replay.leased_until = at + LEASE
                return replay.id
            replay.running, replay.finished_at, replay.failed_because = None, at, GIVEN_UP
    return None


def _carry_out(parts: Parts, replay_id: int) -> None:
    try:
        task = _task(parts, replay_id)
        _settle(parts, task, *_thought(parts, task))
    except Stopped:
        log.info("replay stopped", replay=replay_id)
    except Exception as failure:
        log.exception("replay failed", replay=replay_id)
        _end(parts, replay_id, failed_because=FAILED.format(why=type(failure).__name__))


def _task(parts: Parts, replay_id: int) -> Task:
    with parts.db.reading() as session:
        replay = session.get_one(Replay, replay_id)
        version = session.get_one(EntryVersion, replay.version_id)
        launch = session.get_one(Launch, replay.launch_id)
        entry, launch_id = version.entry, launch.id
        instead = {entry.key: (version.question, entry.looked_at)}
        trusted = trust_of_each(session, launch_id, instead=instead)
        return Task(
            replay_id=replay_id,
            launch_id=launch_id,
            entry=entry.key,
            version=Live(
                version.id, version.number, version.sha256, version.audience, entry_of(version)
            ),
            content=content_of(version),
            made_for=made_now(session, launch_id),
            rule=canonical(
                [mode_of(launch), launch.wrong_rate, launch.out_of_scope, launch.languages]
            ),
            questions=past_questions(session, launch),
            confirmed=confirmed_of(session, launch_id),
            state=trusted[entry.key].state,
        )


@dataclass(slots=True)
class _Progress:
    """Writes down how far a replay is, and learns whether it is still wanted."""

    parts: Parts
    replay_id: int
    total: int
    done: int = 0
    told_at: float | None = None

    def told(self, more: int) -> None:
        """So many more are done. Raises Stopped when nobody wants the rest."""
        self.done += more
        now = self.parts.clock.steady()
        if self.told_at is not None and now - self.told_at < TELL_EVERY:
            return
        self.told_at = now
        _renew(self.parts, self.replay_id, done=min(self.done, self.total), total=self.total)


def _thought(parts: Parts, task: Task) -> tuple[Thinking, Thinking]:
    """Return what every question gets as the library is, and as it would be."""
    at = parts.clock.now()
    distinct = len({past.key for past in task.questions})
    progress = _Progress(parts, task.replay_id, total=2 * distinct)
    progress.told(0)
    standing = standing_of(parts, task.launch_id)
    now = _world(task, supposing.as_it_is(parts, task.launch_id, at=at), standing)
    coming = supposing.supposed(parts, task.launch_id, version=task.version, at=at)
    states = {**standing.states, task.entry: task.state}
    then = _world(task, coming, replace(standing, states=states))
    before = _as_it_is(parts, task, now, progress)
    after = _thinking(parts, then, progress)
    after.think_after(before, task.questions)
    return before, after


def _as_it_is(parts: Parts, task: Task, now: World, progress: _Progress) -> Thinking:
    """Return what the questions get now, going on from what an earlier replay thought."""
    before = _thinking(parts, now, progress)
    known: Thinking | None = parts.replayed.get(task.launch_id)
    if known is not None:
        there = [past for past in task.questions if past.key in known.kept]
        before.think_after(known, there)
    before.think(task.questions)
    parts.replayed[task.launch_id] = before
    return before


def _world(task: Task, stock: Stock, standing: Standing) -> World:
    return World(stock, standing, task.rule, supposing.found_as(stock))


def _thinking(parts: Parts, world: World, progress: _Progress) -> Thinking:
    meanings = StoredMeanings(parts.db, parts.embedder) if parts.embedder else None
    apart = quietly(parts, meanings)
    return Thinking(apart, world, meanings, told=progress.told)


def _settle(parts: Parts, task: Task, before: Thinking, after: Thinking) -> None:
    """Write down what the version does to each question; nothing when nobody wants it any more."""
    pairs = [(past, before.kept[past.key], after.kept[past.key]) for past in task.questions]
    counts = dict.fromkeys(Category, 0)
    rows = []
    for past, was, now in pairs:
        said = said_of(task.confirmed, past)
        category = category_of(task.entry, was.got, now.got, said)
        counts[category] += 1
        if category is not Category.SAME:
            rows.append(_row(task, past, category, was.got, now.got, before, after, said))
    said_before = [(was.got, said_of(task.confirmed, past)) for past, was, _ in pairs]
    said_after = [(now.got, said_of(task.confirmed, past)) for past, _, now in pairs]
    facts = {
        "done": len(task.questions),
        "total": len(task.questions),
        "content": task.content,
        "text": task.version.entry.text,
        "made_for": task.made_for,
        "counts": {category.value: count for category, count in counts.items()},
        "before": asdict(estimate_of(said_before)),
        "after": asdict(estimate_of(said_after)),
        "changed": sum(_reads_otherwise(was, now) for _, was, now in pairs),
    }
    _end(parts, task.replay_id, rows=rows, **facts)


def _reads_otherwise(was: Kept, now: Kept) -> bool:
    """Return whether a model would be asked anew: other texts are shown, or it turned otherwise."""
    return set(was.shown) != set(now.shown) or not was.got.is_as(now.got)


def _row(
    task: Task,
    past: Past,
    category: Category,
    was: Got,
    now: Got,
    before: Thinking,
    after: Thinking,
    said: Confirmed,
) -> dict[str, Any]:
    return {
        "replay_id": task.replay_id,
        "message_id": past.message_id,
        "category": category.value,
        "before": _kept(was, before),
        "after": _kept(now, after),
        "why": why_broken(task.entry, was, now, said),
    }


def _kept(got: Got, thinking: Thinking) -> dict[str, Any]:
    live = thinking.world.stock.live
    return {
        "kind": got.kind,
        "entries": [{"key": key, "version": live[key].version_id} for key in got.entries],
        "certainty": got.certainty,
        "reason": got.reason,
    }


def _renew(parts: Parts, replay_id: int, **facts: Any) -> None:
    until = parts.clock.now() + LEASE
    with parts.db.writing() as session:
        still = update(Replay).where(Replay.id == replay_id, Replay.running.is_not(None))
        _only_if_wanted(session, still.values(leased_until=until, **facts))


def _end(
    parts: Parts, replay_id: int, *, rows: Sequence[Mapping[str, Any]] = (), **facts: Any
) -> None:
    at: datetime = parts.clock.now()
    with parts.db.writing() as session:
        still = update(Replay).where(Replay.id == replay_id, Replay.running.is_not(None))
        ended = still.values(running=None, leased_until=None, finished_at=at, **facts)
        _only_if_wanted(session, ended)
        if rows:
            session.execute(insert(ReplayCase), list(rows))


def _only_if_wanted(session: Session, change: Update) -> None:
    """Carry out a change of a replay that runs. Raises Stopped when it does not any more."""
    result: CursorResult[Any] = session.execute(change)  # type: ignore[assignment]
    if not result.rowcount:
        raise Stopped
