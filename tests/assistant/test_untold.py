"""Whom a broadcast cannot tell: tried a few times, then given up, shown, and tried on request."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from assistant.answering import missed, sending
from assistant.answering.broadcast import Broadcast, Recipient, State
from assistant.answering.missed import AT_ONCE_AGAIN, MOST_TRIES, wait_before
from assistant.desk.notices import Notice
from assistant.ground.audit import Event
from assistant.ground.errors import NotFound, Refused
from assistant.ground.parts import Parts
from tests import cast
from tests.assistant.test_broadcast import approved, asked_by, sent_by, state_of, told
from tests.cast import AMIR, the

STUCK = "stuck"  # a trigger of the database that lets nothing be said in one conversation


def decided(parts: Parts, people: int = 3, *, stuck: int = 1) -> int:
    """Let so many people have asked, the first of whom cannot be told, and Amir tell them all."""
    customers = asked_by(parts, people)
    approved(parts)
    broadcast_id = sent_by(parts)
    where = ",".join(f"'{customer.id}'" for customer in customers[:stuck])
    with parts.db.writing() as session:
        session.execute(
            text(
                f"CREATE TRIGGER {STUCK} BEFORE INSERT ON messages "
                f"WHEN NEW.conversation_id IN ({where}) BEGIN SELECT RAISE(ABORT, 'never'); END"
            )
        )
    cast.later(parts, seconds=10)
    return broadcast_id


def rounds(parts: Parts, count: int) -> None:
    """Let so many rounds pass, an hour apart: no wait is longer."""
    for _ in range(count):
        sending.send_broadcasts(parts)
        cast.later(parts, hours=1)


def mended(parts: Parts) -> None:
    with parts.db.writing() as session:
        session.execute(text(f"DROP TRIGGER {STUCK}"))


def retried(parts: Parts, broadcast_id: int, recipient_id: int) -> None:
    with parts.db.writing() as session:
        missed.try_again(
            session,
            session.get_one(Broadcast, broadcast_id),
            recipient_id,
            by=the(session, AMIR),
            at=parts.clock.now(),
        )


def given_up(parts: Parts) -> list[tuple[int, str]]:
    with parts.db.reading() as session:
        query = select(Recipient).where(Recipient.failed_at.is_not(None))
        return [(each.id, each.failed_because) for each in session.scalars(query)]


@pytest.mark.parametrize(
    ("trouble", "tries", "waits"),
    [
        (Refused("This ticket is closed."), 1, None),
        (ValueError(), 1, True),
        (ValueError(), MOST_TRIES - 1, True),
        (ValueError(), MOST_TRIES, None),
        (missed.CONFLICTS[0](), AT_ONCE_AGAIN, False),
        (missed.CONFLICTS[0](), AT_ONCE_AGAIN + 1, True),
        (missed.CONFLICTS[0](), MOST_TRIES, None),
    ],
)
def test_a_refusal_is_final_and_anything_else_after_a_few_tries(
    trouble: Exception, tries: int, waits: bool | None
) -> None:
    wait = wait_before(trouble, tries, key="1")

    assert (None if wait is None else wait > timedelta(0)) is waits


def test_who_cannot_be_told_is_given_up_and_the_others_are_told(shop: Parts) -> None:
    broadcast_id = decided(shop)

    rounds(shop, 1)
    assert (len(told(shop)), state_of(shop, broadcast_id)) == (2, State.SENDING)
    rounds(shop, MOST_TRIES + 5)

    assert [why for _, why in given_up(shop)] == ["Something else was written there at every try."]
    assert state_of(shop, broadcast_id) is State.SENT
    with shop.db.reading() as session:
        assert session.scalars(select(Recipient.tries)).all() == [MOST_TRIES, 0, 0]
        events = select(func.count()).where(Event.kind == "broadcast.failed")
        assert session.scalar(events) == 1
        notice = session.scalars(select(Notice).where(Notice.kind == "untold")).one()
        assert (notice.person.email, notice.href) == (AMIR, f"/broadcasts/{broadcast_id}")


def test_it_is_tried_again_only_when_somebody_says_so_and_then_once(shop: Parts) -> None:
    broadcast_id = decided(shop)
    rounds(shop, MOST_TRIES)
    mended(shop)
    rounds(shop, 3)
    assert len(told(shop)) == 2

    [(recipient_id, _)] = given_up(shop)
    retried(shop, broadcast_id, recipient_id)
    assert state_of(shop, broadcast_id) is State.SENDING
    rounds(shop, 3)

    assert (len(told(shop)), given_up(shop)) == (3, [])
    assert state_of(shop, broadcast_id) is State.SENT
    with pytest.raises(Refused):
        retried(shop, broadcast_id, recipient_id)
    with pytest.raises(NotFound):
        retried(shop, broadcast_id, 999)


def test_who_was_given_up_may_be_told_by_another_broadcast_instead(shop: Parts) -> None:
    broadcast_id = decided(shop)
    rounds(shop, MOST_TRIES)
    mended(shop)
    [(recipient_id, _)] = given_up(shop)
    sent_by(shop)

    with pytest.raises(Refused, match="Another broadcast"):
        retried(shop, broadcast_id, recipient_id)
    cast.later(shop, seconds=10)
    rounds(shop, 1)

    assert len(told(shop)) == 3


def test_those_who_fail_keep_nobody_waiting_however_many_they_are(shop: Parts) -> None:
    shop.settings.broadcasts_per_minute = 2  # so that those who fail would fill every round
    decided(shop, 6, stuck=4)

    rounds(shop, 6)  # one person in each
    assert len(told(shop)) == 2
    rounds(shop, 4 * MOST_TRIES)

    assert (len(given_up(shop)), len(told(shop))) == (4, 2)
