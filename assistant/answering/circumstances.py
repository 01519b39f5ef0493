"""Circumstances of the customer's that a message may not be meant for.

They have already done what it says, it goes on for longer than it says, it happens to somebody
else, or money is really gone. A circumstance that the message names itself is no objection.
"""

import re

from assistant.answering.identifiers import durations
from assistant.answering.objections import Case, Objection
from assistant.answering.seriousness import Reading, signs

_ACTION = (
    r"(?:restart|reinstall|updat|clear|reset|log|sign|chang|cancel|switch|delet|disconnect|follow|"
    r"upgrad|remov|add|enter|confirm|verif|check|wait|refresh|reload|download|enabl|disabl|turn)\w*"
)
_NO_HELP = (
    r"(?:still (?:not?|can|does|do|is|are|get\w*|being|the|fail\w*|crash\w*|show\w*|same)|same|"
    r"no luck|no change|no effect|nothing|in vain|but it|but the|does not help)"
)
_TRIED = re.compile(
    r"\b(?:already|have|i) tried (?:that|this|it|everything|all|both|your|every|the above|several|"
    r"multiple|\w+ing\b)"
    r"|\btried (?:that|everything|it all|all of|again and again|it (?:twice|several|many|again))\b"
    r"|\bfollow(?:ed|ing) (?:the|your|all|every|these|those) (?:\w+ )?"
    r"(?:steps?|instructions?|guide|article|advice|help page|faq)\b"
    r"|\b(?:did|done) (?:that|this|it all|everything|all that|all of|what you|as you|so already)\b"
    r"|\bas (?:described|suggested|told|instructed|explained|recommended)\b.*\bbut\b"
    rf"|\bafter (?:i (?:have )?|we )?{_ACTION}\b.*\b{_NO_HELP}\b"
    rf"|\b(?:i|we)(?: have)? {_ACTION}\b(?: \w+){{0,8}},? (?:and|but)(?: \w+){{0,4}} {_NO_HELP}\b"
    r"|\b(?:did|does) not (?:help|solve|fix|change anything)|\bwithout success\b|\bto no avail\b"
)
_ALREADY = re.compile(
    r"(?<!\bhave i )(?<!\bam i )(?<!\bwas i )\balready (?!have|know|am|been|has|had|own|see|"
    r"exist|paid|a |an |the )(\w+)"
)
_IRREGULAR = {
    "did": "do", "done": "do", "sent": "send", "paid": "pay", "went": "go", "gone": "go",
    "chosen": "choose", "chose": "choose", "got": "get", "gave": "give", "given": "give",
}  # fmt: skip


def already_tried(case: Case) -> Objection | None:
    """The customer has done what there is to do, and writes because it did not help."""
    if _TRIED.search(case.spoken):
        known = any(_TRIED.search(way) for way in case.own)
        return None if known else Objection("already-tried", "has already tried it")
    for match in _ALREADY.finditer(case.spoken):
        if any("already" in way for way in case.own):
            return None
        if _stem(match[1]) in {_stem(word) for word in re.findall(r"\w+", case.words[-1].lower())}:
            return Objection("already-tried", f"has already {match[1]}")
    return None


def _stem(word: str) -> str:
    word = _IRREGULAR.get(word, word)
    return re.sub(r"(?:ing|ed|es|e|s|d)$", "", word) if len(word) > 3 else word


_STILL = re.compile(
    r"\bstill (?:not?\b|does not|do not|is not|are not|can not|have not|has not|will not|waiting|"
    r"broken|down|missing|stuck|fail\w*|locked|blocked|pending|wrong|happen\w*|the same|crash\w*|"
    r"unable|error|nothing|being (?:charged|billed)|getting (?:charged|billed|errors?|the error))"
    r"|\b(?:not|no|never)\b(?: \w+){0,3} (?:working|arrived|fixed|solved|here) yet\b"
)
_AGAIN = re.compile(
    r"(?<!\bbe )\b(?:happen\w*|failed|fails|broke|broken|stopped|crashed|declined|disappeared|"
    r"charged|"
    r"billed|locked out|logged out|signed out|kicked out|down|wrong|error|problem|issue|back|same)"
    r"(?: \w+){0,3} (?:again|once more)\b"
    r"|\bagain and again\b|\bonce again\b|(?<!\byou )\bkeeps? (?:on )?\w+ing\b"
    r"|\b(?:second|third|fourth|fifth|2nd|3rd|4th|5th) time\b|\b(?:came|comes|is) back again\b"
)
_GOING_ON = re.compile(
    r"\b(?:been|waiting|waited|still|not|no|nothing|trying|tried|broken|down|missing|stuck|locked|"
    r"pending|problem|issue)\b.*\bfor (?:over |more than |about |almost |nearly |the (?:last|"
    r"past) )*"
    r"(?P<length>[\w.,]+(?: of)?(?: (?:working|business|whole|full))? "
    r"(?:minute|hour|day|week|month|year)s?)"
    r"|\bhas been (?:over |more than |about |almost |like )*(?P<been>[\w.,]+(?: of)? "
    r"(?:hour|day|week|month|year)s?)\b"
    r"|(?P<now>\b[\w.,]+ (?:hour|day|week|month)s?) (?:now|already|later)\b"
)
_AGO = re.compile(r"\b(?P<ago>[\w.,]+ (?:hour|day|week|month)s?) ago\b")
_SINCE = re.compile(
    r"\bsince (?P<when>this morning|yesterday|(?:last |on )?(?:mon|tues|wednes|thurs|fri|satur|"
    r"sun)day|"
    r"the weekend|last (?:night|week|month)|days|weeks|months)\b|\b(?P<long>for (?:days|weeks|"
    r"months|"
    r"ages))\b|\ball (?P<all>day|week|month)\b"
)
_SINCE_HOURS = {
    "this morning": 6.0, "yesterday": 24.0, "last night": 12.0, "the weekend": 48.0,
    "last week": 168.0, "last month": 730.0, "months": 1460.0, "weeks": 336.0, "for months": 1460.0,
    "for weeks": 336.0, "for ages": 1460.0, "week": 168.0, "month": 730.0, "day": 12.0,
}  # fmt: skip
_SOON = 24.0  # hours that any trouble may take
_A_QUARTER = 2200.0  # hours; "with you for five years" is loyalty and not trouble
_SINCE_A_WEEKDAY = 48.0  # hours; also for "days"


def persists(case: Case) -> Objection | None:
    """It goes on for longer than the message covers, or it came back."""
    stated = max((hours for each in case.words for hours in durations(each)), default=0.0)
    covered = stated or _SOON
    going_on = _going_on(case.spoken)
    if going_on is not None:
        known = any(_going_on(way) is not None for way in case.own)
        words = "it has been going on for longer than the message covers"
        return None if known or going_on <= covered else Objection("persists", words)
    ago = _AGO.search(case.spoken)
    if ago and stated and (lengths := durations(ago["ago"])):
        longer = max(lengths) > stated
        return Objection("persists", "it takes longer than the message says") if longer else None
    for cue, words in ((_AGAIN, "it happened again"), (_STILL, "it is still so")):
        if cue.search(case.spoken) and not any(cue.search(way) for way in case.own):
            return Objection("persists", words)
    return None


def _going_on(spoken: str) -> float | None:
    """Hours since it began, as far as the words tell; None where they do not."""
    if since := _SINCE.search(spoken):
        when = since["when"] or since["long"] or since["all"]
        return _SINCE_HOURS.get(when, _SINCE_A_WEEKDAY)
    if match := _GOING_ON.search(spoken):
        lengths = durations(match["length"] or match["been"] or match["now"])
        return max((hours for hours in lengths if hours <= _A_QUARTER), default=None)
    return None


_TELLS = (
    r"(?! (?:and (?:i|me|myself)\b|(?:\w+ )?(?:told|said|says|mentioned|recommended|thinks|heard|"
    r"suggested|showed|pays|paid|recommends|noticed|claims)))"
)
_SIDES: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = (
    (
        "it is about somebody else",
        re.compile(
            r"\b(?:my|our) (?:late |ex |ex-)?(?:wife|husband|partner|spouse|mother|mom|mum|father|"
            r"dad|son|daughter|kid|child|children|friend|colleague|co-?worker|boss|brother|sister|"
            r"parent|client|neighbou?r|grand\w+|roommate|flatmate|girlfriend|boyfriend|employee)"
            rf"(?:'?s'?)?\b{_TELLS}"
            rf"|\b(?:someone|somebody|anybody) else(?:'s)?\b{_TELLS}|\banother person(?:'s)?\b"
            r"|\bon behalf of\b|\bdeceased\b|\bpassed away\b"
        ),
        re.compile(r"famil|household|member|invit|shar|friend|behalf|someone|somebody|another "
                   r"person"),
    ),
    (
        "it is about a gift",
        re.compile(r"\bgift(?:s|ed)?\b|\bas a (?:present|gift)\b"),
        re.compile(r"\bgift|\bpresent\b"),
    ),
    (
        "it is about a joint or company account",
        re.compile(
            r"\b(?:joint|shared|business|company|corporate|team|organi[sz]ation|school)(?:'s)? "
            r"(?:\w+ )?(?:account|plan|card|subscription|profile|workspace|contract)s?\b"
        ),
        re.compile(r"joint|shared|business|compan|corporate|\bteam|organi[sz]ation|school|"
                   r"together"),
    ),
)  # fmt: skip
_PERSONAL = re.compile(r"\b(?:my own|personal|private|single|individual) (?:\w+ )?(?:account|"
                       r"plan|card|"
                       r"subscription|profile)\b")  # fmt: skip
_ROLES = re.compile(
    r"\b(seller|merchant|buyer|host|guest|driver|rider|creator|teacher|student|admin|owner|member|"
    r"editor|viewer|reseller|sender|recipient|landlord|tenant|employer|employee)s?\b"
)


def other_side(case: Case) -> Objection | None:
    """It is about another person's thing, or another kind of account, than the message."""
    for words, cue, known in _SIDES:
        if cue.search(case.spoken) and not any(known.search(each) for each in _all(case)):
            return Objection("other-side", words)
    _, joint, _ = _SIDES[-1]
    own_is_joint = any(joint.search(way) for way in case.own)
    if _PERSONAL.search(case.spoken) and own_is_joint:
        return Objection("other-side", "it is about a personal account")
    theirs = set(_ROLES.findall(case.spoken))
    ours = {role for way in case.own for role in _ROLES.findall(way)}
    if theirs and ours and theirs.isdisjoint(ours):
        return Objection("other-side", f"it is about the {min(theirs)}")
    return None


def _all(case: Case) -> tuple[str, ...]:
    return (*case.own, case.words[-1].lower())


_WORSE = {"charged": "money is gone or was taken wrongly", "lost-data": "something is really lost"}


def money(case: Case) -> Objection | None:
    """Money is really gone, or something is really lost, and the message only explains."""
    told = {sign.cue.key for sign in signs(case.question) if sign.reading is Reading.REPORTED}
    for key in told & _WORSE.keys():
        if not any(sign.cue.key == key for way in case.own for sign in signs(way)):
            return Objection("money" if key == "charged" else "loss", _WORSE[key])
    return None
