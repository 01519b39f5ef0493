"""Verdicts, and how the parts of an entry become one text. Pure, and byte for byte repeatable."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from assistant.ground.readable import is_readable


class Kind(StrEnum):
    """What an entry is."""

    RESPONSE = "response"  # temporary wording for a scenario
    FAQ = "faq"  # a permanent question and answer


class Verdict(StrEnum):
    """The first thing a customer reads."""

    EXPECTED = "expected"
    KNOWN_ISSUE = "known-issue"
    NOT_EXPECTED = "not-expected"
    INFORMATION = "information"


HEADINGS = {
    Verdict.EXPECTED: "Yes, this is expected.",
    Verdict.KNOWN_ISSUE: "This is a known issue.",
    Verdict.NOT_EXPECTED: "This is not expected.",
    Verdict.INFORMATION: "",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one message, each as its author wrote it."""

    kind: str
    verdict: str
    why_now: str = ""
    what_to_do: str = ""
    safe_to_continue: str = ""
    next_update: str = ""
    answer: str = ""

    def missing(self) -> list[str]:
        """Return the required parts that hold nothing to read, in words."""
        required = (
            {"the answer": self.answer}
            if self.kind == Kind.FAQ
            else {
                "why it appears now": self.why_now,
                "what to do": self.what_to_do,
                "when the next update comes": self.next_update,
            }
        )
        return [words for words, part in required.items() if not is_readable(part)]


def composed(parts: Parts) -> str:
    """Return the whole message: verdict, why now, what to do, may I go on, next update."""
    paragraphs = [
        HEADINGS[Verdict(parts.verdict)],
        parts.answer,
        parts.why_now,
        parts.what_to_do,
        parts.safe_to_continue,
        f"Next update: {parts.next_update}" if parts.next_update.strip() else "",
    ]
    return "\n\n".join(part.strip() for part in paragraphs if part.strip())


def time_in_words(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant as the launch's customers read it: ``23 November 2026, 10:00 CET``."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M} {local.tzname()}"


AS_TIMES = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d %B %Y, %H:%M")


def promised(words: str, zone: ZoneInfo) -> tuple[str, datetime | None]:
    """Return a next update as customers read it, and its instant when ``words`` name one.

    A time is ``2026-11-23 10:00`` or as ``time_in_words`` writes it, local in ``zone``; everything
    else is words, which promise no instant.
    """
    said = words.strip()
    for form in AS_TIMES:
        for text in (said, said.rpartition(" ")[0]):  # with and without the zone's name
            try:
                at = datetime.strptime(text, form).replace(tzinfo=zone).astimezone(UTC)
            except (ValueError, OverflowError):
                continue
            return time_in_words(at, zone), at
    return said, None
