"""A new launch, made from a template: through the same gate as every other pack."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.audit import OPERATOR, happened
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Person, Role, by_email, join
from assistant.launch.from_template import Beginning, pack_of, yaml_of
from assistant.launch.launches import Launch, by_key
from assistant.launch.pack_file import shaped
from assistant.library import packs

RESERVED = ("new", "compare")  # that addresses of pages begin with


def begin(
    session: Session, template: str, beginning: Beginning, *, by: Person | None, at: datetime
) -> Launch:
    """Return a new launch in preparation; ``by`` and everybody named belong to it.

    Raises:
        NotPermitted: when ``by`` leads nothing.
        NotFound: when there is no such template.
        Refused: when the key is taken.
        PackRefused: when what it is begun with is wrong, with the field.
    """
    if by is not None and not by.is_any(Role.LEAD):
        raise NotPermitted("Only a lead begins a launch.", what_to_do="Ask a lead.")
    taken = session.scalar(select(Launch.id).where(Launch.key == beginning.key))
    if taken is not None or beginning.key in RESERVED:
        raise Refused(
            f"The key “{beginning.key}” is taken.", what_to_do="Choose another: nothing is lost."
        )
    pack, lines = shaped(yaml_of(pack_of(template, beginning)), f"{template}.yaml")
    packs.bring(session, pack, lines, file=f"template {template}", approve_as=None, at=at)
    launch = by_key(session, beginning.key)
    named = [by_email(session, email) for email in beginning.people.values()]
    for person in {each.id: each for each in (*named, by) if each is not None}.values():
        join(session, person, launch.id)
    happened(
        session, "launch.begun", at=at, by=by or OPERATOR, launch_id=launch.id, template=template
    )
    return launch
