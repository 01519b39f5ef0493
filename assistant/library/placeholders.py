"""Placeholders: names in braces for what texts share, filled in before anybody approves them. Pure.

They are filled when the words are kept. What a lead reads, what is hashed and what a customer gets
are the words with the values in them, so that no value reaches anybody that no person approved. A
value that is changed later changes no approved text: ``launch_values`` makes new versions of it.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from assistant.library.wording import promised, time_in_words

if TYPE_CHECKING:
    from assistant.library.versions import Draft


class Sort(StrEnum):
    """What a value is."""

    LINE = "line"
    INSTANT = "instant"
    DAY = "day"
    EMAIL = "email"
    ADDRESS = "address"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One name that may stand in braces, and what it stands for, in words."""

    name: str
    sort: Sort
    means: str


PLACEHOLDERS = {
    each.name: each
    for each in (
        Placeholder("product", Sort.LINE, "What customers call what they bought"),
        Placeholder("team", Sort.LINE, "Who answers them"),
        Placeholder("support_hours", Sort.LINE, "When a person answers"),
        Placeholder("support_email", Sort.EMAIL, "Where they can write"),
        Placeholder("help_page", Sort.ADDRESS, "Where they can read more"),
        Placeholder("status_page", Sort.ADDRESS, "Where they see what works"),
        Placeholder("change_date", Sort.DAY, "The day of the change"),
        Placeholder("next_update_at", Sort.INSTANT, "When they hear from us next"),
        Placeholder("fixed_by", Sort.INSTANT, "When it will be fixed"),
        Placeholder("old_price", Sort.AMOUNT, "The price before"),
        Placeholder("new_price", Sort.AMOUNT, "The price now"),
    )
}
PARTS = ("answer", "why_now", "what_to_do", "safe_to_continue", "next_update")
"""Where they may stand. Nobody asks in placeholders, so questions have none."""
PLAIN = ("question", "phrasings", "not_for", "applies_when")
LONGEST = 200  # characters of a value
HOLE = re.compile(r"\{+\s*([^{}\n]{0,60}?)\s*\}+")
WRONG = {
    Sort.LINE: f"Write one line of at most {LONGEST} characters, without braces.",
    Sort.INSTANT: "Write a day and a time.",
    Sort.DAY: "Write a day.",
    Sort.EMAIL: "Write an e-mail address.",
    Sort.ADDRESS: "Write an address that begins with https://.",
    Sort.AMOUNT: "Write an amount with its currency, such as “€ 12.50”.",
}
_EMAIL = re.compile(r"[^\s@<>{}]+@[^\s@<>{}]+\.[^\s@<>{}]+")
_ADDRESS = re.compile(r"https://[^\s<>{}\"]+")
_NUMBER, _CURRENCY = r"\d[\d.,'’ ]*", r"[^\W\d_]{3}|[$€£¥₹]|kr"
_AMOUNT = re.compile(rf"(?:(?:{_CURRENCY})\s?{_NUMBER}|{_NUMBER}\s?(?:{_CURRENCY}))")


def allowed() -> str:
    """Return the names that may be used, in braces, in words."""
    return ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)


def used(text: str) -> list[str]:
    """Return what stands in braces in ``text``, each once, in order, known or not."""
    return list(dict.fromkeys(match[1] for match in HOLE.finditer(text)))


def unfilled(text: str) -> list[str]:
    """Return the placeholders that are still names in ``text``."""
    return [name for name in used(text) if name in PLACEHOLDERS]


def kept(name: str, typed: str, zone: ZoneInfo) -> str:
    """Return a value as it is stored: an instant in UTC, a day as ``2026-11-23``.

    Raises:
        ValueError: when it is none of its sort; says in words what to write.
    """
    said, sort = " ".join(typed.split()), PLACEHOLDERS[name].sort
    try:
        if sort is Sort.INSTANT:
            return _instant(said, zone)
        if sort is Sort.DAY:
            return date.fromisoformat(said).isoformat()
    except (ValueError, OverflowError):
        raise ValueError(WRONG[sort]) from None
    shapes = {Sort.EMAIL: _EMAIL, Sort.ADDRESS: _ADDRESS, Sort.AMOUNT: _AMOUNT}
    shape = shapes.get(sort)
    if not said or len(said) > LONGEST or set(said) & set("{}"):
        raise ValueError(WRONG[sort])
    if shape and not shape.fullmatch(said):
        raise ValueError(WRONG[sort])
    return said


def _instant(said: str, zone: ZoneInfo) -> str:
    at = datetime.fromisoformat(said)
    if len(said) < len("2026-11-23T10:00"):
        raise ValueError
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC).isoformat()


def as_typed(name: str, value: str, zone: ZoneInfo) -> str:
    """Return a stored value as the form shows it; instants are local in ``zone``."""
    if not value or PLACEHOLDERS[name].sort is not Sort.INSTANT:
        return value
    return f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%dT%H:%M}"


def in_words(name: str, value: str, zone: ZoneInfo, locale: str = "") -> str:
    """Return a stored value as customers read it.

    A time carries its zone, because the approved words are the same for readers in every zone.
    Months are named in English only; a text in another language gets figures.
    """
    sort, is_english = PLACEHOLDERS[name].sort, locale[:2].lower() in ("", "en")
    if sort is Sort.INSTANT:
        at = datetime.fromisoformat(value).astimezone(zone)
        return time_in_words(at, zone) if is_english else f"{at:%Y-%m-%d %H:%M} {at.tzname()}"
    if sort is Sort.DAY and is_english:
        day = date.fromisoformat(value)
        return f"{day.day} {day:%B %Y}"
    return value


def filled_in(text: str, values: Mapping[str, str], zone: ZoneInfo, locale: str = "") -> str:
    """Return ``text`` with the values that there are; what has none stays in its braces."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        known = name in PLACEHOLDERS and values.get(name)
        return in_words(name, values[name], zone, locale) if known else match[0]

    return HOLE.sub(value, text)


def filled(draft: "Draft", of_launch: Mapping[str, str], zone: ZoneInfo) -> "Draft":
    """Return the draft in the words that customers get; how it was written is kept beside them.

    Its own values come before the launch's. Filling in twice changes nothing.
    """
    written = {part: text for part in PARTS if HOLE.search(text := source(draft, part))}
    if not written:
        return replace(draft, written={})
    values = {**of_launch, **draft.own_values}
    words: dict[str, Any] = {
        part: filled_in(text, values, zone, draft.locale) for part, text in written.items()
    }
    if "next_update" in words:
        words["next_update"], words["next_update_at"] = promised(words["next_update"], zone)
    return replace(draft, **words, written=written)


def source(draft: "Draft", part: str) -> str:
    """Return a part as its author wrote it, with placeholders."""
    words: str = draft.written.get(part) or getattr(draft, part)
    return words


def problems(
    typed: Mapping[str, str], values: Mapping[str, str], *, submitting: bool
) -> dict[str, str]:
    """Return what is wrong about the placeholders in the fields of a form, by field.

    ``values`` are the launch's and the entry's own. A value may be missing until it is submitted.
    """
    found = {part: words for part in PARTS if (words := _unknown(typed.get(part, "")))}
    for part in PLAIN:
        if names := used(typed.get(part, "")):
            found[part] = f"“{{{names[0]}}}”: nobody asks in placeholders. Write the words."
    if submitting:
        for part in PARTS:
            gaps = [name for name in used(typed.get(part, "")) if not values.get(name)]
            if gaps and part not in found:
                found[part] = f"{without_value(gaps)} yet. Give it one under Placeholders."
    return found


def without_value(names: Sequence[str]) -> str:
    """Return in words that all of these placeholders have no value."""
    named = [f"{{{name}}}" for name in names]
    if len(named) == 1:
        return f"{named[0]} has no value"
    return f"{', '.join(named[:-1])} and {named[-1]} have no value"


def _unknown(text: str) -> str:
    names = [name for name in used(text) if name not in PLACEHOLDERS]
    if not names:
        return ""
    close = difflib.get_close_matches(names[0].lower(), PLACEHOLDERS, n=1)
    meant = f" Did you mean {{{close[0]}}}?" if close else ""
    return f"“{{{names[0]}}}” is no placeholder.{meant} Allowed are {allowed()}."
