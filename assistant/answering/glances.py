"""What a question's outcome hangs on, at a glance: enough to tell what a small change can turn."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from assistant.answering.consider import Part, Thought
from assistant.answering.decide import MOST_OPTIONS

SAFELY = 2.0  # times the drift that was measured; what lies nearer than that is thought again


@dataclass(frozen=True, slots=True)
class Glance:
    """One question of a message: how it was read, how sure it was, and what came near it."""

    question: str
    read_as: str
    certainty: float
    among: float
    auto: float  # the certainty from which it would be answered
    ask: float  # and from which it would be asked about
    near: tuple[str, ...]  # entries, best first
    scores: tuple[float, ...]  # of the first four
    margins: Mapping[str, float]  # of the first over the best other, score by score


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a change moves what it is not about: probabilities, and scores of the ranking."""

    sure: float = 0.0
    score: float = 0.0
    margins: Mapping[str, float] = field(default_factory=dict)

    def with_(self, before: Sequence[Glance], after: Sequence[Glance]) -> "Drift":
        """Return the drift that also covers another question."""
        sure, score, margins = self.sure, self.score, dict(self.margins)
        for one, other in zip(before, after, strict=False):
            apart = (abs(one.certainty - other.certainty), abs(one.among - other.among))
            # Where a lead turned, certainty jumps; how near leads are to that is told apart.
            sure = sure if _turned(one, other) else max(sure, *apart)
            was = dict(zip(one.near, one.scores, strict=False))
            now = dict(zip(other.near, other.scores, strict=False))
            score = max([score, *(abs(was[key] - now[key]) for key in was.keys() & now.keys())])
            for name in one.margins.keys() & other.margins.keys():
                moved_by = abs(one.margins[name] - other.margins[name])
                margins[name] = max(margins.get(name, 0.0), moved_by)
        return Drift(sure, score, margins)


def _turned(one: Glance, other: Glance) -> bool:
    """Return whether another entry leads in some score after the change."""
    names = one.margins.keys() & other.margins.keys()
    return any((one.margins[name] >= 0) != (other.margins[name] >= 0) for name in names)


STILL = Drift()


def glance_of(thought: Thought) -> tuple[Glance, ...]:
    """Return a glance at each question of a message."""
    return tuple(
        Glance(
            question=part.question,
            read_as=part.read_as,
            certainty=part.known.finding.certainty,
            among=part.known.finding.among,
            auto=part.known.thresholds.auto,
            ask=part.known.thresholds.ask,
            near=tuple(match.entry for match in part.known.finding.matches),
            scores=tuple(match.score for match in part.known.finding.matches[: MOST_OPTIONS + 1]),
            margins=_margins(part),
        )
        for part in thought.parts
    )


def _margins(part: Part) -> Mapping[str, float]:
    """Return by how much the first leads in each score: at 0 its evidence turns at once."""
    first = part.known.finding.matches[:1]
    found = first[0].features if first else {}
    return {name: value for name, value in found.items() if name.endswith("_margin")}


def moved(
    read: Sequence[str],
    glances: Sequence[Glance],
    changed: AbstractSet[str],
    reach: Mapping[str, float],
    drift: Drift,
) -> bool:
    """Return whether a change of some entries may turn what a message gets.

    ``read`` is how each of its questions is read after the change, ``reach`` the most that a
    changed entry can score for it; a text that is not in it may be reached by anything.
    """
    return any(
        as_read != glance.read_as or _may_turn(glance, changed, reach.get(as_read), drift)
        for as_read, glance in zip(read, glances, strict=True)
    )


def _may_turn(glance: Glance, changed: AbstractSet[str], reach: float | None, drift: Drift) -> bool:
    if reach is None or len(glance.scores) <= MOST_OPTIONS or changed & set(glance.near):
        return True
    if reach + SAFELY * drift.score >= glance.scores[MOST_OPTIONS - 1]:
        return True
    sure = SAFELY * drift.sure
    if abs(glance.certainty - glance.auto) <= sure or abs(glance.among - glance.ask) <= sure:
        return True
    margins = glance.margins.items()
    if any(abs(value) <= SAFELY * drift.margins.get(name, 0.0) for name, value in margins):
        return True
    gaps = zip(glance.scores, glance.scores[1:], strict=False)
    return any(higher - lower <= SAFELY * drift.score for higher, lower in gaps)
