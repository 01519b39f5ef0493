"""Making ready what the first page would otherwise wait for: templates and statements."""

import structlog
from sqlalchemy import select

from assistant.ground.parts import Parts
from assistant.ground.people import Role, members
from assistant.launch.launches import Launch
from web import rendering
from web.desk_pages import queue_page
from web.queue_asked import asked

log = structlog.get_logger()


def warm(parts: Parts) -> None:
    """Compile every template, and let the database's statements of the queue be made once.

    Whatever goes wrong here the first page would say; it must not end the thread that calls.
    """
    try:
        rendering.compile_all()
        _ask_for_queue(parts)
    except Exception:
        log.exception("warming up failed")


def _ask_for_queue(parts: Parts) -> None:
    wanted = asked("", "", "", "", "", "", 1)
    with parts.db.reading() as session:
        for launch in session.scalars(select(Launch)):
            for person in members(session, launch.id, Role.AGENT)[:1]:
                queue_page(session, launch, wanted, person=person, at=parts.clock.now())
