"""A launch that was asked before: the demo's library, and labelled questions as its past."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from assistant import demo
from assistant.answering.decisions import Decision
from assistant.answering.labels import Label, Source
from assistant.desk import conversations
from assistant.ground.parts import Parts
from assistant.ground.people import by_email
from assistant.launch.launches import by_key
from assistant.library import packs, stocking
from assistant.library.entries import of_launch
from knowledge.embedding import Embedder
from tests import cast

QUESTIONS = Path(__file__).parent / "journeys" / "questions"


def the_demo_shop(folder: Path, embedder: Embedder | None) -> Parts:
    """Return the demo's launch with its library approved, live, and nobody has asked yet."""
    parts = cast.empty_house(folder, at=cast.NOW)
    parts.embedder = embedder
    packs.bring_in(parts, demo.PACK, approve_as=demo.APPROVER, dry_run=False)
    stocking.warm(parts, demo.LAUNCH)
    return parts


def labelled(*names: str) -> list[dict[str, Any]]:
    """Return labelled questions, alternately from each file."""
    files = [yaml.safe_load((QUESTIONS / name).read_text("utf-8")) for name in names]
    return [one for several in zip(*files, strict=False) for one in several]


def were_asked(
    parts: Parts, items: Sequence[Mapping[str, Any]], *, judged_by: str = "amir@example.com"
) -> list[int]:
    """Write questions down as decided long ago, and what Amir said of the answerable; return ids.

    Nothing is thought, so that thousands take seconds. Every fifth comes in two messages.
    """
    at, ids = parts.clock.now(), []
    with parts.db.writing() as session:
        launch = by_key(session, demo.LAUNCH)
        amir = by_email(session, judged_by)
        versions = {entry.key: entry.newest.id for entry in of_launch(session, launch.id)}
        assert amir is not None
        for number, item in enumerate(items):
            audience = "everyone" if number % 7 else "business"
            talk, _ = conversations.begin(session, launch, at=at, audience=audience)
            words = (
                [item["question"]] if number % 5 else ["One more thing please", item["question"]]
            )
            for place, text in enumerate(words):
                message = talk.ask(session, text, key=f"k{place}", at=at)
                message.decided_at = at
            ids.append(message.id)
            session.add(a_decision(message.id, launch.id, at))
            if (entry := item.get("entry")) and isinstance(entry, str) and number % 3 == 0:
                session.add(a_label(message.id, launch.id, entry, versions[entry], amir.id, at))
    return ids


def a_decision(message_id: int, launch_id: int, at: Any) -> Decision:
    """Return that a question was handed to a person."""
    return Decision(
        message_id=message_id,
        launch_id=launch_id,
        at=at,
        outcome="handoff",
        reason="A person answered.",
        certainty=0.0,
        severity=3,
        severity_reason="",
        mode="auto",
        via="exact",
        candidates=[],
        considered={},
    )


def a_label(
    message_id: int, launch_id: int, entry: str, version_id: int, person_id: int, at: Any
) -> Label:
    """Return that a person sent an entry's text to a question."""
    return Label(
        launch_id=launch_id,
        message_id=message_id,
        at=at,
        source=Source.SENT,
        person_id=person_id,
        entry=entry,
        entry_version_id=version_id,
        right=True,
        wrong=[],
        first=entry,
        certainty=0.5,
        outcome="handoff",
        weight=1.0,
        facts={"mode": "auto"},
    )
