"""What the serving process does for those who wait: no pause for all its threads at once."""

import subprocess
import sys
import threading

from fastapi.testclient import TestClient

from assistant.ground.parts import Parts
from web.app import create_app

# A process of its own, because what is spared once is spared for good.
LOOKED_AT = """
import gc, time
from web.serving import spare_what_stays

def seconds():
    began = time.perf_counter()
    gc.collect()
    return time.perf_counter() - began

kept = [{"n": [n]} for n in range(300_000)]
before = min(seconds() for _ in range(3))
spare_what_stays()
after = min(seconds() for _ in range(3))
ring = []
ring.append(ring)
del ring
print(before / after, gc.collect())
"""


def test_what_stays_is_never_looked_at_again_and_new_rings_are_still_collected() -> None:
    ran = subprocess.run([sys.executable, "-c", LOOKED_AT], capture_output=True, check=True)
    times_faster, collected = ran.stdout.decode().split()[-2:]
    assert float(times_faster) > 5
    assert int(collected) == 1


def test_it_is_warm_once_the_index_is_open(shop: Parts) -> None:
    warm = threading.Event()
    with TestClient(create_app(shop, own_index=True, when_warm=warm.set)):
        assert warm.wait(60)
        assert shop.owns_index
