"""Rehearsals: questions somebody feared, what would have become of each, and the verdict then."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.answering.fears import PERSON, Fear, Fears, LeftOut
from assistant.ground.audit import OPERATOR, happened
from assistant.ground.database import Base
from assistant.ground.errors import NotFound
from assistant.ground.people import Person
from assistant.launch.launches import Launch

LEASE = timedelta(minutes=2)  # after which somebody else goes on with it
MOST_TRIES = 3
GIVEN_UP = "It could not be finished; the log of the server says why. Rehearse again."


class Judged(StrEnum):
    """A question beside what was expected of it."""

    UNSAID = ""  # nothing was
    RIGHT = "right"
    OFFERED = "offered"  # the right one was among "did you mean"
    MISSED = "missed"  # a person would answer, or nothing right was offered
    WRONG = "wrong"  # another entry would have answered


class Rehearsal(Base):
    """One run of a list of questions against the library as it was then."""

    __tablename__ = "rehearsals"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # none: the command line
    asked_at: Mapped[datetime]
    with_drafts: Mapped[bool]
    doubled: Mapped[int]  # questions that were there twice
    left_out: Mapped[list[dict[str, Any]]]  # the first lines that were not asked, as LeftOut
    left_out_count: Mapped[int]  # all of them
    pasted: Mapped[str] = mapped_column(deferred=True)  # as it was given, to be put right
    column_name: Mapped[str]  # of a table, as it was named with it
    total: Mapped[int]
    done: Mapped[int]
    tries: Mapped[int]
    claimed_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    failed: Mapped[str]  # why there is no result, in words
    is_go: Mapped[bool | None]
    findings: Mapped[dict[str, Any]]  # {library: its revision then; the rest as go_no_go judged it}
    launch: Mapped[Launch] = relationship()
    by: Mapped[Person | None] = relationship()

    @property
    def is_stale(self) -> bool:
        """Return whether what customers would get has changed since it was asked.

        Of what was rehearsed before that was kept nothing is known: it is not.
        """
        then = self.findings.get("library")
        return then is not None and then != self.launch.library_revision

    @property
    def lines_left_out(self) -> tuple[LeftOut, ...]:
        """Return the first lines that were given and not asked, in their order."""
        return tuple(LeftOut(**one) for one in self.left_out)


class Rehearsed(Base):
    """One question of a rehearsal, with what would have become of it."""

    __tablename__ = "rehearsed_questions"
    __table_args__ = (Index("ix_rehearsed_questions_place", "rehearsal_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rehearsal_id: Mapped[int] = mapped_column(ForeignKey("rehearsals.id"))
    place: Mapped[int]  # 1 …, in the order they were given
    line: Mapped[int]
    text: Mapped[str]
    expected: Mapped[str]
    outcome: Mapped[str]  # answer, clarification or handoff; "" until it is known
    entry: Mapped[str]
    offered: Mapped[list[str]]
    certainty: Mapped[float]
    reason: Mapped[str]
    judged: Mapped[str]


def judge(expected: str, outcome: str, entry: str, offered: Sequence[str]) -> Judged:
    """Return how an outcome is beside what was expected."""
    if not expected:
        return Judged.UNSAID
    if outcome == "answer":
        return Judged.RIGHT if entry == expected else Judged.WRONG
    if expected == PERSON:
        return Judged.RIGHT if outcome == "handoff" else Judged.MISSED
    is_offered = outcome == "clarification" and expected in offered
    return Judged.OFFERED if is_offered else Judged.MISSED


def begin(
    session: Session,
    launch: Launch,
    given: Fears,
    *,
    pasted: str = "",
    column: str = "",
    with_drafts: bool = False,
    by: Person | None,
    at: datetime,
) -> Rehearsal:
    """Return a new rehearsal of these questions, to be run; they were read from ``pasted``."""
    rehearsal = Rehearsal(
        launch_id=launch.id,
        by_id=by.id if by else None,
        asked_at=at,
        with_drafts=with_drafts,
        doubled=given.doubled,
        left_out=[asdict(one) for one in given.left_out],
        left_out_count=given.left_out_count,
        pasted=pasted,
        column_name=column,
        total=len(given.questions),
        done=0,
        tries=0,
        failed="",
        findings={},
    )
    session.add(rehearsal)
    session.flush()
    empty = {"outcome": "", "entry": "", "offered": [], "certainty": 0.0, "reason": ""}
    session.add_all(
        Rehearsed(
            **{**empty, "rehearsal_id": rehearsal.id, "place": place, "judged": Judged.UNSAID},
            line=fear.line,
            text=fear.text,
            expected=fear.expected,
        )
        for place, fear in enumerate(given.questions, 1)
    )
    session.flush()
    happened(
        session,
        "launch.rehearsed",
        at=at,
        by=by or OPERATOR,
        launch_id=launch.id,
        rehearsal=rehearsal.id,
        questions=len(given.questions),
        left_out=given.left_out_count,
    )
    return rehearsal


def claim(session: Session, rehearsal_id: int, *, at: datetime) -> bool:
    """Take a rehearsal on for a while; false when somebody has it, or it is over."""
    free = or_(Rehearsal.claimed_until.is_(None), Rehearsal.claimed_until <= at)
    mine = (
        update(Rehearsal)
        .where(Rehearsal.id == rehearsal_id, Rehearsal.finished_at.is_(None), free)
        .values(claimed_until=at + LEASE, tries=Rehearsal.tries + 1)
        .execution_options(synchronize_session=False)
    )
    if session.execute(mine).rowcount != 1:  # type: ignore[attr-defined]
        return False
    rehearsal = session.get_one(Rehearsal, rehearsal_id, populate_existing=True)
    if rehearsal.tries > MOST_TRIES:
        rehearsal.finished_at, rehearsal.failed = at, GIVEN_UP
        return False
    return True


def due(session: Session, *, at: datetime) -> list[int]:
    """Return the ids of rehearsals that nobody works on, oldest first."""
    free = or_(Rehearsal.claimed_until.is_(None), Rehearsal.claimed_until <= at)
    query = select(Rehearsal.id).where(Rehearsal.finished_at.is_(None), free)
    return list(session.scalars(query.order_by(Rehearsal.id)))


def to_ask(session: Session, rehearsal_id: int, most: int) -> list[Rehearsed]:
    """Return the next questions of which it is not known yet what would become of them."""
    query = select(Rehearsed).where(Rehearsed.rehearsal_id == rehearsal_id, Rehearsed.outcome == "")
    return list(session.scalars(query.order_by(Rehearsed.place).limit(most)))


def with_ids(session: Session, ids: Collection[int]) -> list[Rehearsed]:
    """Return the questions with these numbers, to be changed."""
    return list(session.scalars(select(Rehearsed).where(Rehearsed.id.in_(ids))))


def by_id(session: Session, launch_id: int, rehearsal_id: int) -> Rehearsal:
    """Return a rehearsal of the launch.

    Raises:
        NotFound: when it has none of this number.
    """
    found = session.get(Rehearsal, rehearsal_id)
    if found is None or found.launch_id != launch_id:
        raise NotFound("There is no such rehearsal.", what_to_do="Look at the list of them.")
    return found


def of_launch(session: Session, launch_id: int, *, most: int = 30) -> list[Rehearsal]:
    """Return a launch's rehearsals, newest first."""
    query = select(Rehearsal).where(Rehearsal.launch_id == launch_id)
    return list(session.scalars(query.order_by(Rehearsal.id.desc()).limit(most)))


def before(session: Session, rehearsal: Rehearsal) -> Rehearsal | None:
    """Return the launch's finished rehearsal before this one, if there is one with a result."""
    query = select(Rehearsal).where(
        Rehearsal.launch_id == rehearsal.launch_id,
        Rehearsal.id < rehearsal.id,
        Rehearsal.is_go.is_not(None),
    )
    return session.scalars(query.order_by(Rehearsal.id.desc()).limit(1)).first()


def questions(session: Session, rehearsal_id: int) -> list[Rehearsed]:
    """Return every question of a rehearsal, in the order given."""
    query = select(Rehearsed).where(Rehearsed.rehearsal_id == rehearsal_id)
    return list(session.scalars(query.order_by(Rehearsed.place)))


def given_to(session: Session, rehearsal: Rehearsal) -> Fears:
    """Return what a rehearsal was given, what it left out with it, to be asked once more."""
    asked = questions(session, rehearsal.id)
    return Fears(
        tuple(Fear(one.line, one.text, one.expected) for one in asked),
        rehearsal.doubled,
        rehearsal.lines_left_out,
        rehearsal.left_out_count,
    )
