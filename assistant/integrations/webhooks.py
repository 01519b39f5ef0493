"""Signed webhooks by the Standard Webhooks specification, out and in.

A receiver finds a repetition by ``webhook-id``, which is the same at every try.
"""

import binascii
import hashlib
import hmac
import json
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from standardwebhooks.webhooks import Webhook

from assistant.ground import outgoing
from assistant.ground.outbox import Undeliverable
from assistant.ground.outgoing import Unreachable
from assistant.ground.parts import Parts
from assistant.integrations.connected import as_json, not_taken, reached

TOLERANCE = timedelta(minutes=5)  # of a signed time, either way; the specification's
BODY_TOLERANCE = timedelta(hours=1)  # of the time in a body that is sent again for a while
GONE = 410  # a receiver says so when it wants nothing more


def new_secret() -> str:
    """Return a new secret of 32 random bytes, as the specification writes it."""
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode('ascii')}"


def is_secret(words: str) -> bool:
    """Return whether ``words`` can be used to sign."""
    try:
        Webhook(words)
    except (ValueError, RuntimeError, binascii.Error):
        return False
    except Exception as empty:  # the library's own, for nothing between the letters
        if type(empty).__name__ != "EmptyWebhookSecretError":
            raise
        return False
    return True


def deliver(parts: Parts, body: dict[str, Any], *, event_id: str) -> None:
    """Post ``body["payload"]``, signed now, under the id it has at every try."""
    hook, at = reached(parts, body["connection"]), parts.clock.now()
    content = as_json(body["payload"])
    headers = {
        "content-type": "application/json",
        "user-agent": "Hypercare",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(hook.secret).sign(event_id, at, content.decode()),
    }
    try:
        answer = outgoing.ask(
            parts, "POST", str(hook.settings["url"]), headers=headers, body=content
        )
    except Unreachable as unreachable:
        raise Undeliverable(unreachable.words, permanent=unreachable.is_forbidden) from None
    if answer.is_fine:
        return
    if answer.status == GONE:
        raise Undeliverable("The receiver wants nothing more (410).", permanent=True)
    why = not_taken("The receiver", answer)
    raise Undeliverable(why.words)  # a receiver that is being mended says anything for a while


@dataclass(frozen=True, slots=True)
class Verified:
    """A body that its sender has signed: under which key it comes once, and when it was sent."""

    key: str
    sent_at: datetime
    content: dict[str, Any]


def verified(
    secret: str, headers: Mapping[str, str], body: bytes, *, at: datetime
) -> Verified | None:
    """Return what came in, when it is signed with ``secret`` and not too old; else nothing.

    Two ways are understood: Standard Webhooks, and Jira's own ``X-Hub-Signature``, whose time
    stands in the body.
    """
    content = _object(body)
    if not secret or content is None:
        return None
    if "webhook-signature" in headers:
        return _by_standard(secret, headers, body, content, at)
    return _by_hub(secret, headers, body, content, at)


def _by_standard(
    secret: str, headers: Mapping[str, str], body: bytes, content: dict[str, Any], at: datetime
) -> Verified | None:
    event_id, sent = headers.get("webhook-id", ""), _seconds(headers.get("webhook-timestamp", ""))
    if not event_id or len(event_id) > 200 or sent is None or abs(at - sent) > TOLERANCE:
        return None
    expected = Webhook(secret).sign(event_id, sent, body.decode())
    given = headers["webhook-signature"].split(" ")
    if not any(_is_same(each, expected) for each in given[:10]):
        return None
    return Verified(f"id {event_id}", sent, content)


def _by_hub(
    secret: str, headers: Mapping[str, str], body: bytes, content: dict[str, Any], at: datetime
) -> Verified | None:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not _is_same(headers.get("x-hub-signature", ""), f"sha256={digest}"):
        return None
    millis = content.get("timestamp")
    sent = _seconds(str(millis // 1000)) if type(millis) is int else None
    if sent is None or sent < at - BODY_TOLERANCE or sent > at + TOLERANCE:
        return None
    # The header that names the event is not signed, so a repetition is told by the body itself.
    return Verified(f"body {hashlib.sha256(body).hexdigest()}", sent, content)


def _is_same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def _seconds(words: str) -> datetime | None:
    if not words.isascii() or not words.isdigit() or len(words) > 11:
        return None
    return datetime.fromtimestamp(int(words), UTC)


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body.decode())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
