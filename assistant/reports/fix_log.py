"""The fix log of a launch: what was changed, when, by whom, for which cause and which message."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk import fixes
from assistant.desk.fixes import Fix
from assistant.launch.launches import Launch
from assistant.library.entries import Entry
from assistant.reports.sheets import Figure, Sheet

MOST = 10_000  # changes in one file


def sheet(session: Session, launch: Launch) -> Sheet:
    """Return the whole log, newest first; minutes in the launch's zone."""
    log = fixes.of_launch(session, launch.id, number=1, size=MOST)
    keys = messages_of(session, log)
    rows = tuple(
        (
            fix.at.astimezone(launch.zone),
            fix.cause.number,
            fix.cause.title,
            fix.what,
            "yes" if fix.is_quick else "no",
            fix.person.name,
            keys.get(fix.entry_id or 0),
        )
        for fix in log
    )
    return Sheet(
        title=f"Fix log, {launch.name}",
        text="What was changed, newest first.",
        figures=(Figure(f"{len(rows):,}", "Changes", "in the whole launch"),),
        header=("when", "cause", "title", "what was changed", "quick fix", "by", "message"),
        rows=rows,
    )


def messages_of(session: Session, log: Sequence[Fix]) -> dict[int, str]:
    """Return the keys of the messages that go with these changes, by id."""
    ids = {fix.entry_id for fix in log if fix.entry_id is not None}
    found = session.execute(select(Entry.id, Entry.key).where(Entry.id.in_(ids)))
    return {row.id: row.key for row in found}
