"""Surveys: a link for one customer, during or after a launch, and its one answer.

Answering again replaces the answer. The link's secret is shown once and kept as a hash.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.desk.feedback import LONGEST, Category, Feedback, Source, category_of, give
from assistant.ground.audit import CUSTOMER, happened
from assistant.ground.database import Base, sha256
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch

LASTS = timedelta(days=60)
MOST = 500  # links made at once
NAME = 200  # characters of what tells a customer
GOOD = 4  # of 5, and better


class Moment(StrEnum):
    """When it is asked."""

    DURING = "during"
    AFTER = "after"


class Survey(Base):
    """One customer's link."""

    __tablename__ = "surveys"
    __table_args__ = (UniqueConstraint("launch_id", "customer", "moment"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"))
    customer: Mapped[str]
    moment: Mapped[str]
    token_sha256: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    ends_at: Mapped[datetime]
    score: Mapped[int | None]  # 1 to 5
    answered_at: Mapped[datetime | None]
    feedback_id: Mapped[int | None] = mapped_column(ForeignKey("feedback.id"), index=True)
    launch: Mapped[Launch] = relationship()
    feedback: Mapped[Feedback | None] = relationship()

    def answer(self, session: Session, score: int, words: str, *, at: datetime) -> Feedback:
        """Keep the answer; an earlier one is replaced, and so is a category nobody corrected.

        Raises:
            Refused: when the score is not 1 to 5, or the words are too long.
        """
        words = words.strip()
        if not 1 <= score <= 5:
            raise Refused("Choose from 1 to 5.", what_to_do="Nothing was kept yet.")
        if len(words) > LONGEST:
            raise Refused("That is too long.", what_to_do=f"Keep it under {LONGEST:,} characters.")
        said = self.feedback or give(
            session,
            user=self.customer,
            text=words,
            source=Source.SURVEY,
            given_at=at,
            at=at,
            launch_id=self.launch_id,
        )
        said.text, said.given_at = words, at
        if said.categorised_at is None:
            said.category = _category(words, score)
        self.score, self.answered_at, self.feedback = score, at, said
        session.flush()
        happened(
            session,
            "survey.answered",
            at=at,
            by=CUSTOMER,
            launch_id=self.launch_id,
            survey=self.id,
            score=score,
        )
        return said


def _category(words: str, score: int) -> Category:
    """Return a first guess: the score decides where words do not ask for something."""
    guess = category_of(words, helpful=score >= GOOD)
    if guess is Category.SUGGESTION:
        return guess
    return Category.POSITIVE if score >= GOOD else Category.ISSUE


def make(
    session: Session,
    launch: Launch,
    customers: Sequence[str],
    moment: Moment,
    *,
    by: Person,
    at: datetime,
) -> dict[str, str]:
    """Return a new secret for each customer; who had a link for this moment gets a new one.

    Raises:
        NotPermitted: when ``by`` neither leads nor tells.
        Refused: without customers, or with too many at once.
    """
    if not by.is_any(Role.LEAD, Role.CHANGE_MANAGER):
        raise NotPermitted("Leads and change managers ask.", what_to_do="Ask one of them.")
    names = list(dict.fromkeys(" ".join(each.split())[:NAME] for each in customers if each.strip()))
    if not 0 < len(names) <= MOST:
        raise Refused(f"Name 1 to {MOST} customers.", what_to_do="One a line.")
    known = {
        survey.customer: survey
        for survey in session.scalars(
            select(Survey).where(Survey.launch_id == launch.id, Survey.moment == moment)
        )
    }
    made = {}
    for name in names:
        token = secrets.token_urlsafe(24)
        survey = known.get(name) or Survey(launch_id=launch.id, customer=name, moment=moment)
        survey.token_sha256, survey.made_at, survey.made_by_id = sha256(token), at, by.id
        survey.ends_at = at + LASTS
        session.add(survey)
        made[name] = token
    session.flush()
    happened(
        session,
        "survey.asked",
        at=at,
        by=by,
        launch_id=launch.id,
        customers=len(made),
        moment=moment,
    )
    return made


def opened(session: Session, token: str, *, at: datetime) -> Survey:
    """Return the survey that ``token`` opens. Raises NotFound when none does any more."""
    query = select(Survey).where(Survey.token_sha256 == sha256(token))
    found = session.scalar(query.options(joinedload(Survey.launch)).with_for_update(of=Survey))
    if found is None or found.ends_at <= at:
        raise NotFound("This link is not open any more.", what_to_do="Ask who sent it for another.")
    return found


def scores(session: Session, launch_id: int) -> dict[Moment, list[int]]:
    """Return the scores of each moment, in no order."""
    query = select(Survey.moment, Survey.score).where(
        Survey.launch_id == launch_id, Survey.score.is_not(None)
    )
    found: dict[Moment, list[int]] = {moment: [] for moment in Moment}
    for moment, score in session.execute(query):
        if score is not None:
            found[Moment(moment)].append(score)
    return found


def asked(session: Session, launch_id: int) -> dict[Moment, int]:
    """Return how many customers were asked at each moment."""
    query = select(Survey.moment).where(Survey.launch_id == launch_id)
    all_ = list(session.scalars(query))
    return {moment: all_.count(moment) for moment in Moment}
