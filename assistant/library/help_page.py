"""The help page: the answers that everybody may get at this moment, found in customers' own words.

It reads through the same gate as the assistant, so what is retired or has expired is gone at once.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk.conversations import EVERYONE
from assistant.desk.feedback import Source, give
from assistant.ground.database import sha256
from assistant.ground.errors import NotFound
from assistant.ground.parts import Parts
from assistant.launch.launches import Launch, by_key
from assistant.launch.scenarios import Category
from assistant.library import gate, stocking
from assistant.library.entries import Entry
from assistant.library.liveness import live
from assistant.library.versions import EntryVersion
from knowledge.normalise import fingerprint

LONGEST = 200  # characters of a search
NEAR = 0.45  # cosine; on the demo library a question's own answers lie above, chance ones below


def published(session: Session, key: str) -> Launch:
    """Return a launch that the public may read about.

    Raises:
        NotFound: when there is none, or it is still in preparation: the two look alike.
    """
    launch = by_key(session, key)
    if launch.phase == "preparing":
        raise NotFound(f"There is no launch “{key}”.", what_to_do="Check the address.")
    return launch


def shown(session: Session, launch_id: int, *, at: datetime) -> list[EntryVersion]:
    """Return what the help page lists at ``at``: live, for everybody, unaltered; by key."""
    return [
        version
        for version in live(session, launch_id, at=at)
        if version.audience == EVERYONE and version.sha256 == sha256(version.text)
    ]


def this_entry(session: Session, launch: Launch, key: str, *, at: datetime) -> EntryVersion:
    """Return the version that customers get under ``key`` at ``at``.

    Raises:
        NotFound: when there is none, or none that may be shown now.
    """
    versions = [one for one in live(session, launch.id, at=at) if one.entry.key == key]
    passed = versions and gate.passed(
        session, versions[0].id, launch_id=launch.id, audience=EVERYONE, at=at
    )
    if not passed:
        raise NotFound(f"There is no answer “{key}”.", what_to_do="Look for it on the help page.")
    return passed


def found(parts: Parts, key: str, words: str, *, at: datetime) -> list[str]:
    """Return the keys of a launch's entries that ``words`` look for, the nearest first.

    By meaning as the assistant finds them, then those that hold every word as it was typed.
    No transaction is open while the words are embedded. Raises NotFound without such a launch.
    """
    with parts.db.reading() as session:
        launch_id = by_key(session, key).id
    stock = stocking.stock_of(parts, launch_id, at=at)
    vector = stocking.vector_of(parts, stock, stock.shelf.repaired(words))
    matches = stock.shelf.find(words, vector).matches
    by_meaning = [match.entry for match in matches if vector is not None and match.cosine >= NEAR]
    by_words = [one.id for one in stock.entries if holds((*one.ways(), one.text), words)]
    return list(dict.fromkeys([*by_meaning, *by_words]))


def holds(texts: Sequence[str], words: str) -> bool:
    """Return whether each of ``words`` begins a word of ``texts``; no words are held by nothing."""
    wanted = fingerprint(words).split()
    there = {word for text in texts for word in fingerprint(text).split()}
    return bool(wanted) and all(any(one.startswith(start) for one in there) for start in wanted)


def category_of(version: EntryVersion) -> Category | None:
    """Return which part of a customer's life it touches; nothing for an entry by itself."""
    scenario = version.entry.scenario
    return Category(scenario.category) if scenario else None


def close_to(parts: Parts, version: EntryVersion, *, at: datetime) -> list[str]:
    """Return the keys of entries that a reader of ``version`` may have meant, the nearest first.

    Nothing in lexical mode, where nearness says little.
    """
    stock = stocking.stock_of(parts, version.entry.launch_id, at=at)
    vector = stock.vectors.get(version.question)
    if vector is None:
        return []
    matches = stock.shelf.find(version.question, vector).matches
    return [m.entry for m in matches if m.cosine >= NEAR and m.entry != version.entry.key]


def judge(
    session: Session, launch: Launch, key: str, number: int, *, helpful: bool, at: datetime
) -> None:
    """Keep whether a reader was helped, as feedback on exactly the version that was read.

    Raises:
        NotFound: when the launch has no such version that was ever approved for everybody.
    """
    query = (
        select(EntryVersion)
        .join(EntryVersion.entry)
        .where(Entry.launch_id == launch.id, Entry.key == key, EntryVersion.number == number)
        .where(EntryVersion.approved_at.is_not(None), EntryVersion.audience == EVERYONE)
    )
    version = session.scalar(query)
    if version is None:
        raise NotFound(f"There is no answer “{key}”.", what_to_do="Look for it on the help page.")
    give(
        session,
        user=f"reader-{secrets.token_urlsafe(9)}",
        text="",
        source=Source.WIDGET,
        given_at=at,
        at=at,
        launch_id=launch.id,
        entry_version_id=version.id,
        helpful=helpful,
    )
