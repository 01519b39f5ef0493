"""Thinking past questions again: all of them once, and then only what a change can alter.

A shelf is one whole: every entry moves the weight of every word a little. So which questions a
change leaves alone is not proven, but bounded: how far scores of distant questions move is
measured on some of them, whatever lies nearer to a turning point than twice that is thought again,
and some of the rest too, to see that nothing turned. If something did, everything is thought again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from random import Random

import numpy as np

from assistant.answering.allowed import spoken_of
from assistant.answering.asked_before import Past
from assistant.answering.consider import Thought, consider
from assistant.answering.finding import Ready
from assistant.answering.glances import STILL, Drift, Glance, glance_of, moved
from assistant.answering.guarantee import Standing
from assistant.answering.languages import Spoken
from assistant.answering.replay_effect import Got
from assistant.answering.stored_meanings import StoredMeanings
from assistant.ground.parts import Parts, Revised
from assistant.library.stocking import Stock
from knowledge.entries import Vector
from knowledge.splitting import split_questions

Key = tuple[str, str, str, int]
Told = Callable[[int], None]  # so many more questions were thought or kept

PORTION = 64  # questions between two looks at whether to go on
SAMPLE = 60  # distant questions on which it is measured how far a change moves them
SPOT_CHECK = 60  # kept results that are thought again, to see that nothing turned
MOST_CHANGED = 12  # entries; a change of more is thought from the beginning


@dataclass(frozen=True, slots=True)
class World:
    """What a question is asked in: what may be said, and how sure that must be."""

    stock: Stock
    standing: Standing
    rule: str  # what of the launch itself decides: its mode, rate, scope and languages
    found_as: Mapping[str, object] = field(default_factory=dict)  # entries with their lessons

    def changed_to(self, other: "World") -> set[str] | None:
        """Return the entries in which another world differs; nothing when everything may."""
        same = ("threshold", "calibration")
        is_alike = all(getattr(self.standing, n) == getattr(other.standing, n) for n in same)
        if self.rule != other.rule or not is_alike or self._is_other_model(other):
            return None
        keys = self.found_as.keys() | other.found_as.keys()
        changed = {key for key in keys if self.found_as.get(key) != other.found_as.get(key)}
        states, coming = self.standing.states, other.standing.states
        changed |= {key for key in keys if states.get(key) != coming.get(key)}
        return changed if len(changed) <= MOST_CHANGED else None

    def _is_other_model(self, other: "World") -> bool:
        return self.stock.embedder != other.stock.embedder


@dataclass(frozen=True, slots=True)
class Kept:
    """What one question gets, and what has to move for that to change."""

    got: Got
    glances: tuple[Glance, ...]
    shown: tuple[str, ...]  # the texts that a model would read for it, by entry and version


@dataclass(slots=True)
class Thinking:
    """Questions being thought in one world; the results are in ``kept``."""

    parts: Parts
    world: World
    meanings: StoredMeanings | None  # none while words alone are compared
    told: Told = lambda _: None
    kept: dict[Key, Kept] = field(default_factory=dict)
    portion: int = PORTION

    def think(self, questions: Iterable[Past]) -> None:
        """Think each question from the beginning, those that are known already left out."""
        new = {past.key: past for past in questions if past.key not in self.kept}
        pending = list(new.values())
        for at in range(0, len(pending), self.portion):
            some = pending[at : at + self.portion]
            self.kept |= {past.key: kept for past, kept in self._thought(some)}
            self.told(len(some))

    def think_after(self, before: "Thinking", questions: Sequence[Past]) -> int:
        """Think what can differ from ``before`` and take the rest over; return how many thought.

        ``before`` knows every one of these questions.
        """
        distinct = list({past.key: past for past in questions}.values())
        changed = before.world.changed_to(self.world)
        if changed is None or not changed or self._speaks_otherwise(before):
            self.think([] if changed == set() else distinct)
            return self._taken_over(before, distinct)
        near = self._near(before, distinct, changed)
        self.think(near)
        far = [past for past in distinct if past.key not in self.kept]
        checked = _some(far, SPOT_CHECK)
        for past, kept in self._thought(checked):
            if not kept.got.is_as(before.kept[past.key].got):
                self.think(distinct)  # what was taken for safe is not: everything again
                return len(distinct)
            self.kept[past.key] = kept
        return self._taken_over(before, distinct)

    def _taken_over(self, before: "Thinking", distinct: Sequence[Past]) -> int:
        thought = len(self.kept)
        rest = {past.key: before.kept[past.key] for past in distinct if past.key not in self.kept}
        self.kept |= rest
        self.told(len(rest))
        return thought

    def _speaks_otherwise(self, before: "Thinking") -> bool:
        return self._spoken() != before._spoken()

    def _spoken(self) -> tuple[object, object]:
        spoken: Spoken = spoken_of(self.parts, 0, (), self.world.stock)
        return spoken.main, spoken.languages

    def _near(
        self, before: "Thinking", distinct: Sequence[Past], changed: AbstractSet[str]
    ) -> list[Past]:
        """Return the questions that the change may alter."""
        glances = {past.key: self._looked_again(before.kept[past.key]) for past in distinct}
        reach = self._reach(glances.values(), changed)
        turned = {
            past.key: moved(glances[past.key], before.kept[past.key].glances, changed, reach, STILL)
            for past in distinct
        }
        far = [past for past in distinct if not turned[past.key] and not past.asked.before]
        drift = self._drift(before, _some(far, SAMPLE))
        return [
            past
            for past in distinct
            if past.asked.before
            or turned[past.key]
            or moved(glances[past.key], before.kept[past.key].glances, changed, reach, drift)
        ]

    def _looked_again(self, kept: Kept) -> tuple[str, ...]:
        """Return each of its questions as it is read here: with other entries' words repaired."""
        return tuple(self.world.stock.shelf.repaired(one.question) for one in kept.glances)

    def _reach(
        self, read: Iterable[tuple[str, ...]], changed: AbstractSet[str]
    ) -> Mapping[str, float]:
        """Return the most that a changed entry can score for each text as it is read."""
        texts = list(dict.fromkeys(text for each in read for text in each))
        vectors = self._vectors(texts)
        known = {text: vector for text, vector in vectors.items() if vector is not None}
        if not known:
            return {}
        found = self.world.stock.shelf.reach(changed, np.stack(list(known.values())))
        return {} if found is None else dict(zip(known, found.tolist(), strict=True))

    def _drift(self, before: "Thinking", sample: Sequence[Past]) -> Drift:
        drift = Drift()
        for past, kept in self._thought(sample):
            self.kept[past.key] = kept
            drift = drift.with_(before.kept[past.key].glances, kept.glances)
        return drift

    def _thought(self, some: Sequence[Past]) -> list[tuple[Past, Kept]]:
        ready = self._ready(some)
        at = ready.at
        thoughts = [(past, consider(self.parts, past.asked, at=at, ready=ready)) for past in some]
        return [(past, self._kept(thought)) for past, thought in thoughts]

    def _kept(self, thought: Thought) -> Kept:
        return Kept(got_of(thought), glance_of(thought), _shown(thought))

    def _ready(self, some: Sequence[Past]) -> Ready:
        shelf = self.world.stock.shelf
        texts = [past.asked.text for past in some]
        read = [shelf.repaired(one) for text in texts for one in split_questions(text)]
        stock, at = self.world.stock, self.parts.clock.now()
        return Ready(stock, at, self._vectors(read), standing=self.world.standing)

    def _vectors(self, texts: Sequence[str]) -> "dict[str, Vector | None]":
        """Return a vector for each text; none for one that words alone have to find."""
        known = self.meanings.of(texts) if self.meanings is not None else {}
        return {text: known.get(text) for text in texts}


def got_of(thought: Thought) -> Got:
    """Return what the customer would get."""
    decided = thought.decided
    entries: tuple[str, ...] = ()
    if thought.outcome == "answer":
        entries = tuple(one.entry for one in thought.answers)
    elif thought.outcome == "clarification" and thought.clarification:
        entries = thought.clarification.entries
    return Got(thought.outcome, entries, round(decided.certainty, 4), decided.reason)


def _shown(thought: Thought) -> tuple[str, ...]:
    """Return what a model would be shown, for telling whether that differs."""
    near = [match.entry for part in thought.parts for match in part.known.finding.matches[:8]]
    return tuple(f"{entry} {thought.versions.get(entry)}" for entry in near)


def _some(questions: Sequence[Past], most: int) -> list[Past]:
    """Return some of the questions, the same at every time."""
    if len(questions) <= most:
        return list(questions)
    return Random(len(questions)).sample(list(questions), most)  # noqa: S311 - no secret


def quietly(parts: Parts, meanings: StoredMeanings | None) -> Parts:
    """Return the parts to think with, apart from whoever answers customers at the same time."""
    return replace(
        parts, embedder=meanings, index=None, model=None, verdicts=None, spoken=Revised()
    )
