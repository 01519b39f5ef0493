"""The training list: causes that are no bug but a gap in what people know, and who fills it."""

from sqlalchemy.orm import Session

from assistant.desk import belonging, cause_lists
from assistant.desk.cause_states import STATE_WORDS
from assistant.launch.launches import Launch
from assistant.reports.sheets import Figure, Sheet


def sheet(session: Session, launch: Launch) -> Sheet:
    """Return who should learn what, the untaught first; days in the launch's zone."""
    gaps = cause_lists.training_gaps(session, launch.id)
    reach = belonging.reach_of(session, gaps, ())
    taught = sum(gap.fixed_at is not None for gap in gaps)
    rows = tuple(
        (
            gap.number,
            gap.title,
            gap.learners or "nobody named yet",
            gap.lesson or "nothing written yet",
            gap.scenario.title if gap.scenario else None,
            gap.owner.name if gap.owner else None,
            STATE_WORDS[gap.state],
            reach[gap.id].people,
            reach[gap.id].contacts,
            gap.detected_at.astimezone(launch.zone).date().isoformat(),
            gap.fixed_at.astimezone(launch.zone).date().isoformat() if gap.fixed_at else None,
        )
        for gap in gaps
    )
    return Sheet(
        title=f"Training list, {launch.name}",
        text="Causes that are no bug: what people have to learn, and who.",
        figures=(
            Figure(f"{len(gaps):,}", "Training gaps", "causes that are no bug"),
            Figure(f"{taught:,}", "Taught", "marked as fixed"),
        ),
        header=(
            *("cause", "title", "who should learn", "what", "scenario", "owner", "state"),
            *("people", "contacts", "detected", "taught"),
        ),
        rows=rows,
    )
