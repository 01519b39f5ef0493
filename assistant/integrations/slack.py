"""Slack: one message, by an incoming webhook or as a bot in a channel.

``& < >`` are escaped, so that a ``<!channel>`` in a customer's words calls nobody.
"""

from collections.abc import Mapping
from typing import Any

from assistant.ground.outbox import Undeliverable
from assistant.ground.parts import Parts
from assistant.integrations.connected import exchanged, not_taken, parsed, reached

POST_MESSAGE = "https://slack.com/api/chat.postMessage"
LONGEST = 3_000  # characters of a message; Slack cuts above 4,000
WHO = "Slack"
FOREVER = ("msg_too_long", "no_text", "invalid_blocks")  # said the same tomorrow


def escaped(words: str) -> str:
    """Return ``words`` so that Slack shows them as they are."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def message_of(brief: Mapping[str, Any]) -> str:
    """Return the message for a ticket's brief."""
    lines = [
        f"Sev {brief['severity']}: {brief['ticket']} needs engineering",
        brief["subject"],
        *([f"Needed: {brief['wish']}"] if brief["wish"] else []),
        f"Asked by {brief['people']} people, {brief['contacts']} contacts. {brief['launch']}",
        brief["href"],
    ]
    return shortened("\n".join(lines))


def shortened(words: str) -> str:
    """Return ``words``, cut where Slack would cut without saying so."""
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def deliver(parts: Parts, body: dict[str, Any], *, event_id: str) -> None:
    """Send one message. Slack knows no event ids: in doubt it is said twice."""
    slack = reached(parts, body["connection"])
    message: dict[str, Any] = {"text": escaped(body["text"]), "unfurl_links": False}
    if "://" in slack.secret:
        answer = exchanged(parts, "POST", slack.secret, headers={}, body=message)
        if not answer.is_fine:
            raise not_taken(WHO, answer)
        return
    message["channel"] = slack.settings.get("room", "")
    headers = {"authorization": f"Bearer {slack.secret}"}
    url = str(slack.settings.get("api_url") or POST_MESSAGE)
    answer = exchanged(parts, "POST", url, headers=headers, body=message)
    said = parsed(answer)
    if not answer.is_fine or said.get("ok") is not True:
        why = str(said.get("error") or answer.status)
        raise Undeliverable(f"Slack did not take it: {why[:80]}.", permanent=why in FOREVER)
