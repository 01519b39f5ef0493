"""What a launch's labels prove: from which certainty it answers, and whether it may go on.

The threshold keeps the rate that the lead set (per question asked); the certificate says how many
of the answers were wrong. When even its lower limit passes the rate, the launch falls back to
asking before it answers, until a lead has looked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.answering.calibrations import calibration_of
from assistant.answering.decisions import Decision
from assistant.answering.labels import AUDITED, BY_CLICK, BY_PEOPLE, Label, Source, last_words
from assistant.answering.states import State, trust_of_each
from assistant.answering.trust import Trusts
from assistant.answering.trusts import trusts_of
from assistant.desk.messages import Message, Said
from assistant.ground.parts import Parts
from assistant.launch.launches import WRONG_RATE, Launch, Mode
from knowledge.calibration import AS_SHIPPED, Recalibration
from knowledge.entries import Finding
from knowledge.guarantee import Certificate, Labelled, missing_for, threshold_for

HEAVIEST = 1 / AUDITED  # what one checked answer stands for


@dataclass(frozen=True, slots=True)
class Judged:
    """One question, with the last word on whether its answer or first candidate was right."""

    certainty: float  # as it was
    stood_for: float  # as answering goes by it: 1 when a model chose, 0 when a guard objected
    right: bool
    weight: float
    answered: bool  # by the assistant itself
    audited: bool
    mode: str  # in which it was decided
    decided_at: datetime
    by_team: bool = True  # false: a customer clicked

    @property
    def labelled(self) -> Labelled:
        """Return what the threshold is learnt from."""
        return Labelled(self.stood_for, self.right, self.weight)


@dataclass(frozen=True, slots=True)
class Threshold:
    """The certainty from which a launch answers; ``at`` is empty while too few labels say so."""

    at: float | None
    labels: int
    missing: int  # further labels, of people of the team, until they count in full
    only_raises: bool = False  # too few are of the team: it may not go below the shipped one


@dataclass(frozen=True, slots=True)
class Standing:
    """What deciding has to know of a launch's labels."""

    threshold: Threshold
    states: Mapping[str, State]  # by entry key
    calibration: Recalibration = AS_SHIPPED  # of the last night
    trusts: Trusts = field(default_factory=dict)  # what each model's word has been worth

    def states_of(self, finding: Finding) -> dict[str, State]:
        """Return the state of each entry that was found; what nobody spoke of yet is new."""
        return {match.entry: self.states.get(match.entry, State.NEW) for match in finding.matches}


def standing_of(parts: Parts, launch_id: int) -> Standing:
    """Return how the launch stands, made anew when a label, its library or its rate changed."""
    with parts.db.reading() as session:
        moved = session.execute(
            select(Launch.labels_revision, Launch.library_revision, Launch.wrong_rate).where(
                Launch.id == launch_id
            )
        ).one_or_none()
    if moved is None:
        return Standing(Threshold(None, 0, missing_for(WRONG_RATE, ())), {})
    standing: Standing = parts.standings.of(
        launch_id, " ".join(map(str, moved)), lambda: _stands(parts, launch_id, moved.wrong_rate)
    )
    return standing


def _stands(parts: Parts, launch_id: int, wrong_rate: float) -> Standing:
    with parts.db.reading() as session:
        trust = trust_of_each(session, launch_id)
        newest = calibration_of(session, launch_id)
        return Standing(
            threshold=threshold_of(judged_of(session, launch_id), wrong_rate),
            states={key: each.state for key, each in trust.items()},
            calibration=newest.recalibration if newest else AS_SHIPPED,
            trusts=trusts_of(session, launch_id),
        )


def judged_of(
    session: Session,
    launch_id: int,
    *,
    since: datetime | None = None,
    by: Sequence[Source] = (*BY_PEOPLE, *BY_CLICK),
) -> list[Judged]:
    """Return every question that somebody judged, once each, oldest first.

    ``since`` leaves out what was decided before, ``by`` says whose word counts. A check outweighs
    an agent's word, an agent's a customer's click, a newer one an older. What could only have said
    "right" says nothing. Whether an answer "helped"
    is not used: customers cannot tell a right answer from a welcome one.
    """
    query = (
        select(Label, Decision.at)
        .join(Decision, Decision.message_id == Label.message_id)
        # Without a first candidate it is a call or a choice, and no question that was asked.
        .where(Label.launch_id == launch_id, Label.source.in_(by), Label.first != "")
        .order_by(Label.message_id, Label.at, Label.id)
    )
    if since is not None:
        query = query.where(Decision.at > since)
    decided = {
        label: at
        for label, at in session.execute(query)
        if label.of_first is not None and not label.is_one_sided
    }
    return [_judged(label, decided[label]) for label in last_words(decided) if _counts(label)]


def _counts(label: Label) -> bool:
    """An agent sees an answered question only when something was the matter with it.

    So "right" says nothing there unless it was drawn to be checked; "wrong" is known, and counts.
    """
    is_biased = label.outcome == "answer" and not _is_drawn(label)
    return not (is_biased and label.of_first)


def _is_drawn(label: Label) -> bool:
    return label.source == Source.AUDIT and label.weight > 0


def _judged(label: Label, decided_at: datetime) -> Judged:
    answered = label.outcome == "answer"
    by_model = (label.facts.get("model") or {}).get("kind") == "chosen"
    stood_for = 1.0 if answered and by_model else label.certainty
    if label.facts.get("objected") and not answered:
        stood_for = 0.0
    return Judged(
        certainty=label.certainty,
        stood_for=stood_for,
        right=bool(label.of_first),
        weight=label.weight or 1.0,
        answered=answered,
        audited=_is_drawn(label),
        mode=str(label.facts.get("mode")),
        decided_at=decided_at,
        by_team=label.source in BY_PEOPLE,
    )


def threshold_of(judged: Sequence[Judged], wrong_rate: float) -> Threshold:
    """Return the threshold that labels prove for ``wrong_rate``, or how many are missing.

    While it answers by itself, only a few of the answers are checked, and each speaks for many:
    that takes longer to count. Until it does, what was learnt before it answered stands, less what
    is known to have been wrong since.

    Customers' clicks may only raise it: it is never below what the team's labels alone prove, and
    while those are too few, never below the shipped one.
    """
    heaviest = HEAVIEST if any(one.mode == Mode.AUTO for one in judged) else 1.0
    ways = ((_every, heaviest), (_before, 1.0))
    team = [one for one in judged if one.by_team]
    missing = min(missing_for(wrong_rate, way(team), heaviest=most) for way, most in ways)
    for way, most in ways:
        labels = way(judged)
        if missing_for(wrong_rate, labels, heaviest=most) == 0:
            at = max(threshold_for(wrong_rate, each, heaviest=most) for each in (labels, way(team)))
            return Threshold(at, len(labels), missing, only_raises=missing > 0)
    return Threshold(None, len(judged), missing)


def _every(judged: Sequence[Judged]) -> list[Labelled]:
    return [one.labelled for one in judged]


def _before(judged: Sequence[Judged]) -> list[Labelled]:
    """Return what was judged before it answered, and what is known to have been wrong since."""
    return [
        Labelled(one.stood_for, one.right)
        for one in judged
        if one.mode != Mode.AUTO or (one.answered and not one.right)
    ]


def certificate_of(judged: Sequence[Judged], threshold: float) -> Certificate:
    """Return wrong among answered: of checked answers, and of what would have been answered.

    While a launch suggests or asks, every question is judged; what lies above its threshold is
    what it would have answered.
    """
    counted = [
        one
        for one in judged
        if (one.answered and one.audited)
        or (not one.answered and one.mode != Mode.AUTO and one.stood_for >= threshold)
    ]
    return Certificate(sum(not one.right for one in counted), len(counted))


def answered_since(session: Session, launch_id: int, since: datetime | None = None) -> int:
    """Return how many questions the assistant answered by itself, decided after ``since``."""
    query = (
        select(func.count())
        .select_from(Decision)
        .join(Message, Message.id == Decision.message_id)
        .where(
            Decision.launch_id == launch_id,
            Decision.outcome == "answer",
            Message.kind == Said.QUESTION,
        )
    )
    if since is not None:
        query = query.where(Decision.at > since)
    return session.scalar(query) or 0


def failing(session: Session, launch: Launch) -> str:
    """Return why the launch may not go on answering by itself, in words; empty when it may.

    Two certificates can fail: of the answers that were checked, and of all answers with what is
    known to be wrong among them, which can only be too kind.
    """
    since = launch.lifted_at
    told = [one for one in judged_of(session, launch.id, since=since) if one.answered]
    checked = [one for one in told if one.audited]
    wrong = sum(not one.right for one in checked)
    known = sum(not one.right for one in told)
    answered = max(answered_since(session, launch.id, since), known)
    for certificate, what in (
        (Certificate(wrong, len(checked)), "checked answers"),
        (Certificate(known, answered), "answers"),
    ):
        if certificate.fails(launch.wrong_rate):
            return (
                f"{certificate.wrong} of {certificate.answered} {what} were wrong: at least "
                f"{certificate.lowest:.1%} of all, more than the accepted {launch.wrong_rate:.1%}."
            )
    return ""


def look_again(session: Session, launch_id: int, *, at: datetime) -> bool:
    """Let the launch fall back when its certificate fails; return whether it did just now."""
    launch = session.get_one(Launch, launch_id)
    if launch.acting_mode is not Mode.AUTO or not (because := failing(session, launch)):
        return False
    # A lead may be at the settings right now. Its key stays as it is: to lock that, too, would wait
    # for whoever else is adding a label, who waits for us to count ours.
    session.refresh(launch, with_for_update={"key_share": True})
    if launch.acting_mode is not Mode.AUTO:
        return False
    launch.fall_back(session, because=because, at=at)
    return True


def watch(parts: Parts) -> int:
    """Look at every open launch's certificate; return how many fell back."""
    with parts.db.reading() as session:
        launches = list(session.scalars(select(Launch.id).where(Launch.closed_at.is_(None))))
    fallen = 0
    for launch_id in launches:
        with parts.db.writing() as session:
            fallen += look_again(session, launch_id, at=parts.clock.now())
    return fallen
