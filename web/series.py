"""A series over time as the places of its shapes, with what is normal as a line across."""

from collections.abc import Sequence
from typing import Any

from assistant.ground.amounts import amount, ceiling

WIDTH, HEIGHT = 320, 96  # of the plot, in SVG units
LEAST_TOP = 1.0


def series_chart(
    values: Sequence[float | None],
    normal: float | None = None,
    marks: Sequence[int] = (),
    unit: str = "",
) -> dict[str, Any] | None:
    """Return the lines of a series with gaps where nothing was measured; nothing without values.

    ``marks`` are the places of values that stand out; ``unit`` is that of the axis.
    """
    known = [value for value in values if value is not None]
    if not known:
        return None
    low = min(0.0, *known)
    top = ceiling(max(LEAST_TOP, *known, normal or 0.0), unit)

    def place(number: int, value: float) -> tuple[float, float]:
        return _x(number, len(values)), _y(value, low, top)

    return {
        "width": WIDTH,
        "height": HEIGHT,
        "lines": [
            " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in run))
            for run in _runs(values)
        ],
        "dots": [
            {"x": f"{x:.1f}", "y": f"{y:.1f}"}
            for number in marks
            if (value := values[number]) is not None
            for x, y in [place(number, value)]
        ],
        "normal_y": None if normal is None else f"{_y(normal, low, top):.1f}",
        "top": amount(top, unit),
        "low": amount(low, unit) if low else "0",
    }


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Return the unbroken stretches; one value alone is drawn as a short dash."""
    runs: list[list[tuple[int, float]]] = [[]]
    for number, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((number, value))
    return [run if len(run) > 1 else [run[0], run[0]] for run in runs if run]


def _x(number: int, count: int) -> float:
    return WIDTH * number / max(1, count - 1)


def _y(value: float, low: float, top: float) -> float:
    return HEIGHT * (1 - (value - low) / (top - low))
