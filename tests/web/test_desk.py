"""The desk: what an agent sees, does, and is kept from doing."""

import re

import pytest

from assistant.desk import conversations, intake
from assistant.desk.messages import By
from assistant.desk.promises import HYPERCARE
from assistant.desk.severity import Severity
from assistant.ground.audit import history
from assistant.ground.people import join
from assistant.launch.launches import Launch, Mode
from tests import cast
from tests.web.staff import a_browser, queries

TICKET = "/desk/tickets/HC-1001"
LOGO = "The logo looks blurred"


@pytest.fixture
def suggesting(shop):
    """The shop, where people answer and the assistant only suggests."""
    cast.in_mode(shop, Mode.SUGGEST)
    return shop


@pytest.fixture
def asked(suggesting):
    """A ticket with a suggestion: Mara has asked why her price is different."""
    mara = cast.a_customer(suggesting)
    mara.asks(cast.PRICE)
    return mara


def send(browser, action="send", version=1, entry="price-differs"):
    return browser.post(f"{TICKET}/suggestion", entry=entry, version=version, action=action)


def shown_version(browser) -> str:
    return re.search(r'name="version" value="(\d+)"', browser.get(TICKET).text)[1]


def error_of(response) -> str:
    return re.search(r"<h1>(.*?)</h1>", response.text)[1]


# --- who may ---


@pytest.mark.parametrize(
    ("email", "status"), [(cast.PRIYA, 403), (cast.INES, 403), (cast.ERIC, 200)]
)
def test_only_those_who_work_there_see_the_desk(shop, email, status):
    assert a_browser(shop, email).get("/desk").status_code == status


def test_a_form_without_its_token_changes_nothing(shop, asked):
    browser = a_browser(shop, cast.AMIR)

    refused = browser.post(f"{TICKET}/owner", person="me", csrf="")

    assert refused.status_code == 403
    with cast.the_ticket(shop) as (_, ticket):
        assert ticket.claimed_at is None


def test_a_ticket_of_another_launch_looks_as_if_it_did_not_exist(shop, asked):
    with shop.db.writing() as session:
        stranger = cast.a_person(session, email="sten@example.com", launch=None)
        elsewhere = a_launch(session)
        join(session, stranger, elsewhere.id)
    browser = a_browser(shop, "sten@example.com")

    theirs, nothing = browser.get(TICKET), browser.get("/desk/tickets/HC-1999")

    assert (theirs.status_code, nothing.status_code) == (404, 404)
    assert error_of(theirs) == error_of(nothing) == "There is nothing here"
    assert browser.post(f"{TICKET}/owner", person="me").status_code == 404
    assert browser.get("/desk", launch=cast.LAUNCH).status_code == 404


@pytest.mark.parametrize("number", ["HC-²", "HC-99999999999999999999", "x", "HC--1"])
def test_a_number_that_is_none_is_not_found(shop, number):
    assert a_browser(shop, cast.AMIR).get(f"/desk/tickets/{number}").status_code == 404


def a_launch(session) -> Launch:
    known = cast.launch_of(session)
    same = ("trigger", "starts_at", "time_zone", "mode", "wrong_rate", "prepared_at")
    lists = ("scope", "out_of_scope", "objectives", "baselines", "exit_criteria", "sites")
    listed = {name: [] for name in lists}
    other = Launch(
        key="other", name="Other", **{name: getattr(known, name) for name in same}, **listed
    )
    session.add(other)
    session.flush()
    return other


# --- the queue ---


def subjects(page) -> list[str]:
    return re.findall(r'class="row-link cut" href="[^"]+">(.*?)</a>', page.text)


def test_the_queue_is_worst_first_and_then_by_what_is_due_first(shop):
    for words in (cast.UNKNOWN, cast.BLOCKED, "Do seashells count as money here?"):
        cast.a_customer(shop, visitor=words).calls(words)
        cast.later(shop, minutes=1)

    listed = subjects(a_browser(shop, cast.AMIR).get("/desk"))

    assert listed == [cast.BLOCKED, cast.UNKNOWN, "Do seashells count as money here?"]


def test_the_queue_is_searched_filtered_and_sorted(shop):
    for words, channel in ((LOGO, "widget"), (cast.BLOCKED, "email")):
        cast.a_customer(shop, visitor=f"{channel} person", channel=channel).calls(words)
        cast.later(shop, minutes=1)
    browser = a_browser(shop, cast.AMIR)

    assert subjects(browser.get("/desk", q="blurred")) == [LOGO]
    assert subjects(browser.get("/desk", q="HC-1002")) == [cast.BLOCKED]
    assert subjects(browser.get("/desk", q="widget person")) == [LOGO]
    assert subjects(browser.get("/desk", severity="1")) == [cast.BLOCKED]
    assert subjects(browser.get("/desk", channel="email")) == [cast.BLOCKED]
    assert subjects(browser.get("/desk", sort="oldest")) == [LOGO, cast.BLOCKED]
    assert subjects(browser.get("/desk", view="resolved")) == []


def test_a_clock_in_the_queue_says_why_it_is_due_then(shop):
    cast.a_customer(shop).asks(cast.BLOCKED)

    page = a_browser(shop, cast.AMIR).get("/desk").text

    assert "First response is due 15 minutes after the question" in page
    assert "The clock began at 17 Nov 2026, 10:00 CET." in page


def test_fifty_rows_cost_as_many_queries_as_five(shop):
    browser = a_browser(shop, cast.AMIR)
    open_tickets(shop, 5)
    browser.get("/desk")  # once before counting: connections are opened and prepared
    with queries(shop) as few:
        assert len(subjects(browser.get("/desk"))) == 5
    open_tickets(shop, 46)
    with queries(shop) as many:
        page = browser.get("/desk")

    assert len(subjects(page)) == 50
    assert "1–50 of 51 tickets" in page.text
    assert len(many) == len(few) <= 30


def open_tickets(parts, count: int) -> None:
    """Open that many tickets in one transaction, each with its own customer."""
    at = parts.clock.now()
    with parts.db.writing() as session:
        for number in range(count):
            conversation, _ = conversations.begin(session, cast.launch_of(session), at=at)
            question = conversation.ask(session, f"Case {number}", key=f"case-{number:04}", at=at)
            intake.open_for(
                session,
                question,
                severity=Severity.MINOR,
                severity_reason="Nothing says that anything is blocked.",
                handoff_reason="A person was asked for.",
                policy=HYPERCARE,
                scenario=None,
                at=at,
            )


def test_several_tickets_are_given_to_one_person(shop):
    for number in range(2):
        cast.a_customer(shop, visitor=f"v{number}").asks(cast.UNKNOWN)

    a_browser(shop, cast.LENA).post(
        "/desk/bulk", numbers=["HC-1001", "HC-1002"], action="assign", person=cast.ERIC
    )

    with shop.db.reading() as session:
        assert {ticket.owner.name for ticket in cast.tickets_of(session)} == {"Eric Berg"}


# --- the suggestion ---


def test_the_suggested_answer_is_sent_word_for_word(shop, asked):
    sent = send(a_browser(shop, cast.AMIR))

    assert sent.headers["location"] == TICKET
    said = asked.sees()["messages"][-1]
    assert (said["by"], said["author"], said["text"]) == ("agent", "Amir", cast.PRICE_TEXT)
    assert (said["answer"]["entry"], said["answer"]["version"]) == ("price-differs", 1)


def test_an_answer_that_was_withdrawn_meanwhile_is_not_sent(shop, asked):
    browser = a_browser(shop, cast.AMIR)
    assert "Suggested reply" in browser.get(TICKET).text
    cast.retire(shop, "price-differs")

    refused = send(browser)

    assert refused.status_code == 409
    assert "is not approved any more. It was not sent." in refused.text
    assert [m for m in asked.sees()["messages"] if m["by"] == By.PERSON] == []
    assert "price-differs" not in browser.get(TICKET).text.partition("data-suggestion>")[2]


def test_what_the_customer_has_read_already_is_not_suggested_again(shop):
    mara = cast.a_customer(shop)
    mara.asks(cast.PRICE)
    mara.calls()

    page = a_browser(shop, cast.AMIR).get(TICKET).text

    assert 'name="entry" value="price-differs"' not in page


def test_a_call_for_attention_does_not_hide_what_was_found_for_the_question(shop, asked):
    cast.later(shop, minutes=1)
    asked.asks("Hello, is anybody out there?")

    page = a_browser(shop, cast.AMIR).get(TICKET).text

    assert 'name="entry" value="price-differs"' in page


def test_once_the_customer_has_written_again_the_suggestion_is_withdrawn(shop, asked):
    browser = a_browser(shop, cast.AMIR)
    browser.post(f"{TICKET}/replies", kind="reply", text="I am looking into it.")
    cast.later(shop, minutes=1)
    asked.asks("And how do I cancel my plan then?")

    assert "The customer has written since. Read that first." in browser.get(TICKET).text


@pytest.mark.parametrize(
    ("action", "kind"), [("wrong", "ticket.suggestion-wrong"), ("none", "ticket.no-answer")]
)
def test_what_an_agent_says_about_a_suggestion_is_a_labelled_case(shop, asked, action, kind):
    browser = a_browser(shop, cast.AMIR)

    send(browser, action)

    with cast.the_ticket(shop) as (session, ticket):
        last = history(session, ticket_id=ticket.id)[-1]
        assert (last.kind, last.details["entry"], last.details["version"]) == (
            kind,
            "price-differs",
            1,
        )
        assert last.details["question"] == ticket.question_id
    assert 'name="entry" value="price-differs"' not in browser.get(TICKET).text


def test_inserting_begins_the_reply_with_the_approved_text(shop, asked):
    page = a_browser(shop, cast.AMIR).get(TICKET, insert="1", suggestion="export-data").text

    box = re.search(r'data-draft="ticket-HC-1001">(.*?)</textarea>', page, re.DOTALL)[1]
    assert box == cast.EXPORT_TEXT
    assert 'name="suggestion_entry" value="export-data"' in page


@pytest.mark.parametrize(
    ("text", "badge"),
    [
        (cast.EXPORT_TEXT, "Approved answer · version 1"),
        (f"{cast.EXPORT_TEXT} It takes a minute.", "Deviates from · version 1"),
    ],
)
def test_a_reply_that_began_with_an_approved_text_says_whether_it_deviates(
    shop, asked, text, badge
):
    browser = a_browser(shop, cast.AMIR)

    browser.post(
        f"{TICKET}/replies",
        kind="reply",
        text=text,
        suggestion_entry="export-data",
        suggestion_version="1",
    )

    assert badge in " ".join(browser.get(TICKET).text.split())
    cited = asked.sees()["messages"][-1].get("answer")
    assert (cited is not None) is (text == cast.EXPORT_TEXT)


# --- replies ---


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Hello {name}, it is done.", "“{name}” is still to be filled in."),
        ("Hello [NAME], it is done.", "“[NAME]” is still to be filled in."),
        ("TODO: ask billing", "“TODO” is not meant for a customer."),
        ("Internal: they pay late.", "“Internal:” is not meant for a customer."),
        ("They always complain on Mondays.", "This is the text of an internal note."),
    ],
)
def test_a_reply_that_is_not_meant_for_customers_is_kept_and_not_sent(shop, asked, text, problem):
    browser = a_browser(shop, cast.AMIR)
    browser.post(f"{TICKET}/replies", kind="note", text="They always complain on Mondays.")

    refused = browser.post(f"{TICKET}/replies", kind="reply", text=text)

    assert refused.status_code == 422
    assert problem in refused.text
    assert f">{text}</textarea>" in refused.text
    assert [m for m in asked.sees()["messages"] if m["by"] == By.PERSON] == []


def test_a_note_stays_with_the_team(shop, asked):
    browser = a_browser(shop, cast.AMIR)

    browser.post(f"{TICKET}/replies", kind="note", text="TODO: look at the invoice")

    assert "TODO: look at the invoice" in browser.get(TICKET).text
    assert "invoice" not in str(asked.sees())


def test_a_message_that_was_typed_into_a_form_keeps_its_lines(shop, asked):
    a_browser(shop, cast.AMIR).post(
        f"{TICKET}/replies", kind="reply", text="Hello Mara,\r\n\r\nit is done."
    )

    assert asked.sees()["messages"][-1]["text"] == "Hello Mara,\n\nit is done."


# --- what happens to a ticket ---


def test_a_ticket_is_taken_judged_escalated_resolved_and_opened_again(shop, asked):
    browser = a_browser(shop, cast.AMIR)
    for path, fields in (
        ("owner", {"person": "me"}),
        ("severity", {"severity": "2", "reason": "A whole team is waiting"}),
        ("escalation", {"reason": "I need a refund to be approved"}),
        ("replies", {"kind": "reply", "text": "We have refunded it."}),
    ):
        assert browser.post(f"{TICKET}/{path}", **fields).status_code == 303, path

    browser.post(f"{TICKET}/resolution", note="Refunded.", version=shown_version(browser))
    resolved = browser.get(TICKET).text
    browser.post(f"{TICKET}/reopening", reason="Not there yet.", version=shown_version(browser))

    assert "Resolved. The customer is asked whether it worked." in resolved
    assert "Refunded." in resolved
    with cast.the_ticket(shop) as (session, ticket):
        assert (ticket.is_open, ticket.severity, ticket.owner.name) == (True, 2, "Lena Ortiz")
        kinds = [
            event.kind.removeprefix("ticket.") for event in history(session, ticket_id=ticket.id)
        ]
    assert kinds[2:] == [
        *("assigned", "severity", "escalated", "replied", "noted", "resolved", "reopened")
    ]


def test_who_resolves_what_has_changed_meanwhile_sees_how_it_is_now(shop, asked):
    browser = a_browser(shop, cast.AMIR)
    browser.post(f"{TICKET}/replies", kind="reply", text="We have refunded it.")
    stale = shown_version_of_ticket(browser)
    cast.later(shop, minutes=1)
    asked.asks("One more thing about my invoice")

    refused = browser.post(f"{TICKET}/resolution", note="All done here.", version=stale)

    assert refused.status_code == 409
    assert error_of(refused) == "Somebody was quicker"
    assert "Now: waiting on us, Sev 3, with Amir Haddad." in refused.text
    assert "All done here." in refused.text
    assert f'href="{TICKET}"' in refused.text
    with cast.the_ticket(shop) as (_, ticket):
        assert ticket.is_open


def shown_version_of_ticket(browser) -> str:
    form = browser.get(TICKET).text.partition("/resolution")[2]
    return re.search(r'name="version" value="(\d+)"', form)[1]


def test_a_ticket_nobody_has_answered_is_not_resolved(shop, asked):
    browser = a_browser(shop, cast.AMIR)
    with cast.the_ticket(shop) as (_, ticket):
        version = ticket.version

    refused = browser.post(f"{TICKET}/resolution", note="Never mind.", version=version)

    assert refused.status_code == 409
    assert "Reply first, then resolve." in refused.text


def test_a_ticket_is_handed_to_people_of_its_launch_only(shop, asked):
    refused = a_browser(shop, cast.AMIR).post(f"{TICKET}/owner", person="sten@example.com")

    assert refused.status_code == 404


def test_a_page_says_once_what_the_last_form_did(shop, asked):
    browser = a_browser(shop, cast.AMIR)
    browser.post(f"{TICKET}/owner", person="me")

    first, second = browser.get(TICKET).text, browser.get(TICKET).text

    assert "Assigned." in first
    assert "Assigned." not in second


def test_the_queries_of_a_ticket_do_not_grow_with_its_thread(shop, asked):
    browser = a_browser(shop, cast.AMIR)
    browser.post(f"{TICKET}/replies", kind="reply", text="One moment.")
    asked.asks("Thank you, I am waiting here")
    browser.get(TICKET)
    with queries(shop) as few:
        browser.get(TICKET)
    for number in range(10):
        browser.post(f"{TICKET}/replies", kind="reply", text=f"Still looking, number {number}.")
        asked.asks(f"I am still waiting for it, time {number}")
    with queries(shop) as many:
        browser.get(TICKET)

    assert len(many) == len(few) <= 40


def test_the_rail_tells_of_earlier_tickets_and_of_others_who_ask_the_same(shop):
    mara = cast.a_customer(shop)
    mara.asks(cast.UNKNOWN)
    cast.a_customer(shop).asks(cast.BLOCKED)
    cast.a_customer(shop, visitor="jonas").asks(cast.UNKNOWN)

    page = a_browser(shop, cast.AMIR).get(TICKET).text

    assert "HC-1002 I am locked out" in page
    assert "2 people, 2 contacts, widget." in page
    assert "HC-1003" in page


def test_a_degraded_assistant_is_said_on_every_page(shop):
    shop.embedder, shop.embedder_missing = None, "The weights are not there."

    assert "Word search only." in a_browser(shop, cast.AMIR).get("/desk").text
