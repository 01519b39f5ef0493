"""The suggested reply on a ticket: what was found, checked anew, and what a person does with it.

A suggestion is only ever an approved version that may be sent at this moment. It is sent byte for
byte through the gate, or it is the beginning of a person's own words and marked as such.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assistant.answering import judging
from assistant.answering.decisions import Decision
from assistant.answering.undoing import standing
from assistant.desk.conversations import EVERYONE
from assistant.desk.messages import Message, Said
from assistant.desk.tickets import SuggestionVerdict, Ticket
from assistant.ground.audit import Event
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person
from assistant.library import gate
from assistant.library.entries import Entry
from assistant.library.liveness import is_live
from assistant.library.versions import EntryVersion

LOOKED_BACK = 5  # decisions of a conversation; the newest one that found something counts
WORTH_SHOWING = 0.4  # cosine; what is further away wastes an agent's look
SHOWN = 3  # the suggestion and two runners-up
REJECTED = f"ticket.{SuggestionVerdict.WRONG}"
NOTHING_FITS = f"ticket.{SuggestionVerdict.NO_ANSWER}"
NOTHING_NEAR = "Nothing approved comes near this question."


@dataclass(frozen=True, slots=True)
class Found:
    """One live version that was found for the question; ``match`` is a cosine, 0..1.

    ``answers`` is the one of several questions that the assistant would have answered with it.
    """

    version: EntryVersion
    match: float
    answers: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The best live versions for a ticket's question, best first, and why it is none if it is none.

    ``withdrawn`` says why what was found is not suggested, ``nothing`` that nothing comes near.
    """

    found: tuple[Found, ...]
    withdrawn: str = ""
    nothing: str = ""
    decision: Decision | None = None  # what was thought when it was found


def suggestion_for(
    session: Session, ticket: Ticket, history: Iterable[Event], *, at: datetime, entry: str = ""
) -> Suggestion | None:
    """Return what may be sent now for the ticket's newest question; ``entry`` first when named.

    Nothing is suggested while nobody waits for us, or once a person said that no answer exists;
    what the customer has read already is not suggested again.
    """
    judged = standing(history)
    if not entry and (not ticket.is_waiting_on_us or any(e.kind == NOTHING_FITS for e in judged)):
        return None
    decision = _newest_worth_showing(session, ticket)
    if decision and not entry and _asked_again(ticket, decision):
        return Suggestion((), "The customer has written since. Read that first.")
    refused = {str(e.details["entry"]) for e in judged if e.kind == REJECTED}
    matches = {
        key: match
        for key, match in (_matches(decision) if decision else {}).items()
        if key == entry or (match >= WORTH_SHOWING and key not in refused)
    }
    answers = _answers(decision) if decision else {}
    matches = dict(sorted(matches.items(), key=lambda each: each[0] not in answers))
    wanted = [entry, *(key for key in matches if key != entry)] if entry else list(matches)
    if not wanted:
        return _nothing(ticket, refused)
    live = {version.entry.key: version for version in _live(session, ticket, wanted, at)}
    if not live or (entry and entry not in live):
        return Suggestion((), "What was found is not approved any more.")
    told = {message.entry_version_id for message in ticket.conversation.messages}
    found = [
        Found(live[key], matches.get(key, 0.0), answers.get(key, ""))
        for key in wanted
        if key in live and (key == entry or live[key].id not in told)
    ]
    return Suggestion(tuple(found[:SHOWN]), decision=decision) if found else None


def _nothing(ticket: Ticket, refused: set[str]) -> Suggestion | None:
    """Say that nothing comes near, to somebody who can still say that nothing exists."""
    if not ticket.is_open:
        return None
    words = "What came near was judged a wrong match." if refused else NOTHING_NEAR
    return Suggestion((), nothing=words)


def _newest_worth_showing(session: Session, ticket: Ticket) -> Decision | None:
    return next(iter(_worth_showing(session, ticket)), None)


def _worth_showing(session: Session, ticket: Ticket) -> list[Decision]:
    """Return the newest decisions of the conversation for which something near was found.

    "Is anybody there?" finds nothing near, so what was asked before it still counts.
    """
    query = (
        select(Decision)
        .join(Decision.message)
        .where(Message.conversation_id == ticket.conversation_id)
        .order_by(Decision.message_id.desc())
        .limit(LOOKED_BACK)
        .options(joinedload(Decision.message))
    )
    return [
        d for d in session.scalars(query) if max(_matches(d).values(), default=0) >= WORTH_SHOWING
    ]


def _matches(decision: Decision) -> dict[str, float]:
    return {
        str(each["entry"]): min(1.0, max(0.0, float(each.get("cosine", 0.0))))
        for each in decision.candidates
    }


def _answers(decision: Decision) -> dict[str, str]:
    """Return, by entry, the question of several that it would have answered."""
    return {one["entry"]: one["answers"] for one in decision.candidates if one.get("answers")}


def _asked_again(ticket: Ticket, decision: Decision) -> bool:
    """Return whether the customer asked something that the assistant did not think about.

    It keeps silent once a person has answered, so nothing was found for what came after that.
    """
    answered = ticket.first_response_at
    return answered is not None and any(
        said.kind == Said.QUESTION and said.id > decision.message_id and said.at >= answered
        for said in ticket.conversation.messages
    )


def _live(
    session: Session, ticket: Ticket, keys: Sequence[str], at: datetime
) -> Sequence[EntryVersion]:
    query = (
        select(EntryVersion)
        .join(EntryVersion.entry)
        .where(
            Entry.launch_id == ticket.launch_id,
            Entry.key.in_(keys),
            EntryVersion.audience.in_((EVERYONE, ticket.conversation.audience)),
            is_live(at),
        )
        .options(joinedload(EntryVersion.entry), joinedload(EntryVersion.approved_by))
    )
    return session.scalars(query).all()


def send_suggestion(
    session: Session, ticket: Ticket, entry: str, number: int, *, by: Person, at: datetime
) -> Message:
    """Send an approved version to the customer, byte for byte, in a person's name.

    Raises:
        NotFound: when there is no such version.
        Refused: when it may not be sent any more.
    """
    version = version_of(session, ticket.launch_id, entry, number)
    if not _may_be_sent(session, ticket, version, at):
        raise Refused(
            f"Version {number} of “{version.question}” is not approved any more. It was not sent.",
            what_to_do="Load the ticket again: it suggests what may be sent now, or write a reply.",
        )
    judging.sent(session, _asked_for(session, ticket, entry), version, by=by, at=at)
    return ticket.reply(session, version.text, by=by, at=at, entry_version_id=version.id)


def judge(
    session: Session,
    ticket: Ticket,
    verdict: SuggestionVerdict,
    entry: str,
    number: int,
    *,
    by: Person,
    at: datetime,
) -> None:
    """Keep that a suggestion does not fit, or that nothing approved does, on the ticket's question.

    That nothing does may be said without a suggestion: then ``entry`` is empty.

    Raises:
        NotFound: when there is no such version.
    """
    question = _asked(session, ticket)
    version = version_of(session, ticket.launch_id, entry, number) if entry else None
    if verdict is SuggestionVerdict.NO_ANSWER:
        judging.nothing_answers(session, question, by=by, at=at)
    elif version is not None:
        judging.did_not_match(session, question, version, by=by, at=at)
    else:
        raise NotFound("There is no suggestion that could be wrong.", what_to_do="Load it again.")
    ticket.judge_suggestion(session, verdict, entry=entry, version=number, by=by, at=at)


def _asked(session: Session, ticket: Ticket) -> Message:
    """Return the question that was suggested for: the ticket's newest that found something."""
    decision = _newest_worth_showing(session, ticket)
    return decision.message if decision else ticket.question


def _asked_for(session: Session, ticket: Ticket, entry: str) -> Message:
    """Return the question that an agent sends ``entry`` for.

    Of the ticket's questions it is the one for which the entry was found nearest to the top, the
    newest of equals; or the newest of all, when the assistant kept silent on it.
    """
    shown = [one for one in _worth_showing(session, ticket) if one.message_id >= ticket.question_id]
    if not shown:
        return _asked(session, ticket)
    if _asked_again(ticket, shown[0]):
        return _newest_question(ticket)
    return min(shown, key=lambda decision: _place(decision, entry)).message


def _place(decision: Decision, entry: str) -> int:
    keys = list(_matches(decision))
    return keys.index(entry) if entry in keys else len(keys)


def _newest_question(ticket: Ticket) -> Message:
    return [said for said in ticket.conversation.messages if said.kind == Said.QUESTION][-1]


def reply(
    session: Session,
    ticket: Ticket,
    text: str,
    *,
    started_from: EntryVersion | None,
    by: Person,
    at: datetime,
) -> Message:
    """Send a person's words. When they started from an approved text, that is kept with them:
    as its citation when not a byte was changed, as a deviation from it otherwise.

    Raises:
        Refused: when it is the unchanged text of a version that may not be sent any more.
    """
    if started_from is None:
        return ticket.reply(session, text, by=by, at=at)
    if text.strip() == started_from.text:
        number = started_from.number
        return send_suggestion(session, ticket, started_from.entry.key, number, by=by, at=at)
    question = _asked_for(session, ticket, started_from.entry.key)
    judging.changed(session, question, started_from, by=by, at=at)
    return ticket.reply(session, text, by=by, at=at, deviates_from=started_from.id)


def version_of(session: Session, launch_id: int, entry: str, number: int) -> EntryVersion:
    """Return one version of an entry. Raises NotFound when the launch has none such."""
    query = (
        select(EntryVersion)
        .join(EntryVersion.entry)
        .where(Entry.launch_id == launch_id, Entry.key == entry, EntryVersion.number == number)
        .options(joinedload(EntryVersion.entry))
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound("There is no such answer.", what_to_do="Load the ticket again.")
    return found


def _may_be_sent(session: Session, ticket: Ticket, version: EntryVersion, at: datetime) -> bool:
    passed = gate.passed(
        session,
        version.id,
        launch_id=ticket.launch_id,
        audience=ticket.conversation.audience,
        at=at,
    )
    return passed is not None
