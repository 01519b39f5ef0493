"""A believable launch with a week of life, played through the real code.

``prepare`` imports the pack, takes it live and lets the week happen: people ask on several
channels, agents answer, some things do not help. ``story.yaml`` holds what is written by hand,
``week`` the order of events, ``causes`` what people found behind them, ``told`` what many were told
at once, ``moments`` the clock that the demo runs on. ``simulator`` plays a launch in compressed
time, with ``crowd`` (what people do, as stated assumptions), ``leading`` (what leads do) and
``outcomes`` (what it is measured by).
"""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from assistant.demo.moments import BeganLater, kept_offset
from assistant.demo.outcomes import Outcome, Switches
from assistant.demo.simulator import Simulation
from assistant.demo.week import OPENS, play
from assistant.ground.clock import SetClock
from assistant.ground.parts import Parts
from assistant.ground.people import Person, by_email, hash_of
from assistant.launch.launches import Launch, by_key
from assistant.library import packs, stocking

PACK = Path(__file__).with_name("spring-pricing.yaml")
LAUNCH = "spring-pricing"
APPROVER = "lena@example.com"
PASSWORD = "hypercare-demo"  # noqa: S105  # printed at every start; the demo listens on loopback
SIGN_INS = [
    ("amir@example.com", "works the queue and answers customers"),
    ("lena@example.com", "approves what customers may read, runs the launch"),
    ("noor@example.com", "is the second lead, for texts that Lena wrote"),
    ("ines@example.com", "publishes the updates"),
    ("priya@example.com", "reads the reports"),
    ("olu@example.com", "may do everything"),
]

Step = Callable[[str, float], None]


def prepare(parts: Parts, step: Step) -> None:
    """Prepare the demo's data once; a folder that is prepared is left as it is.

    Afterwards ``parts.clock`` tells the demo's time. ``step`` hears what is being done and the
    share done, 0 to 1.
    """
    parts.clock = BeganLater(parts.clock, kept_offset(parts.settings.data, parts.clock.now()))
    if _is_prepared(parts):
        return
    now, real = parts.clock.now(), parts.clock
    parts.clock = SetClock(OPENS)
    try:
        _import(parts, step)
        play(parts, LAUNCH, until=now, step=lambda share: step("A week goes by", 0.3 + 0.7 * share))
    finally:
        parts.clock = real


def simulate(
    parts: Parts,
    *,
    days: int,
    customers: int,
    seed: int,
    switches: Switches,
    step: Step,
) -> Outcome:
    """Play the demo's launch in compressed time in an empty data folder, and return what happened.

    Afterwards the folder holds everything that happened, and may be served.
    """
    clock = SetClock(OPENS)
    parts.clock = clock
    _import(parts, step)
    play = Simulation(parts, LAUNCH, days=days, seed=seed, switches=switches)
    return play.play(customers, seed, lambda share: step("Days go by", 0.1 + 0.9 * share))


def people_to_try(parts: Parts) -> list[tuple[Person, str]]:
    """Return the people to sign in as, each with what they do."""
    with parts.db.reading() as session:
        found = [(by_email(session, email), what) for email, what in SIGN_INS]
    return [(person, what) for person, what in found if person is not None]


def _is_prepared(parts: Parts) -> bool:
    with parts.db.reading() as session:
        # A preparation that was interrupted before it went live is taken up again.
        live = select(Launch.id).where(Launch.key == LAUNCH, Launch.live_at.is_not(None))
        return session.scalar(live) is not None


def _import(parts: Parts, step: Step) -> None:
    step("Importing the launch pack", 0.02)
    packs.bring_in(parts, PACK, approve_as=APPROVER, dry_run=False)
    step("Making the sign-ins", 0.08)
    password = hash_of(PASSWORD)
    with parts.db.writing() as session:
        for person in session.scalars(select(Person)):
            person.password_hash = password
        lead = by_email(session, APPROVER)
        launch = by_key(session, LAUNCH)
        if lead is not None:
            launch.go_live(session, by=lead, at=launch.starts_at)
    step("Reading the library", 0.12)
    stocking.warm(parts, LAUNCH)
    step("A week goes by", 0.3)
