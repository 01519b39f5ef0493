"""What other systems tell us by signed webhook, each thing once: an issue's new status."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.desk.engineering import Issue
from assistant.desk.tickets import Ticket
from assistant.ground.database import Base
from assistant.ground.errors import Declined
from assistant.ground.parts import Parts
from assistant.ground.sealing import Unsealable, unseal
from assistant.ground.settings import Settings
from assistant.integrations.webhooks import Verified, new_secret, verified
from assistant.launch.connections import Channel, Connection

KEPT_FOR = timedelta(days=7)  # of the keys; longer than any signed time is believed
LONGEST_STATUS = 80  # characters
NOBODY_S = new_secret()  # compared with where there is no connection, so that it takes as long


class NotSigned(Declined):
    """Nobody we know has signed this now (401)."""

    status = 401


class ReceivedHook(Base):
    """One thing that a connection told us, by what tells it apart."""

    __tablename__ = "received_hooks"
    __table_args__ = (UniqueConstraint("connection_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id"))
    key: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(index=True)


def received(
    session: Session,
    settings: Settings,
    connection_id: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    at: datetime,
) -> None:
    """Take in what a Jira tells, once; what is about an issue nobody handed over is let be.

    Raises:
        NotSigned: when it is not signed by this connection, or not now. Whether there is such a
            connection cannot be told from the answer.
    """
    connection = session.get(Connection, connection_id)
    told = verified(_secret(settings, connection), headers, body, at=at)
    if told is None or connection is None:
        raise NotSigned("This is not signed as we know it.", what_to_do="Check secret and clock.")
    if connection.channel == Channel.JIRA and _is_first(session, connection.id, told.key, at):
        _apply(session, connection, told)


def _secret(settings: Settings, connection: Connection | None) -> str:
    if connection is None or connection.removed_at is not None or not connection.hook_secret:
        return NOBODY_S
    try:
        return unseal(settings, connection.hook_secret)
    except Unsealable:
        return NOBODY_S


def _is_first(session: Session, connection_id: int, key: str, at: datetime) -> bool:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    row = {"connection_id": connection_id, "key": key, "received_at": at}
    first = insert(ReceivedHook).values(row).on_conflict_do_nothing().returning(ReceivedHook.id)
    return session.scalar(first) is not None


def _apply(session: Session, connection: Connection, told: Verified) -> None:
    issue_key, status, is_done = _status(told.content)
    mine = (Issue.connection_id == connection.id, Issue.key == issue_key)
    issue = session.scalar(select(Issue).where(*mine).with_for_update()) if issue_key else None
    if issue is None or not status:
        return
    ticket = session.get_one(Ticket, issue.ticket_id)
    issue.moved(session, ticket, status=status, is_done=is_done, at=_time(told))


def _status(content: Mapping[str, Any]) -> tuple[str, str, bool]:
    """Return issue key, status and whether that is an end, from what Jira sends; or blanks."""
    issue = _of(content, "issue")
    status = _of(_of(issue, "fields"), "status")
    key, name = issue.get("key"), status.get("name")
    if not isinstance(key, str) or not isinstance(name, str) or len(key) > LONGEST_STATUS:
        return "", "", False
    is_done = _of(status, "statusCategory").get("key") == "done"
    storable = (key + name).encode("utf-8", "replace").decode() == key + name
    if not storable or "\x00" in key + name:
        return "", "", False
    return key, " ".join(name.split())[:LONGEST_STATUS], is_done


def _of(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _time(told: Verified) -> datetime:
    # Jira says in the body when it happened; its tries may overtake each other.
    millis = told.content.get("timestamp")
    if type(millis) is int and 0 < millis < 10**14:
        return min(datetime.fromtimestamp(millis / 1000, UTC), told.sent_at)
    return told.sent_at


def forget_received(parts: Parts) -> int:
    """Forget the keys of what came long ago; return how many."""
    long_ago = parts.clock.now() - KEPT_FOR
    with parts.db.writing() as session:
        gone = session.execute(delete(ReceivedHook).where(ReceivedHook.received_at < long_ago))
        return int(getattr(gone, "rowcount", 0))
