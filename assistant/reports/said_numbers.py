"""The numbers that a text says, in digits or words, so that none is said which nobody counted.

Pure, for English. A number is a value with its unit: 41 is not 41 %, and 9 min are not 9 h. What
compares without a figure of its own (*twice*, *halved*, *a dozen*) is a number as well, and so are
dates, times and days of the week.
"""

import re
import unicodedata
from collections.abc import Iterable

Said = tuple[str, float | str]  # a unit or kind, and the value

UNITS = {
    "%": "%", "percent": "%", "per cent": "%", "pp": "pp", "percentage points": "pp",
    "percentage point": "pp",
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("s", "sec", "second", "seconds"), "s"),
    **dict.fromkeys(("day", "days"), "day"), **dict.fromkeys(("week", "weeks"), "week"),
    **dict.fromkeys(("x", "×", "times", "fold", "-fold"), "times"),
}  # fmt: skip
SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9,
          "hundred": 1e2, "dozen": 12}  # fmt: skip
ONES = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
}  # fmt: skip
VALUES: dict[str, float] = {
    **{word: float(n) for n, word in enumerate(ONES)},
    **{word: float(10 * n) for n, word in enumerate(TENS, 2)},
}
COMPARED = (
    *("twice", "thrice", "double", "doubled", "doubling", "triple", "tripled", "half"),
    *("quadrupled", "quintupled"),
    *("halved", "halving", "halves", "quarter", "quarters", "thirds", "tenfold", "twofold"),
    *("threefold", "dozens", "hundreds", "thousands", "millions", "couple", "both", "pair", "once"),
    *("dozen", "hundred", "thousand", "million", "billion"),
)  # fmt: skip
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

SEVERITY = re.compile(
    r"(?i)\bsev(?:erity)? [123](?:\s*(?:[-–/]|and|or)\s*(?:sev )?[123])?(?![\d.,]?\d)"
)
ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
MONTH = "|".join(f"{name}|{name[:3]}" for name in MONTHS)
DATE = re.compile(
    rf"(?i)\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({MONTH})\b"
    rf"|\b({MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?\b"
)
TIME = re.compile(r"(?i)\b(\d{1,2}):(\d{2})\b|\b(\d{1,2}) ?([ap])\.?m\b\.?")
SCALED = "|".join(sorted(SCALES, key=len, reverse=True))
UNIT = "|".join(sorted((re.escape(unit) for unit in UNITS), key=len, reverse=True))
DIGITS = re.compile(
    rf"(?i)(-?\d{{1,3}}(?:[, ]\d{{3}})+(?:\.\d+)?|-?\d+(?:[.,]\d+)?)"
    rf"(?: ?({SCALED})(?![a-z]))?(?:st|nd|rd|th)?(?:[ -]?({UNIT})(?![a-z]))?"
)
WORD = "|".join(sorted(VALUES, key=len, reverse=True))
WORDED = re.compile(
    rf"(?i)(?<![a-z])((?:{WORD})(?:[- ]?(?:and )?(?:{WORD}|{SCALED}))*)(?![a-z])"
    rf"(?:[ -]?({UNIT})(?![a-z]))?"
)
PLAIN_WORD = re.compile(r"[a-z]+")


def said_in(text: str, *, leaving_out: Iterable[str] = ()) -> set[Said]:
    """Return every number of ``text`` by unit; names such as “First human response” are none."""
    text = _plain(text)
    for name in sorted(leaving_out, key=len, reverse=True):
        text = re.sub(rf"(?i)(?<!\w){re.escape(_plain(name))}(?!\w)", " · ", text)
    text = SEVERITY.sub(" · ", text)
    found: set[Said] = set()
    for pattern, read in ((ISO, _iso), (DATE, _date), (TIME, _time), (DIGITS, _digits),
                          (WORDED, _worded)):  # fmt: skip
        found |= {read(match) for match in pattern.finditer(text)}
        text = pattern.sub(" · ", text)
    words = set(PLAIN_WORD.findall(text.lower()))
    found |= {("compared", word) for word in words.intersection(COMPARED)}
    found |= {("ordinal", float(ORDINALS[word])) for word in words & ORDINALS.keys()}
    found |= {("weekday", word) for word in words.intersection(WEEKDAYS)}
    # Numerals that are none of the above (a circled one is a digit by now) nobody can compare.
    return found | {("numeral", c) for c in text if unicodedata.category(c) in ("Nl", "No")}


def _plain(text: str) -> str:
    """Return the text with digits of every script as ours and every kind of space as one."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub("[\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{MINUS SIGN}]", "-", text)
    seen = (c for c in text if unicodedata.category(c) != "Cf")
    ours = (str(unicodedata.digit(c)) if unicodedata.category(c) == "Nd" else c for c in seen)
    return re.sub(r"\s+", " ", "".join(ours))


def _iso(match: re.Match[str]) -> Said:
    return ("date", f"{int(match[3])}.{int(match[2])}")


def _date(match: re.Match[str]) -> Said:
    name, number = (match[2], match[1]) if match[2] else (match[3], match[4])
    month = next(n for n, each in enumerate(MONTHS, 1) if each.startswith(name.lower()[:3]))
    return ("date", f"{int(number)}.{month}")


def _time(match: re.Match[str]) -> Said:
    if match[1]:
        return ("time", f"{int(match[1])}:{match[2]}")
    hour = int(match[3]) % 12 + (12 if match[4].lower() == "p" else 0)
    return ("time", f"{hour}:00")


def _digits(match: re.Match[str]) -> Said:
    digits = match[1].replace(" ", "")
    is_grouped = re.fullmatch(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits)
    digits = digits.replace(",", "" if is_grouped else ".")
    value = float(digits) * SCALES.get((match[2] or "").lower(), 1)
    return (UNITS.get((match[3] or "").lower(), ""), value)


def _worded(match: re.Match[str]) -> Said:
    total, part = 0.0, 0.0
    for word in re.findall(rf"{WORD}|{SCALED}", match[1].lower()):
        if word in VALUES:
            part += VALUES[word]
        elif word in SCALES:
            part = (part or 1) * SCALES[word]
            if SCALES[word] >= 1_000:
                total, part = total + part, 0.0
    return (UNITS.get((match[2] or "").lower(), ""), total + part)
