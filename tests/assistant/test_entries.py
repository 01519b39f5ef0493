"""Entries: draft, review, approved by somebody else, retired; approved text never changes."""

from datetime import timedelta

import pytest

from assistant.ground.audit import Event
from assistant.ground.database import sha256
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.parts import Parts
from assistant.library import entries, liveness
from tests import cast
from tests.cast import AMIR, LENA, NOOR, NOW, OLU, PRICE_TEXT, a_draft, an_entry, entry_of, the


def state(parts: Parts, key: str) -> str:
    with parts.db.reading() as session:
        return entry_of(session, key).state(parts.clock.now())


def revision(parts: Parts) -> int:
    with parts.db.reading() as session:
        return cast.launch_of(session).library_revision


def approve(parts: Parts, key: str, by: str) -> None:
    with parts.db.writing() as session:
        entry_of(session, key).approve(session, by=the(session, by), at=parts.clock.now())


def test_an_entry_goes_from_draft_over_review_to_approved(shop: Parts) -> None:
    before = revision(shop)
    key = an_entry(shop, approved_by=None)
    assert (state(shop, key), revision(shop)) == ("draft", before)

    with shop.db.writing() as session:
        entry_of(session, key).submit(session, by=the(session, AMIR), at=NOW)
    assert state(shop, key) == "review"

    approve(shop, key, LENA)
    assert (state(shop, key), revision(shop)) == ("approved", before + 1)
    with shop.db.reading() as session:
        version = cast.version_of(session, key)
        events = session.query(Event).filter_by(entry_id=version.entry_id).order_by(Event.id)
        assert [(event.kind, event.who) for event in events] == [
            ("entry.saved", "Amir Haddad"),
            ("entry.submitted", "Amir Haddad"),
            ("entry.approved", "Lena Ortiz"),
        ]
        assert (version.text, version.sha256) == ("Yes, in Billing.", sha256("Yes, in Billing."))


def test_nobody_approves_their_own_words(shop: Parts) -> None:
    key = an_entry(shop, by=LENA, approved_by=NOOR)  # somebody else may

    with shop.db.writing() as session:
        entry = entry_of(session, key)
        entry.save(session, a_draft(answer="Yes, under Plans."), by=the(session, NOOR), at=NOW)
        entry.submit(session, by=the(session, NOOR), at=NOW)
        with pytest.raises(NotPermitted, match="You wrote this version"):
            entry.approve(session, by=the(session, NOOR), at=NOW)
        entry.approve(session, by=the(session, LENA), at=NOW)
        assert entry.newest.number == 2


@pytest.mark.parametrize("email", [AMIR, cast.INES, cast.PRIYA, cast.ERIC])
def test_only_a_lead_approves(shop: Parts, email: str) -> None:
    key = an_entry(shop, by=NOOR, approved_by=None)
    with shop.db.writing() as session:
        entry_of(session, key).submit(session, by=the(session, NOOR), at=NOW)

    with pytest.raises(NotPermitted, match="Only a lead approves"):
        approve(shop, key, email)
    assert state(shop, key) == "review"


def test_the_named_decider_of_a_scenario_approves_its_messages(shop: Parts) -> None:
    with shop.db.writing() as session:
        entry = entry_of(session, "price-differs")
        entry.save(session, a_draft(answer="So."), by=the(session, AMIR), at=NOW)
        draft = a_draft(why_now="New.", what_to_do="Nothing.", next_update="Soon")
        entry.save(session, draft, by=the(session, AMIR), at=NOW)
        entry.submit(session, by=the(session, AMIR), at=NOW)

        assert entry.may_be_approved_by(the(session, NOOR)) == (
            "Messages for “The price is not the one I know” are approved by lena@example.com."
        )
        assert entry.may_be_approved_by(the(session, LENA)) == ""
        assert entry.may_be_approved_by(the(session, OLU)) == ""  # an administrator stands in


def test_what_nobody_submitted_cannot_be_approved_rejected_or_given_back(shop: Parts) -> None:
    key = an_entry(shop, approved_by=None)
    with shop.db.writing() as session:
        entry, lena = entry_of(session, key), the(session, LENA)
        with pytest.raises(Refused, match="submitted it for review"):
            entry.approve(session, by=lena, at=NOW)
        with pytest.raises(Refused, match="nobody has submitted it"):
            entry.reject(session, reason="No.", by=lena, at=NOW)
        with pytest.raises(Refused, match="nobody has submitted it"):
            entry.request_changes(session, reason="Shorter.", by=lena, at=NOW)


def test_a_response_without_its_three_parts_is_not_submitted(shop: Parts) -> None:
    with shop.db.writing() as session:
        amir = the(session, AMIR)
        entry = entries.create(
            session,
            cast.launch_of(session),
            key="half",
            kind="response",
            draft=a_draft(answer="", why_now="New."),
            by=amir,
            at=NOW,
        )
        with pytest.raises(Refused) as refused:
            entry.submit(session, by=amir, at=NOW)

    assert refused.value.message == "It still needs what to do, when the next update comes."


def test_changes_asked_for_are_told_and_lifted_by_the_next_submission(shop: Parts) -> None:
    key = an_entry(shop, approved_by=None)
    with shop.db.writing() as session:
        entry, amir = entry_of(session, key), the(session, AMIR)
        entry.submit(session, by=amir, at=NOW)
        entry.request_changes(session, reason="Say where.", by=the(session, LENA), at=NOW)
        assert (entry.state(NOW), entry.newest.changes_asked) == ("draft", "Say where.")

        entry.submit(session, by=amir, at=NOW)
        assert (entry.state(NOW), entry.newest.changes_asked) == ("review", "")


def test_a_rejected_entry_reaches_no_customer_until_it_is_submitted_again(shop: Parts) -> None:
    key = an_entry(shop, approved_by=None)
    with shop.db.writing() as session:
        entry, amir, lena = entry_of(session, key), the(session, AMIR), the(session, LENA)
        entry.submit(session, by=amir, at=NOW)
        entry.reject(session, reason="Wrong.", by=lena, at=NOW)
        assert (entry.state(NOW), entry.approved) == ("rejected", None)

        entry.submit(session, by=amir, at=NOW)
        entry.approve(session, by=lena, at=NOW)
        assert entry.state(NOW) == "approved"


def test_approved_text_never_changes_and_an_edit_is_a_new_version(shop: Parts) -> None:
    with shop.db.writing() as session:
        entry, amir = entry_of(session, "export-data"), the(session, AMIR)
        first = entry.newest
        with pytest.raises(Refused, match="Approved text never changes"):
            first.write(a_draft(), by=amir, at=NOW)
        entry.save(session, a_draft(question="How do I export?", answer="Ask."), by=amir, at=NOW)

        assert [(v.number, v.state) for v in entry.versions] == [(1, "approved"), (2, "draft")]
        assert entry.approved is first
        entry.save(session, a_draft(question="How to export?", answer="Ask."), by=amir, at=NOW)
        assert [v.number for v in entry.versions] == [1, 2]  # an open draft is written over


def test_approving_a_new_version_supersedes_the_old_one(shop: Parts) -> None:
    with shop.db.writing() as session:
        entry, amir = entry_of(session, "export-data"), the(session, AMIR)
        old = entry.newest
        new = entry.save(session, a_draft(answer="Ask us."), by=amir, at=NOW)
        entry.submit(session, by=amir, at=NOW)
        entry.approve(session, by=the(session, LENA), at=NOW)

        assert (old.superseded_at, entry.approved) == (NOW, new)


def test_retiring_takes_it_away_and_approving_a_new_version_brings_it_back(shop: Parts) -> None:
    before = revision(shop)
    cast.retire(shop, "export-data")
    assert (state(shop, "export-data"), revision(shop)) == ("retired", before + 1)

    with shop.db.writing() as session:
        entry, amir, lena = entry_of(session, "export-data"), the(session, AMIR), the(session, LENA)
        with pytest.raises(Refused, match="Customers do not get this entry"):
            entry.retire(session, reason="Again.", by=lena, at=NOW)
        with pytest.raises(NotPermitted):
            entry.retire(session, reason="No.", by=amir, at=NOW)
        entry.save(session, a_draft(), by=amir, at=NOW)
        entry.submit(session, by=amir, at=NOW)
        entry.approve(session, by=lena, at=NOW)
    assert state(shop, "export-data") == "approved"


@pytest.mark.parametrize("question", ["", " \n", "\u00a0"])
def test_an_entry_has_a_question(shop: Parts, question: str) -> None:
    with pytest.raises(Refused, match="has a question"):
        an_entry(shop, question=question)


def test_a_window_ends_after_it_begins(shop: Parts) -> None:
    with pytest.raises(Refused, match="expire before it begins"):
        an_entry(shop, valid_from=NOW, valid_until=NOW)


def test_a_window_takes_its_beginning_in_and_leaves_its_end_out(shop: Parts) -> None:
    end = NOW + timedelta(hours=1)
    key = an_entry(shop, valid_from=NOW, valid_until=end)

    with shop.db.reading() as session:
        launch = cast.launch_of(session).id

        def is_live(at: timedelta) -> bool:
            return key in {v.entry.key for v in liveness.live(session, launch, at=NOW + at)}

        second = timedelta(seconds=1)
        assert not is_live(-second)
        assert is_live(timedelta(0))
        assert is_live(end - NOW - second)
        assert not is_live(end - NOW)
    cast.clock_of(shop).set(end)
    assert state(shop, key) == "expired"


def test_a_key_is_used_once_in_a_launch(shop: Parts) -> None:
    with pytest.raises(Refused, match="an entry “export-data” already"):
        an_entry(shop, key="export-data")


def test_there_is_no_entry_of_another_key(shop: Parts) -> None:
    with shop.db.reading() as session, pytest.raises(NotFound):
        entry_of(session, "no-such-entry")


def test_leads_are_told_how_many_wait_for_them(shop: Parts) -> None:
    for key, author in (("by-lena", LENA), ("by-amir", AMIR)):
        an_entry(shop, key=key, by=author, approved_by=None)
        with shop.db.writing() as session:
            entry_of(session, key).submit(session, by=the(session, author), at=NOW)

    with shop.db.reading() as session:
        launch = cast.launch_of(session).id
        waiting = {
            email: entries.waiting_for(session, launch, the(session, email))
            for email in (LENA, NOOR, AMIR)
        }
    assert waiting == {LENA: 1, NOOR: 2, AMIR: 0}


def test_what_another_lead_decides_first_waits_for_nobody_else(shop: Parts) -> None:
    an_entry(shop)
    with shop.db.writing() as session:
        entry, hers = entry_of(session, "pause-plan"), cast.entry_of(session, "price-differs")
        entry.save(session, cast.a_draft(answer="Yes."), by=the(session, AMIR), at=NOW)
        entry.file_under(session, hers.scenario, by=the(session, AMIR), at=NOW)
        entry.submit(session, by=the(session, AMIR), at=NOW)

    def waiting() -> dict[str, int]:
        with shop.db.reading() as session:
            launch = cast.launch_of(session).id
            return {
                email: entries.waiting_for(session, launch, the(session, email))
                for email in (LENA, NOOR, cast.OLU)
            }

    assert waiting() == {LENA: 1, NOOR: 0, cast.OLU: 1}
    with shop.db.writing() as session:
        entry_of(session, "pause-plan").approve(session, by=the(session, LENA), at=NOW, needed=2)
    assert waiting() == {LENA: 0, NOOR: 1, cast.OLU: 1}


def test_the_text_of_a_response_is_composed_when_it_is_written(shop: Parts) -> None:
    with shop.db.reading() as session:
        version = cast.version_of(session, "price-differs")

    assert version.text == PRICE_TEXT
    assert version.sha256 == sha256(PRICE_TEXT)
