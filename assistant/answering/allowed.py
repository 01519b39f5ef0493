"""What may be said to this person of what was found: texts for them, in a language they read."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answering.languages import Spoken, in_other_words, spoken_in
from assistant.answering.tongues import NAMES
from assistant.desk.conversations import EVERYONE
from assistant.ground.parts import Parts
from assistant.library.stocking import Stock
from assistant.library.variants import language
from knowledge.entries import Finding, Match


def for_audience(finding: Finding, stock: Stock, audience: str) -> Finding:
    """Return the finding without texts for others."""
    allowed = (EVERYONE, audience)
    return _only(finding, lambda match: stock.live[match.entry].audience in allowed)


def in_language(finding: Finding, spoken: Spoken, language: str | None) -> Finding:
    """Return the finding without texts in another language, unless asked in the very words."""
    if finding.exact:
        return finding
    return _only(finding, lambda match: spoken.covers(match.entry, language))


def spoken_of(parts: Parts, launch_id: int, rule: Sequence[str], stock: Stock) -> Spoken:
    """Return the languages of the launch: those that it names, or those of its live texts."""
    spoken: Spoken = parts.spoken.of(launch_id, stock.revision, lambda: _spoken(stock))
    if rule:
        return Spoken({}, frozenset(rule), spoken.variants)
    return spoken


def _spoken(stock: Stock) -> Spoken:
    said = {key: language for key, one in stock.live.items() if (language := code_of(one.locale))}
    spoken = spoken_in({one.id: f"{one.title} {one.text}" for one in stock.entries}, said=said)
    families = {key: one.family for key, one in stock.live.items() if one.audience == EVERYONE}
    return replace(spoken, variants=in_other_words(families, spoken.by_entry))


def code_of(locale: str) -> str:
    """Return the language that an author named, when it is one that messages are told apart by."""
    named = language(locale)
    return named if named in NAMES else ""


def _only(finding: Finding, may_be: Callable[[Match], bool]) -> Finding:
    """Return the finding with some matches only; a lost winner takes certainty along."""
    matches = tuple(filter(may_be, finding.matches))
    if matches == finding.matches:
        return finding
    kept_first = bool(matches) and matches[0] is finding.matches[0]
    sure, among = (finding.certainty, finding.among) if kept_first else (0.0, 0.0)
    exact = finding.exact and kept_first
    return replace(finding, matches=matches, certainty=sure, among=among, exact=exact)
