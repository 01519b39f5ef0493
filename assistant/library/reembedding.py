"""Another embedder comes into charge: everything embedded anew, verified, then swapped in one step.

Until then the former one goes on answering. The rows in ``text_vectors`` are the progress, so it
is resumed after a kill where it stopped; an embedder that fails half-way changes nothing.
"""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import numpy as np
import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk import repeats
from assistant.desk.repeats import RepeatGroup
from assistant.ground.audit import OPERATOR, happened
from assistant.ground.database import sha256
from assistant.ground.parts import Parts
from assistant.launch.launches import Launch
from assistant.library import charge
from assistant.library.entries import Entry as LibraryEntry
from assistant.library.indexing import shelf_name
from assistant.library.kinship import kinship_lost
from assistant.library.stocking import entry_of
from assistant.library.vectors import store, stored, words_of
from assistant.library.versions import EntryVersion
from knowledge.custody import IndexUnavailable
from knowledge.embedding import EmbeddingFailed, WeightsUnusable
from knowledge.entries import Entry
from knowledge.exact import ExactIndex

if TYPE_CHECKING:
    from knowledge.embedding import Embedder
    from knowledge.entries import Vector

PORTION = 128  # texts embedded and kept at once; what a kill may cost
A_ROUND = 2.0  # seconds after which a round of the worker goes on with its other jobs
TRY_AGAIN = timedelta(minutes=5)  # after the new embedder failed, or was found wanting
UNIT = 1e-3  # how far from length one a vector may be

log = structlog.get_logger()
Step = Callable[["Progress"], None]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the library's texts are in the words of the coming embedder."""

    done: int
    total: int

    @property
    def is_whole(self) -> bool:
        """Return whether nothing is left to embed."""
        return self.done >= self.total

    @property
    def share(self) -> float:
        """Return it as a share, 0 to 1."""
        return self.done / self.total if self.total else 1.0

    @property
    def words(self) -> str:
        """Return it for operators."""
        return f"{self.done:,} of {self.total:,} texts are embedded anew."


def progress(parts: Parts) -> Progress:
    """Return how far the coming embedder is; nothing to do without one."""
    if parts.coming is None:
        return Progress(0, 0)
    texts = _texts(parts)
    return Progress(len(texts) - len(_missing(parts, parts.coming.name, texts)), len(texts))


def go_on(parts: Parts) -> int:
    """Embed some more texts anew, a round of the worker long; return how many.

    When none is left the work is verified and the new embedder comes into charge. After a failure
    it is tried again some minutes later.
    """
    if parts.coming is None or (parts.coming_again and parts.clock.now() < parts.coming_again):
        return 0
    return _embed(parts, parts.coming, until=time.monotonic() + A_ROUND)


def finish(parts: Parts, step: Step = lambda progress: None) -> list[str]:
    """Embed everything that is left, verify it and swap; return what keeps it from that."""
    if parts.coming is not None:
        _embed(parts, parts.coming, until=None, step=step)
    return [] if parts.coming is None else [parts.coming_state]


def _embed(
    parts: Parts,
    coming: "Embedder",
    *,
    until: float | None,
    step: Step = lambda progress: None,
) -> int:
    texts = _texts(parts)
    missing = _missing(parts, coming.name, texts)
    total, begun = len(texts), len(missing)
    try:
        while missing:
            _tell(parts, Progress(total - len(missing), total), step)
            some, missing = missing[:PORTION], missing[PORTION:]
            _embed_some(parts, coming, some)
            if until is not None and time.monotonic() >= until and missing:
                break
    except (EmbeddingFailed, WeightsUnusable, ValueError) as failure:
        _put_off(parts, f"It failed: {failure}")
        return 0
    _tell(parts, Progress(total - len(missing), total), step)
    if not missing:
        _verify_and_swap(parts, coming)
    return begun - len(missing)


def _embed_some(parts: Parts, coming: "Embedder", texts: Sequence[str]) -> None:
    """Embed with no transaction open, then keep. Raises ValueError for unusable vectors."""
    vectors = np.asarray(coming.embed(texts), dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=1)
    if len(vectors) != len(texts) or not np.all(np.abs(lengths - 1) <= UNIT):
        raise ValueError(f"{coming.name} gave vectors that cannot be compared.")
    with parts.db.writing() as session:
        store(session, coming.name, dict(zip(map(sha256, texts), vectors, strict=True)))


def _verify_and_swap(parts: Parts, coming: "Embedder") -> None:
    if doubts := verified(parts, coming.name):
        _put_off(parts, f"It was not put in charge: {doubts[0]}")
        return
    with parts.db.writing() as session:
        now = charge.in_charge(session)
        if now is None or now.embedder != coming.name:
            now = _swapped(session, parts, now, coming.name)
    charge.follow(parts, now)


def _swapped(
    session: Session, parts: Parts, former: charge.InCharge | None, name: str
) -> charge.InCharge:
    at, before = parts.clock.now(), former.embedder if former else ""
    happened(session, "embedder.in-charge", at=at, by=OPERATOR, embedder=name, former=before)
    known = list(session.scalars(select(RepeatGroup.question)))
    repeats.carry_over(session, before, name, _vectors(session, name, known))
    return charge.put_in_charge(session, parts, name, at=at)


def verified(parts: Parts, name: str) -> list[str]:
    """Return what speaks against the vectors made under ``name``; empty when nothing does.

    Every text has one, all of the same dimensions; every way of every launch is found by itself
    in an exact scan and in a fresh Chroma collection; ways that lie next to their own entry's
    still do.
    """
    texts = _texts(parts)
    with parts.db.reading() as session:
        vectors = _vectors(session, name, texts)
        now = charge.in_charge(session)
        former = _vectors(session, now.embedder, texts) if now else {}
        libraries = {launch: _entries(session, launch) for launch in _launches(session)}
    if len(vectors) < len(texts):
        return [f"{len(texts) - len(vectors)} texts have no vector of the right dimensions."]
    for entries in libraries.values():
        if lost := kinship_lost(entries, former, vectors):
            return [lost]
    return _not_found(parts, name, libraries, vectors)


def _not_found(
    parts: Parts, name: str, libraries: dict[int, list[Entry]], vectors: "dict[str, Vector]"
) -> list[str]:
    """Return the ways that do not find themselves among the new vectors."""
    from knowledge.index import ChromaIndex

    folder = Path(mkdtemp(prefix="trial-", dir=parts.settings.data))
    try:
        fresh = ChromaIndex.open(folder, name)
        exact = ExactIndex()
        try:
            for launch, entries in libraries.items():
                for index in (exact, fresh):
                    index.rebuild(shelf_name(launch), entries, vectors)
                    if wrong := index.prove(shelf_name(launch), entries, vectors):
                        return wrong
        finally:
            fresh.close(trusted=False)
    except IndexUnavailable as broken:
        log.warning("verified without Chroma", why=str(broken))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return []


def _tell(parts: Parts, so_far: Progress, step: Step) -> None:
    parts.coming_state = so_far.words
    step(so_far)


def _put_off(parts: Parts, why: str) -> None:
    log.warning("embedding anew put off", why=why)
    parts.coming_state, parts.coming_again = why, parts.clock.now() + TRY_AGAIN


def _texts(parts: Parts) -> list[str]:
    """Return what may have to be found, now or once its window opens, and what was asked often.

    Each text once.
    """
    with parts.db.reading() as session:
        entries = [one for launch in _launches(session) for one in _entries(session, launch)]
        asked = session.scalars(select(RepeatGroup.question))
        return list(dict.fromkeys([*words_of(entries), *asked]))


def _launches(session: Session) -> list[int]:
    return list(session.scalars(select(Launch.id).order_by(Launch.id)))


def _entries(session: Session, launch_id: int) -> list[Entry]:
    """Return what is approved and neither superseded nor retired, whatever its window."""
    query = (
        select(EntryVersion)
        .join(EntryVersion.entry)
        .where(
            LibraryEntry.launch_id == launch_id,
            LibraryEntry.retired_at.is_(None),
            EntryVersion.approved_at.is_not(None),
            EntryVersion.superseded_at.is_(None),
            EntryVersion.recalled_at.is_(None),
        )
        .order_by(LibraryEntry.key)
    )
    return [entry_of(version) for version in session.scalars(query)]


def _missing(parts: Parts, name: str, texts: Sequence[str]) -> list[str]:
    with parts.db.reading() as session:
        there = stored(session, name, [sha256(text) for text in texts])
    return [text for text in texts if sha256(text) not in there]


def _vectors(session: Session, name: str, texts: Sequence[str]) -> "dict[str, Vector]":
    there = stored(session, name, [sha256(text) for text in texts])
    return {text: there[sha256(text)] for text in texts if sha256(text) in there}
