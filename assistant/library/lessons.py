"""Lessons: real questions of which a person of the team said that an entry answers them, or not.

A lesson is a fact beside the library, never part of an approved version: the text that was
approved, its hash, its preview and the proof of the index stay what they are. It only makes the
shelf find better. Customers teach nothing: who confirms is a person, by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assistant.desk.messages import Message
from assistant.ground.audit import happened
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, Refused
from assistant.ground.masking import masked
from assistant.ground.people import Person
from assistant.library.entries import Entry
from assistant.library.liveness import live
from knowledge import certainty
from knowledge.entries import Entry as Asked
from knowledge.normalise import fingerprint, normalised

LONGEST = 300  # characters; a longer text tells a story, and what it asks is one part of it
MOST = 50
"""Lessons of one entry that count, of each kind; the newest, because customers' words move on.

Without a limit the questions that are asked most would fill the shelf: its head would prefer their
entries for their number alone, and every confirmation would take longer to learn.
"""


class Lesson(Base):
    """One question, as far as it may be kept, and whether the entry answers it."""

    __tablename__ = "lessons"
    __table_args__ = (Index("ix_lessons_launch_id_id", "launch_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    text: Mapped[str]  # masked
    answers: Mapped[bool]  # false: it sounds like it, and the entry does not answer it
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    taken_back_at: Mapped[datetime | None]
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    entry: Mapped[Entry] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=by_id)

    def take_back(self, session: Session, *, by: Person, at: datetime) -> None:
        """Let it teach nothing any more.

        Raises:
            Refused: when somebody has taken it back already.
        """
        if self.taken_back_at is not None:
            raise Refused("It is taken back already.", what_to_do="Nothing is left to do.")
        self.taken_back_at, self.taken_back_by_id = at, by.id
        _note(session, self, "lesson-taken-back", by=by, at=at)


def learn(
    session: Session, entry: Entry, question: Message, *, answers: bool, by: Person, at: datetime
) -> Lesson | None:
    """Keep what a person said of a question; nothing when it teaches nothing new.

    Of two verdicts on the same question and entry the newer one stands.
    """
    text = masked(normalised(question.text))
    if not _is_a_case(text) or _says_so_already(entry, text, answers):
        return None
    for known in _of_entry(session, entry):
        if known.answers is answers and fingerprint(known.text) == fingerprint(text):
            return known
        if known.answers is not answers and known.message_id == question.id:
            known.take_back(session, by=by, at=at)
    lesson = Lesson(
        launch_id=entry.launch_id,
        entry_id=entry.id,
        message_id=question.id,
        text=text,
        answers=answers,
        at=at,
        by_id=by.id,
    )
    session.add(lesson)
    session.flush()
    _note(session, lesson, "lesson-learnt", by=by, at=at)
    return lesson


def _is_a_case(text: str) -> bool:
    """Return whether it says enough to be recognised by: three different words at least."""
    return len(text) <= LONGEST and certainty.ceiling(normalised(text)) == 1.0


def _says_so_already(entry: Entry, text: str, answers: bool) -> bool:
    version = entry.approved
    if version is None:
        return False
    known = (version.question, *version.phrasings) if answers else version.not_for
    return fingerprint(text) in set(map(fingerprint, known))


def _of_entry(session: Session, entry: Entry) -> Sequence[Lesson]:
    query = select(Lesson).where(Lesson.entry_id == entry.id, Lesson.taken_back_at.is_(None))
    return session.scalars(query).all()


def _note(session: Session, lesson: Lesson, what: str, *, by: Person, at: datetime) -> None:
    # Its words are not repeated here: events stay when a customer's words are erased.
    happened(
        session,
        f"entry.{what}",
        at=at,
        by=by,
        launch_id=lesson.launch_id,
        entry_id=lesson.entry_id,
        lesson=lesson.id,
        answers=lesson.answers,
    )


def by_id(session: Session, entry: Entry, lesson_id: int) -> Lesson:
    """Return one lesson of an entry. Raises NotFound when it has none such."""
    lesson = session.get(Lesson, lesson_id)
    if lesson is None or lesson.entry_id != entry.id:
        raise NotFound("There is no such question.", what_to_do="Load the entry again.")
    return lesson


def of_launch(session: Session, launch_id: int) -> list[Lesson]:
    """Return every lesson that is not taken back with its entry and person, newest first."""
    query = (
        select(Lesson)
        .where(Lesson.launch_id == launch_id, Lesson.taken_back_at.is_(None))
        .order_by(Lesson.at.desc(), Lesson.id.desc())
        .options(joinedload(Lesson.entry), joinedload(Lesson.by))
    )
    return list(session.scalars(query))


def of_entry(session: Session, entry: Entry, *, at: datetime) -> list[tuple[Lesson, str]]:
    """Return an entry's lessons, newest first, each with why it does not count, if it does not."""
    every = of_launch(session, entry.launch_id)
    approved = [
        Asked(each.entry.key, each.question, tuple(each.phrasings), tuple(each.not_for))
        for each in live(session, entry.launch_id, at=at)
    ]
    kept_out = taught(approved, every).kept_out
    return [(one, kept_out.get(one.id, "")) for one in every if one.entry_id == entry.id]


def state_of(session: Session, launch_id: int) -> str:
    """Return what differs whenever a lesson was learnt or taken back."""
    counted = select(func.max(Lesson.id), func.count(Lesson.taken_back_at))
    newest, taken_back = session.execute(counted.where(Lesson.launch_id == launch_id)).one()
    return f"{newest or 0} {taken_back}"


@dataclass(frozen=True, slots=True)
class Taught:
    """Entries as they are found with what was learnt, and which lessons do not count and why."""

    entries: tuple[Asked, ...]
    kept_out: Mapping[int, str]  # by id of the lesson, in words


def taught(entries: Sequence[Asked], lessons: Sequence[Lesson]) -> Taught:
    """Return the entries with their lessons, newest first, as far as nothing contradicts them.

    A question that is approved for another entry, that also was "wrong match" for this one, or
    that was confirmed for several entries, teaches nothing until a person takes one side back.
    """
    known = {entry.id: entry for entry in entries}
    if not lessons:
        return Taught(tuple(known.values()), {})
    counted = [lesson for lesson in lessons if lesson.entry.key in known]
    asked = _Owners(entries, counted)
    kept_out = {one.id: why for one in counted if (why := asked.contradiction(one))}
    learnt: dict[str, list[Lesson]] = {}
    for lesson in counted:
        if lesson.id not in kept_out:
            learnt.setdefault(lesson.entry.key, []).append(lesson)
    return Taught(tuple(_with(known[key], learnt.get(key, ())) for key in known), kept_out)


@lru_cache(maxsize=20_000)  # of a large library nearly all entries are the same the next time
def _asked_in(entry: Asked) -> frozenset[str]:
    return frozenset(map(fingerprint, entry.ways()))


class _Owners:
    """Who is asked in which words: the approved ways, and what people said since."""

    def __init__(self, entries: Sequence[Asked], lessons: Sequence[Lesson]) -> None:
        self._approved: dict[str, set[str]] = {}
        self._confirmed: dict[str, set[str]] = {}
        self._wrong = {(entry.id, fingerprint(text)) for entry in entries for text in entry.not_for}
        for entry in entries:
            for words in _asked_in(entry):
                self._approved.setdefault(words, set()).add(entry.id)
        for lesson in lessons:
            if lesson.answers:
                self._confirmed.setdefault(fingerprint(lesson.text), set()).add(lesson.entry.key)
            else:
                self._wrong.add((lesson.entry.key, fingerprint(lesson.text)))

    def contradiction(self, lesson: Lesson) -> str:
        """Return why a confirmed question does not count; a wrong match always does."""
        words, key = fingerprint(lesson.text), lesson.entry.key
        if not lesson.answers:
            return ""
        if others := self._approved.get(words, set()) - {key}:
            return f"It is an approved phrasing of {', '.join(sorted(others))}."
        if (key, words) in self._wrong:
            return "It is also known as a question that this does not answer."
        if others := self._confirmed[words] - {key}:
            return f"It was also confirmed for {', '.join(sorted(others))}."
        return ""


def _with(entry: Asked, lessons: Sequence[Lesson]) -> Asked:
    if not lessons:
        return entry
    ways = _new([one.text for one in lessons if one.answers], entry.ways())
    counters = _new([one.text for one in lessons if not one.answers], entry.not_for)
    return replace(
        entry,
        phrasings=(*entry.phrasings, *ways[:MOST]),
        not_for=(*entry.not_for, *counters[:MOST]),
    )


def _new(texts: Sequence[str], there: Sequence[str]) -> list[str]:
    """Return the texts that are not there yet in the same words, each once."""
    seen, found = set(map(fingerprint, there)), []
    for text in texts:
        if (words := fingerprint(text)) not in seen:
            seen.add(words)
            found.append(text)
    return found
