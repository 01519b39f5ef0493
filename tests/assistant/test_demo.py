"""The demo: a believable launch with a week of life, the same week every time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, select

from assistant import demo
from assistant.answering.broadcast import Broadcast
from assistant.answering.broadcast import State as Sending
from assistant.answering.decisions import Decision
from assistant.demo import PACK, SIGN_INS
from assistant.demo.moments import ENDS, STARTS, BeganLater, kept_offset
from assistant.desk import belonging
from assistant.desk.cause_states import State
from assistant.desk.causes import Cause
from assistant.desk.conversations import Conversation
from assistant.desk.feedback import Feedback
from assistant.desk.messages import Message
from assistant.desk.notices import Notice
from assistant.desk.recalled import Recall
from assistant.desk.tickets import Ticket
from assistant.ground.clock import SetClock
from assistant.ground.parts import Parts
from assistant.ground.people import Person, password_is_right
from assistant.launch.pack_file import read
from assistant.launch.updates import Update
from assistant.library import entries, packs
from assistant.library.versions import EntryVersion
from knowledge.embedding import Embedder
from tests import cast

YEARS_AGO = datetime(2024, 2, 29, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Parts:
    """A demo that was started years before its week."""
    parts = cast.empty_house(tmp_path_factory.mktemp("demo"), at=YEARS_AGO)
    parts.embedder = embedder
    demo.prepare(parts, lambda words, share: None)
    return parts


def counted(parts: Parts, *what: object) -> int:
    with parts.db.reading() as session:
        return session.scalar(select(func.count()).select_from(Message).where(*what)) or 0  # type: ignore[arg-type]


def test_the_pack_is_what_the_product_promises() -> None:
    pack, _ = read(PACK)

    assert pack.launch.key == "spring-pricing"
    assert len(pack.scenarios) >= 25
    assert {scenario.category for scenario in pack.scenarios} == {
        "access",
        "billing",
        "core-workflow",
        "cosmetic",
    }
    assert len(pack.entries) >= 60
    assert [e.key for e in pack.entries if not 4 <= len(e.phrasings) <= 8] == []
    assert len(pack.updates) >= 3
    assert pack.launch.out_of_scope
    assert [e.key for e in pack.entries if e.not_for] != []


def test_the_pack_may_go_live_as_it_is(house: Parts) -> None:
    done = packs.bring_in(house, PACK, approve_as=demo.APPROVER, dry_run=False)

    assert done.approved == done.entries
    with house.db.reading() as session:
        assert cast.launch_of(session).missing() == []


def test_the_story_is_one_that_yaml_can_read() -> None:
    told = yaml.safe_load(PACK.with_name("story.yaml").read_text("utf-8"))

    assert {"gaps", "grave", "feedback", "drafts"} <= set(told)


def test_its_clock_shows_the_week_whenever_somebody_tries_it(prepared: Parts) -> None:
    assert prepared.clock.now() == STARTS


def test_a_week_of_life_came_in_on_several_channels(prepared: Parts) -> None:
    with prepared.db.reading() as session:
        channels = set(session.scalars(select(Conversation.channel)))
        outcomes = set(session.scalars(select(Decision.outcome)))
        severities = set(session.scalars(select(Ticket.severity)))
        newest = session.scalar(select(func.max(Message.at)))
        undecided = session.scalars(
            select(Message.id).where(Message.kind == "question", Message.decided_at.is_(None))
        ).all()
        feedback = session.scalar(select(func.count()).select_from(Feedback)) or 0
        updates = session.scalar(select(func.count()).select_from(Update)) or 0

    assert channels >= {"widget", "page", "email"}
    assert outcomes == {"answer", "clarification", "handoff"}
    assert severities == {1, 2, 3}
    assert newest is not None
    assert STARTS - timedelta(days=1) < newest < STARTS
    assert list(undecided) == []
    assert feedback >= 10
    assert updates >= 3


def test_tickets_are_open_and_resolved_and_each_has_an_owner(prepared: Parts) -> None:
    with prepared.db.reading() as session:
        tickets = session.scalars(select(Ticket)).all()

        assert {ticket.is_open for ticket in tickets} == {True, False}
        assert [ticket.number for ticket in tickets if ticket.owner is None] == []
        assert any(ticket.rating for ticket in tickets)


def test_something_waits_for_a_lead_to_approve(prepared: Parts) -> None:
    with prepared.db.reading() as session:
        waiting = select(EntryVersion).where(
            EntryVersion.submitted_at.is_not(None), EntryVersion.approved_at.is_(None)
        )

        assert session.scalars(waiting).all()


def test_everybody_who_is_named_can_sign_in(prepared: Parts) -> None:
    with prepared.db.reading() as session:
        hashes = {person.email: person.password_hash for person in session.scalars(select(Person))}

    assert {email for email, _ in SIGN_INS} <= set(hashes)
    assert password_is_right(hashes["lena@example.com"], demo.PASSWORD)


def test_a_folder_that_is_prepared_is_left_as_it_is(prepared: Parts, embedder: Embedder) -> None:
    before = counted(prepared)
    again = cast.parts_in(prepared.settings.data, embedder=embedder, at=YEARS_AGO)

    demo.prepare(again, lambda words, share: pytest.fail("it prepares again"))

    assert (counted(again), again.clock.now()) == (before, STARTS)
    again.close()


def test_an_interrupted_preparation_is_taken_up_again(house: Parts, embedder: Embedder) -> None:
    house.embedder = embedder
    packs.bring_in(house, PACK, approve_as=demo.APPROVER, dry_run=False)  # and then a power cut
    cast.clock_of(house).set(YEARS_AGO)

    class Enough(Exception):
        """The week need not be played."""

    def step(words: str, share: float) -> None:
        if words == "A week goes by":
            raise Enough

    with pytest.raises(Enough):
        demo.prepare(house, step)
    with house.db.reading() as session:
        assert cast.launch_of(session).phase == "active"
        assert cast.the(session, cast.LENA).password_hash


# The clock.


def test_the_demo_s_clock_runs_as_fast_as_the_real_one() -> None:
    real = SetClock(YEARS_AGO)
    shown = BeganLater(real, timedelta(days=1_000))

    before = shown.now()
    real.forward(timedelta(seconds=5))

    assert shown.now() - before == timedelta(seconds=5)


@pytest.mark.parametrize(
    ("now", "shows"),
    [
        (YEARS_AGO, STARTS),
        (STARTS, STARTS),
        (STARTS + timedelta(days=6), STARTS),
        (ENDS, STARTS),
        (ENDS + timedelta(days=900), STARTS),
    ],
)
def test_the_first_start_shows_the_week(tmp_path: Path, now: datetime, shows: datetime) -> None:
    assert now + kept_offset(tmp_path, now) == shows


def test_later_starts_go_on_from_the_first_until_the_week_is_over(tmp_path: Path) -> None:
    kept_offset(tmp_path, YEARS_AGO)
    next_day, next_month = YEARS_AGO + timedelta(days=1), YEARS_AGO + timedelta(days=30)

    assert next_day + kept_offset(tmp_path, next_day) == STARTS + timedelta(days=1)
    assert next_month + kept_offset(tmp_path, next_month) == STARTS


def test_there_is_a_cause_in_each_state_behind_what_was_asked(prepared: Parts) -> None:
    with prepared.db.reading() as session:
        found = list(session.scalars(select(Cause)))
        reach = belonging.reach_of(session, found, ())
        states = {cause.state for cause in found}
        assert states == set(State)
        assert all(reach[cause.id].people >= 1 for cause in found)
        assert all(cause.detected_at < (cause.decided_at or ENDS) for cause in found)


def test_many_were_told_at_once_and_one_wrong_answer_was_corrected(prepared: Parts) -> None:
    with prepared.db.reading() as session:
        states = [each.state(STARTS) for each in session.scalars(select(Broadcast))]
        recalled = list(session.scalars(select(Recall)))
        late = entries.by_key(session, recalled[0].launch_id, "box-late")

        assert states == [Sending.SENT, Sending.SENT]
        assert [each.title for each in recalled] == ["What can I do if my box is late?"]
        assert "three working days" in late.newest.text
        assert late.newest.proven_at is not None
        assert session.scalar(select(func.count()).select_from(Notice)) >= 1
