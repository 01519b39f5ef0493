"""The gate: the last look before a customer sees text, whatever the channel.

The index proposes, the database disposes. Nothing passes because it was found; it passes because
a person approved it, it belongs to this launch and this audience, and it is valid at this moment.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assistant.desk.conversations import EVERYONE
from assistant.ground.database import sha256
from assistant.library.entries import Entry
from assistant.library.liveness import is_live
from assistant.library.versions import EntryVersion


def passed(
    session: Session, version_id: int, *, launch_id: int, audience: str, at: datetime
) -> EntryVersion | None:
    """Return the version to send byte for byte, or nothing when it may not be sent.

    Call it in the transaction that sends, so that a withdrawal is either before or after it.
    """
    query = (
        select(EntryVersion)
        .join(EntryVersion.entry)
        .where(
            EntryVersion.id == version_id,
            Entry.launch_id == launch_id,
            EntryVersion.audience.in_((EVERYONE, audience)),
            is_live(at),
        )
        .options(joinedload(EntryVersion.entry))
        # Where there are several writers, a withdrawal waits until what was let through is sent.
        .with_for_update(read=True, of=(Entry, EntryVersion))
        .execution_options(populate_existing=True)
    )
    version = session.scalar(query)
    if version is None or version.sha256 != sha256(version.text) or version.unfilled():
        return None
    return version
