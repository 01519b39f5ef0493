"""Mail that goes out: the same approved bytes as on the page, and nothing to strangers."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from assistant.desk import reach
from assistant.desk.conversations import Conversation
from assistant.desk.letters import Letter
from assistant.desk.mails import Mail
from assistant.desk.reach import Source
from assistant.ground.database import sha256
from assistant.ground.outbox import Outgoing
from assistant.ground.parts import Parts
from assistant.integrations import receiving, visiting
from tests import cast
from tests.cast import AMIR, NOW, PRICE, PRICE_TEXT, UNKNOWN, Customer, later, the
from tests.mail_server import OURS, Taken, a_mail, a_mail_server, rounds, text_of, with_mail

LINK = re.compile(r"/mail/([0-9a-f]{40})\b")


@pytest.fixture
def post(shop: Parts) -> Iterator[Taken]:
    with a_mail_server() as taken:
        with_mail(shop, taken.port)
        yield taken


def arrives(parts: Parts, raw: bytes) -> str:
    """Let a mail come in and be read; return what became of it."""
    mail_id = receiving.take_in(parts, raw, came_by="api")
    receiving.settle(parts, mail_id)
    with parts.db.reading() as session:
        mail = session.get_one(Mail, mail_id)
        return "quarantine" if mail.quarantined_at else mail.outcome


def taps(parts: Parts, mail: object) -> str:
    """Tap on the link of a mail; return the visit."""
    found = LINK.search(text_of(mail))  # type: ignore[arg-type]
    assert found is not None
    with parts.db.writing() as session:
        return visiting.enter(session, found[1], at=parts.clock.now())


def gives(parts: Parts, customer: Customer, email: str = "mara@example.com") -> None:
    with parts.db.writing() as session:
        conversation = session.get_one(Conversation, customer.id)
        reach.give(session, conversation, email, source=Source.WIDGET, at=parts.clock.now())


def test_a_customer_by_mail_gets_the_same_bytes_as_in_the_widget(
    shop: Parts, post: Taken, mara: Customer
) -> None:
    in_the_widget = mara.asks(PRICE)["answer"]

    arrives(shop, a_mail(PRICE))
    rounds(shop)
    taps(shop, post.mails[0])
    rounds(shop)

    told = text_of(post.mails[1]).partition("\n\n-- \n")[0]
    assert (told, sha256(told)) == (PRICE_TEXT, in_the_widget["sha256"])
    with shop.db.reading() as session:
        letter = session.scalars(select(Letter).order_by(Letter.id.desc())).first()
        assert letter is not None
        said = cast.said_in(session, letter.correspondent.conversation_id)  # type: ignore[union-attr]
        version = cast.version_of(session, "price-differs")
        assert [m.entry_version_id for m in said if m.id in letter.messages] == [version.id]


def test_an_address_that_nobody_confirmed_reads_nothing_that_was_said(
    shop: Parts, post: Taken
) -> None:
    arrives(shop, a_mail("My canary word is xylophone", subject="Canary subject"))
    rounds(shop)

    assert post.to == ["mara@example.com"]
    everything = post.mails[0].as_string().lower()
    for told in ("xylophone", "canary", "mara lind", "person will answer", "spring pricing"):
        assert told not in everything
    assert "there is an answer for you" in everything


def test_it_hears_once_a_day_whatever_happens(shop: Parts, post: Taken) -> None:
    for number in range(5):
        arrives(shop, a_mail(f"{UNKNOWN} {number}", message_id=f"<{number}@example.com>"))
    rounds(shop)
    later(shop, hours=23)
    rounds(shop)

    assert len(post.mails) == 1


def test_a_visitor_who_left_gets_a_persons_reply_by_mail_and_one_who_stayed_does_not(
    shop: Parts, post: Taken, mara: Customer
) -> None:
    stayed = cast.a_customer(shop, visitor="olaf")
    for customer, email in ((mara, "mara@example.com"), (stayed, "olaf@example.com")):
        gives(shop, customer, email)
        customer.asks(UNKNOWN)
        cast.amir_replies(shop, "I have looked into it.")
    with shop.db.writing() as session:
        reach.note_read(session, stayed.id, stayed.sees()["messages"][-1]["id"])
    rounds(shop)
    at_once = list(post.to)

    later(shop, minutes=2)
    rounds(shop)
    taps(shop, post.mails[0])
    cast.amir_replies_to = None  # type: ignore[attr-defined]
    with shop.db.writing() as session:
        ticket = session.get_one(Conversation, mara.id).tickets[0]
        ticket.reply(session, "It is mended now.", by=the(session, AMIR), at=shop.clock.now())
    later(shop, minutes=3)
    rounds(shop)

    assert (at_once, post.to) == ([], ["mara@example.com", "mara@example.com"])
    assert "Amir writes:\n\nIt is mended now.\n" in text_of(post.mails[-1])


def test_an_answer_that_is_withdrawn_meanwhile_is_not_sent_and_a_person_answers(
    shop: Parts, post: Taken
) -> None:
    confirmed(shop, post)
    arrives(shop, a_mail(PRICE, message_id="<2@example.com>", vouched=True))
    from assistant.desk.posting import post_due

    post_due(shop)
    cast.retire(shop, "price-differs")
    rounds(shop)

    assert PRICE_TEXT not in "".join(post.texts())
    assert "a person will answer you here" in text_of(post.mails[-1])
    with cast.the_ticket(shop) as (_, ticket):
        assert ticket.handoff_reason.startswith("The answer was withdrawn")


def confirmed(parts: Parts, post: Taken) -> None:
    """Let Mara have written once and confirmed her address."""
    arrives(parts, a_mail(UNKNOWN, message_id="<0@example.com>"))
    rounds(parts)
    taps(parts, post.mails[0])
    rounds(parts)


def test_a_mail_has_what_stops_machines_and_leads_back(shop: Parts, post: Taken) -> None:
    confirmed(shop, post)

    first, second = post.mails
    assert [mail["Auto-Submitted"] for mail in (first, second)] == ["auto-replied"] * 2
    assert re.fullmatch(rf"support\+[0-9a-f]{{40}}@{OURS.partition('@')[2]}", second["Reply-To"])
    assert (second["Subject"], second["In-Reply-To"]) == ("Re: A question", "<0@example.com>")
    assert len({mail["Message-ID"] for mail in post.mails}) == 2


def test_a_person_s_words_are_not_called_automatic(shop: Parts, post: Taken) -> None:
    confirmed(shop, post)
    cast.amir_replies(shop, "No, they have not.")
    rounds(shop)

    assert (post.mails[-1]["Auto-Submitted"], len(post.mails)) == (None, 3)


@pytest.mark.parametrize("subject", ["a\r\nBcc: all@example.com", "a\nX: y", "a\u2028b", "\x00"])
def test_no_subject_becomes_a_header(shop: Parts, post: Taken, subject: str) -> None:
    from assistant.ground.mail import Post, send

    send(shop.settings, Post("mara@example.com", subject, "Hello", "1@x"), at=NOW)

    assert (post.mails[0]["Bcc"], post.mails[0]["X"], post.to) == (None, None, ["mara@example.com"])


def test_a_copy_of_what_was_sent_is_not_sent_again(shop: Parts, post: Taken) -> None:
    from assistant.integrations import mailing

    confirmed(shop, post)
    with shop.db.reading() as session:
        rows = list(session.scalars(select(Outgoing)))
    for row in rows:
        mailing.deliver(shop, row.body, event_id=row.event_id)

    assert len(post.mails) == 2


def test_a_server_that_is_away_is_tried_again_and_one_that_refuses_is_not(
    shop: Parts, post: Taken
) -> None:
    answers = ["451 later", "550 nobody here"]
    post.says = lambda _: answers.pop(0)
    arrives(shop, a_mail(UNKNOWN))
    rounds(shop, times=1)
    with shop.db.reading() as session:
        first = session.scalars(select(Outgoing)).one()
        assert (first.tries, first.dead_at, "451 later" in first.last_error) == (1, None, True)

    later(shop, minutes=1)
    rounds(shop, times=1)
    with shop.db.reading() as session:
        assert session.scalars(select(Outgoing)).one().dead_at is not None
    assert post.mails == []
