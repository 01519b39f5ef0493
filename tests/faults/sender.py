"""A process that delivers the outbox until it is killed, on a clock that may run faster."""

import time
from datetime import datetime, timedelta
from pathlib import Path

from assistant.ground.database import Database
from assistant.ground.delivery import deliver_due
from assistant.ground.parts import Parts
from assistant.ground.settings import Settings
from assistant.migrations import NOUNS  # every mapped class, as a process of ours knows them
from assistant.worker import deliverers

PAUSE = 1.0  # seconds of that clock between two rounds


class Hurried:
    """A clock on which ``speed`` seconds pass in one; the same in every process."""

    def __init__(self, at: datetime, began: float, speed: float) -> None:
        self._at, self._began, self._speed = at, began, speed

    def now(self) -> datetime:
        """Return what it shows, aware, in UTC."""
        return self._at + timedelta(seconds=(time.monotonic() - self._began) * self._speed)


def send(folder: str, allowed: str, at: datetime, began: float, speed: float) -> None:
    """Deliver until somebody ends the process."""
    assert NOUNS
    settings = Settings(_env_file=None, data=Path(folder), outgoing_allowed=allowed)
    clock = Hurried(at, began, speed)
    parts = Parts(settings=settings, db=Database(settings.sql_url), clock=clock)
    while True:
        deliver_due(parts, deliverers(parts), at_once=2)
        time.sleep(PAUSE / speed)
