"""What somebody wrote in a mail: HTML as text, and their own words without history and signature.

Every expression here looks at one line or one tag at a time, so that time grows with the length.
"""

import codecs
import re
from html import unescape

BLOCKS = {
    *("p", "div", "br", "tr", "li", "ul", "ol", "table", "blockquote", "hr", "pre"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "header", "footer"),
}
UNSEEN = {"script", "style", "head", "title", "template", "noscript", "svg", "object"}
WRAPPED = 3  # lines that "On … somebody wrote:" may take
SIGNED_MOST = 8  # lines under a closing line
LONGEST_OWN = 20_000  # characters from the beginning in which somebody's own words are looked for
SHORT = 60  # characters of a line of a signature

WROTE = re.compile(
    r"(?:On|Am|Le|El|Il|Op|Em|Den|W dniu|Dnia|Vào)\b.{4,300}"
    r"(?:wrote|schrieb.{0,100}|a écrit|escribió|ha scritto|schreef.{0,100}|escreveu|skrev.{0,100}"
    r"|pisze|napisał\(?a?\)?|đã viết)\s?:"
)
DIVIDER = re.compile(
    r"-{2,}\s?(?:Original Message|Original-Nachricht|Ursprüngliche Nachricht|Message d'origine|"
    r"Message d’origine|Mensaje original|Messaggio originale|Oorspronkelijk bericht|"
    r"Mensagem original|Forwarded message|Weitergeleitete Nachricht)\s?-{2,}",
    re.IGNORECASE,
)
FROM = re.compile(r"\*?(?:From|Von|De|Da|Van|Från|Od)\s?:\*?\s.{1,200}")
SENT = re.compile(
    r"\*?(?:Sent|Date|To|Subject|Gesendet|Datum|An|Betreff|Envoyé|Date|À|Objet|Enviado|Fecha|Para|"
    r"Asunto|Inviato|A|Oggetto|Verzonden|Aan|Onderwerp)\s?:\*?\s?.{0,300}"
)
FROM_A_PHONE = re.compile(
    r"(?:Sent from (?:my |Outlook|Mail|Yahoo|Samsung).{0,80}|Get Outlook for .{1,40}|"
    r"Von meine[mr] .{1,40} gesendet.?|Gesendet von .{1,60}|Envoyé (?:de|depuis) mon .{1,40}|"
    r"Enviado desde mi .{1,40}|Inviato da .{1,40}|Verzonden vanaf .{1,40})"
)
CLOSING = re.compile(
    r"(?:(?:best|kind|warm|many)?\s?(?:regards|wishes|thanks)|thanks(?: a lot| in advance)?|"
    r"thank you(?: very much| in advance)?|cheers|sincerely|yours (?:sincerely|faithfully|truly)|"
    r"best|mit freundlichen gr(?:ü|ue)(?:ß|ss)en|(?:viele|beste|liebe|herzliche) "
    r"gr(?:ü|ue)(?:ß|ss)e|gru(?:ß|ss)|mfg|lg|danke|vielen dank|cordialement|bien à vous|"
    r"merci|saludos|un saludo|gracias|cordiali saluti|"
    r"grazie|groeten|met vriendelijke groet|bedankt)[,.!]?",
    re.IGNORECASE,
)
GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|to whom it may concern|hallo|"
    r"guten (?:tag|morgen|abend)|moin|servus|sehr geehrte\w{0,2}|liebe[rs]?|bonjour|bonsoir|salut|"
    r"hola|buenos días|buenas tardes|ciao|buongiorno|goedemorgen|beste)\b([^.?!:,]{0,60})([,.!:]?)",
    re.IGNORECASE,
)
# Who is greeted without a name; whatever else follows a greeting in its line is what they say.
GREETED = set(
    re.findall(
        r"\S+",
        "there all team everyone everybody folks support service customer sir sirs madam or and mr "
        "mrs ms dr zusammen alle und an das à tous toutes a todos tutti e",
    )
)
# Words that signatures do not hold, short as their lines are: such a line is said to us.
SAID = set(
    re.findall(
        r"\S+",
        "i i'm i’m i've i’ve my we you your is was were not cannot can't can’t don't don’t still "
        "please but ps p.s ich mein meine wir nicht ist bin kann komme aber bitte je pas suis mais "
        "nous yo estoy pero io non sono ik niet",
    )
)
NOT_LETTERS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs"}


def charset_named(name: str) -> str:
    """Return the codec that ``name`` means, when it turns bytes into letters; else UTF-8."""
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return "utf-8"
    is_text = getattr(codec, "_is_text_encoding", False)
    return codec.name if is_text and codec.name not in NOT_LETTERS else "utf-8"


def tidied(text: str) -> str:
    """Return text with plain line ends, no control characters, no blank lines in a row."""
    lines = re.split(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]", text)
    kept = ["".join(each for each in line if _is_kept(each)).rstrip() for line in lines]
    squeezed = [line for at, line in enumerate(kept) if line or (at and kept[at - 1])]
    return "\n".join(squeezed).strip("\n")


def _is_kept(each: str) -> bool:
    # Directions may be switched by invisible characters, so that words read otherwise than said.
    if each == "\t":
        return True
    is_control = each < " " or "\x7f" <= each <= "\x9f" or "\ud800" <= each <= "\udfff"
    return not is_control and each not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def text_of_html(html: str) -> str:
    """Return what a reader of ``html`` sees, as lines; a quotation's begin with ``>``."""
    return Page(html).text()


# Tags, and what lies between them.
PIECES = re.compile(r"<[A-Za-z/!?][^<>]*>|(?:[^<]|<(?![A-Za-z/!?][^<>]*>))+")


class Page:
    """One HTML page that is read once from its beginning to its end."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._lines: list[str] = [""]
        self._quoted = 0
        self._unseen = ""  # the element that is being skipped
        self._depth = 0  # how often it was opened within itself

    def text(self) -> str:
        """Return the lines."""
        for piece in PIECES.finditer(self._without_comments()):
            words = piece[0]
            if words.startswith("<") and words.endswith(">"):
                self._tag(words)
            elif not self._unseen:
                self._add(words)
        return "\n".join(line.rstrip() for line in self._lines)

    def _without_comments(self) -> str:
        kept, at = [], 0
        while (begin := self._html.find("<!--", at)) >= 0:
            kept.append(self._html[at:begin])
            end = self._html.find("-->", begin)
            if end < 0:  # never closed: browsers show nothing of the rest
                return "".join(kept)
            at = end + 3
        return "".join([*kept, self._html[at:]])

    def _tag(self, tag: str) -> None:
        found = re.match(r"<(/?)([A-Za-z][A-Za-z0-9]{0,20})", tag)
        if found is None:
            return
        closes, name = bool(found[1]), found[2].lower()
        if self._unseen:
            self._skip(name, closes=closes, alone=tag.endswith("/>"))
        elif not closes and (name in UNSEEN or _is_hidden(tag)) and name not in ("br", "img"):
            self._unseen, self._depth = name, 0 if tag.endswith("/>") else 1
            self._skip("", closes=False, alone=True)
        elif name in BLOCKS:
            self._block(name, closes=closes)
        elif name in ("td", "th") and closes:
            self._add(" ")

    def _skip(self, name: str, *, closes: bool, alone: bool) -> None:
        if name == self._unseen and not alone:
            self._depth += -1 if closes else 1
        if self._depth <= 0:
            self._unseen = ""

    def _block(self, name: str, *, closes: bool) -> None:
        if name == "blockquote":
            self._quoted = max(0, self._quoted + (-1 if closes else 1))
        if self._lines[-1].strip("> ") or name in ("br", "blockquote"):
            self._lines.append("")

    def _add(self, words: str) -> None:
        seen = unescape(words) if "&" in words else words
        joined = re.sub(r"\s+", " ", seen)
        if not joined.strip() and not self._lines[-1]:
            return
        if not self._lines[-1] and self._quoted:
            self._lines[-1] = "> "
        self._lines[-1] += joined if self._lines[-1] else joined.lstrip()


def _is_hidden(tag: str) -> bool:
    return re.search(r"display\s?:\s?none", tag[:500], re.IGNORECASE) is not None


def own_words(text: str) -> str:
    """Return what is new in a mail: without greeting, quoted history, closing and signature.

    When nothing would be left, everything is what they wrote.
    """
    lines = text[:LONGEST_OWN].split("\n")
    answered = _without_history(lines)
    signed = _without_signature(answered)
    greeted = _without_greeting(signed)
    for left in (greeted, _without_greeting(answered), answered, lines):
        words = "\n".join(left).strip()
        if any(each.isalnum() for each in words):
            return words
    return text.strip()


def _without_history(lines: list[str]) -> list[str]:
    for at in range(len(lines)):
        after = _after_introduction(lines, at)
        if after:
            rest = lines[after:]
            # Somebody who answers between the lines has quoted ones and own ones below it.
            is_between = any(line.startswith(">") for line in rest)
            return _unquoted([*lines[:at], *(rest if is_between else [])])
    return _unquoted(lines)


def _unquoted(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.lstrip().startswith(">")]


def _after_introduction(lines: list[str], at: int) -> int:
    """Return the line after what introduces older mail at line ``at``; 0 when nothing does."""
    line = lines[at].strip()
    if DIVIDER.fullmatch(line[:100]) or re.fullmatch(r"_{20,}", line[:100]):
        return at + 1
    if FROM.fullmatch(line) and sum(_is_sent(each) for each in lines[at + 1 : at + 6]) >= 2:
        return at + 1
    if not WROTE_BEGINS.match(line):
        return 0
    for wrapped in range(1, WRAPPED + 1):
        together = " ".join(each.strip() for each in lines[at : at + wrapped])
        if WROTE.fullmatch(together[:500]):
            return at + wrapped
    return 0


WROTE_BEGINS = re.compile(r"(?:On|Am|Le|El|Il|Op|Em|Den|W dniu|Dnia|Vào)\b")


def _is_sent(line: str) -> bool:
    return SENT.fullmatch(line.strip()[:400]) is not None


def _without_signature(lines: list[str]) -> list[str]:
    for at, line in enumerate(lines):
        if line in ("--", "-- "):
            lines = lines[:at]
            break
    lines = [line for line in lines if not FROM_A_PHONE.fullmatch(line.strip()[:120])]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    for at in range(max(0, len(lines) - SIGNED_MOST - 1), len(lines)):
        if CLOSING.fullmatch(lines[at].strip()[:80]) and _are_a_signature(lines[at + 1 :]):
            return lines[:at]
    return lines


def _are_a_signature(lines: list[str]) -> bool:
    return all(len(line) <= SHORT and "?" not in line and not _is_said(line) for line in lines)


def _is_said(line: str) -> bool:
    return any(word in SAID for word in re.findall(r"[\w'’.]*\w", line.casefold()))


def _without_greeting(lines: list[str]) -> list[str]:
    first = next((at for at, line in enumerate(lines) if line.strip()), None)
    if first is None or not _is_a_greeting(lines[first].strip()[:100]):
        return lines
    return lines[first + 1 :]


def _is_a_greeting(line: str) -> bool:
    """Return whether a line greets somebody and says nothing else: "Hi I was charged" does."""
    found = GREETING.fullmatch(line)
    if found is None:
        return False
    greeted = found[1].split()
    if len(greeted) == 1 and found[2]:
        return True
    return all(word.lower() in GREETED or _is_a_name(word) for word in greeted)


def _is_a_name(word: str) -> bool:
    return word[:1].isupper() and not word.isupper()
