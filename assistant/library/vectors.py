"""Stored embeddings. The database is the truth; every index can be thrown away and rebuilt."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import ColumnElement, LargeBinary, and_, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.ground.database import Base, Database, put_unless_there, sha256
from knowledge.embedding import EmbeddingFailed, WeightsUnusable

if TYPE_CHECKING:
    from knowledge.embedding import Embedder
    from knowledge.entries import Entry, Vector

AT_ONCE = 500  # hashes in one IN (…); SQLite allows 32,766 parameters, PostgreSQL 65,535


class TextVector(Base):
    """The embedding of one text by one embedder. Never changed: another embedder, another row."""

    __tablename__ = "text_vectors"

    text_sha256: Mapped[str] = mapped_column(primary_key=True)
    embedder: Mapped[str] = mapped_column(primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


def words_of(entries: "Iterable[Entry]") -> list[str]:
    """Return every text of the entries that needs a vector; some may come twice."""
    return [words for entry in entries for words in (*entry.ways(), *entry.not_for)]


def vectors_of(
    db: Database, embedder: "Embedder | None", texts: Iterable[str]
) -> "dict[str, Vector]":
    """Return each text's unit vector; new ones are embedded with no transaction open and kept.

    Without an embedder the result is empty, which means lexical mode. While the embedder fails,
    texts that are new have no vector and are found by their words; so are those whose vector has
    other dimensions than the rest, because such vectors are not one model's.
    """
    if embedder is None:
        return {}
    wanted = {sha256(text): text for text in texts}
    with db.reading() as session:
        known = stored(session, embedder.name, list(wanted))
    if new := [digest for digest in wanted if digest not in known]:
        fresh = _embedded(embedder, [wanted[digest] for digest in new], known)
        known |= dict(zip(new, fresh, strict=False))
        with db.writing() as session:
            store(session, embedder.name, dict(zip(new, fresh, strict=False)))
    return {wanted[digest]: vector for digest, vector in known.items()}


def _embedded(
    embedder: "Embedder", texts: Sequence[str], known: "Mapping[str, Vector]"
) -> "Sequence[Vector]":
    try:
        fresh = list(embedder.embed(texts))
    except (EmbeddingFailed, WeightsUnusable):
        return ()
    lengths = {len(vector) for vector in (*known.values(), *fresh)}
    return fresh if len(lengths) == 1 else ()


def stored(session: Session, embedder: str, digests: Sequence[str]) -> "dict[str, Vector]":
    """Return the vectors that this embedder has made of these texts, by hash."""
    found: dict[str, Vector] = {}
    for some in _portions(digests):
        # Rows, not objects: a large library has 80,000.
        query = select(TextVector.text_sha256, TextVector.vector).where(_made_of(embedder, some))
        for digest, vector in session.execute(query):
            if len(vector) % np.dtype(np.float32).itemsize == 0:
                found[digest] = np.frombuffer(vector, dtype=np.float32)
    return _of_one_length(found)


def _of_one_length(found: "dict[str, Vector]") -> "dict[str, Vector]":
    """Return the vectors with as many dimensions as most have."""
    lengths = Counter(len(vector) for vector in found.values())
    if len(lengths) < 2:
        return found
    usual = lengths.most_common(1)[0][0]
    return {digest: vector for digest, vector in found.items() if len(vector) == usual}


def store(session: Session, embedder: str, fresh: "Mapping[str, Vector]") -> None:
    """Keep the vectors of new texts, by hash; those that are there already stay as they are."""
    there = stored(session, embedder, list(fresh))
    new = [one for one in fresh if one not in there or len(there[one]) != len(fresh[one])]
    for some in _portions(new):  # rows that cannot be used, if there are any
        session.execute(delete(TextVector).where(_made_of(embedder, some)))
    rows = [
        {
            "text_sha256": digest,
            "embedder": embedder,
            "vector": np.asarray(fresh[digest], dtype=np.float32).tobytes(),
        }
        for digest in sorted(new)  # in one order, so that two who keep the same never deadlock
    ]
    put_unless_there(session, TextVector, rows)


def _portions(digests: Sequence[str]) -> Iterator[Sequence[str]]:
    return (digests[at : at + AT_ONCE] for at in range(0, len(digests), AT_ONCE))


def _made_of(embedder: str, digests: Sequence[str]) -> ColumnElement[bool]:
    return and_(TextVector.embedder == embedder, TextVector.text_sha256.in_(digests))
