"""Live entries onto the shelf and into the index, proven to be found by their own words."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Select, func, or_, select, update

from assistant.ground.parts import Parts
from assistant.launch.launches import Launch
from assistant.library import indexing
from assistant.library.entries import Entry as LibraryEntry
from assistant.library.liveness import is_live
from assistant.library.stocking import Stock, approved_stock_of
from assistant.library.vectors import AT_ONCE
from assistant.library.versions import EntryVersion
from knowledge.entries import Entry
from knowledge.normalise import fingerprint


def publish(parts: Parts, launch_id: int, *, at: datetime, all_again: bool = False) -> list[str]:
    """Bring the index up to the library and prove it; return the problems, none when proven.

    What was proven before is taken on trust unless ``all_again``. Every live version is marked
    proven, or with what keeps it from being found; the exact scan finds it meanwhile. Where the
    index cannot be looked at just now, that is the problem, and no version is marked.
    """
    stock = approved_stock_of(parts, launch_id, at=at)
    problems: Problems = {}
    try:
        wrong = _brought_up(parts, launch_id, stock, whole=all_again)
    except indexing.NotNow as why:
        return [str(why)]
    if wrong:
        problems[""] = wrong
    doubted = set(stock.live) if all_again else _unproven(parts, launch_id, at)
    problems |= _not_found_by_own_words(stock, doubted)
    _mark(parts, launch_id, stock, problems, at)
    return [words for entry in sorted(problems) for words in problems[entry]]


def _brought_up(parts: Parts, launch_id: int, stock: Stock, *, whole: bool) -> list[str]:
    return indexing.bring_up(parts, launch_id, stock, whole=whole) if stock.is_whole else []


def reconcile(parts: Parts, *, at: datetime) -> int:
    """Publish every launch whose index is behind its library; return how many there were."""
    with parts.db.reading() as session:
        launches = list(session.scalars(select(Launch.id)))
    stocks = {key: approved_stock_of(parts, key, at=at) for key in launches}
    if not indexing.own(parts):
        return 0
    behind = [key for key, stock in stocks.items() if indexing.is_behind(parts, key, stock)]
    for launch_id in behind:
        publish(parts, launch_id, at=at)
    return len(behind)


def prove_all(parts: Parts, *, at: datetime) -> int:
    """Prove every launch's entries and return how many problems are left."""
    with parts.db.reading() as session:
        launches = list(session.scalars(select(Launch.id)))
    return sum(len(publish(parts, launch_id, at=at, all_again=True)) for launch_id in launches)


def proofs(parts: Parts, *, rebuild: bool) -> Iterator[tuple[str, list[str]]]:
    """Yield each launch's key with what is wrong with its index after proving (or rebuilding)."""
    at = parts.clock.now()
    with parts.db.reading() as session:
        launches = list(session.scalars(select(Launch).order_by(Launch.key)))
    for launch in launches:
        if rebuild:
            _emptied(parts, launch.id, at)
        yield launch.key, publish(parts, launch.id, at=at, all_again=True)


def _emptied(parts: Parts, launch_id: int, at: datetime) -> None:
    """Throw the launch's index away and fill a new one from the stored vectors."""
    stock = approved_stock_of(parts, launch_id, at=at)
    index = parts.index
    if index is not None and index.model == stock.embedder and stock.is_whole:
        indexing.rebuild(parts, index, launch_id, stock)


Problems = dict[str, list[str]]  # by entry key; "" concerns all of them


def _unproven(parts: Parts, launch_id: int, at: datetime) -> set[str]:
    query = select(LibraryEntry.key).join(LibraryEntry.versions).where(is_live(at))
    unproven = query.where(LibraryEntry.launch_id == launch_id, EntryVersion.proven_at.is_(None))
    with parts.db.reading() as session:
        return set(session.scalars(unproven))


def _not_found_by_own_words(stock: Stock, doubted: set[str]) -> Problems:
    """Return, for each doubted entry, its ways that lead somewhere else."""
    lost = {
        key: [way for way in stock.live[key].entry.ways() if not _leads_to(stock, way, key)]
        for key in doubted & set(stock.live)
    }
    if not any(lost.values()):
        return {}
    shared = _asked_of_several(stock.entries)
    problems = {
        key: [f"“{way}” does not lead to {key}." for way in ways if fingerprint(way) not in shared]
        for key, ways in lost.items()
    }
    return {key: words for key, words in problems.items() if words}


def _leads_to(stock: Stock, way: str, key: str) -> bool:
    matches = stock.shelf.find(way, stock.vectors.get(way)).matches
    return bool(matches) and matches[0].entry == key


def _asked_of_several(entries: Sequence[Entry]) -> set[str]:
    """Return the words that more than one entry is asked by; they lead to none in particular."""
    owners = Counter(words for entry in entries for words in {*map(fingerprint, entry.ways())})
    return {words for words, count in owners.items() if count > 1}


def _mark(parts: Parts, launch_id: int, stock: Stock, problems: Problems, at: datetime) -> None:
    """Write down what was found about the versions that were looked at, and about no others.

    A broken index concerns all of a large library: what many wait to write comes between portions.
    """
    looked_at = {one.version_id for one in stock.live.values()}
    by_problem: dict[str, list[int]] = defaultdict(list)
    with parts.db.reading() as session:
        for version, entry in session.execute(_to_mark(launch_id, problems, at)):
            if version in looked_at:
                own = [*problems.get("", ()), *problems.get(entry, ())]
                by_problem[" ".join(own[:3])].append(version)
    for problem, versions in by_problem.items():
        proven_at = None if problem else func.coalesce(EntryVersion.proven_at, at)
        marks = update(EntryVersion).values(index_problem=problem, proven_at=proven_at)
        for first in range(0, len(versions), AT_ONCE):
            some = EntryVersion.id.in_(versions[first : first + AT_ONCE])
            with parts.db.writing() as session:
                session.execute(marks.where(some))


def _to_mark(launch_id: int, problems: Problems, at: datetime) -> Select[int, str]:
    """Return the live versions whose marks may change, with the keys of their entries.

    Of a large library they are few.
    """
    query = select(EntryVersion.id, LibraryEntry.key).join(LibraryEntry.versions)
    query = query.where(LibraryEntry.launch_id == launch_id, is_live(at))
    if "" in problems:
        return query
    marked = or_(EntryVersion.proven_at.is_(None), EntryVersion.index_problem != "")
    return query.where(or_(marked, LibraryEntry.key.in_(problems)))
