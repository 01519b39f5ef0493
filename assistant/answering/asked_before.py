"""Past questions of a launch, as thinking would be asked them again; and what people said of each.

Read in a few statements, however many there are. What a question hangs on in its conversation is
taken as it was then: what was said just before it, and what had not helped.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from assistant.answering.consider import Asked
from assistant.answering.decisions import Decision
from assistant.answering.labels import BY_PEOPLE, Label
from assistant.answering.replay_effect import NOTHING_SAID, Confirmed
from assistant.answering.turns import A_PERSON_HAS_IT, Turn, said_just_before, unhelpful
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.launch.launches import Launch, Mode
from assistant.library import lessons
from assistant.library.entries import Entry
from assistant.library.lessons import Lesson


@dataclass(frozen=True, slots=True)
class Past:
    """One question that somebody asked."""

    message_id: int
    asked: Asked

    @property
    def key(self) -> tuple[str, str, str, int]:
        """Return what tells it from others: who asks the same in the same place gets the same."""
        one = self.asked
        return one.text, one.audience, one.before, one.unhelpful


def past_questions(session: Session, launch: Launch) -> list[Past]:
    """Return every question that the assistant decided, oldest first.

    What was said while a person had the conversation was theirs to answer, and is left out.
    """
    talks = _talks(session, launch.id)
    audiences = _audiences(session, launch.id)
    taken = set(session.scalars(_taken_by_a_person(launch.id)))
    mode = mode_of(launch)
    found = [
        Past(turn.id, _asked(launch, mode, talk, place, audiences[conversation]))
        for conversation, talk in talks.items()
        for place, turn in enumerate(talk)
        if turn.kind == Said.QUESTION and turn.decided_at is not None and turn.id not in taken
    ]
    return sorted(found, key=lambda past: past.message_id)


def past_of(launch_id: int) -> Select[Message]:
    """Return the query for the messages of ``past_questions``."""
    return (
        select(Message)
        .join(Message.conversation)
        .where(
            Conversation.launch_id == launch_id,
            Message.kind == Said.QUESTION,
            Message.decided_at.is_not(None),
            Message.id.not_in(_taken_by_a_person(launch_id)),
        )
    )


def mode_of(launch: Launch) -> Mode:
    """Return the mode that a replay thinks in: where people answer, what would be suggested."""
    mode = launch.acting_mode
    return Mode.AUTO if mode is Mode.SUGGEST else mode


def confirmed_of(session: Session, launch_id: int) -> Mapping[int, Confirmed]:
    """Return, by message, what people of the team said answers it, and what does not."""
    right, wrong = defaultdict[int, set[str]](set), defaultdict[int, set[str]](set)
    given = select(Label).where(Label.launch_id == launch_id, Label.source.in_(BY_PEOPLE))
    for label in session.scalars(given.order_by(Label.at, Label.id)):
        _say(right[label.message_id], wrong[label.message_id], label.entry, label.right)
        for key in label.wrong:
            _say(right[label.message_id], wrong[label.message_id], key, False)
    for lesson in reversed(lessons.of_launch(session, launch_id)):
        ids = right[lesson.message_id], wrong[lesson.message_id]
        _say(*ids, lesson.entry.key, lesson.answers)
    return {
        each: Confirmed(frozenset(right[each]), frozenset(wrong[each]))
        for each in right.keys() | wrong.keys()
    }


def is_confirmed(session: Session, entry: Entry) -> bool:
    """Return whether people of the team ever said of a question that this entry answers it."""
    said = select(Label.id).where(
        Label.launch_id == entry.launch_id,
        Label.entry == entry.key,
        Label.right.is_(True),
        Label.source.in_(BY_PEOPLE),
    )
    taught = select(Lesson.id).where(
        Lesson.entry_id == entry.id, Lesson.answers.is_(True), Lesson.taken_back_at.is_(None)
    )
    return any(session.scalar(each.limit(1)) is not None for each in (said, taught))


def _say(right: set[str], wrong: set[str], entry: str, answers: bool | None) -> None:
    """Take in one verdict; of two about the same entry the newer one stands."""
    if not entry or answers is None:
        return
    (right if answers else wrong).add(entry)
    (wrong if answers else right).discard(entry)


def said_of(confirmed: Mapping[int, Confirmed], past: Past) -> Confirmed:
    """Return what people said of a question."""
    return confirmed.get(past.message_id, NOTHING_SAID)


def _asked(launch: Launch, mode: Mode, talk: Sequence[Turn], place: int, audience: str) -> Asked:
    turn, earlier = talk[place], talk[:place]
    return Asked(
        text=turn.text,
        launch_id=launch.id,
        mode=mode,
        wrong_rate=launch.wrong_rate,
        audience=audience,
        out_of_scope=launch.out_of_scope,
        languages=launch.languages,
        before=said_just_before(earlier, turn.at),
        unhelpful=unhelpful(earlier),
    )


def _talks(session: Session, launch_id: int) -> dict[str, list[Turn]]:
    """Return everything that was said in each conversation, oldest first."""
    rows = session.execute(
        select(
            *(Message.conversation_id, Message.id, Message.at, Message.kind, Message.text),
            *(Message.reply_to_id, Message.chosen, Message.helpful, Message.decided_at),
        )
        .join(Message.conversation)
        .where(Conversation.launch_id == launch_id)
        .order_by(Message.id)
    )
    talks: dict[str, list[Turn]] = defaultdict(list)
    for row in rows:
        talks[row.conversation_id].append(Turn(*row[1:]))
    return talks


def _audiences(session: Session, launch_id: int) -> dict[str, str]:
    rows = session.execute(
        select(Conversation.id, Conversation.audience).where(Conversation.launch_id == launch_id)
    )
    return {row.id: row.audience for row in rows}


def _taken_by_a_person(launch_id: int) -> Select[int]:
    return select(Decision.message_id).where(
        Decision.launch_id == launch_id, Decision.reason == A_PERSON_HAS_IT
    )
