"""For everybody: the sentences of a reply that would be true for another customer too.

What was done or looked up for one customer is no answer for others. Judged by its words, sentence
by sentence, and in doubt kept: a lead reads every draft.
"""

import re

_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+(?=[^\s])|\n+")
_ONE_CASE = re.compile(
    r"(?i)\byour (?:account|case|order|ticket|payment|invoice)\b|"
    r"\b(?:we|i)(?: have|['’]ve)? (?:also |now |just )?(?:checked|refunded|credited|"
    r"moved|corrected|reset|opened|stopped|cancelled|taken|looked into|looked at|asked|noted|"
    r"sent you|added)\b|"
    r"\b(?:just|please) (?:answer|reply|write) (?:here|to this)\b|\bfor your patience\b|"
    r"\b(?:wir haben|ich habe) .{0,60}\b(?:geprüft|erstattet|storniert|gesendet)\b|"
    r"\bihr(?:em|en|e|er)? (?:konto|bestellung|fall)\b|\[(?!e-mail)[a-z ]+\]"
)
FEW = 4  # words; fewer say nothing


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, in order."""
    return [each.strip() for each in _SENTENCE.split(text) if each.strip()]


def general(text: str) -> str:
    """Return a reply without the sentences about one customer; empty when little is left."""
    paragraphs = (
        " ".join(said for said in sentences(paragraph) if not _ONE_CASE.search(said))
        for paragraph in re.split(r"\n\s*\n", text)
    )
    kept = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    return kept if len(kept.split()) >= FEW or (kept and not kept.isascii()) else ""
