"""Proposals: what may belong together. People confirm or dismiss; what they dismissed stays away.

Nothing here is stored but the dismissals: proposals are worked out when they are looked at, so
that none is out of date.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.desk.causes import Cause
from assistant.desk.repeats import RepeatGroup
from assistant.desk.tickets import Ticket
from assistant.ground.audit import happened
from assistant.ground.database import Base, put_unless_there
from assistant.ground.people import Person
from knowledge.grouping import SAME_GROUP, Group, Near, near

MAY_BE_ONE = 0.9 * SAME_GROUP
"""Likeness beyond the usual from which two groups are shown to a person. Chosen by looking at the
demo's week, where most pairs below it are merely about the same thing; not measured."""
COMPARED = 400  # groups of a launch, those that were asked last; a page must not wait for more
SHOWN = 10


class About(StrEnum):
    """What a proposal would do."""

    MERGE = "merge"  # group and group
    BELONGS = "belongs"  # ticket and cause


class Dismissal(Base):
    """Somebody said no to a proposal."""

    __tablename__ = "proposal_dismissals"
    __table_args__ = (Index("ix_proposal_dismissals_launch_id_about", "launch_id", "about"),)

    about: Mapped[str] = mapped_column(primary_key=True)
    one: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    other: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"))
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))


@dataclass(frozen=True, slots=True)
class MayBeOne:
    """Two groups that may ask the same, the larger first; likeness is beyond the usual."""

    kept: RepeatGroup
    taken: RepeatGroup
    likeness: float
    names_different_codes: bool


@dataclass(frozen=True, slots=True)
class MayBelong:
    """A ticket that may belong to a cause."""

    ticket: Ticket
    cause: Cause
    likeness: float


def dismiss(
    session: Session,
    launch_id: int,
    about: About,
    one: int,
    other: int,
    *,
    by: Person,
    at: datetime,
) -> None:
    """Say no, once and for all; a second time changes nothing."""
    one, other = sorted((one, other)) if about is About.MERGE else (one, other)
    row = {"about": about, "one": one, "other": other, "launch_id": launch_id}
    put_unless_there(session, Dismissal, [{**row, "at": at, "person_id": by.id}])
    happened(
        session,
        "proposal.dismissed",
        at=at,
        by=by,
        launch_id=launch_id,
        about=about,
        one=one,
        other=other,
    )


def may_be_one(session: Session, launch_id: int, *, most: int = SHOWN) -> list[MayBeOne]:
    """Return pairs of groups that a person might merge, most alike first."""
    no = _dismissed(session, launch_id, About.MERGE)
    pairs = [
        pair
        for pair in _near(session, launch_id)
        if tuple(sorted((int(pair.one), int(pair.other)))) not in no
    ][:most]
    ids = {int(each) for pair in pairs for each in (pair.one, pair.other)}
    groups = {g.id: g for g in session.scalars(select(RepeatGroup).where(RepeatGroup.id.in_(ids)))}
    return [
        MayBeOne(groups[int(p.one)], groups[int(p.other)], p.likeness, p.is_in_conflict)
        for p in pairs
    ]


def may_belong(
    session: Session, launch_id: int, *, cause: Cause | None = None, ticket: Ticket | None = None
) -> list[MayBelong]:
    """Return open tickets without a cause beside the cause that they may belong to.

    Those of one ``cause`` or one ``ticket`` when given; most alike first, at most ``SHOWN``.
    """
    query = select(RepeatGroup.id, RepeatGroup.cause_id).where(
        RepeatGroup.launch_id == launch_id, RepeatGroup.cause_id.is_not(None)
    )
    if cause is not None:
        query = query.where(RepeatGroup.cause_id == cause.id)
    if ticket is not None and ticket.group_id is None:
        return []
    known = {row.id: row.cause_id for row in session.execute(query) if row.cause_id is not None}
    if not known:
        return []
    near_by = _beside(_near(session, launch_id), known, only=ticket.group_id if ticket else None)
    return _tickets_of(session, launch_id, near_by, ticket)


def _beside(
    pairs: Sequence[Near], known: dict[int, int], *, only: int | None
) -> dict[int, list[tuple[int, float]]]:
    """Return, by group without a known cause, the causes near it, most alike first."""
    found: dict[int, list[tuple[int, float]]] = {}
    for pair in pairs:
        for group, other in ((int(pair.one), int(pair.other)), (int(pair.other), int(pair.one))):
            if group in known or other not in known or only not in (None, group):
                continue
            causes = found.setdefault(group, [])
            if known[other] not in {cause for cause, _ in causes}:
                causes.append((known[other], pair.likeness))
    return found


def _tickets_of(
    session: Session,
    launch_id: int,
    near_by: dict[int, list[tuple[int, float]]],
    only: Ticket | None,
) -> list[MayBelong]:
    query = (
        select(Ticket)
        .join(RepeatGroup, RepeatGroup.id == Ticket.group_id)
        .where(Ticket.group_id.in_(near_by), RepeatGroup.cause_id.is_(None))
        .where(Ticket.cause_id.is_(None), Ticket.resolved_at.is_(None))
        .order_by(Ticket.id.desc())
    )
    if only is not None:
        query = query.where(Ticket.id == only.id)
    no = _dismissed(session, launch_id, About.BELONGS)
    found = [
        (likeness, ticket, cause_id)
        for ticket in session.scalars(query.limit(10 * SHOWN))
        for cause_id, likeness in near_by[ticket.group_id or 0]
        if (ticket.id, cause_id) not in no
    ]
    found.sort(key=lambda each: -each[0])
    wanted = {cause_id for _, _, cause_id in found}
    causes = {c.id: c for c in session.scalars(select(Cause).where(Cause.id.in_(wanted)))}
    return [MayBelong(ticket, causes[id_], like) for like, ticket, id_ in found[:SHOWN]]


def _near(session: Session, launch_id: int) -> list[Near]:
    """Return the pairs of groups that are near each other; of one embedder each."""
    query = (
        select(RepeatGroup)
        .where(RepeatGroup.launch_id == launch_id, RepeatGroup.merged_into_id.is_(None))
        .order_by(RepeatGroup.last_seen_at.desc(), RepeatGroup.id.desc())
        .limit(COMPARED)
    )
    alike: dict[str, list[Group]] = {}
    for group in session.scalars(query):
        alike.setdefault(group.embedder, []).append(group.as_group())
    return [pair for groups in alike.values() for pair in near(groups, MAY_BE_ONE)]


def _dismissed(session: Session, launch_id: int, about: About) -> Collection[tuple[int, int]]:
    query = select(Dismissal.one, Dismissal.other).where(
        Dismissal.launch_id == launch_id, Dismissal.about == about
    )
    return {(one, other) for one, other in session.execute(query)}
