"""A launch's connections to Jira, Slack and webhooks, and what waits for them or is dead."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.ground import outbox
from assistant.ground.delivery import replay
from assistant.ground.errors import Refused
from assistant.ground.outgoing import objection
from assistant.ground.sealing import seal
from assistant.integrations import testing, webhooks
from assistant.launch import connections
from assistant.launch.connections import LONGEST_ADDRESS, Channel, Connection
from web.access import LeadHere, PartsHere, Reading, RowId, Writing, this_launch
from web.connection_pages import FIELDS, connections_context, deliveries_context
from web.refusals import ChangedMeanwhile
from web.shell import Visit, Words, visit, went

router = APIRouter(tags=["connections"], default_response_class=HTMLResponse)


def _leading(request: Request, parts: PartsHere, me: LeadHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


def _reading(request: Request, parts: PartsHere, me: LeadHere, session: Reading) -> Visit:
    return visit(request, parts, me, session)


Lead = Annotated[Visit, Depends(_leading)]
LeadLooking = Annotated[Visit, Depends(_reading)]
Version = Annotated[int, Form(ge=0, le=2**31)]


class Typed:
    """What stands in a connection's form: settings by name, a secret, and events."""

    def __init__(
        self,
        base_url: Words = "",
        project: Words = "",
        issue_type: Words = "",
        account: Words = "",
        room: Words = "",
        url: Words = "",
        secret: Words = "",
        events: Annotated[tuple[str, ...], Form()] = (),
    ) -> None:
        given = {
            "base_url": base_url,
            "project": project,
            "issue_type": issue_type,
            "account": account,
            "room": room,
            "url": url,
        }
        self.given = {name: words.strip()[:LONGEST_ADDRESS] for name, words in given.items()}
        self.secret, self.events = secret.strip(), events

    def settings(self, channel: Channel) -> dict[str, Any]:
        """Return the settings that this channel has."""
        return {name: self.given[name] for name, _, _ in FIELDS[channel] if self.given[name]}


TypedHere = Annotated[Typed, Depends(Typed)]


@router.get("/launches/{key}/connections")
def show_connections(key: str, lead: LeadLooking) -> HTMLResponse:
    """Show what a launch is connected to, without any secret."""
    return _page(lead, key)


@router.post("/launches/{key}/connections")
def connect(
    key: str,
    lead: Lead,
    typed: TypedHere,
    channel: Annotated[Channel, Form()],
    name: Words = "",
) -> Response:
    """Connect something; a secret that was made here is shown this once."""
    launch = this_launch(lead.session, lead.by, key)
    secret = typed.secret
    if channel == Channel.WEBHOOK and not secret:
        secret = webhooks.new_secret()
    hook_secret = webhooks.new_secret() if channel == Channel.JIRA else ""
    try:
        _must_be_usable(lead, channel, typed, secret)
        made = connections.connect(
            lead.session,
            launch,
            channel,
            name=name,
            settings=typed.settings(channel),
            events=typed.events,
            secret=_sealed(lead, secret),
            hook_secret=_sealed(lead, hook_secret),
            by=lead.by,
            at=lead.at,
        )
    except Refused as refusal:
        problem = {"at": channel.value, "words": f"{refusal.message} {refusal.what_to_do}"}
        return _page(lead, key, problem=problem, status=422)
    if channel == Channel.SLACK:
        return went(f"/launches/{key}/connections", "connected")
    return _page(lead, key, once=_once(lead, made, hook_secret or secret))


@router.post("/launches/{key}/connections/{connection_id}")
def change(
    key: str, connection_id: RowId, lead: Lead, typed: TypedHere, version: Version = 0
) -> Response:
    """Change settings; an empty secret leaves the one that is kept."""
    connection = _this(lead, key, connection_id)
    _still(connection, version)
    channel = Channel(connection.channel)
    try:
        _must_be_usable(lead, channel, typed, typed.secret)
        connection.change(
            lead.session,
            settings=typed.settings(channel),
            events=typed.events,
            secret=_sealed(lead, typed.secret),
            by=lead.by,
            at=lead.at,
        )
    except Refused as refusal:
        problem = {"at": str(connection.id), "words": f"{refusal.message} {refusal.what_to_do}"}
        return _page(lead, key, problem=problem, status=422)
    return went(f"/launches/{key}/connections", "connection-changed")


@router.post("/launches/{key}/connections/{connection_id}/removal")
def remove(key: str, connection_id: RowId, lead: Lead, version: Version = 0) -> RedirectResponse:
    """Tell it nothing more."""
    connection = _this(lead, key, connection_id)
    _still(connection, version)
    connection.remove(lead.session, by=lead.by, at=lead.at)
    return went(f"/launches/{key}/connections", "connection-removed")


@router.post("/launches/{key}/connections/{connection_id}/hook-secret")
def renew_hook_secret(
    key: str, connection_id: RowId, lead: Lead, version: Version = 0
) -> HTMLResponse:
    """Make another secret for what Jira tells us; the former one is worth nothing from now on."""
    connection = _this(lead, key, connection_id)
    _still(connection, version)
    secret = webhooks.new_secret()
    connection.expect_signed_by(lead.session, _sealed(lead, secret), by=lead.by, at=lead.at)
    lead.session.flush()
    return _page(lead, key, once=_once(lead, connection, secret))


@router.post("/launches/{key}/connections/{connection_id}/test")
def send_test(
    key: str, connection_id: RowId, request: Request, parts: PartsHere, me: LeadHere
) -> Response:
    """Try it out now, with no transaction open while its server is waited for."""
    with parts.db.reading() as session:
        connection = _this(visit(request, parts, me, session), key, connection_id)
    words = testing.problem_of(parts, connection)
    if not words:
        return went(f"/launches/{key}/connections", "connection-works")
    with parts.db.reading() as session:
        problem = {"at": str(connection_id), "words": words}
        return _page(visit(request, parts, me, session), key, problem=problem, status=502)


@router.get("/launches/{key}/deliveries")
def show_deliveries(key: str, lead: LeadLooking) -> HTMLResponse:
    """Show what is dead and what waits, and for whom."""
    launch = this_launch(lead.session, lead.by, key)
    context = deliveries_context(lead.session, launch, at=lead.at)
    return lead.page("launch/deliveries.html", "launches", launch, context)


@router.post("/launches/{key}/deliveries/{outgoing_id}/replay")
def replay_letter(key: str, outgoing_id: RowId, lead: Lead) -> RedirectResponse:
    """Try a dead letter again."""
    launch = this_launch(lead.session, lead.by, key)
    letter = outbox.this_letter(lead.session, outgoing_id, launch.id)
    replay(lead.session, letter, by=lead.by, at=lead.at)
    return went(f"/launches/{key}/deliveries", "replayed")


@router.post("/launches/{key}/deliveries/{outgoing_id}/rest")
def drop_letter(key: str, outgoing_id: RowId, lead: Lead) -> RedirectResponse:
    """Let a dead letter rest."""
    launch = this_launch(lead.session, lead.by, key)
    letter = outbox.this_letter(lead.session, outgoing_id, launch.id)
    letter.drop(lead.session, by=lead.by, at=lead.at)
    return went(f"/launches/{key}/deliveries", "dropped")


def _page(
    lead: Visit,
    key: str,
    *,
    problem: Mapping[str, str] | None = None,
    once: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    launch = this_launch(lead.session, lead.by, key)
    address = lead.parts.settings.address
    context = connections_context(lead.session, launch, address=address, problem=problem, once=once)
    return lead.page("launch/connections.html", "launches", launch, context, status=status)


def _this(lead: Visit, key: str, connection_id: int) -> Connection:
    launch = this_launch(lead.session, lead.by, key)
    return connections.of_id(lead.session, connection_id, launch.id)


def _sealed(lead: Visit, secret: str) -> str:
    return seal(lead.parts.settings, secret) if secret else ""


def _once(lead: Visit, connection: Connection, secret: str) -> dict[str, str]:
    is_jira = connection.channel == Channel.JIRA
    hook = f"{lead.parts.settings.address}/api/v1/hooks/jira/{connection.id}" if is_jira else ""
    return {"name": connection.name, "secret": secret, "hook": hook}


def _must_be_usable(lead: Visit, channel: Channel, typed: Typed, secret: str) -> None:
    """Raise Refused when an address may never be reached, or a secret cannot be used."""
    addresses = [typed.given["base_url"] if channel == Channel.JIRA else "", typed.given["url"]]
    if channel == Channel.SLACK and "://" in secret:
        addresses.append(secret)
    for address in filter(None, addresses):
        if why := objection(lead.parts, address):
            raise Refused(why, what_to_do="An operator may allow it in the settings.")
    if channel == Channel.WEBHOOK and secret and not webhooks.is_secret(secret):
        raise Refused(
            "This is no signing secret.", what_to_do="Leave it empty to have one made for you."
        )


def _still(connection: Connection, version: int) -> None:
    if connection.version != version:
        raise ChangedMeanwhile(
            f"{connection.name} has changed since you looked at it.",
            what_to_do="Load the page again: it shows how it is now.",
        )
