"""Learning: what people say of a question makes the next one like it found better.

From a person's label follow at once lessons of the library: a confirmed question becomes a way of
its entry, a wrong match a counter-phrasing. From all labels of a launch follows every night what
its certainty is worth there.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering.calibrations import LaunchCalibration, calibration_of
from assistant.answering.decisions import Decision
from assistant.answering.guarantee import judged_of
from assistant.answering.labels import BY_PEOPLE, Label, Source
from assistant.answering.languages import language_of, spoken_in
from assistant.desk.messages import Message, Said
from assistant.ground.audit import ASSISTANT, happened
from assistant.ground.parts import Parts
from assistant.ground.people import Person
from assistant.launch.launches import Launch, labels_changed
from assistant.library import entries, lessons
from assistant.library.lessons import Lesson
from assistant.library.liveness import live
from knowledge.calibration import AS_SHIPPED, recalibrated
from knowledge.normalise import normalised


def learn_from(session: Session, label: Label, *, at: datetime) -> list[Lesson]:
    """Keep what a person's label teaches about its question; customers' labels teach nothing.

    What was sent or checked as right is asked in these words, too. What was found first and does
    not answer, or was named as wrong, is not meant by them. Other candidates are left alone: they
    were further away, and would not have been sent. Words in a language that the text is not in are
    not taught as a way to ask for it: whoever writes them could not read what they would get.
    """
    person = label.person
    if person is None or not _stands_alone(session, label.message):
        return []
    named = label.source in (Source.WRONG_MATCH, Source.AUDIT)
    verdicts = {key: False for key in label.wrong if named or key == label.first}
    if label.right and label.entry and _is_in_a_language_of(session, label, label.entry, at):
        verdicts[label.entry] = True
    learnt = [
        lessons.learn(
            session,
            entries.by_key(session, label.launch_id, key),
            label.message,
            answers=answers,
            by=person,
            at=at,
        )
        for key, answers in verdicts.items()
    ]
    return [lesson for lesson in learnt if lesson]


def unlearn(session: Session, question: Message, *, by: Person, at: datetime) -> None:
    """Take back everything that a question has taught."""
    taught = select(Lesson).where(Lesson.message_id == question.id, Lesson.taken_back_at.is_(None))
    for lesson in session.scalars(taught.order_by(Lesson.id)):
        lesson.take_back(session, by=by, at=at)


def _stands_alone(session: Session, question: Message) -> bool:
    """Return whether the words alone say what was asked.

    Of several questions in one message nobody knows which one was meant, and what is said later in
    a conversation leans on what came before it.
    """
    decision = session.get(Decision, question.id)
    if question.kind != Said.QUESTION or decision is None:
        return False
    earlier = select(Message.id).where(
        Message.conversation_id == question.conversation_id,
        Message.kind == Said.QUESTION,
        Message.id < question.id,
    )
    is_first = session.scalar(earlier.limit(1)) is None
    return is_first and len(decision.considered.get("parts", ())) == 1


def _is_in_a_language_of(session: Session, label: Label, key: str, at: datetime) -> bool:
    """Return whether who asked reads the entry's text, as far as both languages can be told."""
    rule = session.get_one(Launch, label.launch_id).languages
    texts = {
        version.entry.key: f"{version.question} {version.text}"
        for version in (() if rule else live(session, label.launch_id, at=at))
    }
    spoken = spoken_in(texts, rule)
    language = language_of(normalised(label.message.text), spoken.languages)
    return not spoken.why_not(language) and spoken.covers(key, language)


def recalibrate(parts: Parts) -> int:
    """Learn from every open launch's labels what its certainty is worth; return how many moved.

    The same labels again write nothing down.
    """
    with parts.db.reading() as session:
        launches = list(session.scalars(select(Launch.id).where(Launch.closed_at.is_(None))))
    moved = 0
    for launch_id in launches:
        with parts.db.writing() as session:
            moved += _recalibrated(session, launch_id, at=parts.clock.now())
    return moved


def _recalibrated(session: Session, launch_id: int, *, at: datetime) -> bool:
    # Only the team's word: a crowd that clicks must not make the assistant surer of itself.
    told = judged_of(session, launch_id, by=BY_PEOPLE)
    # A question that a guard objected to was held down by rule: nothing was estimated there.
    judged = [one.labelled for one in told if 0.0 < one.stood_for < 1.0]
    found, last = recalibrated(judged), calibration_of(session, launch_id)
    if found == (last.recalibration if last else AS_SHIPPED):
        return False
    wrong = sum(not one.right for one in judged)
    session.add(
        LaunchCalibration(
            launch_id=launch_id,
            at=at,
            slope=found.slope,
            shift=found.shift,
            labels=found.labels,
            wrong=wrong,
        )
    )
    happened(
        session,
        "launch.calibrated",
        at=at,
        by=ASSISTANT,
        launch_id=launch_id,
        slope=round(found.slope, 3),
        shift=round(found.shift, 3),
        labels=found.labels,
        wrong=wrong,
    )
    labels_changed(session, launch_id)
    return True
