"""What somebody typed into the form of an entry, read as a draft or answered field by field."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from assistant.answering.tongues import NAMES
from assistant.desk.conversations import EVERYONE
from assistant.ground.readable import is_readable, is_visible, turning, unturned
from assistant.library import placeholders, variants
from assistant.library.filing import filing_of
from assistant.library.placeholders import PLACEHOLDERS
from assistant.library.versions import Draft, EntryVersion
from assistant.library.wording import Kind, Verdict, promised
from web.shell import Words

MINUTES = "%Y-%m-%dT%H:%M"  # what a field of the type datetime-local holds
LONGEST_LINE, LONGEST_TEXT = 500, 4_000  # characters; as launch/pack_shapes takes them
IN_LINES = ("question", "phrasings", "not_for", "audience")
IN_PROSE = ("applies_when", "why_now", "what_to_do", "safe_to_continue", "next_update", "answer")
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
    owner: Words = ""  # an e-mail address; blank is the scenario's owner
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
    variant_of: Words = ""
    value_product: Words = ""
    value_team: Words = ""
    value_support_hours: Words = ""
    value_support_email: Words = ""
    value_help_page: Words = ""
    value_status_page: Words = ""
    value_change_date: Words = ""
    value_next_update_at: Words = ""
    value_fixed_by: Words = ""
    value_old_price: Words = ""
    value_new_price: Words = ""

    def as_typed(self) -> dict[str, str]:
        """Return every field as it was typed."""
        return {part.name: getattr(self, part.name) for part in fields(self)}

    def problems(
        self,
        kind: Kind,
        zone: ZoneInfo,
        *,
        submitting: bool,
        values: Mapping[str, str] | None = None,
    ) -> dict[str, str]:
        """Return what keeps it from being saved, or from being submitted, by field.

        ``values`` are what placeholders stand for in the launch.
        """
        found = {} if is_readable(self.question) else {"question": "Write what customers ask."}
        if kind is Kind.RESPONSE and self.verdict not in list(Verdict):
            found["verdict"] = "Choose what customers read first."
        if submitting:
            blank = (name for name in REQUIRED[kind] if not is_readable(getattr(self, name)))
            found |= {name: REQUIRED[kind][name] for name in blank}
        own, wrong = typed_values(self.as_typed(), zone)
        known = {**(values or {}), **own}
        holes = placeholders.problems(self.as_typed(), known, submitting=submitting)
        wrong |= self._wrong_times(zone) | self._wrong_language()
        return holes | found | wrong | self._too_long() | turned(self.as_typed())

    def _too_long(self) -> dict[str, str]:
        """Return what is longer than a file takes: what is kept here comes out and in again."""
        typed, found = self.as_typed(), {}
        for name in IN_LINES:
            if any(len(line) > LONGEST_LINE for line in lines(typed[name])):
                found[name] = f"Write at most {LONGEST_LINE} characters in a line."
        for name in IN_PROSE:
            if len(typed[name].strip()) > LONGEST_TEXT:
                found[name] = f"Write at most {LONGEST_TEXT:,} characters."
        return found

    def unturned(self) -> "EntryForm":
        """Return it without the invisible characters that ``problems`` names."""
        return EntryForm(**{name: unturned(words) for name, words in self.as_typed().items()})

    def _wrong_language(self) -> dict[str, str]:
        named = variants.language(self.locale)
        if not named and self.variant_of:
            return {"locale": "Choose the language of this variant."}
        return {"locale": "Choose one of the languages."} if named and named not in NAMES else {}

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

    def draft(self, kind: Kind, zone: ZoneInfo, values: Mapping[str, str] | None = None) -> Draft:
        """Return it as a draft; local times become instants, placeholders their values."""
        words, at = promised(self.next_update, zone)
        is_faq = kind is Kind.FAQ
        draft = Draft(
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
            own_values=typed_values(self.as_typed(), zone)[0],
        )
        return placeholders.filled(draft, values or {}, zone)


def typed_before(version: EntryVersion, zone: ZoneInfo) -> dict[str, str]:
    """Return a version as its author typed it."""
    draft, scenario = version.as_draft(), filing_of(version)
    own = draft.own_values
    return {
        **{name: getattr(version, name) for name in ("question", "applies_when", "verdict")},
        **{part: placeholders.source(draft, part) for part in placeholders.PARTS},
        **{f"value_{name}": _value(name, own.get(name, ""), zone) for name in PLACEHOLDERS},
        "locale": version.locale,
        "variant_of": "",
        "phrasings": "\n".join(version.phrasings),
        "not_for": "\n".join(version.not_for),
        "scenario": scenario.key if scenario else "",
        "owner": version.entry.owner.email if version.entry.owner else "",
        "valid_from": local(version.valid_from, zone),
        "valid_until": local(version.valid_until, zone),
        "audience": "" if version.audience == EVERYONE else version.audience,
    }


def _value(name: str, stored: str, zone: ZoneInfo) -> str:
    return placeholders.as_typed(name, stored, zone)


def typed_values(typed: Mapping[str, str], zone: ZoneInfo) -> tuple[dict[str, str], dict[str, str]]:
    """Return the values of placeholders as they are stored, and what is wrong by field."""
    found, wrong = {}, {}
    for name in PLACEHOLDERS:
        if said := typed.get(f"value_{name}", "").strip():
            try:
                found[name] = placeholders.kept(name, said, zone)
            except ValueError as why:
                wrong[f"value_{name}"] = str(why)
    return found, wrong


def turned(typed: Mapping[str, str]) -> dict[str, str]:
    """Return the fields with an invisible character that turns the order of letters."""
    return {
        name: f"It held an invisible character that turns the order of letters ({found}). It is "
        "taken out here: read the words again, then save."
        for name, words in typed.items()
        if (found := turning(words))
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
    return list(dict.fromkeys(line for line in stripped if is_visible(line)))


def instant(typed: str, zone: ZoneInfo) -> datetime | None:
    """Return the instant of a local time as a form sends it; nothing when it is none."""
    try:
        return datetime.strptime(typed.strip()[:16], MINUTES).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def local(at: datetime | None, zone: ZoneInfo) -> str:
    """Return an instant as a form shows it, in ``zone``."""
    return at.astimezone(zone).strftime(MINUTES) if at else ""
