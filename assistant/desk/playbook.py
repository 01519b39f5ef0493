"""When reassurance is enough, and when to escalate. Pure."""

from dataclasses import dataclass
from datetime import datetime

from assistant.desk.severity import Severity
from assistant.desk.tickets import Ticket

EXPECTED = "expected"  # the verdict after which most people only want to be sure


@dataclass(frozen=True, slots=True)
class Playbook:
    """What an agent is told, each a sentence's end: "Reassurance is enough when …"."""

    reassure: tuple[str, ...]
    escalate: tuple[str, ...]


def playbook(ticket: Ticket, *, verdict: str | None, at: datetime) -> Playbook | None:
    """Return what to do about ``ticket`` at ``at``; nothing when there is nothing to say.

    ``verdict`` is that of the approved answer that fits best.
    """
    reassure = _reassuring() if verdict == EXPECTED else ()
    escalate = tuple(_reasons_to_escalate(ticket, at))
    return Playbook(reassure, escalate) if reassure or escalate else None


def _reassuring() -> tuple[str, ...]:
    return (
        "It is what the approved answer describes, and nothing beside it.",
        "They can go on: nothing is blocked, charged or lost.",
    )


def _reasons_to_escalate(ticket: Ticket, at: datetime) -> list[str]:
    if not ticket.is_open:
        return []
    reasons = [
        f"“{promise.words}” was missed, and you cannot keep it now."
        for promise in ticket.promises
        if promise.state(at) == "over"
    ]
    if ticket.severity == Severity.BLOCKED:
        reasons.append("Work is blocked and you cannot unblock it yourself.")
    return reasons
