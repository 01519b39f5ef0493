"""Causes: detected, decided, fixing, fixed, each by whom and when; and who belongs to one."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from assistant.desk import belonging, cause_lists, causes, fixes, proposals, sorting
from assistant.desk.cause_lists import Only, Tab
from assistant.desk.cause_states import Decision, Kind, State
from assistant.desk.causes import Cause
from assistant.desk.proposals import About
from assistant.desk.sorting import Seen
from assistant.desk.tickets import Ticket
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.parts import Parts
from assistant.launch.scenarios import of_launch
from assistant.reports import fix_log, training
from assistant.reports.sheets import as_csv, in_words
from tests import cast
from tests.cast import AMIR, LENA, NOOR, NOW, later
from tests.crowd import SHELLS, SUBMARINES, ask, group_behind
from tests.web.staff import queries


@pytest.fixture
def cause(shop: Parts) -> int:
    """A cause about the new prices, that Amir wrote down."""
    with shop.db.writing() as session:
        launch = cast.launch_of(session)
        return causes.detect(
            session,
            launch.id,
            title="  Old price on  the cart page ",
            scenario=of_launch(session, launch.id)["new-price"],
            by=cast.the(session, AMIR),
            at=NOW,
        ).id


def do(
    parts: Parts, cause_id: int, verb: str, *args: Any, by: str = LENA, at: datetime = NOW, **m: Any
) -> Cause:
    """Let somebody do something to a cause."""
    with parts.db.writing() as session:
        found = session.get_one(Cause, cause_id)
        getattr(found, verb)(session, *args, by=cast.the(session, by), at=at, **m)
        return found


def decided(parts: Parts, cause_id: int, decision: Decision = Decision.NOT_EXPECTED) -> Cause:
    return do(parts, cause_id, "decide", decision, "The cart caches prices.", kind=Kind.BUG)


def happened_to(parts: Parts, cause_id: int) -> list[str]:
    with parts.db.reading() as session:
        return [event.kind for event in causes.history(session, cause_id)]


def test_a_cause_goes_from_detected_to_fixed_with_each_person_and_time(
    shop: Parts, cause: int
) -> None:
    times = [NOW + timedelta(hours=hour) for hour in range(3)]
    words = {"kind": Kind.BUG, "at": times[0]}
    do(shop, cause, "decide", Decision.NOT_EXPECTED, "The cart caches.", **words)
    do(shop, cause, "begin_fix", by=AMIR, at=times[1])
    found = do(shop, cause, "mark_fixed", by=NOOR, at=times[2])

    assert (found.title, found.state) == ("Old price on the cart page", State.FIXED)
    assert [found.detected_at, found.decided_at, found.fixing_at, found.fixed_at] == [NOW, *times]
    with shop.db.reading() as session:
        whole = session.get_one(Cause, cause)
        people = (whole.detected_by, whole.decided_by, whole.fixing_by, whole.fixed_by)
        assert [p.email for p in people if p] == [AMIR, LENA, AMIR, NOOR]
    assert happened_to(shop, cause) == [
        "cause.detected",
        "cause.decided",
        "cause.fixing",
        "cause.fixed",
    ]


def test_nothing_is_decided_before_it_is_a_bug_or_a_training_gap(shop: Parts, cause: int) -> None:
    with pytest.raises(Refused, match="what kind of cause"):
        do(shop, cause, "decide", Decision.EXPECTED, "It is.")
    with pytest.raises(Refused, match="needs a reason"):
        do(shop, cause, "decide", Decision.EXPECTED, "  ", kind=Kind.BUG)
    with pytest.raises(Refused, match="This cause is detected"):
        do(shop, cause, "begin_fix")
    with pytest.raises(Refused, match="This cause is detected"):
        do(shop, cause, "mark_fixed")


def test_only_whom_the_scenario_names_decides(shop: Parts, cause: int) -> None:
    with pytest.raises(NotPermitted, match="do not decide"):
        do(shop, cause, "decide", Decision.EXPECTED, "It is.", kind=Kind.BUG, by=AMIR)
    with pytest.raises(NotPermitted):
        do(shop, cause, "decide", Decision.WORKAROUND, "Reload.", kind=Kind.BUG, by=LENA)

    found = do(shop, cause, "decide", Decision.WORKAROUND, "Reload.", kind=Kind.BUG, by=NOOR)
    assert found.state == State.DECIDED


def test_to_need_facts_is_no_decision_and_anybody_may_say_so(shop: Parts, cause: int) -> None:
    words = {"kind": Kind.BUG, "by": AMIR}
    found = do(shop, cause, "decide", Decision.NEED_FACTS, "Which carts?", **words)

    assert (found.state, found.decision) == (State.DETECTED, Decision.NEED_FACTS)
    with shop.db.reading() as session:
        assert cause_lists.oldest_undecided(session, found.launch_id) == NOW
    assert decided(shop, cause).state == State.DECIDED


def test_going_back_needs_a_reason_and_keeps_its_history(shop: Parts, cause: int) -> None:
    decided(shop, cause)
    do(shop, cause, "mark_fixed")
    with pytest.raises(Refused, match="Say why"):
        do(shop, cause, "go_back", State.FIXING, reason=" ")
    with pytest.raises(Refused, match="This cause is fixed"):
        decided(shop, cause)

    found = do(shop, cause, "go_back", State.FIXING, reason="Asked again.", by=AMIR)
    assert (found.state, found.fixed_at) == (State.FIXING, None)
    found = do(shop, cause, "go_back", State.DETECTED, reason="We knew nothing.")
    assert (found.state, found.decision, found.decision_words) == (State.DETECTED, None, "")
    assert happened_to(shop, cause)[-2:] == ["cause.went-back", "cause.went-back"]
    with pytest.raises(Refused, match="detected only"):
        do(shop, cause, "go_back", State.DECIDED, reason="Up is not back.")


@pytest.mark.parametrize(
    "url",
    [
        "http://jira.example/HC-1",
        "javascript:alert(1)",
        "https://",
        "https://user:secret@jira.example/",
        "https://jira.example/a b",
        'https://jira.example/"onclick',
        "https://jira.example/\u202egnp.exe",
        "https://jira.example\\@evil.example/",
        "https://[::1",
        "https://jira.example:port/",
        "//jira.example/x",
        "https://jira.example/" + "x" * 2_000,
        "",
    ],
)
def test_only_plain_https_addresses_are_linked(shop: Parts, cause: int, url: str) -> None:
    with pytest.raises(Refused):
        do(shop, cause, "add_link", url)


def test_a_link_is_kept_once_and_taken_away(shop: Parts, cause: int) -> None:
    for _ in range(2):
        do(shop, cause, "add_link", " https://jira.example/browse/SHOP-7 ", words="SHOP-7")
    url = "https://jira.example/browse/SHOP-7"
    with shop.db.reading() as session:
        assert session.get_one(Cause, cause).links == [{"url": url, "words": "SHOP-7"}]
    assert do(shop, cause, "remove_link", url).links == []


def test_the_fix_log_says_what_when_by_whom_and_whether_quickly(shop: Parts, cause: int) -> None:
    with shop.db.writing() as session:
        found, eric = session.get_one(Cause, cause), cast.the(session, cast.ERIC)
        entry = cast.entry_of(session, "price-differs")
        fixes.record(
            session, found, "=Cache off", is_quick=True, by=eric, at=NOW, entry_id=entry.id
        )
        with pytest.raises(Refused, match="Nothing was changed"):
            fixes.record(session, found, " ", is_quick=True, by=eric, at=NOW)
    with shop.db.reading() as session:
        sheet = fix_log.sheet(session, cast.launch_of(session))
        (row,) = sheet.rows
        assert in_words(row[0]) == "17 Nov 2026, 10:00 CET"
        assert row[1:3] == (f"C-{cause}", "Old price on the cart page")
        assert row[3:] == ("=Cache off", "yes", "Eric Berg", "price-differs")
        assert ",'=Cache off," in as_csv(sheet)


def linked(parts: Parts, cause_id: int, group_id: int) -> None:
    with parts.db.writing() as session:
        found, lena = session.get_one(Cause, cause_id), cast.the(session, LENA)
        sorting.link(session, Seen(group_id), found, by=lena, at=NOW)


def test_a_cause_reaches_who_asked_through_its_groups_and_its_tickets(
    shop: Parts, cause: int
) -> None:
    shells, submarines = ask(shop, *SHELLS), ask(shop, *SUBMARINES, channel="email")
    linked(shop, cause, group_behind(shop, shells[0]))
    with shop.db.writing() as session:
        its = select(Ticket).where(Ticket.question_id == submarines[1])
        ticket = session.scalars(its).one()
        found, lena = session.get_one(Cause, cause), cast.the(session, LENA)
        belonging.link_ticket(session, ticket, found, by=lena, at=NOW)

    with shop.db.reading() as session:
        found = session.get_one(Cause, cause)
        assert [m.id for m in belonging.members_of(session, found)] == [*shells, submarines[1]]
        days = ((NOW - timedelta(days=1), NOW), (NOW, NOW + timedelta(days=1)))
        reach = belonging.reach_of(session, [found], days)[cause]
        assert (reach.people, reach.contacts, reach.channels) == (4, 4, ("email", "widget"))
        assert (reach.trend, reach.open_tickets) == ((0, 4), 4)
        assert len(belonging.tickets_of(session, cause)) == 4


def test_a_ticket_that_is_linked_elsewhere_leaves_its_group_s_cause(
    shop: Parts, cause: int
) -> None:
    shells = ask(shop, *SHELLS)
    linked(shop, cause, group_behind(shop, shells[0]))
    with cast.the_ticket(shop, "HC-1002") as (session, ticket):
        lena = cast.the(session, LENA)
        other = causes.detect(session, ticket.launch_id, title="Another", by=lena, at=NOW)
        belonging.link_ticket(session, ticket, other, by=lena, at=NOW)
    with shop.db.reading() as session:
        found, there = session.get_one(Cause, cause), session.get_one(Cause, other.id)
        assert [m.id for m in belonging.members_of(session, found)] == [shells[0], shells[2]]
        assert [m.id for m in belonging.members_of(session, there)] == [shells[1]]
        reach = belonging.reach_of(session, [found, there], ())
        assert [reach[each.id].contacts for each in (found, there)] == [2, 1]
        assert [reach[each.id].open_tickets for each in (found, there)] == [2, 1]

    with cast.the_ticket(shop, "HC-1002") as (session, ticket):
        there = session.get_one(Cause, other.id)
        belonging.unlink_ticket(session, ticket, there, by=cast.the(session, LENA), at=NOW)
        behind, _ = belonging.beside(session, ticket)
        assert behind is not None and behind.id == cause


def test_who_asks_after_the_fix_is_counted_as_following_up(shop: Parts, cause: int) -> None:
    shells = ask(shop, *SHELLS)
    linked(shop, cause, group_behind(shop, shells[0]))
    decided(shop, cause)
    do(shop, cause, "mark_fixed", at=later(shop, hours=1))
    later(shop, hours=1)
    (again,) = ask(shop, "Can I pay with seashells on the moon today?")

    with shop.db.reading() as session:
        found = session.get_one(Cause, cause)
        assert belonging.reach_of(session, [found], ())[cause].since_fixed == 1
        after = belonging.members_of(session, found, since=found.fixed_at)
        assert [message.id for message in after] == [again]


def test_a_cause_of_another_launch_cannot_be_linked(shop: Parts, cause: int) -> None:
    with shop.db.reading() as session:
        with pytest.raises(NotFound):
            causes.cause_of(session, cause, [999])
        assert causes.cause_of(session, cause, None).id == cause


def test_groups_that_may_be_one_are_proposed_until_somebody_says_no(shop: Parts) -> None:
    one = ask(shop, "Dragon parcel shows error E4711 at the till")
    other = ask(shop, "Dragon parcel shows error E9911 at the till")
    launch_id = 1
    with shop.db.reading() as session:
        (pair,) = proposals.may_be_one(session, launch_id)
        ids = {pair.kept.id, pair.taken.id}
        assert ids == {group_behind(shop, one[0]), group_behind(shop, other[0])}
        assert pair.names_different_codes
    with shop.db.writing() as session:
        for _ in range(2):
            words = (launch_id, About.MERGE, *ids)
            proposals.dismiss(session, *words, by=cast.the(session, LENA), at=NOW)
    with shop.db.reading() as session:
        assert proposals.may_be_one(session, launch_id) == []


def test_tickets_near_a_cause_are_proposed_until_somebody_says_no(shop: Parts, cause: int) -> None:
    (first,) = ask(shop, "Dragon parcel shows error E4711 at the till")
    ask(shop, "Dragon parcel shows error E9911 at the till")
    linked(shop, cause, group_behind(shop, first))
    with shop.db.reading() as session:
        found = session.get_one(Cause, cause)
        (near,) = proposals.may_belong(session, found.launch_id, cause=found)
        assert (near.ticket.number, near.cause.id) == ("HC-1002", cause)
        assert proposals.may_belong(session, found.launch_id, ticket=near.ticket)[0].cause is found
    with shop.db.writing() as session:
        words = (found.launch_id, About.BELONGS, near.ticket.id, cause)
        proposals.dismiss(session, *words, by=cast.the(session, LENA), at=NOW)
    with shop.db.reading() as session:
        assert proposals.may_belong(session, found.launch_id, cause=found) == []


def test_the_training_list_says_who_should_learn_what(shop: Parts, cause: int) -> None:
    do(
        shop,
        cause,
        "describe",
        title="@Agents do not know the plan",
        kind=Kind.TRAINING_GAP,
        scenario=None,
        learners="Agents, evening shift",
        lesson="How renewals are charged",
    )
    with shop.db.reading() as session:
        sheet = training.sheet(session, cast.launch_of(session))
    assert sheet.rows[0][1:4] == (
        "@Agents do not know the plan",
        "Agents, evening shift",
        "How renewals are charged",
    )
    assert "'@Agents" in as_csv(sheet)


def test_lists_are_narrowed_by_state_kind_owner_and_scenario(shop: Parts, cause: int) -> None:
    with shop.db.writing() as session:
        lena, launch_id = cast.the(session, LENA), cast.launch_of(session).id
        other = causes.detect(
            session, launch_id, title="Other", kind=Kind.BUG, owner=lena, by=lena, at=NOW
        )
        owner = str(lena.id)
    decided(shop, cause)

    with shop.db.reading() as session:

        def ids(**only: Any) -> list[int]:
            return [c.id for c in cause_lists.causes(session, launch_id, Only(**only), number=1)]

        assert ids() == [other.id, cause]
        assert ids(state=State.DECIDED) == [cause]
        assert ids(state=State.DETECTED) == ids(owner=owner) == [other.id]
        assert ids(scenario="new-price") == ids(owner="none") == [cause]
        assert ids(kind=Kind.BUG) == [other.id, cause] and ids(kind="none") == []
        assert cause_lists.counts(session, launch_id)[State.DECIDED] == 1
        assert cause_lists.group_counts(session, launch_id)[Tab.PROPOSED] == 0


def test_the_reach_of_many_causes_takes_three_queries(shop: Parts) -> None:
    with shop.db.writing() as session:
        lena, launch_id = cast.the(session, LENA), cast.launch_of(session).id
        many = [
            causes.detect(session, launch_id, title=f"Cause {n}", by=lena, at=NOW)
            for n in range(12)
        ]
    with shop.db.reading() as session, queries(shop) as sent:
        belonging.reach_of(session, many, ())
    assert sum(words.startswith("SELECT") for words in sent) == 3


def test_nobody_sets_a_decision_aside_who_could_not_have_taken_it(shop: Parts, cause: int) -> None:
    decided(shop, cause)

    with pytest.raises(NotPermitted):
        do(shop, cause, "decide", Decision.NEED_FACTS, "Which carts?", by=AMIR)
    found = do(shop, cause, "decide", Decision.NEED_FACTS, "Which carts?", by=LENA)
    assert found.state == State.DETECTED


def test_a_cause_that_loses_its_group_to_another_says_so(shop: Parts, cause: int) -> None:
    group = group_behind(shop, ask(shop, *SHELLS)[0])
    with shop.db.writing() as session:
        lena = cast.the(session, LENA)
        launch_id = cast.launch_of(session).id
        other = causes.detect(session, launch_id, title="Another one", by=lena, at=NOW)
        for each in (session.get_one(Cause, cause), other):
            sorting.link(session, Seen(group), each, by=lena, at=NOW)

    assert happened_to(shop, cause)[-2:] == [
        "cause.group-linked",
        "cause.group-unlinked",
    ]
