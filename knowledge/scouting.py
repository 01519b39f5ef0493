"""A process that goes first, because files that are broken enough kill whoever opens them.

    python -m knowledge.scouting FOLDER

It prints what is wrong with the store in that folder, or nothing at all.
"""

import sys
from collections.abc import Collection as Some
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from knowledge import chroma, custody
from knowledge.proof import ITSELF

if TYPE_CHECKING:
    from knowledge.chroma import Collection

LOOKED_AT = 16  # ways of each portion that have to be found


def probe(folder: Path) -> str:
    """Reads everything in a sealed store. What is wrong with it, in words, or nothing at all;
    or the end of this process, which is what it is tried for.
    """
    with chroma.client_over(folder) as client:
        for shelf, known in custody.sealed_shelves(folder).items():
            collection = chroma.known_collection(client, known)
            is_whole = collection.count() == known["ways"]
            if not is_whole or not _is_readable(collection, set(known.get("lonely", ()))):
                return f"vectors of shelf {shelf} cannot be read"
    return ""


def _is_readable(collection: "Collection", lonely: Some[str]) -> bool:
    """Whether every vector is of unit length and the first ones of each portion are found."""
    for start in range(0, collection.count(), chroma.PORTION):
        page = collection.get(limit=chroma.PORTION, offset=start, include=["embeddings"])
        vectors = np.asarray(page["embeddings"], dtype=np.float32)
        if len(vectors) == 0 or not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3):
            return False
        found = [at for at, key in enumerate(page["ids"]) if key not in lonely][:LOOKED_AT]
        first = chroma.nearest(collection, vectors[found], 1) if found else []
        if any(near[0].cosine < ITSELF for near in first):
            return False
    return True


if __name__ == "__main__":
    print(probe(Path(sys.argv[-1])))
