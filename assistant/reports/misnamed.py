"""A metric's name that looks like one of ours and is none: nobody would ever measure it. Pure.

Other names are signals that somebody sends from outside, and may begin to come at any time.
"""

from difflib import get_close_matches

from assistant.reports.metrics import ALWAYS, METRICS

ALIKE = 0.8  # of difflib's ratio; names of signals in the demo and the tests stay under 0.77


def problem_of(metric: str) -> str:
    """Return what is wrong with a metric's name, and which names are meant; else nothing."""
    if not metric or metric in METRICS:
        return ""
    begun = [name for name in METRICS if name.startswith(metric)]
    close = begun or get_close_matches(metric, METRICS, n=3, cutoff=ALIKE)
    if not close:
        return ""
    meant = " or ".join(f"“{name}”" for name in close[:3])
    rest = ", ".join(ALWAYS)
    return f"Nobody measures “{metric}”. Write {meant}. Measured by itself are: {rest}."
