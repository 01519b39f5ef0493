"""Numbers in an address that no row could have are refused like any other that is not there."""

import pytest

from tests import cast
from tests.web.staff import a_browser

HUGE = 10**23


@pytest.mark.parametrize("number", [HUGE, "abc"])
@pytest.mark.parametrize("path", ["/broadcasts", "/recalls", "/causes", "/repeats"])
def test_a_number_that_no_row_could_have_is_not_there(shop, path, number):
    answer = a_browser(shop, cast.LENA).get(f"{path}/{number}")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_a_form_for_a_number_that_no_row_could_have_is_not_there(shop):
    lena = a_browser(shop, cast.LENA)

    for path in (f"/notices/{HUGE}/reading", f"/mails/{HUGE}/discarding"):
        assert lena.post(path).status_code == 404
