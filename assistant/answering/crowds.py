"""Crowds: many who ask the same at once from one place may be one person with a script.

What is said here is a warning for the lead who looks at a suggestion, and what such a crowd is
worth in the ranking. It stops nobody from asking and changes no answer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

FEW = 5  # people; fewer are no crowd
ONE_PLACE = 8  # people from one network, from which on it may be a crowd: two large households
AT_ONCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact behind a suggestion; ``network`` is empty where it is not known."""

    at: datetime
    visitor: str
    channel: str
    network: str
    reason: str | None = None  # why an answer did not do


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who asked one question: from how many networks (where known), within which time."""

    people: int
    contacts: int
    networks: int
    placed: int  # contacts whose network is known
    first_at: datetime
    last_at: datetime

    @property
    def is_suspicious(self) -> bool:
        """Return whether most came from very few networks: ``ONE_PLACE`` or more from each."""
        if self.people < FEW or self.placed * 2 < self.contacts:
            return False
        per_network = self.people / max(1, self.networks)
        is_quick = self.last_at - self.first_at <= AT_ONCE
        return per_network >= (FEW if is_quick else ONE_PLACE)

    @property
    def worth(self) -> int:
        """Return how many contacts it counts as: each network of a suspicious crowd once."""
        if not self.is_suspicious:
            return self.contacts
        return self.networks + self.contacts - self.placed

    @property
    def warning(self) -> str:
        """Return what a lead should know, as ``1 network, 3 min``; empty when it looks usual."""
        if not self.is_suspicious:
            return ""
        networks = "1 network" if self.networks == 1 else f"{self.networks} networks"
        return f"{networks}, {in_words(self.last_at - self.first_at)}"


def in_words(time: timedelta) -> str:
    """Return a time in the largest unit that fits, at least a minute: ``3 min``, ``5 h``."""
    minutes = max(1, round(time.total_seconds() / 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{round(minutes / 60)} h" if minutes < 48 * 60 else f"{round(minutes / 1440)} days"
