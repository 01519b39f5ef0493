"""Messages that are a greeting, thanks or a goodbye and nothing else."""

import re
import unicodedata
from typing import Literal

Kind = Literal["greeting", "thanks", "goodbye"]

_GREETING = (
    "good (?:morning|afternoon|evening|day)|hi+ya|hi+|he+y+a?|hello+|hallo+|greetings|howdy|yo|"
    "morning|evening|how are (?:you|u)(?: doing)?(?: today)?|how is it going|what is up|sup|"
    "(?:is )?(?:anyone|anybody|someone|somebody) (?:there|here)|are you there|nice to meet you|"
    "guten (?:tag|morgen|abend)|moin(?: moin)?|servus|gruss gott|hola|buenos dias|buenas(?: tardes"
    "| noches)?|bonjour|bonsoir|salut|coucou|ciao|ola"
)
_THANKS = (
    "(?:many |much )?thanks?(?: you| u| yo)?(?: (?:so|very) much| a (?:lot|million|bunch)| again| "
    "anyway| loads)*|thankyou|thx+|thnx|tnx|tysm|tyvm|ty|cheers|ta|much appreciated|appreciate it|"
    "i appreciate (?:it|that)|(?:that|this|it) (?:is|was) (?:very |really |super |so )?(?:helpful|"
    "great|perfect|all)|(?:that|this|it) (?:helps?|helped|works|worked)(?: a lot)?|you rock|"
    "(?:vielen |besten |herzlichen )?dank(?: dir| ihnen)?|danke(?: schon| sehr| dir| ihnen)?|"
    "dankeschon|(?:muchas |mil )?gracias|merci(?: beaucoup| bien)?|grazie|obrigado|obrigada"
)
_GOODBYE = (
    "good ?bye|bye(?: bye)?|see (?:you|ya|u)(?: later| soon| around)?|later|good night|"
    "have a (?:nice|good|great|lovely) (?:day|evening|weekend|one|night|week)|take care|cya|"
    "tschuss|tschau|auf wiedersehen|schonen (?:tag|abend)(?: noch)?|adios|hasta (?:luego|pronto|"
    "manana)|au revoir|bonne (?:journee|soiree)|a bientot"
)
_NOD = (
    "ok+|okay+|oki|okey|k|alright|all right|got it|i see|understood|great|perfect|cool|nice|super|"
    "awesome|excellent|wonderful|brilliant|amazing|fine|good|all good|no worries|no problem|"
    "that is (?:all|it)|nothing else"
)
_FILLER = (
    "right|sure|yes|yep|well|and|so|then|now|there|team|all|everyone|everybody|guys|folks|friend|"
    "mate|sir|madam|support|dear|a lot|so much|very much|indeed|"
    "for (?:your|the|all your|that|this|everything)(?: (?:quick|kind|great|fast))?"
    "(?: (?:help|support|answer|reply|response|time|info|information|assistance|patience))?|"
    "you too|to you|again|please|hypercare|assistant|bot"
)
_PIECES: list[tuple[str, re.Pattern[str]]] = [
    ("goodbye", re.compile(f"(?:{_GOODBYE})(?= |$)")),
    ("thanks", re.compile(f"(?:{_THANKS})(?= |$)")),
    ("greeting", re.compile(f"(?:{_GREETING})(?= |$)")),
    ("nod", re.compile(f"(?:{_NOD})(?= |$)")),
    ("filler", re.compile(f"(?:{_FILLER})(?= |$)")),
]
# After a greeting these announce a question and are not one yet.
_OPENING = re.compile(
    r"(?:i have (?:a|one|another|some) (?:quick |short )?questions?|can (?:you|i get) (?:some "
    r")?help"
    r"(?: me)?|(?:i|we) need (?:some )?help|quick question|can i ask (?:you )?(?:something|a "
    r"question)"
    r")(?= |$)"
)
_STRENGTH: tuple[Kind, ...] = ("goodbye", "thanks", "greeting")
_LONGEST = 120  # characters; a longer message says something

_THANKFUL = "\U0001f44d\U0001f64f\u2764\U0001f44c\U0001f44f\U0001f495"
_FRIENDLY = (
    "\U0001f60a\U0001f642\U0001f600\U0001f603\U0001f604\U0001f389\U0001f60d\U0001f970"
    "\u263a\U0001f601\U0001f607\U0001f917"
)
_WAVING = "\U0001f44b"


def small_talk(text: str) -> Kind | None:
    """What a message is that says nothing else; None for everything with content.

    The last of them names it: "hi, thanks, bye" is a goodbye. A bare "ok" counts as thanks.
    """
    if len(text) > _LONGEST:
        return None
    words = _words(text)
    if not words:
        return _of_emoji(text)
    kinds = _kinds(words)
    if kinds is None:
        return None
    for kind in _STRENGTH:
        if kind in kinds:
            return kind
    return "thanks" if "nod" in kinds else None


def _words(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("\u2019", "'"))
    folded = "".join(c for c in decomposed if not unicodedata.combining(c))
    folded = folded.replace("'s ", " is ").replace("i've", "i have").replace("thats", "that is")
    kept = "".join(c if c.isalnum() else " " for c in folded)
    return re.sub(r"([a-z])\1{2,}", r"\1", " ".join(kept.split()))


def _kinds(words: str) -> set[str] | None:
    """The kinds of the pieces that make up all of the words; None where something is left."""
    kinds: set[str] = set()
    while words:
        kind, end = _piece(words, greeted="greeting" in kinds)
        if not end:
            return None
        kinds.add(kind)
        words = words[end:].lstrip()
    return kinds


def _piece(words: str, *, greeted: bool) -> tuple[str, int]:
    found = [(kind, m.end()) for kind, pattern in _PIECES if (m := pattern.match(words))]
    if greeted and (opening := _OPENING.match(words)):
        found.append(("filler", opening.end()))
    return max(found, key=lambda each: each[1], default=("", 0))


def _of_emoji(text: str) -> Kind | None:
    symbols = {c for c in text if unicodedata.category(c) == "So" or c in _THANKFUL + _FRIENDLY}
    if not symbols or not symbols <= set(_THANKFUL + _FRIENDLY + _WAVING):
        return None
    if not symbols & set(_THANKFUL + _WAVING):
        return None  # a face alone may mean anything, also that somebody is not amused
    return "greeting" if _WAVING in text else "thanks"
