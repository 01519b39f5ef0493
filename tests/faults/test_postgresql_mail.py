"""Mail on PostgreSQL, where two workers and two relays really are at work at the same instant."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from assistant.desk import posting, reach
from assistant.desk.conversations import Conversation
from assistant.desk.mails import Mail
from assistant.desk.messages import Message
from assistant.desk.reach import Proof, Source
from assistant.desk.tickets import Ticket
from assistant.ground import outbox
from assistant.ground.database import Database
from assistant.ground.delivery import deliver_due
from assistant.ground.parts import Parts
from assistant.integrations import receiving
from tests import cast
from tests.cast import AMIR, UNKNOWN, Customer, later, the
from tests.faults.test_postgresql import SERVER, await_a_lock, shop
from tests.mail_server import Taken, a_mail, a_mail_server, rounds, with_mail

__all__ = ["shop"]
pytestmark = pytest.mark.skipif(not SERVER, reason="needs HYPERCARE_TEST_POSTGRES_URL")


@pytest.fixture
def post(shop: Parts) -> Iterator[Taken]:
    with a_mail_server() as taken:
        with_mail(shop, taken.port)
        yield taken


def at_once(doers: list[Callable[[], Any]]) -> list[Any]:
    """Let everybody begin at the same moment; return what each of them got."""
    start = threading.Barrier(len(doers))

    def begin(do: Callable[[], Any]) -> Any:
        start.wait()
        return do()

    with ThreadPoolExecutor(len(doers)) as pool:
        return list(pool.map(begin, doers))


def another_process(parts: Parts) -> Parts:
    """Return the same installation with connections of its own."""
    return Parts(
        settings=parts.settings,
        db=Database(parts.db.url),
        clock=parts.clock,
        embedder=parts.embedder,
    )


def reached_by_mail(parts: Parts, customer: Customer) -> None:
    """Let a customer be known at an address; what was said until now was read on the page."""
    with parts.db.writing() as session:
        conversation, at = session.get_one(Conversation, customer.id), parts.clock.now()
        to = reach.give(session, conversation, "mara@example.com", source=Source.WIDGET, at=at)
        assert to is not None
        to.confirm(session, Proof.LINK, at=at)


def test_of_two_workers_that_claim_the_outbox_at_once_each_row_goes_out_by_one(shop: Parts) -> None:
    rows, arrived, lock = 40, Counter[str](), threading.Lock()
    with shop.db.writing() as session:
        for number in range(rows):
            at = shop.clock.now()
            outbox.put(session, kind="mail", target=f"t{number}", body={}, at=at, key=f"k{number}")

    def carry(parts: Parts, body: object, *, event_id: str) -> None:
        with lock:
            arrived[event_id] += 1

    other = another_process(shop)
    told = at_once(
        [lambda: deliver_due(shop, {"mail": carry}), lambda: deliver_due(other, {"mail": carry})]
    )
    other.db.close()

    assert sum(told) == rows
    assert (len(arrived), set(arrived.values())) == (rows, {1})


def test_of_two_workers_that_post_at_once_one_writes_the_letter(shop: Parts, post: Taken) -> None:
    mara = cast.a_customer(shop)
    mara.calls(UNKNOWN)
    reached_by_mail(shop, mara)
    cast.amir_replies(shop, "They have knees.")
    later(shop, minutes=3)
    other = another_process(shop)

    put = at_once([lambda: posting.post_due(shop), lambda: posting.post_due(other)])
    other.db.close()
    rounds(shop)

    assert sorted(put) == [0, 1]
    assert len(post.mails) == 1


def test_a_reply_that_is_committed_late_is_mailed_though_a_newer_one_was_first(
    shop: Parts, post: Taken
) -> None:
    mara = cast.a_customer(shop)
    mara.calls(UNKNOWN)
    reached_by_mail(shop, mara)
    with ThreadPoolExecutor(1) as pool:
        with shop.db.writing() as slow:  # has its number, and is not committed yet
            conversation = slow.get_one(Conversation, mara.id)
            amir = the(slow, AMIR)
            conversation.tell(slow, "First.", kind="reply", person=amir, at=shop.clock.now())
            with shop.db.writing() as quick:
                same = quick.get_one(Conversation, mara.id)
                same.tell(
                    quick, "Second.", kind="reply", person=the(quick, AMIR), at=shop.clock.now()
                )
            later(shop, minutes=3)
            posting_now = pool.submit(posting.post_due, shop)
            await_a_lock(shop)
        posting_now.result()
    rounds(shop)
    later(shop, minutes=3)
    rounds(shop)

    said = "".join(post.texts())
    assert (said.count("First."), said.count("Second.")) == (1, 1)


def test_one_mail_that_two_processes_take_in_at_one_instant_is_one_ticket(
    shop: Parts, post: Taken
) -> None:
    other = another_process(shop)
    mails = 8
    for number in range(mails):
        raw = a_mail(
            f"{UNKNOWN} {number}",
            sender=f"m{number}@example.com",
            message_id=f"<{number}@e.example>",
        )

        def taken(parts: Parts, raw: bytes = raw) -> int:
            mail_id = receiving.take_in(parts, raw, came_by="api")
            receiving.settle(parts, mail_id)
            return mail_id

        ids = at_once([lambda p=p: taken(p) for p in (shop, other) * 3])  # type: ignore[misc]
        assert len(set(ids)) == 1
    other.db.close()

    with shop.db.reading() as session:
        counted = [session.scalar(select(func.count()).select_from(t)) for t in (Mail, Ticket)]
        assert counted == [mails, mails]
        assert session.scalars(select(Mail.outcome).distinct()).all() == ["begins"]


def test_two_questions_of_one_conversation_decided_at_once_open_one_ticket(shop: Parts) -> None:
    races, other = 8, another_process(shop)
    for number in range(races):
        asker = cast.a_customer(shop, visitor=f"visitor {number}")
        same = Customer(other, asker.id, asker.token)
        at_once(
            [
                lambda a=asker: a.asks(UNKNOWN),  # type: ignore[misc]
                lambda a=same: a.asks("Do walruses have elbows?"),  # type: ignore[misc]
                lambda a=asker: a.calls("I want a person."),  # type: ignore[misc]
            ]
        )
    other.db.close()

    with shop.db.reading() as session:
        per = session.execute(
            select(Ticket.conversation_id, func.count()).group_by(Ticket.conversation_id)
        ).all()
        undecided = select(Message.id).where(
            Message.kind == "question", Message.decided_at.is_(None)
        )
        assert session.scalars(undecided).all() == []
    assert [count for _, count in per] == [1] * races
