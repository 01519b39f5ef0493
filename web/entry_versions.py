"""Every version of an entry and what changed in it."""

from datetime import datetime
from typing import Any

from assistant.library.differences import differences
from assistant.library.entries import Entry
from assistant.library.reshaping import may_roll_back
from assistant.library.versions import EntryVersion
from assistant.library.wording import HEADINGS, Verdict
from web.entry_seen import Seen
from web.entry_ways import rights
from web.library_pages import STATE_WORDS

VERSIONS = 20  # of an entry, the newest
VERDICT_PART = "Verdict"


def every_version(seen: Seen) -> dict[str, Any]:
    """Return what library/_versions.html shows."""
    leads = rights(seen.entry, seen.person, seen.at)["roll_back"]
    return {"versions": _versions(seen.entry, seen.at, leads=leads)}


def _versions(entry: Entry, at: datetime, *, leads: bool) -> list[dict[str, Any]]:
    pairs = zip([None, *entry.versions], entry.versions, strict=False)
    shown = [
        _version(before, version, entry, at)
        | {"goes_back": leads and may_roll_back(entry, version)}
        for before, version in pairs
    ]
    return shown[::-1][:VERSIONS]


def _version(
    before: EntryVersion | None, version: EntryVersion, entry: Entry, at: datetime
) -> dict[str, Any]:
    is_current = version is entry.approved
    words, tone = STATE_WORDS[version.state]
    if version.recalled_at is not None:
        words, tone = STATE_WORDS["recalled"]
    elif version.undone_at is not None:
        words, tone = "Approval undone", ""
    elif version.superseded_at is not None:
        words, tone = "Replaced", ""
    elif is_current and version.valid_until is not None and version.valid_until <= at:
        words, tone = STATE_WORDS["expired"]
    return {
        "version": version.number,
        "state_words": words,
        "tone": tone,
        "by": version.author.name if version.author else "The launch pack",
        "at": version.saved_at,
        "approved_by": _approvers(version),
        "because": "; ".join(each.because for each in version.standing_approvals if each.because),
        "is_blind": not any(each.breaks for each in version.standing_approvals),
        "sha256": version.sha256 if version.approved_at else None,
        "current": is_current and version.is_valid(at),
        "differences": differences_shown(before, version) if before else [],
    }


def _approvers(version: EntryVersion) -> str | None:
    names = [each.person.name for each in version.standing_approvals]
    if names:
        return " and ".join(names)
    return version.approved_by.name if version.approved_by else None


def differences_shown(before: EntryVersion, version: EntryVersion) -> list[dict[str, str]]:
    """Return what differs between two versions, part by part, as people read it."""
    return [
        {
            "field": each.part,
            "before": words_of_part(each.part, each.before),
            "after": words_of_part(each.part, each.after),
        }
        for each in differences(before, version)
    ]


def words_of_part(part: str, value: str) -> str:
    """Return a part as people read it: a verdict by its heading."""
    return HEADINGS[Verdict(value)] or "Information" if part == VERDICT_PART else value
