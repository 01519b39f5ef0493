"""Who may sign in: shutting and opening an account, on its page, at the door and by command."""

import pytest
from typer.testing import CliRunner

from assistant.ground.parts import Parts
from assistant.ground.people import hash_of
from tests import cast
from tests.cast import AMIR, LENA, NOOR, OLU, PRIYA, UNKNOWN, Customer, the
from tests.web.staff import a_browser
from web.cli import app

PASSWORD = "a shop full of coffee"  # noqa: S105


def id_of(parts: Parts, email: str) -> int:
    with parts.db.reading() as session:
        return the(session, email).id


def test_a_lead_shuts_out_a_colleague_whose_page_then_lists_what_to_hand_over(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(UNKNOWN)
    lena, amir, who = a_browser(shop, LENA), a_browser(shop, AMIR), id_of(shop, AMIR)
    assert amir.get("/desk").status_code == 200

    done = lena.post(f"/people/{who}/deactivation")

    assert (done.status_code, done.headers["location"]) == (303, f"/people/{who}")
    away = amir.client.get("/desk", headers={"accept": "text/html"}, follow_redirects=False)
    assert away.headers["location"] == "/sign-in?next=/desk"
    sent = amir.post("/desk/tickets/HC-1001/replies", kind="reply", text="Hi")
    assert sent.headers["location"].startswith("/sign-in")
    page = lena.get(f"/people/{who}").text
    assert "To be handed over." in page
    assert f"HC-1001, Sev 3: {UNKNOWN}" in page
    assert 'href="/launches/spring-pricing/setup/scenarios/new-price"' in page
    assert "Deactivated by Lena Ortiz" in page
    noor = a_browser(shop, NOOR)
    assert "Amir Haddad was deactivated and leaves in Spring pricing" in noor.get("/notices").text
    assert noor.post("/notices/1/reading").headers["location"] == f"/people/{who}"


def test_the_door_says_that_an_account_is_shut_to_whoever_knows_its_password_only(
    shop: Parts,
) -> None:
    with shop.db.writing() as session:
        the(session, AMIR).password_hash = hash_of(PASSWORD)
    a_browser(shop, LENA).post(f"/people/{id_of(shop, AMIR)}/deactivation")

    right = a_browser(shop).post("/sign-in", email=AMIR, password=PASSWORD)
    wrong = a_browser(shop).post("/sign-in", email=AMIR, password="not this one")

    assert (right.status_code, wrong.status_code) == (403, 401)
    assert "This account is deactivated." in right.text
    assert "set-cookie" not in right.headers
    assert "deactivated" not in wrong.text

    a_browser(shop, LENA).post(f"/people/{id_of(shop, AMIR)}/reactivation")
    again = a_browser(shop).post("/sign-in", email=AMIR, password=PASSWORD)
    assert again.headers["location"] == "/desk"


def test_who_shuts_their_own_account_stands_at_the_door(shop: Parts) -> None:
    lena = a_browser(shop, LENA)

    done = lena.post(f"/people/{id_of(shop, LENA)}/deactivation")

    assert done.headers["location"] == "/sign-in"
    assert lena.client.get("/desk", follow_redirects=False).status_code == 401


def test_the_last_who_may_manage_people_is_told_why_they_stay(shop: Parts) -> None:
    lena = a_browser(shop, LENA)
    a_browser(shop, OLU).post(f"/people/{id_of(shop, OLU)}/deactivation")
    lena.post(f"/people/{id_of(shop, NOOR)}/deactivation")

    stays = lena.post(f"/people/{id_of(shop, LENA)}/deactivation")

    assert stays.status_code == 409
    assert "Nobody but Lena Ortiz may manage people here." in stays.text
    assert lena.get("/people").status_code == 200


@pytest.mark.parametrize("email", [AMIR, PRIYA])
def test_only_leads_and_administrators_see_and_manage_people(shop: Parts, email: str) -> None:
    browser, lena = a_browser(shop, email), id_of(shop, LENA)

    assert browser.get("/people").status_code == 403
    assert browser.get(f"/people/{lena}").status_code == 403
    assert browser.post(f"/people/{lena}/deactivation").status_code == 403
    assert 'href="/people"' not in browser.get("/launches/spring-pricing").text


def test_a_lead_sees_the_people_of_their_launches_and_an_administrator_everybody(
    shop: Parts,
) -> None:
    with shop.db.writing() as session:
        cast.a_person(session, email="far@example.com", name="<b>Far</b>", launch=None)
    far = id_of(shop, "far@example.com")
    lena, olu = a_browser(shop, LENA), a_browser(shop, OLU)

    assert 'href="/people"' in lena.get("/launches/spring-pricing").text
    assert "far@example.com" not in lena.get("/people").text
    assert lena.post(f"/people/{far}/deactivation").status_code == 404
    assert "&lt;b&gt;Far&lt;/b&gt;" in olu.get("/people").text
    assert olu.post(f"/people/{far}/deactivation").status_code == 303


def test_what_somebody_without_a_launch_leaves_in_one_opens_for_its_leads(shop: Parts) -> None:
    cast.an_entry(shop, key="pause-plan")
    with shop.db.writing() as session:
        cast.a_person(session, email="far@example.com", name="Far Away", launch=None)
        cast.entry_of(session, "pause-plan").owner = the(session, "far@example.com")
    olu, lena, who = a_browser(shop, OLU), a_browser(shop, LENA), id_of(shop, "far@example.com")
    olu.post(f"/people/{who}/deactivation")

    to = lena.post("/notices/1/reading").headers["location"]

    assert to == f"/people/{who}"
    page = lena.get(to)
    assert page.status_code == 200
    assert "/library/spring-pricing/entries/pause-plan" in page.text
    assert lena.post(f"{to}/reactivation").status_code == 403


@pytest.mark.parametrize("number", ["0", "9" * 30, "-1"])
def test_a_number_that_is_nobody_s_is_not_found(shop: Parts, number: str) -> None:
    assert a_browser(shop, OLU).get(f"/people/{number}").status_code == 404


def test_a_key_of_somebody_who_left_can_be_revoked_before_they_come_back(shop: Parts) -> None:
    lena, noor = a_browser(shop, LENA), a_browser(shop, NOOR)
    keys = "/launches/spring-pricing/api-keys"
    lena.post(keys, name="Importer", scope="read", days="7")
    noor.post(f"/people/{id_of(shop, LENA)}/deactivation")

    assert "Importer (hk_" in noor.get(f"/people/{id_of(shop, LENA)}").text
    assert f'action="{keys}/1/revocation"' in noor.get(keys).text
    assert noor.post(f"{keys}/1/revocation").status_code == 303
    assert "Importer (hk_" not in noor.get(f"/people/{id_of(shop, LENA)}").text


def test_the_command_shuts_and_opens_an_account_and_says_what_is_left(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(UNKNOWN)
    data = str(shop.settings.data)

    shut = _ran("deactivate", AMIR, "--data", data)
    twice = _ran("deactivate", AMIR, "--data", data)
    known = _ran("add", AMIR, "--name", "A", "--password", PASSWORD, "--data", data)
    opened = _ran("reactivate", AMIR, "--data", data)
    nobody = _ran("deactivate", "nobody@example.com", "--data", data)

    assert [each[0] for each in (shut, twice, known, opened, nobody)] == [0, 2, 0, 0, 2]
    assert "spring-pricing: open ticket: HC-1001, Sev 3: Do penguins have knees?" in shut[1]
    assert "is deactivated already" in twice[1]
    assert "still deactivated" in known[1]
    assert "Amir Haddad may sign in again" in opened[1]


def _ran(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["people", *words], env={"COLUMNS": "200"})
    return done.exit_code, " ".join(done.output.split())
