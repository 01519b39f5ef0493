"""New versions and entries out of old ones: merged, split, rolled back, made permanent.

None of it changes what customers get: each makes something that waits for approval, and what it
replaces ends in the moment in which that is approved.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person
from assistant.library.entries import Entry, create
from assistant.library.keys import free_key
from assistant.library.versions import Draft, EntryVersion
from assistant.library.wording import HEADINGS, Kind, Verdict

# "Yes" to what? Unless the words say it themselves.
BARE = re.compile(r"(?i)(?:yes|no)\b(?!\s*,?\s*you (?:can|may) (?:continue|go on))")


def merge(
    session: Session, source: Entry, into: Entry, *, by: Person, at: datetime
) -> EntryVersion:
    """Return a new version of ``into`` that is asked in all ways of both, waiting for approval.

    ``source`` ends when that is approved, and not before. What it answered keeps citing it.

    Raises:
        Refused: when the two are one, of different launches, or something of theirs is not decided.
    """
    if source.id == into.id or source.launch_id != into.launch_id:
        raise Refused("An entry is merged into another.", what_to_do="Choose another entry.")
    _closed(into)
    if source.newest.approved_at is None and source.approved is not None:
        raise Refused(
            f"“{source.newest.question}” has a version that is not decided.",
            what_to_do="Approve or reject it first.",
        )
    before = _last_right(into).as_draft()
    draft = replace(
        before,
        phrasings=_together(before, source.newest.ways()),
        not_for=_without(before.not_for, source.newest.ways()),
    )
    version = into.save(session, draft, by=by, at=at)
    version.takes_in = source
    into.submit(session, by=by, at=at)
    reason, number = f"“{source.newest.question}” into “{into.newest.question}”", version.number
    source.note(session, "merge-proposed", by=by, at=at, into=into.key, reason=reason)
    into.note(session, "merging", by=by, at=at, version=number, of=source.key, reason=reason)
    return version


def split(
    session: Session,
    entry: Entry,
    phrasings: Collection[str],
    *,
    question: str = "",
    by: Person,
    at: datetime,
) -> Entry:
    """Return a new draft that is asked in ``phrasings``; ``entry`` gets a draft without them.

    The new one begins with the words of the old one, for its author to change. ``question`` is
    its title; without one its first phrasing is.

    Raises:
        Refused: when nothing is chosen, or something of ``entry`` is not decided.
    """
    chosen = [way for way in entry.newest.phrasings if way in phrasings]
    if not chosen:
        raise Refused("Choose what is asked otherwise.", what_to_do="Tick the phrasings.")
    _closed(entry)
    before = _last_right(entry).as_draft()
    title = " ".join(question.split()) or chosen[0]
    new = create(
        session,
        entry.launch,
        key=free_key(session, entry.launch_id, title),
        kind=entry.kind,
        draft=replace(
            before,
            question=title,
            phrasings=[way for way in chosen if way != title],
            not_for=[before.question],
        ),
        by=by,
        at=at,
        scenario=entry.scenario,
    )
    left = [way for way in before.phrasings if way not in chosen]
    entry.save(session, replace(before, phrasings=left), by=by, at=at)
    entry.note(session, "split", by=by, at=at, into=new.key)
    return new


def roll_back(
    session: Session, entry: Entry, number: int, *, by: Person, at: datetime
) -> EntryVersion:
    """Return a new version with the very bytes of version ``number``, waiting for approval.

    Its window is the old one's, without an end that is over already.

    Raises:
        NotFound: when there is no such version.
        Refused: when it was never approved, was recalled, is what customers get, or another
            version is not decided.
    """
    earlier = next((each for each in entry.versions if each.number == number), None)
    if earlier is None:
        raise NotFound(f"There is no version {number}.", what_to_do="Look at the versions.")
    if not may_roll_back(entry, earlier):
        raise Refused(
            f"Version {number} is nothing to go back to.",
            what_to_do="Choose one that customers got and that was not found wrong.",
        )
    _closed(entry)
    draft = earlier.as_draft()
    if draft.valid_until and draft.valid_until <= at:
        draft = replace(draft, valid_until=None)
    version = entry.save(session, draft, by=by, at=at)
    # Byte for byte, also where parts are put together otherwise since.
    version.text, version.sha256 = earlier.text, earlier.sha256
    version.refiled, version.filed_under = False, None
    version.takes_in = None  # it goes back to what the entry was by itself
    entry.submit(session, by=by, at=at)
    entry.note(session, "rolled-back", by=by, at=at, version=version.number, to=number)
    return version


def may_roll_back(entry: Entry, version: EntryVersion) -> bool:
    """Return whether customers may get this version again: approved once, and never found wrong."""
    was_right = version.approved_at is not None and version.recalled_at is None
    return was_right and version.undone_at is None and version is not entry.approved


def make_permanent(session: Session, entry: Entry, *, by: Person, at: datetime) -> Entry:
    """Return a draft of a FAQ entry that says what a temporary response says, without an end.

    The response ends when the draft is approved, and not before.

    Raises:
        Refused: when it is a FAQ entry already, or something of it is not decided.
    """
    if entry.kind != Kind.RESPONSE:
        raise Refused("It is permanent already.", what_to_do="Nothing is left to do.")
    _closed(entry)
    before = _last_right(entry).as_draft()
    new = create(
        session,
        entry.launch,
        key=free_key(session, entry.launch_id, before.question),
        kind=Kind.FAQ,
        draft=Draft(
            question=before.question,
            phrasings=before.phrasings,
            not_for=before.not_for,
            applies_when=before.applies_when,
            answer=permanent_answer(entry),
            audience=before.audience,
            locale=before.locale,
        ),
        by=by,
        at=at,
        scenario=entry.scenario,
    )
    new.newest.takes_in = entry
    new.owner = entry.owner
    entry.note(session, "made-permanent", by=by, at=at, into=new.key)
    return new


def permanent_answer(entry: Entry) -> str:
    """Return what the FAQ entry would answer that a response begins: all of it, in one text.

    Nothing is left out but the next update. "Yes. You can go on" keeps the question it is the
    answer to, which the response's own card stands above it.
    """
    draft = _last_right(entry).as_draft()
    safe = draft.safe_to_continue.strip()
    if BARE.match(safe) and draft.locale[:2].lower() in ("", "en"):
        safe = f"Can I continue? {safe}"
    said = (HEADINGS[Verdict(draft.verdict)], draft.why_now, draft.what_to_do, safe)
    return "\n\n".join(each.strip() for each in said if each.strip())


def _together(draft: Draft, ways: Collection[str]) -> list[str]:
    """Return every way of both, each once whatever its case, the draft's own first."""
    found = {way.casefold(): way for way in (*ways, *draft.phrasings)}
    order = dict.fromkeys(way.casefold() for way in (*draft.phrasings, *ways))
    return [found[way] for way in order if way != draft.question.casefold()]


def _without(lines: Collection[str], ways: Collection[str]) -> list[str]:
    gone = {way.casefold() for way in ways}
    return [line for line in lines if line.casefold() not in gone]


def _last_right(entry: Entry) -> EntryVersion:
    """Return the version to begin with: what customers get, or what was written last."""
    return entry.approved or entry.newest


def _closed(entry: Entry) -> None:
    """Raise Refused while something of the entry is being written or waits."""
    if entry.newest.approved_at is None and entry.newest.rejected_at is None:
        raise Refused(
            f"“{entry.newest.question}” has a version that is not decided.",
            what_to_do="Approve or reject it first.",
        )
