"""The metrics of a day as a report shows them: against normal times and against the day before."""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy.orm import Session

from assistant.ground.amounts import of_metric
from assistant.launch.launches import Launch
from assistant.reports import days, metrics
from assistant.reports.metrics import METRICS, Kept
from assistant.reports.papers import Chart, Number, Table
from assistant.reports.steps import title_of

CHARTED = 14  # days in a chart
Days = Mapping[date, Mapping[str, Kept]]


def days_to(session: Session, launch: Launch, day: date) -> Days:
    """Return the kept metrics of each day of the launch up to and with ``day``, in one query."""
    return days.kept(session, launch.id, first=days.first_day(launch), last=day)


def baselines(launch: Launch) -> dict[str, float]:
    """Return what each metric came to before the launch, as far as it is known."""
    known = ((str(each.get("metric")), each.get("value")) for each in launch.baselines)
    return {metric: float(value) for metric, value in known if value is not None}


def value_of(there: Days, day: date, metric: str) -> float | None:
    """Return a metric's figure of a day; nothing where nothing was measured."""
    return metrics.value(there.get(day, {}).get(metric))


def shown(metric: str, value: float | None) -> str:
    """Return a figure as people read it, with its unit where it is none of things counted."""
    return of_metric(metric, value)


def number_of(launch: Launch, there: Days, day: date, metric: str) -> Number:
    """Return a metric of a day as a figure that leads to its rows."""
    value, before = (value_of(there, each, metric) for each in (day, day - timedelta(days=1)))
    normal = baselines(launch).get(metric)
    beside = [f"{shown(metric, before)} the day before"] if before is not None else []
    beside += [f"normal {shown(metric, normal)}"] if normal is not None else []
    return Number(
        metric, title_of(metric), value, shown(metric, value), ", ".join(beside),
        href_of(launch, metric, day),
    )  # fmt: skip


def href_of(launch: Launch, metric: str, day: date) -> str:
    """Return where the rows are that a metric of a day was computed from."""
    return f"/launches/{launch.key}/figures/{metric}/{day.isoformat()}"


def compared(launch: Launch, there: Days, day: date) -> Table:
    """Return every metric of a day beside the day before and normal times."""
    normal, names = baselines(launch), days.metrics_of(launch)
    before = day - timedelta(days=1)
    return Table(
        ("figure", "this day", "the day before", "normal"),
        tuple(
            (
                title_of(name),
                shown(name, value_of(there, day, name)),
                shown(name, value_of(there, before, name)),
                shown(name, normal.get(name)),
            )
            for name in names
        ),
        tuple(href_of(launch, name, day) for name in names),
    )


def chart(launch: Launch, there: Days, day: date, metric: str, *, length: int = CHARTED) -> Chart:
    """Return the ``length`` days of a metric that end with ``day``, none before the first."""
    first = days.first_day(launch)
    wanted = [day - timedelta(days=back) for back in range(length - 1, -1, -1)]
    points = tuple(
        (f"{each.day} {each:%b}", value_of(there, each, metric)) for each in wanted if each >= first
    )
    unit = METRICS[metric].unit if metric in METRICS else ""
    return Chart(title_of(metric), unit, points, baselines(launch).get(metric))
