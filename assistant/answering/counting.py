"""Counting: suggestions brought up to what was asked and answered since the last look.

The audit's events say what changed: only groups with a new question, reply, rating or change of
hands are counted again, each as a whole, so that doing it twice changes nothing. The mark moves on
in the transaction after the last of them; a process that dies before that begins again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from assistant.answering import best_received
from assistant.answering.crowds import Contact
from assistant.answering.decisions import Decision
from assistant.answering.suggestions import Kind, Suggestion
from assistant.answering.touched import touched
from assistant.answering.triage import triage
from assistant.answering.unanswered import ended_with_person
from assistant.answering.weak_entries import counted_entries, keep_entries
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.desk.repeats import RepeatGroup
from assistant.desk.tickets import Ticket
from assistant.ground.audit import from_looked_at, newest_id
from assistant.ground.database import Base
from assistant.ground.parts import Parts
from assistant.ground.redacting import redacted
from assistant.launch.launches import Launch
from assistant.library.entries import Entry
from assistant.library.liveness import live
from assistant.library.versions import EntryVersion
from knowledge.normalise import fingerprint

AT_ONCE = 50  # groups counted in one transaction
REPLY = 180  # characters of the best reply, about two lines


class Mark(Base):
    """Up to which event a launch's suggestions are counted."""

    __tablename__ = "suggestion_marks"

    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), primary_key=True)
    upto: Mapped[int]


def count_anew(parts: Parts) -> int:
    """Count what changed since the last time, in every launch; return how many were counted."""
    with parts.db.reading() as session:
        launches = list(session.scalars(select(Launch.id)))
    return sum(count_launch(parts, launch_id) for launch_id in launches)


def count_launch(parts: Parts, launch_id: int) -> int:
    """Count what changed since the last time in one launch; return how many were counted."""
    with parts.db.reading() as session:
        mark = session.get(Mark, launch_id)
        since, newest = mark.upto if mark else 0, newest_id(session)
        if since >= newest:
            return 0
        since = from_looked_at(session, since)
        groups, entries = touched(session, launch_id, since, newest)
    at = parts.clock.now()
    for some in _in_parts(sorted(groups)):
        # Customers wait for the writer's turn, so it is taken for keeping only. What changes in
        # between has an event after the mark and is counted the next time.
        with parts.db.reading() as session:
            found = _counted(session, launch_id, some, at)
        with parts.db.writing() as session:
            _keep(session, launch_id, found, at)
    for some in _in_parts(sorted(entries)):
        with parts.db.reading() as session:
            weak = counted_entries(session, launch_id, some)
        with parts.db.writing() as session:
            keep_entries(session, launch_id, weak, at=at)
    with parts.db.writing() as session:
        session.merge(Mark(launch_id=launch_id, upto=newest))
    return len(groups) + len(entries)


def count_groups(
    session: Session, launch_id: int, group_ids: Sequence[int], *, at: datetime
) -> None:
    """Count the suggestions about these groups; one is made for each that people had to answer."""
    _keep(session, launch_id, _counted(session, launch_id, group_ids, at), at)


@dataclass(frozen=True, slots=True)
class Counted:
    """What the questions of one repeat group amount to."""

    group: int
    question: str
    contacts: tuple[Contact, ...]  # those that people had to answer
    cited: int | None  # the entry that agents answered them with
    covered_by: int | None  # the entry that answers them by now
    reply: str  # the best received


def _counted(
    session: Session, launch_id: int, group_ids: Sequence[int], at: datetime
) -> list[Counted]:
    groups = session.scalars(select(RepeatGroup).where(_among(group_ids)).order_by(RepeatGroup.id))
    asked, cited = _unanswered(session, group_ids), _cited(session, group_ids)
    replies = best_received.replies_to(session, group_ids, most=best_received.READ)
    ways = _live_ways(session, launch_id, at)
    found = []
    for group in groups:
        rows, entry = asked.get(group.id, []), cited.get(group.id)
        contacts = tuple(_contact(row) for row in rows if not _was_found(row, entry))
        found.append(
            Counted(
                group.id,
                redacted(group.question),
                contacts,
                entry.id if entry else None,
                _covered_by(rows, ways),
                _best(replies.get(group.id, [])),
            )
        )
    return found


def _keep(session: Session, launch_id: int, found: Sequence[Counted], at: datetime) -> None:
    about = Suggestion.about.in_([f"group {each.group}" for each in found])
    known = {
        s.group_id: s
        for s in session.scalars(select(Suggestion).where(Suggestion.launch_id == launch_id, about))
    }
    for each in found:
        if not each.contacts and each.group not in known:
            continue
        suggestion = known.get(each.group) or _new(session, launch_id, each.group, at)
        suggestion.question = each.question
        suggestion.tally(each.contacts, at=at)
        suggestion.kind = Kind.MISSING if each.cited is None else Kind.NOT_FOUND
        suggestion.entry_id, suggestion.covered_by_id = each.cited, each.covered_by
        suggestion.answer = each.reply
    session.flush()


def _new(session: Session, launch_id: int, group: int, at: datetime) -> Suggestion:
    made = Suggestion(
        launch_id=launch_id,
        about=f"group {group}",
        kind=Kind.MISSING,
        group_id=group,
        question="",
        counted_at=at,
    )
    session.add(made)
    return made


def _contact(row: Any) -> Contact:
    return Contact(row.at, row.visitor, row.channel, row.network)


def _unanswered(session: Session, group_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Return each group's contacts that people had to answer, within the launch's scope."""
    query = (
        select(
            Message.group_id,
            Message.text,
            Message.at,
            Conversation.visitor,
            Conversation.channel,
            Conversation.network,
            Decision.mode,
            Decision.candidates[0]["entry"].as_string().label("nearest"),
        )
        .join(Message.conversation)
        .join(Decision, Decision.message_id == Message.id)
        .outerjoin(Ticket, Ticket.id == Decision.ticket_id)
        .where(Message.group_id.in_(group_ids), ended_with_person())
        .where(Ticket.id.is_(None) | Ticket.in_scope)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(query):
        # Who only asks for a person has asked nothing that an entry could answer.
        if not triage(row.text).wants_person:
            found[row.group_id].append(row)
    return found


def _cited(session: Session, group_ids: Sequence[int]) -> dict[int, Entry]:
    """Return the entry that agents answered at least half of a group's questions with."""
    reply = aliased(Message)
    replies = (
        select(Message.group_id, Entry)
        .select_from(Message)
        .join(Decision, Decision.message_id == Message.id)
        .join(reply, reply.conversation_id == Message.conversation_id)
        .outerjoin(EntryVersion, EntryVersion.id == reply.entry_version_id)
        .outerjoin(Entry, Entry.id == EntryVersion.entry_id)
        .where(Message.group_id.in_(group_ids), ended_with_person())
        .where(reply.kind == Said.REPLY, reply.id > Message.id)
    )
    said: dict[int, list[Entry | None]] = defaultdict(list)
    rows: Sequence[Any] = session.execute(replies).all()
    for group, entry in rows:
        said[group].append(entry)
    found: dict[int, Entry] = {}
    for group, entries in said.items():
        times = Counter(entry for entry in entries if entry is not None)
        for entry, often in times.most_common(1):
            if often * 2 >= len(entries) and entry.approved is not None:
                found[group] = entry
    return found


def _was_found(row: Any, entry: Entry | None) -> bool:
    # Where people answer everything, the assistant had found it and only kept silent.
    return entry is not None and row.mode == "suggest" and row.nearest == entry.key


def _live_ways(session: Session, launch_id: int, at: datetime) -> dict[str, EntryVersion]:
    found = live(session, launch_id, at=at)
    return {fingerprint(way): version for version in found for way in version.ways()}


def _covered_by(rows: Sequence[Any], ways: Mapping[str, EntryVersion]) -> int | None:
    """Return the live entry that is asked in the very words of one of these questions.

    As long as nobody had to ask a person since: then it does not cover them after all.
    """
    last = max((row.at for row in rows), default=None)
    same = (ways[p] for p in map(fingerprint, (row.text for row in rows)) if p in ways)
    return next(
        (v.entry_id for v in same if last and v.approved_at and v.approved_at >= last), None
    )


def _best(replies: Sequence[best_received.Received]) -> str:
    for wording in best_received.ranked(replies)[:1]:
        text = " ".join(wording.text.split())
        return text if len(text) <= REPLY else f"{text[:REPLY].rsplit(' ', 1)[0]}…"
    return ""


def _among(ids: Sequence[int]) -> Any:
    return RepeatGroup.id.in_(ids)


def _in_parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for begin in range(0, len(ids), AT_ONCE):
        yield ids[begin : begin + AT_ONCE]
