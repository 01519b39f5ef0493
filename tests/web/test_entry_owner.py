"""Who owns an entry, in its form: required of what is temporary, chosen from the launch's team."""

import re

import pytest

from tests import cast
from tests.cast import AMIR, LENA, NOOR
from tests.web.staff import a_browser

ENTRIES = "/library/spring-pricing/entries"
NEW = f"{ENTRIES}/submission"
RESPONSE = {
    "kind": "response",
    "revision": 0,
    "question": "Why is my invoice late?",
    "verdict": "known-issue",
    "why_now": "Invoices go out a day later this week.",
    "what_to_do": "Nothing; it comes by itself.",
    "next_update": "tomorrow",
}
FAQ = {
    "kind": "faq",
    "revision": 0,
    "question": "Can I pause my plan?",
    "answer": "Yes, in Billing.",
}
ASKED = "Say who is asked when its time is over, or choose a scenario."


@pytest.fixture
def amir(shop):
    return a_browser(shop, AMIR)


def owner_of(parts, key: str) -> str | None:
    with parts.db.reading() as session:
        owner = cast.entry_of(session, key).owner
        return owner.email if owner else None


def revision(browser, path: str) -> int:
    return int(re.search(r'name="revision" value="(\d+)"', browser.get(path).text)[1])


@pytest.mark.parametrize(
    ("fields", "is_kept"),
    [
        (RESPONSE, False),
        (RESPONSE | {"owner": NOOR}, True),
        (RESPONSE | {"scenario": "new-price"}, True),  # Amir owns it
        (FAQ, True),
        (FAQ | {"valid_until": "2026-12-01T09:00"}, False),
        (FAQ | {"valid_until": "2026-12-01T09:00", "owner": AMIR}, True),
    ],
)
def test_what_is_temporary_is_submitted_with_somebody_to_ask_at_its_end(amir, fields, is_kept):
    answer = amir.post(NEW, **fields)

    assert answer.status_code == (303 if is_kept else 422)
    assert (ASKED in answer.text) is not is_kept


def test_a_draft_may_wait_for_its_owner_and_keeps_who_is_chosen(shop, amir):
    assert amir.post(ENTRIES, **RESPONSE).status_code == 303
    path = f"{ENTRIES}/why-is-my-invoice-late"

    typed = RESPONSE | {"owner": NOOR, "revision": revision(amir, path)}
    assert amir.post(f"{path}/submission", **typed).status_code == 303

    assert owner_of(shop, "why-is-my-invoice-late") == NOOR
    assert f'<option value="{NOOR}" selected>Noor Rahman</option>' in amir.get(path).text


@pytest.mark.parametrize("stranger", ["bo@example.com", "nobody@example.com", "<b>", "x" * 5_000])
def test_nobody_outside_the_team_is_made_its_owner(shop, amir, stranger):
    with shop.db.writing() as session:
        cast.a_person(session, launch=None)

    answer = amir.post(ENTRIES, **FAQ | {"owner": stranger})

    assert answer.status_code in (409, 422)
    assert "bo@example.com" not in amir.get(f"{ENTRIES}/new?kind=faq").text
    assert amir.get(f"{ENTRIES}/can-i-pause-my-plan").status_code == 404  # nothing was kept of it


@pytest.mark.parametrize("stranger", ["bo@example.com", cast.PRIYA])
def test_not_even_a_lead_gives_an_entry_to_somebody_who_cannot_work_on_it(shop, stranger):
    key, lena = cast.an_entry(shop), a_browser(shop, LENA)
    with shop.db.writing() as session:
        cast.a_person(session, launch=None)

    def given(owner: str) -> int:
        path = f"{ENTRIES}/{key}"
        return lena.post(f"{path}/owner", owner=owner, revision=revision(lena, path)).status_code

    assert given(NOOR.upper()) == 303
    assert given(stranger) == 409
    assert owner_of(shop, key) == NOOR
    assert given("") == 303
    assert owner_of(shop, key) is None


def test_once_it_was_approved_only_a_lead_gives_it_to_somebody_else(shop, amir):
    cast.an_entry(shop)
    path, changed = f"{ENTRIES}/pause-plan", FAQ | {"answer": "Yes."}

    refused = amir.post(path, **changed | {"owner": NOOR, "revision": revision(amir, path)})
    kept = amir.post(path, **changed | {"owner": "", "revision": revision(amir, path)})
    lena = a_browser(shop, LENA)
    given = lena.post(path, **changed | {"owner": NOOR, "revision": revision(lena, path)})

    assert [refused.status_code, kept.status_code, given.status_code] == [403, 303, 303]
    assert owner_of(shop, "pause-plan") == NOOR
    page = amir.get(path).text
    assert f'<input type="hidden" name="owner" value="{NOOR}">' in page
    assert re.search(r'id="entry-owner"[^>]* disabled', page)


def test_an_author_gives_an_end_and_somebody_to_ask_to_what_nobody_owned(shop, amir):
    cast.an_entry(shop)
    path = f"{ENTRIES}/pause-plan"
    ends = FAQ | {"answer": "Yes, until May.", "valid_until": "2027-05-01T09:00"}

    unasked = amir.post(f"{path}/submission", **ends | {"revision": revision(amir, path)})
    asked = amir.post(
        f"{path}/submission", **ends | {"owner": NOOR, "revision": revision(amir, path)}
    )

    assert (unasked.status_code, asked.status_code) == (422, 303)
    assert ASKED in unasked.text
    assert 'entry-owner-problem" name="owner"' in unasked.text  # neither shut nor preset
    assert owner_of(shop, "pause-plan") == NOOR
