"""What the newest version of an entry would have answered, as library/_replay.html shows it."""

from typing import Any

from web.entry_seen import Seen


def replay_below(seen: Seen) -> dict[str, Any]:
    """Return what library/_replay.html shows; nothing before it was run."""
    return {"replay": None}
