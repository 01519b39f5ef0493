"""A small chart of a figure's days, as the places of its shapes; the templates draw them."""

from collections.abc import Sequence
from typing import Any

from assistant.reports.stability import Held, Judged

WIDTH, HEIGHT, MARKS = 168, 44, 12  # in SVG units; MARKS below the bars
SHOWN = 14  # days, the newest
SHAPES = {  # how each day is told apart without its colour
    Held.HOLDS: "dot",
    Held.WORSE: "triangle",
    Held.TOO_LITTLE: "ring",
    Held.CLOSED: "dash",
}


def day_chart(
    days: Sequence[Judged], *, limit: float | None, baseline: float | None
) -> dict[str, Any] | None:
    """Return bars, marks and the lines of limit and baseline; nothing without days."""
    shown = days[-SHOWN:]
    if not shown:
        return None
    values = [_value(day) or 0.0 for day in shown]
    top = max(*values, limit or 0.0, baseline or 0.0, 1e-9) * 1.1
    slot = WIDTH / SHOWN
    return {
        "width": WIDTH,
        "height": HEIGHT + MARKS,
        "limit_y": None if limit is None else f"{_y(limit, top):.1f}",
        "baseline_y": None if baseline is None else f"{_y(baseline, top):.1f}",
        "days": [
            _day(number * slot, slot, value, top, day)
            for number, (value, day) in enumerate(zip(values, shown, strict=True))
        ],
    }


def _day(left: float, slot: float, value: float, top: float, day: Judged) -> dict[str, Any]:
    tall = HEIGHT * value / top
    middle, below = left + slot / 2, HEIGHT + MARKS / 2 + 1
    return {
        "x": f"{left + slot * 0.2:.1f}",
        "y": f"{HEIGHT - tall:.1f}",
        "width": f"{slot * 0.6:.1f}",
        "height": f"{tall:.1f}",
        "shape": SHAPES[day.held],
        "middle": f"{middle:.1f}",
        "below": f"{below:.1f}",
        "points": f"{middle:.1f},{below - 4:.1f} {middle - 4:.1f},{below + 3:.1f} "
        f"{middle + 4:.1f},{below + 3:.1f}",
        "left": f"{middle - 3:.1f}",
        "right": f"{middle + 3:.1f}",
    }


def _value(day: Judged) -> float | None:
    return day.seen.evidence.value if day.seen.evidence else None


def _y(value: float, top: float) -> float:
    return HEIGHT * (1 - value / top)
