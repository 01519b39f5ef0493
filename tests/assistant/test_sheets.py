"""Files that people take away: what customers wrote runs nothing and marks up nothing."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reports.sheets import Figure, Sheet, as_csv, as_markdown, inert, plain


def a_sheet(*rows):
    return Sheet("Report", "Text", (Figure("3", "Contacts", "of today"),), ("a", "b"), rows)


@pytest.mark.parametrize(
    "hostile",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "＠x",
        '=HYPERLINK("http://x")',
    ],
)
def test_a_text_like_a_formula_gets_a_quote_first(hostile):
    assert inert(hostile) == f"'{hostile}"


@pytest.mark.parametrize("harmless", ["price", "1-2", "", -3, -0.5, 7, None])
def test_other_texts_and_numbers_stay_as_they_are(harmless):
    assert inert(harmless) == harmless
    assert type(inert(harmless)) is type(harmless)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=4))
def test_no_cell_of_a_file_begins_like_a_formula(texts):
    rows = list(
        csv.reader(io.StringIO(as_csv(a_sheet(*((text, -1) for text in texts))), newline=""))
    )

    assert len(rows) == len(texts) + 1
    assert all(not row[0].startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows)
    assert [row[1] for row in rows[1:]] == ["-1"] * len(texts)


def test_a_file_keeps_commas_quotes_and_line_ends_inside_their_cells():
    words = 'He said "no",\nthen left'

    [_, row] = csv.reader(io.StringIO(as_csv(a_sheet((words, 1))), newline=""))

    assert row == [words, "1"]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("a | b", r"a \| b"),
        ("<img src=x>", r"\<img src=x\>"),
        ("[click](http://x)", r"\[click\](http://x)"),
        ("**bold** _it_ `code`", r"\*\*bold\*\* \_it\_ \`code\`"),
        ("# title", r"\# title"),
        ("- item", r"\- item"),
        ("1. item", r"\1. item"),
        ("two\n\nlines", "two lines"),
        ("&lt;", r"\&lt;"),
        (None, ""),
        (-3, "-3"),
    ],
)
def test_a_text_in_markdown_shows_exactly_its_words(words, shown):
    assert plain(words) == shown


def test_a_report_in_markdown_is_a_title_its_figures_and_a_table():
    assert as_markdown(a_sheet(("x", 1), ("y", None))) == (
        "# Report\n\nText\n\n- **Contacts:** 3 (of today)\n\n"
        "| a | b |\n| --- | --- |\n| x | 1 |\n| y |  |\n"
    )
