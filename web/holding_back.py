"""Holding a reply back: what the guard objects to, and sending it anyway with a reason."""

from dataclasses import dataclass

from assistant.answering import recalled_words
from assistant.desk.messages import Said
from assistant.desk.reply_guard import Around, Objection, objections, too_long
from assistant.desk.strangers import strangers
from assistant.desk.tickets import Ticket
from assistant.library.versions import EntryVersion
from web.shell import Visit, Words

APART = "\n"  # between the objections that a form overrides


@dataclass(frozen=True, slots=True)
class Anyway:
    """Which objections somebody has read, and why they send it all the same."""

    overrides: Words = ""
    override_reason: Words = ""


@dataclass(frozen=True, slots=True)
class Held:
    """Why a reply was not sent; ``overrides`` is what a form says to send it anyway."""

    objections: tuple[Objection, ...]
    needs_reason: bool = False

    @property
    def is_soft(self) -> bool:
        """Return whether a reason is enough to send it."""
        return all(each.soft for each in self.objections)

    @property
    def overrides(self) -> str:
        """Return what was objected to, for the form."""
        return APART.join(each.kind for each in self.objections)


def held_back(
    agent: Visit, ticket: Ticket, text: str, base: EntryVersion | None, anyway: Anyway
) -> Held | None:
    """Return why ``text`` is not sent; nothing when it may be.

    An approved text that nobody has changed was read by a lead, so it is not looked at again.
    What is overridden is only what was shown: an objection that came since is shown first.
    """
    if base is not None and text.strip() == base.text:
        return None
    notes = tuple(s.text for s in ticket.conversation.messages if s.kind == Said.NOTE)
    if (long := too_long(text)) is not None:
        return Held((long,))
    others = strangers(agent.session, ticket, text)
    again = recalled_words.objections(agent.session, ticket.launch_id, text, base=base)
    around = Around(notes, tuple(ticket.launch.internal_words), others)
    found = sorted([*again, *objections(text, around)], key=lambda each: each.soft)
    known = set(anyway.overrides.split(APART))
    if all(each.soft and each.kind in known for each in found):
        return Held(tuple(found), True) if found and not anyway.override_reason.strip() else None
    return Held(tuple(found))


def note_held_back(text: str) -> Held | None:
    """Return why an internal note is not kept: only when it is too long."""
    long = too_long(text)
    return Held((long,)) if long else None


def note_override(agent: Visit, ticket: Ticket, anyway: Anyway) -> None:
    """Write down what was overridden and why, beside the reply that is sent."""
    if anyway.overrides.strip() and anyway.override_reason.strip():
        ticket.record(
            agent.session,
            "guard-overridden",
            by=agent.by,
            at=agent.at,
            objections=anyway.overrides.split(APART),
            reason=anyway.override_reason.strip(),
        )
