"""What is kept of replays: each run, the questions that it changes, and a lead's word on breaks."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assistant.desk.messages import Message
from assistant.ground.database import Base
from assistant.ground.people import Person
from assistant.library.versions import EntryVersion


class Replay(Base):
    """One run of a version against the questions of its launch."""

    __tablename__ = "replays"

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("entry_versions.id"), index=True)
    content: Mapped[str]  # hash of the words that are replayed
    text: Mapped[str]  # of the answer then; a draft may be written on
    with_model: Mapped[bool]  # the model is asked about what changed
    # The version's id while it runs: of two starts at once the second finds the first.
    running: Mapped[int | None] = mapped_column(unique=True)
    started_at: Mapped[datetime]
    started_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    leased_until: Mapped[datetime | None]  # by the process that carries it out
    attempts: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    failed_because: Mapped[str] = mapped_column(default="")
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    made_for: Mapped[dict[str, Any]] = mapped_column(default=dict)  # ``made_now``, then
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # by category
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)  # Estimate
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changed: Mapped[int] = mapped_column(default=0)  # questions that a model would be asked about
    calls: Mapped[int] = mapped_column(default=0)  # of the model, for this replay
    version: Mapped[EntryVersion] = relationship()
    started_by: Mapped[Person] = relationship(foreign_keys=started_by_id)

    @property
    def is_running(self) -> bool:
        """Return whether it has not ended yet."""
        return self.running is not None

    @property
    def is_without(self) -> bool:
        """Return whether it asks what would be lost: it began when its version was approved."""
        approved = self.version.approved_at
        return approved is not None and approved <= self.started_at


class ReplayCase(Base):
    """One question of a replay that does not simply get what it got."""

    __tablename__ = "replay_cases"
    __table_args__ = (Index("ix_replay_cases_replay_id_category", "replay_id", "category"),)

    replay_id: Mapped[int] = mapped_column(ForeignKey("replays.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True, index=True)
    category: Mapped[str]
    before: Mapped[dict[str, Any]]  # {kind, entries: [{key, version}], certainty, reason}
    after: Mapped[dict[str, Any]]  # likewise; the replayed version is in it by its id
    why: Mapped[str] = mapped_column(default="")  # it is a break, in words
    message: Mapped[Message] = relationship()


class Override(Base):
    """A lead's word that known breaks are meant."""

    __tablename__ = "replay_overrides"
    __table_args__ = (UniqueConstraint("replay_id", "by_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    replay_id: Mapped[int] = mapped_column(ForeignKey("replays.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("entry_versions.id"), index=True)
    content: Mapped[str]  # of the words that it is about
    broken: Mapped[dict[str, Any]]  # {messages: [ids]} that it is about
    reason: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    by: Mapped[Person] = relationship()
