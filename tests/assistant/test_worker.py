"""The worker: a table of recurring jobs, each of which may run twice."""

from datetime import timedelta

from assistant.desk.alarms import break_promises
from assistant.ground import audit
from assistant.ground.audit import Event
from assistant.ground.parts import Parts
from assistant.worker import Worker, clocks, jobs
from tests import cast
from tests.cast import AMIR, BLOCKED, LENA, NOW, UNKNOWN, Customer, later, the


def happened(parts: Parts, *kinds: str) -> list[tuple[str, str]]:
    with cast.the_ticket(parts) as (session, ticket):
        events = audit.history(session, ticket_id=ticket.id)
        return [(one.kind, one.who) for one in events if one.kind in kinds]


def test_a_missed_first_response_is_noted_and_moves_the_ticket_up_once(
    shop: Parts, mara: Customer
) -> None:
    mara.asks(BLOCKED)
    later(shop, minutes=15)

    assert [break_promises(shop), break_promises(shop)] == [1, 0]
    assert happened(shop, "ticket.promise-broken", "ticket.escalated") == [
        ("ticket.promise-broken", "assistant"),
        ("ticket.escalated", "assistant"),
    ]
    with cast.the_ticket(shop) as (_, ticket):
        assert ticket.owner is not None
        assert (ticket.owner.email, ticket.level) == (LENA, 1)


def test_a_missed_resolution_is_noted_and_moves_nobody(shop: Parts, mara: Customer) -> None:
    mara.asks(BLOCKED)
    cast.amir_replies(shop)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.customer_wrote(session, at=NOW)
    later(shop, hours=4)

    assert break_promises(shop) == 2  # the next update and the resolution
    assert happened(shop, "ticket.escalated") == []


def test_nothing_breaks_while_we_wait_for_the_customer(shop: Parts, mara: Customer) -> None:
    mara.asks(BLOCKED)
    cast.amir_replies(shop)
    later(shop, days=30)

    assert break_promises(shop) == 0


def test_what_is_kept_in_time_breaks_nothing(shop: Parts, mara: Customer) -> None:
    mara.asks(UNKNOWN)
    cast.amir_replies(shop)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.resolve(session, by=the(session, AMIR), at=NOW)
    later(shop, days=30)

    assert break_promises(shop) == 0


def test_a_promise_breaks_at_its_very_moment_and_not_before(shop: Parts, mara: Customer) -> None:
    mara.asks(BLOCKED)
    cast.clock_of(shop).set(NOW + timedelta(minutes=15) - timedelta(microseconds=1))
    assert break_promises(shop) == 0

    cast.clock_of(shop).set(NOW + timedelta(minutes=15))
    assert break_promises(shop) == 1


def test_a_round_hands_over_what_is_stranded(shop: Parts, mara: Customer) -> None:
    mara.says(UNKNOWN)
    later(shop, seconds=30)

    Worker(shop).round()

    with cast.the_ticket(shop) as (_, ticket):
        assert ticket.handoff_reason == "The assistant could not decide it in time."


def test_a_job_runs_again_when_its_time_has_come_and_not_before(
    shop: Parts, mara: Customer
) -> None:
    worker = Worker(shop, clocks)
    worker.round()
    mara.asks(BLOCKED)
    due = NOW + timedelta(minutes=15)
    cast.clock_of(shop).set(due)
    worker.round()
    first = happened(shop, "ticket.promise-broken")
    with cast.the_ticket(shop) as (session, ticket):
        ticket.promise_update(
            session, due_at=due + timedelta(milliseconds=1), by=the(session, AMIR), at=due
        )

    later(shop, milliseconds=900)
    worker.round()
    too_early = happened(shop, "ticket.promise-broken")
    later(shop, milliseconds=100)
    worker.round()

    assert (len(first), len(too_early)) == (1, 1)
    assert len(happened(shop, "ticket.promise-broken")) == 2


def test_a_job_that_fails_does_not_stop_the_others(shop: Parts, mara: Customer) -> None:
    mara.asks(BLOCKED)
    mara.says(UNKNOWN)
    later(shop, minutes=15)
    with shop.db.writing() as session:  # what no code of ours writes
        session.execute(cast.launch_of(session).__table__.update().values(mode="nonsense"))

    Worker(shop, lambda parts: (*jobs(parts), *clocks(parts))).round()

    assert len(happened(shop, "ticket.promise-broken")) == 1


def test_a_clock_that_is_set_back_stops_no_job(shop: Parts, mara: Customer) -> None:
    worker = Worker(shop, clocks)
    worker.round()
    cast.clock_of(shop).jump(timedelta(hours=-2))
    later(shop, seconds=1)
    worker.round()
    mara.asks(BLOCKED)
    later(shop, minutes=15)

    worker.round()

    assert len(happened(shop, "ticket.promise-broken")) == 1


def test_the_table_of_jobs_names_each_once(shop: Parts) -> None:
    names = [job.name for job in (*jobs(shop), *clocks(shop))]

    assert len(names) == len(set(names))
    assert {
        "hand over stranded questions",
        "break promises",
        "keep the index",
        "prove the index",
    } <= set(names)


def test_it_stops_when_it_is_told_to(shop: Parts) -> None:
    worker = Worker(shop)
    worker.start()
    worker.stop()
    worker.stop()

    with shop.db.reading() as session:
        assert session.query(Event).filter_by(kind="ticket.opened").count() == 0
