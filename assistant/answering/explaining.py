"""Why a message got what it got: one value, made from a thought, kept with the decision.

The command and the desk show the same value. It holds no more of the customer than the question
itself, and names entries by key: titles and texts may change, what was considered may not.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from assistant.answering import in_words
from assistant.answering.consider import Part, Thought
from assistant.answering.decide import Answer, Clarification, Handoff, Known
from assistant.answering.decisions import Decision
from assistant.answering.objections import Objection
from assistant.answering.verdicts import Chosen, as_facts, named_by
from knowledge.entries import Match

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

VERSION = 1  # of the form in which explanations are kept
MOST_CANDIDATES = 5  # and those that the model named, however far down they were found
DIGITS = 4  # of scores that are kept; what a threshold is learnt from is kept as it was
OUTCOMES = {Answer: "answer", Clarification: "clarification", Handoff: "handoff"}


@dataclass(frozen=True, slots=True)
class ForOrAgainst:
    """One candidate, with what speaks for it and what against it, in words."""

    entry: str
    score: float
    cosine: float
    speaks_for: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartExplained:
    """One question of a message: as it was understood, what was found, which rule decided."""

    question: str
    outcome: str
    """What it would have got alone: answer, clarification or handoff; "" in old decisions."""
    reason: str
    certainty: float
    answers_from: float
    read_as: str = ""
    """With its typing errors mended; "" when there were none."""
    asks_from: float | None = None
    among: float | None = None
    """How sure it was that one of the first three is right; what asking goes by."""
    entry: str | None = None
    """What answers it, when its outcome is an answer."""
    via: str = ""
    notes: tuple[str, ...] = ()
    model: str = ""
    said: Mapping[str, Any] | None = None
    """The model's verdict, as ``verdicts.as_facts`` has it."""
    candidates: tuple[ForOrAgainst, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A whole message: its outcome, the rule behind it, and its questions one by one."""

    outcome: str
    reason: str
    severity: str = ""
    mode: str = ""
    audience: str = ""
    out_of_scope: str = ""
    """The area it belongs to; "" when it is inside the launch."""
    parts: tuple[PartExplained, ...] = field(default_factory=tuple)

    @property
    def withheld(self) -> tuple[PartExplained, ...]:
        """Return the questions that had an answer while another one needed a person."""
        return tuple(part for part in self.parts if self.outcome != part.outcome == "answer")

    @property
    def entries(self) -> frozenset[str]:
        """Return the keys of all entries that it names."""
        return frozenset(one.entry for part in self.parts for one in part.candidates)


def explained(thought: Thought) -> Explanation:
    """Return why a message gets what it gets."""
    known = thought.parts[0].known if thought.parts else None
    return Explanation(
        outcome=thought.outcome,
        reason=reason_of(thought),
        severity=f"{thought.triage.severity}: {thought.triage.reason}",
        mode=str(known.mode) if known else "",
        audience=thought.audience,
        out_of_scope=thought.scope.area,
        parts=tuple(_part(part) for part in thought.parts),
    )


def reason_of(thought: Thought) -> str:
    """Return the rule that decided the message as a whole, in words."""
    decided = (thought.handoff, thought.clarification, *thought.answers)
    return next((one.reason for one in decided if one is not None), "")


def kept(explanation: Explanation) -> dict[str, Any]:
    """Return the explanation as it is stored: plain JSON that says its version."""
    return {"version": VERSION, **asdict(explanation)}


def worth_keeping(known: Known) -> tuple[Match, ...]:
    """Return the best matches of a question and whatever else the model named, best first."""
    named = named_by(known.verdict)
    return tuple(
        match
        for place, match in enumerate(known.finding.matches)
        if place < MOST_CANDIDATES or match.entry in named
    )


def read(stored: Mapping[str, Any]) -> Explanation:
    """Return an explanation from the form in which it is stored."""
    parts = tuple(_read_part(part) for part in stored.get("parts", ()))
    return Explanation(**_known(Explanation, {**stored, "parts": parts}))


def of_decision(decision: Decision) -> Explanation:
    """Return what was considered for a decision; what an older version did not keep is empty."""
    if "version" in decision.considered:
        return read(decision.considered)
    parts = [_read_old(part, decision) for part in decision.considered.get("parts", ())]
    return Explanation(decision.outcome, decision.reason, mode=decision.mode, parts=tuple(parts))


def _part(part: Part) -> PartExplained:
    known, decided = part.known, part.decided
    finding, thresholds = known.finding, known.thresholds
    return PartExplained(
        question=finding.question,
        read_as=part.read_as if part.read_as != finding.question else "",
        outcome=OUTCOMES[type(decided)],
        entry=decided.entry if isinstance(decided, Answer) else None,
        reason=decided.reason,
        certainty=finding.certainty,
        answers_from=thresholds.auto,
        asks_from=thresholds.ask,
        among=finding.among,
        via=finding.via,
        notes=_notes(part),
        model=in_words.of_verdict(known.verdict),
        said=as_facts(known.verdict),
        candidates=tuple(_candidate(part, match) for match in worth_keeping(known)),
    )


def _notes(part: Part) -> tuple[str, ...]:
    known = part.known
    left = None if _left_over(known) else known.unexplained
    more = (f"The best match leaves something over: {left.words}.",) if left else ()
    return (*in_words.about_finding(part.read_as, known.finding), *more)


def _left_over(known: Known) -> Objection | None:
    """What the best match leaves over, where that speaks against it: no model has read the text."""
    return None if isinstance(known.verdict, Chosen) else known.unexplained


def _candidate(part: Part, match: Match) -> ForOrAgainst:
    known = part.known
    finding = known.finding
    objections = [each.words for each in known.objections.get(match.entry, ())]
    if match.counter is not None:
        objections.insert(0, f"it is nearer to “{match.counter}”, which this does not answer")
    if match is finding.matches[0] and (left := _left_over(known)):
        objections.append(left.words)
    return ForOrAgainst(
        entry=match.entry,
        score=round(match.score, DIGITS),
        cosine=round(match.cosine, DIGITS),
        speaks_for=in_words.for_candidate(part.read_as, match, finding.via, known.verdict),
        against=tuple(objections),
    )


def _read_part(stored: Mapping[str, Any]) -> PartExplained:
    candidates = tuple(
        ForOrAgainst(**_known(ForOrAgainst, _tuples(one))) for one in stored.get("candidates", ())
    )
    return PartExplained(**_known(PartExplained, {**_tuples(stored), "candidates": candidates}))


def _known(kind: "type[DataclassInstance]", stored: Mapping[str, Any]) -> dict[str, Any]:
    """Only what this version knows: a newer process may have written more."""
    return {each.name: stored[each.name] for each in fields(kind) if each.name in stored}


def _tuples(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in stored.items()}


def _read_old(part: Mapping[str, Any], decision: Decision) -> PartExplained:
    """One question as kept before explanations had a version: objections by entry, a repr."""
    against = part.get("objections", {})
    return PartExplained(
        question=str(part.get("question", "")),
        outcome="",
        reason=str(part.get("reason", "")),
        certainty=float(part.get("certainty", 0.0)),
        answers_from=float(part.get("threshold", 0.0)),
        model=_old_model(part.get("model")),
        candidates=tuple(
            ForOrAgainst(
                entry=one["entry"],
                score=float(one.get("score", 0.0)),
                cosine=float(one.get("cosine", 0.0)),
                against=tuple(against.get(one["entry"], ())),
            )
            for one in decision.candidates
        ),
    )


def _old_model(words: object) -> str:
    known = (
        ("Chosen", "The model chose one of them."),
        ("NoneOfThem", "The model read them and found none that answers."),
        ("NoVerdict", "The model gave no verdict."),
    )
    return next((said for kind, said in known if str(words).startswith(kind)), "")
