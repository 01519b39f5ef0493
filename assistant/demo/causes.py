"""The causes of the demo's week: one in each state, as people left them."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk import causes, fixes, sorting
from assistant.desk.cause_states import Decision, Kind
from assistant.desk.causes import Cause
from assistant.desk.messages import Message
from assistant.desk.sorting import Seen
from assistant.ground.people import Person, by_email

STORY = Path(__file__).with_name("causes.yaml")


@cache
def told() -> list[dict[str, Any]]:
    """Return the causes as they are written by hand."""
    found: list[dict[str, Any]] = yaml.safe_load(STORY.read_text("utf-8"))
    return found


def tell(session: Session, launch_id: int, *, until: datetime) -> None:
    """Let people have found, decided and fixed what the week's gaps are about, before ``until``."""
    for words in told():
        asked = select(Message.group_id).where(Message.text.in_(words["asked"]))
        groups = {group for group in session.scalars(asked) if group is not None}
        if groups:
            _told(session, launch_id, words, sorted(groups), until)


def _told(
    session: Session, launch_id: int, words: dict[str, Any], groups: list[int], until: datetime
) -> None:
    owner, lead = _person(session, words["owner"]), _person(session, words["lead"])
    at = until - timedelta(hours=words["hours_ago"])
    cause = causes.detect(
        session,
        launch_id,
        title=words["title"],
        kind=Kind(words["kind"]) if "kind" in words else None,
        owner=owner,
        by=owner,
        at=at,
    )
    for group in groups:
        sorting.link(session, Seen(group), cause, by=owner, at=at)
    if "link" in words:
        cause.add_link(session, words["link"], words=words["link_words"], by=owner, at=at)
    if "lesson" in words:
        _teach(session, cause, words, by=owner, at=at)
    _led(session, cause, words, owner, lead, at)


def _teach(
    session: Session, cause: Cause, words: dict[str, Any], *, by: Person, at: datetime
) -> None:
    cause.describe(
        session,
        title=cause.title,
        kind=Kind.TRAINING_GAP,
        scenario=None,
        learners=words["learners"],
        lesson=words["lesson"],
        by=by,
        at=at,
    )


def _led(
    session: Session,
    cause: Cause,
    words: dict[str, Any],
    owner: Person,
    lead: Person,
    at: datetime,
) -> None:
    """Take it as far as the story says: two hours from each step to the next."""
    hour = timedelta(hours=2)
    if "decision" in words:
        decision = Decision(words["decision"])
        cause.decide(session, decision, words["because"], by=lead, at=at + hour)
    if "quick_fix" in words:
        cause.begin_fix(session, by=owner, at=at + 2 * hour)
        when = at + 3 * hour
        fixes.record(session, cause, words["quick_fix"], is_quick=True, by=owner, at=when)
    if "fixed" in words:
        cause.mark_fixed(session, by=owner, at=at + 4 * hour)
        when = at + 4 * hour
        fixes.record(session, cause, words["fixed"], is_quick=False, by=owner, at=when)


def _person(session: Session, email: str) -> Person:
    found = by_email(session, email)
    if found is None:
        raise LookupError(f"The story names {email}, whom the pack does not.")
    return found
