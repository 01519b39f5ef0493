"""What somebody typed into the form of an entry, read as a draft or answered field by field."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from assistant.desk.conversations import EVERYONE
from assistant.library.versions import Draft, EntryVersion
from assistant.library.wording import Kind, Verdict, promised
from web.shell import Words

MINUTES = "%Y-%m-%dT%H:%M"  # what a field of the type datetime-local holds
REQUIRED = {
    Kind.FAQ: {"answer": "Write the answer."},
    Kind.RESPONSE: {
        "why_now": "Say why it appears now.",
        "what_to_do": "Say what to do, even if it is nothing.",
        "next_update": "Say when the next update comes.",
    },
}


@dataclass(frozen=True, slots=True)
class EntryForm:
    """The fields of library/_fields.html, as typed."""

    question: Words = ""
    phrasings: Words = ""
    not_for: Words = ""
    scenario: Words = ""
    applies_when: Words = ""
    verdict: Words = ""
    why_now: Words = ""
    what_to_do: Words = ""
    safe_to_continue: Words = ""
    next_update: Words = ""
    answer: Words = ""
    valid_from: Words = ""
    valid_until: Words = ""
    audience: Words = ""
    locale: Words = ""

    def as_typed(self) -> dict[str, str]:
        """Return every field as it was typed."""
        return {part.name: getattr(self, part.name) for part in fields(self)}

    def problems(self, kind: Kind, zone: ZoneInfo, *, submitting: bool) -> dict[str, str]:
        """Return what keeps it from being saved, or from being submitted, by field."""
        found = {} if self.question.strip() else {"question": "Write what customers ask."}
        if kind is Kind.RESPONSE and self.verdict not in list(Verdict):
            found["verdict"] = "Choose what customers read first."
        if submitting:
            blank = (name for name in REQUIRED[kind] if not getattr(self, name).strip())
            found |= {name: REQUIRED[kind][name] for name in blank}
        return found | self._wrong_times(zone)

    def _wrong_times(self, zone: ZoneInfo) -> dict[str, str]:
        names = ("valid_from", "valid_until")
        found = {
            name: "Write a day and a time."
            for name in names
            if getattr(self, name).strip() and instant(getattr(self, name), zone) is None
        }
        begins, ends = (instant(getattr(self, name), zone) for name in names)
        if begins and ends and ends <= begins:
            found["valid_until"] = "It would end before it begins."
        return found

    def draft(self, kind: Kind, zone: ZoneInfo) -> Draft:
        """Return it as a draft; local times become instants."""
        words, at = promised(self.next_update, zone)
        is_faq = kind is Kind.FAQ
        return Draft(
            question=" ".join(self.question.split()),
            verdict=Verdict.INFORMATION if is_faq else Verdict(self.verdict),
            phrasings=lines(self.phrasings),
            not_for=lines(self.not_for),
            applies_when=self.applies_when.strip(),
            why_now=self.why_now.strip(),
            what_to_do=self.what_to_do.strip(),
            safe_to_continue=self.safe_to_continue.strip(),
            next_update=words,
            next_update_at=at,
            answer=self.answer.strip(),
            valid_from=instant(self.valid_from, zone),
            valid_until=instant(self.valid_until, zone),
            audience=self.audience.strip() or EVERYONE,
            locale=self.locale.strip(),
        )


def typed_before(version: EntryVersion, zone: ZoneInfo) -> dict[str, str]:
    """Return a version as its author typed it."""
    same = ("question", "applies_when", "verdict", "why_now", "what_to_do", "safe_to_continue")
    scenario = version.entry.scenario
    return {
        **{name: getattr(version, name) for name in (*same, "next_update", "answer", "locale")},
        "phrasings": "\n".join(version.phrasings),
        "not_for": "\n".join(version.not_for),
        "scenario": scenario.key if scenario else "",
        "valid_from": local(version.valid_from, zone),
        "valid_until": local(version.valid_until, zone),
        "audience": "" if version.audience == EVERYONE else version.audience,
    }


def typed_parts(typed: dict[str, str], kind: Kind) -> dict[str, Any]:
    """Return the message that the fields hold, as ``ui.answer`` shows it."""
    names = ("why_now", "what_to_do", "safe_to_continue", "next_update", "answer")
    return {
        "title": typed["question"],
        "verdict": (typed["verdict"] or None) if kind is Kind.RESPONSE else None,
        **{name: typed[name].strip() or None for name in names},
    }


def lines(typed: str) -> list[str]:
    """Return the lines of a field, each once, in order, none blank."""
    stripped = (" ".join(line.split()) for line in typed.splitlines())
    return list(dict.fromkeys(line for line in stripped if line))


def instant(typed: str, zone: ZoneInfo) -> datetime | None:
    """Return the instant of a local time as a form sends it; nothing when it is none."""
    try:
        return datetime.strptime(typed.strip()[:16], MINUTES).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def local(at: datetime | None, zone: ZoneInfo) -> str:
    """Return an instant as a form shows it, in ``zone``."""
    return at.astimezone(zone).strftime(MINUTES) if at else ""
