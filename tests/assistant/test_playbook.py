"""When reassurance is enough, and when to escalate."""

from datetime import timedelta

from assistant.desk.playbook import playbook
from tests import cast


def test_what_is_expected_needs_reassurance_and_nothing_else(shop, mara):
    mara.asks(cast.UNKNOWN)

    with cast.the_ticket(shop) as (_, ticket):
        told = playbook(ticket, verdict="expected", at=cast.NOW)

    assert told.reassure[0] == "It is what the approved answer describes, and nothing beside it."
    assert told.escalate == ()


def test_what_is_blocked_or_late_is_escalated(shop, mara):
    mara.asks(cast.BLOCKED)

    with cast.the_ticket(shop) as (_, ticket):
        told = playbook(ticket, verdict=None, at=cast.NOW + timedelta(minutes=15))

    assert told.reassure == ()
    assert told.escalate == (
        "“First response” was missed, and you cannot keep it now.",
        "Work is blocked and you cannot unblock it yourself.",
    )


def test_without_a_reason_there_is_nothing_to_say(shop, mara):
    mara.asks(cast.UNKNOWN)

    with cast.the_ticket(shop) as (_, ticket):
        assert playbook(ticket, verdict="known-issue", at=cast.NOW) is None
