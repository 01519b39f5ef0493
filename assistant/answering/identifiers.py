"""What in a text pins it to one thing of a kind: codes, versions, amounts, dates, durations."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from assistant.answering.wording import plain

# The same few approved texts are looked at for every question.
_remembered = lru_cache(maxsize=8192)

_WORD_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "fourteen": 14, "couple of": 2, "several": 4,
    "few": 3, "half a": 0.5,
}  # fmt: skip
_NUMBER = r"\d+(?:[.,]\d+)?|" + "|".join(_WORD_NUMBERS)

# --- codes ---------------------------------------------------------------------------------

_CUED_CODE = re.compile(
    r"\b(?:error|err|code|fehler|http|status|fault|message)(?: (?:code|no|number|message|is|the))*"
    r"[ :#\"'(]+(?=[\w-]*\d)([a-z]{0,8}[-_ ]?\d[\w-]*)"
)
_CODE = re.compile(r"(?<![\w-])([A-Z]{1,6}[-_]?\d{2,6}[A-Z]?)(?![\w-])|(?<!\w)(0x[0-9a-fA-F]{4,})")
# Capital letters with digits that name something else than a fault.
_NO_CODE = re.compile(
    r"^(?:Q\d|A\d|FY|H\d|ISO|IOS|PM|AM|EUR|USD|GBP|CHF|AUD|CAD|UTC|GMT|MP|PS|"
    r"V)\d*$"
)
_NUMBERED = re.compile(
    r"\b(?:order|invoice|ticket|case|booking|reference|ref|"
    r"customer)\W*(?:\w+\W+)?$"
)


@_remembered
def codes(text: str) -> frozenset[str]:
    """Error codes in the text, upper case without separators; order numbers are not among them."""
    found = {match[1] for match in _CUED_CODE.finditer(plain(text))}
    for match in _CODE.finditer(text):
        before = text[max(0, match.start() - 24) : match.start()].lower()
        if not _NO_CODE.match(match[0].replace("-", "")) and not _NUMBERED.search(before):
            found.add(match[0])
    return frozenset(re.sub(r"[-_ ]", "", code).upper() for code in found)


# --- versions ------------------------------------------------------------------------------

Bound = Literal["=", ">=", "<="]

_VERSION = re.compile(
    r"\b(?:(ios|ipados|android|macos|windows|chrome|firefox|safari|edge|app|version|release|v)"
    r"(?: version| release| v)? ?v?(\d{1,3}(?:\.\d{1,4}){0,3})|(\d{1,3}\.\d{1,4}\.\d{1,4}))"
    r"(?![\d.,]*\d|[€$£%])( or (?:later|newer|higher|above|up)| and (?:later|newer|above|up)|\+|"
    r" or (?:older|earlier|below|lower)| and (?:older|earlier|below))?"
)
_FROM_BEFORE = re.compile(r"\b(?:from|since|at least|after|newer than|above|minimum)(?: \w+)?\s*$")
_UNTIL_BEFORE = re.compile(r"\b(?:before|until|below|older than|up to|under)(?: \w+)?\s*$")


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a product ("" for unnamed), or all from or up to it."""

    product: str
    number: tuple[int, ...]
    bound: Bound = "="

    def admits(self, other: "Version") -> bool:
        """`other`, one version, is this one or among these. Another product is no contradiction."""
        if self.product and other.product and self.product != other.product:
            return True
        length = min(len(self.number), len(other.number))
        ours, theirs = self.number[:length], other.number[:length]
        return {"=": theirs == ours, ">=": theirs >= ours, "<=": theirs <= ours}[self.bound]


@_remembered
def versions(text: str) -> tuple[Version, ...]:
    """Versions in the text, in order."""
    spoken, found = plain(text), []
    for match in _VERSION.finditer(spoken):
        product = "" if match[1] in {None, "app", "version", "release", "v"} else match[1]
        number = tuple(int(part) for part in (match[2] or match[3]).split("."))
        found.append(Version(product, number, _bound(spoken[: match.start()], match[4] or "")))
    return tuple(found)


def _bound(before: str, after: str) -> Bound:
    if re.search(r"later|newer|higher|above|up|\+", after) or _FROM_BEFORE.search(before):
        return ">="
    if after or _UNTIL_BEFORE.search(before):
        return "<="
    return "="


# --- amounts -------------------------------------------------------------------------------

_UNITS = {
    "€": "eur", "euro": "eur", "euros": "eur", "eur": "eur", "$": "usd", "dollar": "usd",
    "dollars": "usd", "usd": "usd", "bucks": "usd", "£": "gbp", "pound": "gbp", "pounds": "gbp",
    "gbp": "gbp", "quid": "gbp", "chf": "chf", "francs": "chf", "%": "%", "percent": "%",
    "per cent": "%", "gb": "gb", "mb": "mb", "tb": "tb",
    "device": "devices", "devices": "devices", "seat": "seats", "seats": "seats",
    "user": "users", "users": "users", "people": "users", "item": "items", "items": "items",
}  # fmt: skip
_UNIT = "|".join(sorted((re.escape(unit) for unit in _UNITS), key=len, reverse=True))
_VALUE = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_AMOUNT = re.compile(
    rf"(?:(?P<sign>[€$£]|\b(?:eur|usd|gbp|chf)) ?(?P<first>{_VALUE})"
    rf"|(?<![\w.,])(?:(?P<low>{_VALUE}) ?(?:to|-|–|and|/|or) ?)?"
    rf"(?P<last>{_VALUE}|one|two|three|four|five|six|ten) ?(?P<unit>{_UNIT})(?!\w))"
)


@_remembered
def amounts(text: str) -> Mapping[str, frozenset[float]]:
    """Amounts in the text by unit: money, percent, storage, and counts of seats and devices."""
    found: dict[str, set[float]] = {}
    for match in _AMOUNT.finditer(plain(text)):
        unit = _UNITS[match["sign"] or match["unit"]]
        written = (match["first"] or match["last"], match["low"])
        found.setdefault(unit, set()).update(_value(each) for each in written if each)
    return {unit: frozenset(values) for unit, values in found.items()}


def _value(written: str) -> float:
    if written in _WORD_NUMBERS:
        return float(_WORD_NUMBERS[written])
    if re.search(r"[.,]\d{1,2}$", written):
        whole, cents = re.split(r"[.,](?=\d{1,2}$)", written)
        return float(re.sub(r"[.,]", "", whole) + "." + cents)
    return float(re.sub(r"[.,]", "", written))


# --- dates ---------------------------------------------------------------------------------

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = "|".join(f"{month[:3]}(?:{month[3:]})?" if month[3:] else month for month in _MONTHS)
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.)?(?: of)? ({_MONTH})\b")
_MONTH_FIRST = re.compile(
    rf"\b({_MONTH})\.? (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?\b(?! times| "
    rf"days)"
)
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})")
_DOTTED = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?(?!\d)")
_ONLY_MONTH = re.compile(
    rf"\b(?:in|since|from|until|before|after|for|my|last|this|the) ({_MONTH})\b(?! \d)"
)
_FROM = re.compile(r"\b(?:from|since|starting|as of|on or after)(?: the| on)*\s*$")
_AFTER = re.compile(r"\b(?:after|later than)(?: the| on)*\s*$")
_UNTIL = re.compile(r"\b(?:until|till|by|up to)(?: the| on)*\s*$")
_BEFORE = re.compile(r"\b(?:before|earlier than|prior to)(?: the| on)*\s*$")
_YEAR = 2000  # a leap year, so that every day exists
_DAYS_A_YEAR = 366
_EVER = 10**6  # days; beyond any date


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included, as days of a year without a number."""

    named: int
    """The day that was written."""
    first: int
    last: int

    def meets(self, other: "Period") -> bool:
        """They have a day in common, the years chosen so that the written days are closest.

        Customers rarely write a year: beside December, January is the one that follows it.
        """
        turns = round((other.named - self.named) / _DAYS_A_YEAR) * _DAYS_A_YEAR
        return self.first + turns <= other.last and other.first <= self.last + turns


@_remembered
def dates(text: str) -> tuple[Period, ...]:
    """Days and months in the text, in order; "after 16 November" begins on the 17th."""
    spoken = plain(text)
    found: list[tuple[int, Period]] = []
    for match in _DAY_FIRST.finditer(spoken):
        found += _day(spoken, match.start(), _number(match[2]), int(match[1]))
    for match in _MONTH_FIRST.finditer(spoken):
        found += _day(spoken, match.start(), _number(match[1]), int(match[2]))
    for match in _ISO.finditer(spoken):
        found += _day(spoken, match.start(), int(match[2]), int(match[3]))
    for match in _DOTTED.finditer(spoken):
        found += _day(spoken, match.start(), int(match[2]), int(match[1]))
    for match in _ONLY_MONTH.finditer(spoken):
        at = match.start(1)
        found.append((at, _month(spoken[:at], _number(match[1]))))
    return tuple(period for _, period in sorted(found, key=lambda each: each[0]))


def _number(month: str) -> int:
    return next(at for at, name in enumerate(_MONTHS, 1) if name.startswith(month[:3]))


def _day(spoken: str, at: int, month: int, day: int) -> list[tuple[int, Period]]:
    try:
        on = date(_YEAR, month, day).toordinal()
    except ValueError:
        return []
    return [(at, _bounded(spoken[:at], on, on))]


def _month(before: str, month: int) -> Period:
    first = date(_YEAR, month, 1).toordinal()
    following = date(_YEAR + month // 12, month % 12 + 1, 1).toordinal()
    return _bounded(before, first, following - 1)


def _bounded(before: str, first: int, last: int) -> Period:
    if _FROM.search(before):
        return Period(first, first, _EVER)
    if _AFTER.search(before):
        return Period(first, last + 1, _EVER)
    if _UNTIL.search(before):
        return Period(first, -_EVER, last)
    if _BEFORE.search(before):
        return Period(first, -_EVER, first - 1)
    return Period(first, first, last)


# --- durations -----------------------------------------------------------------------------

_HOURS = {"minute": 1 / 60, "hour": 1, "day": 24, "week": 168, "month": 730, "year": 8760}
_DURATION = re.compile(
    rf"\b({_NUMBER})(?:(?: to | or |-|–)(?:\d+|two|three|four|five|six|ten))? ?"
    r"(?:working |business |whole |full |more )?(minute|hour|day|week|month|year)s?\b"
)
_RANGE_END = re.compile(r"(?: to | or |-|–)(\d+|two|three|four|five|six|ten)")


@_remembered
def durations(text: str) -> tuple[float, ...]:
    """Lengths of time in the text in hours, a range by its longer end, in order."""
    found = []
    for match in _DURATION.finditer(plain(text)):
        longer = _RANGE_END.search(match[0])
        found.append(_value(longer[1] if longer else match[1]) * _HOURS[match[2]])
    return tuple(found)
