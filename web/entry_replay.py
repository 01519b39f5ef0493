"""What the newest version of an entry would have answered, as library/_replay.html shows it."""

from typing import Any

from web.entry_seen import Seen
from web.replay_pages import summary


def replay_below(seen: Seen) -> dict[str, Any]:
    """Return what library/_replay.html shows: the newest version against every real question."""
    return {
        "replay": summary(seen.session, seen.launch, seen.entry, person=seen.person, at=seen.at)
    }
