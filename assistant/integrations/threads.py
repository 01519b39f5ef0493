"""Which conversation a mail names: by a secret in its recipient, or by our mail it answers."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk import links
from assistant.desk.letters import Letter
from assistant.desk.links import Opens
from assistant.desk.reach import Correspondent
from assistant.ground.settings import Settings
from assistant.integrations.email import Incoming
from assistant.launch.launches import Launch


def meant(
    session: Session, settings: Settings, mail: Incoming, *, at: datetime
) -> tuple[Correspondent | None, bool]:
    """Return whose conversation a mail names, and whether by the secret in its recipient.

    That it is named proves nothing yet about who wrote the mail.
    """
    for tag in tags(mail.recipients, settings.mail_from):
        link = links.opened(session, Opens.REPLY, tag, at=at)
        if link is not None and link.correspondent is not None and _is_on(link.correspondent):
            return link.correspondent, True
    answered = select(Letter).where(Letter.message_id.in_(mail.references))
    for letter in session.scalars(answered.order_by(Letter.id.desc())):
        if letter.correspondent is not None and _is_on(letter.correspondent):
            return letter.correspondent, False
    return None, False


def _is_on(correspondent: Correspondent) -> bool:
    return correspondent.ended_at is None


def tags(recipients: tuple[str, ...], ours: str) -> list[str]:
    """Return what stands after the ``+`` of our own address in ``recipients``."""
    local, _, domain = ours.partition("@")
    begins, ends = f"{local}+", f"@{domain}"
    return [
        each[len(begins) : -len(ends)]
        for each in recipients
        if each.startswith(begins) and each.endswith(ends)
    ]


def launch_for(session: Session, settings: Settings, recipients: tuple[str, ...]) -> Launch | None:
    """Return the launch that a new mail belongs to: that of its address, or the configured one.

    ``support+spring-pricing@example.com`` names the launch ``spring-pricing``; without a
    configured one it is the newest that is live. None when there is none.
    """
    for key in (*tags(recipients, settings.mail_from), settings.mail_launch):
        found = session.scalar(select(Launch).where(Launch.key == key)) if key else None
        if found is not None:
            return found
    live = select(Launch).where(Launch.live_at.is_not(None), Launch.closed_at.is_(None))
    return session.scalar(live.order_by(Launch.live_at.desc(), Launch.id.desc()).limit(1))
