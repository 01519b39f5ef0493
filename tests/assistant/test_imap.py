"""A mailbox that is read: from where it stopped, each mail once, and a bad one stops nothing."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from assistant.desk import mails
from assistant.desk.mail_state import mail_state
from assistant.desk.mails import Mail
from assistant.ground.parts import Parts
from assistant.integrations import receiving
from assistant.integrations.imap import read_mailbox
from tests.cast import UNKNOWN, later
from tests.imap_server import Mailbox, a_mailbox
from tests.mail_server import a_mail, with_mail


@pytest.fixture
def box(shop: Parts) -> Iterator[Mailbox]:
    with a_mailbox() as mailbox:
        mailbox.mails[1] = a_mail("Long before us", message_id="<old@example.com>")
        with_mail(
            shop,
            9,
            imap_host="127.0.0.1",
            imap_port=mailbox.port,
            imap_security="none",
            imap_user="support",
            imap_password="a secret",
        )
        assert read_mailbox(shop) == 0  # what was there before is history
        yield mailbox


def arrives(box: Mailbox, uid: int) -> None:
    box.mails[uid] = a_mail(
        f"{UNKNOWN} {uid}", sender=f"m{uid}@example.com", message_id=f"<{uid}@example.com>"
    )


def read(parts: Parts) -> list[str]:
    with parts.db.reading() as session:
        return [mail.key for mail in session.scalars(select(Mail).order_by(Mail.id))]


def test_what_is_new_is_taken_in_once_and_the_mailbox_is_left_as_it_is(
    shop: Parts, box: Mailbox
) -> None:
    arrives(box, 2)
    arrives(box, 3)

    assert [read_mailbox(shop), read_mailbox(shop)] == [2, 0]
    assert read(shop) == ["2@example.com", "3@example.com"]
    assert (box.fetched, box.changes) == ([2, 3], [])


def test_it_goes_on_where_it_stopped(shop: Parts, box: Mailbox) -> None:
    for uid in (2, 5, 9):
        arrives(box, uid)
        read_mailbox(shop)

    assert box.fetched == [2, 5, 9]


def test_when_uids_begin_anew_nothing_becomes_a_second_mail(shop: Parts, box: Mailbox) -> None:
    arrives(box, 2)
    read_mailbox(shop)
    box.validity = 8
    box.mails = {1: box.mails[2]}
    arrives(box, 3)

    read_mailbox(shop)

    assert read(shop) == ["2@example.com", "3@example.com"]


def test_when_uids_begin_anew_and_the_server_stumbles_history_stays_history(
    shop: Parts, box: Mailbox
) -> None:
    arrives(box, 2)
    read_mailbox(shop)
    box.validity, box.stumbles = 8, True
    read_mailbox(shop)
    box.stumbles, box.since = False, {2}

    read_mailbox(shop)

    assert read(shop) == ["2@example.com"]


def test_a_mail_that_the_server_does_not_give_out_is_put_aside_after_three_tries(
    shop: Parts, box: Mailbox
) -> None:
    arrives(box, 2)
    arrives(box, 3)
    box.broken = {2}

    assert [read_mailbox(shop) for _ in range(3)] == [0, 0, 2]
    with shop.db.reading() as session:
        assert [mail.subject for mail in mails.page_of(session, *mails.aside("aside"))[0]] == [
            "(mail 2 of the mailbox)"
        ]
    receiving.settle_due(shop)
    assert "3@example.com" in read(shop)


def test_how_long_the_mailbox_was_not_read_is_told_without_its_password(
    shop: Parts, box: Mailbox
) -> None:
    box.refuses_sign_in = True
    later(shop, minutes=14)
    read_mailbox(shop)

    with shop.db.reading() as session:
        problems = mail_state(session, shop.settings, at=shop.clock.now()).problems(
            shop.settings, shop.clock.now()
        )
    assert [said for said in problems if "The mailbox was last read 14 min ago." in said]
    assert "a secret" not in " ".join(problems)

    box.refuses_sign_in = False
    read_mailbox(shop)
    with shop.db.reading() as session:
        assert mail_state(session, shop.settings, at=shop.clock.now()).unread_because == ""
