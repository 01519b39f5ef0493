"""Numbers as people read them: thousands apart, no more digits than say something, with a unit.

Everything that shows a measured number to a person comes here, so that no two pages say the same
figure in two ways and none says ``5.53e+03``.
"""

from decimal import Decimal

SPACE = "\N{NO-BREAK SPACE}"
NOTHING = "–"  # where nothing was measured
HOUR, DAY = 60.0, 1_440.0  # minutes
LEAST = 0.001  # what is less is only said to be
DAYS_FROM = 2 * DAY  # from here on a wait is told in days


def number(value: float | None) -> str:
    """Return a number with thousands apart: whole from 100 on, ``5.9`` below, ``0.013`` below 1."""
    if value is None:
        return NOTHING
    size = abs(value)
    if size >= 100 or value == round(value):
        return f"{round(value):,}"
    if size >= 1:
        return f"{value:,.1f}".removesuffix(".0")
    if size < LEAST:
        return f"<{LEAST:g}" if value > 0 else f">-{LEAST:g}"
    # Two digits that count, written out: "%g" alone falls into 1e-05.
    return f"{Decimal(f'{value:.2g}'):f}".rstrip("0").rstrip(".")


def percent(value: float | None) -> str:
    """Return a figure that is in per cent already: ``1.4 %``, ``86 %``."""
    if value is None:
        return NOTHING
    return f"{number(value if abs(value) < 10 else round(value))}{SPACE}%"


def minutes(value: float | None) -> str:
    """Return a wait given in minutes: ``6.6 min``, ``2 h 05``, ``7.5 days``."""
    if value is None:
        return NOTHING
    if value < 10:
        return f"{number(value)} min"
    if round(value) < HOUR:
        return f"{round(value)} min"
    if value < DAYS_FROM:
        return f"{round(value) // 60} h {round(value) % 60:02d}".removesuffix(" 00")
    return f"{number(value / DAY)} days"


def hours(value: float | None) -> str:
    """Return a wait given in hours: ``40 min``, ``6.3 h``, ``8 days``."""
    if value is None:
        return NOTHING
    if 0 < value < 1:
        return minutes(value * HOUR)
    return (
        f"{number(value)} h" if value * HOUR < DAYS_FROM else f"{number(value * HOUR / DAY)} days"
    )


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its word: ``1 person``, ``2,041 people``; ``many``, else ``one`` + s."""
    word = one if count == 1 else many or f"{one}s"
    return f"{count:,} {word}"


SAID = {"%": percent, "min": minutes, "h": hours}
STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)  # of an axis, times a power of ten
ENDINGS = {"_percent": "%", "_minutes": "min", "_hours": "h"}  # of a metric's name


def amount(value: float | None, unit: str = "") -> str:
    """Return a figure with its unit where it is a share or a wait; of things counted the number."""
    return SAID[unit](value) if unit in SAID else number(value)


def metric_name(metric: str) -> str:
    """Return a metric's name as people say it, where it has no title of its own.

    ``failed_payments_percent`` is ``Failed payments (%)``.
    """
    name = metric.removesuffix("_percent")
    return f"{name.replace('_', ' ').capitalize()}{' (%)' if name != metric else ''}"


def of_metric(metric: str, value: float | None) -> str:
    """Return a metric's figure; its name says in what it is measured."""
    units = (unit for ending, unit in ENDINGS.items() if metric.endswith(ending))
    return amount(value, next(units, ""))


def ceiling(value: float, unit: str = "") -> float:
    """Return the round number at or a little above ``value``, where an axis ends.

    An axis of waits ends at round hours or days, as they are told.
    """
    if value <= 0:
        return 1.0
    minutes_in = {"min": 1.0, "h": HOUR}.get(unit, 0.0)
    if minutes_in and (told := _told_in(value * minutes_in)) > minutes_in:
        return ceiling(value * minutes_in / told) * told / minutes_in
    power = 10.0 ** Decimal(value).adjusted()
    return next(step * power for step in STEPS if step * power >= value * (1 - 1e-9))


def _told_in(wait: float) -> float:
    """Return how many minutes the unit has in which a wait of so many minutes is told."""
    return DAY if wait >= DAYS_FROM else HOUR if wait >= HOUR else 1.0
