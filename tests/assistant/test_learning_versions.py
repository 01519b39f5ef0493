"""What each wording is worth: who came back, how sure that is; every "not quite" as work."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from assistant.answering import not_quite_list
from assistant.answering.compared import Before, compare
from assistant.answering.intervals import Share, difference
from assistant.answering.not_quite import Done, State, Work, work_on
from assistant.answering.received import DAY, THREE_DAYS, Contact, Telling, Told, received
from assistant.answering.received_rows import received_of_entry, received_of_launch
from assistant.desk.messages import Message, Said
from assistant.ground.errors import NotFound, Refused
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import AMIR, EXPORT, LENA, NOOR, NOW, PRICE

# How sure a share is. Expected limits are from the published tables (Newcombe 1998, table II).


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
        (0, 0, 0.0, 1.0),
    ],
)
def test_a_share_has_the_limits_of_wilson(part: int, whole: int, low: float, high: float) -> None:
    assert Share(part, whole).limits == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
        (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
        (Share(6, 7), Share(2, 7), 0.0582, 0.8062),
        (Share(5, 56), Share(0, 29), -0.0381, 0.1926),
        (Share(0, 10), Share(0, 20), -0.1611, 0.2775),
        (Share(10, 10), Share(0, 10), 0.6075, 1.0),
    ],
)
def test_a_difference_has_the_limits_of_newcombe(
    one: Share, other: Share, low: float, high: float
) -> None:
    found, turned = difference(one, other), difference(other, one)

    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert (turned.low, turned.high) == pytest.approx((-high, -low), abs=5e-5)


@pytest.mark.parametrize(
    ("now", "before", "tone", "begins"),
    [
        (Share(5, 40), None, "", "The first wording"),
        (Share(1, 19), Share(60, 310), "", "Not enough data: 72 hours have passed for 19 of the"),
        (Share(29, 240), Share(2, 7), "", "Not enough data: 72 hours have passed for 7 of the"),
        (
            Share(29, 240),
            Share(59, 310),
            "good",
            "Fewer came back: 12\xa0% of 240, against 19\xa0%",
        ),
        (Share(59, 310), Share(29, 240), "bad", "More came back: 19\xa0% of 310, against 12\xa0%"),
        (Share(5, 40), Share(8, 40), "", "Fewer came back: 12\xa0% of 40, against 20\xa0% of 40"),
        (Share(10, 50), Share(8, 40), "", "As many came back: 20\xa0% of 50"),
    ],
)
def test_follow_ups_are_compared_in_words(
    now: Share, before: Share | None, tone: str, begins: str
) -> None:
    told = compare(now, before and Before(2, before), hours=72)

    assert (told.tone, told.words[: len(begins)]) == (tone, begins)
    assert told.is_certain is bool(tone)


def test_a_difference_that_chance_could_make_is_called_that() -> None:
    told = compare(Share(5, 40), Before(2, Share(8, 40)), hours=72)

    assert told.words.endswith("of version 2; that could be chance.")
    assert told.saved is not None
    assert told.saved.people == pytest.approx(3.0)
    assert told.saved.low < 0 < told.saved.high


# Who came back.


def told_to(person: str = "mara", **said: object) -> Telling:
    facts = {"version_id": 1, "message_id": 10, "at": NOW, "conversation": "c1"}
    about = {"entry": "price", "scenario_id": 7, "group_id": 3}
    return Telling(**{**facts, **about, "person": person, **said})  # type: ignore[arg-type]


def wrote(person: str = "mara", *, hours: float = 1, **said: object) -> Contact:
    facts = {"message_id": 11, "at": NOW + timedelta(hours=hours), "conversation": "c2"}
    about = {"entry": None, "scenario_id": None, "group_id": None}
    return Contact(**{**facts, **about, "person": person, **said})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("contact", "in_a_day", "in_three"),
    [
        (wrote(entry="price"), 1, 1),
        (wrote(entry="other", scenario_id=7), 1, 1),
        (wrote(group_id=3), 1, 1),
        (wrote(entry="price", hours=24), 1, 1),
        (wrote(entry="price", hours=24.01), 0, 1),
        (wrote(entry="price", hours=72.01), 0, 0),
        (wrote(entry="other", scenario_id=8), 0, 0),
        (wrote(), 0, 0),
        (wrote(person="ben", entry="price"), 0, 0),
        (wrote(entry="price", message_id=9, hours=0), 0, 0),
        (wrote(wants_person=True, conversation="c1"), 1, 1),
        (wrote(wants_person=True, conversation="c2"), 0, 0),
    ],
)
def test_a_person_comes_back_with_the_same_within_the_time(
    contact: Contact, in_a_day: int, in_three: int
) -> None:
    found = received([told_to()], [contact], at=NOW + timedelta(days=9))[1]

    assert (found.in_a_day, found.in_three_days) == (Share(in_a_day, 1), Share(in_three, 1))


def test_only_those_count_for_whom_the_whole_time_has_passed() -> None:
    told = [told_to(), told_to("ben", at=NOW + timedelta(hours=30), message_id=12)]
    back = [wrote(entry="price"), wrote("ben", entry="price", hours=31, message_id=13)]

    just_before = received(told, back, at=NOW + THREE_DAYS - timedelta(seconds=1))[1]
    at_last = received(told, back, at=NOW + THREE_DAYS)[1]

    # Ben is back, and his 24 hours have passed; neither his nor at first Mara's 72 have.
    assert (just_before.in_a_day, just_before.in_three_days) == (Share(2, 2), Share(0, 0))
    assert (at_last.in_a_day, at_last.in_three_days) == (Share(2, 2), Share(1, 1))


def test_who_is_told_the_same_twice_counts_once_from_the_first_time() -> None:
    told = [told_to(), told_to(message_id=20, at=NOW + timedelta(hours=2))]
    back = [wrote(entry="price", message_id=15)]

    found = received(told, back, at=NOW + DAY)[1]

    assert (found.sent, found.people, found.in_a_day) == (2, 1, Share(1, 1))


def test_what_people_sent_is_counted_apart() -> None:
    told = [
        told_to(helpful=False),
        told_to("ben", by=Told.AGENT, helpful=True),
        told_to("cleo", by=Told.BROADCAST),
        told_to("dan", version_id=2, by=Told.AGENT),
    ]
    back = [wrote("ben", entry="price"), wrote("cleo", entry="price")]

    found = received(told, back, at=NOW + DAY)

    first = found[1]
    assert (first.sent, first.by_agents, first.by_broadcast) == (1, 1, 1)
    assert (first.helped, first.not_quite, first.in_a_day) == (0, 1, Share(0, 1))
    assert (found[2].sent, found[2].people, found[2].by_agents) == (0, 0, 1)


def new_wording(parts: Parts, key: str, **said: object) -> None:
    """Let Amir write a new version and Lena approve it."""
    at = parts.clock.now()
    with parts.db.writing() as session:
        entry, amir = cast.entry_of(session, key), cast.the(session, AMIR)
        draft = cast.a_draft(question=EXPORT, answer="Settings, then Export.", **said)
        entry.save(session, draft, by=amir, at=at)
        entry.submit(session, by=amir, at=at)
        entry.approve(session, by=cast.the(session, LENA), at=at)


def ask(parts: Parts, people: Sequence[str], words: str = EXPORT) -> list[cast.Customer]:
    """Let people ask, each in a conversation of their own."""
    customers = [cast.a_customer(parts, visitor=person) for person in people]
    for customer in customers:
        customer.asks(words)
    return customers


def recount(parts: Parts, hours: int) -> dict[int, tuple[int, int]]:
    """Count in plain SQL who came back to the export entry: version -> (came back, of)."""
    question = """
        WITH told AS (
          SELECT m.entry_version_id AS version, c.visitor AS who, min(m.id) AS first
          FROM messages m JOIN conversations c ON c.id = m.conversation_id
          WHERE m.kind = 'answer' AND m.entry_version_id IN (
            SELECT v.id FROM entry_versions v JOIN entries e ON e.id = v.entry_id
            WHERE e.key = 'export-data')
          GROUP BY m.entry_version_id, c.visitor)
        SELECT t.version,
          sum(EXISTS (
            SELECT 1 FROM messages q JOIN conversations c ON c.id = q.conversation_id
            JOIN decisions d ON d.message_id = q.id
            JOIN entry_versions v ON v.id = d.entry_version_id
            JOIN entries e ON e.id = v.entry_id
            WHERE c.visitor = t.who AND q.kind = 'question' AND q.id > t.first
              AND e.key = 'export-data'
              AND julianday(q.at) <= julianday(a.at) + :hours / 24.0 + 1e-9)) AS back,
          count(*) AS people
        FROM told t JOIN messages a ON a.id = t.first
        WHERE julianday(a.at) + :hours / 24.0 <= julianday(:now) + 1e-9
        GROUP BY t.version"""
    now = parts.clock.now().strftime("%Y-%m-%d %H:%M:%S.%f")
    with parts.db.reading() as session:
        rows = session.execute(text(question), {"hours": hours, "now": now}).all()
    return {version: (int(back), int(people)) for version, back, people in rows}


def test_each_version_answers_for_what_cited_it_as_counted_in_plain_sql(shop: Parts) -> None:
    ask(shop, ["ann", "ben", "cleo", "dan"])
    cast.later(shop, hours=3)
    ask(shop, ["ann", "ben"])
    ask(shop, ["cleo"], PRICE)
    new_wording(shop, "export-data")
    cast.later(shop, hours=1)
    ask(shop, ["eve", "finn", "dan"])
    cast.later(shop, hours=40)
    ask(shop, ["eve"])
    cast.later(shop, hours=40)

    with shop.db.reading() as session:
        entry = cast.entry_of(session, "export-data")
        one = received_of_entry(session, entry, at=shop.clock.now())
        all_of_them = received_of_launch(session, entry.launch_id, at=shop.clock.now())
        first, second = (one[version.id] for version in entry.versions)
        numbers = [version.id for version in entry.versions]

    # Dan was told the first wording and came back after four hours: to be told the second one.
    assert (first.people, first.in_a_day, first.in_three_days) == (4, Share(3, 4), Share(3, 4))
    assert (second.people, second.in_a_day, second.in_three_days) == (3, Share(0, 3), Share(1, 3))
    assert recount(shop, 24) == {numbers[0]: (3, 4), numbers[1]: (0, 3)}
    assert recount(shop, 72) == {numbers[0]: (3, 4), numbers[1]: (1, 3)}
    assert {number: all_of_them[number] for number in numbers} == one


# Every "not quite" is work.


def not_quite(parts: Parts, person: str = "mara", reason: str | None = "unclear") -> cast.Customer:
    """Let somebody ask how to export and say that the answer is not quite it."""
    (customer,) = ask(parts, [person])
    customer.judges(answer_to(parts, customer), helpful=False, reason=reason)
    return customer


def answer_to(parts: Parts, customer: cast.Customer) -> int:
    with parts.db.reading() as session:
        said = cast.said_in(session, customer.id)
        return next(one.id for one in said if one.kind == Said.ANSWER)


def listed(parts: Parts, *states: State) -> list[not_quite_list.Item]:
    with parts.db.reading() as session:
        launch_id = cast.launch_of(session).id
        return not_quite_list.items(session, launch_id, states=states or tuple(State))


def the_work(parts: Parts, verb: str, *args: object, by: str = AMIR, **said: object) -> None:
    """Do something with the only item."""
    (item,) = listed(parts)
    with parts.db.writing() as session:
        work = work_on(session, cast.launch_of(session).id, item.id)
        getattr(work, verb)(session, *args, by=cast.the(session, by), at=parts.clock.now(), **said)


def test_a_not_quite_is_open_work_on_the_version_it_was_about(shop: Parts) -> None:
    not_quite(shop)

    (item,) = listed(shop)

    assert (item.state, item.entry, item.version) == (State.OPEN, "export-data", 1)
    assert (item.question, item.reason, item.owner) == (EXPORT, "unclear", None)


def test_a_reason_given_later_belongs_to_the_same_item(shop: Parts) -> None:
    customer = not_quite(shop, reason=None)
    customer.judges(answer_to(shop, customer), helpful=False, reason="still_broken")

    (item,) = listed(shop)

    assert (item.reason, item.said_again) == ("still_broken", False)


def test_work_goes_from_open_to_looked_at_to_closed_and_back(shop: Parts) -> None:
    not_quite(shop)

    states = []
    for verb, *args in (
        ("take",),
        ("look", Done.PHRASING),
        ("close",),
        ("step_back",),
        ("step_back",),
    ):
        the_work(shop, verb, *args, **({"note": "see there"} if args else {}))
        (item,) = listed(shop)
        states.append((item.state, item.owner, item.done, item.note))

    assert states == [
        (State.OPEN, "Amir Haddad", None, ""),
        (State.LOOKED_AT, "Amir Haddad", Done.PHRASING, "see there"),
        (State.CLOSED, "Amir Haddad", Done.PHRASING, "see there"),
        (State.LOOKED_AT, "Amir Haddad", Done.PHRASING, "see there"),
        (State.OPEN, "Amir Haddad", None, ""),
    ]


def test_work_that_nobody_looked_at_is_not_closed_and_open_work_has_no_step_back(
    shop: Parts,
) -> None:
    not_quite(shop)

    with pytest.raises(Refused, match="Nobody has said what was done"):
        the_work(shop, "close")
    with pytest.raises(Refused, match="It is open"):
        the_work(shop, "step_back")


def test_the_customer_changing_their_mind_closes_nothing_and_is_said(shop: Parts) -> None:
    customer = not_quite(shop)
    customer.judges(answer_to(shop, customer), helpful=True)

    (item,) = listed(shop)

    assert (item.state, item.helped_since) == (State.OPEN, True)


def test_a_new_version_replaces_what_was_about_the_old_one_and_says_so(shop: Parts) -> None:
    not_quite(shop)
    new_wording(shop, "export-data")
    not_quite(shop, "ben")

    first, second = listed(shop)

    assert (first.state, first.version, first.replaced_by) == (State.REPLACED, 1, 2)
    assert (second.state, second.version, second.replaced_by) == (State.OPEN, 2, None)


def test_what_was_closed_before_it_was_replaced_stays_closed(shop: Parts) -> None:
    not_quite(shop)
    the_work(shop, "look", Done.NEW_VERSION, note="")
    the_work(shop, "close")
    new_wording(shop, "export-data")

    assert [item.state for item in listed(shop)] == [State.CLOSED]


def test_said_again_after_somebody_looked_it_is_open_again(shop: Parts) -> None:
    customer = not_quite(shop)
    the_work(shop, "look", Done.NOT_THE_TEXT, note="")
    the_work(shop, "close")
    cast.later(shop, minutes=5)
    customer.judges(answer_to(shop, customer), helpful=False, reason="still_broken")

    (item,) = listed(shop)

    assert (item.state, item.said_again) == (State.OPEN, True)


def test_items_are_counted_per_launch_and_per_entry(shop: Parts) -> None:
    not_quite(shop)
    not_quite(shop, "ben")
    (customer,) = ask(shop, ["cleo"], PRICE)
    customer.judges(answer_to(shop, customer), helpful=False)

    with shop.db.reading() as session:
        launch_id = cast.launch_of(session).id
        in_all = not_quite_list.counts(session, launch_id)
        of_one = not_quite_list.counts(session, launch_id, "export-data")

    assert (in_all.open, of_one.open) == (3, 2)


def test_an_item_has_its_scenarios_owner_until_somebody_takes_it(shop: Parts) -> None:
    (customer,) = ask(shop, ["cleo"], PRICE)
    customer.judges(answer_to(shop, customer), helpful=False)
    (before,) = listed(shop)
    the_work(shop, "take", by=NOOR)
    (after,) = listed(shop)

    assert (before.owner, before.is_taken) == ("Amir Haddad", False)
    assert (after.owner, after.is_taken) == ("Noor Rahman", True)


def test_praise_and_other_launches_items_are_no_work_here(shop: Parts) -> None:
    (customer,) = ask(shop, ["mara"])
    customer.judges(answer_to(shop, customer), helpful=True)
    with shop.db.writing() as session:
        praised = session.scalars(select(Message.id)).first()
        assert praised is not None
        with pytest.raises(NotFound):
            work_on(session, cast.launch_of(session).id, 1)
        with pytest.raises(NotFound):
            work_on(session, 999, 1)

    assert listed(shop) == []
    with shop.db.reading() as session:
        assert session.scalars(select(Work)).all() == []
