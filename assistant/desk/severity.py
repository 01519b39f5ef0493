"""How bad it is for the customer. 1 is worst."""

from enum import IntEnum


class Severity(IntEnum):
    """Impact, not mood: blockers of access, payment and core workflow come first."""

    BLOCKED = 1
    PAINFUL = 2
    MINOR = 3

    @property
    def label(self) -> str:
        """Return the short name staff use."""
        return f"Sev {self.value}"

    @property
    def words(self) -> str:
        """Return what a customer reads on the ticket."""
        return WORDS[self]

    def is_worse_than(self, other: "Severity | int") -> bool:
        """Return whether this one comes before ``other`` in the queue."""
        return int(self) < int(other)

    def worst(self, other: "Severity | int") -> "Severity":
        """Return the worse of the two."""
        return Severity(min(int(self), int(other)))


WORDS = {
    Severity.BLOCKED: "You’re blocked: a person answers first",
    Severity.PAINFUL: "This gets in your way: a person answers today",
    Severity.MINOR: "This can wait a little: a person answers",
}
