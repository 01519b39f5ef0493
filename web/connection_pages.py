"""What templates/launch/connections.html and deliveries.html show."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk.tickets import FIRST_NUMBER, PREFIX
from assistant.ground import interruptions, outbox
from assistant.ground.outbox import Outgoing
from assistant.launch import connections
from assistant.launch.connections import EVENTS, Channel, Connection
from assistant.launch.launches import Launch

CHANNEL_WORDS = {"jira": "Jira", "slack": "Slack", "webhook": "Webhook", "mail": "E-mail"}
FIELDS: dict[Channel, tuple[tuple[str, str, str], ...]] = {  # (name, label, hint)
    Channel.JIRA: (
        ("base_url", "Address", "For example https://yours.atlassian.net"),
        ("project", "Project", "Its key, for example PAY"),
        ("issue_type", "Issue type", "Task, when it is left empty"),
        ("account", "Account", "The e-mail address that the API token belongs to"),
    ),
    Channel.SLACK: (
        ("room", "Channel", "Only with a bot’s token: the id of the channel, such as C0123"),
    ),
    Channel.WEBHOOK: (("url", "Address", "An HTTPS address that takes POST"),),
}
SECRETS = {
    Channel.JIRA: "API token",
    Channel.SLACK: "Webhook address or bot token",
    Channel.WEBHOOK: "Signing secret",
}


def connections_context(
    session: Session,
    launch: Launch,
    *,
    address: str,
    problem: Mapping[str, str] | None = None,
    once: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the context of launch/connections.html; ``once`` is a secret to be shown this time."""
    mine = connections.of_launch(session, launch.id)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "connections": [_connection(each, address) for each in mine],
        "kinds": [_kind(channel) for channel in Channel],
        "problem": problem,
        "once": once,
    }


def _connection(connection: Connection, address: str) -> dict[str, Any]:
    channel = Channel(connection.channel)
    return {
        "id": connection.id,
        "name": connection.name,
        "version": connection.version,
        "channel": connection.channel,
        "channel_words": CHANNEL_WORDS[connection.channel],
        "where": connection.settings.get("url") or connection.settings.get("base_url") or "",
        "fields": _fields(channel, connection.settings),
        "secret": SECRETS[channel],
        "events": _events(connection.events),
        "hook": f"{address}/api/v1/hooks/jira/{connection.id}" if channel == "jira" else "",
    }


def _kind(channel: Channel) -> dict[str, Any]:
    return {
        "channel": channel.value,
        "words": CHANNEL_WORDS[channel],
        "fields": _fields(channel, {}),
        "secret": SECRETS[channel],
        "makes_secret": channel == Channel.WEBHOOK,
        "events": _events([]),
    }


def _fields(channel: Channel, given: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"name": name, "label": label, "hint": hint, "value": str(given.get(name) or "")}
        for name, label, hint in FIELDS[channel]
    ]


def _events(chosen: Sequence[str]) -> list[dict[str, Any]]:
    return [{"kind": kind, "words": words, "on": kind in chosen} for kind, words in EVENTS.items()]


def deliveries_context(session: Session, launch: Launch, *, at: datetime) -> dict[str, Any]:
    """Return the context of launch/deliveries.html. The number of queries does not grow with it."""
    named = _names(session, launch)
    dead = outbox.dead_letters(session, launch.id)
    waiting = outbox.waiting(session, launch.id)
    alone = interruptions.left_alone(session)
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "standing": outbox.standing(session, at=at, launch_id=launch.id),
        "dead": [_letter(row, named) for row in dead],
        "waiting": [_letter(row, named) for row in waiting],
        "alone": [
            {
                "name": named.get((each.kind, each.target))
                or CHANNEL_WORDS.get(each.kind, each.kind),
                "since": each.since,
                "next_at": max(each.next_probe_at, at),
                "why": each.last_error,
            }
            for each in alone
            if (each.kind, each.target) in named or not each.target
        ],
    }


def _names(session: Session, launch: Launch) -> dict[tuple[str, str], str]:
    every = session.scalars(select(Connection).where(Connection.launch_id == launch.id))
    return {(each.channel, each.target): each.name for each in every}


def _letter(row: Outgoing, named: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    number = f"{PREFIX}{FIRST_NUMBER + row.ticket_id}" if row.ticket_id else ""
    return {
        "id": row.id,
        "to": named.get((row.kind, row.target), row.target),
        "channel_words": CHANNEL_WORDS.get(row.kind, row.kind),
        "what": _what(row),
        "ticket": number,
        "since": row.enqueued_at,
        "tries": row.tries,
        "next_at": row.next_try_at,
        "dead_at": row.dead_at,
        "why": row.last_error,
    }


def _what(row: Outgoing) -> str:
    if row.key.startswith("handover/"):
        return "Hand-over"
    if row.key.startswith("event/"):
        kind = str(row.body.get("payload", {}).get("type", ""))
        return EVENTS.get(kind, "Something happened")
    return "Mail" if row.kind == "mail" else "Message"
