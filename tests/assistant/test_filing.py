"""What an entry is filed under decides who approves it: nobody changes that for their own words."""

from datetime import timedelta

import pytest

from assistant.answering import approving, outside
from assistant.ground.errors import NotPermitted
from assistant.ground.parts import Parts
from assistant.launch import scenarios
from assistant.launch.scenarios import Scenario
from assistant.library import imports, reshaping
from assistant.library.entries import Entry
from assistant.library.filing import describe_scenario, filing_of
from tests.cast import AMIR, LENA, NOOR, NOW, a_draft, an_entry, entry_of, launch_of, the

KEY = "pause-plan"
SOON = NOW + timedelta(seconds=5)


def gravest(session, entry: Entry) -> Scenario:
    found = scenarios.of_launch(session, entry.launch_id)["sign-in-link"]
    found.severity = 1
    return found


def described(session, scenario: Scenario, *, by: str, **changed: object) -> None:
    said = {
        name: getattr(scenario, name)
        for name in ("key", "title", "expected_before", "why_in_doubt", "category", "severity")
    }
    said |= {"deciders": scenario.deciders, "escalation": scenario.escalation}
    said |= {"owner": scenario.owner.email if scenario.owner else None, **changed}
    describe_scenario(session, launch_of(session), scenario, said, by=the(session, by), at=NOW)
    session.flush()


def live_scenario(session) -> str | None:
    scenario = outside.live_one(session, 1, KEY, at=NOW).entry.scenario
    return scenario.key if scenario else None


def test_who_makes_a_scenario_less_grave_leaves_two_to_approve_and_is_none_of_them(
    shop: Parts,
) -> None:
    an_entry(shop, by=AMIR, approved_by=None)
    with shop.db.writing() as session:
        entry = entry_of(session, KEY)
        scenario = gravest(session, entry)
        entry.file_under(session, scenario, by=the(session, AMIR), at=NOW)
        entry.submit(session, by=the(session, AMIR), at=NOW)
        named = {**scenario.deciders, "approves_messages": NOOR}
        described(session, scenario, by=LENA, severity=2, deciders=named)

        assert approving.approvers_needed(entry) == 2
        with pytest.raises(NotPermitted, match="You had a hand"):
            approving.approve(session, entry, by=the(session, LENA), at=NOW)
        approving.approve(session, entry, by=the(session, NOOR), at=NOW)
        assert (entry.state(NOW), entry.approved) == ("review", None)


def test_who_only_puts_a_scenario_in_other_words_may_approve_what_waits_under_it(
    shop: Parts,
) -> None:
    an_entry(shop, by=AMIR, approved_by=None)
    with shop.db.writing() as session:
        entry = entry_of(session, KEY)
        scenario = gravest(session, entry)
        scenario.severity = 2
        entry.file_under(session, scenario, by=the(session, AMIR), at=NOW)
        entry.submit(session, by=the(session, AMIR), at=NOW)
        described(session, scenario, by=LENA, title="The link to sign in")

        approving.approve(session, entry, by=the(session, LENA), at=NOW)
        assert entry.state(NOW) == "approved"


def test_filing_what_customers_get_otherwise_waits_for_an_approval(shop: Parts) -> None:
    an_entry(shop)
    with shop.db.writing() as session:
        entry, amir = entry_of(session, KEY), the(session, AMIR)
        before, grave = entry.approved, gravest(session, entry)
        entry.file_under(session, grave, by=amir, at=NOW)
        session.flush()

        assert (entry.scenario, entry.approved, live_scenario(session)) == (None, before, None)
        assert (entry.state(NOW), filing_of(entry.newest)) == ("draft", grave)
        assert (entry.newest.sha256, approving.approvers_needed(entry)) == (before.sha256, 2)

        entry.submit(session, by=amir, at=NOW)
        approving.approve(session, entry, by=the(session, LENA), at=NOW)
        assert live_scenario(session) is None
        approving.approve(session, entry, by=the(session, NOOR), at=NOW)
        assert live_scenario(session) == "sign-in-link"

        approving.undo_approval(session, entry, by=the(session, NOOR), at=SOON)
        session.flush()
        assert (live_scenario(session), filing_of(entry.newest)) == (None, grave)
        assert approving.approvers_needed(entry) == 2


def test_out_of_the_gravest_scenario_it_is_filed_by_two(shop: Parts) -> None:
    an_entry(shop, approved_by=None)
    with shop.db.writing() as session:
        entry, amir = entry_of(session, KEY), the(session, AMIR)
        grave = gravest(session, entry)
        entry.file_under(session, grave, by=amir, at=NOW)
        entry.submit(session, by=amir, at=NOW)
        approving.approve(session, entry, by=the(session, LENA), at=NOW)
        approving.approve(session, entry, by=the(session, NOOR), at=NOW)
        entry.file_under(session, None, by=amir, at=NOW)
        entry.submit(session, by=amir, at=NOW)

        approving.approve(session, entry, by=the(session, LENA), at=NOW)
        assert (entry.state(NOW), live_scenario(session)) == ("review", "sign-in-link")


def test_while_it_waits_it_stays_as_grave_as_it_was_submitted(shop: Parts) -> None:
    an_entry(shop, approved_by=None)
    with shop.db.writing() as session:
        entry, amir = entry_of(session, KEY), the(session, AMIR)
        entry.file_under(session, gravest(session, entry), by=amir, at=NOW)
        entry.submit(session, by=amir, at=NOW)
        entry.save(session, a_draft(answer="Other words."), by=amir, at=NOW)
        entry.file_under(session, None, by=amir, at=NOW)
        entry.submit(session, by=amir, at=NOW)

        assert (entry.scenario, approving.approvers_needed(entry)) == (None, 2)


def test_a_file_moves_nothing_that_customers_get_and_taken_back_it_leaves_no_trace(
    shop: Parts,
) -> None:
    with shop.db.writing() as session:
        entry, amir = entry_of(session, "export-data"), the(session, AMIR)
        question, before = entry.newest.question, entry.scenario
        words = f"key,kind,question,answer,scenario\nexport-data,faq,{question},Ask.,sign-in-link\n"
        kept = imports.keep(session, launch_of(session), file="a.csv", words=words, by=amir, at=NOW)
        kept.confirm(session, mark=kept.plan(session, amir).mark, by=amir, at=NOW)
        session.flush()
        assert (entry.scenario, entry.newest.state) == (before, "review")
        waits_for = filing_of(entry.newest)
        assert waits_for is not None
        assert waits_for.key == "sign-in-link"

        kept.take_back(session, by=amir, at=SOON)
        session.flush()
        assert (entry.scenario, filing_of(entry.newest)) == (before, before)


def test_taking_an_import_back_files_a_draft_as_it_was(shop: Parts) -> None:
    an_entry(shop, approved_by=None)
    with shop.db.writing() as session:
        entry, amir = entry_of(session, KEY), the(session, AMIR)
        question = entry.newest.question
        words = f"key,kind,question,answer,scenario\n{KEY},faq,{question},Ask.,sign-in-link\n"
        kept = imports.keep(session, launch_of(session), file="a.csv", words=words, by=amir, at=NOW)
        kept.confirm(session, mark=kept.plan(session, amir).mark, by=amir, at=NOW)
        session.flush()
        assert entry.scenario is not None

        kept.take_back(session, by=amir, at=SOON)
        assert entry.scenario is None


def test_rolled_back_it_is_not_filed_as_a_rejected_version_was(shop: Parts) -> None:
    an_entry(shop)
    with shop.db.writing() as session:
        entry, amir = entry_of(session, KEY), the(session, AMIR)
        entry.save(session, a_draft(answer="Newer."), by=amir, at=NOW)
        entry.submit(session, by=amir, at=NOW)
        approving.approve(session, entry, by=the(session, LENA), at=NOW)
        entry.file_under(session, gravest(session, entry), by=amir, at=NOW)
        entry.submit(session, by=amir, at=NOW)
        approving.reject(session, entry, reason="No.", by=the(session, LENA), at=NOW)

        version = reshaping.roll_back(session, entry, 1, by=amir, at=NOW)
        assert filing_of(version) is None
