"""Cues in a customer's words for how bad it is, told apart from questions about what might be.

A cue is looked for in the form in which people report ("I was charged twice"), not in the form in
which they ask ("will I be charged twice?"); a report that is denied, supposed or asked about
counts less or not at all. English only: other languages rely on the model and on people.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from assistant.answering.wording import sentences

_UNABLE = (
    r"(?:can not|could not|can no longer|unable to|not able to|impossible to|not possible to|"
    r"(?:will|does|do|did|would) not (?:let|allow) (?:me|us)(?: to)?)"
    r"(?: i| we| anyone| anybody| users| customers)?(?: even| longer| actually| currently| now)?"
)
_NOT_WOULD_BE = r"(?<!\bbe )(?<!\bget )(?<!\bbeing )"
_GOODS = (
    r"(?:data|files?|photos?|pictures|documents?|notes?|history|progress|settings|work|playlists?|"
    r"projects?|messages|contacts|records|orders?|recordings|entries|basket|customers|bookings?)"
)
_WORD = r"[\w.,€$£]+"  # an amount counts as one word
_AMOUNT = rf"(?:[€$£] ?)?\d{_WORD}?(?: ?(?:€|euros?|eur|dollars?|pounds?))?"
_PLACE = r"(?:site|website|page|app|service|system|servers?|shop|store|platform|portal|checkout)"
_IS = r"(?:is|are|was|were|am|has|have|had|got|went|seems|seem|appears)"


@dataclass(frozen=True, slots=True)
class Cue:
    """Something that customers report, with the words for the person who reads the ticket."""

    key: str
    severity: int
    words: str
    pattern: re.Pattern[str]


def _cue(key: str, severity: int, words: str, *patterns: str) -> Cue:
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    return Cue(key, severity, words, re.compile(rf"\b(?:{joined})\b"))


DANGER = "danger"
"""The key of what no text answers, however near one comes."""

CUES: tuple[Cue, ...] = (
    _cue(
        DANGER, 1, "somebody may be in danger",
        r"(?:kill|hang|hurt|harm|cut) (?:myself|ourselves|himself|herself|themselves)",
        r"(?:want|going|wish|ready|rather) (?:to )?(?:die|be dead)|end (?:it all|my (?:own )?life)",
        r"suicid\w+|self[ -]harm\w*",
        r"(?:bleeding|unconscious|poisoned|choking|choked|electrocuted|burned myself|burnt myself)",
        r"(?:allergic|anaphylactic) (?:reaction|shock)|food poisoning",
        r"(?:am|is|are|was|were|went|go|going|taken|rushed|ended up) (?:\w+ ){0,2}(?:in|to|at) "
        r"(?:the )?(?:hospital|emergency room)|(?:an|the) ambulance",
        r"(?:glass|metal|needle|blade|mou?ld|poison)(?: \w+){0,2} in (?:it|my|the|our|a)\b",
        r"(?:got|been|was|is|were) (?:badly |seriously )?(?:injured|hurt)",
        r"(?:threaten(?:s|ed|ing)?) (?:me|us)\b",
    ),
    _cue(
        "crime", 1, "something was stolen, or somebody was deceived",
        r"(?:money|funds|cash|savings|card|identity) (?:\w+ ){0,2}(?:was|were|is|has been|got) "
        r"(?:\w+ )?stolen",
        r"(?:been|was|got) (?:scammed|robbed|defrauded|phished)",
        r"(?:gave|told|given|sent) (?:my|our|the) (?:\w+ )?(?:password|pin|code|card (?:number|"
        r"details)) to",
        r"(?:this is|it is|that is|victim of) (?:a )?(?:fraud|theft|scam)",
    ),
    _cue(
        "legal", 1, "speaks of lawyers, the police or the press",
        r"(?:my|our) (?:lawyer|solicitor|attorney) (?:will|is going|has been told|says you)",
        r"(?:will|going to|gonna) (?:sue|report you|take you to court)|legal action|small claims",
        r"(?:go|going|went|report\w*|call\w*|been) (?:\w+ )?to the police|call(?:ing|ed)? the "
        r"police",
        r"(?:ombudsman|consumer protection|data protection authority|the press|newspaper)",
    ),
    _cue(
        "locked-out", 1, "locked out",
        rf"{_NOT_WOULD_BE}(?:locked|shut|kicked) (?:me |us )?out",
        r"(?:keeps|is|are) (?:locking|kicking) (?:me|us) out",
        rf"(?:my|our|the) (?:\w+ )?account {_IS} (?:been |now |just |suddenly )?"
        r"(?:locked|blocked|suspended|disabled|deactivated|closed|banned)",
        r"lost (?:all )?access",
        r"(?:have|got|with) no access",
    ),
    _cue(
        "cannot-sign-in", 1, "cannot sign in",
        rf"{_UNABLE} (?:log|sign) ?(?:in|on)(?:to)?",
        rf"{_UNABLE} (?:get (?:in|into|to)|access|reach|open) (?:my|our|the) (?:\w+ )?account",
        r"(?:log ?in|sign ?in|login page)(?: page)? (?:does not|is not|will not|do not) "
        r"work(?:ing)?",
        r"(?:log ?in|sign ?in) (?:is )?broken",
    ),
    _cue(
        "charged", 1, "charged wrongly, or money is gone",
        rf"{_NOT_WOULD_BE}(?:charged|billed|debited|paid|taken|took|withdrawn|deducted)"
        rf"(?: {_WORD}){{0,6}} (?:twice|double|doubly|2x|(?:two|three|four|2|3|4) times)"
        r"(?! (?:a|per|each|every) (?:day|week|month|year))",
        rf"{_AMOUNT} (?:\w+ )?(?:is |are |was |were |has |have |been |now )*"
        r"(?:gone|missing|vanished|disappeared) from (?:my|our)(?: \w+){1,2}",
        r"(?:double|twice|duplicate)[ -]?(?:charged|billed|debited|charge|charges|payment|"
        r"payments)",
        r"(?:see|seeing|have|are|got|shows?|with) (?:two|2|three|3|multiple) (?:identical )?"
        r"(?:charges|payments|debits|transactions)",
        rf"{_NOT_WOULD_BE}over[ -]?charged",
        r"(?:wrongly|incorrectly|mistakenly|falsely) (?:charged|billed|debited)",
        r"(?:charged|billed|debited)(?: me| us)?(?: \w+)? (?:wrongly|incorrectly|by mistake|in "
        r"error|"
        r"the wrong (?:amount|card|account|person|price)|without (?:my|our|any|permission)|"
        r"for (?:something|an order|a plan|an item|things)(?: that| which)? (?:i|we) (?:did not|"
        r"never))",
        r"(?:charged|billed|debited|took|taken|taking)(?: \w+){0,5} (?:after|even though|although|"
        r"despite)(?: \w+){0,3} cancel\w*",
        r"(?:unauthori[sz]ed|fraudulent|unknown) (?:charges?|payments?|transactions?|debits?)",
        r"(?:my|our|the|all) money (?:\w+ )?(?:is |has |was |been |just |all )*"
        r"(?:gone|missing|disappeared|vanished|lost|stolen)",
        r"(?:took|taken|stole|stolen|lost) (?:all |all of )?(?:my|our) money",
        r"(?:took|taken|withdrew|withdrawn|deducted|debited)(?: \w+){0,4} from (?:my|our) "
        r"(?:bank |credit |debit )?(?:account|card)(?: \w+){0,3} (?:without|twice)",
        r"account (?:is |was |has been |got )?(?:now )?(?:emptied|overdrawn|drained)",
        r"paid (?:but|and|yet) (?:i |we )?(?:have |still |got |received |never |no )+\w+",
    ),
    _cue(
        "lost-data", 1, "data or an order is lost",
        rf"lost (?:all |everything |half |most )?(?:of )?(?:my|our|all|the|every) (?:\w+ "
        rf"){{0,2}}{_GOODS}",
        rf"(?:my|our|all)(?: of)?(?: my| our| the)? (?:\w+ ){{0,2}}{_GOODS} (?:\w+ )?{_IS} "
        r"(?:all |been |just |now |completely |suddenly )*"
        r"(?:gone|lost|deleted|wiped|erased|disappeared|vanished)",
        rf"(?:my|our|all my|all our) (?:\w+ )?{_GOODS} (?:just |all |suddenly )?(?:disappeared|"
        rf"vanished)",
        rf"everything {_IS} (?:been |just |now )?(?:gone|deleted|lost|wiped|erased)",
        r"(?:it|you|they|update|app|system|migration|something|which|that) (?:has |have |just )?"
        rf"(?:deleted|wiped|erased|lost) (?:all |all of )?(?:my|our) (?:\w+ )?(?:{_GOODS}|account)",
    ),
    _cue(
        "down", 1, "nothing works",
        rf"(?:everything|{_PLACE}) (?:\w+ )?{_IS} (?:been |gone |completely |all |still |totally )*"
        r"(?:down|offline|unreachable|dead)",
        rf"{_IS} (?:your |the |this )?(?:whole )?(?:everything|{_PLACE}) (?:down|offline)",
        r"nothing (?:works|is working|loads|opens|is loading|at all works)",
        r"(?:complete|total|full) outage|(?:is there|there is|having) an outage",
        r"(?:nobody|no one|none of us|whole (?:team|company|office)|entire (?:team|company|office))"
        r"(?: in \w+ \w+)? (?:can|is able|is blocked|is stuck|are blocked)(?: not)?",
    ),
    _cue(
        "blocked", 1, "blocked in their work",
        rf"(?:i|we|my (?:\w+ )?(?:work|team|order|card)|our (?:\w+ )?(?:work|team|business)) {_IS} "
        r"(?:been |completely |totally |now |fully )*blocked",
        r"(?:i|we) can not work",
        r"(?:blocking|blocks) (?:us|me|our|my|everyone)",
    ),
    _cue(
        "cannot-pay", 1, "cannot pay or order",
        rf"{_UNABLE} (?:pay|check ?out|buy anything|order anything)"
        r"(?! (?:so|that|this|the (?:new|higher)|more|extra|such))",
        rf"{_UNABLE} (?:place|complete|finish|submit) (?:my|an|the|any|our) (?:\w+ )?"
        r"(?:order|purchase|payment|checkout)",
        r"checkout (?:is broken|does not work|is not working)",
    ),
    _cue(
        "intrusion", 1, "somebody else is in the account",
        rf"(?:account|card|password|identity|data) (?:\w+ )?{_IS} (?:been )?(?:hacked|stolen)",
        r"(?:been|got|was) hacked",
        r"(?:someone|somebody|a stranger)(?: else)? (?:has |is |just )?(?:used|using|logged in|"
        r"logged|accessed|accessing|changed|got)(?: into| in| to)* (?:my|our)",
        r"(?:i|we) can see (?:someone else|another|other (?:people|customer|user)s?|strangers?)",
    ),
    _cue(
        "urgent", 2, "says it is urgent",
        r"urgent(?:ly)?|asap|as soon as possible|emergency|immediately|right away",
        r"(?:deadline|due|need (?:it|this|that)) (?:is )?(?:today|tonight|tomorrow|now)",
    ),
    _cue(
        "several-tries", 2, "still there after several tries",
        r"still (?:not|no|does not|do not|is not|can not|have not|has not|will not|waiting|wrong|"
        r"broken|stuck|pending|down|missing|fails?|failing|the same (?:problem|error|issue|thing))",
        r"(?:second|third|fourth|fifth|2nd|3rd|4th|5th|tenth) time",
        r"(?:several|many|multiple|countless|a few|three|four|five|[3-9]|1\d) times",
        r"tried (?:everything|again and again)|nothing helps?|keeps? happening|again and again",
    ),
    _cue(
        "wrong-amount", 2, "the amount is wrong",
        r"(?:wrong|incorrect|false) (?:amount|total|sum|invoice|bill|price|charge|discount)",
        r"(?:amount|total|invoice|bill|price) (?:\w+ )?(?:is|are|was|seems|looks) "
        r"(?:wrong|incorrect|not (?:right|correct))",
    ),
    _cue(
        "not-working", 2, "something does not work",
        r"(?:does|do|did|is|are|was|were|will|has|have|would) not (?:\w+ )?(?:work|load|sync|"
        r"respond|open|start|save|show|update|arrive|arrived|connect)",
        r"(?:stopped|quit) (?:working|loading|syncing|responding)",
        r"not (?:working|loading|syncing|responding|showing|saving|opening|updating|arrived|"
        r"received)",
        r"never (?:arrived|received|came|worked)",
        r"broken|errors?|failed|fails|failing|crash(?:ed|es|ing)?|stuck|frozen|freezes|freezing|"
        r"bug",
        r"declined|rejected|disappeared|vanished|missing",
        rf"{_UNABLE} (?:\w+ )?(?:open|load|download|upload|save|update|access|use|connect|submit|"
        r"print|see|add|delete|remove|book|reach|change|cancel|send|sync|watch|play|install|finish|"
        r"continue|switch|view|export|import|share|edit)",
    ),
)  # fmt: skip


class Reading(Enum):
    """How a cue stands in its sentence."""

    REPORTED = "reported"
    ASKED = "asked"
    """As a question whether it is so: "was I charged twice?"."""
    SUPPOSED = "supposed"
    """As something that might be: "what if I am locked out?"."""
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Sign:
    """A cue that was found, and how it stands there."""

    cue: Cue
    reading: Reading
    partial: bool
    """Only one of several ways is affected: "I cannot log in with Google"."""


_DENIED = re.compile(
    r"\b(?:not|never|no longer|nothing|without)(?: (?:been|being|yet|actually|really|even|my|the|"
    r"currently|any|is|was|a))*\s*$"
    r"|\bdo not (?:think|mean|say)(?: that)?(?: \w+){0,3}\s*$"
)
_SUPPOSED_BEFORE = re.compile(
    r"\b(?:if|what if|in case|unless|until|lest|suppose|imagine|worried|afraid|scared|fear|"
    r"concerned|"
    r"avoid|prevent|risk|so that|what happens when|how do i know)(?: [\w',]+){0,5}\s*$"
)
_SUPPOSED_AFTER = re.compile(
    r"^(?: \w+){0,3},? (?:if|once|as soon as|unless) (?:i|we|you|they|my)\b"
)
_ASKED = re.compile(
    r"^(?:(?:hi|hello|hey|so|and|but|please|sorry|ok|okay|well|wait)[, ]+)*"
    r"(?:was|were|am|is|are|have|has|did|do|does|can not)\b"
)
# "Do you know why I was charged twice?" asks for the reason and reports the fact.
_TAKEN_FOR_GRANTED = re.compile(r"\b(?:why|how come|how is it|that|because)\b")
_PARTIAL = re.compile(
    r"^(?: \w+){0,3} (?:with|using|via|on|from|in|by|through)(?: (?:my|the|a|an|our))?(?: \w+)? ?"
    r"(?:google|apple|facebook|phone|mobile|tablet|ipad|iphone|android|laptop|computer|pc|old|tv|"
    r"app|"
    r"desktop|chrome|safari|firefox|edge|browser|paypal|visa|mastercard|card|invoice|voucher|"
    r"giro\w*|"
    r"sepa|klarna|debit|gift|work)\b"
)
_FORGOT = re.compile(r"\b(?:forgot|forgotten|do not (?:remember|know)|lost) (?:my|the|our) "
                     r"(?:\w+ )?"
                     r"(?:password|pin|passcode|username|code)\b")  # fmt: skip


@lru_cache(maxsize=4096)  # a message is read for triage and beside every candidate
def signs(text: str) -> tuple[Sign, ...]:
    """Every cue in the text, in the order of `CUES`, each once, in its strongest reading."""
    found = [sign for sentence in sentences(text) for cue in CUES if (sign := _sign(cue, sentence))]
    strength = list(Reading)
    found.sort(key=lambda sign: (CUES.index(sign.cue), strength.index(sign.reading), sign.partial))
    return tuple({sign.cue.key: sign for sign in reversed(found)}.values())[::-1]


def _sign(cue: Cue, sentence: str) -> Sign | None:
    match = cue.pattern.search(sentence)
    if match is None:
        return None
    before, after = sentence[: match.start()], sentence[match.end() :]
    return Sign(cue, _reading(sentence, before, after), _is_partial(cue, sentence, after))


def _reading(sentence: str, before: str, after: str) -> Reading:
    if _DENIED.search(before):
        return Reading.DENIED
    if _SUPPOSED_BEFORE.search(before) or _SUPPOSED_AFTER.match(after):
        return Reading.SUPPOSED
    asks = sentence.endswith("?") and _ASKED.match(sentence)
    if asks and not _TAKEN_FOR_GRANTED.search(before):
        return Reading.ASKED
    return Reading.REPORTED


def _is_partial(cue: Cue, sentence: str, after: str) -> bool:
    if cue.key == "cannot-sign-in" and _FORGOT.search(sentence):
        return True
    return cue.key in {"cannot-sign-in", "cannot-pay"} and bool(_PARTIAL.match(after))
