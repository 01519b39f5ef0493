"""What grouping compares: meaning and spelling in one vector."""

import numpy as np
import pytest

from knowledge.entries import Vector
from knowledge.traces import PLACES, kept_in, stored, trace

MEANING: Vector = np.array([0.6, 0.8], dtype=np.float32)
PLACES_OF_WHY = [136, 164, 169, 192, 194, 200, 214, 240, 253]
OTHER: Vector = np.array([0.8, -0.6], dtype=np.float32)


def test_the_same_words_with_the_same_meaning_are_wholly_alike() -> None:
    one = trace("Why did the price change?", MEANING)

    assert one.shape == (2 + PLACES,)
    assert one @ one == pytest.approx(1, abs=2e-3)


def test_shared_spelling_makes_two_questions_more_alike() -> None:
    asked = trace("export my invoices", MEANING)

    assert asked @ trace("exporting an invoice", OTHER) > asked @ trace("why so dear", OTHER)


def test_case_and_punctuation_make_no_difference() -> None:
    assert (trace("EXPORT, please!", MEANING) == trace("export please", MEANING)).all()


@pytest.mark.parametrize(
    "words", ["", "???", "\u200b", "🙏", "価格はなぜ変わりましたか", "x" * 4000]
)
def test_any_text_has_a_trace(words: str) -> None:
    found = trace(words, MEANING)

    assert np.isfinite(found).all()
    assert 0.7 < found @ found < 1.01


def test_a_trace_is_the_same_in_every_process_and_survives_storing() -> None:
    found = trace("why", MEANING)

    assert (kept_in([stored(found), stored(found)]) == found).all()
    # The letters' places come from a checksum, not from Python's salted hash.
    assert np.flatnonzero(found[2:]).tolist() == PLACES_OF_WHY
