"""Approving with four eyes: who may, how many, what is undone, and what stays as it was."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant.answering import approving, replay, replaying
from assistant.ground.audit import Event
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.parts import Parts
from assistant.ground.people import Role
from assistant.launch import scenarios
from assistant.library import entries, publishing, reshaping
from assistant.library.entries import Entry
from assistant.library.liveness import live
from assistant.library.versions import EntryVersion
from tests import cast
from tests.cast import AMIR, LENA, NOOR, NOW, OLU, a_draft, an_entry, entry_of, the

SOON = NOW + timedelta(seconds=9)
LATE = NOW + timedelta(seconds=10)


def submitted(parts: Parts, *, by: str = AMIR, **said: object) -> str:
    """Return the key of an entry that waits for approval."""
    key = an_entry(parts, by=by, approved_by=None, **said)
    with parts.db.writing() as session:
        entry_of(session, key).submit(session, by=the(session, by), at=NOW)
    return key


def grave(parts: Parts, key: str) -> None:
    """Make an entry's scenario the gravest there is, for anybody to approve."""
    with parts.db.writing() as session:
        entry = entry_of(session, key)
        entry.scenario = scenarios.of_launch(session, entry.launch_id)["sign-in-link"]
        entry.scenario.severity = 1


# --- who may ---


def test_who_changed_a_comma_does_not_approve_it_either(shop: Parts) -> None:
    key = an_entry(shop, by=NOOR, approved_by=None)
    with shop.db.writing() as session:
        entry = entry_of(session, key)
        entry.save(session, a_draft(answer="Yes, in Plans."), by=the(session, LENA), at=NOW)
        entry.save(session, a_draft(answer="Yes: in Plans."), by=the(session, AMIR), at=NOW)
        entry.submit(session, by=the(session, AMIR), at=NOW)
        for email in (NOOR, LENA):
            with pytest.raises(NotPermitted, match="You had a hand in this version"):
                approving.approve(session, entry, by=the(session, email), at=NOW)
            assert entries.waiting_for(session, entry.launch_id, the(session, email)) == 0
        approving.approve(session, entry, by=the(session, OLU), at=NOW)
        assert entry.state(NOW) == "approved"


def test_who_files_it_under_a_scenario_of_theirs_does_not_approve_it(shop: Parts) -> None:
    key = submitted(shop)
    with shop.db.writing() as session:
        entry = entry_of(session, key)
        known = scenarios.of_launch(session, entry.launch_id)
        entry.file_under(session, known["new-price"], by=the(session, LENA), at=NOW)
        with pytest.raises(NotPermitted, match="You had a hand"):
            approving.approve(session, entry, by=the(session, LENA), at=NOW)


def test_the_gravest_texts_need_two_people_neither_of_whom_wrote_them(shop: Parts) -> None:
    key = submitted(shop)
    grave(shop, key)
    with shop.db.writing() as session:
        entry, lena = entry_of(session, key), the(session, LENA)
        first = approving.approve(session, entry, by=lena, at=NOW)
        assert (entry.state(NOW), entry.approved) == ("review", None)
        assert [each.person.email for each in first.standing_approvals] == [LENA]
        with pytest.raises(NotPermitted, match="You have approved it; a second person does too"):
            approving.approve(session, entry, by=lena, at=NOW)
        assert entries.waiting_for(session, entry.launch_id, lena) == 0
        assert entries.waiting_for(session, entry.launch_id, the(session, NOOR)) == 1

        approving.approve(session, entry, by=the(session, NOOR), at=NOW)
        assert entry.approved is first


@pytest.mark.parametrize(
    ("question", "needed"),
    [
        ("I cannot log in at all, what now?", 2),
        ("My account was hacked and my money is gone", 2),
        ("Can I pause my plan?", 1),
    ],
)
def test_a_question_that_says_how_grave_it_is_needs_two_people(
    shop: Parts, question: str, needed: int
) -> None:
    key = submitted(shop, question=question)
    with shop.db.reading() as session:
        assert approving.approvers_needed(entry_of(session, key)) == needed


def test_a_first_approval_is_void_once_a_word_is_changed(shop: Parts) -> None:
    key = submitted(shop)
    grave(shop, key)
    with shop.db.writing() as session:
        entry, amir = entry_of(session, key), the(session, AMIR)
        approving.approve(session, entry, by=the(session, LENA), at=NOW)
        entry.save(session, a_draft(answer="Only on Mondays."), by=amir, at=NOW)
        entry.submit(session, by=amir, at=NOW)

        approving.approve(session, entry, by=the(session, LENA), at=NOW)
        assert entry.state(NOW) == "review"
        approving.approve(session, entry, by=the(session, NOOR), at=NOW)
        assert entry.state(NOW) == "approved"


def test_the_one_whom_the_scenario_names_is_the_first_of_two(shop: Parts) -> None:
    key = submitted(shop)
    grave(shop, key)
    with shop.db.writing() as session:
        entry = entry_of(session, key)
        with pytest.raises(NotPermitted, match="are approved by lena"):
            approving.approve(session, entry, by=the(session, NOOR), at=NOW)


@pytest.mark.parametrize("role", [Role.AGENT, Role.ENGINEER, Role.CHANGE_MANAGER, Role.SPONSOR])
def test_the_second_of_two_is_a_lead_too(shop: Parts, role: Role) -> None:
    key = submitted(shop)
    grave(shop, key)
    with shop.db.writing() as session:
        bo = cast.a_person(session, role=role)
        entry = entry_of(session, key)
        approving.approve(session, entry, by=the(session, LENA), at=NOW)
        with pytest.raises(NotPermitted, match="Only a lead"):
            approving.approve(session, entry, by=bo, at=NOW)


# --- ten seconds ---


def version_numbers(entry: Entry) -> list[tuple[int, str]]:
    return [(version.number, version.state) for version in entry.versions]


def test_an_approval_undone_brings_back_what_was_sent_before(shop: Parts) -> None:
    with shop.db.writing() as session:
        entry, amir, lena = entry_of(session, "export-data"), the(session, AMIR), the(session, LENA)
        old = entry.newest
        new = entry.save(session, a_draft(answer="Ask us."), by=amir, at=NOW)
        entry.submit(session, by=amir, at=NOW)
        approving.approve(session, entry, by=lena, at=NOW)
        assert entry.approved is new

        again = entry.undo_approval(session, by=lena, at=SOON)

        assert entry.approved is old
        assert version_numbers(entry) == [(1, "approved"), (2, "approved"), (3, "review")]
        # What somebody may have got meanwhile never changes: the next version is a row of its own.
        assert (again.text, again.sha256, again.author_id) == (new.text, new.sha256, amir.id)
        assert (new.undone_at, new.is_current) == (SOON, False)


def test_after_ten_seconds_an_approval_stands(shop: Parts) -> None:
    key = an_entry(shop)
    with shop.db.writing() as session, pytest.raises(Refused, match="ten seconds have passed"):
        entry_of(session, key).undo_approval(session, by=the(session, LENA), at=LATE)


def test_an_answer_undone_is_asked_of_a_person_again_and_keeps_citing_what_was_sent(
    shop: Parts,
) -> None:
    key = submitted(shop)
    with shop.db.writing() as session:
        approving.approve(session, entry_of(session, key), by=the(session, LENA), at=NOW)
    publishing.publish(shop, 1, at=NOW)
    mara = cast.a_customer(shop)
    got = mara.asks("Can I pause my plan?")
    with shop.db.writing() as session:
        entry_of(session, key).undo_approval(session, by=the(session, LENA), at=SOON)
    publishing.publish(shop, 1, at=SOON)

    assert got["outcome"] == "answer"
    assert cast.a_customer(shop, visitor="jo").asks("Can I pause my plan?")["outcome"] != "answer"
    with shop.db.reading() as session:
        said = [m.entry_version_id for m in cast.said_in(session, mara.id) if m.entry_version_id]
        cited = session.get_one(EntryVersion, said[-1])
        assert (cited.number, cited.text) == (1, "Yes, in Billing.")


def test_a_rejection_is_muted_with_who_had_asked_and_may_be_undone(shop: Parts) -> None:
    key = submitted(shop)
    with shop.db.writing() as session:
        entry, lena = entry_of(session, key), the(session, LENA)
        approving.reject(session, entry, reason="No pauses.", by=lena, at=NOW)
        assert entry.state(NOW) == "rejected"
        entry.undo_rejection(session, by=lena, at=SOON)
        assert (entry.state(NOW), entry.newest.changes_asked) == ("review", "")
        approving.reject(session, entry, reason="No pauses.", by=lena, at=NOW)
        with pytest.raises(Refused):
            entry.undo_rejection(session, by=lena, at=LATE)


def test_a_retirement_may_be_undone_and_says_so_in_the_history(shop: Parts) -> None:
    with shop.db.writing() as session:
        entry, lena = entry_of(session, "export-data"), the(session, LENA)
        entry.retire(session, reason="Moved.", by=lena, at=NOW)
        with pytest.raises(NotPermitted):
            entry.undo_retirement(session, by=the(session, AMIR), at=SOON)
        entry.undo_retirement(session, by=lena, at=SOON)
        assert entry.state(SOON) == "approved"
        entry.retire(session, reason="Moved.", by=lena, at=NOW)
        with pytest.raises(Refused):
            entry.undo_retirement(session, by=lena, at=LATE)
        kinds = session.scalars(select(Event.kind).where(Event.entry_id == entry.id))
        assert "entry.retirement-undone" in list(kinds)


def test_an_approval_undone_leaves_what_was_retired_before_it_retired(shop: Parts) -> None:
    with shop.db.writing() as session:
        entry, lena = entry_of(session, "export-data"), the(session, LENA)
        earlier = NOW - timedelta(hours=1)
        entry.retire(session, reason="It is wrong.", by=lena, at=earlier)
        entry.save(session, a_draft(answer="Ask us."), by=the(session, AMIR), at=NOW)
        entry.submit(session, by=the(session, AMIR), at=NOW)
        approving.approve(session, entry, by=lena, at=NOW)
        assert entry.approved is entry.newest
        again = approving.undo_approval(session, entry, by=lena, at=SOON)
        session.flush()

        assert (entry.approved, again.state) == (None, "review")
        assert (entry.retired_at, entry.retired_because) == (earlier, "It is wrong.")
        assert "export-data" not in [each.entry.key for each in live(session, 1, at=SOON)]


def test_a_rejection_undone_lets_a_merge_wait_again(shop: Parts) -> None:
    with shop.db.writing() as session:
        source, into = entry_of(session, "cancel-plan"), entry_of(session, "change-address")
        reshaping.merge(session, source, into, by=the(session, LENA), at=NOW)
        approving.reject(session, into, reason="Keep both.", by=the(session, NOOR), at=NOW)
        into.undo_rejection(session, by=the(session, NOOR), at=SOON)
        approving.approve(session, into, by=the(session, NOOR), at=SOON, override="One is enough.")
        assert source.state(SOON) == "retired"


def test_the_second_of_two_takes_back_only_their_own_approval(shop: Parts) -> None:
    key = submitted(shop)
    grave(shop, key)
    with shop.db.writing() as session:
        entry, lena, noor = entry_of(session, key), the(session, LENA), the(session, NOOR)
        approving.approve(session, entry, by=lena, at=NOW - timedelta(hours=1))
        approving.approve(session, entry, by=noor, at=NOW)

        again = approving.undo_approval(session, entry, by=noor, at=SOON)

        assert (entry.state(SOON), entry.approved, again.number) == ("review", None, 2)
        assert [each.person.email for each in again.standing_approvals] == [LENA]
        approving.approve(session, entry, by=noor, at=SOON)
        assert entry.approved is again


def test_the_first_of_two_takes_an_approval_back_within_ten_seconds(shop: Parts) -> None:
    key = submitted(shop)
    grave(shop, key)
    with shop.db.writing() as session:
        entry, lena = entry_of(session, key), the(session, LENA)
        version = approving.approve(session, entry, by=lena, at=NOW)

        assert not entry.may_undo_approval(LATE)
        assert approving.undo_approval(session, entry, by=lena, at=SOON) is version
        assert (entry.state(SOON), version.standing_approvals) == ("review", [])
        approving.approve(session, entry, by=lena, at=LATE)
        with pytest.raises(Refused, match="ten seconds have passed"):
            entry.undo_approval(session, by=lena, at=LATE + timedelta(seconds=10))
        assert entries.waiting_for(session, entry.launch_id, the(session, NOOR)) == 1


# --- owners ---


def test_an_entry_is_its_owners_or_else_its_scenarios(shop: Parts) -> None:
    with shop.db.writing() as session:
        entry, lena, noor = (
            entry_of(session, "price-differs"),
            the(session, LENA),
            the(session, NOOR),
        )
        assert entry.asked_owner is the(session, AMIR)  # who owns the scenario
        entry.give_to(session, noor, by=lena, at=NOW)
        assert entry.asked_owner is noor
        entry.give_to(session, None, by=lena, at=NOW)
        assert entry.asked_owner is the(session, AMIR)


# --- what a replay shows ---


def a_break(parts: Parts) -> None:
    """Let a version wait that does not answer any more what a person has confirmed."""
    cast.confirm(parts, "export-data", times=1)
    with parts.db.writing() as session:
        entry, amir = entry_of(session, "export-data"), the(session, AMIR)
        entry.save(session, a_draft(question="Is there a forum?", answer="Yes."), by=amir, at=NOW)
        entry.submit(session, by=amir, at=NOW)
        replay.start(session, entry.newest, by=the(session, LENA), at=NOW)
    replaying.go_on(parts)


def test_confirmed_answers_that_would_change_block_until_somebody_says_why(shop: Parts) -> None:
    a_break(shop)
    with shop.db.writing() as session:
        entry, lena = entry_of(session, "export-data"), the(session, LENA)
        with pytest.raises(Refused, match="1 confirmed answer would change with it"):
            approving.approve(session, entry, by=lena, at=NOW, override="  ")
        assert entry.state(NOW) == "review"

        version = approving.approve(session, entry, by=lena, at=NOW, override="It is one page.")
        assert entry.approved is version
        said = version.standing_approvals[0]
        assert (said.because, said.breaks) == ("It is one page.", 1)


def test_what_takes_another_in_or_is_confirmed_is_approved_unreplayed_only_with_a_reason(
    shop: Parts,
) -> None:
    cast.confirm(shop, "export-data", times=1)
    with shop.db.writing() as session:
        amir, lena = the(session, AMIR), the(session, LENA)
        merged, known = entry_of(session, "change-address"), entry_of(session, "export-data")
        reshaping.merge(session, entry_of(session, "cancel-plan"), merged, by=amir, at=NOW)
        known.save(session, a_draft(question=cast.EXPORT), by=amir, at=NOW)
        approving.submit(session, known, by=amir, at=NOW)
        for entry in (merged, known):
            with pytest.raises(Refused, match="What it changes for real questions is not known"):
                approving.approve(session, entry, by=lena, at=NOW, override=" ")
            version = approving.approve(session, entry, by=lena, at=NOW, override="It is urgent.")
            assert version.standing_approvals[0].because == "It is urgent."


def test_what_is_submitted_is_replayed_by_itself_and_a_newer_text_instead_of_the_older(
    shop: Parts,
) -> None:
    key = an_entry(shop, approved_by=None)
    for answer in ("Yes, in Plans.", "Yes, in Billing, under Plans."):
        with shop.db.writing() as session:
            entry, amir = entry_of(session, key), the(session, AMIR)
            entry.save(session, a_draft(answer=answer), by=amir, at=NOW)
            approving.submit(session, entry, by=amir, at=NOW)
        with shop.db.reading() as session:
            effect = replay.effect_of(session, entry_of(session, key).newest, at=NOW)
            assert (effect.state, effect.replay and effect.replay.text) == ("running", answer)

    assert replaying.go_on(shop) == 1
    with shop.db.writing() as session:
        entry = entry_of(session, key)
        assert replay.effect_of(session, entry.newest, at=NOW).state == "fresh"
        replay.start_for_review(session, entry.newest, by=the(session, AMIR), at=NOW)
        assert replay.effect_of(session, entry.newest, at=NOW).state == "fresh"  # known already


def test_an_approval_without_a_replay_is_one_and_says_that_nothing_is_known(shop: Parts) -> None:
    key = submitted(shop)
    with shop.db.writing() as session:
        entry = entry_of(session, key)
        words = approving.effect_in_words(replay.effect_of(session, entry.newest))
        assert words == "It was not replayed: what it changes for real questions is not known."
        approving.approve(session, entry, by=the(session, LENA), at=NOW)
        assert entry.state(NOW) == "approved"
