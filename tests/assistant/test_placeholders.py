"""Placeholders: filled in before anybody approves them, and never read by a customer."""

from zoneinfo import ZoneInfo

import pytest

from assistant.ground.database import sha256
from assistant.ground.errors import NotPermitted, Refused
from assistant.library import gate, launch_values
from assistant.library.placeholders import filled, in_words, kept, problems, unfilled
from tests import cast

BERLIN = ZoneInfo("Europe/Berlin")
VALUES = {"product": "Box Club", "next_update_at": "2026-11-23T09:00:00+00:00"}


def written(**said):
    return filled(cast.a_draft(**said), VALUES, BERLIN)


def give(parts, by: str = cast.LENA, **values: str) -> list[str]:
    with parts.db.writing() as session:
        launch = cast.launch_of(session)
        person = cast.the(session, by)
        changed = launch_values.give(session, launch, values, by=person, at=parts.clock.now())
        return [entry.key for entry in changed]


# --- values ---


@pytest.mark.parametrize(
    ("name", "typed", "stored", "words"),
    [
        ("product", "  Box   Club ", "Box Club", "Box Club"),
        ("next_update_at", "2026-11-23T10:00", VALUES["next_update_at"],
         "23 November 2026, 10:00 CET"),
        ("change_date", "2026-11-23", "2026-11-23", "23 November 2026"),
        ("support_email", "help@box.example", "help@box.example", "help@box.example"),
        ("help_page", "https://box.example/help?a=1", "https://box.example/help?a=1",
         "https://box.example/help?a=1"),
        ("new_price", "€ 12.50", "€ 12.50", "€ 12.50"),
        ("old_price", "1,200 SEK", "1,200 SEK", "1,200 SEK"),
    ],
)  # fmt: skip
def test_a_value_is_of_its_sort_and_read_in_words(name, typed, stored, words):
    assert kept(name, typed, BERLIN) == stored
    assert in_words(name, stored, BERLIN) == words


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("product", ""),
        ("product", "x" * 201),
        ("product", "{team}"),
        ("next_update_at", "tomorrow"),
        ("next_update_at", "2026-11-23"),
        ("next_update_at", "9999-99-99T10:00"),
        ("change_date", "23/11"),
        ("support_email", "help"),
        ("help_page", "javascript:alert(1)"),
        ("help_page", "http://box.example"),
        ("new_price", "cheap"),
        ("new_price", "12"),
    ],
)
def test_what_is_of_another_sort_is_refused_in_words(name, typed):
    with pytest.raises(ValueError, match=r"^Write "):
        kept(name, typed, BERLIN)


def test_a_text_in_another_language_gets_no_english_month():
    at = VALUES["next_update_at"]

    assert in_words("next_update_at", at, BERLIN, "de-AT") == "2026-11-23 10:00 CET"
    assert in_words("change_date", "2026-11-23", BERLIN, "de") == "2026-11-23"


def test_a_changed_value_proposes_nothing_that_was_recalled_as_wrong(shop):
    said = {"answer": "Pay at {support_email}.", "written": {"answer": "Pay at {support_email}."}}
    key = cast.an_entry(shop, approved_by=None, **said)
    give(shop, support_email="pay@shop.example")
    with shop.db.writing() as session:
        entry, amir = cast.entry_of(session, key), cast.the(session, cast.AMIR)
        entry.submit(session, by=amir, at=cast.NOW)
        entry.approve(session, by=cast.the(session, cast.NOOR), at=cast.NOW)
        entry.recall(session, [entry.newest], reason="It is false.", by=amir, at=cast.NOW)

    assert give(shop, support_email="bills@shop.example") == []


# --- texts ---


def test_a_text_is_kept_as_it_was_written_and_as_it_is_read():
    draft = written(answer="Open {product}. More by {next_update_at}.")

    assert draft.answer == "Open Box Club. More by 23 November 2026, 10:00 CET."
    assert draft.written == {"answer": "Open {product}. More by {next_update_at}."}
    assert filled(draft, VALUES, BERLIN) == draft


def test_its_own_value_comes_before_the_launch_s():
    draft = written(answer="Open {product}.", own_values={"product": "Fruit Box"})

    assert draft.answer == "Open Fruit Box."


def test_a_promised_time_in_a_placeholder_is_a_promise():
    draft = written(next_update="{next_update_at}")

    assert draft.next_update == "23 November 2026, 10:00 CET"
    assert draft.next_update_at is not None
    assert draft.next_update_at.isoformat() == VALUES["next_update_at"]


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("answer", "Open {prodct}.", "Did you mean {product}? Allowed are {product}, {team}"),
        ("answer", "Open {{first name}}.", "“{first name}” is no placeholder. Allowed are"),
        ("what_to_do", "{}", "“{}” is no placeholder."),
        ("question", "Where is {product}?", "nobody asks in placeholders"),
        ("phrasings", "one\n{team}", "nobody asks in placeholders"),
    ],
)
def test_an_unknown_placeholder_names_its_field_and_what_is_allowed(field, text, words):
    found = problems({field: text}, VALUES, submitting=False)

    assert list(found) == [field]
    assert words in found[field]


def test_a_value_may_be_missing_only_while_it_is_a_draft():
    typed = {"answer": "Write to {support_email}."}

    assert problems(typed, VALUES, submitting=False) == {}
    assert problems(typed, VALUES, submitting=True)["answer"].startswith("{support_email} has no")


# --- approved ---


def test_what_was_approved_and_hashed_are_the_words_with_the_values(shop):
    give(shop, product="Box Club")
    with shop.db.reading() as session:
        launch = cast.launch_of(session)
        values = launch_values.of_launch(session, launch.id)
        draft = filled(cast.a_draft(answer="Open {product} and pause."), values, launch.zone)

    key = cast.an_entry(shop, **{name: getattr(draft, name) for name in ("answer", "written")})

    with shop.db.reading() as session:
        version = cast.version_of(session, key)
        assert version.text == "Open Box Club and pause."
        assert version.sha256 == sha256("Open Box Club and pause.")


def test_nobody_submits_or_approves_what_has_a_gap(shop):
    with pytest.raises(Refused, match=r"\{product\} has no value"):
        cast.an_entry(shop, answer="Open {product}.")


def test_the_gate_lets_no_name_in_braces_through_however_it_was_approved(shop):
    key = cast.an_entry(shop)
    with shop.db.writing() as session:
        version = cast.version_of(session, key)
        version.text = "Open {product}."
        version.sha256 = sha256(version.text)

    with shop.db.reading() as session:
        passed = gate.passed(
            session,
            cast.version_of(session, key).id,
            launch_id=cast.launch_of(session).id,
            audience="everyone",
            at=cast.NOW,
        )
    assert passed is None
    assert unfilled("a JSON {key} and {}") == []


def test_a_changed_value_waits_as_a_new_version_and_what_is_approved_stays(shop):
    give(shop, product="Box Club")
    key = cast.an_entry(shop, answer="Open Box Club.", written={"answer": "Open {product}."})

    assert give(shop, product="Box Club") == []
    assert give(shop, product="Fruit Box") == [key]

    with shop.db.reading() as session:
        entry = cast.entry_of(session, key)
        assert entry.approved is not None
        assert entry.approved.text == "Open Box Club."
        assert (entry.newest.text, entry.newest.state) == ("Open Fruit Box.", "review")
        assert entry.may_be_approved_by(cast.the(session, cast.LENA)) != ""


def test_a_value_that_is_taken_away_leaves_a_draft_that_nobody_can_submit(shop):
    give(shop, product="Box Club")
    key = cast.an_entry(shop, answer="Open Box Club.", written={"answer": "Open {product}."})

    give(shop, product="")

    with shop.db.reading() as session:
        newest = cast.entry_of(session, key).newest
        assert (newest.text, newest.state) == ("Open {product}.", "draft")


def test_only_a_lead_gives_a_launch_its_values(shop):
    with pytest.raises(NotPermitted):
        give(shop, by=cast.AMIR, product="Box Club")


def test_every_value_that_is_missing_is_named_at_once() -> None:
    typed = {"answer": "{product} by {team} costs {old_price}."}

    found = problems(typed, {"team": "Ours"}, submitting=True)

    assert found["answer"].startswith("{product} and {old_price} have no value yet.")
