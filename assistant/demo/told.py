"""What the demo's team told many people at once: a broadcast read over by a second person, and a
wrong answer that was recalled and corrected."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering import approving, recall, sending, taking_back, to_everyone
from assistant.answering.audience import Chosen
from assistant.answering.leaving_out import Words
from assistant.desk.causes import Cause
from assistant.desk.notices import notify
from assistant.desk.recalled import Recall
from assistant.ground.clock import SetClock
from assistant.ground.parts import Parts
from assistant.ground.people import Person, by_email
from assistant.launch.launches import Launch, by_key
from assistant.library import entries, publishing

STORY = Path(__file__).with_name("told.yaml")
SOON = timedelta(minutes=1)  # longer than the ten seconds in which it may be undone
ROUNDS = 50  # of the worker; each tells as many as the rate allows


@cache
def told() -> dict[str, Any]:
    """Return what is written by hand."""
    found: dict[str, Any] = yaml.safe_load(STORY.read_text("utf-8"))
    return found


def tell(parts: Parts, launch_key: str, *, until: datetime) -> None:
    """Let people have told others, before ``until``; ``parts.clock`` is a SetClock."""
    clock = parts.clock
    assert isinstance(clock, SetClock)  # noqa: S101  # the caller stopped the clock
    for words in told()["broadcasts"]:
        clock.set(until - timedelta(hours=words["hours_ago"]))
        _broadcast(parts, launch_key, words)
        _send(parts, clock)
    for words in told()["recalls"]:
        clock.set(until - timedelta(hours=words["hours_ago"]))
        _recall(parts, launch_key, words)
        _send(parts, clock)
        clock.set(clock.now() + timedelta(minutes=40))
        _correct(parts, launch_key, words)
        _send(parts, clock)
    clock.set(until)


def _send(parts: Parts, clock: SetClock) -> None:
    """Let the worker tell everybody."""
    for _ in range(ROUNDS):
        clock.set(clock.now() + SOON)
        if not taking_back.take_back(parts) + sending.send_broadcasts(parts):
            return


def _broadcast(parts: Parts, launch_key: str, words: dict[str, Any]) -> None:
    """Tell those who asked about a cause, in words that a second person reads over."""
    at = parts.clock.now()
    with parts.db.writing() as session:
        launch = by_key(session, launch_key)
        writer, reader = _person(session, words["writer"]), _person(session, words["reader"])
        cause = session.scalar(select(Cause).where(Cause.title == words["cause"]))
        if cause is None:
            return
        chosen, said = Chosen(cause=cause.id), Words(words["says"])
        people = len(to_everyone.preview(session, launch, chosen, said, by=writer, at=at).told)
        if not people:
            return
        sent = to_everyone.send_to_all(
            session, launch, chosen, said, people=people, by=writer, at=at, resolves=True
        )
        if sent.starts_at is None:
            sent.read_over(session, by=reader, at=at)


def _recall(parts: Parts, launch_key: str, words: dict[str, Any]) -> None:
    at = parts.clock.now()
    with parts.db.writing() as session:
        launch = by_key(session, launch_key)
        entry = entries.by_key(session, launch.id, words["entry"])
        by, owner = _person(session, words["by"]), _person(session, words["writer"])
        found = recall.recall(session, entry, reason=words["reason"], by=by, at=at)
        heard = f"{by.name} recalled “{found.title}”: {words['reason']}"
        href = f"/recalls/{found.id}"
        notify(session, owner, heard, kind="recall", launch_id=launch.id, at=at, href=href)
    publishing.publish(parts, _id_of(parts, launch_key), at=at)


def _correct(parts: Parts, launch_key: str, words: dict[str, Any]) -> None:
    """Write what is right, let somebody else approve it, and send it to who was told otherwise."""
    at = parts.clock.now()
    with parts.db.writing() as session:
        launch = by_key(session, launch_key)
        writer, approver = _person(session, words["writer"]), _person(session, words["approver"])
        entry = entries.by_key(session, launch.id, words["entry"])
        right = replace(entry.newest.as_draft(), answer=words["says"])
        entry.save(session, right, by=writer, at=at)
        entry.submit(session, by=writer, at=at)
        why = "What customers have was recalled as wrong."
        version = approving.approve(session, entry, by=approver, at=at, override=why)
        session.flush()
        found = session.scalar(select(Recall).where(Recall.entry_id == entry.id))
        said = Words(version.text, version)
        people = _to_correct(session, launch, found, said, writer, at)
        if found is not None and people:
            recall.correct(session, found, version, people=people, by=writer, at=at)
    publishing.publish(parts, _id_of(parts, launch_key), at=at)


def _to_correct(
    session: Session, launch: Launch, found: Recall | None, said: Words, by: Person, at: datetime
) -> int:
    if found is None:
        return 0
    chosen = Chosen(recall=found.id)
    return len(to_everyone.preview(session, launch, chosen, said, by=by, at=at).told)


def _id_of(parts: Parts, launch_key: str) -> int:
    with parts.db.reading() as session:
        return by_key(session, launch_key).id


def _person(session: Session, email: str) -> Person:
    found = by_email(session, email)
    if found is None:
        raise LookupError(f"The story names {email}, whom the pack does not.")
    return found
