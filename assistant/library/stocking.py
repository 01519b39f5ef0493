"""What a launch may say at this moment: its live entries, their vectors and their shelf."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from assistant.ground.parts import Parts
from assistant.launch.launches import Launch, by_key
from assistant.library import charge, indexing, refreshing
from assistant.library.entries import Entry as LibraryEntry
from assistant.library.liveness import is_live
from assistant.library.vectors import AT_ONCE, vectors_of, words_of
from assistant.library.versions import EntryVersion
from knowledge.embedding import EmbeddingFailed, WeightsUnusable
from knowledge.entries import Entry
from knowledge.normalise import fingerprint
from knowledge.shelf import Shelf

if TYPE_CHECKING:
    from knowledge.embedding import Embedder
    from knowledge.entries import Neighbour, Vector, Vectors

TRY_AGAIN = timedelta(minutes=1)  # after the embedder gave no vectors for new words


@dataclass(frozen=True, slots=True)
class Live:
    """A version that may be sent, as thinking needs it; the gate looks again before sending."""

    version_id: int
    number: int
    sha256: str
    audience: str
    entry: Entry
    locale: str = ""  # as its author said it
    family: int = 0  # the same for every variant of one answer


def entry_of(version: EntryVersion) -> Entry:
    """Return a version as retrieval sees it."""
    return Entry(
        id=version.entry.key,
        title=version.question,
        phrasings=tuple(version.phrasings),
        not_for=tuple(version.not_for),
        text=version.text,
        applies_when=version.applies_when,
    )


@dataclass(frozen=True, slots=True)
class Stock:
    """What a launch may say from one moment to the next edge: live versions, their shelf."""

    revision: str
    embedder: str  # whose vectors these are; "" in lexical mode
    until: datetime | None  # a validity window opens or closes then, or vectors are tried again
    live: "Mapping[str, Live]"  # by entry key
    vectors: "Mapping[str, Vector]"  # by text; empty in lexical mode
    shelf: Shelf
    withheld: "Mapping[str, str]" = field(default_factory=dict)
    """Titles of what was approved and is not sent now, by the fingerprint of each of their ways."""
    retired: "Mapping[str, str]" = field(default_factory=dict)
    """The same of what a lead retired on purpose: something live may answer it as well."""
    versions: "Mapping[str, int]" = field(init=False)
    """By entry key the id of its live version; kept with every thought, so counted once."""

    def __post_init__(self) -> None:
        """Note the versions."""
        versions = {entry: one.version_id for entry, one in self.live.items()}
        object.__setattr__(self, "versions", versions)

    def withheld_as(self, question: str) -> tuple[str, str]:
        """Return what was approved, is not sent now, and is asked in the very words of a question.

        Its title, or else that of what was retired; nothing where what is live is asked so too.
        """
        words = fingerprint(question)
        found = self.withheld.get(words, ""), self.retired.get(words, "")
        return ("", "") if any(found) and self.shelf.owners(words) else found

    @property
    def is_whole(self) -> bool:
        """Return whether every way has its vector; without, an index would miss some."""
        return all(way in self.vectors for entry in self.entries for way in entry.ways())

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return the entries as retrieval sees them, by key."""
        return tuple(one.entry for one in self.live.values())

    def is_right(self, at: datetime) -> bool:
        """Return whether no validity window opened or closed since."""
        return self.until is None or at < self.until


def stock_of(parts: Parts, launch_id: int, *, at: datetime) -> Stock:
    """Return what the launch may say at ``at``, found also by what people taught since.

    Its shelf knows the lessons; what it says, and what the index holds, is the approved library.
    """
    return refreshing.refreshed(parts, launch_id, approved_stock_of(parts, launch_id, at=at), at=at)


def approved_stock_of(parts: Parts, launch_id: int, *, at: datetime) -> Stock:
    """Return the same as approved, made anew when the library or a validity window changed."""
    with parts.db.reading() as session:
        moved = session.scalar(select(Launch.library_revision).where(Launch.id == launch_id))
        now = charge.in_charge(session)
    charge.follow(parts, now)
    embedder = parts.embedder
    revision = f"{moved} {embedder.name if embedder else 'lexical'}"
    stock: Stock = parts.stocks.of(
        launch_id,
        revision,
        lambda: _stocked(parts, launch_id, embedder, revision, at),
        lambda kept: kept.is_right(at),
        # A large library takes seconds. Who asks meanwhile is served from the one before: what it
        # may not say any more the gate keeps back.
        meanwhile=True,
    )
    return stock


def vector_of(parts: Parts, stock: Stock, words: str) -> "Vector | None":
    """Return what ``words`` mean, as ``vectors_for`` does."""
    vectors = vectors_for(parts, stock, (words,))
    return None if vectors is None else vectors[0]


def vectors_for(parts: Parts, stock: Stock, texts: Sequence[str]) -> "Vectors | None":
    """Return a vector per text, comparable with the stock's; nothing when words alone must do.

    Never vectors of another model than the stock's, nor of other dimensions.
    """
    embedder = parts.embedder
    if embedder is None or embedder.name != stock.embedder:
        return None
    try:
        vectors = embedder.embed(texts)
    except (EmbeddingFailed, WeightsUnusable) as failure:
        parts.embedder_failure = str(failure)
        return None
    known = next((len(vector) for vector in stock.vectors.values()), vectors.shape[1])
    if vectors.shape[1] != known:
        parts.embedder_failure = (
            f"{embedder.name} has other dimensions than it had: {vectors.shape[1]}."
        )
        return None
    parts.embedder_failure = ""
    return vectors


def near(parts: Parts, launch_id: int, stock: Stock, vector: "Vector") -> "list[Neighbour] | None":
    """Return what the index proposes; nothing when it is away, or behind the stock."""
    return indexing.near(parts, launch_id, stock.revision, vector)


def warm(parts: Parts, key: str) -> None:
    """Embed and compile a launch's library now, so that the first question does not wait."""
    with parts.db.reading() as session:
        launch_id = by_key(session, key).id
    stock_of(parts, launch_id, at=parts.clock.now())


def warm_all(parts: Parts) -> None:
    """Compile the library of every launch that is not over."""
    with parts.db.reading() as session:
        open_now = list(session.scalars(select(Launch.id).where(Launch.closed_at.is_(None))))
    for launch_id in open_now:
        stock_of(parts, launch_id, at=parts.clock.now())


def _stocked(
    parts: Parts, launch_id: int, embedder: "Embedder | None", revision: str, at: datetime
) -> Stock:
    before: Stock | None = parts.stocks.last(launch_id)
    with parts.db.reading() as session:
        live_now = _live_now(session, launch_id, before.live if before else {}, at)
        withheld, retired = _withheld(session, launch_id, live_now, at)
        until = _next_edge(session, launch_id, at)
    entries = [one.entry for one in live_now.values()]
    words = words_of(entries)
    vectors = _vectors(parts, launch_id, embedder, words)
    if embedder is not None and len(vectors) < len(set(words)):
        until = min(until or at + TRY_AGAIN, at + TRY_AGAIN)
    made_by = embedder.name if embedder else ""
    is_of_same = before is not None and before.embedder == made_by
    shelf = Shelf(entries, vectors, former=before.shelf if before and is_of_same else None)
    revision = f"{revision} {until}"
    return Stock(revision, made_by, until, live_now, vectors, shelf, withheld, retired)


def _vectors(
    parts: Parts, launch_id: int, embedder: "Embedder | None", words: Iterable[str]
) -> "dict[str, Vector]":
    """Return the words' vectors; those of the stock before are not read a second time."""
    before: Stock | None = parts.stocks.last(launch_id)
    name = embedder.name if embedder else ""
    known = before.vectors if before is not None and before.embedder == name else {}
    wanted = set(words)
    kept = {text: known[text] for text in wanted if text in known}
    return kept | vectors_of(parts.db, embedder, wanted - kept.keys())


def _live_now(
    session: Session, launch_id: int, before: "Mapping[str, Live]", at: datetime
) -> "dict[str, Live]":
    """Return the live versions by key of their entry; only those that are new are read.

    No byte of an approved version ever changes; which answers are variants of one another may.
    """
    known = {one.version_id: one for one in before.values()}
    family = func.coalesce(LibraryEntry.variant_of_id, LibraryEntry.id)
    query = select(EntryVersion.id, LibraryEntry.key, family).join(EntryVersion.entry)
    query = query.where(LibraryEntry.launch_id == launch_id, is_live(at))
    rows = session.execute(query.order_by(LibraryEntry.key)).all()
    known |= _read(session, [row.id for row in rows if row.id not in known])
    there = {key: (known[version], family) for version, key, family in rows if version in known}
    return {
        key: one if one.family == family else replace(one, family=family)
        for key, (one, family) in there.items()
    }


def _withheld(
    session: Session, launch_id: int, live: "Mapping[str, Live]", at: datetime
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the ways of what was approved last and may not be sent now, and of what is retired.

    What something live has taken in is in neither: that answers for it.
    """
    query = (
        select(
            LibraryEntry.key,
            LibraryEntry.retired_at,
            EntryVersion.question,
            EntryVersion.phrasings,
        )
        .join(EntryVersion.entry)
        .where(LibraryEntry.launch_id == launch_id, EntryVersion.approved_at.is_not(None))
        .where(EntryVersion.superseded_at.is_(None), ~is_live(at))
        .where(LibraryEntry.id.not_in(_taken_in(launch_id, at)))
    )
    withheld: dict[str, str] = {}
    retired: dict[str, str] = {}
    for key, retired_at, question, phrasings in session.execute(query):
        if key not in live:
            kept = withheld if retired_at is None else retired
            kept |= {fingerprint(way): question for way in (question, *phrasings)}
    return withheld, retired


def _taken_in(launch_id: int, at: datetime) -> Select[int | None]:
    """Select the entries that were merged into one which may be sent."""
    live = select(EntryVersion.entry_id).join(EntryVersion.entry)
    live = live.where(LibraryEntry.launch_id == launch_id, is_live(at)).correlate(None)
    taken = select(EntryVersion.takes_in_id).where(EntryVersion.takes_in_id.is_not(None))
    taken = taken.where(EntryVersion.approved_at.is_not(None), EntryVersion.undone_at.is_(None))
    return taken.where(EntryVersion.entry_id.in_(live)).correlate(None)


def _read(session: Session, version_ids: Sequence[int]) -> "dict[int, Live]":
    found: dict[int, Live] = {}
    for first in range(0, len(version_ids), AT_ONCE):
        some = version_ids[first : first + AT_ONCE]
        query = select(EntryVersion).where(EntryVersion.id.in_(some))
        query = query.options(joinedload(EntryVersion.entry))
        found |= {version.id: _live(version) for version in session.scalars(query)}
    return found


def _live(version: EntryVersion) -> Live:
    entry = version.entry
    return Live(
        version_id=version.id,
        number=version.number,
        sha256=version.sha256,
        audience=version.audience,
        entry=entry_of(version),
        locale=version.locale,
        family=entry.variant_of_id or entry.id,
    )


def _next_edge(session: Session, launch_id: int, at: datetime) -> datetime | None:
    """Return when the next validity window opens or closes."""
    edges = [
        select(func.min(edge))
        .select_from(EntryVersion)
        .join(EntryVersion.entry)
        .where(LibraryEntry.launch_id == launch_id, EntryVersion.approved_at.is_not(None))
        .where(edge > at)
        for edge in (EntryVersion.valid_from, EntryVersion.valid_until)
    ]
    return min((edge for query in edges if (edge := session.scalar(query))), default=None)
