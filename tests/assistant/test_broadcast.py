"""Answer once, tell everyone who asked: each person once, nobody whom it would not help."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering import sending
from assistant.answering.audience import Audience, Chosen, Why
from assistant.answering.broadcast import Broadcast, State
from assistant.answering.leaving_out import Words
from assistant.answering.to_everyone import ALONE, preview, send_to_all
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.desk.severity import Severity
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import AMIR, LENA, NOOR, UNKNOWN, Customer, the

ANSWER = "Yes, penguins have knees, inside their bodies."
KEY = "penguin-knees"


def asked_by(parts: Parts, count: int, words: str = UNKNOWN, **about: str) -> list[Customer]:
    """Let so many different people ask something that nobody has approved an answer for."""
    customers = [cast.a_customer(parts, visitor=f"asker-{n}", **about) for n in range(count)]
    for customer in customers:
        customer.asks(words)
    return customers


def approved(parts: Parts, **said: Any) -> str:
    """Let Lena approve an answer of Amir's."""
    return cast.an_entry(parts, key=KEY, **{"question": UNKNOWN, "answer": ANSWER, **said})


def everyone(session: Session) -> Chosen:
    """Return all who asked it: its repeat group."""
    group = session.scalars(select(Message.group_id).where(Message.text == UNKNOWN)).first()
    assert group is not None
    return Chosen(groups=(group,))


def words_of(session: Session, key: str = KEY) -> Words:
    version = cast.version_of(session, key)
    return Words(version.text, version)


def shown(parts: Parts, *, by: str = AMIR, words: str = "") -> Audience:
    """Return who would get the approved answer, or these words."""
    with parts.db.reading() as session:
        launch, said = cast.launch_of(session), Words(words) if words else words_of(session)
        chosen, person = everyone(session), the(session, by)
        return preview(session, launch, chosen, said, by=person, at=parts.clock.now())


def sent_by(
    parts: Parts, *, by: str = AMIR, words: str = "", people: int = 0, resolves: bool = False
) -> int:
    """Let somebody decide to tell everyone; return the broadcast."""
    people = people or len(shown(parts, by=by, words=words).told)
    with parts.db.writing() as session:
        broadcast = send_to_all(
            session,
            cast.launch_of(session),
            everyone(session),
            Words(words) if words else words_of(session),
            people=people,
            by=the(session, by),
            at=parts.clock.now(),
            resolves=resolves,
        )
        return broadcast.id


def undone(parts: Parts, broadcast_id: int) -> None:
    with parts.db.writing() as session:
        broadcast = session.get_one(Broadcast, broadcast_id)
        broadcast.undo(session, by=the(session, LENA), at=parts.clock.now())


def state_of(parts: Parts, broadcast_id: int) -> State:
    with parts.db.reading() as session:
        return session.get_one(Broadcast, broadcast_id).state(parts.clock.now())


def told(parts: Parts, text: str = ANSWER) -> list[str]:
    """Return who was told ``text``, as often as they were."""
    with parts.db.reading() as session:
        query = select(Conversation.visitor).join(Conversation.messages)
        return sorted(session.scalars(query.where(Message.text == text, Message.by == "agent")))


def reasons(parts: Parts) -> dict[str, Why]:
    return {one.asker.visitor: one.why for one in shown(parts).left_out}


# Who gets it.


def test_everybody_who_asked_is_told_once_where_they_asked(shop: Parts) -> None:
    asked_by(shop, 3)
    approved(shop)
    sent_by(shop)
    cast.later(shop, seconds=10)

    assert sending.send_broadcasts(shop) == 3
    assert sending.send_broadcasts(shop) == 0
    assert told(shop) == ["asker-0", "asker-1", "asker-2"]


def test_it_is_that_persons_response_word_for_word(shop: Parts) -> None:
    (mara,) = asked_by(shop, 1)
    approved(shop)
    sent_by(shop)
    cast.later(shop, seconds=10)
    sending.send_broadcasts(shop)

    said = mara.sees()["messages"][-1]
    with cast.the_ticket(shop) as (session, ticket):
        assert (said["by"], said["author"], said["text"]) == ("agent", "Amir", ANSWER)
        assert said["answer"]["sha256"] == cast.version_of(session, KEY).sha256
        assert ticket.first_response_at == shop.clock.now()
        assert ticket.is_open


def test_tickets_are_resolved_with_it_when_that_was_asked_for(shop: Parts) -> None:
    asked_by(shop, 2)
    approved(shop)
    sent_by(shop, resolves=True)
    cast.later(shop, seconds=10)
    sending.send_broadcasts(shop)

    with shop.db.reading() as session:
        assert [ticket.is_open for ticket in cast.tickets_of(session)] == [False, False]


def test_who_says_not_quite_has_an_open_ticket_again(shop: Parts) -> None:
    (mara,) = asked_by(shop, 1)
    approved(shop)
    sent_by(shop, resolves=True)
    cast.later(shop, seconds=10)
    sending.send_broadcasts(shop)
    cast.later(shop, minutes=1)

    mara.judges(mara.sees()["messages"][-1]["id"], helpful=False)

    with shop.db.reading() as session:
        (ticket,) = cast.tickets_of(session)
        assert ticket.is_waiting_on_us


def test_who_got_no_answer_and_left_without_a_ticket_is_told_too(shop: Parts) -> None:
    asked_by(shop, 1)
    with shop.db.writing() as session:
        chosen = everyone(session)
    left = cast.a_customer(shop, visitor="left")
    said = left.says(UNKNOWN)  # the process died before anybody thought about it
    with shop.db.writing() as session:
        session.get_one(Message, said).group_id = chosen.groups[0]
    approved(shop)
    sent_by(shop)
    cast.later(shop, seconds=10)
    sending.send_broadcasts(shop)

    assert told(shop) == ["asker-0", "left"]


def test_who_asked_twice_gets_it_once_where_the_ticket_is_open(shop: Parts) -> None:
    first, again = (cast.a_customer(shop, visitor="mara") for _ in range(2))
    first.asks(UNKNOWN)
    again.asks(UNKNOWN)
    with shop.db.writing() as session:
        newest = cast.tickets_of(session)[-1]
        newest.reply(session, "We look into it.", by=the(session, AMIR), at=shop.clock.now())
        newest.resolve(session, by=the(session, AMIR), at=shop.clock.now())
    approved(shop)

    (asker,) = shown(shop).told

    assert asker.conversation_id == first.id


def test_further_open_tickets_of_people_told_elsewhere_are_counted(shop: Parts) -> None:
    for _ in range(2):
        cast.a_customer(shop, visitor="mara").asks(UNKNOWN)
    approved(shop)

    assert (len(shown(shop).told), shown(shop).twins) == (1, 1)


# Who does not, and why.


def test_who_has_it_word_for_word_is_left_out(shop: Parts) -> None:
    asked_by(shop, 2)
    approved(shop)
    with cast.the_ticket(shop) as (session, ticket):
        version = cast.version_of(session, KEY)
        ticket.reply(
            session,
            version.text,
            by=the(session, AMIR),
            at=shop.clock.now(),
            entry_version_id=version.id,
        )

    assert reasons(shop) == {"asker-1": Why.TOLD}


def test_who_was_told_the_same_by_hand_is_left_out(shop: Parts) -> None:
    asked_by(shop, 2)
    approved(shop)
    cast.amir_replies(shop, ANSWER)

    assert reasons(shop) == {"asker-1": Why.TOLD}


def test_a_note_with_the_same_words_told_the_customer_nothing(shop: Parts) -> None:
    asked_by(shop, 1)
    approved(shop)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.add_note(session, ANSWER, by=the(session, AMIR), at=shop.clock.now())
    assert reasons(shop) == {}

    sent_by(shop)
    cast.later(shop, seconds=10)
    sending.send_broadcasts(shop)

    assert told(shop) == ["asker-0", "asker-0"]  # the note, and what they read


def test_who_said_that_it_did_not_help_is_left_alone(shop: Parts) -> None:
    approved(shop)
    cast.confirm(shop, KEY)
    asked_by(shop, 1)
    customer = cast.a_customer(shop, visitor="not-helped")
    answer = customer.asks(UNKNOWN)["answer"]["message_id"]
    customer.judges(answer, helpful=False)

    assert reasons(shop)["not-helped"] == Why.NOT_HELPED


def test_who_is_resolved_and_rated_is_left_out(shop: Parts) -> None:
    asked_by(shop, 2)
    approved(shop)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.reply(session, "Looked at.", by=the(session, AMIR), at=shop.clock.now())
        ticket.resolve(session, by=the(session, AMIR), at=shop.clock.now())
        ticket.rate(session, 5, at=shop.clock.now())

    assert reasons(shop) == {"asker-1": Why.RATED}


def test_who_may_not_read_it_is_left_out(shop: Parts) -> None:
    asked_by(shop, 2)
    approved(shop, audience="partners")

    assert set(reasons(shop).values()) == {Why.AUDIENCE}


def test_who_wrote_in_another_language_is_left_out(shop: Parts) -> None:
    asked_by(shop, 1)
    with shop.db.writing() as session:
        chosen = everyone(session)
    foreign = cast.a_customer(shop, visitor="foreign")
    said = foreign.says("Haben Pinguine eigentlich Knie und wo sind die denn?")
    with shop.db.writing() as session:
        session.get_one(Message, said).group_id = chosen.groups[0]
    approved(shop)

    assert reasons(shop) == {"foreign": Why.LANGUAGE}


def test_who_named_another_code_is_left_out(shop: Parts) -> None:
    asked_by(shop, 1)
    with shop.db.writing() as session:
        chosen = everyone(session)
    other = cast.a_customer(shop, visitor="other")
    said = other.says("Do penguins have knees? It says error 403")
    with shop.db.writing() as session:
        session.get_one(Message, said).group_id = chosen.groups[0]
    approved(shop, answer="Yes, they have. This is about error 500.")

    assert reasons(shop) == {"other": Why.ANOTHER}


def test_who_asked_about_something_outside_the_launch_is_left_out(shop: Parts) -> None:
    asked_by(shop, 1)
    with shop.db.writing() as session:
        chosen = everyone(session)
    other = cast.a_customer(shop, visitor="other")
    said = other.says("Do the penguins on my espresso machine have knees?")
    with shop.db.writing() as session:
        session.get_one(Message, said).group_id = chosen.groups[0]
    approved(shop)

    assert reasons(shop) == {"other": Why.OUT_OF_SCOPE}


def test_a_case_that_a_colleague_has_in_hand_is_left_to_them(shop: Parts) -> None:
    asked_by(shop, 2)
    approved(shop)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.claim(session, by=the(session, NOOR), at=shop.clock.now())

    assert reasons(shop) == {"asker-1": Why.HANDLED}
    cast.later(shop, minutes=15)
    assert reasons(shop) == {}


# Deciding.


def test_the_number_that_was_shown_is_the_number_that_gets_it(shop: Parts) -> None:
    asked_by(shop, 2)
    approved(shop)

    with pytest.raises(Refused, match="Now 2 people would get it, not 3"):
        sent_by(shop, people=3)


def test_of_two_people_who_send_the_same_one_wins(shop: Parts) -> None:
    asked_by(shop, 3)
    approved(shop)
    sent_by(shop, people=3)

    with pytest.raises(Refused, match="Somebody is sending exactly this"):
        sent_by(shop, by=LENA, people=3)


def test_what_may_not_be_sent_is_not_sent_to_many(shop: Parts) -> None:
    asked_by(shop, 2)
    approved(shop)
    with shop.db.reading() as session:
        said = words_of(session)
    cast.retire(shop, KEY)

    with shop.db.writing() as session, pytest.raises(Refused, match="retired"):
        launch, lena = cast.launch_of(session), the(session, LENA)
        at = shop.clock.now()
        send_to_all(session, launch, everyone(session), said, people=2, by=lena, at=at)


@pytest.mark.parametrize("words", ["  ", "Hello {name}", "x" * 4_001, "internal: tell nobody"])
def test_words_that_no_customer_should_read_reach_nobody(shop: Parts, words: str) -> None:
    asked_by(shop, 2)

    with shop.db.writing() as session, pytest.raises(Refused):
        at, amir = shop.clock.now(), the(session, AMIR)
        launch = cast.launch_of(session)
        send_to_all(session, launch, everyone(session), Words(words), people=2, by=amir, at=at)


def test_a_few_people_may_be_told_in_ones_own_words(shop: Parts) -> None:
    asked_by(shop, ALONE)
    sent_by(shop, words="They do.")
    cast.later(shop, seconds=10)
    sending.send_broadcasts(shop)

    assert len(told(shop, "They do.")) == ALONE


def test_ones_own_words_to_many_wait_for_a_second_pair_of_eyes(shop: Parts) -> None:
    asked_by(shop, ALONE + 1)
    broadcast_id = sent_by(shop, words="They do.")
    cast.later(shop, minutes=1)
    assert sending.send_broadcasts(shop) == 0
    assert state_of(shop, broadcast_id) is State.WAITING

    with shop.db.writing() as session:
        broadcast = session.get_one(Broadcast, broadcast_id)
        with pytest.raises(NotPermitted):
            broadcast.read_over(session, by=the(session, AMIR), at=shop.clock.now())
        broadcast.read_over(session, by=the(session, NOOR), at=shop.clock.now())
    cast.later(shop, seconds=10)

    assert sending.send_broadcasts(shop) == ALONE + 1
    assert state_of(shop, broadcast_id) is State.SENT


# Undoing, stopping, and what happens meanwhile.


def test_it_may_be_undone_for_ten_seconds_and_then_nobody_gets_it(shop: Parts) -> None:
    asked_by(shop, 2)
    approved(shop)
    broadcast_id = sent_by(shop)
    cast.clock_of(shop).forward(timedelta(seconds=9.9))

    assert sending.send_broadcasts(shop) == 0
    undone(shop, broadcast_id)
    cast.later(shop, minutes=1)

    assert sending.send_broadcasts(shop) == 0
    assert told(shop) == []
    assert state_of(shop, broadcast_id) is State.UNDONE


def test_after_ten_seconds_it_cannot_be_undone(shop: Parts) -> None:
    asked_by(shop, 2)
    approved(shop)
    broadcast_id = sent_by(shop)
    cast.clock_of(shop).forward(timedelta(seconds=10.1))

    with pytest.raises(Refused, match="ten seconds have passed"):
        undone(shop, broadcast_id)
    assert sending.send_broadcasts(shop) == 2


def test_what_was_undone_may_be_sent_anew(shop: Parts) -> None:
    asked_by(shop, 2)
    approved(shop)
    undone(shop, sent_by(shop))
    sent_by(shop)
    cast.later(shop, seconds=10)

    assert sending.send_broadcasts(shop) == 2
    assert told(shop) == ["asker-0", "asker-1"]


def test_it_is_sent_at_the_rate_that_is_set_and_may_be_stopped(shop: Parts) -> None:
    shop.settings.broadcasts_per_minute = 24  # two in each round of five seconds
    asked_by(shop, 5)
    approved(shop)
    broadcast_id = sent_by(shop)
    cast.later(shop, seconds=10)

    assert sending.send_broadcasts(shop) == 2
    with shop.db.writing() as session:
        session.get_one(Broadcast, broadcast_id).stop(
            session, because="A mistake.", by=the(session, LENA), at=shop.clock.now()
        )
    cast.later(shop, seconds=5)

    assert sending.send_broadcasts(shop) == 0
    assert told(shop) == ["asker-0", "asker-1"]
    assert state_of(shop, broadcast_id) is State.STOPPED


def test_who_wrote_meanwhile_is_answered_by_a_person(shop: Parts) -> None:
    customers = asked_by(shop, 2)
    approved(shop)
    sent_by(shop)
    customers[0].asks("It is solved, thank you for nothing.")
    cast.later(shop, seconds=10)
    sending.send_broadcasts(shop)

    assert told(shop) == ["asker-1"]


@pytest.mark.parametrize("act", ["claim", "reply"])
def test_whom_a_colleague_took_on_meanwhile_is_left_to_them(shop: Parts, act: str) -> None:
    asked_by(shop, 2)
    approved(shop)
    sent_by(shop)
    cast.later(shop, seconds=5)
    with cast.the_ticket(shop) as (session, ticket):
        noor = the(session, NOOR)
        if act == "claim":
            ticket.claim(session, by=noor, at=shop.clock.now())
        else:
            ticket.reply(session, "I am on it.", by=noor, at=shop.clock.now())
    cast.later(shop, seconds=5)
    sending.send_broadcasts(shop)

    assert told(shop) == ["asker-0"]


@pytest.mark.parametrize("ending", ["retired", "reworded", "expired"])
def test_it_stops_when_the_words_may_not_be_sent_any_more(shop: Parts, ending: str) -> None:
    asked_by(shop, 3)
    approved(shop, valid_until=shop.clock.now() + timedelta(hours=1))
    broadcast_id = sent_by(shop)
    if ending == "retired":
        cast.retire(shop, KEY)
    elif ending == "expired":
        cast.later(shop, hours=1)
    else:
        with shop.db.writing() as session:
            entry, at = cast.entry_of(session, KEY), shop.clock.now()
            draft = cast.a_draft(question=UNKNOWN, answer="Ask a vet.")
            entry.save(session, draft, by=the(session, AMIR), at=at)
            entry.submit(session, by=the(session, AMIR), at=at)
            entry.approve(session, by=the(session, LENA), at=at)
    cast.later(shop, seconds=10)

    assert sending.send_broadcasts(shop) == 0
    with shop.db.reading() as session:
        broadcast = session.get_one(Broadcast, broadcast_id)
        assert broadcast.stopped_because
        assert {each.why for each in broadcast.recipients} == {Why.STOPPED}
    assert told(shop) == []


def test_tickets_are_chosen_by_hand(shop: Parts) -> None:
    asked_by(shop, 3)
    approved(shop)
    with shop.db.writing() as session:
        numbers = tuple(ticket.number for ticket in cast.tickets_of(session)[:2])
        launch, said, amir = cast.launch_of(session), words_of(session), the(session, AMIR)
        chosen, at = Chosen(tickets=numbers), shop.clock.now()

        audience = preview(session, launch, chosen, said, by=amir, at=at)

        assert [asker.ticket for asker in audience.told] == list(numbers)
        hand_picked = preview(
            session,
            launch,
            chosen,
            said,
            by=amir,
            at=at,
            without=[audience.told[0].conversation_id],
        )
        assert [one.why for one in hand_picked.left_out] == [Why.BY_HAND]


def test_a_scenario_is_chosen_by_its_tickets(shop: Parts) -> None:
    mara = cast.a_customer(shop)
    mara.asks("I cannot get in: where is the e-mail with my sign-in link? I am locked out")
    with cast.the_ticket(shop) as (session, ticket):
        assert ticket.severity <= Severity.PAINFUL
        scenario = ticket.scenario.key if ticket.scenario else ""
        launch, amir, at = cast.launch_of(session), the(session, AMIR), shop.clock.now()
        said = Words("We are looking into the links.")

        audience = preview(session, launch, Chosen(scenario=scenario), said, by=amir, at=at)

        assert [asker.visitor for asker in audience.told] == ["mara"] * bool(scenario)


def test_a_kept_choice_is_the_same_choice() -> None:
    chosen = Chosen((1, 2), 4, ("HC-1001",), "new-price", "x", 3)

    assert Chosen.of(chosen.as_json()) == chosen
    assert Chosen.of(Chosen().as_json()) == Chosen()


def test_everything_it_says_is_a_reply(shop: Parts) -> None:
    asked_by(shop, 2)
    approved(shop)
    sent_by(shop)
    cast.later(shop, seconds=10)
    sending.send_broadcasts(shop)

    with shop.db.reading() as session:
        said = session.scalars(select(Message).where(Message.text == ANSWER)).all()
        assert {message.kind for message in said} == {Said.REPLY}
