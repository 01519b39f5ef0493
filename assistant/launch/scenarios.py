"""Scenarios: the moments of doubt expected at this launch, in customers' words."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.ground.database import Base
from assistant.ground.people import Person


class Category(StrEnum):
    """Which part of a customer's life it touches, gravest first."""

    ACCESS = "access"
    BILLING = "billing"
    CORE_WORKFLOW = "core-workflow"
    COSMETIC = "cosmetic"


class Decider(StrEnum):
    """The three things somebody decides for each scenario."""

    CONFIRMS_EXPECTED = "confirms_expected"
    APPROVES_MESSAGES = "approves_messages"
    TRIGGERS_ROLLBACK = "triggers_rollback"


class Scenario(Base):
    """One moment of doubt, with its owner and the way up."""

    __tablename__ = "scenarios"
    __table_args__ = (UniqueConstraint("launch_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    launch_id: Mapped[int] = mapped_column(ForeignKey("launches.id"), index=True)
    key: Mapped[str]
    title: Mapped[str]
    expected_before: Mapped[str]
    why_in_doubt: Mapped[str]
    category: Mapped[str]
    severity: Mapped[int]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    deciders: Mapped[dict[str, Any]]  # Decider -> e-mail
    escalation: Mapped[list[dict[str, Any]]]  # [{after_minutes, to}]
    owner: Mapped[Person | None] = relationship()

    def missing(self) -> list[str]:
        """Return what nobody has decided about it yet, in words."""
        gaps = [] if self.owner_id else ["an owner"]
        if not self.escalation:
            gaps.append("an escalation path")
        gaps.extend(
            f"somebody who {decider.replace('_', ' ')}"
            for decider in Decider
            if not self.deciders.get(decider)
        )
        return gaps

    def is_decided_by(self, person: Person, decider: Decider) -> bool:
        """Return whether ``person`` decides this; where nobody is named, any lead does."""
        named = self.deciders.get(decider)
        return person.is_any() or named is None or named == person.email


def of_launch(session: Session, launch_id: int) -> dict[str, Scenario]:
    """Return the launch's scenarios by key."""
    found = session.scalars(
        select(Scenario).where(Scenario.launch_id == launch_id).order_by(Scenario.key)
    )
    return {scenario.key: scenario for scenario in found}
