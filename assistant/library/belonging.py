"""Whose an entry of a file is, and of which it is a variant: what a file says beside its words.

It is said of every entry and holds for those that are new here. Who owns what is here already, and
what it is a variant of, a person has decided here.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.people import Person, by_email, members
from assistant.launch.launches import Launch
from assistant.launch.pack_file import Lines, Problem
from assistant.launch.pack_shapes import FiledEntryShape, PackShape
from assistant.library.entries import Entry

NAMES = ("owner", "variant_of")


def belonging(session: Session, entry: Entry) -> dict[str, str]:
    """Return the owner's address and the key of what it is a variant of, as far as there are."""
    original = session.get(Entry, entry.variant_of_id) if entry.variant_of_id else None
    said = {
        "owner": entry.owner.email if entry.owner else "",
        "variant_of": original.key if original else "",
    }
    return {name: value for name, value in said.items() if value}


def problems_of_belonging(
    session: Session, launch: Launch, shapes: Mapping[int, FiledEntryShape], lines: Lines
) -> Iterator[Problem]:
    """Yield which of the entries name an owner or an original that is not there."""
    team = {person.email.casefold() for person in members(session, launch.id)}
    known = set(session.scalars(select(Entry.key).where(Entry.launch_id == launch.id)))
    named = known | {shape.key for shape in shapes.values()}
    for number, shape in shapes.items():
        if shape.key in known:
            continue
        if shape.owner and shape.owner not in team:
            yield lines.problem(
                ("entries", number, "owner"),
                "Nobody of this launch’s team has that address.",
                "Take a colleague’s, or leave it out.",
            )
        yield from _original_missing(shape, number, named, lines)


def problems_of_originals(session: Session, pack: PackShape, lines: Lines) -> Iterator[Problem]:
    """Yield which entries of a pack are variants of what is neither in it nor in its launch."""
    query = select(Entry.key).join(Entry.launch).where(Launch.key == pack.launch.key)
    named = {*session.scalars(query), *(each.key for each in pack.entries)}
    for number, shape in enumerate(pack.entries):
        yield from _original_missing(shape, number, named, lines)


def _original_missing(
    shape: FiledEntryShape, number: int, named: set[str], lines: Lines
) -> Iterator[Problem]:
    """Yield that what the entry is a variant of is none of the ``named`` ones, or is itself."""
    if shape.variant_of and (shape.variant_of not in named or shape.variant_of == shape.key):
        yield lines.problem(
            ("entries", number, "variant_of"),
            f"There is no entry “{shape.variant_of}” that it could be a variant of.",
            "Bring that one in too, or leave it out.",
        )


def belong(
    session: Session, entry: Entry, shape: FiledEntryShape, *, by: Person | None, at: datetime
) -> None:
    """Let an entry that is new here be whose the file says it is, once all of them are there."""
    owner = by_email(session, shape.owner) if shape.owner else None
    if owner is not None:
        entry.owner, entry.owner_id = owner, owner.id
        entry.note(session, "owned", by=by, at=at, owner=owner.email)
    of = select(Entry).where(Entry.launch_id == entry.launch_id, Entry.key == shape.variant_of)
    original = session.scalar(of) if shape.variant_of else None
    if original is not None:
        entry.variant_of_id = original.variant_of_id or original.id
        entry.note(session, "made-variant", by=by, at=at, of=original.key)
