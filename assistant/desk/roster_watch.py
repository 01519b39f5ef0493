"""The roster watched: leads are told of covered time that nobody owns, a day before it comes."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk.notices import notify
from assistant.ground.audit import ASSISTANT, happened
from assistant.ground.parts import Parts
from assistant.ground.people import Role, members
from assistant.launch import outlook, planning
from assistant.launch.coverage import Span
from assistant.launch.launches import Launch
from assistant.launch.roster import hours_words, span_words


def tell_of_gaps(parts: Parts) -> int:
    """Tell the leads of each launch that runs of every gap within a day, each exactly once."""
    at, told = parts.clock.now(), 0
    with parts.db.reading() as session:
        running = select(Launch).where(Launch.live_at.is_not(None), Launch.closed_at.is_(None))
        due = [
            launch.id
            for launch in session.scalars(running)
            if outlook.untold_gaps(session, launch, at=at)
        ]
    for launch_id in due:
        with parts.db.writing() as session:
            launch = session.get_one(Launch, launch_id)
            planning.hold(session, launch)  # of two workers, the second finds nothing left to tell
            for gap in outlook.untold_gaps(session, launch, at=at):
                _tell(session, launch, gap, parts)
                told += 1
    return told


def _tell(session: Session, launch: Launch, gap: Span, parts: Parts) -> None:
    at = parts.clock.now()
    words = (
        f"Nobody owns {launch.name} from {span_words(gap, launch.zone)} "
        f"({hours_words(gap.length)}). Plan a shift."
    )
    for lead in members(session, launch.id, Role.LEAD):
        notify(session, lead, words, kind="gap", launch_id=launch.id, at=at)
    outlook.note_told(session, launch, gap, at=at)
    happened(
        session,
        "roster.gap",
        at=at,
        by=ASSISTANT,
        launch_id=launch.id,
        begins=gap.start.isoformat(),
        ends=gap.end.isoformat(),
    )
