"""Settling: what was thought is carried out in one transaction, and written down.

The gate has the last word here: what was withdrawn while somebody thought is not sent, and a
person answers instead. A second settling of the same message finds the first and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering.consider import Thought
from assistant.answering.decide import MOST_OPTIONS, Answer, Clarification, Handoff
from assistant.answering.decisions import Decision, asked_for
from assistant.answering.explaining import explained, kept, reason_of, worth_keeping
from assistant.answering.lines import LINES, Line
from assistant.answering.turns import A_PERSON_HAS_IT
from assistant.desk import intake, repeats
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.desk.promises import HYPERCARE, NORMAL
from assistant.desk.severity import Severity
from assistant.desk.taken import taken_by
from assistant.desk.tickets import Ticket
from assistant.ground.parts import Parts
from assistant.launch.launches import Launch, Mode
from assistant.launch.scenarios import Scenario
from assistant.library import gate
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion
from knowledge.entries import Match


def settle(parts: Parts, message_id: int, thought: Thought) -> None:
    """Carry out what was thought, in one transaction; the first settling wins."""
    with parts.db.writing() as session:
        # Read once the writer's turn has come: what expired while it waited is not sent any more.
        at = parts.clock.now()
        # The conversation is locked, so that two of its messages cannot open two tickets at once.
        session.scalars(
            select(Conversation)
            .join(Conversation.messages)
            .where(Message.id == message_id)
            .with_for_update(of=Conversation)
        ).one()
        message = session.get_one(Message, message_id)
        if message.decided_at is not None:
            return
        message.decided_at = at
        if _is_asked(message, thought):
            repeats.join(session, message, thought.vector, embedder=thought.embedder, at=message.at)
        Settling(session, message, thought, at).carry_out()


def _is_asked(message: Message, thought: Thought) -> bool:
    """Return whether it counts as a question: in words, not only a greeting or abuse."""
    has_words = any(character.isalpha() for character in message.text)
    says_something = not thought.triage.small_talk and not thought.triage.only_abuse
    return message.kind == Said.QUESTION and has_words and says_something


def as_far_as(mode: Mode, message: Message, thought: Thought) -> Thought:
    """Return the thought as far as the launch's mode allows it at this moment.

    While somebody thought, a lead may have chosen a stricter one, or the launch fallen back.
    """
    is_said = thought.answers or (thought.clarification and thought.clarification.entries)
    if mode is Mode.SUGGEST and is_said and not thought.handoff:
        people = Handoff((), 0.0, "This launch lets people answer.", Line.PEOPLE)
        return replace(thought, answers=(), clarification=None, handoff=people)
    if mode is Mode.CLARIFY and thought.answers and message.kind == Said.QUESTION:
        entries = tuple(answer.entry for answer in thought.answers)[:MOST_OPTIONS]
        sure = thought.answers[0].certainty
        asked = Clarification(entries, sure, "This launch asks before it answers.")
        return replace(thought, answers=(), clarification=asked)
    return thought


class Settling:
    """One message being settled: what is sent, which ticket is opened, what is written down."""

    def __init__(self, session: Session, message: Message, thought: Thought, at: datetime) -> None:
        self._session = session
        self._message = message
        self._conversation = message.conversation
        self._launch: Launch = message.conversation.launch
        self._thought = thought
        self._at = at

    def carry_out(self) -> None:
        """Send, open and record; refused text turns into a handoff."""
        if self._is_between_people() and not self._thought.handoff:
            taken = Handoff((), 0.0, A_PERSON_HAS_IT, Line.ADDED)
            self._thought = replace(self._thought, answers=(), clarification=None, handoff=taken)
        self._thought = as_far_as(Mode(self._launch.acting_mode), self._message, self._thought)
        sent = self._sent_answers()
        if len(sent) < len(self._thought.answers):
            withdrawn = Handoff((), 0.0, "The message was withdrawn before it could be sent.")
            self._thought = replace(self._thought, answers=(), handoff=withdrawn)
        if self._thought.clarification and not self._asked(self._thought.clarification):
            self._thought = replace(
                self._thought,
                clarification=None,
                handoff=Handoff((), 0.0, "The titles were withdrawn."),
            )
        if self._thought.handoff and not self._is_between_people():
            self._say(LINES[self._line()])
        ticket = self._ticket() if self._thought.needs_person else None
        self._record(sent, ticket)

    def _sent_answers(self) -> list[Message]:
        versions = [self._through_gate(answer.entry) for answer in self._thought.answers]
        return [] if None in versions else [self._send(version) for version in versions if version]

    def _through_gate(self, entry: str) -> EntryVersion | None:
        return gate.passed(
            self._session,
            self._thought.versions[entry],
            launch_id=self._launch.id,
            audience=self._conversation.audience,
            at=self._at,
        )

    def _send(self, version: EntryVersion) -> Message:
        return self._conversation.tell(
            self._session,
            version.text,
            kind=Said.ANSWER,
            at=self._at,
            reply_to=self._message,
            entry_version_id=version.id,
        )

    def _asked(self, clarification: Clarification) -> bool:
        """Ask "did you mean" with titles that pass the gate; false when none is left."""
        versions = [self._through_gate(entry) for entry in clarification.entries]
        options = [
            {
                "entry": version.entry.key,
                "title": version.question,
                "applies_when": version.applies_when,
                "version": version.id,
            }
            for version in versions
            if version is not None
        ]
        if clarification.entries and not options:
            return False
        kind = Said.CLARIFICATION if options else Said.NOTICE
        facts: dict[str, Any] = {"options": options} if options else {}
        self._conversation.tell(
            self._session,
            LINES[clarification.line],
            kind=kind,
            at=self._at,
            reply_to=self._message,
            **facts,
        )
        return True

    def _is_between_people(self) -> bool:
        """Return whether a person answers here: then the customer hears from nobody else."""
        return self._message.kind == Said.QUESTION and self._conversation.has_person

    def _line(self) -> Line:
        handoff = self._thought.handoff
        if self._conversation.open_ticket is not None:
            return Line.ADDED
        return handoff.line if handoff else Line.HANDOFF

    def _say(self, line: str) -> None:
        self._conversation.tell(
            self._session, line, kind=Said.NOTICE, at=self._at, reply_to=self._message
        )

    def _ticket(self) -> Ticket:
        scenario, severity, reason = self._judged()
        return intake.open_for(
            self._session,
            self._message,
            severity=severity,
            severity_reason=reason,
            handoff_reason=self._reason(),
            policy=HYPERCARE if self._thought.scope.inside else NORMAL,
            scenario=scenario,
            at=self._at,
        )

    def _judged(self) -> tuple[Scenario | None, Severity, str]:
        """Return the scenario it is about, and how bad it is: by its words or by its scenario."""
        said, because = Severity(self._thought.triage.severity), self._thought.triage.reason
        scenario = self._scenario()
        if scenario is None or not Severity(scenario.severity).is_worse_than(said):
            return scenario, said, because
        return scenario, Severity(scenario.severity), f"It sounds like “{scenario.title}”."

    def _scenario(self) -> Scenario | None:
        """Return the scenario of what it most resembles, when it does so at all."""
        near = self._thought.answers or self._likely()
        if not near or not self._thought.scope.inside:
            return None
        key = near[0].entry if isinstance(near[0], Answer) else near[0]
        return self._session.scalar(
            select(Scenario).join(Entry).where(Entry.launch_id == self._launch.id, Entry.key == key)
        )

    def _likely(self) -> Sequence[str]:
        parts = self._thought.parts
        if not parts or parts[0].known.finding.certainty < parts[0].known.thresholds.ask:
            return ()
        return tuple(match.entry for match in parts[0].known.finding.matches[:1])

    def _reason(self) -> str:
        thought = self._thought
        return thought.handoff.reason if thought.handoff else thought.triage.reason

    def _record(self, sent: Sequence[Message], ticket: Ticket | None) -> None:
        thought, at = self._thought, self._at
        candidates, certainty = _candidates(thought), _certainty(thought)
        nearest = candidates[0]["entry"] if candidates else None
        answered = thought.answers[0].entry if sent else None
        self._session.add(
            Decision(
                message_id=self._message.id,
                launch_id=self._launch.id,
                at=at,
                outcome=thought.outcome,
                reason=reason_of(thought),
                certainty=certainty,
                severity=ticket.severity if ticket else int(thought.triage.severity),
                severity_reason=ticket.severity_reason if ticket else thought.triage.reason,
                mode=self._launch.acting_mode,
                via=thought.parts[0].known.finding.via if thought.parts else "none",
                candidates=candidates,
                considered=kept(explained(thought)),
                asked_for=asked_for(answered, nearest, certainty),
                entry_version_id=sent[0].entry_version_id if sent else None,
                ticket_id=ticket.id if ticket else None,
                ticket_card=card_of(self._session, ticket) if ticket else None,
            )
        )


def card_of(session: Session, ticket: Ticket) -> dict[str, Any]:
    """Return what the customer was shown of the ticket at this moment, times in UTC."""
    return {
        "number": ticket.number,
        "severity": ticket.severity,
        "severity_words": Severity(ticket.severity).words,
        "acknowledged_at": _iso(ticket.acknowledged_at) if ticket.acknowledged_at else None,
        "owner": ticket.owner.first_name if ticket.owner else "the team",
        "taken": taken_by(ticket) is not None,
        "promises": [
            {"kind": promise.kind, "due_at": _iso(promise.due_at)} for promise in ticket.promises
        ],
        "others": repeats.others(session, ticket),
    }


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _certainty(thought: Thought) -> float:
    for decided in (*thought.answers, thought.handoff, thought.clarification):
        if decided is not None:
            return decided.certainty
    return 0.0


def _candidates(thought: Thought) -> list[dict[str, Any]]:
    """Return what the first question came near and, of several, what would answer the others."""
    if not thought.parts:
        return []
    first = worth_keeping(thought.parts[0].known)
    matches, answers = {match.entry: match for match in first}, {}
    for part in thought.parts if len(thought.parts) > 1 else ():
        if isinstance(part.decided, Answer):
            answers[part.decided.entry] = part.question
            matches |= {m.entry: m for m in part.known.finding.matches if m.entry in answers}
    return [_candidate(match, thought, answers) for match in matches.values()]


def _candidate(match: Match, thought: Thought, answers: Mapping[str, str]) -> dict[str, Any]:
    asked = {"answers": answers[match.entry]} if match.entry in answers else {}
    return {
        "entry": match.entry,
        "version_id": thought.versions.get(match.entry),
        "score": round(match.score, 4),
        "cosine": round(match.cosine, 4),
        "nearest": match.nearest,
        **asked,
    }
