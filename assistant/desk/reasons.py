"""Why something is due when it is due: one sentence, and the steps that lead there."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from assistant.desk import pauses
from assistant.desk.pauses import Pause
from assistant.desk.policies import in_hours, in_words
from assistant.desk.promises import PAUSES, Promise
from assistant.launch.coverage import AROUND_THE_CLOCK, Coverage, Span

MOST = 6  # gaps that are listed one by one; a promise over weeks skips many nights


def reasons(promise: Promise, *, coverage: Coverage, stood_still: Sequence[Pause]) -> list[str]:
    """Return the sentence behind a deadline and then its steps, in the calendar's zone."""
    zone = ZoneInfo(coverage.zone)
    stood = [pause for pause in stood_still if _touches(pause, promise)]
    is_older = _is_older(promise, coverage, stood)
    skipped = [] if is_older else _skipped(promise, coverage, stood)
    steps = [
        promise.because,
        f"The clock began at {_at(promise.made_at, zone)}.",
        *_nights(skipped, coverage, zone),
        *(_pause(pause, zone) for pause in stood),
        *(_move(move, zone) for move in promise.moves or []),
    ]
    if promise.state(promise.kept_at or promise.made_at) == "late":
        steps.append("It was kept, but too late.")
    if is_older and promise.paused_at is None:
        return [_as_promised(promise, zone), *steps]
    return [_sentence(promise, coverage, skipped, stood), *steps]


def _sentence(
    promise: Promise,
    coverage: Coverage,
    skipped: Sequence[Span],
    stood: Sequence[Pause],
) -> str:
    zone = ZoneInfo(coverage.zone)
    if promise.paused_at is not None:
        left = _length(_left(promise, coverage))
        return f"Its clock stands still with {left} on it, until the customer writes."
    if promise.is_by_a_person:
        return f"Due at {_at(promise.due_at, zone)}, because a person promised it for then."
    is_covered = promise.follows_calendar and bool(skipped)
    time = in_hours(promise.allowed) if is_covered else in_words(promise.allowed)
    kind = "of coverage time" if is_covered else "of time"
    left_out = []
    if skipped:
        hours = sum((span.length for span in skipped), timedelta())
        left_out.append(f"{_length(hours)} outside coverage")
    if stood:
        left_out.append("the waiting for the customer")
    without = f", not counting {' and '.join(left_out)}" if left_out else ""
    return f"Due at {_at(promise.due_at, zone)}: {time} {kind} from the beginning{without}."


def _is_older(promise: Promise, coverage: Coverage, stood: Sequence[Pause]) -> bool:
    """Return whether it was reckoned by hours that changed since; it kept its deadline then."""
    if promise.allowed_seconds is None or promise.is_by_a_person or not promise.is_open:
        return False
    counts = coverage if promise.follows_calendar else AROUND_THE_CLOCK
    return pauses.runs_out(promise.made_at, promise.allowed, counts, stood) > promise.due_at


def _as_promised(promise: Promise, zone: ZoneInfo) -> str:
    return (
        f"Due at {_at(promise.due_at, zone)}, as it was promised: "
        "the hours changed since, and no change of hours moves a deadline further away."
    )


def _touches(pause: Pause, promise: Promise) -> bool:
    ended = pause.ended_at
    if promise.kind not in PAUSES or promise.is_by_a_person or promise.due_at <= pause.began_at:
        return False
    return ended is None or (ended > promise.made_at and ended > pause.began_at)


def _skipped(promise: Promise, coverage: Coverage, stood: Sequence[Pause]) -> list[Span]:
    """Return the gaps in the coverage during which the clock would have run."""
    if not promise.follows_calendar or coverage.is_around_the_clock:
        return []
    found: list[Span] = []
    began = promise.made_at
    for pause in stood:
        found += coverage.gaps(began, max(began, pause.began_at))
        began = max(began, pause.ended_at or promise.due_at)
    return found + coverage.gaps(began, promise.due_at) if began < promise.due_at else found


def _nights(skipped: Sequence[Span], coverage: Coverage, zone: ZoneInfo) -> Iterator[str]:
    for span in skipped[:MOST]:
        names = ", ".join(dict.fromkeys(_holidays(span, coverage, zone)))
        between = f"from {_at(span.start, zone)} to {_at(span.end, zone)}"
        length = _length(span.length)
        why = f" ({names})" if names else ""
        yield f"Outside coverage {between}{why}: {length} not counted."
    if len(skipped) > MOST:
        rest = sum((span.length for span in skipped[MOST:]), timedelta())
        yield (
            f"And {len(skipped) - MOST} more times outside coverage: {_length(rest)} not counted."
        )


def _holidays(span: Span, coverage: Coverage, zone: ZoneInfo) -> Iterator[str]:
    day, last = span.start.astimezone(zone).date(), (span.end - timedelta.resolution)
    while day <= last.astimezone(zone).date():
        if name := coverage.holidays.get(day):
            yield name
        day += timedelta(days=1)


def _pause(pause: Pause, zone: ZoneInfo) -> str:
    if pause.ended_at is None:
        return f"It stands still since {_at(pause.began_at, zone)}: the customer is to write."
    length = _length(pause.ended_at - pause.began_at)
    return (
        f"Waited for the customer from {_at(pause.began_at, zone)} to "
        f"{_at(pause.ended_at, zone)}: {length} not counted."
    )


def _move(move: dict[str, str], zone: ZoneInfo) -> str:
    at, due = (datetime.fromisoformat(move[name]) for name in ("at", "due"))
    return f"{move['why']} That was at {_at(at, zone)}; until then it was due at {_at(due, zone)}."


def _left(promise: Promise, coverage: Coverage) -> timedelta:
    """Return how much time is left on a clock that stands still."""
    counts = coverage if promise.follows_calendar else AROUND_THE_CLOCK
    return counts.worked(promise.paused_at or promise.due_at, promise.due_at)


def _length(time: timedelta) -> str:
    """Return a length in hours and minutes, which mean the same on every calendar."""
    hours, minutes = divmod(round(time / timedelta(minutes=1)), 60)
    said = [in_words(timedelta(minutes=minutes))] if minutes or not hours else []
    return " and ".join([in_hours(timedelta(hours=hours))] * bool(hours) + said)


def _at(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M %Z}"
