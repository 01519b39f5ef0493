"""The account of a launch's certainty: what its page and ``hypercare certainty`` show."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.answering import audits, guarantee
from assistant.answering.calibrations import calibration_of
from assistant.answering.decisions import Decision
from assistant.answering.guarantee import Threshold
from assistant.answering.states import State, Trust, trust_of_each
from assistant.answering.sure_enough import thresholds
from assistant.desk.messages import Message, Said
from assistant.launch.launches import Launch, Mode
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from knowledge.calibration import AS_SHIPPED
from knowledge.guarantee import Bin, Certificate, Labelled, Step, curve, reliability


@dataclass(frozen=True, slots=True)
class Trusted:
    """One entry with an approved version, and how far it is trusted."""

    key: str
    title: str
    trust: Trust

    @property
    def state(self) -> State:
        """Return its state."""
        return self.trust.state


@dataclass(frozen=True, slots=True)
class Account:
    """What labels prove about a launch at this moment."""

    launch: str
    mode: Mode  # as decided by a lead or the pack
    acting_mode: Mode  # as it acts
    fell_back_at: datetime | None  # while nobody has lifted it
    fell_back_because: str
    lifted_at: datetime | None
    wrong_rate: float  # accepted, per question asked
    threshold: Threshold
    answers_from: float  # the certainty it goes by now, learnt or shipped
    certificate: Certificate
    asked: int
    answered: int  # of those, by itself
    curve: list[Step]
    reliability: list[Bin]
    judged: int  # questions
    entries: list[Trusted]
    waiting: int  # answers that a person has to check

    @property
    def coverage(self) -> float:
        """Return the share of questions that it answered by itself, 0 to 1."""
        return self.answered / self.asked if self.asked else 0.0

    def count(self, state: State) -> int:
        """Return how many entries are in a state."""
        return sum(entry.state is state for entry in self.entries)


def account_of(session: Session, launch: Launch) -> Account:
    """Return what the labels of a launch prove, counted from its records."""
    judged = guarantee.judged_of(session, launch.id)
    threshold = guarantee.threshold_of(judged, launch.wrong_rate)
    calibration = calibration_of(session, launch.id)
    answers_from = thresholds(
        launch.wrong_rate,
        learnt=threshold.at,
        only_raises=threshold.only_raises,
        calibration=calibration.recalibration if calibration else AS_SHIPPED,
    ).auto
    fallen = launch.has_fallen_back
    return Account(
        launch=launch.key,
        mode=Mode(launch.mode),
        acting_mode=launch.acting_mode,
        fell_back_at=launch.fell_back_at if fallen else None,
        fell_back_because=launch.fell_back_because if fallen else "",
        lifted_at=launch.lifted_at,
        wrong_rate=launch.wrong_rate,
        threshold=threshold,
        answers_from=answers_from,
        certificate=guarantee.certificate_of(judged, answers_from),
        asked=_asked(session, launch.id),
        answered=guarantee.answered_since(session, launch.id),
        curve=curve(one.labelled for one in judged),
        reliability=reliability(Labelled(one.certainty, one.right, one.weight) for one in judged),
        judged=len(judged),
        entries=_entries(session, launch.id),
        waiting=len(audits.waiting(session, launch)),
    )


def _asked(session: Session, launch_id: int) -> int:
    query = (
        select(func.count())
        .select_from(Decision)
        .join(Message, Message.id == Decision.message_id)
        .where(Decision.launch_id == launch_id, Message.kind == Said.QUESTION)
    )
    return session.scalar(query) or 0


def _entries(session: Session, launch_id: int) -> list[Trusted]:
    """Return every entry with an approved version: what needs a look first, then the newest."""
    titles = _titles(session, launch_id)
    order = (State.SUSPENDED, State.NEW, State.LIVE)
    trusted = [
        Trusted(key, titles[key], trust) for key, trust in trust_of_each(session, launch_id).items()
    ]
    return sorted(trusted, key=lambda one: (order.index(one.state), -one.trust.confirmed, one.key))


def _titles(session: Session, launch_id: int) -> dict[str, str]:
    rows = session.execute(
        select(Entry.key, EntryVersion.question)
        .join(EntryVersion, EntryVersion.entry_id == Entry.id)
        .where(
            Entry.launch_id == launch_id,
            EntryVersion.approved_at.is_not(None),
            EntryVersion.superseded_at.is_(None),
            EntryVersion.recalled_at.is_(None),
        )
    )
    return {key: title for key, title in rows}  # noqa: C416  # a Result is no iterable of pairs
