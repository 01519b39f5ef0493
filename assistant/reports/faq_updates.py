"""Which answers are missing or weak, ranked by the contacts that a better one would have answered.

The report of a day looks at the seven days up to it. Every finding names what to do: write an
entry, add words to one, improve one, or renew one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from assistant.answering.triage import triage
from assistant.ground.redacting import redacted
from assistant.launch.launches import Launch
from assistant.library.wording import time_in_words
from assistant.reports import missing, weak
from assistant.reports.figures import sent
from assistant.reports.missing import Cited, Missing, Reply
from assistant.reports.sheets import Cell, Figure, Sheet
from assistant.reports.spans import Span, together, week_to
from assistant.reports.weak import Ending, Note, Weak

REASONS = {
    "not_my_case": "not my case",
    "already_tried": "already tried",
    "unclear": "unclear",
    "still_broken": "still broken",
    "other": "another reason",
}


class Kind(StrEnum):
    """What is wrong."""

    MISSING = "missing"  # nobody approved an answer
    NOT_FOUND = "not-found"  # people answer with an entry that the assistant does not find
    WEAK = "weak"  # the answer is sent and does not help
    ENDING = "expiring"  # the answer ends soon and is in use


@dataclass(frozen=True, slots=True)
class About:
    """The entry that a finding is about."""

    entry: str
    title: str
    version: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to write, and why. Texts are without personal data."""

    kind: Kind
    question: str
    reason: str
    people: int
    contacts: int
    about: About | None = None
    sent: int = 0
    not_quite: int = 0
    questions: tuple[str, ...] = ()
    replies: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class FaqUpdates:
    """The report of one day, most contacts first."""

    day: date
    findings: tuple[Finding, ...]
    outside: int  # contacts about something outside the launch: nothing to write here

    def count(self, *kinds: Kind) -> int:
        """Return how many findings are of these kinds."""
        return sum(finding.kind in kinds for finding in self.findings)

    @property
    def unanswered(self) -> int:
        """Return the contacts that ended with a person because nothing approved fitted."""
        by_people = (Kind.MISSING, Kind.NOT_FOUND)
        return sum(finding.contacts for finding in self.findings if finding.kind in by_people)

    def figures(self) -> tuple[Figure, ...]:
        """Return the key figures."""
        return (
            Figure(f"{self.count(Kind.MISSING):,}", "Answers missing", "questions with no entry"),
            Figure(f"{self.unanswered:,}", "Contacts behind them", "in the seven days to this day"),
            Figure(
                f"{self.count(Kind.WEAK, Kind.NOT_FOUND):,}",
                "Weak answers",
                "called “not quite”, or not found by the assistant",
            ),
            Figure(f"{self.outside:,}", "Outside this launch", "contacts for the normal queue"),
        )


def of_day(session: Session, launch: Launch, day: date) -> FaqUpdates:
    """Return the report of a local day of the launch, in ten queries however long it is."""
    span = together(week_to(day, launch.zone))
    findings = [
        *_missing(session, launch, span),
        *_weak(session, launch, span),
        *_ending(session, launch, span),
    ]
    findings.sort(key=lambda finding: (-finding.contacts, -finding.people, finding.question))
    return FaqUpdates(day, tuple(findings), missing.outside(session, launch.id, span))


def sheet(report: FaqUpdates, launch: Launch) -> Sheet:
    """Return the report as a table."""
    return Sheet(
        title=f"FAQ updates, {launch.name}, {report.day.isoformat()}",
        text="What to write next, ranked by the contacts of the seven days up to this day.",
        figures=report.figures(),
        header=(
            *("rank", "kind", "question", "contacts", "people", "why", "entry", "version", "sent"),
            *("not quite", "asked like this", "answered by people like this"),
        ),
        rows=tuple(_row(rank, finding) for rank, finding in enumerate(report.findings, 1)),
    )


def _row(rank: int, finding: Finding) -> tuple[Cell, ...]:
    about = finding.about
    return (
        *(rank, finding.kind.value, finding.question, finding.contacts, finding.people),
        *(finding.reason, about.title if about else "", about.version if about else None),
        *(finding.sent, finding.not_quite, " / ".join(finding.questions)),
        " / ".join(reply.text for reply in finding.replies),
    )


def _missing(session: Session, launch: Launch, span: Span) -> list[Finding]:
    rows = [
        row
        for row in missing.missing(session, launch.id, span)
        # Who only asks for a person has asked nothing that an entry could answer.
        if not triage(row.question).wants_person
    ]
    keys = [row.id for row in rows]
    questions = missing.questions(session, keys, span)
    replies, cited = missing.replies(session, keys, span), missing.cited(session, keys, span)
    return [
        missing_finding(row, questions.get(row.id, ()), replies.get(row.id, ()), cited.get(row.id))
        for row in rows
    ]


def missing_finding(
    row: Missing, questions: Sequence[str], replies: Sequence[Reply], cited: Cited | None
) -> Finding:
    """Return what to write for a question that ended with a person."""
    return Finding(
        kind=Kind.NOT_FOUND if cited else Kind.MISSING,
        question=redacted(row.question),
        reason=_why_missing(replies, cited),
        people=row.people,
        contacts=row.contacts,
        about=About(cited.entry, cited.title, cited.version) if cited else None,
        questions=tuple(redacted(text) for text in questions),
        replies=_different(replies),
    )


def _different(replies: Sequence[Reply]) -> tuple[Reply, ...]:
    """Return the first of each wording, without personal data, at most ``missing.SHOWN``."""
    by_text: dict[str, Reply] = {}
    for reply in replies:
        text = redacted(reply.text)
        by_text.setdefault(text, reply._replace(text=text))
    return tuple(by_text.values())[: missing.SHOWN]


def _why_missing(replies: Sequence[Reply], cited: Cited | None) -> str:
    if cited:
        times = "once" if cited.times == 1 else f"{cited.times} times"
        return f"People answered it {times} with an entry that the assistant had not found:"
    if replies:
        return "No approved answer fitted. People answered it in their own words."
    return "No approved answer fitted, and nobody has answered it yet."


def _weak(session: Session, launch: Launch, span: Span) -> list[Finding]:
    rows = weak.weak(session, launch.id, span)
    ids = [row.id for row in rows]
    times, why = sent(session, ids, span), weak.reasons(session, ids, span)
    notes = weak.notes(session, ids, span)
    return [
        weak_finding(row, times.get(row.id, (0, 0))[0], why.get(row.id, ()), notes.get(row.id, ()))
        for row in rows
    ]


def weak_finding(
    row: Weak, times: int, reasons: Sequence[tuple[str, int]], notes: Sequence[Note]
) -> Finding:
    """Return what to improve about an answer that did not help; ``times`` it was sent."""
    said = ", ".join(f"{REASONS.get(reason, reason)} {count}" for reason, count in reasons)
    people = "1 person" if row.people == 1 else f"{row.people} people"
    return Finding(
        kind=Kind.WEAK,
        question=row.title,
        reason=f"“Not quite” from {people}{f': {said}' if said else ''}.",
        people=row.people,
        contacts=row.not_quite,
        about=About(row.entry, row.title, row.version),
        sent=times,
        not_quite=row.not_quite,
        questions=tuple(_noted(note) for note in notes),
    )


def _noted(note: Note) -> str:
    why = REASONS.get(note.reason, note.reason) if note.reason else ""
    said = ": ".join(part for part in (why, redacted(note.words)) if part)
    asked = f"“{redacted(note.question)}”" if note.question else ""
    return " — ".join(part for part in (asked, said) if part)


def _ending(session: Session, launch: Launch, span: Span) -> list[Finding]:
    rows = weak.ending(session, launch.id, span)
    times = sent(session, [row.id for row in rows], span)
    return [_ending_finding(row, *times[row.id], launch) for row in rows if row.id in times]


def _ending_finding(row: Ending, times: int, people: int, launch: Launch) -> Finding:
    return Finding(
        kind=Kind.ENDING,
        question=row.title,
        reason=f"It ends on {time_in_words(row.until, launch.zone)} and is still in use.",
        people=people,
        contacts=times,
        about=About(row.entry, row.title, row.version),
        sent=times,
    )
