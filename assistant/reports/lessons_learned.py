"""Lessons learned, from the records: what asked most, where decisions stalled, what settled it.

Each finding has a name that stays the same, so that what somebody decided to do about it stays
with it however often it is counted.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median_low
from typing import Any

from sqlalchemy import ColumnElement, distinct, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from assistant.desk.causes import Cause
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.desk.repeats import RepeatGroup
from assistant.desk.rulings import Ruling
from assistant.ground.amounts import hours
from assistant.ground.people import Person
from assistant.ground.redacting import redacted
from assistant.launch.launches import Launch
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from assistant.reports import actions, figures
from assistant.reports.actions import Action
from assistant.reports.figures import counted
from assistant.reports.papers import Number, Paper, Section, Table

KIND = "lessons-learned"
TOP = 5  # findings of one kind
LOOK = 2 * TOP  # questions whose people are counted in one query
ENOUGH = 5  # times an answer was sent, below which its share of follow-ups says nothing
STALLED = timedelta(hours=4)  # until a decision, from which on it counts as stalled


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the records show. ``what`` is volume, stall or response."""

    name: str
    what: str
    words: str
    count: int
    href: str = ""


def of_launch(session: Session, launch: Launch, day: date, until: datetime) -> Paper:
    """Return the lessons of the launch from its beginning to ``until`` (UTC)."""
    found = findings(session, launch, until)
    acted = {action.finding: action for action in actions.of_launch(session, launch.id)}
    open_ones = [a for a in acted.values() if a.done_at is None]
    left = sum(finding.name not in acted for finding in found)
    text = f"{left} of {len(found)} findings have no action yet." if found else ""
    return Paper(
        kind=KIND,
        title=f"Lessons learned, {launch.name}",
        period=f"From the first day to {until.astimezone(launch.zone):%d %b %Y}",
        tone="info" if left or open_ones else "good",
        verdict=f"{len(found)} findings." if found else "Nothing stands out yet.",
        text=text,
        numbers=(
            Number("findings", "Findings", len(found), f"{len(found):,}", "from the records"),
            Number("without_action", "Without an action", left, f"{left:,}"),
            Number("open_actions", "Open actions", len(open_ones), f"{len(open_ones):,}"),
            Number("done_actions", "Done", len(acted) - len(open_ones),
                   f"{len(acted) - len(open_ones):,}"),
        ),
        sections=tuple(
            Section(title, table=_table([f for f in found if f.what == what], acted), empty=empty)
            for what, title, empty in PARTS
        ),
    )  # fmt: skip


PARTS = (
    ("volume", "What triggered most contacts", "No question was asked by more than one person."),
    ("stall", "Where decisions stalled", "Decisions came soon."),
    ("response", "Which responses settled it", f"No answer was sent {ENOUGH} times yet."),
)  # fmt: skip


def _table(found: Sequence[Finding], acted: dict[str, Action]) -> Table:
    rows = tuple((f.words, *_acted(acted.get(f.name))) for f in found)
    header = ("finding", "action", "who", "due", "state")
    return Table(header, rows, tuple(f.href for f in found))


def _acted(action: Action | None) -> tuple[str, str, str, str]:
    if action is None:
        return ("none yet", "", "", "")
    due = action.due.isoformat() if action.due else ""
    return (action.what, action.owner.name, due, "done" if action.done_at else "open")


def findings(session: Session, launch: Launch, until: datetime) -> list[Finding]:
    """Return what the records show up to ``until``, of each kind the largest first.

    Counted once in a session: a page tells them twice, and they are counted over the whole launch.
    """
    key = ("findings", launch.id, until)
    if key not in session.info:
        session.info[key] = [
            *volume(session, launch, until),
            *stalls(session, launch.id, until),
            *responses(session, launch, until),
        ]
    return list(session.info[key])


def volume(session: Session, launch: Launch, until: datetime) -> list[Finding]:
    """Return the scenarios and the questions that most contacts were about."""
    titles = {scenario.id: scenario for scenario in launch.scenarios}
    by_scenario = figures.contacts_by_scenario(session, launch.id)
    ranked = sorted(by_scenario.items(), key=lambda pair: -pair[1])[:TOP]
    found = [
        Finding(
            f"volume:scenario:{titles[key].key}", "volume",
            f"“{titles[key].title}”: {count:,} contacts", count,
            f"/desk?launch={launch.key}&scenario={titles[key].key}",
        )
        for key, count in ranked if key in titles and count > 1
    ]  # fmt: skip
    return found + [
        Finding(
            f"volume:question:{key}", "volume",
            f"“{redacted(question)}”: asked {times:,} times by {who:,} people", times,
            f"/repeats/{key}",
        )
        for key, question, times, who in _asked_by_most(session, launch.id, until)
    ]  # fmt: skip


def _asked_by_most(
    session: Session, launch_id: int, until: datetime
) -> list[tuple[int, str, int, int]]:
    """Return the questions that most people asked: id, words, times and people, most people first.

    People are counted from the question with most contacts on, until none that is left can have
    more people than those that were found: a question has no more people than contacts.
    """
    contacts = func.count(Message.id)
    query = (
        select(RepeatGroup.id, RepeatGroup.question, contacts)
        .join(Message, Message.group_id == RepeatGroup.id)
        .where(RepeatGroup.launch_id == launch_id, Message.kind == Said.QUESTION)
        .where(Message.at < until)
        .group_by(RepeatGroup.id, RepeatGroup.question)
        .having(contacts > 1)
        .order_by(contacts.desc(), RepeatGroup.id)
    )
    best: list[tuple[int, str, int, int]] = []
    asked = session.execute(query).all()
    for some in (asked[start : start + LOOK] for start in range(0, len(asked), LOOK)):
        if len(best) == TOP and some[0][2] < best[-1][3]:
            break
        people = _people(session, [key for key, *_ in some], until)
        best += [(key, question, times, people[key]) for key, question, times in some]
        best = sorted(best, key=lambda each: (-each[3], each[0]))[:TOP]
    return [each for each in best if each[3] > 1]


def _people(session: Session, groups: Sequence[int], until: datetime) -> dict[int, int]:
    query = (
        select(Message.group_id, func.count(distinct(Conversation.visitor)))
        .join(Message.conversation)
        .where(Message.group_id.in_(groups), Message.kind == Said.QUESTION, Message.at < until)
        .group_by(Message.group_id)
    )
    return {group: people for group, people in session.execute(query) if group}


def stalls(session: Session, launch_id: int, until: datetime) -> list[Finding]:
    """Return for whom decisions waited longest: by the median of theirs, when it is ``STALLED``."""
    waits: dict[str, list[timedelta]] = defaultdict(list)
    asked = aliased(Person)
    query = (
        select(asked.name, Ruling.asked_at, Ruling.decided_at)
        .select_from(Ruling)
        .outerjoin(asked, asked.id == Ruling.asked_of_id)
        .where(Ruling.launch_id == launch_id, Ruling.asked_at < until)
    )
    for name, begun, done in session.execute(query):
        waits[name or "any lead"].append(_took(begun, done, until))
    causes = select(Cause).where(Cause.launch_id == launch_id, Cause.detected_at < until)
    for cause in session.scalars(causes.options(joinedload(Cause.owner))):
        owner = cause.owner.name if cause.owner else "a cause without an owner"
        waits[owner].append(_took(cause.detected_at, cause.decided_at, until))
    slow = [(median_low(each), name, each) for name, each in waits.items()]
    return [
        Finding(
            f"stall:{name.lower()}", "stall",
            f"{name}: decisions took {_hours(typical)} in the median of {len(each)}, "
            f"{_hours(max(each))} at most", len(each),
        )
        for typical, name, each in sorted(slow, reverse=True, key=lambda one: one[0])[:TOP]
        if typical >= STALLED
    ]  # fmt: skip


def _took(begun: datetime, done: datetime | None, until: datetime) -> timedelta:
    return min(done or until, until) - begun


def _hours(span: timedelta) -> str:
    return hours(span.total_seconds() / 3600)


def responses(session: Session, launch: Launch, until: datetime) -> list[Finding]:
    """Return the answers after which fewest asked the same again, of equals the soonest approved.

    Asked again is the same person with the same question, later.
    """
    answer, question, theirs = aliased(Message), aliased(Message), aliased(Conversation)
    ours = select(EntryVersion.id).join(EntryVersion.entry).where(Entry.launch_id == launch.id)
    sent = (
        select(
            answer.entry_version_id,
            func.count(answer.id).label("times"),
            counted(_again(answer, question, theirs)).label("again"),
        )
        .select_from(answer)
        .join(question, question.id == answer.reply_to_id)
        .join(theirs, theirs.id == answer.conversation_id)
        .where(answer.kind == Said.ANSWER, answer.at < until, answer.entry_version_id.in_(ours))
        .where(question.group_id.is_not(None))
        .group_by(answer.entry_version_id)
        .having(func.count(answer.id) >= ENOUGH)
        .subquery()  # the versions' names are joined to few rows
    )
    query = (
        select(
            Entry.key, EntryVersion.question, EntryVersion.approved_at, sent.c.times, sent.c.again
        )
        .select_from(sent)
        .join(EntryVersion, EntryVersion.id == sent.c.entry_version_id)
        .join(EntryVersion.entry)
    )
    rows: list[Any] = sorted(session.execute(query).all(), key=lambda r: (r[4] / r[3], r[2]))
    return [_response(launch, *row) for row in rows[:TOP]]


def _again(
    answer: type[Message], question: type[Message], theirs: type[Conversation]
) -> ColumnElement[bool]:
    later, others = aliased(Message), aliased(Conversation)
    return exists().where(
        later.group_id == question.group_id,
        later.id > answer.id,
        later.kind == Said.QUESTION,
        others.id == later.conversation_id,
        others.visitor == theirs.visitor,
    )


def _response(
    launch: Launch, key: str, title: str, approved: datetime, sent: int, again: int
) -> Finding:
    begins = launch.live_at or launch.starts_at
    hours = max(timedelta(), approved - begins)
    words = (
        f"“{title}”: {100 * (sent - again) / sent:.0f}\N{NO-BREAK SPACE}% of {sent:,} did not ask "
        f"again; approved {_hours(hours)} after the start"
    )
    return Finding(
        f"response:{key}", "response", words, sent, f"/library/{launch.key}/entries/{key}"
    )
