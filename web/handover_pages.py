"""What an owner leaves for the next one, as desk/_handover.html and desk/_open_now.html show it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.desk import handovers
from assistant.ground.people import Person
from assistant.launch.launches import Launch
from assistant.launch.roster import moment_words


def waiting_handover(
    session: Session, launch: Launch, person: Person, *, at: datetime
) -> dict[str, Any] | None:
    """Return the note that ``person``, who has the shift now, has not read yet, or nothing."""
    found = handovers.waiting(session, launch.id, person, at=at)
    if found is None:
        return None
    return {
        "by": found.by.name,
        "at": found.written_at,
        "text": found.text,
        "open": open_words(found.situation, launch),
        "action": f"/launches/{launch.key}/handovers/{found.id}",
    }


def open_words(situation: Mapping[str, Any], launch: Launch) -> dict[str, Any]:
    """Return what stands or stood open, its times as people of the launch read them."""
    return {
        **situation,
        "due": [
            {**each, "at": moment_words(datetime.fromisoformat(each["at"]), launch.zone)}
            for each in situation["due"]
        ],
    }
