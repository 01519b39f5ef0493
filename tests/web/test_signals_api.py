"""Signals through the API with a key, and as a file that is looked at before it is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant.ground.audit import Event
from assistant.ground.parts import Parts
from assistant.launch import api_keys, signals
from assistant.launch.api_keys import Scope
from tests import cast
from tests.web.staff import PAGE, a_browser

API = f"/api/v1/launches/{cast.LAUNCH}/signals"
PAGE_OF = f"/launches/{cast.LAUNCH}/signals"
ROW = {"metric": "logins_per_day", "at": "2026-11-17T08:00:00Z", "value": 1841, "source": "auth"}
FILE = "metric,at,value\nuptime_percent,2026-11-17T08:00:00Z,99.9\n"


def test_a_program_sends_one_or_many_and_again_is_fine(shop: Parts):
    client, key = a_browser(shop).client, _key(shop)

    assert client.post(API, json=ROW, headers=key).json() == {"kept": 1, "already_there": 0}
    again = client.post(API, json={"signals": [ROW, {**ROW, "source": "b"}]}, headers=key)
    assert (again.status_code, again.json()) == (201, {"kept": 1, "already_there": 1})
    other = client.post(API, json=[{**ROW, "value": 2}], headers=key)
    assert other.status_code == 409
    assert "1841" in other.text
    assert "says 2" in other.text


def test_a_correction_takes_the_place_of_what_was_sent_and_is_in_the_history(shop: Parts):
    client, key = a_browser(shop).client, _key(shop)
    client.post(API, json=[ROW, {**ROW, "source": "b", "value": 1}], headers=key)

    corrected = client.put(API, json={**ROW, "value": 1900}, headers=key)

    assert (corrected.status_code, corrected.json()) == (200, {"kept": 0, "already_there": 1})
    with shop.db.reading() as session:
        launch_id = cast.launch_of(session).id
        span = {"start": cast.NOW - timedelta(days=30), "end": cast.NOW + timedelta(days=30)}
        assert signals.of_day(session, launch_id, "logins_per_day", **span) == (1901.0, 2)
        event = session.scalars(select(Event).where(Event.kind == "signals.corrected")).one()
        assert event.details["changes"][0][-2:] == [1841, 1900]
    assert client.put(API, json={**ROW, "value": 1900}, headers=key).status_code == 200
    stranger = client.put(f"{API}x", json=ROW, headers=key)
    assert stranger.status_code == 404


def test_bad_rows_are_named_and_nothing_is_kept(shop: Parts):
    client, key = a_browser(shop).client, _key(shop)
    rows = [ROW, {**ROW, "at": "2030-01-01T00:00:00Z"}, {**ROW, "value": "many"}]

    refused = client.post(API, json=rows, headers=key)

    assert refused.status_code == 422
    named = [(each["row"], each["field"]) for each in refused.json()["rows"]]
    assert named == [(1, "at"), (2, "value")]
    assert client.post(API, json=ROW, headers=key).json()["kept"] == 1


@pytest.mark.parametrize("body", ['{"value": NaN', "[[[[", "NaN", "null", "[]", '"x"', "[1]"])
def test_whatever_is_sent_is_refused_with_words(shop: Parts, body):
    headers = {**_key(shop), "content-type": "application/json"}

    assert a_browser(shop).client.post(API, content=body, headers=headers).status_code == 422


@pytest.mark.parametrize(
    ("scope", "status"), [(Scope.READ, 403), (Scope.DRAFT, 403), (Scope.SIGNALS, 201)]
)
def test_only_a_key_of_that_scope_sends(shop: Parts, scope, status):
    answer = a_browser(shop).client.post(API, json=ROW, headers=_key(shop, scope))

    assert answer.status_code == status


def test_a_key_of_signals_reads_no_library_and_none_sends_nothing(shop: Parts):
    client = a_browser(shop).client

    assert client.get("/api/v1/knowledge/entries", headers=_key(shop)).status_code == 403
    assert client.post(API, json=ROW).status_code == 401
    elsewhere = client.post("/api/v1/launches/other/signals", json=ROW, headers=_key(shop, n="b"))
    assert elsewhere.status_code == 404


def test_a_file_is_looked_at_then_kept_then_shown_with_a_chart_and_a_table(shop: Parts):
    lena = a_browser(shop, cast.LENA)

    looked = _upload(lena, FILE)
    assert looked.status_code == 200
    assert "Keep 1 row" in looked.text
    assert "Usual" not in lena.get(PAGE_OF).text
    assert lena.post(PAGE_OF, rows=FILE).status_code == 303
    page = lena.get(PAGE_OF).text
    assert "Uptime (%)" in page
    assert 'aria-label="Uptime (%) by day"' in page
    assert lena.post(PAGE_OF, rows=FILE.replace("99.9", "50")).status_code == 409


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello", "The first line names the columns."),
        (f"{FILE}uptime_percent,yesterday,5\n", "Line 3, at:"),
        (f"{FILE}=cmd(),2026-11-17T08:00:00Z,5\n", "Line 3, metric:"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_by_line(shop: Parts, text, words):
    looked = _upload(a_browser(shop, cast.LENA), text)

    assert looked.status_code == 422
    assert words in looked.text
    assert "Keep " not in looked.text


def test_agents_look_and_only_leads_bring_in(shop: Parts):
    amir = a_browser(shop, cast.AMIR)

    assert "Bring signals in" not in amir.get(PAGE_OF).text
    assert _upload(amir, FILE).status_code == 403


def _upload(browser, text: str):
    return browser.client.post(
        f"{PAGE_OF}/preview",
        data={"csrf": browser.csrf},
        files={"file": ("signals.csv", text.encode(), "text/csv")},
        headers=PAGE,
    )


def _key(shop: Parts, scope: Scope = Scope.SIGNALS, n: str = "a") -> dict[str, str]:
    with shop.db.writing() as session:
        _, secret = api_keys.make(
            session,
            cast.launch_of(session),
            name=f"auth {n}",
            scope=scope,
            lasts=timedelta(days=9),
            by=cast.the(session, cast.LENA),
            at=cast.NOW,
        )
    return {"authorization": f"Bearer {secret}"}
