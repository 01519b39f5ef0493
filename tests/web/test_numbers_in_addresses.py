"""Numbers in addresses: whatever stands there, what no row has is not found."""

import re

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from assistant.ground.parts import Parts
from tests import cast
from tests.cast import LAUNCH, LENA, Customer
from tests.web.staff import a_browser
from web.app import create_app

NAMED = {"key": LAUNCH, "launch": LAUNCH, "number": "HC-1001", "token": "a" * 40}
FIELDS = {
    "version": "1",
    "revision": "1",
    "person": "me",
    "reason": "x",
    "words": "x",
    "text": "x",
    "decision": "expected",
    "ruled": "expected",
    "sentence": "x",
    "to": "detected",
    "entry": "export-data",
    "people": "1",
    "other": "1",
    "url": "https://x.example",
}


@pytest.mark.parametrize("number", [10**30, -(10**30), 2**31, 0])
def test_a_number_that_no_row_has_is_not_found(shop: Parts, mara: Customer, number: int) -> None:
    mara.asks(cast.UNKNOWN)
    lena, seen = a_browser(shop, LENA), 0
    for route in iter_route_contexts(create_app(shop).routes):
        found = route.original_route
        if not isinstance(found, APIRoute) or "/api/" in route.path:
            continue
        numbers = {p.name for p in route.dependant.path_params if p.field_info.annotation is int}
        below = [d.path_params for d in route.dependant.dependencies]
        numbers |= {p.name for each in below for p in each if p.field_info.annotation is int}
        if not numbers:
            continue
        ids = NAMED | dict.fromkeys(numbers, str(number))
        path = re.sub(r"\{(\w+)\}", lambda name, ids=ids: ids[name[1]], route.path)
        ask = lena.get if "GET" in (route.methods or ()) else lena.post
        fields = {} if "GET" in (route.methods or ()) else FIELDS

        assert ask(path, **fields).status_code in (403, 404, 422), path
        seen += 1
    assert seen > 20
