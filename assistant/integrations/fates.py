"""What becomes of a mail: who may write where is decided here, before anything is written.

A mail goes on with a conversation only with a secret that this one address was sent, and from this
address. Everything else begins a conversation of its own, which knows nothing of any other; what
From, Cc, Reply-To or a ticket number claim opens nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

from assistant.desk import mails, reach
from assistant.integrations.email import Incoming, Vouched

MOST_AN_HOUR = 20  # mails of one address that become something by themselves


class Fate(StrEnum):
    """What becomes of a mail."""

    GOES_ON = "goes-on"  # with the conversation that it answers
    BEGINS = "begins"  # a conversation of its own
    BOUNCE = "bounce"
    AUTOMATIC = mails.AUTOMATIC
    OURS = "ours"  # our own mail came back
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Known:
    """What the database knows about a mail before its fate is decided."""

    is_ours: bool
    sent_lately: int  # mails of this sender within an hour
    thread_of: str = ""  # the address whose conversation the mail names by secret; "": none
    by_token: bool = False  # by the secret in its recipient, not by a reference alone
    is_let_in: bool = False  # a person looked at it and let it in


def fate_of(mail: Incoming, known: Known) -> tuple[Fate, str]:
    """Return what becomes of a mail, and why."""
    if mail.bounce is not None:
        return Fate.BOUNCE, mail.bounce.because
    if known.is_ours:
        return Fate.OURS, "We sent it ourselves."
    if mail.automatic and not known.is_let_in:
        return Fate.AUTOMATIC, mail.automatic
    if mail.to_many and not known.is_let_in:
        return Fate.QUARANTINE, mail.to_many
    if reach.address_in(mail.sender) is None and not known.is_let_in:
        return Fate.QUARANTINE, "It does not say in one address who wrote it."
    if known.sent_lately > MOST_AN_HOUR and not known.is_let_in:
        return Fate.QUARANTINE, f"More than {MOST_AN_HOUR} came from this address in an hour."
    is_theirs = bool(known.thread_of) and known.thread_of == mail.sender
    is_proven = known.by_token or mail.vouched is Vouched.YES
    if is_theirs and is_proven and mail.vouched is not Vouched.NO:
        return Fate.GOES_ON, "It answers a mail of ours."
    return Fate.BEGINS, "It names no conversation that this sender may write to."
