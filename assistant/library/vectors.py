"""Stored embeddings. The database is the truth; every index can be thrown away and rebuilt."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import LargeBinary, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.ground.database import Base, Database, sha256
from knowledge.embedding import EmbeddingFailed

if TYPE_CHECKING:
    from knowledge.embedding import Embedder
    from knowledge.entries import Vector

AT_ONCE = 500  # hashes in one IN (…); SQLite allows 32,766 parameters, PostgreSQL 65,535


class TextVector(Base):
    """The embedding of one text by one embedder. Never changed: another embedder, another row."""

    __tablename__ = "text_vectors"

    text_sha256: Mapped[str] = mapped_column(primary_key=True)
    embedder: Mapped[str] = mapped_column(primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


def vectors_of(
    db: Database, embedder: "Embedder | None", texts: Iterable[str]
) -> "dict[str, Vector]":
    """Return each text's unit vector; new ones are embedded with no transaction open and kept.

    Without an embedder the result is empty, which means lexical mode. While the embedder fails,
    texts that are new have no vector and are found by their words.
    """
    if embedder is None:
        return {}
    wanted = {sha256(text): text for text in texts}
    with db.reading() as session:
        known = _stored(session, embedder.name, list(wanted))
    if new := [digest for digest in wanted if digest not in known]:
        fresh = _embedded(embedder, [wanted[digest] for digest in new])
        known |= dict(zip(new, fresh, strict=False))
        with db.writing() as session:
            _store(session, embedder.name, dict(zip(new, fresh, strict=False)))
    return {wanted[digest]: vector for digest, vector in known.items()}


def _embedded(embedder: "Embedder", texts: Sequence[str]) -> "Sequence[Vector]":
    try:
        return list(embedder.embed(texts))
    except EmbeddingFailed:
        return ()


def _stored(session: Session, embedder: str, digests: Sequence[str]) -> "dict[str, Vector]":
    found: dict[str, Vector] = {}
    for start in range(0, len(digests), AT_ONCE):
        query = select(TextVector).where(
            TextVector.embedder == embedder,
            TextVector.text_sha256.in_(digests[start : start + AT_ONCE]),
        )
        for row in session.scalars(query):
            found[row.text_sha256] = np.frombuffer(row.vector, dtype=np.float32)
    return found


def _store(session: Session, embedder: str, fresh: "dict[str, Vector]") -> None:
    there = _stored(session, embedder, list(fresh))
    session.add_all(
        TextVector(
            text_sha256=digest,
            embedder=embedder,
            vector=np.asarray(vector, dtype=np.float32).tobytes(),
        )
        for digest, vector in fresh.items()
        if digest not in there
    )
