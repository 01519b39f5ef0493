"""One entry as somebody looks at it: what every part of its page is made from."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from assistant.ground.people import Person
from assistant.launch.launches import Launch
from assistant.library.entries import Entry


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry, who looks at it and when."""

    session: Session
    launch: Launch
    entry: Entry
    person: Person
    at: datetime
    mails: bool  # a mail server carries what is told by mail
