"""Variants whose original says something else by now, until somebody has compared the two.

A variant is right beside the version of its original that customers got when it was approved. Once
the original says something else, a new version of the variant is approved or a lead says that it
is still right; until then its page, the original's and a rehearsal say so. Customers get it
meanwhile: whether it is wrong only a person can tell.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.audit import Event
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.library import variants
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion

# Other phrasings of the original make no variant of it wrong.
SAID = (
    *("question", "verdict", "why_now", "what_to_do", "safe_to_continue", "answer"),
    *("next_update", "applies_when", "valid_from", "valid_until", "audience"),
)


@dataclass(frozen=True, slots=True)
class Outdated:
    """A variant, and its original as it was beside it and as customers get it now."""

    variant: Entry
    original: Entry
    old: EntryVersion
    new: EntryVersion


def outdated(session: Session, entries: Sequence[Entry]) -> list[Outdated]:
    """Return the variants among ``entries`` whose original, one of them too, has changed since."""
    known = {entry.id: entry for entry in entries}
    pairs = [(one, known[one.variant_of_id]) for one in entries if one.variant_of_id in known]
    found = [(one, of) for one, of in pairs if _changed(one, of, 0)]
    seen = _found_right(session, [one.id for one, _ in found])
    judged = (_changed(one, of, seen.get((one.id, of.key), 0)) for one, of in found)
    return [each for each in judged if each is not None]


def still_right(session: Session, variant: Entry, *, beside: int, by: Person, at: datetime) -> None:
    """Say that ``variant`` is right beside version ``beside`` of its original, which is live.

    Raises:
        NotPermitted: when ``by`` is no lead.
        Refused: when customers get another version of the original, or nothing has changed.
    """
    if not by.is_any(Role.LEAD):
        raise NotPermitted("Only a lead says that it is still right.", what_to_do="Ask a lead.")
    family = [variant, *variants.family(session, variant)]
    found = next((one for one in outdated(session, family) if one.variant is variant), None)
    if found is None or found.new.number != beside:
        raise Refused(
            "The original is not as you have seen it.",
            what_to_do="Load the page again and compare the two.",
        )
    key = found.original.key
    variant.note(session, "still-right", by=by, at=at, original=key, beside=beside)


def _changed(variant: Entry, original: Entry, seen: int) -> Outdated | None:
    live, new = variant.approved, original.approved
    if live is None or new is None or live.approved_at is None:
        return None
    before = (v for v in original.versions if v.approved_at and v.approved_at <= live.approved_at)
    seen = max((seen, *(v.number for v in before if v.undone_at is None)))
    old = next((v for v in original.versions if v.number == seen), None)
    if old is None or new.number <= seen or _says_the_same(old, new):
        return None
    return Outdated(variant, original, old, new)


def _says_the_same(old: EntryVersion, new: EntryVersion) -> bool:
    return all(getattr(old, part) == getattr(new, part) for part in SAID)


def _found_right(session: Session, ids: Iterable[int]) -> dict[tuple[int, str], int]:
    """Return the newest version of an original beside which a variant was said to be right."""
    query = select(Event).where(Event.entry_id.in_(ids), Event.kind == "entry.still-right")
    found = session.scalars(query.order_by(Event.id)) if ids else ()
    return {
        (each.entry_id, str(each.details["original"])): int(each.details["beside"])
        for each in found
        if each.entry_id is not None
    }
