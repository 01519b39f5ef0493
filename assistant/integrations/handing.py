"""A ticket's brief in the form each target gets it: what is previewed is what is sent."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.desk.engineering import Parcel
from assistant.desk.tickets import Ticket
from assistant.ground.database import canonical
from assistant.integrations import jira, slack
from assistant.launch.connections import Channel, Connection


def parcels(
    ticket: Ticket, brief: Mapping[str, Any], connections: Sequence[Connection]
) -> list[Parcel]:
    """Return what each connection gets of a brief, as the outbox's body."""
    return [Parcel(each, _body(ticket, brief, each)) for each in connections]


def _body(ticket: Ticket, brief: Mapping[str, Any], connection: Connection) -> dict[str, Any]:
    body: dict[str, Any] = {"connection": connection.id, "ticket": ticket.id}
    if connection.channel == Channel.JIRA:
        return {**body, "fields": jira.fields_of(brief)}
    if connection.channel == Channel.SLACK:
        return {**body, "text": slack.message_of(brief)}
    return {**body, "payload": {"type": "ticket.handed-over", "data": dict(brief)}}


def seal_of(parcels: Sequence[Parcel]) -> str:
    """Return a hash of exactly what would be sent, so that nothing else is sent than was shown."""
    whole = [[parcel.connection.id, parcel.body] for parcel in parcels]
    return hashlib.sha256(canonical(whole).encode()).hexdigest()
