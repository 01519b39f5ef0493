"""The library's lists in SQL say what the entries themselves say, and find what is typed."""

import random
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from assistant.answering.evidence import people_of_each
from assistant.ground.errors import Declined
from assistant.ground.parts import Parts
from assistant.library import listing
from assistant.library.entries import Entry, EntryVersion, of_launch
from assistant.library.facets import cells, counts
from assistant.library.listing import EXPIRES_SOON, LISTS, Filters
from tests import cast
from tests.cast import LENA, NOOR, NOW, a_draft, the


def shown_by(entry: Entry, name: str, at) -> EntryVersion | None:
    """Return the version that a list shows of an entry, derived from its own facts."""
    current, newest = entry.approved, entry.newest
    if name == "approved":
        until = current.valid_until if current else None
        return current if current and (until is None or until > at) else None
    if name == "expiring":
        until = current.valid_until if current else None
        return current if until is not None and until - at <= EXPIRES_SOON else None
    states = {"drafts": "draft", "in-review": "review"}
    return newest if entry.state(at) == states.get(name, name) else None


def live_a_little(session: Session, entry: Entry, chance: random.Random) -> None:
    """Let something happen to an entry that may happen now, or nothing."""
    lena, noor = the(session, LENA), the(session, NOOR)
    until = chance.choice(
        [None, NOW - timedelta(hours=1), NOW + timedelta(days=2), NOW + timedelta(days=9)]
    )
    what = chance.choice(
        ["save", "submit", "approve"] * 3 + ["reject", "changes", "retire", "recall"]
    )
    try:
        if what == "save":
            draft = a_draft(answer=f"Yes, {chance.random()}.", valid_until=until)
            entry.save(session, draft, by=lena, at=NOW)
        elif what == "submit":
            entry.submit(session, by=lena, at=NOW)
        elif what == "approve":
            entry.approve(session, by=noor, at=NOW)
        elif what == "reject":
            entry.reject(session, reason="No.", by=noor, at=NOW)
        elif what == "changes":
            entry.request_changes(session, reason="Shorter.", by=noor, at=NOW)
        elif what == "retire":
            entry.retire(session, reason="Over.", by=noor, at=NOW)
        elif entry.approved:
            entry.recall(session, [entry.approved], reason="Wrong.", by=noor, at=NOW)
    except Declined:
        pass  # it may not happen to this one now
    session.flush()


def test_every_list_holds_what_the_entries_themselves_say(shop: Parts) -> None:
    chance = random.Random(5)
    with shop.db.writing() as session:
        launch, lena = cast.launch_of(session), the(session, LENA)
        for number in range(60):
            entry = cast.entries.create(
                session, launch, key=f"thing-{number}", kind="faq", draft=a_draft(), by=lena, at=NOW
            )
            for _ in range(chance.randrange(24)):
                live_a_little(session, entry, chance)
    with shop.db.reading() as session:
        launch_id = cast.launch_of(session).id
        every = of_launch(session, launch_id)
        counted = counts(cells(session, launch_id, q="", at=NOW), Filters())

        for name in LISTS:
            expected = {v.id for each in every if (v := shown_by(each, name, NOW))}
            found = listing.listed(session, launch_id, name, at=NOW, most=1_000)

            assert {version.id for version in found.versions} == expected, name
            assert counted[name] == found.total == len(expected), name
        assert min(counted.values()) > 0, "a list that nothing was in proves nothing"


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("renewal MORE", True),
        ("price-differs", True),
        ("October last month", True),
        ("straße 50%_", True),
        ("50%", True),
        ("5%0", False),
        ("price nothing-like-it", False),
        ("\0", True),
        ("' or 1=1 --", False),
        ("x " * 5_000, False),
    ],
)
def test_a_search_finds_every_word_wherever_it_stands_and_reads_no_signs(
    shop: Parts, q: str, found: bool
) -> None:
    with shop.db.writing() as session:
        entry, lena = cast.entry_of(session, "price-differs"), the(session, LENA)
        draft = a_draft(
            question="Why is my price different from last month?",
            phrasings=["I pay more than in October", "the RENEWAL costs more", "STRASSE 50%_ off"],
        )
        entry.save(session, draft, by=None, at=NOW)
        entry.approve_as_imported(session, by=lena, at=NOW)
    with shop.db.reading() as session:
        page = listing.listed(
            session, cast.launch_of(session).id, "approved", at=NOW, filters=Filters(q=q)
        )
        keys = [version.entry.key for version in page.versions]

    assert ("price-differs" in keys) is found


def test_pages_follow_one_another_without_a_gap_and_filters_narrow(shop: Parts) -> None:
    with shop.db.reading() as session:
        launch_id = cast.launch_of(session).id

        def page(first: int, most: int, **narrowed) -> list[str]:
            found = listing.listed(
                *(session, launch_id, "approved"), at=NOW, sort="question", first=first, most=most,
                filters=Filters(**narrowed),
            )  # fmt: skip
            return [version.entry.key for version in found.versions]

        every = page(0, 100)
        assert len(every) == 5
        assert page(0, 2) + page(2, 2) + page(4, 2) == every
        assert page(0, 9, kind="response") == ["link-missing", "price-differs"]
        assert page(0, 9, scenario="new-price") == ["price-differs"]
        assert len(page(0, 9, scenario="-")) == 3
        assert page(0, 9, verdict="known-issue") == ["link-missing"]
        assert page(0, 9, author=0) == every
        assert page(0, 9, author=4_711) == []


def test_what_more_people_asked_stands_first(shop: Parts) -> None:
    cast.a_customer(shop, visitor="mara").asks(cast.EXPORT)
    cast.a_customer(shop, visitor="tom").asks(cast.EXPORT)
    cast.a_customer(shop, visitor="tom").asks("How do I cancel my plan?")
    with shop.db.reading() as session:
        launch_id = cast.launch_of(session).id
        asked = people_of_each(session, launch_id)
        page = listing.listed(session, launch_id, "approved", at=NOW, asked=asked, most=3)

    assert [version.entry.key for version in page.versions][:2] == ["export-data", "cancel-plan"]
