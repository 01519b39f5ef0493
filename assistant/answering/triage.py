"""What a message tells at first sight, before anything is looked up: how bad, and who is wanted.

Severity is about impact (product.md): 1 a critical thing is blocked, 2 real pain with a way
around it, 3 a question or something minor. Everything here is read from the words alone, so it
works with the model, the index and the embedder down; text that tries to give orders is a text
like any other.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering.abuse import is_only_abuse
from assistant.answering.seriousness import Reading, Sign, signs
from assistant.answering.small_talk import Kind, small_talk
from assistant.answering.wording import plain

REMEMBERED = 16_384  # a replay reads 10,000 messages twice: as the library is, as it would be


@dataclass(frozen=True, slots=True)
class Triage:
    """The first reading of one message."""

    severity: int
    """1 to 3, 1 is the worst."""
    reason: str
    """Why this severity, in words for the desk."""
    wants_person: bool
    small_talk: Kind | None
    serious: tuple[str, ...]
    """Keys of the severity-1 cues that are reported, for instance "locked-out"."""
    only_abuse: bool = False
    """It swears or insults and asks nothing."""


@lru_cache(maxsize=REMEMBERED)
def triage(text: str) -> Triage:
    """The triage of one message as the customer wrote it."""
    talk = small_talk(text)
    if talk is not None:
        return Triage(3, f"Only a {_TALK[talk]}.", False, talk, ())
    found = () if _RESOLVED.search(plain(text)) else signs(text)
    severity, reason = _severity(found)
    only_abuse = is_only_abuse(text)
    return Triage(severity, reason, wants_person(text), None, _serious(found), only_abuse)


_TALK: dict[Kind, str] = {
    "greeting": "greeting",
    "thanks": "word of thanks",
    "goodbye": "goodbye",
}

# "It works now" takes everything before it back; "was fixed, but" does not.
_RESOLVED = re.compile(
    r"\b(?:it|everything|all|that|this|login|payment|they|which) (?:is |are )?(?:all )?"
    r"(?:works?|working|fine|ok|okay|good|back|solved|fixed|resolved|sorted) "
    r"(?:now|again|meanwhile|since)\b(?!.*\bbut\b)|\bnever ?mind\b"
)


def _severity(found: tuple[Sign, ...]) -> tuple[int, str]:
    weighed = [(_weight(sign), sign) for sign in found]
    severity = min((weight for weight, _ in weighed), default=3)
    if severity == 3:
        return 3, "Nothing says that anything is blocked."
    worst = next(sign for weight, sign in weighed if weight == severity)
    asks = worst.reading is Reading.ASKED
    return severity, f"{'Asks whether this is so' if asks else 'Says'}: {worst.cue.words}."


def _weight(sign: Sign) -> int:
    if sign.reading in {Reading.SUPPOSED, Reading.DENIED}:
        return 3
    if sign.reading is Reading.ASKED or sign.partial:
        return 2
    return sign.cue.severity


def _serious(found: tuple[Sign, ...]) -> tuple[str, ...]:
    return tuple(sign.cue.key for sign in found if _weight(sign) == 1)


_PERSON = (
    r"(?:(?:a|an|any|the|some|your|real|actual|live|human|another|proper)\s)*"
    r"(?:person|people|human(?: being)?s?|agents?|representatives?|reps?|operators?|advis[eo]rs?|"
    r"someone|somebody|staff|manager|supervisor|support(?: (?:team|agent|person|staff))?|"
    r"customer (?:service|support|care)|team member|employee|colleague)"
)
_REAL = (
    r"(?:real|actual|live|human) (?:person|people|human|agent|representative|rep|operator|"
    r"advis[eo]r|"
    r"support|being)"
)
_NOT_OUR_PERSON = (
    r"(?! (?:else|who|account|fee|fees|price|rate|licen[cs]e|seat|resources|page|number))"
)

_WANTS = re.compile(
    rf"\b(?:talk|speak|chat|connect|transfer|escalate|put|pass|hand|forward|get|switch|reach|"
    rf"contact)"
    rf"(?: \w+){{0,3}}? (?:to|with|through to|on to|over to|through|me) "
    rf"{_PERSON}\b{_NOT_OUR_PERSON}"
    rf"|\b(?:want|need|prefer|request|would like|get me|give me|have) (?:a |an )?(?:{_REAL}|"
    rf"(?:person|human|agent|representative|advis[eo]r|operator))\b{_NOT_OUR_PERSON}"
    rf"|^(?:please )?(?:(?:a|an) )?(?:{_REAL}|person|human|agent|representative|operator|"
    rf"advis[eo]r)"
    r"(?:,? (?:please|pls|plz|now|asap|help))*[ !.?]*$"
    rf"|\b(?:a |an )?(?:{_REAL}|person|human|agent|representative),? (?:please|pls|plz)\b"
    rf"|\b(?:is|are) there (?:a |an |any )?(?:{_REAL}|(?:person|human|agent) (?:i|we|who|to|here))"
    rf"|\bcan (?:a |an )?(?:{_REAL}|person|human|agent) (?:please )?"
    r"(?:help|call|answer|contact|look|check|take|get back|reply|assist)"
    r"|\bcan (?:someone|somebody) (?:please )?(?:call|phone|contact|get back to|reply to) me\b"
    r"|\b(?:call|phone|ring) me (?:back|please|now|today|tomorrow|asap|on|at|when)\b"
    r"|\b(?:please|can you|could you|someone) (?:call|phone|ring) me\W*$"
    r"|\b(?:no|not a|not another|hate the|hate this|stop the|without a|instead of a|stupid|"
    r"useless) "
    r"(?:more )?(?:chat ?)?(?:bot|robot)s?\b"
    r"|\b(?:contact|reach|call|phone) (?:your |the )?(?:customer )?"
    r"(?:support|service|team|helpdesk)\b"
    r"|\bdo not want (?:to (?:talk|speak|chat) (?:to|with) )?(?:a |this )?(?:chat ?)?bot\b"
)
# Folded to plain letters: German, Spanish, French.
_WANTS_ELSEWHERE = re.compile(
    r"\bmit (?:einem|einer|jemandem?|dem|ihrem)?\s?(?:echten |richtigen |menschlichen )?"
    r"(?:menschen|mitarbeiter(?:in)?|berater(?:in)?|person|agenten|support|kundenservice|"
    r"jemand)?\s?"
    r"(?:sprechen|reden|chatten|telefonieren|verbinden)\b"
    r"|\b(?:echte[rn]?|richtige[rn]?) (?:mensch(?:en)?|person|mitarbeiter)\b"
    r"|\b(?:mensch|mitarbeiter|berater|person) bitte\b"
    r"|\b(?:hablar|contactar|comunicarme) con (?:una?|el|la|un)?\s?"
    r"(?:persona|agente|humano|asesor|operador|alguien|soporte|representante)\b"
    r"|\bpersona real\b|\b(?:agente|persona|humano),? por favor\b"
    r"|\b(?:parler|discuter) (?:a|avec) (?:une?|quelqu'un|le|la)\s?"
    r"(?:vraie )?(?:personne|humain|conseiller|conseillere|agent|service)?\b"
    r"|\bvraie personne\b|\b(?:conseiller|humain|personne|agent),? (?:svp|s'il vous plait)\b"
)
_DECLINED = re.compile(
    r"\b(?:not|no|never|rather not|without|already|spoke|spoken|talked|chatted|told by|was|were|"
    r"had)"
    r"(?: \w+){0,4}\s*$"
)
# "Can I not just talk to a person?" is a wish with a "not" in it.
_POLITE_NOT = re.compile(r"\b(?:can|could|may) (?:not (?:i|we)|(?:i|we) not)\b|\bwhy can not\b")
_REFUSES_BOT = re.compile(r"(?:bot|robot)s?\b")


def wants_person(text: str) -> bool:
    """The customer asks for a human being. Others they mention ("per person") do not count."""
    spoken = plain(text)
    if _WANTS_ELSEWHERE.search(_folded(spoken)):
        return True
    return any(_is_wish(spoken, match) for match in _WANTS.finditer(spoken))


def _is_wish(spoken: str, match: re.Match[str]) -> bool:
    if _REFUSES_BOT.search(match[0]):
        return True
    sentence = re.split(r"[.!?;,]\s", spoken[: match.start()])[-1]
    return not _DECLINED.search(sentence) or bool(_POLITE_NOT.search(sentence))


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))
