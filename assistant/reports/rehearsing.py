"""A rehearsal, run: the questions through the very pipeline of customers, then go or no-go.

Nothing is sent, no conversation is recorded and no label is given. Portions are recorded as they
are known, so that a process that dies loses one portion; somebody else goes on after a while.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.answering import rehearsal_age, rehearsals
from assistant.answering.as_if import waiting, with_drafts
from assistant.answering.consider import Asked, Thought, consider
from assistant.answering.decide import Answer, Clarification
from assistant.answering.finding import ready_with
from assistant.answering.rehearsals import LEASE, Rehearsal, Rehearsed, judge
from assistant.answering.trying import asked_by_anybody
from assistant.ground.parts import Parts
from assistant.library import stocking
from assistant.library.entries import Entry
from assistant.library.stocking import Stock
from assistant.reports import go_no_go, rehearsal_finds

AT_ONCE = 64  # questions embedded, and recorded, together
WITH_MODEL = 8  # the same where a model reads each: a slow one must not outlast the lease
SHORT = 40  # questions that whoever asks may wait for, without a model


def run_due(parts: Parts) -> int:
    """Run every rehearsal that waits; return how many were finished."""
    with parts.db.reading() as session:
        due = rehearsals.due(session, at=parts.clock.now())
    return sum(run(parts, rehearsal_id) for rehearsal_id in due)


def is_short(parts: Parts, questions: int) -> bool:
    """Return whether it is done while somebody waits."""
    return questions <= SHORT and parts.model is None


def run(
    parts: Parts, rehearsal_id: int, step: Callable[[float], None] = lambda share: None
) -> bool:
    """Run one rehearsal to its end; false when somebody else has it or it is over.

    ``step`` is told again and again what share of the questions is done, 0 to 1.
    """
    at = parts.clock.now()
    with parts.db.writing() as session:
        if not rehearsals.claim(session, rehearsal_id, at=at):
            return False
        rehearsal = session.get_one(Rehearsal, rehearsal_id)
        # What is approved while it runs was not rehearsed, nor what a process before left out.
        library = rehearsal.launch.library_revision
        rehearsal.findings = rehearsal.findings or {
            "library": library,
            "made_for": rehearsal_age.now(session, rehearsal.launch, at=at).made,
        }
        asked = asked_by_anybody(rehearsal.launch)
        drafts = _drafts(session, rehearsal, at) if rehearsal.with_drafts else []
        newest = [entry.newest for entry in drafts]
    approved = stocking.stock_of(parts, asked.launch_id, at=at)
    stock = with_drafts(parts, asked.launch_id, approved, newest)
    while (share := _portion(parts, rehearsal_id, asked, stock, at)) is not None:
        step(share)
    _settle(parts, rehearsal_id, stock, [entry.key for entry in drafts])
    return True


def _drafts(session: Session, rehearsal: Rehearsal, at: datetime) -> list[Entry]:
    """Return the drafts that could be approved as they stand: no part of them is blank."""
    found = waiting(session, rehearsal.launch_id, at=at)
    return [entry for entry in found if not entry.newest.parts.missing()]


def _portion(
    parts: Parts, rehearsal_id: int, asked: Asked, stock: Stock, at: datetime
) -> float | None:
    """Ask the next questions; return the share that is done, nothing when none were left."""
    with parts.db.reading() as session:
        most = AT_ONCE if parts.model is None else WITH_MODEL
        portion = rehearsals.to_ask(session, rehearsal_id, most)
    if not portion:
        return None
    ready = ready_with(parts, stock, [one.text for one in portion], at=at)
    known = {
        one.id: consider(parts, replace(asked, text=one.text), at=at, ready=ready)
        for one in portion
    }
    with parts.db.writing() as session:
        rehearsal = session.get_one(Rehearsal, rehearsal_id)
        for one in rehearsals.with_ids(session, known):
            _record(one, known[one.id])
        # Of two who run it, one after the other's lease, neither counts beyond the end.
        rehearsal.done = min(rehearsal.total, rehearsal.done + len(known))
        rehearsal.claimed_until = parts.clock.now() + LEASE
        return rehearsal.done / rehearsal.total


def _record(one: Rehearsed, thought: Thought) -> None:
    decided = thought.decided
    one.outcome, one.certainty, one.reason = thought.outcome, decided.certainty, decided.reason
    one.entry = decided.entry if isinstance(decided, Answer) else ""
    one.offered = list(decided.entries) if isinstance(decided, Clarification) else []
    one.judged = judge(one.expected, one.outcome, one.entry, one.offered)


def _settle(parts: Parts, rehearsal_id: int, stock: Stock, drafts: Sequence[str]) -> None:
    near = rehearsal_finds.near_of(stock)  # takes a while: no transaction is open
    with parts.db.writing() as session:
        rehearsal, at = session.get_one(Rehearsal, rehearsal_id), parts.clock.now()
        found = rehearsal_finds.found(session, rehearsal, stock, near, drafts, at=at)
        verdict = go_no_go.judge(found, library=f"/library?launch={rehearsal.launch.key}")
        rehearsal.findings = {**rehearsal.findings, **kept(found, verdict)}
        rehearsal.is_go, rehearsal.finished_at = verdict.is_go, at
        rehearsal.claimed_until = None


def kept(found: go_no_go.Found, verdict: go_no_go.Verdict) -> dict[str, Any]:
    """Return what is stored of a result; ``rules_of`` reads it."""
    return {
        "answered": found.answered,
        "recognised": found.recognised,
        "to_person": found.to_person,
        "as_expected": found.as_expected,
        "live": found.live,
        "rules": [
            {
                "key": rule.key,
                "title": rule.title,
                "stops": rule.stops,
                "is_kept": rule.is_kept,
                "words": rule.words,
                "things": [[one.words, one.href] for one in rule.things[: go_no_go.LISTED]],
                "more": max(0, _count(found, rule) - go_no_go.LISTED),
            }
            for rule in verdict.rules
        ],
    }


def _count(found: go_no_go.Found, rule: go_no_go.Rule) -> int:
    return found.left_out_count if rule.key == "left-out" else len(rule.things)


def rules_of(rehearsal: Rehearsal) -> tuple[go_no_go.Rule, ...]:
    """Return the rules as they were judged then; none while there is no result."""
    return tuple(
        go_no_go.Rule(
            key=each["key"],
            title=each["title"],
            stops=each["stops"],
            is_kept=each["is_kept"],
            words=each["words"],
            things=tuple(go_no_go.Thing(*one) for one in each["things"]),
        )
        for each in rehearsal.findings.get("rules", ())
    )


def change_since(session: Session, rehearsal: Rehearsal) -> go_no_go.Change | None:
    """Return what is otherwise than in the finished rehearsal before; nothing without one."""
    earlier = rehearsals.before(session, rehearsal)
    if earlier is None or rehearsal.is_go is None:
        return None
    now, before = (_of_each(session, one.id) for one in (rehearsal, earlier))
    return go_no_go.changed(now, before, rules_of(rehearsal), rules_of(earlier))


def _of_each(session: Session, rehearsal_id: int) -> list[go_no_go.Asked]:
    return [
        go_no_go.Asked(one.text, one.outcome, one.entry, one.judged)
        for one in rehearsals.questions(session, rehearsal_id)
    ]
