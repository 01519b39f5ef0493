"""Go or no-go before day 0: stated rules over what a rehearsal found. Pure.

A rule that *stops* keeps the launch from going; the others are worth doing. Each names what is left
to do and where it is done.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

COVERED = 0.70  # of the feared questions answered or recognised; our own figure, said on the page
FEW = 10  # questions below which a go proves next to nothing; our own figure, said on the page
PHRASINGS = 3  # besides the title, from which an entry is found in words other than its author's
LISTED = 50  # things of one rule that are kept


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to do, and the address at which it is done."""

    words: str
    href: str


Things = Sequence[Thing]


@dataclass(frozen=True, slots=True)
class Found:
    """What a rehearsal found. Lists are of what is wrong, the worst first."""

    answered: int
    recognised: int  # it would be asked "did you mean"
    to_person: int
    live: int  # answers that customers could get, drafts among them when they are included
    as_expected: int = 0  # of those that a person gets: a person was expected
    left_out: Things = ()  # the first lines that were given and not rehearsed
    left_out_count: int = 0  # all of them
    missing: Things = ()  # that a launch needs before it goes live
    wrong: Things = ()  # questions that another entry than the expected one would answer
    unmet: Things = ()  # questions that would not get the entry that was expected
    same_words: Things = ()
    included: Things = ()  # drafts that it was rehearsed with
    near: Things = ()
    thin: Things = ()
    hard_to_read: Things = ()
    ending: Things = ()
    outdated: Things = ()  # variants whose original has changed since
    drafts: Things = ()  # that it was rehearsed without
    hours: Things = ()
    unowned: Things = ()  # times without a hypercare owner

    @property
    def questions(self) -> int:
        """Return how many questions were rehearsed."""
        return self.answered + self.recognised + self.to_person

    @property
    def covered(self) -> float:
        """Return the share that would be answered, recognised or get the person expected."""
        good = self.answered + self.recognised + self.as_expected
        return good / self.questions if self.questions else 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as it was judged; ``things`` are what is left to do."""

    key: str
    title: str
    stops: bool
    is_kept: bool
    words: str = ""
    things: Things = field(default=())

    @property
    def is_in_the_way(self) -> bool:
        """Return whether it keeps the launch from going."""
        return self.stops and not self.is_kept


@dataclass(frozen=True, slots=True)
class Verdict:
    """Go when no stopping rule is broken."""

    rules: tuple[Rule, ...]

    @property
    def is_go(self) -> bool:
        """Return whether it may go."""
        return not any(rule.is_in_the_way for rule in self.rules)


_LISTS = (  # key, what it is called when it is kept, whether it stops, which list
    ("required", "Everything a launch needs is there", True, "missing"),
    ("wrong", "No question is answered by another entry than expected", True, "wrong"),
    ("same-words", "No two entries are asked in the same words", True, "same_words"),
    ("included", "Every draft it was rehearsed with is approved", True, "included"),
    ("unmet", "Every question gets the entry that was expected", False, "unmet"),
    ("near", "No two entries are taken for each other", False, "near"),
    ("thin", f"Every entry has {PHRASINGS} phrasings that lead to it", False, "thin"),
    ("plain", "Every text reads easily", False, "hard_to_read"),
    ("ending", "Every answer is valid for the whole launch", False, "ending"),
    ("variants", "Every variant was compared with its original as it reads now", False, "outdated"),
    ("drafts", "Nothing waits for approval", False, "drafts"),
    ("hours", "The hours when people are there are decided", False, "hours"),
    ("owners", "Every covered hour has a hypercare owner", False, "unowned"),
)


def judge(found: Found, *, library: str) -> Verdict:
    """Return the verdict; ``library`` is the address of the launch's library."""
    rules = [_answers(found, library), _whole(found), _coverage(found, library)]
    rules += [
        _listed(key, title, stops, getattr(found, name))
        for key, title, stops, name in _LISTS
        if not (key == "drafts" and found.included)  # they wait: the rule of those says so
    ]
    return Verdict(tuple(sorted(rules, key=_worst_first)))


def _answers(found: Found, library: str) -> Rule:
    things = () if found.live else (Thing("Approve the first answer.", library),)
    words = f"{found.live:,} could be sent." if found.live else "Not one answer could be sent."
    return Rule("answers", "There are approved answers", True, found.live > 0, words, things)


def _whole(found: Found) -> Rule:
    """Return whether all that is feared was asked: of a line that was not, nothing is known."""
    words = f"{found.left_out_count:,} left out; nothing is known of them."
    is_kept = not found.left_out_count
    title = "Every line that was given was rehearsed"
    return Rule("left-out", title, True, is_kept, "" if is_kept else words, found.left_out)


def _coverage(found: Found, library: str) -> Rule:
    is_kept = found.covered >= COVERED
    words = (
        f"{found.covered:.0%} of {found.questions:,} questions would be answered or recognised, "
        f"or get a person as expected; {COVERED:.0%} are needed."
    )
    if found.left_out_count:
        words += f" Lines left out are not among them: {found.left_out_count:,}."
    things = () if is_kept else (Thing("Write answers to what would reach a person.", library),)
    title = f"At least {COVERED:.0%} of the questions are answered or recognised"
    return Rule("coverage", title, True, is_kept, words, things)


def _listed(key: str, title: str, stops: bool, things: Things) -> Rule:
    words = f"{len(things):,} left." if things else ""
    return Rule(key, title, stops, not things, words, tuple(things))


def _worst_first(rule: Rule) -> tuple[bool, bool]:
    return (rule.is_kept, not rule.stops)


@dataclass(frozen=True, slots=True)
class Asked:
    """What would have become of one question."""

    text: str
    outcome: str
    entry: str
    judged: str


@dataclass(frozen=True, slots=True)
class Change:
    """What is otherwise than in the rehearsal before."""

    better: tuple[Asked, ...]  # questions, as they are now
    worse: tuple[Asked, ...]
    new: int  # questions that were not asked before
    kept_now: tuple[str, ...]  # titles of rules
    broken_now: tuple[str, ...]


_GOOD = ("handoff", "clarification", "answer")
_BESIDE = {"wrong": -1, "right": 3}


def changed(
    now: Sequence[Asked], before: Iterable[Asked], rules: Sequence[Rule], earlier: Iterable[Rule]
) -> Change:
    """Return what got better and what got worse, question by question and rule by rule.

    Better is: an answer rather than "did you mean", that rather than a person. Where an entry was
    expected, what is right stands above all of them and a wrong answer below.
    """
    known = {one.text: one for one in before}
    pairs = [(one, known[one.text]) for one in now if one.text in known]
    were = {rule.key: rule.is_kept for rule in earlier}
    return Change(
        better=tuple(one for one, was in pairs if _rank(one) > _rank(was)),
        worse=tuple(one for one, was in pairs if _rank(one) < _rank(was)),
        new=len(now) - len(pairs),
        kept_now=tuple(r.title for r in rules if r.is_kept and were.get(r.key) is False),
        broken_now=tuple(r.title for r in rules if not r.is_kept and were.get(r.key) is True),
    )


def _rank(one: Asked) -> int:
    return _BESIDE.get(one.judged, _GOOD.index(one.outcome) if one.outcome in _GOOD else 0)
