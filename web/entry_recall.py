"""What an entry's page says about recalling it: who was told which version."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering.recall import told_of
from assistant.desk.recalled import Recall
from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch
from assistant.library.entries import Entry


def recall_of(
    session: Session, launch: Launch, entry: Entry, person: Person
) -> dict[str, Any] | None:
    """Return what the dialog shows; nothing when there is nothing to recall, or not for them."""
    versions = [each for each in entry.versions if each.approved_at and not each.recalled_at]
    if entry.approved is None or not person.is_any(Role.AGENT, Role.ENGINEER, Role.LEAD):
        return None
    return {
        "told": told_of(session, launch.id, versions),
        "versions": [
            {
                "number": each.number,
                "current": each is entry.approved,
                "told": told_of(session, launch.id, [each]),
            }
            for each in reversed(versions)
        ],
        "tell_href": f"/broadcasts/new?launch={launch.key}&entry={entry.key}",
    }


def standing_recalls(session: Session, entry: Entry) -> list[dict[str, str]]:
    """Return the recalls of an entry that stand, newest first."""
    query = select(Recall).where(
        Recall.entry_id == entry.id, Recall.undone_at.is_(None), Recall.reinstated_at.is_(None)
    )
    return [
        {"href": f"/recalls/{each.id}", "words": f"Recalled by {each.by.name}: {each.reason}"}
        for each in session.scalars(query.order_by(Recall.id.desc()))
    ]
