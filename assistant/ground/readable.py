"""What a person can read: something to see, and in the order in which it was written. Pure.

Unicode has characters that nobody sees: some leave an empty box where words should be, others turn
the order of letters, so that a text reads otherwise than what was approved. Arabic and Hebrew need
none of them: their letters carry their own direction.
"""

import re
import unicodedata

# Fillers of Hangul count as letters, the blank pattern of Braille as a symbol.
_SHOW_NOTHING = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # embeddings, overrides, isolates


def is_readable(text: str) -> bool:
    """Return whether ``text`` holds a letter or a digit of any script."""
    return any(unicodedata.category(c)[0] in "LN" and c not in _SHOW_NOTHING for c in text)


def is_visible(text: str) -> bool:
    """Return whether anything of ``text`` is seen: a letter, a digit, a sign, an emoji."""
    return any(unicodedata.category(c)[0] in "LNPS" and c not in _SHOW_NOTHING for c in text)


def turning(text: str) -> str:
    """Return the first character that turns the order of letters, by number; empty for none."""
    found = _TURNS.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def unturned(text: str) -> str:
    """Return ``text`` without what turns the order of its letters."""
    return _TURNS.sub("", text)
