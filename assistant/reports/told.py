"""Whether each update came when the one before had promised it. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from assistant.desk.promises import in_words
from assistant.launch.updates import Update


def kept_words(told: Sequence[Update]) -> dict[int, str]:
    """Return, for each update whose successor is there, whether its promise was kept, in words.

    ``told`` is newest first. An update that named no time promised none.
    """
    pairs = zip(told[1:], told, strict=False)
    return {
        update.id: _kept(after.published_at - update.next_update_at)
        for update, after in pairs
        if update.next_update_at is not None
    }


def _kept(late: timedelta) -> str:
    is_late = late >= timedelta(minutes=1)
    return f"the next came {in_words(late)} late" if is_late else "the next came in time"
