"""Changing the words of the scope, proposed to the lead when people put the same thing right again.

A proposal is raised once; what a lead decided about it stays. What it rests on is counted anew each
time it is shown: the questions that people put right, and what else the words would take.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.desk.notices import notify
from assistant.desk.scoping import ScopeCorrection, standing
from assistant.ground.audit import happened
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person, Role, members
from assistant.launch.describing import describe
from assistant.launch.launches import Launch
from assistant.launch.scope import runs, says

QUESTIONS, PEOPLE = 3, 2  # that say the same before it is proposed
ASKED = 2_000  # newest questions that words are tried on
ALSO = 2  # times the questions put right that new words may take besides
KIND = "scope-words"  # of the notice


class ScopeProposal(Base):
    """One change of words. ``adds``: the phrase joins the area; else it leaves it."""

    __tablename__ = "scope_proposals"
    __table_args__ = (UniqueConstraint("launch_id", "adds", "area", "phrase"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"))
    adds: Mapped[bool]
    area: Mapped[str]  # empty: an area of its own
    phrase: Mapped[str]  # empty: the area has no words, its name took the questions
    raised_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    accepted: Mapped[bool | None]
    decided_by: Mapped[Person | None] = relationship()

    @property
    def words(self) -> str:
        """Return what is proposed in a sentence."""
        if not self.phrase:
            return f"Give the area “{self.area}” words of its own"
        if not self.adds:
            return f"Take “{self.phrase}” out of “{self.area}”"
        return f"Add “{self.phrase}” to {f'“{self.area}”' if self.area else 'what is out of scope'}"


@dataclass(frozen=True, slots=True)
class Case:
    """One question that somebody put right."""

    question: str
    inside: bool
    area: str
    phrase: str
    person: int


def found_in(cases: Sequence[Case], asked: Iterable[str]) -> list[tuple[bool, str, str]]:
    """Return the changes that ``cases`` speak for, as (adds, area, phrase); pure.

    Words that a person named count as named; else the longest that the questions share, where they
    take little else of what was ``asked``.
    """
    asked = tuple(asked)
    taken = [(False, *key) for key, some in _by_words(c for c in cases if c.inside)
             if _is_enough(some)]  # fmt: skip
    out: dict[str, list[Case]] = {}
    for case in cases:
        if not case.inside:
            out.setdefault(case.area, []).append(case)
    kept_in = [case.question for case in cases if case.inside]
    added = [(True, area, phrase) for area, some in out.items()
             if (phrase := _shared(some, kept_in, asked))]  # fmt: skip
    return [*taken, *added]


def _by_words(cases: Iterable[Case]) -> Iterator[tuple[tuple[str, str], list[Case]]]:
    found: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        if case.area:
            found.setdefault((case.area, case.phrase), []).append(case)
    return iter(found.items())


def _is_enough(cases: Sequence[Case]) -> bool:
    return len(cases) >= QUESTIONS and len({case.person for case in cases}) >= PEOPLE


def _shared(cases: Sequence[Case], kept_in: Sequence[str], asked: Sequence[str]) -> str:
    """Return the words that enough of these questions share; nothing when none are telling."""
    ways: dict[str, str] = {}
    for case in cases:
        for plain, phrase in runs(case.question).items():
            ways.setdefault(plain, phrase)
    named = {plain for case in cases for plain in runs(case.phrase)} if cases else set()
    likely = sorted(ways, key=lambda plain: (plain not in named, -plain.count(" "), -len(plain)))
    for plain in likely:
        phrase = ways[plain]
        who = [case for case in cases if says(case.question, phrase)]
        if not _is_enough(who) or any(says(each, phrase) for each in kept_in):
            continue
        if sum(says(each, phrase) for each in asked) - len(who) <= ALSO * len(who):
            return phrase
    return ""


# --- raising and deciding ---


def raise_proposals(session: Session, launch: Launch, *, at: datetime) -> list[ScopeProposal]:
    """Raise what people's corrections speak for by now, each once, and tell the leads."""
    cases = [_case(each) for each in standing(session, launch.id)]
    if len(cases) < QUESTIONS:
        return []
    there = {(each.adds, each.area, each.phrase) for each in of_launch(session, launch.id)}
    raised = []
    for adds, area, phrase in found_in(cases, asked_lately(session, launch.id)):
        if (adds, area, phrase) in there or _is_done(launch, adds, area, phrase):
            continue
        proposal = ScopeProposal(
            launch_id=launch.id, adds=adds, area=area, phrase=phrase, raised_at=at
        )
        session.add(proposal)
        raised.append(proposal)
    session.flush()
    for proposal in raised:
        _tell(session, launch, proposal, at)
    return raised


def _case(word: ScopeCorrection) -> Case:
    text = word.question.text
    return Case(text, word.inside, word.area, word.phrase, word.person_id)


def _is_done(launch: Launch, adds: bool, area: str, phrase: str) -> bool:
    """Return whether the words are as proposed: a lead may have written them by hand."""
    rows = [row for row in launch.out_of_scope if not area or row["title"] == area]
    if not adds and not phrase:
        return not rows or bool(rows[0].get("words"))
    return any(phrase in (row.get("words") or ()) for row in rows) is adds


def _tell(session: Session, launch: Launch, proposal: ScopeProposal, at: datetime) -> None:
    words = f"{proposal.words}? People keep putting it right on the desk."
    href = f"/launches/{launch.key}/scope"
    for lead in members(session, launch.id, Role.LEAD):
        notify(session, lead, words, kind=KIND, launch_id=launch.id, at=at, href=href)


def asked_lately(session: Session, launch_id: int) -> Sequence[str]:
    """Return the texts of the newest ``ASKED`` questions of a launch."""
    query = (
        select(Message.text)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.launch_id == launch_id, Message.kind == Said.QUESTION)
        .order_by(Message.id.desc())
        .limit(ASKED)
    )
    return session.scalars(query).all()


def of_launch(session: Session, launch_id: int) -> Sequence[ScopeProposal]:
    """Return every proposal of a launch, the undecided ones first, then the newest."""
    query = select(ScopeProposal).where(ScopeProposal.launch_id == launch_id)
    found = session.scalars(query.order_by(ScopeProposal.id.desc())).all()
    return sorted(found, key=lambda each: each.decided_at is not None)


def this_proposal(session: Session, launch: Launch, proposal_id: int) -> ScopeProposal:
    """Return one proposal of a launch. Raises NotFound for every other one."""
    found = session.get(ScopeProposal, proposal_id, with_for_update=True, populate_existing=True)
    if found is None or found.launch_id != launch.id:
        raise NotFound("There is no such proposal.", what_to_do="Load the page again.")
    return found


def decide(
    session: Session,
    launch: Launch,
    proposal: ScopeProposal,
    *,
    accepts: bool,
    by: Person,
    at: datetime,
) -> None:
    """Change the words as proposed, or leave them; ``describe`` looks whether ``by`` may.

    Raises:
        NotPermitted: when ``by`` does not lead the launch.
        Refused: when somebody has decided it, or a live launch would lack what is out of scope.
    """
    if proposal.decided_at is not None:
        who = proposal.decided_by.name if proposal.decided_by else "Somebody"
        raise Refused(f"{who} has decided this.", what_to_do="Load the page again.")
    if accepts and not proposal.phrase:
        raise Refused("These words are written by hand.", what_to_do="Open the set-up of scope.")
    now = changed(launch.out_of_scope, proposal) if accepts else launch.out_of_scope
    describe(session, launch, {"out_of_scope": now}, by=by, at=at)
    proposal.accepted, proposal.decided_at = accepts, at
    proposal.decided_by, proposal.decided_by_id = by, by.id
    happened(
        session, "launch.scope-proposal", at=at, by=by, launch_id=launch.id,
        words=proposal.words, accepted=accepts,
    )  # fmt: skip


def changed(areas: Sequence[dict[str, Any]], proposal: ScopeProposal) -> list[dict[str, Any]]:
    """Return the areas with a proposal's words added or taken away; pure.

    An area that loses its last word goes: without words its name would take questions instead.
    """
    rows = [{**row, "words": list(row.get("words") or ())} for row in areas]
    row = next((each for each in rows if each["title"] == proposal.area), None)
    if not proposal.adds:
        kept = [{**each, "words": [w for w in each["words"] if w != proposal.phrase]}
                if each is row else each for each in rows]  # fmt: skip
        return [each for each in kept if each["words"] or each["title"] != proposal.area]
    if row is None or not row["words"]:  # its name goes on taking what it takes
        title = proposal.phrase[:1].upper() + proposal.phrase[1:]
        return [*rows, {"title": title, "words": [proposal.phrase]}]
    return [{**each, "words": [*each["words"], proposal.phrase]} if each is row else each
            for each in rows]  # fmt: skip
