"""Signals come in: rows from a program or a file, read with every problem named, kept once.

All rows of one sending are kept or none. The same value again is fine, another value for the same
metric, instant and source is a conflict that shows both.
"""

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from assistant.ground.audit import happened
from assistant.ground.database import put_unless_there
from assistant.ground.errors import Declined, Refused
from assistant.ground.people import Person
from assistant.launch.launches import Launch
from assistant.launch.signals import Signal

MOST = 10_000  # rows at once
MOST_PROBLEMS = 50  # that are named
LARGEST = 1e15
AHEAD = timedelta(minutes=5)  # that another clock may be ahead of ours
OLDEST = timedelta(days=3 * 366)  # before now: history for baselines, not the year 1
LATE = timedelta(days=1)  # older than this is news about a day that is measured already
NAME = re.compile(r"[a-z][a-z0-9_]{0,79}")
COLUMNS = ("metric", "at", "value", "source", "unit")
UNITS = {
    "percent": ("%", "percent"),
    "minutes": ("min", "minutes"),
    "hours": ("h", "hours"),
    "seconds": ("s", "seconds"),
    "ms": ("ms", "milliseconds"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One measured value, checked. ``at`` is in UTC."""

    metric: str
    at: datetime
    value: float
    source: str

    @property
    def key(self) -> tuple[str, datetime, str]:
        """Return what it is the value of."""
        return self.metric, self.at, self.source


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one row: its place from 0 on, the field, and the words."""

    row: int
    field: str
    words: str


@dataclass(frozen=True, slots=True)
class Kept:
    """How many rows were new, and how many were there already."""

    new: int
    same: int


class BadRows(Declined):
    """Some rows cannot be kept (422); nothing was."""

    status = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(
            f"Row {first.row}, {first.field}: {first.words}",
            what_to_do="Nothing was kept. Send all rows again once they are right.",
        )
        self.problems = problems


def read(raw: Sequence[Any], *, at: datetime) -> list[Row]:
    """Return rows of plain JSON or text, checked against the time ``at``.

    Raises:
        BadRows: naming each problem by the row's place from 0 on.
    """
    if not 0 < len(raw) <= MOST:
        raise BadRows([Problem(0, "rows", f"Send 1 to {MOST:,} rows at once, not {len(raw):,}.")])
    rows: list[Row] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, datetime, str], tuple[int, float]] = {}
    for place, each in enumerate(raw):
        found = _row(place, each, at)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        first, value = seen.setdefault(found.key, (place, found.value))
        if value != found.value:
            words = f"Row {first} says {value:g} for the same moment, this one {found.value:g}."
            problems.append(Problem(place, "value", words))
        elif first == place:
            rows.append(found)
    if problems:
        raise BadRows(problems[:MOST_PROBLEMS])
    return rows


def _row(place: int, each: Any, now: datetime) -> Row | Problem:
    if not isinstance(each, Mapping):
        return Problem(place, "row", "It is no object with metric, at, value and source.")
    if extra := sorted(str(name) for name in each if name not in COLUMNS):
        return Problem(place, extra[0][:80], "There is no such field.")
    metric, source = each.get("metric"), each.get("source", "")
    if not isinstance(metric, str) or not NAME.fullmatch(metric):
        return Problem(place, "metric", "Small letters, digits and _, as logins_per_day.")
    if not isinstance(source, str) or len(source) > 80 or "\0" in source:
        return Problem(place, "source", "A text of at most 80 characters.")
    at = _moment(each.get("at"))
    if at is None:
        return Problem(place, "at", "A time with its zone, as 2026-11-17T09:00:00Z.")
    if not now - OLDEST <= at <= now + AHEAD:
        return Problem(place, "at", f"{at:%Y-%m-%d %H:%M} UTC is in the future or years ago.")
    value = _number(each.get("value"))
    if value is None:
        return Problem(place, "value", "A number; no NaN, nothing infinite.")
    if metric.endswith("_percent") and not 0 <= value <= 100:
        return Problem(place, "value", f"{value:g} is no percentage from 0 to 100.")
    if not _fits(metric, each.get("unit")):
        return Problem(place, "unit", "It is not what the metric's name ends with.")
    return Row(metric, at, value, source.strip())


def _moment(given: Any) -> datetime | None:
    if not isinstance(given, str):
        return None
    try:
        at = datetime.fromisoformat(given.strip())
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _number(given: Any) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return None
    try:
        value = float(given)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) and abs(value) <= LARGEST else None


def _fits(metric: str, unit: Any) -> bool:
    if unit in (None, ""):
        return True
    known = UNITS.get(metric.rpartition("_")[2])
    return isinstance(unit, str) and len(unit) <= 40 and (known is None or unit.lower() in known)


def rows_of_csv(text: str) -> list[dict[str, str]]:
    """Return the rows of a file with a header of ``COLUMNS``; comma, semicolon or tab between.

    Raises:
        Refused: when it has no such header, or is no table.
    """
    lines = text.removeprefix("\ufeff").strip()
    mark = max(",;\t", key=lines.partition("\n")[0].count)
    try:
        reader = csv.DictReader(io.StringIO(lines), delimiter=mark, strict=True)
        header = [name.strip().lower() for name in reader.fieldnames or ()]
        if not {"metric", "at", "value"} <= set(header):
            raise Refused(
                "The first line names the columns.",
                what_to_do="It needs metric, at and value; source and unit if you like.",
            )
        reader.fieldnames = header
        found = []
        for row in reader:
            found.append({name: value or "" for name, value in row.items() if name})
            if len(found) > MOST:
                break
        return found
    except csv.Error as error:
        raise Refused("That is no table.", what_to_do=f"Look at line {reader.line_num}.") from error


def keep(
    session: Session,
    launch: Launch,
    rows: Sequence[Row],
    *,
    by: Person | str,
    at: datetime,
    corrects: bool = False,
) -> Kept:
    """Keep the rows that are new; with ``corrects``, also in the place of other values.

    Raises:
        Refused: when another value is kept for one of them; both are named, and nothing is kept.
    """
    before = _there(session, launch.id, rows)
    put_unless_there(
        session,
        Signal,
        [
            {
                "launch_id": launch.id,
                "metric": row.metric,
                "at": row.at,
                "value": row.value,
                "source": row.source,
                "received_at": at,
            }
            for row in rows
        ],
    )
    # Read again: somebody else may have kept another value this very moment.
    now = _there(session, launch.id, rows)
    if corrects:
        now |= _corrected(session, launch, [r for r in rows if now[r.key] != r.value], by, at)
    if clash := next((row for row in rows if now[row.key] != row.value), None):
        raise Refused(
            f"{clash.metric} at {clash.at:%Y-%m-%dT%H:%M:%SZ} from “{clash.source}” is kept as "
            f"{now[clash.key]:g}, and this says {clash.value:g}.",
            what_to_do="Nothing of this was kept. To correct it, send it as a correction.",
        )
    same = sum(row.key in before for row in rows)
    if len(rows) > same:
        kind = "signals.late" if min(row.at for row in rows) < at - LATE else "signals.kept"
        happened(session, kind, at=at, by=by, launch_id=launch.id, rows=len(rows) - same)
    return Kept(len(rows) - same, same)


def _corrected(
    session: Session, launch: Launch, rows: Sequence[Row], by: Person | str, at: datetime
) -> dict[tuple[str, datetime, str], float]:
    """Put these values in the place of those that are kept; what was there stays in the history."""
    if not rows:
        return {}
    there = session.scalars(select(Signal).where(*_among(launch.id, rows)))
    kept = {(each.metric, each.at, each.source): each for each in there}
    changes = []
    for row in rows:
        before = kept[row.key]
        changes.append([row.metric, row.at.isoformat(), row.source, before.value, row.value])
        before.value, before.received_at = row.value, at
    kind = "signals.corrected"
    happened(session, kind, at=at, by=by, launch_id=launch.id, changes=changes)
    return {row.key: row.value for row in rows}


def _there(
    session: Session, launch_id: int, rows: Sequence[Row]
) -> dict[tuple[str, datetime, str], float]:
    query = select(Signal.metric, Signal.at, Signal.source, Signal.value)
    found = session.execute(query.where(*_among(launch_id, rows)))
    return {(name, at, source): value for name, at, source, value in found}


def _among(launch_id: int, rows: Sequence[Row]) -> tuple[ColumnElement[bool], ...]:
    """Return the SQL conditions of what is kept of these metrics from the first row to the last."""
    return (
        Signal.launch_id == launch_id,
        Signal.metric.in_({row.metric for row in rows}),
        Signal.at >= min(row.at for row in rows),
        Signal.at <= max(row.at for row in rows),
    )
