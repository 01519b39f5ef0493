"""Whether the words of an entry are in the language that it says."""

from collections.abc import Iterable

from assistant.answering.languages import ANOTHER, language_of
from assistant.answering.tongues import NAMES
from assistant.library import variants
from assistant.library.versions import EntryVersion


def of_version(version: EntryVersion) -> str:
    """Return in a sentence that a version reads like another language; empty when it does not."""
    words = (version.question, version.answer, version.why_now, version.what_to_do)
    return reads_otherwise(version.locale, (*words, version.safe_to_continue))


def reads_otherwise(locale: str, words: Iterable[str]) -> str:
    """Return in a sentence that ``words`` read like another language than ``locale``'s.

    Empty where no language is said, or it cannot be told: a hint, no rule.
    """
    said = variants.language(locale)
    found = language_of("\n".join(words), frozenset({said})) if said in NAMES else None
    if found is None or found in (said, ANOTHER):
        return ""
    return f"This reads like {NAMES.get(found, found)}, and {NAMES[said]} is its language."


def variant_words(version: EntryVersion) -> str:
    """Return in a sentence which variant a version is of; empty for an original."""
    name = NAMES.get(variants.language(version.locale), "")
    return f"It is the {name} variant." if name and version.entry.variant_of_id else ""
