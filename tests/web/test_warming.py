"""Making ready what the first page would otherwise wait for."""

from assistant.ground.parts import Parts
from tests import cast
from tests.web.staff import a_browser
from web import rendering, warming


def test_after_warming_no_page_has_a_template_to_compile(shop: Parts) -> None:
    kept = rendering.environment().cache
    assert kept is not None
    kept.clear()

    warming.warm(shop)

    compiled = len(kept)
    assert a_browser(shop, cast.AMIR).get("/desk").status_code == 200
    assert len(kept) == compiled > 40


def test_a_house_without_a_launch_is_warmed_too(house: Parts) -> None:
    warming.warm(house)
