"""Variants: the same answer in other languages, each an entry of its own.

Each has its own versions, phrasings, approval and evidence, because a translation is another text
that somebody has to approve. Nothing is translated by a machine.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from assistant.ground.errors import Refused
from assistant.ground.people import Person
from assistant.library.entries import Entry


def language(locale: str) -> str:
    """Return the language of a locale: ``de`` of ``de-AT``; empty when none is said."""
    return locale.replace("_", "-").partition("-")[0].strip().lower()


def family(session: Session, entry: Entry) -> list[Entry]:
    """Return every other variant of an entry and what they are variants of, by key."""
    first = entry.variant_of_id or entry.id
    query = (
        select(Entry)
        .where(or_(Entry.id == first, Entry.variant_of_id == first), Entry.id != entry.id)
        .order_by(Entry.key)
        .options(selectinload(Entry.versions))
    )
    return list(session.scalars(query))


def link(session: Session, entry: Entry, of: Entry, *, by: Person, at: datetime) -> None:
    """Say that ``entry`` is the same answer as ``of`` in another language.

    Raises:
        Refused: without a language, in the same language as one there is, or of another kind.
    """
    own = language(entry.newest.locale)
    if not own:
        raise Refused("A variant says its language.", what_to_do="Choose it under Language.")
    if entry.kind != of.kind or entry.launch_id != of.launch_id:
        raise Refused("A variant is of the same kind.", what_to_do="Begin it from the entry.")
    if taken := _in(own, [of, *family(session, of)]):
        raise Refused(
            f"“{taken.newest.question}” is in this language already.",
            what_to_do="Open it and write there.",
        )
    entry.become_variant(of, session=session, by=by, at=at)


def _in(own: str, others: Sequence[Entry]) -> Entry | None:
    return next((one for one in others if language(one.newest.locale) == own), None)
