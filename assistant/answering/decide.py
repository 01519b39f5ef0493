"""From everything known about one question to what happens: answer, clarification or handoff.

Pure. The order of the rules is the order of what may never go wrong: a person asked for, text
that must not be used, the mode the lead set; only then how sure we are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.answering.guards import Objection
from assistant.answering.lines import Line
from assistant.answering.seriousness import DANGER
from assistant.answering.states import State
from assistant.answering.sure_enough import Thresholds
from assistant.answering.triage import Triage
from assistant.answering.trust import UNPROVEN, Trusts
from assistant.answering.verdicts import Chosen, NoneOfThem, Torn, Verdict
from assistant.desk.severity import Severity
from assistant.launch.launches import Mode
from assistant.launch.scope import Scope
from knowledge.entries import Finding, Match

MOST_OPTIONS = 3  # titles in a "did you mean"; the right one is among them for 96–98 %
SIMILARITY_FLOOR = 0.30  # cosine under which a model's pick is not believed (P10), nor asked for
IN_SCOPE_AFTER_ALL = 0.50  # certainty above which a match outweighs an out-of-scope word
NOT_SENT_NOW = "its time is not now, or it was recalled or retired."
NOTHING_NEAR = "Nothing that is approved comes near."
PATIENCE = 2  # unhelpful turns after which the customer gets a person instead of a third try


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that is known about one question when it is decided."""

    finding: Finding  # only of entries that are live
    triage: Triage
    thresholds: Thresholds
    mode: Mode
    scope: Scope = field(default_factory=lambda: Scope(inside=True))
    objections: Mapping[str, tuple[Objection, ...]] = field(default_factory=dict)
    unexplained: Objection | None = None  # what the best match leaves over, for want of a model
    verdict: Verdict | None = None  # None: no model is configured, or it was not asked
    trusts: Trusts = field(default_factory=dict)  # what labels say about each model's word
    unhelpful: int = 0  # turns of this conversation that did not help
    is_read_whole: bool = True  # false when the embedder reads only the beginning of it
    states: Mapping[str, State] = field(default_factory=dict)  # what is not named is live
    foreign: str = ""  # why no approved text is in its language, in words; "" when one is
    withheld: str = ""  # title of what it asks for in its very words, and which is not sent now
    retired: str = ""  # the same of what was retired: what is live may answer it as well


@dataclass(frozen=True, slots=True)
class Answer:
    """One approved message answers it."""

    entry: str
    certainty: float
    reason: str


@dataclass(frozen=True, slots=True)
class Clarification:
    """The customer is asked; without entries it is only a fixed line."""

    entries: tuple[str, ...]
    certainty: float
    reason: str
    line: Line = Line.DID_YOU_MEAN


@dataclass(frozen=True, slots=True)
class Handoff:
    """A person answers; ``entries`` are what the agent is shown first."""

    entries: tuple[str, ...]
    certainty: float
    reason: str
    line: Line = Line.HANDOFF


Decided = Answer | Clarification | Handoff

SUSPENDED = "A person judged this entry wrong, and no lead has looked at it since."
NEW = "This entry is new: it answers by itself once it was confirmed for three questions."
SMALL_TALK = {"greeting": Line.GREETING, "thanks": Line.THANKS, "goodbye": Line.GOODBYE}


def decide(known: Known) -> Decided:
    """Return what happens with one question."""
    triage, finding = known.triage, known.finding
    if triage.wants_person:
        return _handoff(known, "A person was asked for.", Line.PERSON)
    if DANGER in triage.serious:
        return _handoff(known, "Somebody may be in danger.")
    if triage.small_talk:
        line = SMALL_TALK[triage.small_talk]
        return Clarification((), 0.0, f"Small talk: {triage.small_talk}.", line)
    if not _has_words(finding.question):
        return Clarification((), 0.0, "There are no words to go by.", Line.SAY_MORE)
    if known.unhelpful >= PATIENCE:
        return _handoff(known, "Two tries did not help.")
    if triage.only_abuse:
        return Clarification((), 0.0, "It swears and asks nothing.", Line.CALM)
    if known.foreign:
        return _handoff(known, known.foreign, Line.OTHER_LANGUAGE)
    if not known.is_read_whole:
        return _handoff(known, "It is too long to be sure what it asks.")
    if title := not_sent(known):
        # What is near to it answers something else: to offer that would only lead astray.
        return _handoff(known, f"It asks in the very words of “{title}”: {NOT_SENT_NOW}")
    if not finding.matches:
        return _handoff(known, NOTHING_NEAR)
    if _is_out_of_scope(known):
        return _handoff(known, f"Out of this launch’s scope: {known.scope.area}.")
    return _within(known.mode, known, _most_helpful(known))


def is_settled(known: Known) -> bool:
    """Return whether no model's verdict could change what happens."""
    triage, finding = known.triage, known.finding
    return (
        triage.wants_person
        or DANGER in triage.serious
        or triage.small_talk is not None
        or not _has_words(finding.question)
        or triage.only_abuse
        or known.foreign != ""
        or not_sent(known) != ""
        or known.unhelpful >= PATIENCE
        or not known.is_read_whole
        or _is_out_of_scope(known)
        or finding.exact
        or known.mode is Mode.SUGGEST
    )


def not_sent(known: Known) -> str:
    """Return the title of what it asks for and nobody is sent, "" where something else answers."""
    return known.withheld or ("" if known.retired and _is_answered(known) else known.retired)


def _is_answered(known: Known) -> bool:
    """Return whether what is nearest is sure to answer it, without anything against it."""
    finding = known.finding
    if not finding.matches or finding.certainty < known.thresholds.auto or known.unexplained:
        return False
    first = finding.matches[0]
    return _is(known, first.entry, State.LIVE) and not _against(known, first)


def _is_out_of_scope(known: Known) -> bool:
    return not known.scope.inside and known.finding.certainty < IN_SCOPE_AFTER_ALL


def _has_words(question: str) -> bool:
    return any(character.isalpha() for character in question)


def _most_helpful(known: Known) -> Decided:
    finding = known.finding
    first = finding.matches[0]
    if finding.exact:
        if _is(known, first.entry, State.SUSPENDED):
            return _ask(known, SUSPENDED, first=(first.entry,))
        return Answer(first.entry, finding.certainty, "In the very words of an approved phrasing.")
    if isinstance(known.verdict, Chosen):
        return _chosen(known, known.verdict)
    if isinstance(known.verdict, Torn):
        return _torn(known, known.verdict)
    if isinstance(known.verdict, NoneOfThem):
        return _handoff(known, "The model read the approved messages and found none that answers.")
    return _without_model(known, first)


def _nothing_near(finding: Finding) -> bool:
    """Whether the titles have nothing to do with the question: asking would only annoy.

    A few entries all stand out from nothing, so being better than the rest is no reason to ask.
    """
    nearest = max(match.cosine for match in finding.matches[:MOST_OPTIONS])
    return finding.via != "lexical" and nearest < SIMILARITY_FLOOR


def _chosen(known: Known, verdict: Chosen) -> Decided:
    """The model leads, inside what was found, as far as its word carries; a guard stands above."""
    match = _credible(known, verdict.entry)
    if match is None:
        return _handoff(known, "The model’s choice is too far from the question.")
    if objections := _against(known, match):
        reason = f"{objections[0].words} The model would have answered."
        return _ask(known, reason, first=(match.entry,))
    if _is(known, match.entry, State.SUSPENDED):
        return _ask(known, f"{SUSPENDED} The model would have answered.", first=(match.entry,))
    certainty, enough = known.finding.certainty, known.thresholds.word
    behind = known.finding.matches[0].score - match.score
    trust = known.trusts.get(verdict.model, UNPROVEN)
    sure = trust.in_choice(verdict, behind=behind, certainty=certainty)
    if sure < enough:
        reason = f"The model chose it, and its word is not enough: {sure:.2f} < {enough:.2f}."
        return _ask(known, reason, first=(match.entry,), certainty=sure)
    return Answer(match.entry, sure, "The model chose it, reading the approved text.")


def _torn(known: Known, verdict: Torn) -> Decided:
    """What the model cannot decide the customer can: they know their case."""
    named = tuple(entry for entry in verdict.entries if _credible(known, entry))
    if not named:
        return _handoff(known, "The model’s choices are too far from the question.")
    return _ask(known, "The model chose differently when the order changed.", first=named)


def _credible(known: Known, entry: str) -> Match | None:
    """Return what was found of an entry that the model named, where it is near enough."""
    match = next((match for match in known.finding.matches if match.entry == entry), None)
    return match if match is not None and match.cosine >= SIMILARITY_FLOOR else None


def _without_model(known: Known, first: Match) -> Decided:
    certainty, thresholds = known.finding.certainty, known.thresholds
    if _nothing_near(known.finding):
        return _handoff(known, NOTHING_NEAR)
    if known.finding.among < thresholds.ask:
        among = known.finding.among
        return _handoff(known, f"Not sure enough to ask: {among:.2f} < {thresholds.ask:.2f}.")
    if objections := _against(known, first):
        return _ask(known, objections[0].words)
    if certainty < thresholds.auto:
        return _ask(known, f"Sure enough to ask, not to answer: {certainty:.2f}.")
    if known.unexplained is not None:
        return _ask(known, f"Sure, but {known.unexplained.words}.")
    for state, words in ((State.SUSPENDED, SUSPENDED), (State.NEW, NEW)):
        if _is(known, first.entry, state):
            return _ask(known, words)
    return Answer(first.entry, certainty, f"Sure enough: {certainty:.2f} ≥ {thresholds.auto:.2f}.")


def _is(known: Known, entry: str, state: State) -> bool:
    return known.states.get(entry, State.LIVE) is state


def _against(known: Known, match: Match) -> tuple[Objection, ...]:
    own = known.objections.get(match.entry, ())
    if match.counter is None:
        return own
    nearer = f"It is nearer to “{match.counter}”, which this does not answer."
    return (Objection("counter", nearer), *own)


def _within(mode: Mode, known: Known, decided: Decided) -> Decided:
    """Return ``decided`` as far as the mode allows it."""
    if mode is Mode.SUGGEST and not isinstance(decided, Handoff):
        return _handoff(known, f"This launch lets people answer. {decided.reason}", Line.PEOPLE)
    if mode is Mode.CLARIFY and isinstance(decided, Answer):
        return _ask(
            known, f"This launch asks before it answers. {decided.reason}", first=(decided.entry,)
        )
    return decided


def _ask(
    known: Known, reason: str, *, first: tuple[str, ...] = (), certainty: float | None = None
) -> Clarification:
    entries = (*first, *(entry for entry in _nearest(known) if entry not in first))
    sure = known.finding.certainty if certainty is None else certainty
    return Clarification(entries[:MOST_OPTIONS], sure, reason)


def _handoff(known: Known, reason: str, line: Line = Line.HANDOFF) -> Handoff:
    blocked = known.triage.severity == Severity.BLOCKED
    line = Line.BLOCKED if blocked and line in {Line.HANDOFF, Line.PEOPLE} else line
    return Handoff(_nearest(known), known.finding.certainty, reason, line)


def _nearest(known: Known) -> tuple[str, ...]:
    return tuple(match.entry for match in known.finding.matches[:MOST_OPTIONS])
