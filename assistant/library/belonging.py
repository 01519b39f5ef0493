"""Whose an entry of a file is, and of which it is a variant: what a file says beside its words.

It is said of every entry and holds for those that are new here. Who owns what is here already, and
what it is a variant of, a person has decided here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.people import Person, members
from assistant.launch.launches import Launch
from assistant.launch.pack_file import Lines, Problem
from assistant.launch.pack_shapes import FiledEntryShape, PackShape
from assistant.library.entries import Entry, of_launch
from assistant.library.variants import language

NAMES = ("owner", "variant_of")


@dataclass(frozen=True, slots=True)
class _Kin:
    """What decides of which entries one may be a variant, as it is once the file is in."""

    kind: str
    language: str
    of: str  # key of what it is a variant of; empty: of none


def belonging(session: Session, entry: Entry) -> dict[str, str]:
    """Return the owner's address and the key of what it is a variant of, as far as there are."""
    original = session.get(Entry, entry.variant_of_id) if entry.variant_of_id else None
    said = {
        "owner": entry.owner.email if entry.owner else "",
        "variant_of": original.key if original else "",
    }
    return {name: value for name, value in said.items() if value}


def problems_of_belonging(
    session: Session,
    launch: Launch,
    known: Mapping[str, Entry],
    shapes: Mapping[int, FiledEntryShape],
    lines: Lines,
) -> Iterator[Problem]:
    """Yield which new entries name an owner who is not there, or may be no variant as they say.

    ``known`` are the launch's entries by key.
    """
    team = {person.email.casefold() for person in members(session, launch.id)}
    for number, shape in shapes.items():
        if shape.owner and shape.owner not in team and shape.key not in known:
            yield lines.problem(
                ("entries", number, "owner"),
                "Nobody of this launch’s team has that address.",
                "Take a colleague’s, or leave it out.",
            )
    yield from _no_variants(known, shapes, lines)


def problems_of_originals(session: Session, pack: PackShape, lines: Lines) -> Iterator[Problem]:
    """Yield which entries of a pack that are new here may be no variants as they say."""
    launch = session.scalar(select(Launch.id).where(Launch.key == pack.launch.key))
    known = {entry.key: entry for entry in of_launch(session, launch)} if launch else {}
    yield from _no_variants(known, dict(enumerate(pack.entries)), lines)


def _no_variants(
    known: Mapping[str, Entry], shapes: Mapping[int, FiledEntryShape], lines: Lines
) -> Iterator[Problem]:
    """Yield by line what ``variants.link`` would refuse of the entries that are new here."""
    kin = {**{shape.key: _said_of(shape) for shape in shapes.values()}, **_kin(known, shapes)}
    ends = _originals({key: each.of for key, each in kin.items()})
    taken = {
        (ends.get(key, key), each.language): key
        for key, each in kin.items()
        if key in known or not each.of
    }
    for number, shape in shapes.items():
        if shape.key in known or not shape.variant_of:
            continue
        of, own = ends[shape.key], kin[shape.key].language
        other = taken.setdefault((of, own), shape.key) if of in kin else ""
        if why := _refused(shape, of, kin, other):
            yield lines.problem(("entries", number, "variant_of"), *why)


def _refused(
    shape: FiledEntryShape, of: str, kin: Mapping[str, _Kin], other: str
) -> tuple[str, str] | None:
    """Return why it is no variant of ``of``, and the remedy; ``other`` has its language there."""
    if not of and shape.variant_of != shape.key:
        return "It would be a variant of itself.", "Name the first one, or leave it out."
    if of not in kin:
        missing = f"There is no entry “{of or shape.key}” that it could be a variant of."
        return missing, "Bring that one in too, or leave it out."
    if kin[of].kind != shape.kind:
        return f"“{of}” is a {kin[of].kind}.", "A variant is of the same kind."
    if not kin[shape.key].language:
        return "A variant says its language.", "Write it under locale."
    if other != shape.key:
        return f"“{other}” is in this language already.", "Keep one of them."
    return None


def _said_of(shape: FiledEntryShape) -> _Kin:
    return _Kin(shape.kind, language(shape.locale), shape.variant_of or "")


def _kin(known: Mapping[str, Entry], shapes: Mapping[int, FiledEntryShape]) -> dict[str, _Kin]:
    """Return what is here already: what it is a variant of stays, its language the file says."""
    keys = {entry.id: key for key, entry in known.items()}
    locales = {shape.key: shape.locale for shape in shapes.values()}
    return {
        key: _Kin(
            entry.kind,
            language(locales.get(key, entry.newest.locale)),
            keys.get(entry.variant_of_id, "") if entry.variant_of_id else "",
        )
        for key, entry in known.items()
    }


def _originals(above: Mapping[str, str]) -> dict[str, str]:
    """Return by key of every variant the first of its chain; empty where it goes in a circle."""
    ends: dict[str, str] = {}
    for key in above:
        way: dict[str, None] = {}
        at = key
        while at not in ends and at not in way and above.get(at):
            way[at] = None
            at = above[at]
        ends.update(dict.fromkeys(way, "" if at in way else ends.get(at, at)))
    return ends


def belong(
    session: Session,
    launch_id: int,
    new: Sequence[tuple[Entry, FiledEntryShape]],
    *,
    by: Person | None,
    at: datetime,
) -> None:
    """Let the entries that are new here be whose the file says, once all of them are there."""
    owners = _owners(session, {shape.owner for _, shape in new if shape.owner})
    above = {shape.key: shape.variant_of for _, shape in new if shape.variant_of}
    ends = _originals(above)
    there = {entry.key: entry for entry in _entries(session, launch_id)} if above else {}
    for entry, shape in new:
        if shape.owner in owners:
            entry.give_to(session, owners[shape.owner], by=by, at=at)
        original = there.get(ends.get(shape.key, ""))
        if original is not None:
            entry.become_variant(original, session=session, by=by, at=at)


def _owners(session: Session, addresses: Iterable[str]) -> dict[str | None, Person]:
    query = select(Person).where(Person.email.in_(addresses))
    return {person.email: person for person in session.scalars(query)}


def _entries(session: Session, launch_id: int) -> list[Entry]:
    return list(session.scalars(select(Entry).where(Entry.launch_id == launch_id)))
