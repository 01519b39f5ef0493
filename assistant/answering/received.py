"""How each wording was received: sent, helped, not quite, and who came back with the same. Pure.

A version answers for what cited it, and for nothing else. Only what the assistant sent by itself is
compared: whom an agent or a broadcast tells was chosen, so those are counted apart.

Somebody *came back* who, after being told, asked about the same entry, the same scenario or in the
same repeat group again, or asked for a person in the same conversation. Each person counts once for
a version, from the first time they were told, and only when the whole time has passed since.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from assistant.answering.intervals import Share

DAY, THREE_DAYS = timedelta(hours=24), timedelta(hours=72)
NOBODY = Share(0, 0)


class Told(StrEnum):
    """Who told it."""

    ASSISTANT = "assistant"
    AGENT = "agent"
    BROADCAST = "broadcast"


@dataclass(frozen=True, slots=True)
class Telling:
    """One approved version, told to one person."""

    version_id: int
    message_id: int
    at: datetime
    person: str
    conversation: str
    entry: str
    scenario_id: int | None
    group_id: int | None  # of the question that it answered
    by: Told = Told.ASSISTANT
    helpful: bool | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """One time that a customer wrote."""

    message_id: int
    at: datetime
    person: str
    conversation: str
    entry: str | None  # what it is about, as far as that is known
    scenario_id: int | None
    group_id: int | None
    wants_person: bool = False  # a call for a person, with no question of its own

    def is_about(self, told: Telling) -> bool:
        """Return whether it comes back to what was told."""
        if self.wants_person:
            return self.conversation == told.conversation
        return (
            self.entry == told.entry
            or (self.group_id is not None and self.group_id == told.group_id)
            or (self.scenario_id is not None and self.scenario_id == told.scenario_id)
        )


@dataclass(frozen=True, slots=True)
class Received:
    """How one version was received, up to a moment."""

    sent: int = 0  # by the assistant itself
    people: int = 0  # whom the assistant told
    by_agents: int = 0
    by_broadcast: int = 0
    helped: int = 0  # of what the assistant sent
    not_quite: int = 0
    in_a_day: Share = NOBODY  # who came back within it
    in_three_days: Share = NOBODY

    @property
    def judged(self) -> Share:
        """Return how many said "not quite", of those who said anything."""
        return Share(self.not_quite, self.helped + self.not_quite)


def received(
    tellings: Sequence[Telling], contacts: Iterable[Contact], *, at: datetime
) -> dict[int, Received]:
    """Return how each version that was told was received, by its id."""
    of_each: dict[int, list[Telling]] = {}
    for told in sorted(tellings, key=lambda one: one.message_id):
        of_each.setdefault(told.version_id, []).append(told)
    by_person: dict[str, list[Contact]] = {}
    for contact in contacts:
        by_person.setdefault(contact.person, []).append(contact)
    return {version: _received(told, by_person, at) for version, told in of_each.items()}


def came_back(
    first: Iterable[Telling],
    contacts: Mapping[str, Sequence[Contact]],
    within: timedelta,
    *,
    at: datetime,
) -> Share:
    """Return who came back ``within`` that time, of those for whom it has passed by ``at``."""
    whole = [told for told in first if told.at + within <= at]
    back = [told for told in whole if _is_back(told, contacts.get(told.person, ()), within)]
    return Share(len(back), len(whole))


def _received(
    tellings: Sequence[Telling], contacts: Mapping[str, Sequence[Contact]], at: datetime
) -> Received:
    own = [told for told in tellings if told.by is Told.ASSISTANT]
    first = {told.person: told for told in reversed(own)}.values()
    return Received(
        sent=len(own),
        people=len(first),
        by_agents=sum(told.by is Told.AGENT for told in tellings),
        by_broadcast=sum(told.by is Told.BROADCAST for told in tellings),
        helped=sum(told.helpful is True for told in own),
        not_quite=sum(told.helpful is False for told in own),
        in_a_day=came_back(first, contacts, DAY, at=at),
        in_three_days=came_back(first, contacts, THREE_DAYS, at=at),
    )


def _is_back(told: Telling, contacts: Sequence[Contact], within: timedelta) -> bool:
    # The clock may show the same moment for both; a later message has a higher number.
    return any(
        told.message_id < contact.message_id
        and contact.at <= told.at + within
        and contact.is_about(told)
        for contact in contacts
    )
