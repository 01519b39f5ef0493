"""Aims that compare with what was normal before: “baseline × 1.1” becomes a number. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

DIGITS = 6  # of a computed limit; more than any baseline is known to
WRITTEN = re.compile(r"baseline(?:\s*[×x*]\s*([0-9]{1,3}(?:\.[0-9]{1,4})?))?", re.IGNORECASE)
OF_BASELINE = "of_baseline"


def times(words: object) -> float | None:
    """Return the factor that ``baseline × 1.1`` names, 1 for ``baseline``; nothing for others."""
    found = WRITTEN.fullmatch(words.strip()) if isinstance(words, str) else None
    if found is None:
        return None
    return float(found[1]) if found[1] else 1.0


def settled(
    aims: Sequence[Mapping[str, Any]], baselines: Sequence[Mapping[str, Any]], field: str
) -> list[dict[str, Any]]:
    """Return ``aims`` with ``field`` computed where it is relative and its baseline is known.

    ``field`` is ``value`` of exit criteria and ``target`` of objectives. What has no baseline yet
    keeps what it had.
    """
    normal = {str(each["metric"]): float(each["value"]) for each in baselines}
    return [_settled(dict(aim), normal, field) for aim in aims]


def _settled(aim: dict[str, Any], normal: Mapping[str, float], field: str) -> dict[str, Any]:
    before = normal.get(str(aim.get("metric")))
    if aim.get(OF_BASELINE) is not None and before is not None:
        aim[field] = float(f"{before * aim[OF_BASELINE]:.{DIGITS}g}")
    return aim


def unsettled(aims: Sequence[Mapping[str, Any]], field: str) -> list[str]:
    """Return the metrics of relative aims that wait for their baseline, each once."""
    waiting = [
        str(aim["metric"])
        for aim in aims
        if aim.get(OF_BASELINE) is not None and not isinstance(aim.get(field), int | float)
    ]
    return list(dict.fromkeys(waiting))


def relative_words(aim: Mapping[str, Any]) -> str:
    """Return ``baseline × 1.1`` of an aim that is relative, else nothing."""
    found = aim.get(OF_BASELINE)
    if found is None:
        return ""
    return "baseline" if found == 1 else f"baseline × {found:g}"
