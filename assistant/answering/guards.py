"""Deterministic objections to answering a question with a candidate.

A guard never chooses anything: it only turns an answer into "did you mean", whoever proposed
it, the ranking or the model. What the message names itself is no objection to it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from assistant.answering.circumstances import already_tried, money, other_side, persists
from assistant.answering.directions import direction, negation
from assistant.answering.identifiers import amounts, codes, dates, versions
from assistant.answering.objections import Case, Objection
from assistant.answering.verdicts import Candidate

__all__ = ["Objection", "Objections", "against"]


def against(question: str, candidate: Candidate, ways: Sequence[str]) -> tuple[Objection, ...]:
    """Everything that speaks against answering `question` with `candidate`, in a fixed order.

    `ways` are the ways customers ask for it; the title may be among them or not.
    """
    return _against(question, candidate, tuple(ways))


@lru_cache(maxsize=16_384)  # a replay puts the same questions to mostly the same messages
def _against(question: str, candidate: Candidate, ways: tuple[str, ...]) -> tuple[Objection, ...]:
    case = Case.of(question, candidate, ways)
    return tuple(found for check in _CHECKS if (found := check(case)) is not None)


class Objections(Mapping[str, tuple[Objection, ...]]):
    """What speaks against each of some candidates, by entry; looked for when it is asked for.

    Most questions are decided by what is found, and then nobody asks.
    """

    def __init__(
        self, question: str, beside: Iterable[tuple[Candidate, Callable[[], Sequence[str]]]]
    ) -> None:
        """``beside``: each candidate, and what tells the ways customers ask for it."""
        self._question = question
        self._beside = {candidate.entry: (candidate, ways) for candidate, ways in beside}

    def __getitem__(self, entry: str) -> tuple[Objection, ...]:
        candidate, ways = self._beside[entry]
        return against(self._question, candidate, ways())

    def __iter__(self) -> Iterator[str]:
        return iter(self._beside)

    def __len__(self) -> int:
        return len(self._beside)


def identifier(case: Case) -> Objection | None:
    """The question is about another error code."""
    theirs = codes(case.question)
    ours = frozenset(code for words in case.words for code in codes(words))
    # "Error 403" and "ERR-403" are the same.
    if not theirs or not ours or any(a.endswith(b) or b.endswith(a) for a in theirs for b in ours):
        return None
    return Objection("identifier", f"it is about {', '.join(sorted(theirs))}")


def version(case: Case) -> Objection | None:
    """The question is about a version that the message does not cover."""
    ours = [each for words in case.words for each in versions(words)]
    for asked in versions(case.question):
        if ours and not any(each.admits(asked) for each in ours):
            written = ".".join(str(part) for part in asked.number)
            return Objection("version", f"it is about version {written}")
    return None


def amount(case: Case) -> Objection | None:
    """The question names an amount that the message, which states such amounts, does not know."""
    ours: dict[str, set[float]] = {}
    for words in case.words:
        for unit, values in amounts(words).items():
            ours.setdefault(unit, set()).update(values)
    for unit, values in amounts(case.question).items():
        known = ours.get(unit, set())
        if known and not all(_is_known(value, known) for value in values):
            return Objection("amount", "it is about another amount")
    return None


def _is_known(value: float, known: set[float]) -> bool:
    """Stated as it is, rounded as people do, or the difference of two stated ones."""
    differences = {abs(one - other) for one in known for other in known}
    near = 0.5 if value == int(value) else 0.005
    return any(abs(value - each) <= near for each in known | (differences - {0.0}))


def day(case: Case) -> Objection | None:
    """The question names a day on which, by its own dates, the message does not apply."""
    ours = [each for words in case.words for each in dates(words)]
    for asked in dates(case.question):
        if ours and not any(each.meets(asked) for each in ours):
            return Objection("date", "it is about another date")
    return None


# Places of one kind exclude each other. A phone's system implies the phone.
_PLACES: tuple[dict[str, re.Pattern[str]], ...] = (
    {
        "app": re.compile(r"\b(?:apps?|mobile|phone|smartphone|iphone|ipad|ios|android|tablet)\b"),
        "web": re.compile(r"\b(?:web ?site|web|browser|online shop|desktop|laptop|computer|pc|mac|"
                          r"windows|chrome|firefox|safari|edge)\b"),
    },
    {
        "android": re.compile(r"\b(?:android|samsung|pixel phone|play store)\b"),
        "ios": re.compile(r"\b(?:iphone|ipad|ios|app store)\b"),
    },
    {
        "windows": re.compile(r"\bwindows(?: \d+)?\b(?! (?:open|close|pop))"),
        "mac": re.compile(r"\b(?:mac|macbook|macos|imac)\b"),
    },
    {
        "chrome": re.compile(r"\bchrome\b"),
        "firefox": re.compile(r"\bfirefox\b"),
        "safari": re.compile(r"\bsafari\b"),
        "edge": re.compile(r"\b(?:microsoft )?edge\b"),
    },
)  # fmt: skip
_NO_PLACE = re.compile(r"\b(?:phone number|phone call|by phone|mobile number|call\w* on the phone|"
                       r"phone support|telephone)\b")  # fmt: skip
_CONTRAST = re.compile(r"\b(?:but|however|while|whereas|though|although|only|yet)\b|[,;]")
_FINE = re.compile(r"\b(?:works?|working|fine|ok|okay|good|no problems?|possible)\b")
_NOT_FINE = re.compile(r"\b(?:not|no longer|never|fails?|broken|error|wrong|missing|problem)\b")


def environment(case: Case) -> Objection | None:
    """The question is about another place (app, website, system, browser) than the message."""
    for kind in range(len(_PLACES)):
        theirs = _places(case.spoken, kind)
        if theirs and theirs.isdisjoint(_bound_to(case, kind) or theirs):
            return Objection("environment", f"it is about {' and '.join(sorted(theirs))}")
    return None


def _bound_to(case: Case, kind: int) -> set[str]:
    """The places that a message is for: by title or condition, or by half of its ways."""
    named = [_places(each, kind) for each in case.own]
    title, condition, with_place = named[0], named[-1], [each for each in named[:-1] if each]
    if title or condition or 2 * len(with_place) >= len(case.ways):
        return set().union(*named)
    return set()


@lru_cache(maxsize=8192)  # the same few ways are looked at for every question
def _places(spoken: str, kind: int) -> frozenset[str]:
    """Where the trouble is; "works in the app, but not in the browser" is about the browser."""
    spoken = _NO_PLACE.sub(" ", spoken)
    parts = [(part, _in(part, _PLACES[kind])) for part in _CONTRAST.split(spoken)]
    troubled = [names for part, names in parts if names and not _is_fine(part)]
    return frozenset().union(*(troubled or [names for _, names in parts]))


def _in(part: str, kind: dict[str, re.Pattern[str]]) -> set[str]:
    return {name for name, pattern in kind.items() if pattern.search(part)}


def _is_fine(part: str) -> bool:
    return bool(_FINE.search(part)) and not _NOT_FINE.search(part)


_CHECKS: tuple[Callable[[Case], Objection | None], ...] = (
    identifier,
    version,
    amount,
    day,
    environment,
    direction,
    negation,
    already_tried,
    persists,
    other_side,
    money,
)
