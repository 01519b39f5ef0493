"""Connections of a launch: the Jira project, the Slack channel and the webhooks it tells things.

Secrets are sealed before they come here and shown to nobody again.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.ground.audit import happened, newest_id
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person
from assistant.launch.launches import Launch

LONGEST = 200  # characters of a name or a setting; an address may be longer
LONGEST_ADDRESS = 2_000


class Channel(StrEnum):
    """Which system it is; also the kind of the outbox's rows."""

    JIRA = "jira"
    SLACK = "slack"
    WEBHOOK = "webhook"


EVENTS = {  # what a connection may be told, in the order of a form
    "ticket.opened": "A ticket is opened",
    "ticket.assigned": "A ticket gets an owner",
    "ticket.escalated": "A ticket is escalated",
    "ticket.replied": "A person replies",
    "ticket.promise-broken": "A promise is broken",
    "ticket.resolved": "A ticket is resolved",
    "ticket.reopened": "A ticket is opened again",
    "ticket.handed-over": "A ticket is handed to engineering",
    "broadcast.sent": "A broadcast is sent",
    "entry.recalled": "An entry is recalled",
}
MUST_SAY = {  # what each needs, and the words for it
    Channel.JIRA: {"base_url": "address", "project": "project", "account": "account"},
    Channel.SLACK: {},
    Channel.WEBHOOK: {"url": "address"},
}


class Connection(Base):
    """One target of a launch. ``settings`` may be read by any lead, ``secret`` is sealed."""

    __tablename__ = "connections"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    channel: Mapped[str]
    name: Mapped[str]
    settings: Mapped[dict[str, Any]]
    events: Mapped[list[str]]
    secret: Mapped[str]
    hook_secret: Mapped[str]  # for what it sends to us; "": it sends nothing
    since_event_id: Mapped[int]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(nullable=False)
    __mapper_args__ = {"version_id_col": version}

    @property
    def target(self) -> str:
        """Return what the outbox calls it."""
        return str(self.id)

    def change(
        self,
        session: Session,
        *,
        settings: dict[str, Any],
        events: Sequence[str],
        secret: str,
        by: Person,
        at: datetime,
    ) -> None:
        """Use other settings and, unless it is empty, another sealed secret from now on.

        Raises:
            Refused: when something that it needs is missing, or a secret would go elsewhere.
        """
        _must_be_whole(Channel(self.channel), settings, secret or self.secret)
        # Whoever may change an address must not have a secret sent there that they do not know.
        if not secret and settings.get("base_url") != self.settings.get("base_url"):
            raise Refused(
                "The secret was given for another address.", what_to_do="Enter it once more."
            )
        self.settings, self.events = settings, _known(events)
        self.secret = secret or self.secret
        self._record(session, "changed", by=by, at=at)

    def expect_signed_by(
        self, session: Session, hook_secret: str, *, by: Person, at: datetime
    ) -> None:
        """Believe only what is signed with this sealed secret from now on."""
        self.hook_secret = hook_secret
        self._record(session, "hook-secret-renewed", by=by, at=at)

    def remove(self, session: Session, *, by: Person, at: datetime) -> None:
        """Tell it nothing more; what waits for it becomes a dead letter."""
        if self.removed_at is None:
            self.removed_at, self.secret, self.hook_secret = at, "", ""
            self._record(session, "removed", by=by, at=at)

    def _record(self, session: Session, what: str, *, by: Person, at: datetime) -> None:
        happened(
            session,
            f"connection.{what}",
            at=at,
            by=by,
            launch_id=self.launch_id,
            connection=self.name,
            channel=self.channel,
        )


def connect(
    session: Session,
    launch: Launch,
    channel: Channel,
    *,
    name: str,
    settings: dict[str, Any],
    events: Sequence[str] = (),
    secret: str,
    hook_secret: str = "",
    by: Person,
    at: datetime,
) -> Connection:
    """Return a new connection, which is told what happens from now on. Secrets come sealed.

    Raises:
        Refused: when something that it needs is missing, or its name is taken.
    """
    name = " ".join(name.split())[:LONGEST]
    if not name:
        raise Refused("A connection has a name.", what_to_do="Call it what your team calls it.")
    if any(each.name.lower() == name.lower() for each in of_launch(session, launch.id)):
        raise Refused(f"There is a connection “{name}”.", what_to_do="Give this another name.")
    _must_be_whole(channel, settings, secret)
    made = Connection(
        launch_id=launch.id,
        channel=channel,
        name=name,
        settings=settings,
        events=_known(events),
        secret=secret,
        hook_secret=hook_secret,
        since_event_id=newest_id(session),
        created_at=at,
    )
    session.add(made)
    session.flush()
    made._record(session, "made", by=by, at=at)
    return made


def _must_be_whole(channel: Channel, settings: dict[str, Any], secret: str) -> None:
    missing = [words for key, words in MUST_SAY[channel].items() if not settings.get(key)]
    if not secret:
        missing.append("secret")
    if missing:
        raise Refused(
            f"Still missing: {', '.join(missing)}.", what_to_do="Fill that in and save again."
        )


def _known(events: Sequence[str]) -> list[str]:
    return [event for event in EVENTS if event in events]


def of_launch(session: Session, launch_id: int, *channels: Channel) -> Sequence[Connection]:
    """Return a launch's connections, by name."""
    query = select(Connection).where(
        Connection.launch_id == launch_id, Connection.removed_at.is_(None)
    )
    if channels:
        query = query.where(Connection.channel.in_(channels))
    return session.scalars(query.order_by(Connection.name)).all()


def of_id(session: Session, connection_id: int, launch_id: int) -> Connection:
    """Return one connection of a launch. Raises NotFound when it is none, or was removed."""
    found = session.get(Connection, connection_id)
    if found is None or found.launch_id != launch_id or found.removed_at is not None:
        raise NotFound("There is no such connection.", what_to_do="Look at the list again.")
    return found
