"""What an entry's page says about recalling it: who was told which version."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering.recall import told_exactly, told_of
from assistant.desk.recalled import Recall
from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch
from assistant.library.entries import Entry
from web.entry_seen import Seen


def recall_of(
    session: Session, launch: Launch, entry: Entry, person: Person
) -> dict[str, Any] | None:
    """Return what the dialog shows; nothing when there is nothing to recall, or not for them."""
    versions = [each for each in entry.versions if each.approved_at and not each.recalled_at]
    if entry.approved is None or not person.is_any(Role.AGENT, Role.ENGINEER, Role.LEAD):
        return None
    return {
        "told": told_exactly(session, entry.approved),
        "any_told": told_of(session, launch.id, versions),
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
    numbers = {version.id: version.number for version in entry.versions}
    return [
        {"href": f"/recalls/{each.id}", "words": _recalled(each, numbers)}
        for each in session.scalars(query.order_by(Recall.id.desc()))
    ]


def _recalled(each: Recall, numbers: dict[int, int]) -> str:
    found = sorted(numbers[version] for version in each.version_ids if version in numbers)
    which = f"Version {found[0]}" if len(found) == 1 else f"Versions {', '.join(map(str, found))}"
    return f"{which} recalled by {each.by.name}: {each.reason}"


def got_meanwhile(seen: Seen) -> list[dict[str, Any]]:
    """Return the versions whose approval was undone when people had got them already.

    Not those that stand all the same: recalled, or approved after all with the same words.
    """
    entry, live = seen.entry, seen.entry.approved
    if not seen.person.is_any(Role.AGENT, Role.ENGINEER, Role.LEAD):
        return []
    undone = [
        each
        for each in entry.versions
        if each.undone_at and not each.recalled_at and not (live and live.sha256 == each.sha256)
    ]
    told = [(each, told_of(seen.session, seen.launch.id, [each])) for each in undone]
    return [{"number": each.number, "people": people} for each, people in told if people]
