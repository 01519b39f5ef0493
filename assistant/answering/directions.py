"""The opposite of what a message is about: off for on, remove for add, not for yes.

Opposites are nearly the same sentence, which is why a measure of meaning confuses them; so this
only objects where the rest of the words nearly coincides.
"""

import re
from functools import lru_cache

from assistant.answering.objections import Case, Objection

REST_COINCIDES = 0.5  # share of the shorter side's remaining words; directions are explicit cues
NEARLY_THE_SAME = 0.75  # share of all words; a "not" alone is a weak cue

_GAP = r"(?:\w+ ){0,3}?"
_PAIRS: tuple[tuple[str, str, str], ...] = (
    ("on or off",
     rf"(?:turn|switch)(?:ed|ing|s)? {_GAP}on|enabl\w+|activat\w+|opt(?:ed|ing)? in",
     rf"(?:turn|switch)(?:ed|ing|s)? {_GAP}off|disabl\w+|deactivat\w+|opt(?:ed|ing)? out|"
     r"get(?:ting)? rid of|do without"),
    ("up or down a plan",
     r"upgrad\w+|(?:bigger|larger|higher|better) (?:plan|package|tier)",
     r"downgrad\w+|(?:smaller|lower|cheaper) (?:plan|package|tier)"),
    ("cancel or keep",
     r"cancel\w*|end (?:my|the|our) (?:plan|subscription|account|contract)|terminat\w+|quit|"
     r"stop\w*",
     r"(?:resum|reactivat|restart|renew|un-?cancel|reinstat|undo)\w*|keep (?:my|the|our)|"
     r"continu\w+|come back|start again"),
    ("pause or resume", r"paus\w+|suspend\w*|freez\w+|put on hold", r"resum\w+|unpaus\w+|"
                        r"unfreez\w+"),
    ("add or remove",
     r"add(?:s|ed|ing)?|invit\w+|include|attach\w*|put in",
     r"remov\w+|delet\w+|get rid of|take (?:\w+ )?(?:off|away|out)|kick(?:ed)? out|detach\w*|"
     r"exclud\w+|unlink\w*"),
    ("before or after", r"before|prior to|in advance", r"after|afterwards|too late"),
    ("time gone or time left", r"ago|was over|is over|has passed|had passed|ran out|has ended",
     r"to go|left|remaining|from now|still has|not over"),
    ("more or less",
     r"increas\w+|rais(?:e|ed|ing)|higher|went up|goes up|go up|more expensive|dearer|gain\w*|"
     r"pay(?:ing)? more|rose",
     r"decreas\w+|reduc\w+|lower(?:ed|ing)?|went down|goes down|go down|cheaper|drop(?:ped|s)?|"
     r"pay(?:ing)? less|fell"),
    ("subscribe or unsubscribe", r"subscrib\w+|sign(?:ed|ing)? up", r"unsubscrib\w+"),
    ("in or out", r"(?:log|sign)(?:ged|ging|ing|s)? ?in", r"(?:log|sign)(?:ged|ging|ing|s)? ?out"),
    ("open or close", r"open(?:ed|ing|s)?", r"clos(?:e|ed|ing)"),
    ("send or receive", r"send(?:ing|s)?|sent|withdraw\w*|pay out",
     r"receiv\w+|deposit\w*|get paid"),
    ("lock or unlock", r"lock(?:ed|ing)?|block(?:ed|ing)?|hid(?:e|den|ing)|mut(?:e|ed|ing)",
     r"unlock\w*|unblock\w*|unhid\w+|show(?:n|ing)?|unmut\w+"),
    ("start or stop", r"start(?:s|ed|ing)?|begin\w*", r"stop(?:s|ped|ping)?|end(?:s|ed|ing)?"),
    ("in or out of the product", r"import\w*|upload\w*", r"export\w*|download\w*"),
    ("install or uninstall", r"install\w*", r"uninstall\w*"),
    ("monthly or yearly", r"to (?:a )?month(?:ly)?|yearly to monthly|pay monthly",
     r"to (?:a )?(?:year(?:ly)?|annual(?:ly)?)|monthly to yearly|pay (?:yearly|annually)"),
    ("early or late", r"too early|earlier|too soon", r"too late|later|delay\w*"),
    ("buy or give back", r"buy(?:ing)?|purchas\w+|order(?:ing)?", r"return(?:ed|ing)?|send back|"
                         r"sell"),
)  # fmt: skip
_COMPILED = [
    (name, re.compile(rf"\b(?:{one})\b"), re.compile(rf"\b(?:{other})\b"))
    for name, one, other in _PAIRS
]

_STOP = frozenset(
    re.findall(
        r"\w+",
        "a an the i me my we our you your it its is are was were be been am do does did can could "
        "will would should may might have has had to of in on at for with from by and or but so "
        "that this these those there how what why when where which who if as please just now then "
        "than hi hello hey want need like get got go going let us about into out up down off some "
        "any all",
    )
)
_NOT = frozenset({"not", "never", "no", "without", "nobody", "none", "nothing"})
_RHETORICAL = re.compile(r"^(?:is|are|was|do|does|did|should|would|could|has|have) not\b")


def poles(spoken: str) -> frozenset[str]:
    """Which ways a plain text goes, of each pair that it goes one way of: "on or off: 1"."""
    return frozenset(
        f"{name}: {side}"
        for name, *pair in _COMPILED
        for side, pole in enumerate(pair)
        if pole.search(spoken)
    )


def negations(spoken: str) -> list[str]:
    """The words of a plain text that say no, as often as they are said."""
    return sorted(word for word in re.findall(r"\w+", spoken) if word in _NOT)


def direction(case: Case) -> Objection | None:
    """The question goes one way and the message the opposite one."""
    for name, one, other in _COMPILED:
        for asked, opposite in ((one, other), (other, one)):
            if _goes(case.spoken, asked, opposite) and _is_opposed(case, asked, opposite):
                return Objection("direction", f"the other direction: {name}")
    return None


def _goes(spoken: str, pole: re.Pattern[str], opposite: re.Pattern[str]) -> bool:
    return bool(pole.search(spoken)) and not opposite.search(spoken)


def _is_opposed(case: Case, asked: re.Pattern[str], opposite: re.Pattern[str]) -> bool:
    if any(asked.search(each) for each in case.own):
        return False
    rest = _content(asked.sub(" ", case.spoken))
    opposed = (way for way in case.ways if opposite.search(way))
    return any(_shared(rest, _content(opposite.sub(" ", way))) >= REST_COINCIDES for way in opposed)


def negation(case: Case) -> Objection | None:
    """Nearly the same words, with a "not" on one side alone."""
    if _RHETORICAL.match(case.spoken):
        return None
    asked, is_denied = _content(case.spoken), _denies(case.spoken)
    near = [way for way in case.ways if len(asked) >= 2 and _alike(asked, _content(way))]
    if not near or any(_denies(way) == is_denied for way in near):
        return None
    return Objection("negation", "says the contrary in nearly the same words")


def _denies(spoken: str) -> bool:
    return not _NOT.isdisjoint(re.findall(r"\w+", spoken))


@lru_cache(maxsize=8192)  # the same few ways are looked at for every question
def _content(spoken: str) -> frozenset[str]:
    words = re.findall(r"\w+", spoken)
    return frozenset(_stem(word) for word in words if word not in _STOP and word not in _NOT)


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|ed|es|e|s)$", "", word)[:6] if len(word) > 3 else word


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of the smaller set that is in the other; 1 where one of them says nothing."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 1.0


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= NEARLY_THE_SAME * len(one | other)
