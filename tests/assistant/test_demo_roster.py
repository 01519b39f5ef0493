"""The demo's roster: believable, with something to see on whatever day the demo is looked at."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from assistant.demo import LAUNCH, PACK
from assistant.demo.moments import ENDS, STARTS
from assistant.desk import duty_load
from assistant.ground.parts import Parts
from assistant.launch import outlook, shifts
from assistant.launch.launches import by_key
from assistant.library import packs


@pytest.fixture
def demo(house: Parts) -> Parts:
    packs.bring_in(house, Path(PACK), approve_as="lena@example.com", dry_run=False)
    return house


@pytest.mark.parametrize("at", [STARTS, STARTS + timedelta(days=6), ENDS - timedelta(days=2)])
def test_somebody_is_on_duty_one_gap_is_to_come_and_one_person_is_near_burnout(
    demo: Parts, at: datetime
) -> None:
    with demo.db.reading() as session:
        launch = by_key(session, LAUNCH)
        owner = shifts.owner_at(session, launch.id, at)
        ahead = outlook.outlook(session, launch, at=at)
        strained = [
            load.name
            for load, strain in duty_load.loads(session, launch, at=at)
            if strain.level == "warning"
        ]

    assert owner is not None
    assert 1 <= len(ahead.gaps) <= 2
    assert ahead.doubles == []
    assert ahead.breaches == []
    assert strained == ["Bea Lindqvist"]
