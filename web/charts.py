"""Two charts of certainty, as the places of their shapes; the templates draw them."""

from collections.abc import Sequence
from typing import Any

from knowledge.guarantee import Bin, Step

WIDTH, HEIGHT = 320, 180  # of either chart's plot, in SVG units
LEAST_RISK = 0.01  # the curve's axis reaches at least this far up
MOST_ROWS = 12  # of the table behind the curve


def curve_chart(steps: Sequence[Step], wrong_rate: float) -> dict[str, Any] | None:
    """Return the curve of coverage against risk, with the accepted rate as a line across."""
    if not steps:
        return None
    top = max(LEAST_RISK, wrong_rate * 1.5, max(step.risk for step in steps)) * 1.08
    points = [(0.0, 0.0), *((step.coverage, step.risk) for step in steps)]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "points": " ".join(_point(x, y / top) for x, y in points),
        "rate_y": f"{HEIGHT * (1 - wrong_rate / top):.1f}",
        "top": top,
        "rows": list(_thinned(steps)),
    }


def reliability_chart(bins: Sequence[Bin]) -> dict[str, Any] | None:
    """Return how often it was right for each tenth of certainty, with its interval."""
    if not bins:
        return None
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "bars": [_bar(each) for each in bins],
        "rows": list(bins),
    }


def _bar(each: Bin) -> dict[str, str]:
    slot = (each.upper - each.lower) * WIDTH
    left = each.lower * WIDTH
    return {
        "x": f"{left + slot * 0.15:.1f}",
        "y": f"{HEIGHT * (1 - each.right):.1f}",
        "width": f"{slot * 0.7:.1f}",
        "height": f"{max(1.0, HEIGHT * each.right):.1f}",
        "middle": f"{left + slot / 2:.1f}",
        "most": f"{HEIGHT * (1 - each.at_most):.1f}",
        "least": f"{HEIGHT * (1 - each.at_least):.1f}",
    }


def _point(x: float, y: float) -> str:
    return f"{x * WIDTH:.1f},{HEIGHT * (1 - y):.1f}"


def _thinned(steps: Sequence[Step]) -> Sequence[Step]:
    """Return about a dozen of the steps, evenly, the last one always among them."""
    if len(steps) <= MOST_ROWS:
        return steps
    apart = (len(steps) - 1) / (MOST_ROWS - 1)
    return [steps[round(number * apart)] for number in range(MOST_ROWS)]
