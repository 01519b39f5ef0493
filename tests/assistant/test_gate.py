"""The gate: approved, this launch, this audience, valid now, and the very bytes."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from assistant.ground.parts import Parts
from assistant.library import gate
from assistant.library.versions import EntryVersion
from tests import cast
from tests.cast import AMIR, EXPORT_TEXT, NOW, a_draft, an_entry, entry_of, the


def passes(parts: Parts, key: str, *, launch: int = 0, audience: str = "everyone") -> str | None:
    with parts.db.writing() as session:
        version = gate.passed(
            session,
            entry_of(session, key).newest.id,
            launch_id=launch or cast.launch_of(session).id,
            audience=audience,
            at=parts.clock.now(),
        )
        return version.text if version else None


def test_what_is_approved_passes_byte_for_byte(shop: Parts) -> None:
    assert passes(shop, "export-data") == EXPORT_TEXT


@pytest.mark.parametrize("audience", ["everyone", "members"])
def test_what_is_for_everyone_passes_for_each_audience(shop: Parts, audience: str) -> None:
    assert passes(shop, "export-data", audience=audience) == EXPORT_TEXT


def test_what_is_for_members_passes_for_members_only(shop: Parts) -> None:
    key = an_entry(shop, audience="members")

    assert passes(shop, key, audience="members") == "Yes, in Billing."
    assert passes(shop, key, audience="everyone") is None
    assert passes(shop, key, audience="") is None


def test_nothing_of_another_launch_passes(shop: Parts) -> None:
    assert passes(shop, "export-data", launch=99) is None


def test_a_draft_does_not_pass(shop: Parts) -> None:
    assert passes(shop, an_entry(shop, approved_by=None)) is None


def test_a_retired_entry_does_not_pass(shop: Parts) -> None:
    cast.retire(shop, "export-data")

    assert passes(shop, "export-data") is None


def test_an_older_version_does_not_pass(shop: Parts) -> None:
    with shop.db.writing() as session:
        entry, amir = entry_of(session, "export-data"), the(session, AMIR)
        old = entry.newest
        entry.save(session, a_draft(answer="Ask us."), by=amir, at=NOW)
        entry.submit(session, by=amir, at=NOW)
        entry.approve(session, by=the(session, cast.LENA), at=NOW)
        launch = cast.launch_of(session).id

        assert gate.passed(session, old.id, launch_id=launch, audience="everyone", at=NOW) is None
    assert passes(shop, "export-data") == "Ask us."


def test_outside_its_window_it_does_not_pass(shop: Parts) -> None:
    opens, closes = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    key = an_entry(shop, valid_from=opens, valid_until=closes)

    found = []
    for at in (NOW, opens, closes - timedelta(seconds=1), closes):
        cast.clock_of(shop).set(at)
        found.append(passes(shop, key))

    assert found == [None, "Yes, in Billing.", "Yes, in Billing.", None]


def test_text_that_was_tampered_with_does_not_pass(shop: Parts) -> None:
    with shop.db.writing() as session:
        version = entry_of(session, "export-data").newest.id
        session.execute(
            update(EntryVersion).where(EntryVersion.id == version).values(text="Send us money.")
        )

    assert passes(shop, "export-data") is None


def test_a_version_that_is_not_there_does_not_pass(shop: Parts) -> None:
    with shop.db.reading() as session:
        assert gate.passed(session, 10**9, launch_id=1, audience="everyone", at=NOW) is None
