"""How mail is at the moment: what waits to go out, when the mailbox was read, what is put aside."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.desk.letters import Letter
from assistant.desk.mails import Mail, Mailbox
from assistant.desk.posting import STALE, is_braked
from assistant.ground.outbox import Outgoing
from assistant.ground.settings import Settings

LATE = timedelta(minutes=5)  # a letter that waits longer, a mailbox not read for longer


@dataclass(frozen=True, slots=True)
class MailState:
    """Facts about mail; times in UTC, None where there is nothing to say."""

    waits_since: datetime | None  # the oldest letter that could not leave
    dead: int  # letters that were given up and nobody replayed
    is_braked: bool  # as much as a minute allows went to unconfirmed addresses
    read_at: datetime | None  # when the mailbox was last read
    unread_because: str  # why it cannot be read
    put_aside: int  # mails that a person has to look at

    def problems(self, settings: Settings, at: datetime) -> list[str]:
        """Return what is wrong, in sentences; none when mail flows."""
        said = []
        if self.waits_since is not None and self.waits_since <= at - LATE:
            said.append(f"Mail has waited for {_minutes(at - self.waits_since)}.")
        if self.dead:
            said.append(f"{_mails(self.dead, 'was', 'were')} given up.")
        if self.is_braked:
            said.append("So much goes to unconfirmed addresses that mail there is slowed down.")
        if settings.imap_host and (self.read_at is None or self.read_at <= at - LATE):
            since = f"{_minutes(at - self.read_at)} ago" if self.read_at else "never"
            said.append(f"The mailbox was last read {since}. {self.unread_because}".strip())
        if self.put_aside:
            said.append(f"{_mails(self.put_aside, 'is', 'are')} put aside for a person to look at.")
        return said


def _mails(count: int, one: str, many: str) -> str:
    return f"{count} mail {one}" if count == 1 else f"{count} mails {many}"


def _minutes(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def mail_state(session: Session, settings: Settings, *, at: datetime) -> MailState:
    """Return how mail is at ``at``."""
    ours = Outgoing.kind == "mail"
    waits_since, dead = session.execute(
        select(
            select(func.min(Outgoing.trying_since))
            .where(ours, Outgoing.next_try_at.is_not(None))
            .scalar_subquery(),
            select(func.count())
            .select_from(Outgoing)
            .where(ours, Outgoing.dead_at > at - STALE)
            .scalar_subquery(),
        )
    ).one()
    aside = select(func.count()).where(Mail.quarantined_at.is_not(None), Mail.settled_at.is_(None))
    mailbox = session.scalar(select(Mailbox).order_by(Mailbox.read_at.desc()).limit(1))
    return MailState(
        waits_since=waits_since,
        dead=dead or 0,
        is_braked=settings.sends_mail and is_braked(session, settings, at=at),
        read_at=mailbox.read_at if mailbox else None,
        unread_because=mailbox.last_error if mailbox else "",
        put_aside=session.scalar(aside) or 0,
    )


def carried(session: Session, letters: list[Letter]) -> dict[int, Outgoing]:
    """Return what the outbox knows of these letters, by their id."""
    by_key = {letter.key: letter.id for letter in letters}
    rows = session.scalars(
        select(Outgoing).where(Outgoing.kind == "mail", Outgoing.key.in_(by_key))
    )
    return {by_key[row.key]: row for row in rows}
