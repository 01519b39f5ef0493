"""A connection tried out by a person: said at once whether it works, with nothing put aside."""

import uuid

from assistant.ground.outbox import Undeliverable
from assistant.ground.parts import Parts
from assistant.integrations import jira, slack, webhooks
from assistant.launch.connections import Channel, Connection

WORDS = "This is a test from Hypercare. Nothing happened."


def problem_of(parts: Parts, connection: Connection) -> str:
    """Send a test and return why it did not arrive, or nothing. Takes up to ten seconds.

    A Jira is asked for the project, so that no issue is left behind there.
    """
    event_id = f"evt_{uuid.uuid4().hex}"
    try:
        if connection.channel == Channel.JIRA:
            jira.check(parts, connection.id)
        elif connection.channel == Channel.SLACK:
            body = {"connection": connection.id, "text": WORDS}
            slack.deliver(parts, body, event_id=event_id)
        else:
            payload = {"type": "test", "timestamp": parts.clock.now().isoformat(), "data": {}}
            body = {"connection": connection.id, "payload": payload}
            webhooks.deliver(parts, body, event_id=event_id)
    except Undeliverable as problem:
        return problem.words
    return ""
