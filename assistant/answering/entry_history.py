"""Everything that happened to one entry, from the audit trail: who did what to which wording.

Beside what people did stands what time did (a window that began or ended), and how often each
wording was sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assistant.answering.evidence import Sends, sends
from assistant.ground.audit import Event
from assistant.library.differences import Difference, differences
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion

MOST = 2_000  # events of one entry, the newest
TIME = "time"
WORDING = ("saved", "imported", "import-taken-back")
DECIDED = (
    *("submitted", "approved", "changes-requested", "rejected", "retired", "recalled"),
    *("reinstated", "rolled-back", "made-permanent", "extended", "began", "ended", "overruled"),
    "still-right",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened. ``about`` is text, decision or other."""

    at: datetime
    kind: str  # without the word before the dot: saved, approved, ended …
    about: str
    who: str
    version: int | None
    reason: str
    changed: tuple[Difference, ...]  # from the wording before: approved, or from a file


@dataclass(frozen=True, slots=True)
class History:
    """The steps, newest first, and how often each version was sent."""

    steps: tuple[Step, ...]
    sent: Mapping[int, Sends]  # by number of the version


def history_of(session: Session, entry: Entry, *, at: datetime) -> History:
    """Return what happened to an entry up to ``at``, in as many queries whatever its length."""
    query = select(Event).where(Event.entry_id == entry.id).order_by(Event.id.desc()).limit(MOST)
    versions = {version.number: version for version in entry.versions}
    happened = [
        _step(event, versions) for event in session.scalars(query.options(joinedload(Event.person)))
    ]
    steps = sorted([*happened, *_of_time(entry, at)], key=lambda step: step.at, reverse=True)
    counted = sends(session, [version.id for version in entry.versions])
    sent = {version.number: counted.get(version.id, Sends()) for version in entry.versions}
    return History(tuple(steps), sent)


def _step(event: Event, versions: Mapping[int, EntryVersion]) -> Step:
    kind = event.kind.partition(".")[2]
    number = _number(event.details)
    is_approval = kind == "approved" and number is not None
    return Step(
        at=event.at,
        kind=kind,
        about="text" if kind in WORDING else "decision" if kind in DECIDED else "other",
        who=event.who,
        version=number,
        reason=str(event.details.get("reason") or event.details.get("file") or ""),
        changed=_changed(versions, number)
        if is_approval and number is not None
        else tuple(Difference(**each) for each in event.details.get("changed", [])),
    )


def _number(details: Mapping[str, Any]) -> int | None:
    several = details.get("versions")
    number = details.get("version") or (several[-1] if several else None)
    return number if isinstance(number, int) else None


def _changed(versions: Mapping[int, EntryVersion], number: int) -> tuple[Difference, ...]:
    before, after = versions.get(number - 1), versions.get(number)
    return tuple(differences(before, after)) if before and after else ()


def _of_time(entry: Entry, at: datetime) -> list[Step]:
    """Return when approved wordings began and ended by their window, as far as that has come."""
    return [
        Step(edge, kind, "decision", TIME, version.number, "", ())
        for version in entry.versions
        for kind, edge in (("began", version.valid_from), ("ended", version.valid_until))
        if edge and edge <= at and _was_current(version, entry, edge)
    ]


def _was_current(version: EntryVersion, entry: Entry, at: datetime) -> bool:
    over = [version.superseded_at, version.recalled_at, entry.retired_at]
    approved = version.approved_at is not None and version.approved_at <= at
    return approved and not any(each and each < at for each in over)
