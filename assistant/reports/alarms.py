"""What a lead makes of a warning sign's alarm: what it proposes is done, or nothing follows."""

from datetime import datetime

from sqlalchemy.orm import Session

from assistant.ground.audit import happened
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.launch import staging
from assistant.launch.launches import Launch, Trigger
from assistant.reports import exits, going_live, steps
from assistant.reports.warning_signs import TITLE, Sign
from assistant.reports.watching import WarningAlarm

SETTLED = "launch.warning-sign-settled"


def of_launch(session: Session, launch: Launch, alarm_id: int) -> WarningAlarm:
    """Return an alarm of the launch. Raises NotFound when it has none such."""
    found = session.get(WarningAlarm, alarm_id, with_for_update=True)
    if found is None or found.launch_id != launch.id:
        raise NotFound("There is no such alarm.", what_to_do="Load the page again.")
    return found


def may_follow(launch: Launch) -> bool:
    """Return whether an alarm proposes something that can be done at once."""
    return launch.phase != "active" or launch.stage > 0


def follow(
    session: Session,
    launch: Launch,
    alarm: WarningAlarm,
    *,
    because: str,
    by: Person,
    at: datetime,
) -> None:
    """Enter hypercare with the trigger "warning sign", return to it, or bring it back in full.

    Raises:
        NotPermitted: when ``by`` does not lead it.
        Refused: without a reason, when it was decided, or when something required is missing.
    """
    if not may_follow(launch):
        raise Refused(f"{launch.name} is in hypercare in full.", what_to_do="Find the cause.")
    settle(session, launch, alarm, because=because, by=by, at=at, follows=True)
    why = f"{TITLE[Sign(alarm.sign)]}. {because.strip()}"
    if launch.phase == "preparing":
        going_live.take_live(
            session, launch, trigger=Trigger.WARNING, because=why, reason=because, by=by, at=at
        )
        return
    if launch.phase == "closed":
        exits.begin_again(session, launch, because=why, by=by, at=at)
    else:
        staging.move_to(session, launch, 0, because=why, by=by, at=at)
    steps.bring_back(session, launch, why=why, at=at)


def settle(
    session: Session,
    launch: Launch,
    alarm: WarningAlarm,
    *,
    because: str,
    by: Person,
    at: datetime,
    follows: bool = False,
) -> None:
    """Keep what a lead made of an alarm: nothing ``follows`` from it, or what it proposes.

    Raises:
        NotPermitted: when ``by`` does not lead it.
        Refused: without a reason, or when it was decided.
    """
    if not by.is_any(Role.LEAD):
        raise NotPermitted("Only a lead decides about alarms.", what_to_do="Ask a lead.")
    if alarm.settled_at is not None:
        raise Refused("Somebody has decided about it.", what_to_do="Load the page again.")
    if not because.strip():
        raise Refused("A decision needs a reason.", what_to_do="Say why.")
    alarm.settled_at, alarm.settled_by_id, alarm.settled_words = at, by.id, because.strip()
    happened(
        session,
        SETTLED,
        at=at,
        by=by,
        launch_id=launch.id,
        alarm=alarm.id,
        because=because.strip(),
        follows=follows,
    )
