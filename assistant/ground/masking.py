"""Personal data and secrets taken out of a text before it leaves the house.

What identifies a person or opens a door is replaced by a word in brackets. What the answer
depends on stays: error codes, versions, amounts, dates, and order numbers shorter than a card
number. Digits of every script count, also right beside letters of a script without spaces. Names
and postal addresses are not recognised. Masking a masked text changes nothing.
"""

import re
import unicodedata
from collections.abc import Callable
from itertools import accumulate

_GAP = r"[\s.\-\u2010-\u2015\u200b]"  # what people put between the groups of a number

# A word ends where letters of Latin, Greek or Cyrillic end: others stand beside a number unspaced.
_BEFORE, _AFTER = r"(?<![^\W\u0590-\uffff])", r"(?![^\W\u0590-\uffff])"
_OTHER_FORMS = re.compile(r"[^\W\D0-9]|[\uff0b\uff0d\uff0e\uff20-\uff3a\uff41-\uff5a\uff08\uff09]")

_MAIL = re.compile(r"[\w.+%'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}")
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,4})?"
    r"(?![A-Za-z0-9])"
)
_LONG_NUMBER = re.compile(rf"(?<!\d)\d(?:{_GAP}?\d){{12,}}(?!\d)")
_SECRET = re.compile(
    r"(?i)\b(pass(?:word|code|phrase)|pwd|api[ _-]?key|secret|token|pin|cvc|cvv|cookie|bearer)"
    r"(\s*[:=]\s*|\s+is\s+(?=\S*\d)|(?<=bearer)\s+(?=\S*\d)|\s+(?=\S*\d)(?=\S*[A-Za-z]))"
    r"(\S+)"
)
_KEY = re.compile(r"(?<![\w-])(?=[\w-]*[A-Za-z])(?=(?:[\w-]*\d){3})[\w-]{24,512}")
_NATIONAL_ID = re.compile(
    r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)"  # United States
    r"|(?<![A-Za-z0-9])[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![A-Za-z0-9])"  # Britain
)
_CUED_ID = re.compile(
    r"(?i)\b(passport|identity card|id card|national id|social security|insurance number|ssn|"
    r"tax (?:id|number)|driv\w+ licen[cs]e|ausweis\w*|dni|personnummer)"
    r"((?:\s{1,9}(?:number|no\.?|nr\.?|num))?\s{0,9}(?:is|:|#)?\s{0,9})((?=(?:\w*\d){3})\w{6,20})"
)
_PHONE = re.compile(
    rf"{_BEFORE}(?:\+|00)[1-9](?:[ ()./\-\u2010-\u2015]{{0,3}}\d){{6,14}}{_AFTER}"
    rf"|(?<![.,-]){_BEFORE}\(?0\d{{1,5}}\)?(?:[ ./-]{{1,2}}\d{{2,8}}){{1,5}}{_AFTER}"
    rf"|(?<![.,#-]){_BEFORE}0\d{{9,11}}{_AFTER}"
    rf"|(?<![.,-]){_BEFORE}\(?\d{{3}}\)?[ .-]\d{{3}}[ .-]\d{{4}}{_AFTER}"
    r"|(?<![\w.,#-])\(\d{2}\) ?9?\d{4}-?\d{4}(?!\w)"  # Brazil
    rf"|(?<![.,#-]){_BEFORE}8[ (-]{{0,2}}9\d{{2}}[ )-]{{0,2}}\d{{3}}(?:[ -]?\d\d){{2}}"
    rf"{_AFTER}"  # Russia, from within
    rf"|(?<![.,#-]){_BEFORE}1[3-9]\d(?:[ -]?\d{{4}}){{2}}{_AFTER}"  # China
)
_CUED_PHONE = re.compile(
    r"(?i)((?:\b(?:call|phone|ring|text|whatsapp|mobile|cell|tel|telephone|telefon\w*|fon|handy|"
    r"t[eé]l[eé]fono?|t[eé]l[eé]phone|telefone|m[oó]vil|celular|portable|тел|телефон\w*|"
    r"позвоните)(?:\W+\w+){0,3}?\W+)|"
    r"(?:电话|電話|手机|手機|携帯|전화|휴대폰|هاتف|جوال|رقمي|טלפון|फ़ोन|फोन|मोबाइल|मेरा नंबर)"
    r"[^\d\n]{0,8})"
    r"(\d(?:[ ()./-]{0,2}\d){6,12})(?!\d)"
)
_OUR_NUMBER = re.compile(
    r"(?i)(?:(?:order|invoice|ticket|case|booking|customer|reference|ref)"
    r"(?:\s+(?:number|no\.?|nr\.?|id))?(?:\s+is)?\W{0,3}|#)$"
)
_DATE = re.compile(r"\d{1,2}[ ./-]\d{1,2}[ ./-](?:\d{4}|\d{2})$|\d{4}[./-]\d{1,2}[./-]\d{1,2}$")
_MOST_PARTS = 200  # of one number and what stands between them; more is nobody's honest question
_SHORTEST_PHONE = 8  # digits, without a word such as "call" before it


def masked(text: str) -> str:
    """The text without e-mail addresses, card, account, phone, identity numbers and secrets."""
    plain = found = text if text.isascii() else _OTHER_FORMS.sub(_plain, text)
    for replace in _STEPS:
        found = replace(found)
    return text if found == plain else found


def _plain(match: re.Match[str]) -> str:
    # Each is one character for one, so that what stands around it is as far away as before.
    digit = unicodedata.decimal(match[0], None)
    return chr(ord(match[0]) - 0xFEE0) if digit is None else str(digit)


def _secrets(text: str) -> str:
    return _SECRET.sub(lambda m: m[0] if m[3].startswith("[") else f"{m[1]}{m[2]}[secret]", text)


def _ibans(text: str) -> str:
    done, at = "", 0
    while match := _IBAN.search(text, at):
        account = _account(match[0])
        end = match.start() + len(account or match[0][:2])
        done += text[at : match.start()] + ("[iban]" if account else match[0][:2])
        at = end
    return done + text[at:]


def _account(run: str) -> str:
    # The pattern also swallows the words after a number ("… 7034 from my"), so the longest
    # beginning that is an account number is taken, or failing that everything with digits.
    words = re.split(r"([ -])", run)
    beginnings = list(accumulate(words))[::2]
    for beginning in reversed(beginnings):
        if _is_iban(re.sub("[ -]", "", beginning)):
            return beginning
    with_digits = [each for each, word in zip(beginnings, words[::2], strict=True) if _digits(word)]
    return with_digits[-1] if with_digits and _digits(with_digits[-1]) >= 12 else ""


def _is_iban(account: str) -> bool:
    # ISO 13616: the first four to the end, letters as 10 to 35, the rest by 97 is 1.
    if not 15 <= len(account) <= 34:
        return False
    turned = (account[4:] + account[:4]).upper()
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


def _long_numbers(text: str) -> str:
    return _LONG_NUMBER.sub(lambda match: _long_number(match[0]), text)


def _long_number(run: str) -> str:
    # Groups of digits at the even places, what stands between them at the odd ones.
    parts = re.split(f"({_GAP})", run)
    if len(parts) > _MOST_PARTS:
        return "[number]"
    at, done = 0, ""
    while at < len(parts):
        end, word = _number_from(parts, at) or _card_from(parts, at) or (at + 1, parts[at])
        done += word + (parts[end] if end < len(parts) else "")
        at = end + 1
    return done


def _number_from(parts: list[str], at: int) -> tuple[int, str] | None:
    # Two dates beside each other look like one long number; a long number has no short groups.
    # The whole of it goes, even if only its middle is a card: a rest could give it away.
    end = at
    while end < len(parts) and len(parts[end]) >= 3:
        end += 2
    digits = "".join(parts[at:end:2])
    if len(digits) < 13:
        return None
    return end - 1, "[card]" if len(digits) <= 19 and _passes_luhn(digits) else "[number]"


def _card_from(parts: list[str], at: int) -> tuple[int, str] | None:
    # Written in other groups than on the card: the longest that is a card's number.
    for end in range(min(at + 37, len(parts)), at, -2):
        digits = "".join(parts[at:end:2])
        if 13 <= len(digits) <= 19 and _passes_luhn(digits):
            return _with_what_follows(parts, end)
    return None


def _with_what_follows(parts: list[str], end: int) -> tuple[int, str]:
    # Chance may find a card in what stands before one: then its rest would give it away.
    last = end
    while last + 1 < len(parts) and len(parts[last + 1]) >= 3:
        last += 2
    return last, "[card]" if last == end else "[number]"


def _passes_luhn(digits: str) -> bool:
    # ISO/IEC 7812-1: from the right every second digit is doubled, the digits' sum ends in 0.
    doubled = (int(d) * (1 + at % 2) for at, d in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _phones(text: str) -> str:
    def replace(match: re.Match[str]) -> str:
        before = text[max(0, match.start() - 40) : match.start()]
        is_other = _OUR_NUMBER.search(before) or _DATE.match(match[0])
        return match[0] if is_other or _digits(match[0]) < _SHORTEST_PHONE else "[phone]"

    return _CUED_PHONE.sub(r"\1[phone]", _PHONE.sub(replace, text))


def _replacing(pattern: re.Pattern[str], by: str) -> Callable[[str], str]:
    return lambda text: pattern.sub(by, text)


# Order matters: a key may hold what looks like a number, an account number holds a long one.
_STEPS: tuple[Callable[[str], str], ...] = (
    _replacing(_MAIL, "[e-mail]"),
    _secrets,
    _ibans,
    _long_numbers,
    _replacing(_KEY, "[key]"),
    _replacing(_NATIONAL_ID, "[id number]"),
    _replacing(_CUED_ID, r"\1\2[id number]"),
    _phones,
)
