"""Ghostwriting: what the model drafts for a lead out of a suggestion: title, phrasings, four parts.

It reads redacted questions and agents' replies, and nothing that the assistant said. Every line
names the messages it rests on; one that names none, holds what could become a link, or a number
that is in none of its sources, is left out and counted. Nothing here is published or sent.
"""

import json
import random
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering.beginnings import titled
from assistant.answering.drafting import CUT_AT, OUTPUT_TOKENS, SECONDS, Line, lines
from assistant.answering.handling import wordings_of
from assistant.answering.select import UNGUESSABLE, flat, words_for
from assistant.answering.suggestions import Suggestion
from assistant.desk.messages import Message
from assistant.ground.deadline import Deadline
from assistant.ground.llm import Failure
from assistant.ground.parts import Parts
from assistant.ground.people import Person
from assistant.ground.redacting import redacted
from knowledge.normalise import fingerprint

QUESTIONS = 20  # different ways of asking that the model reads, the newest
REPLIES = 8  # different wordings of agents, the best received
PARTS = ("why_now", "what_to_do", "safe_to_continue", "next_update")
NUMBERS = re.compile(r"\d[\d.,:/-]*\d|\d")


class Written(BaseModel):
    """What the model returns: lines, each with the names of its messages in front."""

    model_config = ConfigDict(extra="ignore", strict=True)

    title: list[str]
    phrasings: list[str]
    why_now: list[str]
    what_to_do: list[str]
    safe_to_continue: list[str]
    next_update: list[str]


@dataclass(frozen=True, slots=True)
class Source:
    """One redacted message that the model reads."""

    message_id: int
    by: str  # customer or agent
    text: str


def ghostwrite(parts: Parts, suggestion_id: int, *, by: Person) -> Failure | None:
    """Let the model draft a suggestion; nothing when there is a draft now, else why not.

    Waits for the model without a transaction, ``SECONDS`` at the longest.
    """
    if parts.model is None:
        return Failure("off")
    with parts.db.reading() as session:
        found = session.get_one(Suggestion, suggestion_id)
        found.must_be_open()
        launch_id, sources = found.launch_id, sources_of(session, found)
    named = dict(zip(words_for(len(sources), UNGUESSABLE), sources, strict=True))
    reply = parts.model.ask(
        instruction(),
        material(named, UNGUESSABLE),
        Written,
        by=Deadline.after(SECONDS, time.monotonic),
        launch_id=launch_id,
        output_tokens=OUTPUT_TOKENS,
    )
    if isinstance(reply, Failure):
        return reply
    kept = _kept(reply.parsed, named, reply.model, parts.clock.now())
    with parts.db.writing() as session:
        found = session.get_one(Suggestion, suggestion_id)
        found.must_be_open()
        found.model_draft = kept
        found.record(
            session,
            "ghostwritten",
            by=by,
            at=parts.clock.now(),
            model=reply.model,
            left_out=kept["left_out"],
        )
    return None


def sources_of(session: Session, found: Suggestion) -> list[Source]:
    """Return what the model may read: different questions, newest first, then agents' replies."""
    query = (
        select(Message.id, Message.text)
        .where(Message.group_id == found.group_id)
        .order_by(Message.id.desc())
        .limit(10 * QUESTIONS)
    )
    asked: dict[str, Source] = {}
    for id_, text in session.execute(query):
        asked.setdefault(fingerprint(text), Source(id_, "customer", redacted(text)))
    replies = [
        Source(wording.said[0].message_id, "agent", wording.text)
        for wording in wordings_of(session, found)[:REPLIES]
    ]
    return [*list(asked.values())[:QUESTIONS], *replies]


def _kept(said: Written, named: Mapping[str, Source], model: str, at: datetime) -> dict[str, Any]:
    texts = {source.message_id: source.text for source in named.values()}
    of_agents = {s.message_id for s in named.values() if s.by == "agent"}
    names = {name: source.message_id for name, source in named.items()}
    told = {part: getattr(said, part) for part in PARTS}
    kept = {
        part: [line for line in lines(given, names) if is_backed(line, texts, of_agents)]
        for part, given in told.items()
    }
    title = [line for line in lines(said.title, names) if is_backed(line, texts)]
    ways = [line for line in lines(said.phrasings, names) if is_backed(line, texts)]
    given = len(said.title) + len(said.phrasings) + sum(map(len, told.values()))
    left_out = given - len(title) - len(ways) - sum(map(len, kept.values()))
    return {
        "title": titled(title[0].text) if title else "",
        "phrasings": [line.text for line in ways],
        "parts": {part: [_as_json(line) for line in found] for part, found in kept.items()},
        "left_out": left_out,
        "model": model,
        "made_at": at.isoformat(),
    }


def is_backed(
    line: Line, texts: Mapping[int, str], of_agents: set[int] | frozenset[int] | None = None
) -> bool:
    """Return whether every number of a line is in its sources, and an agent's is among them.

    Without ``of_agents`` customers' words are enough: a phrasing is one.
    """
    if of_agents is not None and not of_agents & set(line.sources):
        return False
    known = {number for id_ in line.sources for number in NUMBERS.findall(texts[id_])}
    return all(number in known for number in NUMBERS.findall(line.text))


def _as_json(line: Line) -> dict[str, Any]:
    return {"text": line.text, "sources": list(line.sources)}


@cache
def instruction() -> str:
    """The instruction, from ``prompts/ghostwrite.md``."""
    return (resources.files(__package__) / "prompts" / "ghostwrite.md").read_text(encoding="utf-8")


def material(named: Mapping[str, Source], rng: random.Random) -> str:
    """Questions and replies as marked lines that no content can leave."""
    mark = words_for(1, rng)[0]
    said = [
        json.dumps({"id": name, "by": s.by, "text": flat(s.text)[:CUT_AT]}, ensure_ascii=False)
        for name, s in named.items()
    ]
    return "\n".join([f"SOURCES {mark}", *said, f"END {mark}"])


def words_of(kept: Mapping[str, Any]) -> Sequence[tuple[str, list[dict[str, Any]]]]:
    """Return the parts of a model's draft that have words, in the order of a message."""
    return [(part, kept["parts"][part]) for part in PARTS if kept["parts"].get(part)]
