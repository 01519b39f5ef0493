"""The outbox: what is to reach somebody outside is written down beside the fact that causes it.

A row put in the transaction of a ticket or a message exists exactly when they do; ``delivery``
carries it out afterwards, as often as it takes. So nothing is lost when a process dies or a target
is down, and a target may hear the same ``event_id`` twice but never of something that was undone.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, cast, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.ground.audit import happened
from assistant.ground.database import Base
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import Person

KEPT_FOR = timedelta(days=30)  # the words of what was delivered; the fact stays


class Undeliverable(Exception):
    """A target did not take it.

    ``permanent``: it never will, so it is a dead letter at once. ``everybody``: no target of this
    kind can be reached at the moment, for example because the mail server is down.
    """

    def __init__(self, words: str, *, permanent: bool = False, everybody: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.permanent = permanent
        self.everybody = everybody


class Outgoing(Base):
    """One thing for one target. ``next_try_at`` is None once nothing more is tried."""

    __tablename__ = "outgoing"
    __table_args__ = (
        UniqueConstraint("kind", "target", "key"),
        Index("ix_outgoing_lane", "kind", "target", "lane", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]  # which deliverer: mail, jira, slack, webhook
    target: Mapped[str]  # an address, or the id of a connection
    lane: Mapped[str]  # what one target must hear in order, such as one ticket; "": no order
    key: Mapped[str]  # the same kind, target and key: the same thing, put once
    event_id: Mapped[str] = mapped_column(unique=True)  # the same at every try
    body: Mapped[dict[str, Any]]
    enqueued_at: Mapped[datetime]
    trying_since: Mapped[datetime]
    next_try_at: Mapped[datetime | None] = mapped_column(index=True)
    leased_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None] = mapped_column(index=True)
    last_error: Mapped[str] = mapped_column(default="")
    launch_id: Mapped[int | None] = mapped_column(ForeignKey("launches.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)

    @property
    def is_waiting(self) -> bool:
        """Return whether it is still to be delivered."""
        return self.next_try_at is not None

    def die(self, session: Session, why: str, *, at: datetime) -> None:
        """Give up on it until a person replays it; the launch's history says so."""
        self.dead_at, self.next_try_at, self.leased_until = at, None, None
        self.last_error = why
        self._record(session, "dead", by="outbox", at=at, why=why)

    def revive(self, session: Session, *, by: Person, at: datetime) -> None:
        """Let a dead letter be tried for three more days, under the same event id.

        Raises:
            Refused: when it is not dead.
        """
        if self.dead_at is None:
            raise Refused("This is not a dead letter.", what_to_do="Load it again.")
        self.dead_at, self.trying_since, self.next_try_at = None, at, at
        self._record(session, "replayed", by=by, at=at)

    def drop(self, session: Session, *, by: Person, at: datetime) -> None:
        """Let a dead letter rest: nobody needs it any more.

        Raises:
            Refused: when it is not dead.
        """
        if self.dead_at is None:
            raise Refused("This is not a dead letter.", what_to_do="Load it again.")
        self.dead_at, self.withdrawn_at = None, at
        self._record(session, "dropped", by=by, at=at)

    def _record(
        self, session: Session, what: str, *, by: Person | str, at: datetime, **details: Any
    ) -> None:
        happened(
            session,
            f"delivery.{what}",
            at=at,
            by=by,
            launch_id=self.launch_id,
            ticket_id=self.ticket_id,
            outgoing=self.id,
            channel=self.kind,
            **details,
        )


def put(
    session: Session,
    *,
    kind: str,
    target: str,
    body: dict[str, Any],
    at: datetime,
    key: str,
    lane: str = "",
    launch_id: int | None = None,
    ticket_id: int | None = None,
    not_before: datetime | None = None,
) -> Outgoing | None:
    """Write down that ``body`` is to reach ``target``; None when this key was put there before.

    Rows of one ``lane`` of a target arrive in the order they were put. ``not_before`` leaves time
    to ``withdraw`` it. ``body`` is plain JSON and reaches the deliverer as it is.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    row = {
        "kind": kind,
        "target": target,
        "lane": lane,
        "key": key,
        "event_id": f"evt_{uuid.uuid4().hex}",
        "body": body,
        "enqueued_at": at,
        "trying_since": not_before or at,
        "next_try_at": not_before or at,
        "tries": 0,
        "last_error": "",
        "launch_id": launch_id,
        "ticket_id": ticket_id,
    }
    statement = insert(Outgoing).values(row).on_conflict_do_nothing().returning(Outgoing)
    return session.scalar(statement)


def withdraw(session: Session, *, kind: str, key_prefix: str, at: datetime) -> int:
    """Take back what waits and whose key begins so; return how many are certainly not sent.

    What is on its way at this moment may arrive, and is then kept as delivered; it is not tried
    again.
    """
    mine = (
        Outgoing.kind == kind,
        Outgoing.key.startswith(key_prefix, autoescape=True),
        Outgoing.next_try_at.is_not(None),
    )
    on_its_way = select(func.count()).select_from(Outgoing).where(*mine, Outgoing.leased_until > at)
    away = session.scalar(on_its_way) or 0
    taken = session.execute(update(Outgoing).where(*mine).values(withdrawn_at=at, next_try_at=None))
    return int(getattr(taken, "rowcount", 0)) - away


def this_letter(session: Session, outgoing_id: int, launch_id: int) -> Outgoing:
    """Return one row of a launch. Raises NotFound when it is none of this launch."""
    row = session.get(Outgoing, outgoing_id)
    if row is None or row.launch_id != launch_id:
        raise NotFound("There is no such delivery.", what_to_do="Look at the list again.")
    return row


def of_ticket(session: Session, ticket_id: int, *kinds: str) -> Sequence[Outgoing]:
    """Return what was put for a ticket, of these kinds, oldest first."""
    query = select(Outgoing).where(Outgoing.ticket_id == ticket_id, Outgoing.kind.in_(kinds))
    return session.scalars(query.order_by(Outgoing.id)).all()


def dead_letters(session: Session, launch_id: int, *, most: int = 100) -> Sequence[Outgoing]:
    """Return a launch's dead letters, newest first."""
    mine = (Outgoing.launch_id == launch_id, Outgoing.dead_at.is_not(None))
    return session.scalars(
        select(Outgoing).where(*mine).order_by(Outgoing.dead_at.desc()).limit(most)
    ).all()


def waiting(session: Session, launch_id: int, *, most: int = 100) -> Sequence[Outgoing]:
    """Return what a launch has still to deliver, what waits longest first."""
    mine = (Outgoing.launch_id == launch_id, Outgoing.next_try_at.is_not(None))
    query = select(Outgoing).where(*mine).order_by(Outgoing.trying_since, Outgoing.id)
    return session.scalars(query.limit(most)).all()


@dataclass(frozen=True, slots=True)
class Standing:
    """How the outbox is: how much is overdue, since when, and how many letters are dead."""

    overdue: int
    oldest: datetime | None
    dead: int


def standing(session: Session, *, at: datetime, launch_id: int | None = None) -> Standing:
    """Return how the outbox, or a launch's part of it, is at ``at``."""
    ours = () if launch_id is None else (Outgoing.launch_id == launch_id,)
    due = (Outgoing.next_try_at.is_not(None), Outgoing.trying_since <= at, *ours)
    overdue, oldest = session.execute(
        select(func.count(), func.min(Outgoing.trying_since)).where(*due)
    ).one()
    dead = select(func.count()).select_from(Outgoing).where(Outgoing.dead_at.is_not(None), *ours)
    return Standing(overdue, oldest, session.scalar(dead) or 0)


def forget(session: Session, *, at: datetime) -> int:
    """Empty what was delivered or withdrawn long ago; its row stays, so that no key comes twice."""
    long_ago = at - KEPT_FOR
    old = (Outgoing.delivered_at < long_ago) | (Outgoing.withdrawn_at < long_ago)
    full = cast(Outgoing.body, String) != "{}"  # PostgreSQL compares no JSON with JSON
    emptied = session.execute(update(Outgoing).where(old, full).values(body={}))
    return int(getattr(emptied, "rowcount", 0))
