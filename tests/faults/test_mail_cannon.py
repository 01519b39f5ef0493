"""We are not a mail cannon: whoever is named by others hears once a day, and nothing they said."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from assistant.desk import reach
from assistant.desk.conversations import Conversation
from assistant.desk.letters import Letter
from assistant.desk.mail_state import mail_state
from assistant.desk.posting import post_due
from assistant.desk.reach import Source
from assistant.ground.parts import Parts
from assistant.worker import deliver
from tests import cast
from tests.cast import later
from tests.mail_server import a_mail_server, with_mail

TICKETS_EACH = 6
CANARY = "xylophone"


def test_many_tickets_that_name_others_send_each_one_mail_and_nothing_that_was_said(
    shop: Parts, pytestconfig: pytest.Config, record_property: Callable[..., None]
) -> None:
    victims, brake = pytestconfig.getoption("--victims"), 6
    with a_mail_server() as taken:
        with_mail(shop, taken.port, mail_unconfirmed_per_minute=brake)
        for number in range(victims * TICKETS_EACH):
            names(shop, f"v{number % victims}@example.com")
        later(shop, minutes=3)
        per_minute, was_braked = [], False
        for _ in range(victims // brake + 3):
            before = len(taken.mails)
            for _ in range(4):
                post_due(shop)
                deliver(shop)
            with shop.db.reading() as session:
                state = mail_state(session, shop.settings, at=shop.clock.now())
                was_braked = was_braked or state.is_braked
            per_minute.append(len(taken.mails) - before)
            later(shop, seconds=61)
        later(shop, hours=20)
        post_due(shop)
        deliver(shop)

        assert sorted(taken.to) == sorted(f"v{number}@example.com" for number in range(victims))
        assert (max(per_minute) <= brake, was_braked) == (True, victims >= brake)
        assert not [mail for mail in taken.mails if CANARY in mail.as_string().lower()]
    with shop.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Letter)) == victims
    words = f"P19: {victims * TICKETS_EACH} tickets naming {victims}: {len(taken.to)} mails"
    record_property("figure", f"{words}, 0 with what was said, at most {max(per_minute)} a minute")


def names(parts: Parts, email: str) -> None:
    """Let somebody ask, name another's address and get a reply from a person, then leave."""
    customer = cast.a_customer(parts, visitor=f"{CANARY} {email}")
    customer.calls(f"{CANARY} is my secret")
    with parts.db.writing() as session:
        conversation = session.get_one(Conversation, customer.id)
        reach.give(session, conversation, email, source=Source.TICKET, at=parts.clock.now())
        ticket = conversation.tickets[-1]
        by = cast.the(session, cast.AMIR)
        ticket.reply(session, f"Thank you. {CANARY}", by=by, at=parts.clock.now())
