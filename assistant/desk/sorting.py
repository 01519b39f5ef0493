"""Sorting: what people say about which questions are one question. Each verb is an event.

Every verb takes the locks of its groups first and then looks whether they are what the person saw,
so that of two people who sort at once the second is told, and no question is lost or doubled.
Customers may go on asking meanwhile.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from assistant.desk.causes import Cause
from assistant.desk.gathering import gather
from assistant.desk.messages import Message, subject_of
from assistant.desk.regrouping import close
from assistant.desk.repeats import QuestionTrace, RepeatGroup, locked
from assistant.desk.tickets import Ticket
from assistant.ground.audit import happened
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person
from knowledge.entities import identifiers, in_conflict

AT_ONCE = 500  # ids in one statement; databases take some thousands
LOOK_AGAIN = "Look at it again and decide anew."


@dataclass(frozen=True, slots=True)
class Seen:
    """A group as somebody saw it. Without a revision it is taken as it is."""

    id: int
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge made, and what is to be known about it."""

    group: RepeatGroup
    names_different_codes: bool
    left_causes: tuple[str, ...]
    """Titles of causes that the questions no longer belong to."""


def confirm(session: Session, seen: Seen, *, by: Person, at: datetime) -> RepeatGroup:
    """Say that its questions are one question. The assistant leaves it alone from then on."""
    (group,) = _as_seen(session, seen)
    group.take_over(by=by, at=at)
    _record(session, group, "confirmed", by=by, at=at)
    return group


def rename(session: Session, seen: Seen, question: str, *, by: Person, at: datetime) -> RepeatGroup:
    """Call it by other words. Raises Refused without any."""
    (group,) = _as_seen(session, seen)
    before, group.question = group.question, _named(question)
    group.take_over(by=by, at=at)
    _record(session, group, "renamed", by=by, at=at, question=[before, group.question])
    return group


def dismiss(session: Session, seen: Seen, *, by: Person, at: datetime) -> RepeatGroup:
    """Put it aside as not worth following, until it has grown to twice its size."""
    (group,) = _as_seen(session, seen)
    group.put_aside(group.size, by=by, at=at)
    _record(session, group, "dismissed", by=by, at=at, size=group.size)
    return group


def link(
    session: Session, seen: Seen, cause: Cause | None, *, by: Person, at: datetime
) -> RepeatGroup:
    """Say what it is fixed by; ``None`` takes that back. Raises NotFound across launches."""
    (group,) = _as_seen(session, seen)
    if cause is not None and cause.launch_id != group.launch_id:
        raise NotFound("That cause is of another launch.", what_to_do="Choose one of this launch.")
    before, group.cause_id = group.cause_id, cause.id if cause else None
    group.take_over(by=by, at=at)
    _record(session, group, "caused", by=by, at=at, cause=[before, group.cause_id])
    if cause is not None:
        cause.record(session, "group-linked", by=by, at=at, group=group.id, question=group.question)
    if before is not None and before != group.cause_id:
        former = session.get_one(Cause, before)
        words = {"group": group.id, "question": group.question}
        former.record(session, "group-unlinked", by=by, at=at, **words)
    return group


def merge(
    session: Session, kept: Seen, taken: Sequence[Seen], *, by: Person, at: datetime
) -> Merged:
    """Let one group take others in. A person may do so although they name different codes.

    Raises:
        Refused: when one of them changed meanwhile, or there is nothing to take in.
    """
    into, *others = _as_seen(session, kept, *(each for each in taken if each.id != kept.id))
    if not others:
        raise Refused("There is nothing to merge.", what_to_do="Choose two groups or more.")
    left, conflict = [], False
    for other in others:
        conflict = conflict or _conflict(into, other)
        left += _take_cause(session, into, other)
        _take_in(session, into, other, by=by, at=at)
    into.ignores_codes = into.ignores_codes or conflict
    into.take_over(by=by, at=at)
    gather(session, into)
    return Merged(into, conflict, tuple(left))


def undo_merge(session: Session, taken_id: int, *, by: Person, at: datetime) -> RepeatGroup:
    """Let a group that was merged have back the questions it had, which are still there.

    Raises:
        Refused: when there is nothing to undo, or a later merge has to be undone first.
    """
    taken = session.get(RepeatGroup, taken_id, populate_existing=True)
    if taken is None or taken.merged_into_id is None:
        raise Refused("There is no merge to undo.", what_to_do=LOOK_AGAIN)
    (kept,) = _as_seen(session, Seen(taken.merged_into_id))
    session.refresh(taken)  # under the lock of the group that keeps its questions
    if taken.merged_into_id != kept.id:
        raise Refused("That merge was undone already.", what_to_do=LOOK_AGAIN)
    back = _members(session, kept.id, taken.merged_questions)
    if not back or len(back) == kept.size:
        raise Refused("Its questions have gone their own ways.", what_to_do="Split them instead.")
    taken.live_again()
    taken.embedder = kept.embedder
    _give(session, back, taken)
    for group in (kept, taken):
        group.take_over(by=by, at=at)
        gather(session, group, like=kept)
    _record(session, kept, "unmerged", by=by, at=at, taken=taken.id, questions=len(back))
    return taken


def take_out(
    session: Session,
    source: Seen,
    questions: Sequence[int],
    *,
    into: Seen | None = None,
    name: str = "",
    by: Person,
    at: datetime,
) -> RepeatGroup:
    """Move questions to another group, or to a new one; return that. Their tickets follow.

    Raises:
        Refused: when none is chosen or all are, or something changed meanwhile.
    """
    seen = [source] if into is None else [source, into]
    group, *there = _as_seen(session, *seen)
    moved = _members(session, group.id, questions)
    _must_be_some(moved, questions, group)
    target = there[0] if there else _new_beside(session, group, moved, name, at)
    # What a person puts together, no code parts.
    target.ignores_codes = target.ignores_codes or _names_others(session, moved, target)
    _give(session, moved, target)
    for each in (group, target):
        each.take_over(by=by, at=at)
        gather(session, each, like=group)
    what = "moved-by-hand" if there else "split"
    _record(session, group, what, by=by, at=at, target=target.id, questions=moved)
    return target


def _as_seen(session: Session, *seen: Seen) -> list[RepeatGroup]:
    """Return the groups in this order, locked. Raises Refused when one is not as it was seen."""
    groups = locked(session, *{each.id for each in seen})
    for each in seen:
        group = groups.get(each.id)
        if group is None:
            raise _gone(session, each.id)
        if each.revision is not None and group.revision != each.revision:
            who = group.handled_by.name if group.handled_by else "Somebody"
            raise Refused(
                f"{who} was quicker: “{group.question}” has {group.size} questions now.",
                what_to_do=LOOK_AGAIN,
            )
    if len({group.launch_id for group in groups.values()}) > 1:
        raise NotFound("These groups are of two launches.", what_to_do="Choose within one.")
    return [groups[each.id] for each in seen]


def _gone(session: Session, group_id: int) -> Refused | NotFound:
    gone = session.get(RepeatGroup, group_id, populate_existing=True)
    if gone is None or gone.merged_into_id is None:
        return NotFound("There is no such group.", what_to_do="Look for it in the list.")
    kept = session.get_one(RepeatGroup, gone.merged_into_id)
    who = gone.merged_by.name if gone.merged_by else "The assistant"
    return Refused(
        f"{who} has merged “{gone.question}” into “{kept.question}”.", what_to_do=LOOK_AGAIN
    )


def _take_in(
    session: Session, into: RepeatGroup, other: RepeatGroup, *, by: Person, at: datetime
) -> None:
    if other.embedder != into.embedder:  # its traces cannot be compared with those of the rest
        members = select(Message.id).where(Message.group_id == other.id)
        session.execute(delete(QuestionTrace).where(QuestionTrace.message_id.in_(members)))
    _record(
        session, into, "merged", by=by, at=at, kept=into.id, taken=other.id, question=other.question
    )
    into.handled_at = at  # before it could be called anew by the larger crowd
    close(session, other, into=into, by=by, at=at)


def _take_cause(session: Session, into: RepeatGroup, other: RepeatGroup) -> list[str]:
    """Belong to the cause of whichever has one; return what is left behind when both have."""
    if other.cause_id is None or other.cause_id == into.cause_id:
        return []
    if into.cause_id is None:
        into.cause_id = other.cause_id
        return []
    return [session.get_one(Cause, other.cause_id).title]


def _conflict(into: RepeatGroup, other: RepeatGroup) -> bool:
    return in_conflict(frozenset(into.identifiers), frozenset(other.identifiers))


def _names_others(session: Session, questions: Sequence[int], group: RepeatGroup) -> bool:
    named = frozenset(group.identifiers)
    texts = (session.get_one(Message, each).text for each in questions)
    return any(in_conflict(named, identifiers(text)) for text in texts)


def _new_beside(
    session: Session, source: RepeatGroup, questions: Sequence[int], name: str, at: datetime
) -> RepeatGroup:
    first = session.get_one(Message, questions[0])
    group = RepeatGroup(
        launch_id=source.launch_id,
        question=_named(name) if name.strip() else subject_of(first.text),
        embedder=source.embedder,
        total=b"",
        identifiers=[],
        size=0,
        first_seen_at=at,
        last_seen_at=at,
        revision=0,
        merged_questions=[],
    )
    session.add(group)
    session.flush()
    return group


def _members(session: Session, group_id: int, questions: Iterable[int]) -> list[int]:
    """Return which of these are in the group now, oldest first."""
    found: list[int] = []
    for some in _in_parts(sorted(set(questions))):
        query = select(Message.id).where(Message.group_id == group_id, Message.id.in_(some))
        found += session.scalars(query.order_by(Message.id))
    return found


def _give(session: Session, questions: Sequence[int], to: RepeatGroup) -> None:
    for some in _in_parts(questions):
        session.execute(update(Message).where(Message.id.in_(some)).values(group_id=to.id))
        its_tickets = update(Ticket).where(Ticket.question_id.in_(some))
        session.execute(its_tickets.values(group_id=to.id))


def _in_parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for begin in range(0, len(ids), AT_ONCE):
        yield ids[begin : begin + AT_ONCE]


def _must_be_some(moved: Sequence[int], chosen: Sequence[int], group: RepeatGroup) -> None:
    if not chosen:
        raise Refused("No question is chosen.", what_to_do="Choose the ones that do not belong.")
    if len(moved) < len(set(chosen)):
        raise Refused(
            f"{len(set(chosen)) - len(moved)} of these questions moved meanwhile.",
            what_to_do=LOOK_AGAIN,
        )
    if len(moved) == group.size:
        raise Refused("These are all its questions.", what_to_do="Merge or rename the group.")


def _named(question: str) -> str:
    if not question.strip():
        raise Refused("A question has words.", what_to_do="Write it as a customer would ask it.")
    return subject_of(question)


def _record(
    session: Session, group: RepeatGroup, what: str, *, by: Person, at: datetime, **details: Any
) -> None:
    details = {"group": group.id, **details}
    happened(session, f"repeats.{what}", at=at, by=by, launch_id=group.launch_id, **details)
