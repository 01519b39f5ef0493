"""Promise clocks as the pages show them: how much time is left, and why it is due then."""

from datetime import datetime
from typing import Any

from assistant.desk.promises import AT_RISK, Promise
from assistant.desk.reasons import reasons
from assistant.launch.updates import Update
from web.rendering import when

SHOWN = {
    "paused": "paused",
    "fine": "running",
    "soon": "soon",
    "over": "over",
    "kept": "met",
    "late": "met",
}


def promise_clock(promise: Promise, *, at: datetime) -> dict[str, Any]:
    """Return one promise as ``ui.clock`` shows it, with the sentences behind its deadline."""
    state, ticket = promise.state(at), promise.ticket
    return {
        "kind": promise.kind,
        "kind_words": promise.words,
        "state": SHOWN[state],
        "started_at": promise.made_at,
        "due_at": promise.due_at,
        "met_at": promise.kept_at,
        "why": reasons(promise, coverage=ticket.coverage, stood_still=ticket.pauses),
    }


def update_clock(update: Update | None, *, at: datetime, zone: str) -> dict[str, Any] | None:
    """Return the promise of the next update as a clock; nothing when no time was promised."""
    if update is None or update.next_update_at is None:
        return None
    due, began = update.next_update_at, update.published_at
    is_soon = due - at <= (due - began) * AT_RISK
    return {
        "kind_words": "Next update",
        "state": "over" if at >= due else "soon" if is_soon else "running",
        "started_at": began,
        "due_at": due,
        "met_at": None,
        "why": [f"“{update.title}”, published {when(began, zone)}, promised it for this time."],
    }
