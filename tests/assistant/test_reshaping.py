"""Merging, splitting, rolling back and making permanent: nothing ends before it is approved."""

from datetime import timedelta

import pytest

from assistant.answering import approving
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.parts import Parts
from assistant.library import publishing, reshaping
from assistant.library.versions import EntryVersion
from assistant.library.wording import HEADINGS, Verdict
from tests import cast
from tests.cast import AMIR, LENA, NOOR, NOW, a_draft, an_entry, entry_of, the

SOON = NOW + timedelta(seconds=9)


def test_a_merge_ends_the_other_entry_only_when_it_is_approved(shop: Parts) -> None:
    with shop.db.writing() as session:
        source, into = entry_of(session, "cancel-plan"), entry_of(session, "change-address")
        new = reshaping.merge(session, source, into, by=the(session, LENA), at=NOW)

        assert (source.state(NOW), into.state(NOW)) == ("approved", "review")
        assert new.phrasings == [
            "I moved to another street",
            "send my box somewhere else",
            "How do I cancel my plan?",
            "end my subscription",
            "I want to stop my plan",
        ]
        with pytest.raises(NotPermitted, match="You wrote this version"):
            approving.approve(
                session, into, by=the(session, LENA), at=NOW, override="One is enough."
            )
        approving.approve(session, into, by=the(session, NOOR), at=NOW, override="One is enough.")
        assert (source.state(NOW), into.state(NOW)) == ("retired", "approved")
        assert (
            source.retired_because == "It was merged into “How do I change my delivery address?”."
        )


def test_after_a_merge_is_undone_both_answer_as_before(shop: Parts) -> None:
    with shop.db.writing() as session:
        source, into = entry_of(session, "cancel-plan"), entry_of(session, "change-address")
        old = into.newest
        reshaping.merge(session, source, into, by=the(session, LENA), at=NOW)
        approving.approve(session, into, by=the(session, NOOR), at=NOW, override="One is enough.")
        into.undo_approval(session, by=the(session, NOOR), at=SOON)

        assert (source.state(SOON), into.state(SOON)) == ("approved", "review")
        assert into.approved is old
        approving.approve(session, into, by=the(session, NOOR), at=SOON, override="One is enough.")
        assert source.state(SOON) == "retired"


@pytest.mark.parametrize("how", ["anew", "rolled-back"])
def test_a_merge_that_was_rejected_ends_nothing_when_its_entry_is_approved_later(
    shop: Parts, how: str
) -> None:
    with shop.db.writing() as session:
        source, into = entry_of(session, "cancel-plan"), entry_of(session, "change-address")
        amir, noor = the(session, AMIR), the(session, NOOR)
        into.save(session, a_draft(question="How do I move?"), by=amir, at=NOW)
        into.submit(session, by=amir, at=NOW)
        approving.approve(session, into, by=noor, at=NOW, override="One is enough.")
        reshaping.merge(session, source, into, by=the(session, LENA), at=NOW)
        approving.reject(session, into, reason="Keep both.", by=noor, at=NOW)
        if how == "anew":
            into.save(session, a_draft(question="How do I move?", answer="Ask."), by=amir, at=NOW)
            into.submit(session, by=amir, at=NOW)
        else:
            reshaping.roll_back(session, into, 1, by=amir, at=NOW)
        approving.approve(session, into, by=noor, at=NOW, override="One is enough.")

        assert into.approved is into.newest
        assert (source.state(NOW), source.retired_because) == ("approved", "")


def test_after_a_merge_is_undone_a_draft_that_waited_waits_again(shop: Parts) -> None:
    key = an_entry(shop, approved_by=None)
    with shop.db.writing() as session:
        source, into = entry_of(session, key), entry_of(session, "change-address")
        source.submit(session, by=the(session, AMIR), at=NOW)
        reshaping.merge(session, source, into, by=the(session, LENA), at=NOW)
        approving.approve(session, into, by=the(session, NOOR), at=NOW, override="One is enough.")
        assert source.state(NOW) == "rejected"
        into.undo_approval(session, by=the(session, NOOR), at=SOON)

        assert (source.state(SOON), source.newest.submitted_at) == ("review", NOW)


def test_what_was_answered_before_a_merge_keeps_citing_its_version(shop: Parts) -> None:
    publishing.publish(shop, 1, at=NOW)
    mara = cast.a_customer(shop)
    mara.asks("How do I cancel my plan?")
    with shop.db.writing() as session:
        source, into = entry_of(session, "cancel-plan"), entry_of(session, "change-address")
        told = source.newest.id
        reshaping.merge(session, source, into, by=the(session, LENA), at=NOW)
        approving.approve(session, into, by=the(session, NOOR), at=NOW, override="One is enough.")

    with shop.db.reading() as session:
        cited = [m.entry_version_id for m in cast.said_in(session, mara.id) if m.entry_version_id]
        assert cited == [told]
        assert session.get_one(EntryVersion, told).text == "Open Billing and choose Cancel plan."


def test_a_draft_that_is_merged_is_rejected_with_the_reason(shop: Parts) -> None:
    key = an_entry(shop, approved_by=None)
    with shop.db.writing() as session:
        source, into = entry_of(session, key), entry_of(session, "cancel-plan")
        reshaping.merge(session, source, into, by=the(session, LENA), at=NOW)
        assert source.state(NOW) == "draft"
        approving.approve(session, into, by=the(session, NOOR), at=NOW, override="One is enough.")
        assert source.state(NOW) == "rejected"
        assert source.newest.changes_asked == "It was merged into “How do I cancel my plan?”."


def test_nothing_is_merged_into_itself_or_into_what_is_not_decided(shop: Parts) -> None:
    key = an_entry(shop, approved_by=None)
    with shop.db.writing() as session:
        lena = the(session, LENA)
        one, draft = entry_of(session, "cancel-plan"), entry_of(session, key)
        with pytest.raises(Refused, match="merged into another"):
            reshaping.merge(session, one, one, by=lena, at=NOW)
        with pytest.raises(Refused, match="is not decided"):
            reshaping.merge(session, one, draft, by=lena, at=NOW)


def test_a_split_makes_two_drafts_and_leaves_customers_what_they_have(shop: Parts) -> None:
    with shop.db.writing() as session:
        entry = entry_of(session, "price-differs")
        live, way = entry.newest, "my bill went up"
        new = reshaping.split(session, entry, [way], by=the(session, LENA), at=NOW)

        assert (entry.approved, live.phrasings[0]) == (live, way)
        assert (new.newest.question, new.newest.state) == (way, "draft")
        assert new.newest.not_for == ["Why is my price different from last month?"]
        assert (entry.newest.number, entry.newest.state) == (2, "draft")
        assert entry.newest.phrasings == [
            "why do I pay more than in October",
            "the renewal costs more now",
        ]
        assert new.scenario is entry.scenario


@pytest.mark.parametrize("chosen", [[], ["nobody asks it so"], [""]])
def test_a_split_is_of_phrasings_that_are_there(shop: Parts, chosen: list[str]) -> None:
    with shop.db.writing() as session:
        entry = entry_of(session, "price-differs")
        with pytest.raises(Refused, match="Choose what is asked otherwise"):
            reshaping.split(session, entry, chosen, by=the(session, LENA), at=NOW)


def test_a_rollback_is_a_new_version_of_the_same_bytes_that_somebody_else_approves(
    shop: Parts,
) -> None:
    with shop.db.writing() as session:
        entry, amir, lena = entry_of(session, "export-data"), the(session, AMIR), the(session, LENA)
        first = entry.newest
        entry.save(session, a_draft(question=first.question, answer="Ask."), by=amir, at=NOW)
        entry.submit(session, by=amir, at=NOW)
        approving.approve(session, entry, by=lena, at=NOW)

        again = reshaping.roll_back(session, entry, 1, by=lena, at=NOW)

        assert (again.number, again.text, again.sha256) == (3, first.text, first.sha256)
        assert entry.approved is entry.versions[1]  # customers get it until somebody else approves
        with pytest.raises(NotPermitted):
            approving.approve(session, entry, by=lena, at=NOW)
        approving.approve(session, entry, by=the(session, NOOR), at=NOW)
        assert (entry.approved, first.superseded_at) == (again, NOW)


def test_nobody_rolls_back_to_what_was_recalled_or_never_said(shop: Parts) -> None:
    with shop.db.writing() as session:
        entry, lena = entry_of(session, "export-data"), the(session, LENA)
        entry.recall(session, [entry.newest], reason="Wrong.", by=lena, at=NOW)
        with pytest.raises(Refused, match="nothing to go back to"):
            reshaping.roll_back(session, entry, 1, by=lena, at=NOW)
        with pytest.raises(NotFound, match="no version 9"):
            reshaping.roll_back(session, entry, 9, by=lena, at=NOW)


@pytest.mark.parametrize(
    ("verdict", "safe", "reads"),
    [
        ("known-issue", "Yes. You go on as before.", "Can I continue? Yes. You go on as before."),
        ("not-expected", "No, wait for us.", "Can I continue? No, wait for us."),
        ("expected", "Yes, you can go on.", "Yes, you can go on."),
        ("expected", "Nothing is lost.", "Nothing is lost."),
    ],
)
def test_made_permanent_each_part_means_what_it_meant(
    shop: Parts, verdict: str, safe: str, reads: str
) -> None:
    with shop.db.reading() as session:
        entry = entry_of(session, "price-differs")
        entry.newest.verdict, entry.newest.safe_to_continue = verdict, safe

        answer = reshaping.permanent_answer(entry).split("\n\n")

        assert (answer[0], answer[-1]) == (HEADINGS[Verdict(verdict)], reads)


def test_a_response_made_permanent_is_a_faq_entry_once_somebody_approves_it(shop: Parts) -> None:
    with shop.db.writing() as session:
        entry, lena = entry_of(session, "price-differs"), the(session, LENA)
        new = reshaping.make_permanent(session, entry, by=the(session, NOOR), at=NOW)

        assert (new.kind, new.newest.valid_until, entry.state(NOW)) == ("faq", None, "approved")
        assert new.newest.answer == (
            "Yes, this is expected.\n\n"
            "The new prices apply from your first renewal after 16 November.\n\n"
            "You need to do nothing.\n\n"
            "You can go on using your plan."
        )
        new.submit(session, by=the(session, NOOR), at=NOW)
        approving.approve(session, new, by=lena, at=NOW, override="One is enough.")
        assert (new.state(NOW), entry.state(NOW)) == ("approved", "retired")
        with pytest.raises(Refused, match="permanent already"):
            reshaping.make_permanent(session, new, by=lena, at=NOW)
