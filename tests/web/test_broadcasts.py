"""The pages with which one answer is told to everyone who asked."""

import pytest
from sqlalchemy import select

from assistant.answering import sending
from assistant.answering.broadcast import Broadcast, Recipient
from assistant.desk import posting, reach
from assistant.desk.conversations import Conversation
from assistant.desk.letters import About, Letter
from assistant.desk.messages import Message
from assistant.desk.reach import Source
from assistant.ground.outbox import Outgoing
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import AMIR, ERIC, LAUNCH, LENA, PRIYA, UNKNOWN
from tests.web.staff import Browser, a_browser, queries

ANSWER = "Yes, penguins have knees, inside their bodies."
KEY = "penguin-knees"


@pytest.fixture
def asked(shop: Parts) -> Parts:
    """Three people have asked what Lena has approved an answer for since."""
    for n in range(3):
        cast.a_customer(shop, visitor=f"asker{n}").asks(UNKNOWN)
    cast.an_entry(shop, key=KEY, question=UNKNOWN, answer=ANSWER)
    return shop


def group_of(parts: Parts) -> int:
    with parts.db.reading() as session:
        group = session.scalars(select(Message.group_id).where(Message.text == UNKNOWN)).first()
    assert group is not None
    return group


def conversations(parts: Parts) -> list[str]:
    with parts.db.reading() as session:
        return [ticket.conversation_id for ticket in cast.tickets_of(session)]


def sent_by(agent: Browser, parts: Parts, told: list[str], **fields: object):  # type: ignore[no-untyped-def]
    return agent.post(
        "/broadcasts",
        launch=LAUNCH,
        kind="answer",
        answer=KEY,
        version="1",
        group=str(group_of(parts)),
        shown=conversations(parts),
        told=told,
        **fields,
    )


def test_the_page_names_everybody_who_would_get_it(asked: Parts) -> None:
    amir = a_browser(asked, AMIR)

    page = amir.get("/broadcasts/new", group=group_of(asked), answer=KEY, launch=LAUNCH).text

    assert "Send to 3 people" in page
    assert ANSWER in page
    assert page.count('name="told"') == 3


def test_whom_mail_would_have_to_reach_is_counted_where_none_is_sent(asked: Parts) -> None:
    with cast.the_ticket(asked) as (_, ticket):
        ticket.conversation.channel = "email"
    amir = a_browser(asked, AMIR)

    page = amir.get("/broadcasts/new", group=group_of(asked), answer=KEY, launch=LAUNCH).text

    assert "it does not reach 1 of them" in page


def test_without_an_answer_it_asks_for_one(asked: Parts) -> None:
    page = a_browser(asked, AMIR).get("/broadcasts/new", group=group_of(asked)).text

    assert "Choose what they are told" in page
    assert "3 people asked" in page


def test_selected_tickets_lead_to_the_page(asked: Parts) -> None:
    amir = a_browser(asked, AMIR)
    with asked.db.reading() as session:
        numbers = [ticket.number for ticket in cast.tickets_of(session)[:2]]

    onward = amir.post("/desk/broadcast", numbers=numbers)

    assert onward.status_code == 303
    assert "2 tickets chosen by hand" in amir.get(onward.headers["location"]).text
    assert amir.post("/desk/broadcast").status_code == 409


def test_it_is_sent_to_those_who_were_ticked_and_its_page_says_how_far_it_is(asked: Parts) -> None:
    amir = a_browser(asked, AMIR)
    onward = sent_by(amir, asked, conversations(asked)[:2]).headers["location"]

    assert "May be undone" in amir.get(onward).text
    cast.later(asked, seconds=10)
    assert sending.send_broadcasts(asked) == 2
    page = amir.get(onward).text
    assert "Sent 2 of 2" in page
    assert "Taken out by hand: 1" in page
    assert "Sent" in amir.get("/broadcasts").text


def test_whoever_came_since_the_page_was_loaded_is_looked_at_first(asked: Parts) -> None:
    seen = conversations(asked)
    said = cast.a_customer(asked, visitor="late").says(UNKNOWN)
    with asked.db.writing() as session:
        session.get_one(Message, said).group_id = group_of(asked)
    amir = a_browser(asked, AMIR)

    refused = amir.post(
        "/broadcasts",
        launch=LAUNCH,
        answer=KEY,
        version="1",
        group=str(group_of(asked)),
        shown=seen,
        told=seen,
    )

    assert refused.status_code == 409
    assert "Now 4 people would get it, not 3" in refused.text


def test_as_many_people_who_are_others_are_looked_at_first_too(asked: Parts) -> None:
    seen = conversations(asked)
    gone = cast.a_customer(asked, visitor="late")
    said = gone.says(UNKNOWN)
    with asked.db.writing() as session:
        session.get_one(Message, said).group_id = group_of(asked)
        first = session.get_one(Conversation, seen[0])
        first.tickets[0].reply(
            session, "I look into it.", by=cast.the(session, LENA), at=asked.clock.now()
        )

    refused = sent_by(a_browser(asked, AMIR), asked, seen)

    assert refused.status_code == 409
    assert "Others would get it than were shown" in refused.text


def test_two_people_who_send_it_at_once_tell_nobody_twice(asked: Parts) -> None:
    amir, lena = a_browser(asked, AMIR), a_browser(asked, LENA)
    told = conversations(asked)

    assert sent_by(amir, asked, told).status_code == 303
    refused = sent_by(lena, asked, told)

    assert refused.status_code == 409
    assert "Somebody is sending exactly this" in refused.text


def test_a_version_that_was_not_read_is_not_sent(asked: Parts) -> None:
    amir = a_browser(asked, AMIR)

    refused = amir.post(
        "/broadcasts",
        launch=LAUNCH,
        answer=KEY,
        version="7",
        group=str(group_of(asked)),
        shown=conversations(asked),
        told=conversations(asked),
    )

    assert refused.status_code == 409


def test_it_is_undone_and_stopped_from_its_page(asked: Parts) -> None:
    amir = a_browser(asked, AMIR)
    onward = sent_by(amir, asked, conversations(asked)).headers["location"]

    assert "Waits" in amir.get(onward).text
    assert amir.post(f"{onward}/undoing").status_code == 303
    assert "Waits" not in amir.get(onward).text
    assert "Undone: nobody got it" in amir.get(onward).text
    assert amir.post(f"{onward}/undoing").status_code == 409
    assert amir.post(f"{onward}/stop").status_code == 409


def test_ones_own_words_are_read_by_a_colleague_first(shop: Parts) -> None:
    for n in range(6):
        cast.a_customer(shop, visitor=f"asker{n}").asks(UNKNOWN)
    amir, eric = a_browser(shop, AMIR), a_browser(shop, ERIC)
    fields = {
        "launch": LAUNCH,
        "kind": "own",
        "text": "They do.",
        "group": str(group_of(shop)),
        "shown": conversations(shop),
        "told": conversations(shop),
    }
    assert "Ask a colleague to read it" in amir.post("/broadcasts/preview", **fields).text

    onward = amir.post("/broadcasts", **fields).headers["location"]

    assert "I have read it" not in amir.get(onward).text
    assert "I have read it" in eric.get(onward).text
    assert amir.post(f"{onward}/reading").status_code == 403
    assert eric.post(f"{onward}/reading").status_code == 303


def test_ones_own_words_may_not_turn_the_order_of_their_letters(asked: Parts) -> None:
    amir = a_browser(asked, AMIR)

    answer = amir.post(
        "/broadcasts",
        launch=LAUNCH,
        kind="own",
        text="Pay \u202e001 EUR",
        group=str(group_of(asked)),
        shown=conversations(asked),
        told=conversations(asked),
    )

    assert answer.status_code == 409
    assert "turns the order of letters (U+202E)" in answer.text


def test_its_page_says_who_could_not_be_told_and_has_it_tried_again(asked: Parts) -> None:
    amir = a_browser(asked, AMIR)
    onward = sent_by(amir, asked, conversations(asked)).headers["location"]
    cast.later(asked, seconds=10)
    sending.send_broadcasts(asked)
    with asked.db.writing() as session:
        people = list(session.scalars(select(Recipient).order_by(Recipient.id)))
        people[0].sent_at, people[0].message_id = None, None
        people[0].failed_at, people[0].failed_because = asked.clock.now(), "It went wrong <here>."
        failed, fine = people[0].id, people[1].id

    page = amir.get(onward).text
    assert "1 person could not be told" in page
    assert "It went wrong &lt;here&gt;." in page
    assert page.count("Try again") == 1
    assert "1 not told" in amir.get("/broadcasts").text
    assert amir.post(f"{onward}/recipients/{fine}/retry").status_code == 409
    assert amir.post(f"{onward}/recipients/{failed}/retry").headers["location"] == onward
    assert "could not be told" not in amir.get(onward).text
    assert a_browser(asked, PRIYA).post(f"{onward}/recipients/{fine}/retry").status_code == 403


def test_a_mail_that_was_given_up_is_said_and_tried_again(asked: Parts) -> None:
    amir = a_browser(asked, AMIR)
    onward = sent_by(amir, asked, conversations(asked)).headers["location"]
    cast.later(asked, seconds=10)
    sending.send_broadcasts(asked)
    with asked.db.writing() as session:
        told = session.scalars(select(Recipient)).first()
        assert told is not None
        told.email = "mara@example.com"
        to = reach.give(
            session, told.conversation, told.email, source=Source.TICKET, at=asked.clock.now()
        )
        letter = Letter(
            about=About.WORDS, correspondent=to, messages=[told.message_id], is_automatic=False
        )
        posting.put(session, asked.settings, letter, to.address, at=asked.clock.now())
        session.scalars(select(Outgoing)).one().die(session, "550 no", at=asked.clock.now())
        recipient = told.id

    assert "550 no" in amir.get(onward).text
    assert amir.post(f"{onward}/recipients/{recipient}/retry").status_code == 303
    assert "550 no" not in amir.get(onward).text


def test_nobody_else_sees_it(asked: Parts) -> None:
    onward = sent_by(a_browser(asked, AMIR), asked, conversations(asked)).headers["location"]
    with asked.db.writing() as session:
        cast.a_person(session, email="else@example.com", name="Bo Else", launch=None)

    assert a_browser(asked, PRIYA).get(onward).status_code == 403
    assert a_browser(asked, "else@example.com").get(onward).status_code == 404
    assert a_browser(asked, AMIR).get("/broadcasts/99").status_code == 404


def test_its_page_costs_the_same_however_many_it_tells(asked: Parts) -> None:
    amir = a_browser(asked, AMIR)
    onward = sent_by(amir, asked, conversations(asked)).headers["location"]
    amir.get(onward)

    with queries(asked) as sent:
        amir.get(onward)
    with asked.db.reading() as session:
        assert len(session.scalars(select(Broadcast)).one().recipients) == 3

    assert len(sent) <= 30


def test_whom_no_mail_reaches_is_not_told_keeps_the_ticket_and_is_named(asked: Parts) -> None:
    with cast.the_ticket(asked) as (_, ticket):
        ticket.conversation.channel = "email"
        number = ticket.number
    amir = a_browser(asked, AMIR)
    reached = conversations(asked)[:2]
    about = {"launch": LAUNCH, "kind": "answer", "answer": KEY, "version": "1", "resolves": "true"}
    about |= {"group": str(group_of(asked))}
    everybody = amir.post("/broadcasts", told=conversations(asked), **about)

    onward = amir.post("/broadcasts", told=reached, shown=reached, **about).headers["location"]
    cast.later(asked, seconds=10)
    sending.send_broadcasts(asked)

    assert everybody.status_code == 409
    page = amir.get(onward).text
    assert "Sent 2 of 2" in page
    assert f'stays open: <a href="/desk/tickets/{number}"' in page
    with asked.db.reading() as session:
        assert [ticket.is_open for ticket in cast.tickets_of(session)] == [False, False, True]
