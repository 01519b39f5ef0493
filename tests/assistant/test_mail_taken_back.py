"""What was taken back leaves by no mail, and a reply that is held back is somebody's work again."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from assistant.answering import recall
from assistant.answering.lines import LINES, Line
from assistant.desk.conversations import Conversation
from assistant.desk.messages import Said
from assistant.desk.posting import post_due
from assistant.desk.reach import Address
from assistant.ground.audit import history
from assistant.ground.parts import Parts
from tests import cast
from tests.assistant.test_mailing import arrives, confirmed
from tests.cast import AMIR, EXPORT_TEXT, LENA, the
from tests.mail_server import Taken, a_mail, a_mail_server, rounds, with_mail

KEY = "export-data"


@pytest.fixture
def post(shop: Parts) -> Iterator[Taken]:
    with a_mail_server() as taken:
        with_mail(shop, taken.port)
        yield taken


def recalls(parts: Parts) -> None:
    with parts.db.writing() as session:
        entry, at = cast.entry_of(session, KEY), parts.clock.now()
        recall.recall(session, entry, reason="It is gone.", by=the(session, LENA), at=at)


def sends(parts: Parts, text: str, version_id: int | None = None) -> None:
    """Let Amir answer the newest ticket."""
    with cast.the_ticket(parts) as (session, ticket):
        at, amir = parts.clock.now(), the(session, AMIR)
        ticket.reply(session, text, by=amir, at=at, entry_version_id=version_id)


def test_what_a_person_typed_word_for_word_is_not_mailed_once_it_is_recalled(
    shop: Parts, post: Taken
) -> None:
    confirmed(shop, post)
    sends(shop, EXPORT_TEXT)
    post_due(shop)

    recalls(shop)
    rounds(shop)

    assert EXPORT_TEXT not in "".join(post.texts())


def test_a_person_s_reply_that_is_held_back_waits_on_us_again_and_its_owner_hears_why(
    shop: Parts, post: Taken
) -> None:
    confirmed(shop, post)
    with shop.db.reading() as session:
        version = cast.version_of(session, KEY).id
    sends(shop, EXPORT_TEXT, version)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.resolve(session, by=the(session, AMIR), at=shop.clock.now())
    post_due(shop)

    cast.later(shop, seconds=1)
    cast.retire(shop, KEY)
    rounds(shop)

    assert EXPORT_TEXT not in "".join(post.texts())
    with cast.the_ticket(shop) as (session, ticket):
        assert (ticket.is_open, ticket.is_waiting_on_us) == (True, True)
        why = "The reply was withdrawn before the mail with it could be sent."
        known = [(e.kind, e.details.get("reason")) for e in history(session, ticket_id=ticket.id)]
        assert known.count(("ticket.reopened", why)) == 1


def test_titles_that_were_recalled_are_not_mailed(shop: Parts, post: Taken) -> None:
    confirmed(shop, post)
    with shop.db.writing() as session:
        conversation = session.get_one(Conversation, cast.tickets_of(session)[-1].conversation_id)
        options = [
            {
                "entry": key,
                "title": version.question,
                "applies_when": version.applies_when,
                "version": version.id,
            }
            for key in (KEY, "cancel-plan")
            for version in [cast.version_of(session, key)]
        ]
        conversation.tell(
            session,
            LINES[Line.DID_YOU_MEAN],
            kind=Said.CLARIFICATION,
            at=shop.clock.now(),
            reply_to=conversation.messages[0],
            options=options,
        )
    post_due(shop)
    recalls(shop)
    rounds(shop)

    mailed = post.texts()[-1]
    assert "How do I export my data?" not in mailed
    assert "2. How do I cancel my plan?" in mailed


def test_who_wrote_again_from_an_address_that_came_back_is_mailed_again(
    shop: Parts, post: Taken
) -> None:
    confirmed(shop, post)
    with shop.db.writing() as session:
        session.scalars(select(Address)).one().bounced_at = shop.clock.now()
    arrives(shop, a_mail("Are you there?", message_id="<2@example.com>", vouched=True))

    sends(shop, "Yes, we are.")
    rounds(shop)

    assert "Yes, we are." in post.texts()[-1]
