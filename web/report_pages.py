"""The report pages from their reports: what the templates in reports/ show."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from assistant.desk.feedback import Category, Source
from assistant.ground.amounts import plural
from assistant.launch.launches import Launch
from assistant.reports.daily import Day
from assistant.reports.faq_updates import REASONS, About, FaqUpdates, Finding, Kind
from assistant.reports.feedback import FeedbackReport, we_did
from assistant.reports.repeat_questions import Repeat, RepeatQuestions, trend_words
from assistant.reports.spans import DAYS
from assistant.reports.voices import Quote
from web.desk_pages import channel_words
from web.shell import Visit

KIND_WORDS = {
    Kind.MISSING: "Missing",
    Kind.NOT_FOUND: "Not found",
    Kind.WEAK: "Weak",
    Kind.ENDING: "Ends soon",
}
KIND_TONES = {Kind.NOT_FOUND: "weak"}  # where the template calls a kind otherwise
DRAFT_WORDS = {
    Kind.MISSING: "Draft an answer",
    Kind.NOT_FOUND: "Add these wordings",
    Kind.WEAK: "Improve it",
    Kind.ENDING: "Renew it",
}
CATEGORIES = {
    Category.POSITIVE: ("positive", "Positive experience", "good"),
    Category.ISSUE: ("issue", "Issue reported", "bad"),
    Category.SUGGESTION: ("suggestion", "Suggestion", "info"),
}
SOURCE_WORDS: dict[str, str] = {
    Source.API: "Another system",
    Source.WIDGET: "Widget and help page",
    Source.SURVEY: "Survey",
    Source.INTERVIEW: "Interview",
    Source.FORUM: "Forum",
    Source.TICKET: "After a ticket",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """Which report pages are looked at: by whom, of which launch, of which of its days."""

    visit: Visit
    launch: Launch
    day: date
    today: date

    def href(self, name: str, **query: str) -> str:
        """Return the address of a report, for the same launch and day unless told otherwise."""
        query = {"launch": self.launch.key, "day": self.day.isoformat(), **query}
        return f"/reports/{name}?{urlencode(query)}"


def index_context(
    asked: Shown,
    day: Day,
    repeats: RepeatQuestions,
    faq: FaqUpdates,
    heard: FeedbackReport | None,
) -> dict[str, Any]:
    """Return what reports/index.html shows; who may not read the feedback is not led to it."""
    days = [asked.today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    return {
        "launch": {"key": asked.launch.key, "name": asked.launch.name},
        "headline": day.headline(),
        "figures": day.figures(),
        "days": [
            {"label": f"{each.day} {each:%b}", "value": value}
            for each, value in zip(days, day.week, strict=True)
        ],
        "reports": [
            {
                "href": f"/launches/{asked.launch.key}/reports",
                "title": "Written reports",
                "text": "The daily status for the sponsor and the rest, each as of its day.",
                "figure": "By day, to print, download or get by mail",
                "icon": "mail",
            },
            {
                "href": asked.href("repeat-questions"),
                "title": "Repeat questions",
                "text": "What keeps being asked, how it grows, and which answer settles it.",
                "figure": f"{plural(len(repeats.repeats), 'question')}, "
                f"{plural(repeats.contacts, 'contact')}",
                "icon": "repeat",
            },
            {
                "href": asked.href("faq-updates"),
                "title": "FAQ updates",
                "text": "Which answers are missing or weak, ranked by what they would save.",
                "figure": f"{faq.count(Kind.MISSING)} missing, "
                f"{faq.count(Kind.WEAK, Kind.NOT_FOUND)} weak",
                "icon": "book",
            },
            *([_feedback_card(asked, heard)] if heard else []),
        ],
    }


def repeat_context(asked: Shown, report: RepeatQuestions) -> dict[str, Any]:
    """Return what reports/repeat_questions.html shows."""
    text = "Each question once, however many people asked it. Seven days up to this one."
    return {
        "report": _head(asked, "repeat-questions", "Repeat questions", text),
        "figures": report.figures(),
        "groups": [_group(asked, repeat) for repeat in report.repeats],
    }


def faq_context(asked: Shown, report: FaqUpdates) -> dict[str, Any]:
    """Return what reports/faq_updates.html shows."""
    text = "What to write next, ranked by the contacts it would have answered in seven days."
    return {
        "report": _head(asked, "faq-updates", "FAQ updates", text),
        "figures": report.figures(),
        "suggestions": [
            _suggestion(asked, rank, finding) for rank, finding in enumerate(report.findings, 1)
        ],
    }


def feedback_context(asked: Shown, report: FeedbackReport) -> dict[str, Any]:
    """Return what reports/feedback.html shows."""
    more = {"source": report.source} if report.source else {}
    text = "What people said, in figures and in their own words. Seven days up to this one."
    return {
        "report": _head(asked, "feedback", "Feedback", text, **more),
        "figures": report.figures(),
        "categories": [
            {
                **dict(zip(("key", "title", "tone"), CATEGORIES[each.category], strict=True)),
                "share": each.share,
                "count": each.count,
                "quotes": [_quote(asked, quote) for quote in each.quotes],
            }
            for each in report.categories
        ],
        "sources": [
            {"title": source_words(each.name), "count": each.count, "share": each.share}
            for each in report.sources
        ],
        "filters": {
            "source": report.source,
            "sources": [
                {"key": each.name, "title": source_words(each.name)} for each in report.sources
            ],
        },
    }


def source_words(source: str) -> str:
    """Return where feedback came from, as people say it."""
    return SOURCE_WORDS.get(source, source.capitalize())


def _feedback_card(asked: Shown, heard: FeedbackReport) -> dict[str, str]:
    positive = next((figure for figure in heard.figures() if figure.title == "Positive"), None)
    share = f", {positive.value} positive" if positive and heard.count else ""
    return {
        "href": asked.href("feedback"),
        "title": "Feedback",
        "text": "Figures and quotes side by side, by kind and source.",
        "figure": f"{plural(heard.count, 'voice')}{share}",
        "icon": "quote",
    }


def _head(asked: Shown, name: str, title: str, text: str, **more: str) -> dict[str, Any]:
    before, after = ((asked.day + timedelta(days=step)).isoformat() for step in (-1, 1))
    return {
        "title": title,
        "text": text,
        "day": asked.day.isoformat(),
        "previous_href": asked.href(name, **more, day=before),
        "next_href": asked.href(name, **more, day=after) if asked.day < asked.today else None,
        "address": f"/reports/{name}",
        "csv_href": asked.href(f"{name}.csv", **more),
        "markdown_href": asked.href(f"{name}.md", **more),
        "launch_key": asked.launch.key,
    }


def _group(asked: Shown, repeat: Repeat) -> dict[str, Any]:
    launch, answer = asked.launch, repeat.answer
    return {
        "id": repeat.id,
        "question": repeat.question,
        "people": repeat.people,
        "contacts": repeat.contacts,
        "channels": [channel_words(channel) for channel in repeat.channels],
        "first_at": repeat.first_at,
        "last_at": repeat.last_at,
        "trend": repeat.trend,
        "trend_words": trend_words(repeat.trend),
        "entry": {
            "title": answer.title,
            "href": _entry(launch, answer.entry),
            "version": answer.version,
            "sent": answer.sent,
            "not_quite": answer.not_quite,
        }
        if answer
        else None,
        "owner": repeat.owner,
        "cause": None,
        "wordings": repeat.wordings,
        "tickets": [
            {
                "number": case.number,
                "href": asked.visit.way(f"/desk/tickets/{case.number}"),
                "subject": case.subject,
                "state_words": "Open" if case.is_open else "Resolved",
            }
            for case in repeat.tickets
        ],
        "draft_href": _draft(launch, repeat.question),
    }


def _suggestion(asked: Shown, rank: int, finding: Finding) -> dict[str, Any]:
    launch, about = asked.launch, finding.about
    return {
        "rank": rank,
        "kind": KIND_TONES.get(finding.kind, finding.kind.value),
        "kind_words": KIND_WORDS[finding.kind],
        "question": finding.question,
        "reason": finding.reason,
        "people": finding.people,
        "contacts": finding.contacts,
        "not_quite": finding.not_quite,
        "sent": finding.sent,
        "entry": _about(launch, about) if about else None,
        "questions": finding.questions,
        "replies": [
            {
                "text": reply.text,
                "by": reply.by,
                "href": asked.visit.way(f"/desk/tickets/{reply.ticket}"),
            }
            for reply in finding.replies
        ],
        "draft_href": _entry(launch, about.entry) if about else _draft(launch, finding.question),
        "draft_words": DRAFT_WORDS[finding.kind],
    }


def _about(launch: Launch, about: About) -> dict[str, Any]:
    return {
        "title": about.title,
        "href": _entry(launch, about.entry),
        "version": about.version,
    }


def _quote(asked: Shown, quote: Quote) -> dict[str, Any]:
    about = f"about “{quote.title}”" if quote.title else ""
    why = REASONS.get(quote.reason, quote.reason) if quote.reason else ""
    words = (source_words(quote.source), why, about, we_did(quote))
    ticket = asked.visit.way(f"/desk/tickets/{quote.ticket}") if quote.ticket else None
    return {
        "text": quote.text,
        "by": quote.user,
        "source_words": ", ".join(part for part in words if part),
        "at": quote.at,
        "href": ticket or (_entry(asked.launch, quote.entry) if quote.entry else None),
    }


def _entry(launch: Launch, key: str) -> str:
    return f"/library/{launch.key}/entries/{key}"


def _draft(launch: Launch, question: str) -> str:
    return f"{_entry(launch, 'new')}?{urlencode({'kind': 'faq', 'question': question})}"
