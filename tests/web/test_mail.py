"""What a mail's links open, where raw mail comes in, and what the desk says about mail."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.answering import recall
from assistant.desk.letters import Letter
from assistant.desk.mails import PAGE as PER_PAGE
from assistant.desk.mails import Mail
from assistant.desk.reach import Correspondent, Proof
from assistant.desk.subscribers import Subscriber
from assistant.ground.parts import Parts
from assistant.integrations import receiving
from assistant.launch import updates
from tests import cast
from tests.cast import (
    AMIR,
    EXPORT,
    EXPORT_TEXT,
    INES,
    LAUNCH,
    LENA,
    UNKNOWN,
    Customer,
    later,
    the,
)
from tests.mail_server import Taken, a_mail, a_mail_server, rounds, text_of, with_mail
from tests.web.staff import PAGE, Browser, a_browser, queries
from tests.web.test_desk import a_launch
from web import api
from web.app import create_app

SECRET = {"authorization": "Bearer a secret between us"}
OURS = {"origin": "http://testserver"}


@pytest.fixture
def post(shop: Parts) -> Iterator[Taken]:
    with a_mail_server() as taken:
        with_mail(shop, taken.port)
        yield taken


@pytest.fixture
def reader(shop: Parts, post: Taken) -> TestClient:
    """The browser of somebody who reads their mail."""
    return TestClient(create_app(shop), headers=PAGE)


def link_in(mail: object, path: str = "/mail/") -> str:
    """Return the first link of a mail below ``path``, as a path."""
    found = re.search(rf"{path}[0-9a-f]{{40}}[^\s>]*", text_of(mail))  # type: ignore[arg-type]
    assert found is not None
    return found[0]


def taps(reader: TestClient, path: str) -> str:
    """Follow a link, tap, and return the page that comes of it."""
    assert reader.get(path).status_code == 200
    return reader.post(path, headers={**PAGE, **OURS}).text


def writes(reader: TestClient, raw: bytes) -> dict[str, object]:
    """Let our relay hand a mail over."""
    answer = reader.post("/api/v1/mail", content=raw, headers=SECRET)
    assert answer.status_code == 202
    told: dict[str, object] = answer.json()
    return told


def test_a_relay_with_the_secret_hands_mail_over_and_a_copy_is_the_same_mail(
    reader: TestClient,
) -> None:
    first, copy = (writes(reader, a_mail(UNKNOWN)) for _ in range(2))

    assert (first["outcome"], copy) == ("begins", first)


@pytest.mark.parametrize("given", [{}, {"authorization": "Bearer "}, {"authorization": "Bearer x"}])
def test_without_the_secret_nothing_is_taken_in(
    shop: Parts, reader: TestClient, given: dict[str, str]
) -> None:
    answer = reader.post("/api/v1/mail", content=a_mail(), headers=given)

    assert answer.status_code == 401


def test_where_no_secret_is_set_nothing_is_taken_in(shop: Parts) -> None:
    closed = TestClient(create_app(shop))

    for given in ({}, {"authorization": "Bearer "}, SECRET):
        assert closed.post("/api/v1/mail", content=a_mail(), headers=given).status_code == 404


def test_a_big_mail_is_taken_in_and_a_big_form_is_not(reader: TestClient) -> None:
    big = a_mail("x" * 70 + "\n") + b"y" * 2_000_000

    assert writes(reader, big)["outcome"] == "begins"
    assert reader.post("/api/v1/mail/", content=big, headers=SECRET).status_code == 413


def visited(parts: Parts, number: int = 0) -> str:
    """Return the address of a conversation behind its mail's link, by its place."""
    with parts.db.reading() as session:
        found = session.scalars(select(Correspondent).order_by(Correspondent.id)).all()
        return f"/mail/conversations/{found[number].conversation_id}"


def test_following_a_link_shows_nothing_and_confirms_nothing_a_tap_does(
    shop: Parts, post: Taken, reader: TestClient
) -> None:
    writes(reader, a_mail(UNKNOWN))
    rounds(shop)
    link = link_in(post.mails[0])
    before = reader.get(link)
    with shop.db.reading() as session:
        assert session.scalars(select(Correspondent)).one().confirmed_at is None

    after = reader.post(link, headers={**PAGE, **OURS})

    assert (before.headers["referrer-policy"], UNKNOWN in before.text) == ("same-origin", False)
    assert UNKNOWN in after.text
    with shop.db.reading() as session:
        to = session.scalars(select(Correspondent)).one()
        assert to.confirmed_by == "link"
        # No secret stands in the address.
        assert str(after.url).endswith(f"/mail/conversations/{to.conversation_id}")


def test_a_link_that_ended_or_never_was_and_one_from_elsewhere_open_nothing(
    shop: Parts, post: Taken, reader: TestClient
) -> None:
    writes(reader, a_mail(UNKNOWN))
    rounds(shop)
    link = link_in(post.mails[0])
    elsewhere = reader.post(link, headers={**PAGE, "origin": "https://evil.example"})
    later(shop, days=15)

    ended, none = (reader.get(path) for path in (link, "/mail/" + "0" * 40))
    assert (elsewhere.status_code, ended.status_code, none.status_code) == (403, 404, 404)
    assert ended.text == none.text
    assert "This link does not work any more." in ended.text
    assert reader.get(visited(shop)).status_code == 404


def test_who_reads_their_mail_writes_more_behind_the_link(
    shop: Parts, post: Taken, reader: TestClient
) -> None:
    writes(reader, a_mail(UNKNOWN))
    rounds(shop)
    page = taps(reader, link_in(post.mails[0]))
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    form = {"words": "They are penguins of the zoo.", "key": key[1]}
    for _ in range(2):  # a form that is sent twice is said once
        page = reader.post(visited(shop), data=form, headers={**PAGE, **OURS}).text

    assert page.count("They are penguins of the zoo.") == 1


def test_two_links_in_one_browser_open_two_conversations_that_never_mix(
    shop: Parts, post: Taken, reader: TestClient
) -> None:
    questions = (UNKNOWN, "Where is the zoo?")
    for number, words in enumerate(questions):
        writes(reader, a_mail(words, sender=f"m{number}@example.com", message_id=f"<m{number}@x>"))
    rounds(shop)
    for mail in post.mails:
        taps(reader, link_in(mail))
    first, second = visited(shop, 0), visited(shop, 1)

    pages = [reader.get(path).text for path in (first, second, first)]
    assert [[words in page for words in questions] for page in pages] == [
        [True, False],
        [False, True],
        [True, False],
    ]

    # Words that are typed in the first go to the first, though the second was opened later.
    form = {"words": "It has stairs.", "key": "first-of-two"}
    assert "It has stairs." in reader.post(first, data=form, headers={**PAGE, **OURS}).text
    assert "It has stairs." not in reader.get(second).text

    # A visit opens its own conversation and no other, whatever the browser is made to send.
    mine = next(each.value for each in reader.cookies.jar if each.path == first)
    stranger = TestClient(reader.app, base_url=str(reader.base_url))
    stolen = {"cookie": f"hypercare_visit={mine}"}
    assert stranger.get(second, headers=stolen).status_code == 404
    refused = stranger.post(second, data=form, headers={**PAGE, **OURS, **stolen})
    assert refused.status_code == 404
    assert stranger.get(first, headers=stolen).status_code == 200


def test_a_title_is_chosen_by_a_tap_and_not_by_following_its_link(
    shop: Parts, post: Taken, reader: TestClient
) -> None:
    cast.in_mode(shop, cast.Mode.CLARIFY)
    writes(reader, a_mail("How do I export my data?"))
    rounds(shop)
    taps(reader, link_in(post.mails[0]))
    rounds(shop)
    told = text_of(post.mails[-1])
    assert "Did you mean one of these?\n\n1. How do I export my data?" in told
    choice = link_in(post.mails[-1]) + ""
    assert choice.endswith("/1")
    for _ in range(3):
        reader.get(choice)
    assert EXPORT_TEXT not in reader.get(visited(shop)).text

    assert EXPORT_TEXT in taps(reader, choice)
    rounds(shop)
    assert EXPORT_TEXT in text_of(post.mails[-1])
    assert reader.post(choice, headers={**PAGE, **OURS}).status_code == 200


def test_updates_come_to_who_confirmed_each_once_and_end_with_one_click(
    shop: Parts, post: Taken, reader: TestClient
) -> None:
    form = reader.get("/updates/spring-pricing").text
    assert 'action="/updates/spring-pricing/subscription"' in form
    asks = {"email": "mara@example.com"}
    for _ in range(3):
        reader.post("/updates/spring-pricing/subscription", data=asks, headers={**PAGE, **OURS})
    rounds(shop)
    publish(shop, "Too early for Mara")
    rounds(shop)
    assert (post.to, "Too early" in "".join(post.texts())) == (["mara@example.com"], False)

    assert "You will hear from us" in taps(reader, link_in(post.mails[0], "/updates/confirmation/"))
    publish(shop, "Links arrive again")
    rounds(shop)
    assert [mail["Subject"] for mail in post.mails[1:]] == ["Spring pricing: Links arrive again"]
    update = post.mails[1]
    assert update["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    leave = re.search(
        r"<http://[^/]+(/updates/unsubscription/[0-9a-f]+)>", update["List-Unsubscribe"]
    )
    assert leave is not None
    one_click = reader.post(leave[1], data={"List-Unsubscribe": "One-Click"}, headers={})
    assert one_click.status_code == 200

    publish(shop, "Nobody hears this")
    rounds(shop)
    assert len(post.mails) == 2


def publish(parts: Parts, title: str) -> None:
    at = later(parts, minutes=1)
    with parts.db.writing() as session:
        updates.publish(
            session,
            cast.launch_of(session),
            title=title,
            expected="Yes.",
            what_to_do="Nothing.",
            next_update="Tomorrow",
            next_update_at=at + timedelta(days=1),
            by=the(session, INES),
            at=at,
        )


@pytest.mark.parametrize("email", ["", "mara", "a@b.example\r\nBcc: c@d.example", "x" * 300])
def test_what_is_no_address_is_not_written_to(
    shop: Parts, post: Taken, reader: TestClient, email: str
) -> None:
    path = "/updates/spring-pricing/subscription"
    answer = reader.post(path, data={"email": email}, headers={**PAGE, **OURS})

    assert answer.status_code in (409, 422)
    with shop.db.reading() as session:
        assert session.scalars(select(Subscriber)).all() == []


def test_where_no_mail_is_sent_no_form_asks_for_an_address(shop: Parts) -> None:
    assert "subscription" not in a_browser(shop).get("/updates/spring-pricing").text


def test_a_page_takes_an_address_and_says_whether_it_is_known(
    shop: Parts, post: Taken, mara: Customer
) -> None:
    client = TestClient(create_app(shop), headers={"authorization": f"Bearer {mara.token}"})
    path = f"/api/v1/conversations/{mara.id}/email"

    taken = client.post(path, json={"email": "mara@example.com"})
    wrong = client.post(path, json={"email": "call me"})

    assert taken.json() == {"email": "mara@example.com", "confirmed": False}
    assert wrong.status_code == 409


def test_a_page_is_told_how_it_stands_with_the_address(
    shop: Parts, post: Taken, reader: TestClient, mara: Customer
) -> None:
    own = {"authorization": f"Bearer {mara.token}"}
    path = f"/api/v1/conversations/{mara.id}"
    mara.asks(UNKNOWN)

    def stands() -> dict[str, object]:
        told: dict[str, object] = reader.get(path, headers=own).json()["mail"]
        return told

    none = stands()
    reader.post(f"{path}/email", json={"email": "Mara@example.com"}, headers=own)
    asked = stands()
    with shop.db.writing() as session:
        to = session.scalars(select(Correspondent)).one()
        to.confirm(session, Proof.LINK, at=shop.clock.now())
    confirmed = stands()
    with shop.db.writing() as session:
        session.scalars(select(Correspondent)).one().address.bounced_at = shop.clock.now()

    assert (none["state"], asked["state"], confirmed["state"]) == ("none", "asked", "confirmed")
    assert stands() == {"email": "mara@example.com", "state": "wrong"}
    assert api._happened(shop, mara.id, 0, 2**31).found[-1].kind == "ticket"


def test_a_page_offers_no_mail_where_none_is_sent(shop: Parts, mara: Customer) -> None:
    web = TestClient(create_app(shop), headers={"authorization": f"Bearer {mara.token}"})

    assert web.get(f"/api/v1/conversations/{mara.id}").json()["mail"] is None


def test_what_a_page_shows_is_not_mailed_too(
    shop: Parts, post: Taken, reader: TestClient, mara: Customer
) -> None:
    own = {"authorization": f"Bearer {mara.token}"}
    path = f"/api/v1/conversations/{mara.id}"
    mara.asks(UNKNOWN)
    reader.post(f"{path}/context", json={"reach": "mara@example.com"}, headers=own)
    cast.amir_replies(shop)
    seen = reader.post(f"{path}/seen", json={"message_id": 2**40}, headers=own)
    later(shop, minutes=10)
    rounds(shop)

    assert post.mails == []
    assert seen.json() == {"seen": mara.sees()["messages"][-1]["id"]}  # not what is yet to come


def test_what_was_fetched_by_a_page_that_nobody_looks_at_is_mailed(
    shop: Parts, post: Taken, reader: TestClient, mara: Customer
) -> None:
    own = {"authorization": f"Bearer {mara.token}"}
    path = f"/api/v1/conversations/{mara.id}"
    mara.asks(UNKNOWN)
    reader.post(f"{path}/context", json={"reach": "mara@example.com"}, headers=own)
    looked_at = mara.sees()["messages"][-1]["id"]
    cast.amir_replies(shop)
    reader.get(path, headers=own)
    assert "I have looked into it." in str(api._happened(shop, mara.id, 0, 2**31))
    reader.post(f"{path}/seen", json={"message_id": looked_at}, headers=own)
    later(shop, minutes=10)
    rounds(shop)

    assert post.to == ["mara@example.com"]


def test_nobody_says_for_another_what_they_have_seen(reader: TestClient, mara: Customer) -> None:
    path = f"/api/v1/conversations/{mara.id}/seen"
    of_nobody = reader.post(path, json={"message_id": 1}, headers={"authorization": "Bearer x"})

    assert of_nobody.status_code == 404
    wrong = {"authorization": f"Bearer {mara.token}"}
    for body in ({}, {"message_id": 0}, {"message_id": "1"}, {"message_id": 2**63}):
        assert reader.post(path, json=body, headers=wrong).status_code == 422


def test_what_was_recalled_stands_struck_through_behind_a_mail_s_link(
    shop: Parts, post: Taken, reader: TestClient
) -> None:
    writes(reader, a_mail(EXPORT))
    rounds(shop)
    assert f"<s>{EXPORT_TEXT}</s>" not in taps(reader, link_in(post.mails[0]))
    with shop.db.writing() as session:
        entry, lena = cast.entry_of(session, "export-data"), the(session, LENA)
        recall.recall(session, entry, reason="It is gone.", by=lena, at=shop.clock.now())

    assert f"<s>{EXPORT_TEXT}</s>" in reader.get(visited(shop)).text


def test_a_lead_sees_what_was_put_aside_and_lets_it_in(
    shop: Parts, post: Taken, reader: TestClient
) -> None:
    outcome = writes(
        reader, b"From: a@b.example, c@d.example\nSubject: <b>Two</b>\n\nDo penguins have knees?"
    )
    lena = a_browser(shop, LENA)
    page = lena.get("/mails").text

    assert outcome["outcome"] == "quarantine"
    assert "It does not say in one address who wrote it." in page
    assert "&lt;b&gt;Two&lt;/b&gt;" in page and "Mail put aside" in lena.get("/desk").text
    assert "Do penguins have knees?" in lena.get("/mails/1").text
    assert [a_browser(shop, AMIR).get(path).status_code for path in ("/mails", "/mails/1")] == [
        403,
        403,
    ]
    assert lena.post("/mails/1/conversation").status_code == 303
    assert lena.post("/mails/1/discarding").status_code == 409
    receiving.settle_due(shop)
    assert "Nothing is put aside" in lena.get("/mails").text
    with cast.the_ticket(shop) as (_, ticket):
        assert (ticket.subject, ticket.conversation.channel) == ("<b>Two</b>", "email")


def test_a_machine_s_mail_about_a_ticket_is_found_there_and_may_be_let_in(
    shop: Parts, post: Taken, reader: TestClient
) -> None:
    writes(reader, a_mail(UNKNOWN))
    rounds(shop)
    ours = str(post.mails[0]["Message-ID"])
    outcome = writes(
        reader,
        a_mail(
            "I am away until Monday. <b>Ask Bo.</b>",
            subject="Out of office",
            message_id="<away@example.com>",
            Auto_Submitted="auto-replied",
            In_Reply_To=ours,
            References=ours,
        ),
    )
    amir, lena = a_browser(shop, AMIR), a_browser(shop, LENA)
    page = ticket_page(amir, shop)

    assert outcome["outcome"] == "automatic"
    assert "Out of office" in page and "Of a machine, not answered" in page
    assert "Out of office" not in lena.get("/mails").text
    machines = lena.get("/mails", kind="automatic").text
    with cast.the_ticket(shop) as (_, ticket):
        assert "Out of office" in machines and f"/desk/tickets/{ticket.number}" in machines
    assert "&lt;b&gt;Ask Bo.&lt;/b&gt;" in lena.get("/mails/2").text

    assert lena.post("/mails/2/conversation").status_code == 303
    receiving.settle_due(shop)
    assert "Out of office" not in lena.get("/mails", kind="automatic").text
    assert lena.post("/mails/2/conversation").status_code == 409


def test_what_was_put_aside_is_paged_and_split_by_launch(
    shop: Parts, post: Taken, reader: TestClient
) -> None:
    for number in range(PER_PAGE + 5):
        raw = f"From: a@b.example, c@d.example\nSubject: No {number:03}\n\nHello {number}"
        receiving.take_in(shop, raw.encode(), came_by="api")
    while receiving.settle_due(shop):
        pass
    with shop.db.writing() as session:
        session.get_one(Mail, 1).launch = a_launch(session)
        session.get_one(Mail, 2).launch_id = None
    lena = a_browser(shop, LENA)

    first, second = lena.get("/mails").text, lena.get("/mails", page=2).text
    assert (first.count("No 0"), second.count("No 0")) == (PER_PAGE, 4)
    assert f"1–{PER_PAGE} of {PER_PAGE + 4} mails" in first
    assert f'{PER_PAGE + 4}<span class="heard"> mails wait for you' in first
    assert "No 000" not in second  # of a launch that she does not work on
    assert lena.get("/mails", of=LAUNCH).text.count("No 0") == PER_PAGE
    assert lena.get("/mails", of="none").text.count("No 0") == 1
    assert [lena.get("/mails", of="other").status_code, lena.get("/mails/1").status_code] == [
        404,
        404,
    ]
    assert lena.post("/mails/1/discarding").status_code == 404
    with queries(shop) as sent:
        lena.get("/mails")
    assert len(sent) <= 30


def ticket_page(browser: Browser, parts: Parts) -> str:
    with cast.the_ticket(parts) as (_, ticket):
        number = ticket.number
    return browser.get(f"/desk/tickets/{number}").text


def test_a_ticket_says_where_its_mail_goes_and_what_became_of_each_reply(
    shop: Parts, post: Taken, reader: TestClient
) -> None:
    amir = a_browser(shop, AMIR)
    writes(reader, a_mail(UNKNOWN))
    rounds(shop)
    unknown = ticket_page(amir, shop)
    taps(reader, link_in(post.mails[0]))
    cast.amir_replies(shop, "I have looked into it.")
    post.says = lambda _: "451 come back later"
    rounds(shop, times=1)
    later(shop, minutes=12)
    waiting = ticket_page(amir, shop)
    post.says = lambda _: "250 fine"
    rounds(shop, times=2)
    sent = ticket_page(amir, shop)

    assert "Not confirmed" in unknown and "mara@example.com" in unknown
    assert "Mail queued 12 min (The mail server said 451 come back later)" in waiting
    assert "Sent by mail" in sent and "Mail queued" not in sent
    assert "Whole mail, unverified" in sent


def test_an_agent_reads_the_whole_mail_as_text(
    shop: Parts, post: Taken, reader: TestClient
) -> None:
    words = f"{UNKNOWN}\n\n-- \nMara <script>alert(1)</script>"
    writes(reader, a_mail(words))
    with cast.the_ticket(shop) as (_, ticket):
        path = f"/desk/tickets/{ticket.number}/mails/1"
    page = a_browser(shop, AMIR).get(path).text

    assert "Mara &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "Sender not verified" in page
    assert a_browser(shop, AMIR).get(path.replace("/1", "/2")).status_code == 404


def test_readiness_says_what_is_wrong_with_mail(
    shop: Parts, post: Taken, reader: TestClient
) -> None:
    def mail() -> dict[str, str]:
        told: dict[str, str] = reader.get("/readyz").json()["parts"]["mail"]
        return told

    fine = mail()
    writes(reader, a_mail(UNKNOWN))
    post.says = lambda _: "451 come back later"
    rounds(shop, times=1)
    later(shop, minutes=12)

    assert fine == {"status": "ok"}
    assert (mail()["status"], mail()["why"]) == ("degraded", "Mail has waited for 12 min.")
    assert "Mail has waited for 12 min." in a_browser(shop, LENA).get("/desk").text
    with shop.db.reading() as session:
        assert session.scalars(select(Letter)).one().sent_at is None
