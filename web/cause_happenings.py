"""What happened to a cause, as sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from assistant.desk.cause_states import STATE_WORDS, State

Details = Mapping[str, Any]

DECIDED = {
    "expected": "this is expected",
    "not-expected": "this is not expected",
    "workaround": "there is a workaround",
    "need-facts": "facts are needed first",
}
CAUSE_SENTENCES: dict[str, Callable[[Details], str]] = {
    "cause.detected": lambda d: f"Written down as “{d['title']}”",
    "cause.described": lambda d: f"Described anew as “{d['after'][0]}”",
    "cause.assigned": lambda d: f"Given to {d['owner'][1]}",
    "cause.decided": lambda d: f"Decided: {DECIDED[d['decision']]}. {d['words']}",
    "cause.fixing": lambda d: "The fix began",
    "cause.fixed": lambda d: "Fixed",
    "cause.fix-logged": lambda d: f"Changed: {d['words']}",
    "cause.went-back": lambda d: (
        f"Back from {STATE_WORDS[State(d['states'][0])]} to {STATE_WORDS[State(d['states'][1])]}: "
        f"{d['reason']}"
    ),
    "cause.linked": lambda d: f"Linked to {d['url']}",
    "cause.unlinked": lambda d: f"Link to {d['url']} taken away",
    "cause.group-linked": lambda d: f"“{d['question']}” belongs to it",
    "cause.group-unlinked": lambda d: f"“{d['question']}” no longer belongs to it",
    "cause.ticket-linked": lambda d: f"{d['ticket']} belongs to it",
    "cause.ticket-unlinked": lambda d: f"{d['ticket']} no longer belongs to it",
}
