"""Actions: what follows from a finding: who does what by when, and whether it is done."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.ground.audit import happened
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.people import Person, Role, members
from assistant.launch.launches import Launch

LONGEST = 500  # characters
AUTHORS = (Role.LEAD, Role.CHANGE_MANAGER)  # who says what follows


class Action(Base):
    """What follows from one finding. Open until somebody says that it is done."""

    __tablename__ = "report_actions"
    __table_args__ = (UniqueConstraint("launch_id", "finding"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"))
    finding: Mapped[str]  # its name, the same however often it is counted
    found: Mapped[str]  # what it said when somebody acted on it
    what: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    due: Mapped[date | None]
    said_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column(nullable=False)
    owner: Mapped[Person] = relationship(foreign_keys=[owner_id])
    done_by: Mapped[Person | None] = relationship(foreign_keys=[done_by_id])

    __mapper_args__ = {"version_id_col": version}

    def finish(self, session: Session, *, by: Person, at: datetime) -> None:
        """Say that it is done.

        Raises:
            NotPermitted: when ``by`` neither owns it nor leads.
            Refused: when it is done already.
        """
        if by.id != self.owner_id and not by.is_any(*AUTHORS):
            raise NotPermitted(f"{self.owner.name} does this.", what_to_do="Ask them.")
        if self.done_at is not None:
            raise Refused("It is done already.", what_to_do="Nothing is left to do.")
        self.done_at, self.done_by, self.done_by_id = at, by, by.id
        _note(session, "done", self, by=by, at=at)


def act_on(
    session: Session,
    launch: Launch,
    finding: str,
    *,
    found: str,
    what: str,
    owner_id: int,
    due: date | None,
    by: Person,
    at: datetime,
) -> Action:
    """Say what follows from a finding; saying it again replaces it and opens it anew.

    Raises:
        NotPermitted: when ``by`` neither leads nor manages the change.
        Refused: without words, or when nobody of the launch is to do it.
    """
    if not by.is_any(*AUTHORS):
        raise NotPermitted("A lead or a change manager says what follows.", what_to_do="Ask one.")
    if not what.strip():
        raise Refused("An action needs words.", what_to_do="Say what is to be done.")
    if owner_id not in {person.id for person in members(session, launch.id)}:
        raise Refused("Nobody is named who does it.", what_to_do="Choose somebody of the launch.")
    action = of_finding(session, launch.id, finding) or Action(
        launch_id=launch.id, finding=finding
    )  # fmt: skip
    action.found, action.what = found, what.strip()[:LONGEST]
    action.owner_id, action.due, action.said_at = owner_id, due, at
    action.done_at, action.done_by_id = None, None
    session.add(action)
    session.flush()
    _note(session, "said", action, by=by, at=at)
    return action


def _note(session: Session, what: str, action: Action, *, by: Person, at: datetime) -> None:
    happened(
        session, f"action.{what}", at=at, by=by, launch_id=action.launch_id, action=action.id,
        finding=action.finding, words=action.what,
    )  # fmt: skip


def of_finding(session: Session, launch_id: int, finding: str) -> Action | None:
    """Return what follows from a finding; nothing when nobody has said so yet."""
    mine = (Action.launch_id == launch_id, Action.finding == finding)
    return session.scalar(select(Action).where(*mine))


def of_launch(session: Session, launch_id: int) -> Sequence[Action]:
    """Return the actions of a launch, open ones first, then by when they are due."""
    query = select(Action).where(Action.launch_id == launch_id)
    query = query.order_by(Action.done_at.is_not(None), Action.due, Action.id)
    return session.scalars(query.options(joinedload(Action.owner))).all()


def this_action(session: Session, launch: Launch, action_id: int) -> Action:
    """Return one action of a launch. Raises NotFound for every other one."""
    action = session.get(Action, action_id)
    if action is None or action.launch_id != launch.id:
        raise NotFound("There is no such action.", what_to_do="Look at the list again.")
    return action
