"""What a decision ended, kept with the version that it was about until that is undone or written.

``EntryVersion.undoing`` holds it as JSON: ``retired`` [at, by, because] of an entry that an
approval brought back, ``takes_in`` the entry that a rejected version was to take in, ``submitted``
[at, changes asked] of a draft that ended in a merge.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from assistant.library.versions import EntryVersion

if TYPE_CHECKING:
    from assistant.library.standing import Standing


def retirement_of(entry: "Standing") -> dict[str, Any]:
    """Return what gives an entry's retirement back; nothing when it is not retired."""
    if entry.retired_at is None:
        return {}
    return {
        "retired": [entry.retired_at.isoformat(), entry.retired_by_id, entry.retired_because],
    }


def retire_again(entry: "Standing", undoing: dict[str, Any]) -> None:
    """Give an entry the retirement back that an approval ended, if it did."""
    if "retired" in undoing:
        at, by_id, because = undoing["retired"]
        entry.retired_at = datetime.fromisoformat(at)
        entry.retired_by_id, entry.retired_because = by_id, because


def merge_again(session: Session, version: EntryVersion) -> None:
    """Let a version that was rejected take the entry in that it was to take in."""
    version.takes_in_id = version.undoing.get("takes_in")
    session.flush()
    session.expire(version, ["takes_in"])


def submission_of(version: EntryVersion) -> dict[str, Any]:
    """Return what lets a draft wait again as it does."""
    at = version.submitted_at.isoformat() if version.submitted_at else None
    return {"submitted": [at, version.changes_asked]}


def submit_again(version: EntryVersion) -> None:
    """Let a draft be as it was before it ended."""
    at, asked = version.undoing.get("submitted", (None, ""))
    version.rejected_at, version.changes_asked = None, asked
    version.submitted_at = datetime.fromisoformat(at) if at else None
