"""The roster's pages, and who is said to be the owner."""

from datetime import timedelta

from tests import cast
from tests.assistant.test_shifts import a_shift
from tests.web.staff import a_browser


def test_the_desk_says_who_owns_this_shift_and_until_when(shop):
    before = a_browser(shop, cast.NOOR).get("/desk").text
    with shop.db.writing() as session:
        a_shift(session, cast.AMIR, cast.NOW, hours=8)

    during = a_browser(shop, cast.NOOR).get("/desk").text
    cast.later(shop, hours=8)
    after = a_browser(shop, cast.NOOR).get("/desk").text

    assert "Lena Ortiz owns this shift" in before, "the first lead, while nobody has a shift"
    assert "Amir Haddad owns this shift" in during
    assert "on shift until 17 Nov 2026, 18:00 CET" in during
    assert "Lena Ortiz owns this shift" in after
    assert cast.NOW + timedelta(hours=8) == shop.clock.now()
