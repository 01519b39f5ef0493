"""Pages of connections, hand-overs and deliveries: no secret is shown, what is shown is sent."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant.desk import engineering
from assistant.desk.engineering import Issue
from assistant.desk.handed_over import PAGE as HAND_OVERS
from assistant.ground import audit, outbox
from assistant.ground.outbox import Outgoing
from assistant.ground.parts import Parts
from assistant.launch.connections import Channel, Connection
from tests import cast
from tests.cast import AMIR, ERIC, LAUNCH, LENA, NOW, PRIYA, UNKNOWN, Customer, later
from tests.others import TOKEN, Outside, allow, connected, deliver, outside
from tests.web.staff import Browser, a_browser, queries

CONNECTIONS = f"/launches/{LAUNCH}/connections"
DELIVERIES = f"/launches/{LAUNCH}/deliveries"
TICKET = "/desk/tickets/HC-1001"


@pytest.fixture
def there(shop: Parts) -> Iterator[Outside]:
    with outside() as there:
        allow(shop, there)
        yield there


@pytest.fixture
def lena(shop: Parts, there: Outside) -> Browser:
    return a_browser(shop, LENA)


def the_connection(parts: Parts) -> Connection:
    with parts.db.reading() as session:
        return session.scalars(select(Connection)).one()


def jira_form(there: Outside, **more: str) -> dict[str, str]:
    given = {"channel": "jira", "name": "Payments", "base_url": there.url, "project": "PAY"}
    return {**given, "account": "bot@example.com", "secret": TOKEN, **more}


# --- connections ---


def test_a_lead_connects_jira_and_sees_its_token_never_again(
    shop: Parts, lena: Browser, there: Outside
) -> None:
    made = lena.post(CONNECTIONS, **jira_form(there))
    page = lena.get(CONNECTIONS)

    assert made.status_code == 200
    assert "whsec_" in made.text  # what Jira signs with, this once
    assert "Payments" in page.text
    for shown in (made.text, page.text):
        assert TOKEN not in shown
    assert "whsec_" not in page.text


def test_what_is_missing_is_said_and_nothing_is_connected(
    shop: Parts, lena: Browser, there: Outside
) -> None:
    answer = lena.post(CONNECTIONS, **jira_form(there, project="", secret=""))

    assert answer.status_code == 422
    assert "Still missing: project, secret." in answer.text
    assert "Nothing is connected" in answer.text


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "https://127.0.0.1/", "https://hooks.example:22/", "javascript:1"]
)
def test_an_address_that_is_never_reached_is_refused_at_once(lena: Browser, url: str) -> None:
    answer = lena.post(CONNECTIONS, channel="webhook", name="Inside", url=url)

    assert answer.status_code == 422
    assert "Not connected." in answer.text


def test_an_empty_secret_keeps_the_one_that_is_there(
    shop: Parts, lena: Browser, there: Outside
) -> None:
    lena.post(CONNECTIONS, **jira_form(there))
    before = the_connection(shop)
    form = jira_form(there, secret="", project="SHOP", version=str(before.version))

    answer = lena.post(f"{CONNECTIONS}/{before.id}", **form)

    after = the_connection(shop)
    assert answer.status_code == 303
    assert (after.settings["project"], after.secret) == ("SHOP", before.secret)


def test_the_second_of_two_who_change_a_connection_is_told(
    shop: Parts, lena: Browser, there: Outside
) -> None:
    lena.post(CONNECTIONS, **jira_form(there))
    made = the_connection(shop)
    form = jira_form(there, project="A", version=str(made.version))
    lena.post(f"{CONNECTIONS}/{made.id}", **form)

    assert lena.post(f"{CONNECTIONS}/{made.id}", **{**form, "project": "B"}).status_code == 409
    assert the_connection(shop).settings["project"] == "A"


def test_a_token_goes_to_no_address_that_it_was_not_given_for(
    shop: Parts, lena: Browser, there: Outside
) -> None:
    lena.post(CONNECTIONS, **jira_form(there))
    made = the_connection(shop)
    with outside() as elsewhere:
        shop.settings.outgoing_allowed += f",127.0.0.1:{elsewhere.port}"
        form = jira_form(elsewhere, secret="", version=str(made.version))
        answer = lena.post(f"{CONNECTIONS}/{made.id}", **form)
        lena.post(f"{CONNECTIONS}/{made.id}/test")
        kept = the_connection(shop).settings["base_url"]
        form["secret"] = TOKEN
        again = lena.post(f"{CONNECTIONS}/{made.id}", **form)

    assert answer.status_code == 422
    assert "Enter it once more." in answer.text
    assert (kept, elsewhere.heard) == (there.url, [])
    assert again.status_code == 303


@pytest.mark.parametrize("what", ["hook-secret", "removal"])
def test_what_is_done_to_a_connection_is_done_to_what_was_seen_and_written_down(
    shop: Parts, lena: Browser, there: Outside, what: str
) -> None:
    lena.post(CONNECTIONS, **jira_form(there))
    made = the_connection(shop)

    late = lena.post(f"{CONNECTIONS}/{made.id}/{what}", version=str(made.version + 1))
    unchanged = the_connection(shop)
    done = lena.post(f"{CONNECTIONS}/{made.id}/{what}", version=str(made.version))

    assert (late.status_code, done.status_code < 400) == (409, True)
    assert unchanged.hook_secret == made.hook_secret != the_connection(shop).hook_secret
    with shop.db.reading() as session:
        kinds = [event.kind for event in audit.after(session, 0) if "connection" in event.kind]
    assert len(kinds) == 2
    assert kinds[1] in ("connection.hook-secret-renewed", "connection.removed")


def test_a_test_says_at_once_whether_it_works(shop: Parts, lena: Browser, there: Outside) -> None:
    lena.post(CONNECTIONS, **jira_form(there))
    path = f"{CONNECTIONS}/{the_connection(shop).id}/test"

    assert lena.post(path).status_code == 303
    there.mood = "down"
    failed = lena.post(path)

    assert failed.status_code == 502
    assert "Jira answered 503." in failed.text


@pytest.mark.parametrize("email", [AMIR, ERIC])
def test_only_leads_see_what_a_launch_is_connected_to(shop: Parts, email: str) -> None:
    browser = a_browser(shop, email)

    for page in (CONNECTIONS, DELIVERIES):
        assert browser.get(page).status_code == 403


# --- handing over ---


def seal_in(page: str) -> str:
    found = re.search(r'name="seal" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def test_an_agent_sees_what_is_sent_and_sends_exactly_that(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    jira = connected(shop, there, Channel.JIRA, name="Payments")
    mara.asks(UNKNOWN)
    amir = a_browser(shop, AMIR)
    page = amir.get(f"{TICKET}/engineering", wish="Please look.")

    sent = amir.post(
        f"{TICKET}/engineering", seal=seal_in(page.text), wish="Please look.", to=str(jira.id)
    )
    pending = amir.get(TICKET)
    later(shop, minutes=8)
    waited = amir.get(TICKET)
    deliver(shop)
    arrived = amir.get(TICKET)

    assert "Please look." in page.text
    assert sent.status_code == 303
    assert "Pending now" in pending.text
    assert "Pending 8 min" in waited.text
    assert f'href="{there.url}/browse/PAY-1"' in arrived.text
    assert "Handed over to Payments" in arrived.text


def test_what_has_changed_since_the_preview_is_shown_again_and_not_sent(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    jira = connected(shop, there, Channel.JIRA)
    mara.asks(UNKNOWN)
    amir = a_browser(shop, AMIR)
    seal = seal_in(amir.get(f"{TICKET}/engineering").text)
    mara.asks("It is urgent now!")

    answer = amir.post(f"{TICKET}/engineering", seal=seal, to=str(jira.id))

    assert answer.status_code == 409
    assert "Nothing was sent yet." in answer.text
    with cast.the_ticket(shop) as (session, ticket):
        assert engineering.handed_over(session, ticket) == []


def test_a_connection_of_another_launch_gets_nothing(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    mara.asks(UNKNOWN)
    amir = a_browser(shop, AMIR)
    page = amir.get(f"{TICKET}/engineering", to="999")

    assert "Nothing is connected yet" in page.text
    assert amir.post(f"{TICKET}/engineering", seal="x", to="999").status_code == 409


def test_a_dead_letter_is_seen_by_a_lead_and_replayed_with_one_click(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    jira = connected(shop, there, Channel.JIRA, name="Payments")
    mara.asks(UNKNOWN)
    amir, lena = a_browser(shop, AMIR), a_browser(shop, LENA)
    seal = seal_in(amir.get(f"{TICKET}/engineering").text)
    amir.post(f"{TICKET}/engineering", seal=seal, to=str(jira.id))
    there.mood = "refuses"
    deliver(shop)
    assert "Dead letter" in amir.get(TICKET).text
    page = lena.get(DELIVERIES)
    assert "issuetype: It is not allowed here." in page.text

    with shop.db.reading() as session:
        letter = session.scalars(select(Outgoing)).one().id
    there.mood = "ok"
    assert lena.post(f"{DELIVERIES}/{letter}/replay").status_code == 303
    deliver(shop)

    assert list(there.issues) == ["PAY-1"]
    assert "No dead letters" in lena.get(DELIVERIES).text


def test_engineers_see_everything_that_was_handed_over_and_how_it_stands(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    jira = connected(shop, there, Channel.JIRA, name="Payments")
    hook = connected(shop, there, Channel.WEBHOOK, name="Ops <b>")
    mara.asks(UNKNOWN)
    eric = a_browser(shop, ERIC)
    assert "Nothing here" in eric.get("/engineering").text
    assert 'href="/engineering"' in eric.get("/desk").text
    seal = seal_in(eric.get(f"{TICKET}/engineering").text)
    eric.post(f"{TICKET}/engineering", seal=seal, to=[str(jira.id), str(hook.id)])
    assert "1–2 of 2 hand-overs" in eric.get("/engineering", standing="waiting").text

    there.mood = "refuses"
    deliver(shop)
    dead = eric.get("/engineering", standing="dead").text
    assert "Payments" in dead and "issuetype: It is not allowed here." in dead
    assert "Ops &lt;b&gt;" in eric.get("/engineering", standing="waiting").text
    with shop.db.reading() as session:
        letter = session.scalars(select(Outgoing).where(Outgoing.kind == "jira")).one().id
    there.mood = "ok"
    assert f"{TICKET}/engineering/{letter}/replay" in dead
    assert eric.post(f"{TICKET}/engineering/{letter}/replay").status_code == 303
    later(shop, hours=2)
    deliver(shop)

    there_now = eric.get("/engineering", standing="there").text
    assert "PAY-1" in there_now and "1–2 of 2 hand-overs" in there_now
    with shop.db.writing() as session:
        issue = session.scalars(select(Issue)).one()
        issue.status, issue.is_done = "Closed", True
    done = eric.get("/engineering", standing="done").text
    assert "Closed" in done and "Ops" not in done
    assert "nonsense" not in eric.get("/engineering", standing="nonsense").text
    assert a_browser(shop, PRIYA).get("/engineering").status_code == 403


def test_the_list_of_hand_overs_is_paged_and_costs_the_same_however_long_it_is(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    hook = connected(shop, there, Channel.WEBHOOK, name="Ops")
    eric, counts = a_browser(shop, ERIC), []
    for size in (1, HAND_OVERS + 3):
        for number in range(size):
            cast.a_customer(shop, visitor=f"{size}-{number}").calls("How many knees has a penguin?")
        with shop.db.writing() as session:
            for ticket in cast.tickets_of(session):
                outbox.put(
                    session,
                    kind="webhook",
                    target=hook.target,
                    body={},
                    at=NOW,
                    key=f"handover/{ticket.id}",
                    launch_id=hook.launch_id,
                    ticket_id=ticket.id,
                )
        with queries(shop) as sent:
            page = eric.get("/engineering").text
        counts.append(len(sent))

    assert f"1–{HAND_OVERS} of {HAND_OVERS + 4} hand-overs" in page
    assert f"{HAND_OVERS + 1}–{HAND_OVERS + 4} of" in eric.get("/engineering", page=2).text
    assert counts[0] == counts[1] <= 30


def test_what_does_not_arrive_is_said_where_operators_and_leads_look(
    shop: Parts, mara: Customer, there: Outside
) -> None:
    jira = connected(shop, there, Channel.JIRA, name="Payments")
    mara.asks(UNKNOWN)
    lena, amir = a_browser(shop, LENA), a_browser(shop, AMIR)
    seal = seal_in(amir.get(f"{TICKET}/engineering").text)
    amir.post(f"{TICKET}/engineering", seal=seal, to=str(jira.id))
    there.mood = "down"
    deliver(shop)
    assert lena.get("/readyz").json()["parts"]["outbox"]["status"] == "ok"
    later(shop, minutes=11)

    state = lena.get("/readyz").json()["parts"]["outbox"]
    assert (state["status"], state["why"]) == ("degraded", "1 waits, the oldest for 11 minutes.")
    assert "Others have not got everything." in lena.get("/launches").text
    assert "Others have not got everything." not in amir.get("/desk").text


def test_the_list_of_deliveries_costs_the_same_however_long_it_is(
    shop: Parts, there: Outside
) -> None:
    hook = connected(shop, there, Channel.WEBHOOK)
    lena, counts = a_browser(shop, LENA), []
    for n in (1, 40):
        with shop.db.writing() as session:
            for each in range(n):
                outbox.put(
                    session,
                    kind="webhook",
                    target=hook.target,
                    body={},
                    at=NOW - timedelta(minutes=n),
                    key=f"{n}/{each}",
                    launch_id=hook.launch_id,
                )
        with queries(shop) as sent:
            lena.get(DELIVERIES)
        counts.append(len(sent))

    assert counts[0] == counts[1]
