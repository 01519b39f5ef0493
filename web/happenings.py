"""Events as sentences, for a ticket's history and for the lines between its messages."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from assistant.desk.policies import in_words
from assistant.desk.promises import KIND_WORDS, Kind
from assistant.desk.rulings import RULED_WORDS, Ruled
from assistant.ground.audit import Event
from web.cause_happenings import CAUSE_SENTENCES

Details = Mapping[str, Any]

WHO = {
    "assistant": "Assistant",
    "customer": "Customer",
    "operator": "Operator",
    "jira": "Jira",
    "outbox": "Outbox",
}

TAKEN_BACK = {
    "sent": "sent as it is",
    "changed": "sent with changes",
    "wrong-match": "wrong match",
    "no-answer": "no answer exists",
}
SENTENCES: dict[str, Callable[[Details], str]] = {
    "ticket.opened": lambda d: f"Opened with Sev {d['severity']}. {d['reason']}",
    "ticket.acknowledged": lambda d: "Acknowledged",
    "ticket.assigned": lambda d: f"Given to {d['owner'][1]}",
    "ticket.severity": lambda d: (
        f"Severity changed from {d['severity'][0]} to {d['severity'][1]}: {d['reason']}"
    ),
    "ticket.escalated": lambda d: f"Escalated to {d['to']}: {d['reason']}",
    "ticket.escalation-ended": lambda d: f"Nobody is above to escalate to: {d['reason']}",
    "ticket.replied": lambda d: _replied(d),
    "ticket.reply-withheld": lambda d: d["reason"],
    "ticket.noted": lambda d: "Internal note added",
    "ticket.promised": lambda d: "Next update promised",
    "ticket.customer-wrote": lambda d: "The customer wrote",
    "ticket.context": lambda d: "The customer told more about the case",
    "ticket.promise-broken": lambda d: f"{KIND_WORDS[Kind(d['promise'])]} was missed{_late(d)}",
    "ticket.untriaged": lambda d: f"Nobody had looked at it for {_minutes(d)}",
    "ticket.warned": lambda d: f"{KIND_WORDS[Kind(d['promise'])]} was about to run out",
    "ticket.deadlines": lambda d: f"Deadlines came closer. {d['why']}",
    "ticket.bounced": lambda d: f"It came back to where it was, time {d['bounces']}",
    "ticket.resolved": lambda d: "Resolved",
    "ticket.dismissed": lambda d: f"Closed without an answer: {d['reason']}",
    "ticket.reopened": lambda d: f"Opened again: {d['reason']}",
    "ticket.recalled": lambda d: d["reason"],
    "ticket.suggestion-wrong": lambda d: f"“{d['entry']}” was judged a wrong match",
    "ticket.scope": lambda d: _scope(d),
    "ticket.decision-asked": lambda d: f"Asked {d['of']} to decide: “{d['question']}”",
    "ticket.decided": lambda d: (
        f"Decided: {RULED_WORDS[Ruled(d['ruled'])].lower()}. {d['sentence']}"
    ),
    "ticket.decision-replaced": lambda d: (
        f"The decision “{RULED_WORDS[Ruled(d['before'])].lower()}” was replaced: {d['reason']}"
    ),
    "ticket.guard-overridden": lambda d: f"Sent although the guard objected: {d['reason']}",
    "ticket.judgement-taken-back": lambda d: (
        f"What was said about the suggestion was taken back ({TAKEN_BACK[d['said']]})"
    ),
    "ticket.handed-over": lambda d: f"Handed over to {' and '.join(d['to'])}",
    "ticket.issue-opened": lambda d: f"{d['issue']} stands for it at engineering",
    "ticket.issue-moved": lambda d: f"{d['issue']} is now “{d['status'][1]}”",
    "delivery.dead": lambda d: f"A message was given up on: {d['why']}",
    "delivery.replayed": lambda d: "A message that was given up on is tried again",
    "delivery.dropped": lambda d: "A message that was given up on may rest",
    "ticket.cause-linked": lambda d: f"Linked to the cause “{d['title']}”",
    "ticket.cause-unlinked": lambda d: f"No longer linked to the cause “{d['title']}”",
    "ticket.no-answer": lambda d: "No approved answer exists for this",
}
SENTENCES |= CAUSE_SENTENCES
# What changes the case for everybody who reads the thread stands between its messages.
IN_THREAD = (
    *("ticket.severity", "ticket.scope", "ticket.escalated", "ticket.promise-broken"),
    *(
        "ticket.resolved",
        "ticket.dismissed",
        "ticket.reopened",
        "ticket.decision-asked",
        "ticket.decided",
        "ticket.decision-replaced",
    ),
    *("ticket.handed-over", "ticket.issue-moved"),
)


def sentence(event: Event) -> str:
    """Return what happened in one sentence; an unknown kind is said by its name."""
    said = SENTENCES.get(event.kind)
    return said(event.details) if said else event.kind.rpartition(".")[2].replace("-", " ")


def who(event: Event) -> str:
    """Return who did it: a person's name, or which part of the product."""
    return WHO.get(event.who, event.who)


def _late(details: Details) -> str:
    # The process was away, or a changed severity moved the deadline into the past.
    late = details.get("late")
    return f", noted {in_words(timedelta(minutes=max(late // 60, 1)))} late" if late else ""


def _minutes(details: Details) -> str:
    return in_words(timedelta(minutes=details["minutes"]))


def _scope(details: Details) -> str:
    said = "In scope after all" if details["inside"] else "Out of scope"
    before, now = details["policy"]
    held = "the promises stay" if before == now else f"the {now} policy holds now"
    held += "" if details["inside"] else ", and no deadline moves further away"
    return f"{said}: {held}"


def _replied(details: Details) -> str:
    if details.get("entry_version"):
        return "Replied with an approved answer, word for word"
    deviates = details.get("deviates_from")
    return "Replied, deviating from an approved answer" if deviates else "Replied"
