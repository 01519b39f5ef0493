"""Figures and quotes side by side: how many said it, and what they said.

The report of a day looks at the seven days up to it. Beside what people said about an answer
stands whether it was rewritten since.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from assistant.desk.feedback import Category, Source
from assistant.ground.amounts import number, percent
from assistant.ground.masking import masked
from assistant.launch.launches import Launch
from assistant.reports import figures, voices
from assistant.reports.faq_updates import REASONS
from assistant.reports.papers import Section, Table
from assistant.reports.sheets import Cell, Figure, Sheet
from assistant.reports.spans import together, week_to
from assistant.reports.voices import Quote, Tally

A_CUSTOMER = "A customer"
NAMELESS = (Source.WIDGET, Source.TICKET)  # their users are numbers that say nothing to anybody


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the feedback: its name, how many, and their share of all, 0..1."""

    name: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Voices:
    """One category: how many, and in their words. Quotes are without personal data."""

    category: Category
    count: int
    share: float
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """How answers and tickets were received."""

    helpful: int
    judged: int
    rating: float | None
    rated: int


@dataclass(frozen=True, slots=True)
class FeedbackReport:
    """The report of one day: categories and sources, the largest first."""

    day: date
    source: str  # the only one that is shown, or "" for all
    categories: tuple[Voices, ...]
    sources: tuple[Share, ...]
    received: Judged

    @property
    def count(self) -> int:
        """Return how much feedback there is."""
        return sum(category.count for category in self.categories)

    def figures(self) -> tuple[Figure, ...]:
        """Return the key figures."""
        seen, positive = self.received, Category.POSITIVE
        happy = sum(each.count for each in self.categories if each.category is positive)
        return (
            Figure(f"{self.count:,}", "Voices", "in the seven days up to this day"),
            Figure(_percent(happy, self.count), "Positive", f"{happy:,} of {self.count:,}"),
            Figure(
                _percent(seen.helpful, seen.judged),
                "“This answers it”",
                f"{seen.helpful:,} of {seen.judged:,} answers that were judged",
            ),
            Figure(
                number(seen.rating),
                "Rating of 5",
                f"mean of {seen.rated:,} resolved tickets",
            ),
        )


def of_day(session: Session, launch: Launch, day: date, source: str = "") -> FeedbackReport:
    """Return the report of a local day of the launch, in four queries."""
    span = together(week_to(day, launch.zone))
    rows = voices.counts(session, launch.id, span)
    shown = [row for row in rows if source in ("", row.source)]
    helpful = voices.judged(session, launch.id, span, source)
    return FeedbackReport(
        day=day,
        source=source,
        categories=_categories(shown, voices.quotes(session, launch.id, span, source)),
        sources=shares((row.source, row.times) for row in rows),
        received=Judged(*helpful, *figures.ratings(session, launch.id, span)),
    )


def sheet(report: FeedbackReport, launch: Launch) -> Sheet:
    """Return the quotes as a table: what people said, and what was done since."""
    return Sheet(
        title=f"Feedback, {launch.name}, {report.day.isoformat()}",
        text="You said, and what we did: the newest words of each kind, seven days to this day.",
        figures=report.figures(),
        header=("category", "you said", "by", "source", "said at", "about", "version", "we did"),
        rows=tuple(
            _row(each, quote, launch.zone) for each in report.categories for quote in each.quotes
        ),
    )


def sections(report: FeedbackReport) -> tuple[Section, ...]:
    """Return how many said it, by kind and by where, to stand before what they said."""
    kinds = ((each.category.value, each.count, each.share) for each in report.categories)
    sources = ((each.name, each.count, each.share) for each in report.sources)
    return (
        Section("What kind it is", table=_shares("kind", kinds), empty="Nobody said anything."),
        Section("Where it came from", table=_shares("source", sources), empty="From nowhere yet."),
    )


def _shares(name: str, rows: Iterable[tuple[str, int, float]]) -> Table:
    told = tuple((each, count, percent(100 * share)) for each, count, share in rows)
    return Table((name, "voices", "share"), told)


def we_did(quote: Quote) -> str:
    """Return what was done since about the answer that was judged; nothing when nothing was."""
    return f"rewritten since, now version {quote.rewritten}" if quote.rewritten else ""


def shares(counts: Iterable[tuple[str, int]]) -> tuple[Share, ...]:
    """Return (name, count) pairs added up by name, each with its share, the largest first."""
    total: Counter[str] = Counter()
    for name, count in counts:
        total[name] += count
    whole = sum(total.values())
    ranked = sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Share(name, count, count / whole) for name, count in ranked)


def _categories(rows: Sequence[Tally], quotes: dict[str, tuple[Quote, ...]]) -> tuple[Voices, ...]:
    counted = {share.name: share for share in shares((row.category, row.times) for row in rows)}
    if not counted:
        return ()
    none = Share("", 0, 0.0)
    return tuple(
        Voices(
            category,
            counted.get(category, none).count,
            counted.get(category, none).share,
            tuple(_nameless(quote) for quote in quotes.get(category, ())),
        )
        for category in Category
    )


def _nameless(quote: Quote) -> Quote:
    user = A_CUSTOMER if quote.source in NAMELESS else masked(quote.user)
    return quote._replace(text=masked(quote.text), user=user)


def _row(each: Voices, quote: Quote, zone: ZoneInfo) -> tuple[Cell, ...]:
    reason = f" ({REASONS.get(quote.reason, quote.reason)})" if quote.reason else ""
    at = quote.at.astimezone(zone)
    return (
        *(each.category.value, quote.text + reason, quote.user, quote.source, at),
        *(quote.title or quote.ticket or "", quote.version, we_did(quote)),
    )


def _percent(part: int, whole: int) -> str:
    return percent(100 * part / whole if whole else None)
