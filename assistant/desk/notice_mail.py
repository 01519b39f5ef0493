"""Telling colleagues by mail what they have not read yet, where mail is configured."""

from datetime import datetime, timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, joinedload

from assistant.desk.notices import Notice
from assistant.ground import outbox
from assistant.ground.parts import Parts

STALE = timedelta(hours=1)  # what could not be mailed by then is found on the page
AT_ONCE = 100  # notices of one round


def mail_notices(parts: Parts) -> int:
    """Put a mail into the outbox for each notice that is new and unread; of each once."""
    if not parts.settings.sends_mail:
        return 0
    # Looked for without the writer's lock: this runs every second, mostly with nothing to do.
    with parts.db.reading() as session:
        new = list(session.scalars(_unmailed(parts.clock.now() - STALE)))
    if not new:
        return 0
    with parts.db.writing() as session:
        query = (
            select(Notice)
            .where(Notice.id.in_(new))
            .options(joinedload(Notice.person), joinedload(Notice.ticket))
            .order_by(Notice.id)
        )
        return sum(_mailed(session, parts, notice) for notice in session.scalars(query).all())


def _unmailed(since: datetime) -> Select[int]:
    is_new = (Notice.mailed_at.is_(None), Notice.read_at.is_(None), Notice.at > since)
    return select(Notice.id).where(*is_new).order_by(Notice.id).limit(AT_ONCE)


def _mailed(session: Session, parts: Parts, notice: Notice) -> bool:
    at = parts.clock.now()
    claimed = session.execute(
        update(Notice)
        .where(Notice.id == notice.id, Notice.mailed_at.is_(None), Notice.read_at.is_(None))
        .values(mailed_at=at)
        .execution_options(synchronize_session=False)
    )
    is_mine = claimed.rowcount == 1  # type: ignore[attr-defined]
    if not is_mine or notice.person.disabled_at is not None:
        return False
    put = outbox.put(
        session,
        kind="mail",
        target=notice.person.email,
        key=f"notice-{notice.id}",
        body={
            "to": notice.person.email,
            "subject": notice.words,
            "text": f"{notice.words}\n\n{_address(parts, notice)}\n",
        },
        at=at,
        launch_id=notice.launch_id,
        ticket_id=notice.ticket_id,
    )
    return put is not None


def _address(parts: Parts, notice: Notice) -> str:
    page = f"/desk/tickets/{notice.ticket.number}" if notice.ticket else "/notices"
    return f"{parts.settings.address}{page}"
