"""What the journeys share: one browser for each file, the shop over HTTP, a clock that runs on.

The browser belongs to a file and not to the whole run: the driver's event loop stays in the
thread that started it, where other files' tests run loops of their own.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from assistant.demo.moments import BeganLater
from assistant.ground.clock import WallClock
from assistant.ground.parts import Parts
from tests.cast import NOW
from tests.faults.server import Hosted
from tests.journeys.browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser, started once for a file."""
    with chromium() as started:
        yield started


@pytest.fixture
def address(shop: Parts) -> Iterator[str]:
    """Where the shop is served."""
    with Hosted(shop) as host:
        yield host.address


@pytest.fixture
def running(shop: Parts) -> Parts:
    """The shop with a clock that runs on from there, and brisk jobs."""
    wall = WallClock()
    shop.clock = BeganLater(wall, NOW - wall.now())
    shop.settings.sweep_seconds = 0.5
    shop.settings.broadcasts_per_minute = 1_000
    return shop
