"""Words around figures: none is kept with a number that nobody counted. Every case was thought up
as a way to smuggle one in."""

import json
from datetime import date

import pytest

from assistant.ground.llm import Failure, Reply
from assistant.ground.parts import Parts
from assistant.reports import daily_status, wordings, written
from assistant.reports.papers import Number, Paper
from assistant.reports.said_numbers import said_in
from assistant.reports.wordings import Paragraph, accepted, material, word_reports
from assistant.reports.written import write_due
from tests import cast
from tests.cast import a_customer, clock_of, launch_of

TUESDAY = date(2026, 11, 17)
PAPER = Paper(
    "daily-status", "Daily status", "Day 2", "warn", "Not calm yet.",
    "3 Sev 1–2 tickets were open.",
    (
        Number("contacts_per_day", "Contacts", 1204.0, "1,204", "41 the day before, normal 300"),
        Number("answered", "Answered at once", 67.0, "67\N{NO-BREAK SPACE}%"),
        Number("first", "First human response", 9.5, "9.5 min", "normal 45 min"),
    ),
    (),
)  # fmt: skip
START = "Customers turned to us more often than the day before. "

KEPT = [
    "There were 1,204 contacts after 41 the day before.",
    "There were 1204 contacts, and three Sev 1–2 tickets were open.",
    "67% were answered at once; sixty-seven percent is what was counted.",
    "First human response took 9.5 minutes, where 45 min is normal.",
    "On Tuesday, 17 November, it was not calm: Sev 1 tickets were open.",
]
REFUSED = [
    "There were 1,205 contacts.",
    "There were 1.204 thousand contacts too many: 1,204,000.",
    "That is twice as many as the day before.",
    "Contacts doubled.",
    "It rose by 1,163 contacts.",
    "A dozen people asked.",
    "Forty-two contacts came.",
    "forty two contacts came.",
    "fortytwo contacts came.",
    "Forty‑two contacts came.",
    "41 % were answered.",
    "67 contacts came.",
    "First human response took 9.5 hours.",
    "First human response took 45 h.",
    "It was Wednesday.",
    "On 18 November it was calm.",
    "On November 16 it was calm.",
    "Since 2026-11-16 it is worse.",
    "It began at 10:30.",
    "It began at 3 pm.",
    "It is the second day in a row.",
    "٤٢ contacts came.",
    "４２ contacts came.",
    "④ contacts came.",
    "4\u200b2 contacts came.",
    "Half of them were answered.",
    "½ of them were answered.",
    "It took a couple of minutes.",
    "A hundred people asked.",
    "1.2k contacts came.",
    "-41 contacts came.",
    "Look at https://evil.example for 41 contacts.",
    "Look at [this](x) for 41 contacts.",
]


@pytest.mark.parametrize("said", KEPT)
def test_what_says_only_counted_numbers_is_kept(said):
    assert accepted(START + said, PAPER, TUESDAY) == START + said


@pytest.mark.parametrize("said", REFUSED)
def test_what_says_another_number_is_refused(said):
    assert accepted(START + said, PAPER, TUESDAY) is None


@pytest.mark.parametrize("said", ["", "Calm.", "So. " * 400])
def test_nothing_and_too_much_are_refused(said):
    assert accepted(said, PAPER, TUESDAY) is None


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("one hundred and five", 105),
        ("two thousand three hundred", 2300),
        ("nineteen", 19),
        ("ninety-nine", 99),
        ("1,204", 1204),
        ("1 204", 1204),
        ("3.5k", 3500),
    ],
)
def test_a_number_in_words_is_the_number(words, value):
    assert said_in(words) == {("", float(value))}


@pytest.mark.parametrize("words", ["often, someone, stone, tenant, weight", "", "no number here"])
def test_words_that_only_look_like_numbers_are_none(words):
    assert said_in(words) == set()


# --- through the worker ---


class FixedModel:
    """A model at the edge that says one thing, and keeps what it was shown."""

    def __init__(self, said: str | Failure) -> None:
        self.said, self.shown = said, []

    def ask(self, instruction, material, shape, **about):
        self.shown.append(material)
        if isinstance(self.said, Failure):
            return self.said
        return Reply(shape.model_validate({"paragraph": self.said}), "fixed")


def worded(parts: Parts, said: str | Failure) -> tuple[str, FixedModel]:
    """Let a customer ask, the report be written and ``said`` be drafted; return what was kept."""
    a_customer(parts).asks(cast.BLOCKED)
    clock_of(parts).set(clock_of(parts).now().replace(day=18))
    write_due(parts)
    parts.model = model = FixedModel(said)
    word_reports(parts)
    with parts.db.reading() as session:
        launch = launch_of(session)
        report = written.of_day(session, launch.id, daily_status.KIND, TUESDAY)
    return report.words, model


def test_words_are_drafted_once_from_figures_alone(shop):
    said = "It was not calm: 1 Sev 1–2 ticket was open when the day ended."
    words, model = worded(shop, said)
    assert words == said
    shown = [json.loads(each) for each in model.shown]
    assert all("locked out" not in each for each in model.shown)
    assert {"verdict", "why", "figures"} == set(shown[0])
    asked = len(model.shown)
    word_reports(shop)
    assert len(model.shown) == asked


def test_words_with_a_number_of_their_own_leave_the_programs_sentence(shop):
    words, model = worded(shop, "It was not calm: 17 Sev 1–2 tickets were open at the end.")
    assert words == ""
    asked = len(model.shown)
    word_reports(shop)
    assert len(model.shown) == asked


def test_a_model_that_is_away_is_asked_again(shop):
    words, model = worded(shop, Failure("unreachable"))
    assert words == ""
    model.said = "It was not calm: 1 Sev 1–2 ticket was open when the day ended."
    assert word_reports(shop) > 0


def test_without_a_model_nothing_is_asked(shop):
    assert shop.model is None and word_reports(shop) == 0


def test_the_instruction_is_there_and_the_material_is_plain():
    assert "Use only numbers" in wordings.instruction()
    assert json.loads(material(PAPER))["figures"][0]["value"] == "1,204"
    assert Paragraph.model_validate({"paragraph": "x"}).paragraph == "x"
