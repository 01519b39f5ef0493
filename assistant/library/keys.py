"""Keys of entries: short words in addresses and packs, unique within a launch."""

import re
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from knowledge.normalise import fingerprint

LONGEST = 60  # characters
RESERVED = frozenset({"new", "submission"})  # words that addresses use in place of a key


def free_key(session: Session, launch_id: int, question: str) -> str:
    """Return a key for a new entry from its question: ``why-is-my-price-different``, unique."""
    taken = keys_of(session, launch_id) | RESERVED
    key = slug(question)
    numbered = (f"{key}-{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (key, *numbered) if each not in taken)


def keys_of(session: Session, launch_id: int) -> set[str]:
    """Return the key of every entry of the launch, drafts and retired ones too."""
    return set(session.scalars(select(Entry.key).where(Entry.launch_id == launch_id)))


def keys_by_title(session: Session, launch_id: int) -> dict[str, str]:
    """Return the key of every entry by the fingerprint of its titles; none that two have."""
    query = select(EntryVersion.question, Entry.key).join(EntryVersion.entry)
    found: dict[str, set[str]] = {}
    for title, key in session.execute(query.where(Entry.launch_id == launch_id).distinct()):
        found.setdefault(fingerprint(title), set()).add(key)
    return {title: keys.pop() for title, keys in found.items() if title and len(keys) == 1}


def slug(words: str) -> str:
    """Return ``words`` as a key: small letters, digits and single hyphens; never empty."""
    apart = unicodedata.normalize("NFKD", words.casefold().replace("’", "").replace("'", ""))
    plain = re.sub(r"[^a-z0-9]+", "-", "".join(c for c in apart if not unicodedata.combining(c)))
    return plain.strip("-")[:LONGEST].rstrip("-") or "entry"
