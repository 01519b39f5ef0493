"""What the subject of a mail adds to its words: the sender's own, or nothing.

Pure. Nothing is made up: a subject is taken as it was written, without the marks that mail programs
put before it, or it is left away.
"""

import re

MARKS = re.compile(
    r"\s*(?:(?:re|fw|fwd|aw|wg|sv|vs|antw|antwort|tr|rv|ref|rif|odp)\s*(?:\[\d{1,3}\]|\(\d{1,3}\))?"
    r"\s*[:：]|\[[^\[\]]{1,60}\])\s*",
    re.IGNORECASE,
)
MOST_MARKS = 10
NONE_GIVEN = ("(no subject)", "no subject", "(kein betreff)", "(sans objet)", "(sin asunto)")
WORD = re.compile(r"[^\W_]+")
# A subject of these alone says that somebody writes to us, and nothing about what.
SAYS_NOTHING = set(
    re.findall(
        r"\S+",
        "a an the i have my your our to for from with of about and please hi hello hey dear "
        "question questions query enquiry inquiry help support request contact mail email message "
        "subject customer service team "
        "eine ein ich habe meine zu mit von bitte hallo frage fragen anfrage hilfe kontakt betreff "
        "nachricht kundenservice une un j ai bonjour aide demande message pregunta ayuda hola "
        "domanda aiuto ciao vraag hulp hallo",
    )
)


def without_marks(subject: str) -> str:
    """Return a subject as its writer wrote it: without "Re:", "Fwd:" and a list's "[name]"."""
    for _ in range(MOST_MARKS):
        found = MARKS.match(subject)
        if found is None:
            break
        subject = subject[found.end() :]
    return "" if subject.strip().casefold() in NONE_GIVEN else subject.strip()


def adds(subject: str, words: str) -> str:
    """Return what ``subject`` says that ``words`` do not; "" when that is nothing.

    It is the whole subject or none of it: half a sentence may say the opposite.
    """
    plain = without_marks(subject)
    named = {word.casefold() for word in WORD.findall(plain)}
    said = {word.casefold() for word in WORD.findall(words)}
    return plain if named - said - SAYS_NOTHING else ""
