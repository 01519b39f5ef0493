"""Lists of causes and of repeat groups, a page at a time, and their counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from assistant.desk.cause_states import Decision, Kind, State
from assistant.desk.causes import Cause
from assistant.desk.handled import GROWN
from assistant.desk.repeats import RepeatGroup
from assistant.launch.scenarios import Scenario

PAGE = 25
TO_CHOOSE = 100  # causes or groups offered in a list to choose from
MANY = 2  # questions, from which on a group repeats anything

_UNDECIDED = or_(Cause.decided_at.is_(None), Cause.decision == Decision.NEED_FACTS)
IN_STATE: dict[State, ColumnElement[bool]] = {
    State.DETECTED: and_(Cause.fixed_at.is_(None), Cause.fixing_at.is_(None), _UNDECIDED),
    State.DECIDED: and_(Cause.fixed_at.is_(None), Cause.fixing_at.is_(None), ~_UNDECIDED),
    State.FIXING: and_(Cause.fixed_at.is_(None), Cause.fixing_at.is_not(None)),
    State.FIXED: Cause.fixed_at.is_not(None),
}
NOT_SAID = "none"  # a kind or an owner that nobody has said yet


@dataclass(frozen=True, slots=True)
class Only:
    """Which causes are wanted; what is empty is no condition."""

    state: State | None = None
    kind: str = ""  # a Kind, or NOT_SAID
    owner: str = ""  # an id as text, or NOT_SAID
    scenario: str = ""  # its key


def causes(
    session: Session, launch_id: int, only: Only, *, number: int, size: int = PAGE
) -> list[Cause]:
    """Return page ``number`` (from 1): undecided first, then by how far, the oldest first."""
    rank = case(*((IN_STATE[state], place) for place, state in enumerate(State)), else_=9)
    query = (
        _wanted(select(Cause), launch_id, only)
        .order_by(rank, Cause.detected_at, Cause.id)
        .offset((number - 1) * size)
        .limit(size)
        .options(joinedload(Cause.owner), joinedload(Cause.scenario))
    )
    return list(session.scalars(query))


def count(session: Session, launch_id: int, only: Only) -> int:
    """Return how many causes are wanted."""
    return session.scalar(_wanted(select(func.count(Cause.id)), launch_id, only)) or 0


def counts(session: Session, launch_id: int) -> dict[State, int]:
    """Return how many causes of the launch are in each state."""
    columns = [func.count(case((IN_STATE[state], Cause.id))) for state in State]
    row = session.execute(select(*columns).where(Cause.launch_id == launch_id)).one()
    return dict(zip(State, row, strict=True))


def oldest_undecided(session: Session, launch_id: int) -> datetime | None:
    """Return since when the oldest cause has waited to be decided."""
    query = select(func.min(Cause.detected_at)).where(Cause.launch_id == launch_id)
    return session.scalar(query.where(IN_STATE[State.DETECTED]))


def open_causes(session: Session, launch_id: int) -> list[Cause]:
    """Return the causes that are not fixed, the newest first, at most ``TO_CHOOSE``."""
    query = select(Cause).where(Cause.launch_id == launch_id, Cause.fixed_at.is_(None))
    return list(session.scalars(query.order_by(Cause.id.desc()).limit(TO_CHOOSE)))


def training_gaps(session: Session, launch_id: int) -> list[Cause]:
    """Return every cause that is a training gap: open ones first, then the oldest."""
    query = (
        select(Cause)
        .where(Cause.launch_id == launch_id, Cause.kind == Kind.TRAINING_GAP)
        .order_by(Cause.fixed_at.is_not(None), Cause.detected_at, Cause.id)
        .options(joinedload(Cause.owner), joinedload(Cause.scenario))
    )
    return list(session.scalars(query))


def _wanted(query: Any, launch_id: int, only: Only) -> Any:
    query = query.where(Cause.launch_id == launch_id)
    if only.state is not None:
        query = query.where(IN_STATE[only.state])
    if only.kind:
        is_any = only.kind == NOT_SAID
        query = query.where(Cause.kind.is_(None) if is_any else Cause.kind == only.kind)
    if only.owner == NOT_SAID:
        query = query.where(Cause.owner_id.is_(None))
    elif only.owner:
        query = query.where(Cause.owner_id == int(only.owner))
    if only.scenario:
        query = query.join(Scenario, Scenario.id == Cause.scenario_id)
        query = query.where(Scenario.key == only.scenario)
    return query


class Tab(StrEnum):
    """Which groups are looked at."""

    PROPOSED = "proposed"  # the engine found them, nobody has said anything
    CONFIRMED = "confirmed"  # a person says what belongs to them
    DISMISSED = "dismissed"  # put aside until they have grown


_IS_ASIDE = func.coalesce(RepeatGroup.size < GROWN * RepeatGroup.dismissed_size, False)
IN_TAB: dict[Tab, ColumnElement[bool]] = {
    Tab.PROPOSED: and_(RepeatGroup.handled_at.is_(None), ~_IS_ASIDE, RepeatGroup.size >= MANY),
    Tab.CONFIRMED: and_(RepeatGroup.handled_at.is_not(None), ~_IS_ASIDE),
    Tab.DISMISSED: _IS_ASIDE,
}


def groups(
    session: Session, launch_id: int, tab: Tab, *, words: str = "", number: int, size: int = PAGE
) -> list[RepeatGroup]:
    """Return page ``number`` (from 1) of a tab, the most asked first."""
    query = (
        _groups(select(RepeatGroup), launch_id, words)
        .where(IN_TAB[tab])
        .order_by(RepeatGroup.size.desc(), RepeatGroup.id)
        .offset((number - 1) * size)
        .limit(size)
        .options(joinedload(RepeatGroup.cause), joinedload(RepeatGroup.handled_by))
    )
    return list(session.scalars(query))


def group_counts(session: Session, launch_id: int, words: str = "") -> dict[Tab, int]:
    """Return how many groups each tab holds."""
    columns = [func.count(case((IN_TAB[tab], RepeatGroup.id))) for tab in Tab]
    row = session.execute(_groups(select(*columns), launch_id, words)).one()
    return dict(zip(Tab, row, strict=True))


def groups_to_choose(session: Session, launch_id: int) -> Sequence[RepeatGroup]:
    """Return the groups that a question may be moved to, the most asked first."""
    query = _groups(select(RepeatGroup), launch_id, "")
    ordered = query.order_by(RepeatGroup.size.desc(), RepeatGroup.id).limit(TO_CHOOSE)
    return session.scalars(ordered).all()


def _groups(query: Any, launch_id: int, words: str) -> Any:
    query = query.where(RepeatGroup.launch_id == launch_id, RepeatGroup.merged_into_id.is_(None))
    if words.strip():
        query = query.where(RepeatGroup.question.icontains(words.strip(), autoescape=True))
    return query
