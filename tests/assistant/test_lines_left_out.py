"""A list of feared questions is taken as far as it can be; each other line is named with why."""

import pytest

from assistant.answering.fears import (
    FIRST_WORDS,
    MOST,
    NAMED,
    Fears,
    NotReadable,
    read,
    storable,
    text_of,
)
from assistant.desk.messages import LONGEST

KNOWN = ("price-differs", "export-data")


def asked_of(found: Fears) -> list[tuple[int, str]]:
    return [(one.line, one.text) for one in found.questions]


def left_of(found: Fears) -> list[tuple[int, str, str]]:
    return [(one.line, one.words, one.why) for one in found.left_out]


@pytest.mark.parametrize(
    ("text", "asked", "left"),
    [
        (
            f"one?\n{'x' * (LONGEST + 1)}\nthree?",
            [(1, "one?"), (3, "three?")],
            [(2, "x" * FIRST_WORDS, f"is longer than {LONGEST:,} characters")],
        ),
        (
            "question,expected\none?,nosuch\ntwo?,export-data",
            [(3, "two?")],
            [(2, "one?", "expects “nosuch”, which is no entry")],
        ),
        (
            "question,expected\none?,export-data\nONE,price-differs\nOne?,export-data",
            [(2, "one?")],
            [(3, "ONE", "expects another entry than line 2")],
        ),
        (
            "one?\n\x01\x02\x7f\n\x1b[31mred\x00?",
            [(1, "one?"), (3, "[31mred?")],
            [(2, "", "holds control characters only")],
        ),
        (
            'question,id\none?,1\n"two,2\nthree?,3\nfour?,4\n',
            [(2, "one?")],
            [
                (
                    3,
                    "two,2 three?,3 four?,4",
                    "opens a quotation mark that is never closed, so all below it is one cell",
                )
            ],
        ),
        (
            f"question,id\none?,1\n{'y' * 140_000},2\nthree?,3",
            [(2, "one?")],
            [
                (
                    3,
                    "y" * FIRST_WORDS,
                    "and all below it is no CSV: field larger than field limit (100000)",
                )
            ],
        ),
    ],
)
def test_what_can_be_asked_is_asked_and_what_cannot_is_named(
    text: str, asked: list[tuple[int, str]], left: list[tuple[int, str, str]]
) -> None:
    found = read(text, known=KNOWN)

    assert (asked_of(found), left_of(found)) == (asked, left)
    assert found.left_out_count == len(left)


def test_a_line_that_is_not_utf_8_stays_left_out_when_the_kept_text_is_read_again() -> None:
    given = text_of(b"one?\nwarum so \xfcbel?\nthree?")
    first, again = (read(text, known=KNOWN) for text in (given, storable(given)))

    assert [line for line, _ in asked_of(first)] == [1, 3]
    assert asked_of(again) == asked_of(first)
    assert [line for line, _, _ in left_of(again)] == [2]


def test_a_quotation_mark_that_is_closed_many_lines_later_leaves_nothing_out() -> None:
    found = read('question,id\n"one,\n""and"" more?",1\n"5"" pipe?",2\n', known=KNOWN)

    assert asked_of(found) == [(2, 'one,\n"and" more?'), (4, '5" pipe?')]
    assert found.left_out == ()


def test_of_ten_thousand_lines_as_many_are_asked_as_can_be_and_the_rest_is_counted() -> None:
    found = read("\n".join(f"question number {each}?" for each in range(10_000)), known=KNOWN)

    assert (len(found.questions), found.left_out_count) == (MOST, 10_000 - MOST)
    assert len(found.left_out) == NAMED
    assert left_of(found)[0] == (
        MOST + 1,
        "question number 2000?",
        "comes after the 2,000 questions that are rehearsed at once",
    )


def test_ten_thousand_times_the_same_is_asked_once_and_nothing_is_left_out() -> None:
    found = read("Is this expected?\n" * 10_000, known=KNOWN)

    assert (len(found.questions), found.doubled, found.left_out_count) == (1, 9_999, 0)


def test_a_first_line_without_end_is_named_and_no_error() -> None:
    found = read(f"{'z' * 200_000}\ntwo?", known=KNOWN)

    assert asked_of(found) == [(2, "two?")]


# Files.


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_is_read_in_the_encodings_of_spreadsheets(encoding: str) -> None:
    written = "question,who\nWhy is it up ↑?,Mara\n"

    assert text_of(written.encode(encoding)) == written


@pytest.mark.parametrize("words", ["為什麼價格變了？", "كيف أصدّر بياناتي؟", "почему дороже?"])
def test_a_file_in_another_script_is_read_in_both_encodings_that_say_so(words: str) -> None:
    assert text_of(words.encode("utf-16")) == text_of(words.encode()) == words


def test_of_a_file_in_latin_1_the_lines_that_can_be_read_are_asked() -> None:
    found = read(text_of("ok?\nna\xefve?\nalso ok?\n".encode("latin-1")), known=KNOWN)

    assert asked_of(found) == [(1, "ok?"), (3, "also ok?")]
    assert left_of(found) == [(2, "na\ufffdve?", "is not UTF-8; save the file as CSV (UTF-8)")]


def test_of_a_file_that_was_cut_in_a_letter_its_last_line_is_left_out() -> None:
    found = read(text_of("one?\ntwo?".encode("utf-16") + b"\x21"), known=KNOWN)

    assert asked_of(found) == [(1, "one?")]
    assert [one.line for one in found.left_out] == [2]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04rest", "workbook"),
        (b"%PDF-1.7\nWhy?", "no text"),
        (b"Why?\n" + bytes(range(8)) * 4, "no text"),
    ],
)
def test_a_file_that_is_no_text_is_refused_whole(data: bytes, words: str) -> None:
    with pytest.raises(NotReadable, match=words):
        text_of(data)


def test_an_empty_file_holds_no_question() -> None:
    with pytest.raises(NotReadable, match="There is no question in it"):
        read(text_of(b""), known=KNOWN)
