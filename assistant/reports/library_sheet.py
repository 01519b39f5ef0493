"""The library as a table: the columns that an import reads, and what people decided beside them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from assistant.ground.cells import kept_apart
from assistant.launch.launches import Launch
from assistant.library.belonging import belonging
from assistant.library.entry_rows import COLUMNS, FACTS
from assistant.library.exporting import written
from assistant.library.versions import EntryVersion
from assistant.reports.sheets import Cell, Sheet


def sheet_of(session: Session, launch: Launch, versions: Iterable[EntryVersion]) -> Sheet:
    """Return one row per version."""
    return Sheet(
        title=f"Library of {launch.name}",
        text="One row per version. Import it, and what is unchanged stays as it is.",
        figures=(),
        header=(*COLUMNS, *FACTS),
        rows=tuple(_row(session, version) for version in versions),
    )


def example() -> Sheet:
    """Return the table that an import expects, with one row of each kind."""
    faq = {
        "key": "export-my-data",
        "kind": "faq",
        "question": "How do I export my data?",
        "phrasings": "download all my orders\nexport my order history",
        "answer": "Open Settings and choose Export.",
    }
    response = {
        "key": "price-differs",
        "kind": "response",
        "question": "Why is my price different?",
        "phrasings": "my bill went up\nwhy do I pay more",
        "not_for": "I was charged twice",
        "verdict": "expected",
        "why_now": "The new prices apply from your first renewal.",
        "what_to_do": "You need to do nothing.",
        "next_update": "2026-11-23T09:00:00Z",
    }
    rows = tuple(tuple(row.get(name, "") for name in COLUMNS) for row in (faq, response))
    return Sheet("Example", "", (), tuple(COLUMNS), rows)


def _row(session: Session, version: EntryVersion) -> tuple[Cell, ...]:
    said = written(version) | belonging(session, version.entry)
    facts: tuple[Cell, ...] = (
        version.number,
        version.state,
        version.author.name if version.author else "",
        version.approved_by.name if version.approved_by else "",
        _time(version.approved_at),
        version.sha256 if version.approved_at else "",
    )
    return (*(_cell(said.get(name)) for name in COLUMNS), *facts)


def _cell(value: object) -> Cell:
    if isinstance(value, list):
        return kept_apart("\n".join(value))
    return "" if value is None else kept_apart(str(value))


def _time(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
