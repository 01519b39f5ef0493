"""The JSON API: what the widget uses, and what other programs use the same way."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header, Query, Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering import asking
from assistant.answering.decisions import outcome_of
from assistant.desk import conversations, recalled, visitors
from assistant.desk.conversations import EVERYONE, Conversation
from assistant.desk.feedback import Source, give, only_live_one
from assistant.ground.audit import Event
from assistant.ground.errors import NotFound
from assistant.ground.networks import network_of
from assistant.ground.parts import Parts
from assistant.launch import launches, scenarios, updates
from assistant.launch.coverage import coverage_of
from assistant.launch.launches import Launch
from assistant.library.liveness import live
from web import reached, shown
from web.access import PartsHere, Reading, VisitorHere, Writing, anyone
from web.bodies import (
    BeginBody,
    ChoiceBody,
    ContextBody,
    EarlierBody,
    EmailBody,
    FeedbackBody,
    HelpfulBody,
    MessageBody,
    PersonBody,
    RatingBody,
    SeenBody,
)
from web.guarding import Address, limited_by_address, limited_by_conversation
from web.live import Happened, Watch, sent
from web.sse import EventStream, Sent

router = APIRouter(prefix="/api/v1", tags=["conversations"])

TOLD = ("message.", "ticket.", "mail.")  # kinds of events that a customer's page follows
AT_ONCE = 200  # events of a conversation that are read in one go
CHIPS = 6  # scenarios offered on the widget's home
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=128)]


@router.get("/launches/{key}/widget", dependencies=[anyone])
def widget_state(key: str, session: Reading, parts: PartsHere) -> dict[str, Any]:
    """Return what the widget shows before anything is asked: the update, chips, names."""
    launch, at = launches.by_key(session, key), parts.clock.now()
    newest = updates.newest(session, launch.id, at=at)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "update": shown.update(newest) if newest else None,
        "chips": _chips(session, launch.id, at),
        **_staffed(launch, at),
    }


@router.post(
    "/launches/{key}/conversations", status_code=201, dependencies=[anyone, limited_by_address]
)
def begin(
    key: str,
    session: Writing,
    parts: PartsHere,
    address: Address,
    body: Annotated[BeginBody | None, Body()] = None,
) -> dict[str, str]:
    """Begin a conversation; the token opens it and is shown only now."""
    launch, about = launches.by_key(session, key), body or BeginBody()
    conversation, token = conversations.begin(
        session,
        launch,
        at=parts.clock.now(),
        channel=about.channel,
        visitor=visitors.claimed_by(
            session, launch, about.visitor, earlier=_earlier(session, about.earlier)
        ),
        page_url=about.page_url,
        network=network_of(parts.settings, address, within=key),
    )
    return {"id": conversation.id, "token": token}


def _earlier(session: Session, given: EarlierBody | None) -> Conversation | None:
    """Return the conversation that ``given`` opens; one that it does not open proves nothing."""
    try:
        return conversations.opened(session, given.id, given.token) if given else None
    except NotFound:
        return None


@router.post("/conversations/{conversation_id}/messages", dependencies=[limited_by_conversation])
def ask(visitor: VisitorHere, body: MessageBody, key: Key, parts: PartsHere) -> dict[str, Any]:
    """Say something; it is kept before it is thought about. Repeating a key repeats nothing."""
    return _outcome(parts, asking.ask(parts, visitor.id, visitor.token, body.text, key=key))


@router.post("/conversations/{conversation_id}/choices", dependencies=[limited_by_conversation])
def choose(visitor: VisitorHere, body: ChoiceBody, key: Key, parts: PartsHere) -> dict[str, Any]:
    """Choose a title of a "did you mean", or none of them."""
    message_id = asking.choose(
        parts, visitor.id, visitor.token, body.message_id, body.entry, key=key
    )
    return _outcome(parts, message_id)


@router.post("/conversations/{conversation_id}/person", dependencies=[limited_by_conversation])
def ask_for_person(
    visitor: VisitorHere, body: PersonBody, key: Key, parts: PartsHere
) -> dict[str, Any]:
    """Ask for a person; a ticket is opened at once."""
    message_id = asking.ask_for_person(parts, visitor.id, visitor.token, body.note, key=key)
    return _outcome(parts, message_id)


@router.post("/conversations/{conversation_id}/helpful", dependencies=[limited_by_conversation])
def helpful(
    visitor: VisitorHere, body: HelpfulBody, session: Writing, parts: PartsHere
) -> dict[str, Any]:
    """Say whether an answer helped. "Not quite" is a work item on that version."""
    asking.judge(
        session,
        visitor.within(session),
        body.message_id,
        helpful=body.helpful,
        reason=body.reason,
        note=body.note,
        at=parts.clock.now(),
    )
    return {"recorded": True}


@router.post("/conversations/{conversation_id}/context", dependencies=[limited_by_conversation])
def add_context(
    visitor: VisitorHere, body: ContextBody, session: Writing, parts: PartsHere
) -> dict[str, Any]:
    """Tell what the agent would ask, once."""
    ticket = asking.newest_ticket(visitor.within(session))
    ticket.add_context(session, body.model_dump(), at=parts.clock.now())
    reached.told_where(parts, session, ticket.conversation, body.reach)
    return {"ticket": shown.ticket(session, ticket, at=parts.clock.now())}


@router.post("/conversations/{conversation_id}/email", dependencies=[limited_by_conversation])
def email_me(
    visitor: VisitorHere, body: EmailBody, session: Writing, parts: PartsHere
) -> dict[str, Any]:
    """Let answers come by e-mail once the page is left; the address is asked to confirm first."""
    known = reached.email_me(parts, session, visitor.within(session), body.email)
    return {"email": body.email, "confirmed": known}


@router.post("/conversations/{conversation_id}/rating", dependencies=[limited_by_conversation])
def rate(
    visitor: VisitorHere, body: RatingBody, session: Writing, parts: PartsHere
) -> dict[str, Any]:
    """Rate how a resolved ticket went."""
    conversation = visitor.within(session)
    asking.rate(session, conversation, body.score, note=body.note, at=parts.clock.now())
    return {"recorded": True}


@router.get("/conversations/{conversation_id}")
def read(
    visitor: VisitorHere,
    session: Reading,
    parts: PartsHere,
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
) -> dict[str, Any]:
    """Return everything said so far, or what came after a message."""
    conversation = visitor.within(session)
    at = parts.clock.now()
    newest = updates.newest(session, conversation.launch_id, at=at)
    body = shown.conversation(session, conversation, newest, at=at, after=after)
    return {**body, "mail": reached.mail_of(parts, session, conversation)}


@router.post("/conversations/{conversation_id}/seen")
def has_seen(
    visitor: VisitorHere, body: SeenBody, session: Reading, parts: PartsHere
) -> dict[str, Any]:
    """Say that somebody looked at everything up to a message: no mail repeats it.

    Fetching a message proves nothing: a closed panel does that too.
    """
    newest = reached.has_seen(parts, session, visitor.within(session), body.message_id)
    return {"seen": newest}


def _their_own(visitor: VisitorHere, session: Reading) -> str:
    """Return the conversation's id once its token was compared, before a stream begins."""
    return visitor.within(session).id


OwnConversation = Annotated[str, Depends(_their_own)]


@router.get("/conversations/{conversation_id}/events", response_class=EventStream)
async def events(
    conversation_id: OwnConversation,
    request: Request,
    parts: PartsHere,
    last_event_id: Annotated[int, Header(alias="Last-Event-ID", ge=0, le=2**62)] = 0,
) -> EventStream:
    """Stream messages and ticket changes as they happen, from the last event that was seen."""
    watch: Watch = request.app.state.watch
    fetch = lambda last: _happened(parts, conversation_id, last, watch.seen)  # noqa: E731
    return EventStream(watch.stream(conversation_id, last_event_id, fetch))


feedback_router = APIRouter(tags=["feedback"])


@feedback_router.post("/feedback", status_code=201, dependencies=[anyone, limited_by_address])
def give_feedback(body: FeedbackBody, session: Writing, parts: PartsHere) -> dict[str, Any]:
    """Keep one piece of feedback with a first guess at its category.

    It is about the one launch that is live; where there are several, people say about which.
    """
    kept = give(
        session,
        user=body.userId,
        text=body.feedback,
        source=Source.API,
        given_at=body.timestamp,
        at=parts.clock.now(),
        launch_id=only_live_one(session),
    )
    return {"id": kept.id, "category": kept.category, "received_at": shown.iso(kept.received_at)}


def _outcome(parts: Parts, message_id: int) -> dict[str, Any]:
    with parts.db.reading() as session:
        decided = outcome_of(session, message_id)
        if decided is None:
            raise NotFound("It is not decided yet.", what_to_do="Ask again with the same key.")
        return shown.outcome(session, decided)


def _staffed(launch: Launch, at: datetime) -> dict[str, Any]:
    """Return whether people are there, and from when on they are again."""
    coverage = coverage_of(launch)
    if coverage.is_open(at):
        return {"staffed": True}
    return {"staffed": False, "staffed_next": shown.iso(coverage.opens_next(at))}


def _chips(session: Session, launch_id: int, at: datetime) -> list[dict[str, Any]]:
    """Return scenarios in customers' words, gravest first, with the question each stands for."""
    by_scenario = {
        version.entry.scenario_id: version
        for version in reversed(live(session, launch_id, at=at))
        if version.entry.scenario_id is not None and version.audience == EVERYONE
    }
    known = scenarios.of_launch(session, launch_id).values()
    ranked = sorted(known, key=lambda scenario: (scenario.severity, scenario.key))
    return [
        {"scenario": s.key, "title": s.title, "question": by_scenario[s.id].question}
        for s in ranked
        if s.id in by_scenario
    ][:CHIPS]


def _happened(parts: Parts, conversation_id: str, last: int, upto: int) -> Happened:
    """Return a conversation's events after ``last``, as its customer may see them."""
    with parts.db.reading() as session:
        query = (
            select(Event)
            .where(Event.conversation_id == conversation_id, Event.id > last, Event.id <= upto)
            .order_by(Event.id)
            .limit(AT_ONCE)
        )
        events = session.scalars(query).all()
        is_all = len(events) < AT_ONCE
        reached = max(last, upto) if is_all else events[-1].id
        if not any(event.kind.startswith(TOLD) for event in events):
            return Happened([], reached, is_all)
        conversation = session.get_one(Conversation, conversation_id)
        said = {message.id: message for message in conversation.messages}
        struck = recalled.struck(session, conversation_id)
        found: list[Sent] = []
        for event in events:
            message = said.get(event.details.get("message", 0))
            if event.kind.startswith("message.") and message and message.is_for_customer:
                found.append(sent("message", event.id, shown.message(session, message, struck)))
            elif event.kind.startswith(("ticket.", "mail.")) and conversation.tickets:
                body = shown.ticket(session, conversation.tickets[-1], at=parts.clock.now())
                found.append(sent("ticket", event.id, body))
        return Happened(found, reached, is_all)
