"""Thinking about a question: what is found, what speaks against it, what the model says.

No transaction is open while this runs. The same way serves the widget, ``hypercare ask`` and
every other channel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from assistant.answering import guards
from assistant.answering.allowed import for_audience, in_language, spoken_of
from assistant.answering.decide import (
    MOST_OPTIONS,
    Answer,
    Clarification,
    Decided,
    Handoff,
    Known,
    decide,
    is_settled,
    not_sent,
)
from assistant.answering.finding import Ready, found, nearness, ready_for
from assistant.answering.guarantee import Standing, standing_of
from assistant.answering.languages import language_of
from assistant.answering.lines import Line
from assistant.answering.memory import Heard
from assistant.answering.objections import Objection
from assistant.answering.select import SHOWN, select
from assistant.answering.sure_enough import thresholds
from assistant.answering.triage import Triage, triage
from assistant.answering.unexplained import clauses, denies_otherwise, left_over
from assistant.answering.verdicts import Candidate, Verdict
from assistant.desk.conversations import EVERYONE
from assistant.desk.messages import LONGEST
from assistant.desk.severity import Severity
from assistant.ground.parts import Parts
from assistant.launch.launches import Mode
from assistant.launch.scope import Scope, scope_of
from assistant.library.stocking import Stock
from knowledge.entries import Finding, Vector
from knowledge.splitting import split_questions

MOST_WORDS = 200  # of one question while words alone are compared: what the embedder would read


@dataclass(frozen=True, slots=True)
class Asked:
    """One message and the facts about its launch and conversation that thinking needs."""

    text: str
    launch_id: int
    mode: Mode
    wrong_rate: float
    audience: str
    out_of_scope: Sequence[dict[str, Any]] = ()
    before: str = ""  # what the customer said just before, when it was not answered
    unhelpful: int = 0
    as_live: bool = False  # every entry counts as confirmed: a rehearsal
    languages: Sequence[str] = ()  # that it may be asked in; none: those of the approved texts


@dataclass(frozen=True, slots=True)
class Part:
    """One question of the message, with what was known and decided about it."""

    question: str
    known: Known
    decided: Decided
    read_as: str = ""  # with typing errors mended


@dataclass(frozen=True, slots=True)
class Thought:
    """What shall happen, before the database has the last word."""

    parts: tuple[Part, ...]
    answers: tuple[Answer, ...]
    clarification: Clarification | None
    handoff: Handoff | None
    triage: Triage
    scope: Scope
    versions: Mapping[str, int]  # entry -> version that was live while thinking
    vector: Vector | None = None
    embedder: str = ""  # who made the vector
    audience: str = EVERYONE

    @property
    def outcome(self) -> str:
        """Return ``handoff``, ``clarification`` or ``answer``; the first that applies."""
        if self.handoff:
            return "handoff"
        return "clarification" if self.clarification else "answer"

    @property
    def decided(self) -> Decided:
        """Return what was decided about the message as a whole."""
        return self.handoff or self.clarification or self.answers[0]

    @property
    def leading(self) -> Part | None:
        """Return the part that explains the outcome; none when nobody thought about it."""
        kinds = {"handoff": Handoff, "clarification": Clarification, "answer": Answer}
        wanted = kinds[self.outcome]
        leading = (part for part in self.parts if isinstance(part.decided, wanted))
        return next(leading, self.parts[0] if self.parts else None)

    @property
    def needs_person(self) -> bool:
        """Return whether a ticket is opened: nobody answered, or it is grave in any case."""
        return self.handoff is not None or self.triage.severity == Severity.BLOCKED


def consider(parts: Parts, asked: Asked, *, at: datetime, ready: Ready | None = None) -> Thought:
    """Return what shall happen with a message; several questions in it are decided apart.

    Words said just before are taken together with it when that leads further than it alone.
    ``ready`` is what was looked up already, for many messages at once.
    """
    if len(asked.text) > LONGEST:
        return given_up(
            asked, f"It is longer than the {LONGEST:,} characters that a message may have."
        )
    ready = ready or ready_for(parts, asked.launch_id, (), at=at)
    alone = _consider(parts, asked, asked.text, ready)
    is_withheld = any(not_sent(part.known) for part in alone.parts)
    is_clear = alone.outcome == "answer" or is_withheld or _says_it_all(alone.triage)
    if not asked.before or is_clear:
        return alone
    together = _consider(parts, asked, f"{asked.before.rstrip()} {asked.text}", ready)
    return together if _reach(together) > _reach(alone) else alone


def given_up(asked: Asked, reason: str, line: Line = Line.HANDOFF) -> Thought:
    """Return the handoff that needs nothing but the words."""
    text = asked.text[:LONGEST]
    return Thought(
        parts=(),
        answers=(),
        clarification=None,
        handoff=Handoff((), 0.0, reason, line),
        triage=triage(text),
        scope=scope_of(text, asked.out_of_scope),
        versions={},
        audience=asked.audience,
    )


def _says_it_all(triage: Triage) -> bool:
    return triage.small_talk is not None or triage.wants_person or triage.only_abuse


def _reach(thought: Thought) -> int:
    return ("handoff", "clarification", "answer").index(thought.outcome)


def _consider(parts: Parts, asked: Asked, text: str, ready: Ready) -> Thought:
    whole, scope = triage(text), scope_of(text, asked.out_of_scope)
    stock, standing = ready.stock, ready.standing or standing_of(parts, asked.launch_id)
    spoken = spoken_of(parts, asked.launch_id, asked.languages, stock)
    questions = split_questions(text) or ("",)
    in_all = language_of(" ".join(questions), spoken.languages) or spoken.main
    considered, vectors = [], []
    for question in questions:
        finding, vector, read_as = found(parts, asked.launch_id, ready, question)
        finding = for_audience(finding, stock, asked.audience)
        language = language_of(question, spoken.languages) or in_all
        finding = in_language(finding, spoken, language)
        foreign = "" if finding.exact else spoken.why_not(language)
        known = _known(
            parts, asked, question, finding, stock, standing, whole, scope, foreign, vector
        )
        considered.append(Part(question, known, decide(known), read_as))
        vectors.append(vector)
    thought = _together(tuple(considered), whole, scope, stock.versions, vectors[0])
    return replace(thought, audience=asked.audience, embedder=stock.embedder)


def _known(
    parts: Parts,
    asked: Asked,
    question: str,
    finding: Finding,
    stock: Stock,
    standing: Standing,
    whole: Triage,
    scope: Scope,
    foreign: str,
    vector: Vector | None,
) -> Known:
    shown = [stock.live[match.entry].entry for match in finding.matches[:SHOWN]]
    candidates = [Candidate(one.id, one.title, one.text, one.applies_when) for one in shown]
    beside = [(candidate, one.ways) for candidate, one in zip(candidates, shown, strict=True)]
    # What a customer is asked about needs no more; a model may choose any that it is shown.
    looked_at = MOST_OPTIONS if parts.model is None else SHOWN
    sure_enough = thresholds(
        asked.wrong_rate,
        learnt=standing.threshold.at,
        only_raises=standing.threshold.only_raises,
        lexical=finding.via == "lexical",
        calibration=standing.calibration,
    )
    withheld, retired = ("", "") if finding.exact else stock.withheld_as(question)
    known = Known(
        finding=finding,
        triage=whole,
        thresholds=sure_enough,
        mode=asked.mode,
        scope=scope,
        is_read_whole=_is_read_whole(parts, question),
        foreign=foreign,
        withheld=withheld,
        retired=retired,
        unhelpful=asked.unhelpful,
        states={} if asked.as_live else standing.states_of(finding),
        trusts=standing.trusts,
        objections=guards.Objections(question, beside[:looked_at]),
        unexplained=_unexplained(parts, stock, question, finding, sure_enough.auto),
    )
    heard = Heard(
        asked.launch_id,
        question,
        tuple(candidates),
        whole.severity,
        vector,
        known.objections,
        stock.embedder,
    )
    return replace(known, verdict=_verdict(parts, heard, known))


def _unexplained(
    parts: Parts, stock: Stock, question: str, finding: Finding, auto: float
) -> Objection | None:
    """Return what the best match leaves unexplained, where it would be sent without a model."""
    if finding.exact or finding.certainty < auto or finding.via == "lexical":
        return None
    first, said = finding.matches[0], clauses(question)
    otherwise = denies_otherwise(question, first.nearest)
    if otherwise is not None or len(said) == 1:
        return otherwise
    near = nearness(parts, stock, first.entry, said)
    return None if near is None else left_over(said, near)


def _is_read_whole(parts: Parts, question: str) -> bool:
    if parts.embedder is None:
        return len(question.split()) <= MOST_WORDS
    return parts.embedder.fits(question)


def _verdict(parts: Parts, heard: Heard, known: Known) -> Verdict | None:
    """What the model says or said, when there is one and it could change anything."""
    model = parts.model
    if model is None or not heard.shown or is_settled(known):
        return None

    def asked() -> Verdict:
        return select(model, heard.question, heard.shown, launch_id=heard.launch_id)

    verdict: Verdict = asked() if parts.verdicts is None else parts.verdicts.of(heard, asked)
    return verdict


def _together(
    parts: tuple[Part, ...],
    whole: Triage,
    scope: Scope,
    versions: Mapping[str, int],
    vector: Vector | None,
) -> Thought:
    """Return one outcome for all questions of a message; a handoff takes the rest along."""
    decided = [part.decided for part in parts]
    handoff = next((one for one in decided if isinstance(one, Handoff)), None)
    asked = [one for one in decided if isinstance(one, Clarification)]
    unclear = asked[0] if asked else None
    answers = {one.entry: one for one in decided if isinstance(one, Answer)}
    if unclear and whole.severity == Severity.BLOCKED:
        # Somebody who is blocked gets a person at once, and may still recognise the case.
        reason = f"{whole.reason} A person answers at once."
        handoff = handoff or Handoff(unclear.entries, unclear.certainty, reason, Line.BLOCKED)
    if len(asked) > 1 and unclear:
        # Only one of them can be asked back; the others must not be lost.
        reason = f"It asks {len(parts)} things, and {len(asked)} of them are unclear."
        handoff = handoff or Handoff(unclear.entries, unclear.certainty, reason, Line.PEOPLE)
    return Thought(
        parts=parts,
        answers=() if handoff else tuple(answers.values()),
        clarification=unclear if (unclear and unclear.entries) or not handoff else None,
        handoff=handoff,
        triage=whole,
        scope=scope,
        versions=versions,
        vector=vector,
    )
