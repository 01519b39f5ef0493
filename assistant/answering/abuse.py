"""Messages that swear or insult and say nothing else; there is no question in them to answer.

Swearing beside a question takes nothing from the question: whatever is left when the swearing is
taken out makes it one. English, with the commonest words of a few other languages.
"""

import re
import unicodedata

_SWEARING_WORDS = """
arse arsehole arseholes ass asses asshole assholes bastard bastards bitch bitches bloody
bollocks bs bullshit crap crappy cunt cunts damn damned dick dickhead dickheads dumb dumbass fck
fcking fk fuck fucked fucker fuckers fuckin fucking ffs goddamn hell motherfucker motherfuckers
motherfucking piss prick pricks screw shit shite shits shitty shitshow sob sod stfu suck sucks
twat twats wanker wankers wtf awful clown clowns clueless coward cowards crooks disgrace
disgraceful disgusting garbage hate horrible idiot idiotic idiots imbecile imbeciles incompetent
joke jokers laughable liar liars loser losers lousy moron moronic morons pathetic ridiculous
rubbish scum scumbag scumbags shame shameful stupid terrible thief thieves trash useless worst
worthless arschloch arschlocher arschloecher drecksladen fick ficken fickt idioten saftladen
scheiss scheisse scheissladen verarschen verdammt verdammte wichser cabron cabrones gilipollas
joder mierda puta puto connard connards merde putain salaud salauds cazzo merda stronzi stronzo
vaffanculo caralho filhos kurwa cholera kut klootzak klootzakken suka blyat siktir
"""
_SWEARING = frozenset(_SWEARING_WORDS.split())
_MASKED = re.compile(r"\b(?:f|s|b|c|a)[a-z]?[*#@$!%]+[a-z*#@$!%]*(?=\W|$)")
_AROUND_IT = """
a about absolute absolutely after all also always am an and are at be been bot brain bunch
clearly come company complete completely customer customers damned day do ever everyone
everybody face for fully full get go god guys have how humans i in is it its just kiss know lick
load lot lots me mother my myself never of off oh on one ones out ourselves pack people piece
pieces please really right robot self service shop shut so stick such support team than that the
their them there these they thing things this those to today total totally truly ugly up us
utter utterly very was we were what with world you your yours yourself yourselves u ur ya yall
alle das der die du ein eine euch ihr ist seid sind sie und fuer fur
"""
_AROUND = frozenset(_AROUND_IT.split())
_LONGEST = 300  # characters; whoever writes more than that has something to say
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘'`´ʼ", ""))
_CLOSED = {"youre": "you", "theyre": "they", "thats": "that", "whats": "what", "im": "i"}


def is_only_abuse(text: str) -> bool:
    """Whether a message swears or insults and leaves nothing that could be a question."""
    if len(text) > _LONGEST:
        return False
    words = _words(text)
    swearing = [word for word in words if word in _SWEARING]
    return bool(swearing) and all(word in _SWEARING or word in _AROUND for word in words)


def _words(text: str) -> list[str]:
    """Plain words; what is masked ("f**k") counts as swearing, drawn-out letters as one."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_APOSTROPHES))
    folded = "".join(each for each in decomposed if not unicodedata.combining(each))
    found = re.findall(r"[^\W_]+", _MASKED.sub(" damn ", folded))
    return [_CLOSED.get(word, word) for word in map(_shortened, found)]


def _shortened(word: str) -> str:
    """ "fuuuuck" as "fuck"; a word that is known as it is stays so."""
    known = word in _SWEARING or word in _AROUND
    return word if known else re.sub(r"([a-z])\1{2,}", r"\1", word)
