"""Jira (REST v3, Jira Service Management too): an issue is created once, then it is followed.

What became of a request without an answer is not known. So every issue carries a label that no
other has, and before it is created again it is looked for, once Jira's search has had time to
learn of it.
"""

import base64
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote as quoted

from sqlalchemy import select

from assistant.desk.engineering import Issue
from assistant.desk.tickets import Ticket
from assistant.ground.outbox import Undeliverable
from assistant.ground.outgoing import Answered
from assistant.ground.parts import Parts
from assistant.integrations import adf
from assistant.integrations.connected import Reached, exchanged, not_taken, parsed, reached

LONGEST_SUMMARY = 255  # characters; Jira's limit
UNKNOWN_FOR = timedelta(seconds=60)  # until Jira's search surely finds what was created
WHO = "Jira"


def fields_of(brief: Mapping[str, Any]) -> dict[str, Any]:
    """Return an issue's fields for a ticket's brief; project and type come from the connection."""
    summary = " ".join(f"{brief['ticket']}: {brief['subject']}".split())
    return {
        "summary": summary[:LONGEST_SUMMARY],
        "description": adf.document(_blocks(brief)),
        "labels": ["hypercare", f"hypercare-{brief['ticket'].lower()}"],
    }


def _blocks(brief: Mapping[str, Any]) -> Iterator[adf.Node]:
    if brief["wish"]:
        yield adf.heading("What is needed")
        yield adf.paragraph(brief["wish"])
    yield adf.heading("What the customer asked")
    yield adf.quote(brief["question"])
    yield adf.heading("What is known")
    yield adf.bullets(facts(brief))
    yield adf.heading("Promised")
    yield adf.bullets([in_a_line(each) for each in brief["promises"]] or ["Nothing"])
    yield adf.heading("What was said")
    for said in brief["thread"]:
        yield adf.paragraph(f"{said['who']}, {said['at'][:16].replace('T', ' ')} UTC")
        yield adf.quote(said["text"])
    yield adf.link(f"{brief['ticket']} in Hypercare", brief["href"])


def facts(brief: Mapping[str, Any]) -> list[str]:
    """Return what is known about a ticket, a line each, without what is not known."""
    lines = {
        "Severity": f"{brief['severity']}. {brief['severity_reason']}",
        "Launch": brief["launch"],
        "Scenario": brief["scenario"],
        "Asked": f"{brief['opened_at'][:16].replace('T', ' ')} UTC, by {brief['channel']}",
        "Page": brief["page"],
        "Was doing": brief["doing"],
        "Can continue": brief["can_continue"],
        "Why a person": brief["why_a_person"],
        "Answers considered": ", ".join(brief["considered"]),
        "Asked by": f"{brief['people']} people, {brief['contacts']} contacts",
        "Owner": brief["owner"],
    }
    return [f"{name}: {value}" for name, value in lines.items() if value]


def in_a_line(promise: Mapping[str, str]) -> str:
    """Return a promise as a line."""
    due = promise["due_at"][:16].replace("T", " ")
    return f"{promise['promise']}: due {due} UTC, {promise['state']}"


def deliver(parts: Parts, body: dict[str, Any], *, event_id: str) -> None:
    """Create the issue of a ticket, or add a comment to it."""
    jira, ticket_id = reached(parts, body["connection"]), body["ticket"]
    if "comment" in body:
        _comment(parts, jira, ticket_id, body["comment"])
        return
    if _is_there(parts, jira, ticket_id):
        return
    label = f"hypercare-{event_id}"
    found = _found(parts, jira, label) if _may_be_there(parts, jira, ticket_id) else None
    key = found or _created(parts, jira, ticket_id, body["fields"], label)
    _keep(parts, jira, ticket_id, key)


def check(parts: Parts, connection_id: int) -> None:
    """Ask Jira who we are and whether the project is there. Raises Undeliverable otherwise."""
    jira = reached(parts, connection_id)
    project = quoted(str(jira.settings["project"]), safe="")
    answer = _asked(parts, jira, "GET", f"project/{project}")
    if not answer.is_fine:
        raise not_taken(WHO, answer, _complaint(answer))


def _is_there(parts: Parts, jira: Reached, ticket_id: int) -> bool:
    with parts.db.reading() as session:
        issue = session.scalar(_this(jira, ticket_id))
        if issue is None:
            raise Undeliverable("The hand-over was taken back.", permanent=True)
        return issue.key is not None


def _this(jira: Reached, ticket_id: int) -> Any:
    return select(Issue).where(Issue.ticket_id == ticket_id, Issue.connection_id == jira.id)


def _may_be_there(parts: Parts, jira: Reached, ticket_id: int) -> bool:
    with parts.db.reading() as session:
        return session.scalars(_this(jira, ticket_id)).one().create_tried_at is not None


def _found(parts: Parts, jira: Reached, label: str) -> str | None:
    query = {"jql": f'labels = "{label}"', "fields": ["status"], "maxResults": 1}
    answer = _asked(parts, jira, "POST", "search/jql", query)
    if not answer.is_fine:
        raise not_taken(WHO, answer, _complaint(answer))
    issues = parsed(answer).get("issues")
    first = issues[0] if isinstance(issues, list) and issues else {}
    return str(first["key"]) if isinstance(first, dict) and first.get("key") else None


def _created(
    parts: Parts, jira: Reached, ticket_id: int, fields: dict[str, Any], label: str
) -> str:
    _must_not_be_unknown(parts, jira, ticket_id)
    whole = {
        **fields,
        "labels": [*fields["labels"], label],
        "project": {"key": jira.settings["project"]},
        "issuetype": {"name": jira.settings.get("issue_type") or "Task"},
    }
    answer = _asked(parts, jira, "POST", "issue", {"fields": whole})
    key = parsed(answer).get("key")
    if answer.is_fine and isinstance(key, str) and key:
        return key
    if 400 <= answer.status < 500:
        _tried(parts, jira, ticket_id, None)  # it says itself that it has created nothing
    raise not_taken(WHO, answer, _complaint(answer))


def _must_not_be_unknown(parts: Parts, jira: Reached, ticket_id: int) -> None:
    """Note that it is about to be created. Raises Undeliverable while an earlier try is unknown."""
    at = parts.clock.now()
    with parts.db.writing() as session:
        issue = session.scalars(_this(jira, ticket_id)).one()
        if issue.create_tried_at is not None and at < issue.create_tried_at + UNKNOWN_FOR:
            raise Undeliverable("It is not known yet whether Jira has created it.")
        issue.create_tried_at = at


def _tried(parts: Parts, jira: Reached, ticket_id: int, at: Any) -> None:
    with parts.db.writing() as session:
        session.scalars(_this(jira, ticket_id)).one().create_tried_at = at


def _keep(parts: Parts, jira: Reached, ticket_id: int, key: str) -> None:
    href = f"{_base(jira)}/browse/{quoted(key, safe='')}"
    with parts.db.writing() as session:
        issue = session.scalars(_this(jira, ticket_id)).one()
        ticket = session.get_one(Ticket, ticket_id)
        issue.opened(session, ticket, key=key, href=href, at=parts.clock.now())


def _comment(parts: Parts, jira: Reached, ticket_id: int, words: str) -> None:
    with parts.db.reading() as session:
        issue = session.scalar(_this(jira, ticket_id))
    if issue is None or issue.key is None:
        raise Undeliverable("There is no issue to write to.", permanent=True)
    comment = {"body": adf.document([adf.paragraph(words)])}
    answer = _asked(parts, jira, "POST", f"issue/{quoted(issue.key, safe='')}/comment", comment)
    if not answer.is_fine:
        raise not_taken(WHO, answer, _complaint(answer))


def _asked(parts: Parts, jira: Reached, method: str, what: str, body: Any = None) -> Answered:
    pair = f"{jira.settings['account']}:{jira.secret}".encode()
    headers = {
        "authorization": f"Basic {base64.b64encode(pair).decode('ascii')}",
        "accept": "application/json",
    }
    return exchanged(parts, method, f"{_base(jira)}/rest/api/3/{what}", headers=headers, body=body)


def _base(jira: Reached) -> str:
    return str(jira.settings["base_url"]).rstrip("/")


def _complaint(answer: Answered) -> str:
    said = parsed(answer)
    messages, errors = said.get("errorMessages"), said.get("errors")
    first = [str(each) for each in messages] if isinstance(messages, list) else []
    rest = [f"{k}: {v}" for k, v in errors.items()] if isinstance(errors, dict) else []
    return " ".join([*first, *rest])
