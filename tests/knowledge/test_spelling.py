"""Typing errors, repaired towards a shelf's own words."""

import pytest

from knowledge.spelling import Speller

SPELLER = Speller(
    ["Why did my price change?", "Where is my invoice?", "Is the export of data slow?", "same"]
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Why did my prcie chnage?", "Why did my price change?"),
        ("Where is my invoce", "Where is my invoice"),
        ("whree is my invoice", "where is my invoice"),
        ("expoort of data", "export of data"),
    ],
)
def test_one_slip_of_the_finger_is_mended(typed: str, meant: str) -> None:
    assert SPELLER.repaired(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "Why did my prices change?",  # another form of a known word
        "invoicing",
        "a refund",  # like no word here
        "I will kill the safe",  # one other letter makes another short word
        "dta",  # too short to be sure
        "error inv0ice",  # digits mean what they say
        "",
    ],
)
def test_other_words_are_left_alone(text: str) -> None:
    assert SPELLER.repaired(text) == text


def test_a_shelf_without_words_repairs_nothing() -> None:
    assert Speller([]).repaired("prcie") == "prcie"
