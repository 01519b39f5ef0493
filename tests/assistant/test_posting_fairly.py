"""Who may be written to is written to, however many wait who may not."""

import pytest

from assistant.desk import conversations, posting, reach
from assistant.desk.messages import Said
from assistant.desk.posting import post_due
from assistant.desk.reach import Proof, Source
from assistant.ground.parts import Parts
from assistant.worker import deliver
from tests import cast
from tests.cast import AMIR, later, the
from tests.mail_server import a_mail_server, with_mail


def left(parts: Parts, *emails: str, confirmed: bool = False) -> None:
    """Let people name an address each, leave, and get a reply from Amir."""
    with parts.db.writing() as session:
        at, launch, amir = parts.clock.now(), cast.launch_of(session), the(session, AMIR)
        for email in emails:
            conversation, _ = conversations.begin(session, launch, at=at, visitor=email)
            to = reach.give(session, conversation, email, source=Source.WIDGET, at=at)
            assert to is not None
            if confirmed:
                to.confirm(session, Proof.LINK, at=at)
            conversation.tell(session, "It is mended.", kind=Said.REPLY, at=at, person=amir)


@pytest.mark.parametrize("names", ["v{}@example.com", "victim+{}@example.com"])
def test_a_crowd_of_unconfirmed_addresses_keeps_no_confirmed_one_waiting(
    shop: Parts, names: str
) -> None:
    with a_mail_server() as taken:
        with_mail(shop, taken.port, mail_unconfirmed_per_minute=2)
        left(shop, *(names.format(number) for number in range(posting.AT_ONCE + 10)))
        left(shop, "mara@example.com", confirmed=True)
        later(shop, minutes=3)

        post_due(shop)
        post_due(shop)
        deliver(shop)

        assert "mara@example.com" in taken.to


def test_of_many_addresses_of_one_mailbox_none_keeps_other_strangers_waiting(shop: Parts) -> None:
    with a_mail_server() as taken:
        with_mail(shop, taken.port)
        left(shop, *(f"victim+{number}@example.com" for number in range(posting.AT_ONCE + 10)))
        left(shop, "olaf@example.com")
        later(shop, minutes=3)

        post_due(shop)
        post_due(shop)
        deliver(shop)

        assert "olaf@example.com" in taken.to
