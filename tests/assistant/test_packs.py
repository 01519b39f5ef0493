"""A pack comes in as a whole or not at all; the same pack again changes nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from assistant.ground.audit import Event
from assistant.ground.database import Base
from assistant.ground.parts import Parts
from assistant.launch import planning, shifts
from assistant.launch.describing import describe, describe_scenario, scenario_of
from assistant.launch.launches import Launch
from assistant.launch.pack_file import PackRefused, Problem
from assistant.library import packs
from assistant.library.packs import Imported
from tests import cast
from tests.cast import LENA, NOW, PACK, PRICE_TEXT, entry_of, launch_of, pack_at, the

EXPECTED_ALL = Imported(
    launch="spring-pricing", entries=5, approved=5, unchanged=0, scenarios=2, people=7, updates=1
)


def rows(parts: Parts) -> dict[str, int]:
    with parts.db.reading() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def bring_in(parts: Parts, folder: Path, words: str = PACK, by: str | None = LENA) -> Imported:
    return packs.bring_in(parts, pack_at(folder, words), approve_as=by, dry_run=False)


def refused(parts: Parts, folder: Path, words: str, by: str | None = LENA) -> list[Problem]:
    before = rows(parts)
    with pytest.raises(PackRefused) as no:
        bring_in(parts, folder, words, by)
    assert rows(parts) == before
    return no.value.problems


def test_a_pack_brings_the_launch_its_people_and_what_may_be_said(
    house: Parts, tmp_path: Path
) -> None:
    assert bring_in(house, tmp_path) == EXPECTED_ALL

    with house.db.reading() as session:
        price = entry_of(session, "price-differs")
        approved = price.approved
        assert approved is not None
        assert approved.text == PRICE_TEXT
        assert (approved.approved_by_id, approved.author_id) == (the(session, LENA).id, None)
        assert price.scenario is not None
        assert (price.scenario.key, price.scenario.category) == ("new-price", "billing")


def test_without_a_lead_who_answers_for_it_its_texts_wait_for_review(
    house: Parts, tmp_path: Path
) -> None:
    done = bring_in(house, tmp_path, by=None)

    assert (done.entries, done.approved) == (5, 0)
    with house.db.reading() as session:
        assert entry_of(session, "price-differs").state(NOW) == "review"


def test_a_dry_run_says_the_same_and_leaves_nothing(house: Parts, tmp_path: Path) -> None:
    before = rows(house)

    done = packs.bring_in(house, pack_at(tmp_path), approve_as=LENA, dry_run=True)

    assert done == EXPECTED_ALL
    assert rows(house) == before


def test_the_same_pack_again_changes_nothing(house: Parts, tmp_path: Path) -> None:
    bring_in(house, tmp_path)
    before = rows(house)

    again = bring_in(house, tmp_path)

    assert (again.approved, again.unchanged) == (0, 5)
    assert rows(house) == {**before, "events": before["events"] + 1}  # that it was imported


def test_an_entry_that_was_retired_stays_retired(shop: Parts, tmp_path: Path) -> None:
    cast.retire(shop, "cancel-plan")

    again = bring_in(shop, tmp_path)

    assert (again.approved, again.unchanged) == (0, 5)
    with shop.db.reading() as session:
        assert entry_of(session, "cancel-plan").state(NOW) == "retired"


def test_a_changed_entry_becomes_a_new_version_and_the_old_one_is_kept(
    shop: Parts, tmp_path: Path
) -> None:
    bring_in(shop, tmp_path, PACK.replace("choose Export.", "choose Export all."))

    with shop.db.reading() as session:
        old, new = entry_of(session, "export-data").versions
        assert (old.text, old.superseded_at) == ("Open Settings and choose Export.", NOW)
        assert (new.number, new.text) == (2, "Open Settings and choose Export all.")


def test_another_scenario_is_taken_over_and_written_down(shop: Parts, tmp_path: Path) -> None:
    moved = PACK.replace("    scenario: sign-in-link\n", "    scenario: new-price\n")

    bring_in(shop, tmp_path, moved)

    with shop.db.reading() as session:
        entry = entry_of(session, "link-missing")
        event = session.scalars(select(Event).where(Event.kind == "entry.filed")).one()
        assert entry.scenario is not None
        assert (entry.scenario.key, event.details["scenario"]) == ("new-price", "new-price")


def test_a_launch_with_entries_and_nothing_else_is_enough(house: Parts, tmp_path: Path) -> None:
    words = "launch: {key: tiny}\nentries:\n  - {key: a, kind: faq, question: Why?, answer: So.}\n"

    bring_in(house, tmp_path, words, by=None)

    with house.db.reading() as session:
        launch = session.scalars(select(Launch)).one()
        assert (launch.name, launch.starts_at, launch.phase) == ("tiny", NOW, "preparing")


# What a pack must satisfy beyond its shape.


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ("    why_now: Some mail", "    # why_now: Some mail", "entries[1].why_now", "A response"),
        ("    answer: Open Billing", "    # Open Billing", "entries[3].answer", "A faq needs it."),
        ("    verdict: known-issue\n", "", "entries[1].verdict", "A response needs it."),
        ("scenario: sign-in-link", "scenario: other", "entries[1].scenario", "no scenario “other”"),
        ("- key: cancel-plan", "- key: export-data", "entries[3].key", "is used twice"),
        ("- {email: noor@", "- {email: amir@", "people[2].email", "is used twice"),
        ("owner: amir@", "owner: zoe@", "scenarios[0].owner", "Nobody here has the address zoe@"),
        ("to: noor@", "to: zoe@", "scenarios[0].escalation[0]", "Nobody here has the address zoe@"),
        ("    expected: Yes, a", "    expected: ''\n    # a", "updates[0].expected", "blank"),
        ("published: 2026-11-16", "published: 2026-11-30", "updates[0].next_update", "has passed"),
        ("  ends: 2026-12-07", "  ends: 2026-11-07", "launch.ends", "ends before it starts"),
        (
            "    answer: Open Deliveries",
            "    valid_from: 2026-12-02T00:00:00Z\n    valid_until: 2026-12-01T00:00:00Z\n"
            "    answer: Open Deliveries",
            "entries[4].valid_until",
            "It ends before it begins.",
        ),
        (
            "phrasings: [end my subscription,",
            "phrasings: [DOWNLOAD all my orders!,",
            "entries[3].phrasings[0]",
            "also a way of asking “export-data”",
        ),
    ],
)
def test_what_does_not_fit_together_is_named_and_nothing_is_imported(
    house: Parts, tmp_path: Path, old: str, new: str, field: str, message: str
) -> None:
    assert old in PACK

    found = refused(house, tmp_path, PACK.replace(old, new))

    assert field in {problem.field for problem in found}
    assert message in next(problem.message for problem in found if problem.field == field)
    assert all(problem.line > 1 and problem.remedy for problem in found)


@pytest.mark.parametrize("email", ["amir@example.com", "nobody@example.com", "", "@"])
def test_only_a_lead_answers_for_the_texts(house: Parts, tmp_path: Path, email: str) -> None:
    if not email:
        assert bring_in(house, tmp_path, by=email).approved == 0
        return

    (problem,) = refused(house, tmp_path, PACK, by=email)

    assert problem.message.startswith(f"{email} is no lead here")


def test_an_update_with_no_time_of_its_own_must_promise_a_later_one(
    house: Parts, tmp_path: Path
) -> None:
    words = PACK.replace("    published: 2026-11-16T09:00:00Z\n", "")
    late = words.replace(
        "Nothing.\n    next_update: 2026-11-23", "Nothing.\n    next_update: 2026-11-17"
    )

    (problem,) = refused(house, tmp_path, late)

    assert problem.field == "updates[0].next_update"
    assert bring_in(house, tmp_path, words).updates == 1
    cast.later(house, days=30)
    assert bring_in(house, tmp_path, words).unchanged == 5  # it was on time when it was published


def test_hostile_words_are_kept_as_they_are(house: Parts, tmp_path: Path) -> None:
    words = "<script>alert(1)</script> {{ 7*7 }} esrever 🧨 '; DROP TABLE entries;--"
    pack = PACK.replace(
        "answer: Open Billing and choose Cancel plan.", f"answer: >-\n      {words}"
    )

    bring_in(house, tmp_path, pack)

    with house.db.reading() as session:
        assert cast.version_of(session, "cancel-plan").text == words
        assert launch_of(session).phase == "preparing"


def test_what_turns_the_order_of_letters_is_refused_with_its_line(
    house: Parts, tmp_path: Path
) -> None:
    pack = PACK.replace("Open Billing and choose Cancel plan.", '"Open \\u202egnilliB"')

    with pytest.raises(PackRefused, match=r"turns the order of letters \(U\+202E\)"):
        bring_in(house, tmp_path, pack)


def test_the_same_pack_again_keeps_the_mode_and_the_rate_that_a_lead_has_set(
    house: Parts, tmp_path: Path
) -> None:
    cast.bring_in(house, tmp_path)
    cast.in_mode(house, cast.Mode.SUGGEST)

    cast.bring_in(house, tmp_path, cast.PACK.replace("wrong_rate: 0.01", "wrong_rate: 0.05"))

    with house.db.reading() as session:
        launch = cast.launch_of(session)
        assert (launch.mode, launch.wrong_rate) == ("suggest", 0.01)


def test_until_a_lead_decides_the_pack_says_the_mode(house: Parts, tmp_path: Path) -> None:
    cast.bring_in(house, tmp_path)

    cast.bring_in(house, tmp_path, cast.PACK.replace("mode: auto", "mode: clarify"))

    with house.db.reading() as session:
        assert cast.launch_of(session).mode == "clarify"


def test_a_pack_that_says_no_mode_lets_people_answer(house: Parts, tmp_path: Path) -> None:
    cast.bring_in(house, tmp_path, cast.PACK.replace("  mode: auto\n", ""))

    with house.db.reading() as session:
        assert cast.launch_of(session).mode == "suggest"


COVERED = """  time_zone: Europe/Berlin
  coverage:
    week: [{days: mon-fri, from: 08:00, to: 20:00}]
    holidays: [{date: 2026-12-25, name: Christmas Day}]
"""


def test_a_pack_brings_the_hours_and_a_lead_who_set_others_keeps_them(
    shop: Parts, tmp_path: Path
) -> None:
    words = cast.PACK.replace("  time_zone: Europe/Berlin\n", COVERED)
    kept = {
        "week": [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "20:00"}],
        "holidays": [{"date": "2026-12-25", "name": "Christmas Day"}],
    }

    cast.bring_in(shop, tmp_path, words)
    with shop.db.writing() as session:
        assert cast.launch_of(session).coverage == kept
        cast.launch_of(session).coverage_set_at = NOW
    cast.bring_in(shop, tmp_path, cast.PACK)

    with shop.db.reading() as session:
        assert cast.launch_of(session).coverage == kept


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("week: [{days: mon-fri, from: 25:00, to: 20:00}]", "It is no time of a day."),
        ("week: [{days: mon-fri, from: 8, to: 20:00}]", "It is no time of a day."),
        ("week: [{days: someday, from: 08:00, to: 20:00}]", "“someday” is no weekday."),
        ("week: [{days: mon, from: 08:00, to: 08:00}]", "These hours have no length."),
        ("week: [{days: [], from: 08:00, to: 09:00}]", "should have at least 1 item"),
        ("holidays: [{date: christmas}]", "Write a day, for example 2026-12-25."),
        ("holidays: [{date: 2026-12-25}, {date: 2026-12-25}]", "2026-12-25 is there twice."),
        ("weeks: []", "This field is not known."),
    ],
)
def test_a_calendar_with_a_mistake_is_refused_with_its_line(
    shop: Parts, tmp_path: Path, wrong: str, said: str
) -> None:
    words = cast.PACK.replace(
        "  time_zone: Europe/Berlin\n", f"  time_zone: Europe/Berlin\n  coverage:\n    {wrong}\n"
    )

    with pytest.raises(PackRefused) as refused:
        cast.bring_in(shop, tmp_path, words)

    (problem,) = refused.value.problems
    assert said in str(problem)
    assert problem.line == 9


SHIFTS = (
    PACK
    + """\
shifts:
  - {person: amir@example.com, begins: 2026-11-18T08:00:00+01:00, ends: 2026-11-18T16:00:00+01:00}
  - {person: noor@example.com, begins: 2026-11-18T16:00:00+01:00, ends: 2026-11-18T23:00:00+01:00}
"""
)


def test_a_pack_brings_shifts_and_what_people_made_of_them_since_stays(
    house: Parts, tmp_path: Path
) -> None:
    bring_in(house, tmp_path, SHIFTS)
    with house.db.writing() as session:
        launch, lena, at = launch_of(session), the(session, LENA), house.clock.now()
        first, second = (shifts.this_shift(session, launch.id, number) for number in (1, 2))
        for email in ("eric@example.com", "lena@example.com"):
            planning.take_over(session, launch, first, person=the(session, email), by=lena, at=at)
        planning.call_off(session, launch, second, by=lena, at=at)

    bring_in(house, tmp_path, SHIFTS)

    with house.db.reading() as session:
        found = shifts.between(session, 1, at, datetime(2026, 12, 1, tzinfo=UTC))
        assert [(each.person.email, each.begins_at, each.ends_at) for each in found] == [
            (LENA, datetime(2026, 11, 18, 7, tzinfo=UTC), datetime(2026, 11, 18, 15, tzinfo=UTC))
        ]


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "message"),
    [
        ("person: noor@", "person: nobody@", 3, "person", "Nobody here has the address nobody@"),
        ("person: noor@", "person: priya@", 3, "person", "priya@example.com is no agent, engineer"),
        ("ends: 2026-11-18T16", "ends: 2026-11-18T07", 2, "ends", "It ends before it begins."),
        ("ends: 2026-11-18T23", "ends: 2026-11-20T23", 3, "ends", "It is longer than 24 hours."),
        ("person: noor@", "person: amir@", 3, "begins", ""),
        ("begins: 2026-11-18T16:00:00+01:00", "begins: tomorrow", 3, "begins", "It is no time."),
        ("begins: 2026-11-18T16:00:00+01:00", "begins: 2026-11-18", 3, "begins", "It is a time"),
        ("person: noor@example.com, ", "", 3, "person", "It is missing."),
        ("person: noor@", "owner: noor@", 3, "owner", "This field is not known."),
    ],
)
def test_a_shift_with_a_mistake_is_refused_with_its_line(
    house: Parts, tmp_path: Path, old: str, new: str, line: int, field: str, message: str
) -> None:
    if not message:  # the same person, while their first one still lasts
        wrong = SHIFTS.replace("ends: 2026-11-18T16", "ends: 2026-11-18T17").replace(old, new)
        message = "amir@example.com is on duty then, by the shift in line"
    else:
        head, tail = SHIFTS.split("shifts:")
        wrong = head + "shifts:" + tail.replace(old, new)

    problems = {problem.field: problem for problem in refused(house, tmp_path, wrong)}

    found = problems[f"shifts[{line - 2}].{field}"]
    assert found.message.startswith(message)
    assert found.line == SHIFTS.count("\n", 0, SHIFTS.index("shifts:")) + line


def test_a_pack_brings_promises_and_refuses_what_is_no_time(shop: Parts, tmp_path: Path) -> None:
    said = "  policies: {hypercare: [{severity: 2, category: billing, first_response: 1h30m}]}\n"
    words = cast.PACK.replace("  mode: auto\n", f"  mode: auto\n{said}")

    cast.bring_in(shop, tmp_path, words)

    with shop.db.reading() as session:
        assert cast.launch_of(session).policies == {
            "hypercare": [{"severity": 2, "category": "billing", "first_response": 90}]
        }
    with pytest.raises(PackRefused, match="is no length of time"):
        cast.bring_in(shop, tmp_path, words.replace("1h30m", "soon"))


# --- what a lead changed on the set-up pages ---


def a_lead_changes_aims_and_a_scenario(parts: Parts) -> None:
    with parts.db.writing() as session:
        launch, lena, at = launch_of(session), the(session, LENA), parts.clock.now()
        aims = [{"metric": "contacts_per_day", "comparison": "at most", "target": 30}]
        describe(session, launch, {"objectives": aims}, by=lena, at=at)
        scenario = scenario_of(session, launch, "new-price")
        said = {
            "key": scenario.key, "title": "It costs more than I expected",
            "expected_before": "", "why_in_doubt": "", "category": "billing", "severity": 2,
            "owner": cast.AMIR, "deciders": scenario.deciders, "escalation": scenario.escalation,
        }  # fmt: skip
        describe_scenario(session, launch, scenario, said, by=lena, at=at)


def told(parts: Parts) -> tuple[object, str, int]:
    with parts.db.reading() as session:
        launch = launch_of(session)
        scenario = scenario_of(session, launch, "new-price")
        return launch.objectives[0]["metric"], scenario.title, scenario.severity


def test_a_pack_that_comes_again_names_what_leads_changed_and_leaves_it_alone(
    house: Parts, tmp_path: Path
) -> None:
    bring_in(house, tmp_path)
    a_lead_changes_aims_and_a_scenario(house)

    again = bring_in(house, tmp_path, PACK.replace("name: Spring pricing", "name: New prices"))

    assert again.theirs == (
        "the objectives (Lena Ortiz, 17 November 2026, 10:00 CET)",
        "title of the scenario “It costs more than I expected” "
        "(Lena Ortiz, 17 November 2026, 10:00 CET)",
        "severity of the scenario “It costs more than I expected” "
        "(Lena Ortiz, 17 November 2026, 10:00 CET)",
    )
    assert told(house) == ("contacts_per_day", "It costs more than I expected", 2)
    with house.db.reading() as session:
        assert launch_of(session).name == "New prices"  # nobody had changed that


def test_told_to_it_overwrites_and_then_has_its_way_until_a_lead_changes_it_anew(
    house: Parts, tmp_path: Path
) -> None:
    bring_in(house, tmp_path)
    a_lead_changes_aims_and_a_scenario(house)
    path = pack_at(tmp_path)

    looked = packs.bring_in(house, path, approve_as=LENA, dry_run=True, overwrite=True)
    assert (len(looked.theirs), told(house)[0]) == (3, "contacts_per_day")

    packs.bring_in(house, path, approve_as=LENA, dry_run=False, overwrite=True)
    assert told(house) == ("repeat_questions", "The price is not the one I know", 3)
    assert bring_in(house, tmp_path).theirs == ()
    a_lead_changes_aims_and_a_scenario(house)
    assert len(bring_in(house, tmp_path).theirs) == 3
