"""Turns a template and its context into a page.

The environment escapes everything, refuses a context that lacks a name, and offers a handful
of filters. Filters never read a clock: a template passes its own ``now`` to them.
Each template says in its first comment which names and shapes it expects.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from assistant.ground.amounts import plural

STATIC = Path(__file__).parent / "static"
STATIC_PATH = "/static"
MINUTE, HOUR, DAY, WEEK = 60, 3_600, 86_400, 604_800  # seconds


@cache
def environment() -> Environment:
    """The one Jinja environment of the pages: autoescape on, a missing name is an error."""
    # Jinja's own default is autoescape off, so it is said here and asserted in the tests.
    env = Environment(
        loader=PackageLoader("web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for each in (when, day, iso, ago, left, plural, percent, polyline, bars, initials):
        env.filters[each.__name__] = each
    env.globals["static"] = static_address
    return env


def compile_all() -> None:
    """Compile every template, which otherwise the first page of each kind waits for."""
    env = environment()
    for name in env.list_templates(extensions=["html", "xml"]):
        env.get_template(name)


def page(template: str, context: dict[str, object]) -> str:
    """The finished HTML of `template`, for example ``desk/queue.html``."""
    return environment().get_template(template).render(context)


@cache
def static_address(name: str) -> str:
    """The address of a file in ``web/static``, with a fingerprint of its content.

    The fingerprint lets browsers keep the file for ever and still see every change at once.
    """
    mark = sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"{STATIC_PATH}/{name}?v={mark}"


def when(at: datetime, zone: str) -> str:
    """An instant as people in `zone` read it: ``16 Nov 2026, 09:00 CET``."""
    local = _aware(at).astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %Y, %H:%M %Z}"


def day(at: datetime, zone: str) -> str:
    """The calendar day of an instant in `zone`: ``16 Nov 2026``."""
    local = _aware(at).astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %Y}"


def iso(at: datetime) -> str:
    """An instant for machines, in UTC with whole seconds: ``2026-11-16T08:00:00Z``."""
    return _aware(at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ago(at: datetime, now: datetime) -> str:
    """How long `at` is past (``4 min ago``) or ahead (``in 4 min``), in one unit, rounded down.

    Older than a week becomes the date in UTC, because "23 d ago" helps nobody.
    """
    seconds = (_aware(now) - _aware(at)).total_seconds()
    if abs(seconds) < MINUTE:
        return "just now" if seconds >= 0 else "in a moment"
    if seconds >= WEEK:
        return day(at, "UTC")
    return f"{_span(seconds)} ago" if seconds > 0 else f"in {_span(-seconds)}"


def left(due: datetime, now: datetime) -> str:
    """What a promise clock shows: ``12 min left``, ``2 h 05 left`` or ``8 min over``."""
    seconds = (_aware(due) - _aware(now)).total_seconds()
    return f"{_countdown(seconds)} left" if seconds >= 0 else f"{_countdown(-seconds)} over"


def percent(share: float, digits: int = 0) -> str:
    """A share between 0 and 1 in per cent: ``0.874`` is ``87 %`` (no-break space between)."""
    return f"{share * 100:.{digits}f}\u00a0%"


def initials(name: str) -> str:
    """One or two letters that stand for a person: ``Lena Ortiz`` is ``LO``."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def polyline(values: Sequence[float], width: float, height: float) -> str:
    """The ``points`` of an SVG polyline through `values`, left to right, zero at the bottom."""
    top = max([*values, 1])
    step = width / max(len(values) - 1, 1)
    return " ".join(
        f"{index * step:.1f},{height - value / top * height:.1f}"
        for index, value in enumerate(values)
    )


def bars(
    values: Sequence[float], width: float, height: float, filled: float = 0.75
) -> list[dict[str, str]]:
    """One SVG rectangle per value: x, y, width and height as text; `filled` is 0..1 of a slot."""
    top = max([*values, 1])
    slot = width / max(len(values), 1)
    return [
        _bar(index * slot, slot * filled, value / top * height, height)
        for index, value in enumerate(values)
    ]


def _bar(x: float, width: float, tall: float, height: float) -> dict[str, str]:
    # A count of zero keeps a hairline, so that a quiet day is seen as a day and not as a gap.
    shown = max(tall, 1)
    return {
        "x": f"{x:.1f}",
        "y": f"{height - shown:.1f}",
        "width": f"{width:.1f}",
        "height": f"{shown:.1f}",
    }


def _span(seconds: float) -> str:
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min"
    if seconds < DAY:
        return f"{int(seconds // HOUR)} h"
    return plural(int(seconds // DAY), "day")


def _countdown(seconds: float) -> str:
    if seconds < MINUTE:
        return "under 1 min"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min"
    if seconds < DAY:
        return f"{int(seconds // HOUR)} h {int(seconds % HOUR // MINUTE):02d}"
    return f"{int(seconds // DAY)} d {int(seconds % DAY // HOUR)} h"


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("A time without a zone reached a page. Pass aware UTC datetimes.")
    return at
