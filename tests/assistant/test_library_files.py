"""The library as a file, and files into the library: nothing lost, nothing live by itself."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from assistant.answering.entry_history import history_of
from assistant.ground.cells import RUNS, as_written, inert, kept_apart
from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.parts import Parts
from assistant.launch.pack_file import PackRefused
from assistant.library import imports, listing, packs, reshaping, variants
from assistant.library.entries import by_key, of_launch
from assistant.library.entry_rows import COLUMNS, text_of
from assistant.library.exporting import as_pack
from assistant.library.imports import LibraryImport
from assistant.library.incoming import Plan, planned
from assistant.reports.library_sheet import example, sheet_of
from assistant.reports.sheets import as_csv
from tests import cast
from tests.cast import AMIR, LENA, NOW, a_draft, entry_of, launch_of, the
from tests.web.staff import queries

HOSTILE = [
    "=HYPERLINK(1)",
    "'=1+1",
    "''-2",
    "@sum",
    "-5 degrees",
    "+49 30",
    "＝1",
    'says "no", twice; or; not',
    "שלום מה שלומך",
    "為什麼價格不同",
    "yes",
    "2026-11-20",
    "null",
    "# not a comment: [a, b]",
    "*alias &anchor !!python/object:os.system",
    "tab\there",
]


def table(**row: str) -> str:
    """Return a CSV with one row."""
    file = io.StringIO()
    writer = csv.DictWriter(file, list(row))
    writer.writeheader()
    writer.writerow(row)
    return file.getvalue()


def faq(key: str = "pause-plan", **row: str) -> str:
    """Return a CSV with one question and answer."""
    said = {"kind": "faq", "question": "Can I pause my plan?", "answer": "Yes, in Billing."}
    return table(key=key, **{**said, **row})


def plan_of(parts: Parts, words: str, file: str = "entries.csv") -> Plan:
    with parts.db.reading() as session:
        return planned(session, launch_of(session), words, file, the(session, LENA))


def taken_out(parts: Parts, form: str, what: str = "live") -> str:
    with parts.db.reading() as session:
        launch = launch_of(session)
        versions = listing.versions_to_take(session, launch.id, what, at=NOW)
        if form == "yaml":
            return as_pack(session, launch, versions)
        return "\ufeff" + as_csv(sheet_of(session, launch, versions))


@pytest.mark.parametrize("form", ["yaml", "csv"])
def test_taking_much_out_asks_the_database_as_often_as_taking_little_out(
    shop: Parts, form: str
) -> None:
    with queries(shop) as few:
        taken_out(shop, form)
    for number in range(30):
        cast.an_entry(shop, key=f"more-{number}", question=f"Is {number} more?")

    with queries(shop) as many:
        assert "more-29" in taken_out(shop, form)

    assert len(many) <= len(few)


def bring_in(
    parts: Parts,
    words: str,
    *,
    by: str = AMIR,
    file: str = "entries.csv",
    over: list[str] = [],  # noqa: B006
) -> int:
    """Let somebody bring a file in and confirm what they see; return the import's id."""
    with parts.db.writing() as session:
        kept = imports.keep(
            session, launch_of(session), file=file, words=words, by=the(session, by), at=NOW
        )
        mark = kept.plan(session, the(session, by)).mark
        kept.confirm(session, mark=mark, by=the(session, by), at=NOW, over=over)
        return kept.id


def the_import(session: Session, number: int) -> LibraryImport:
    return imports.by_id(session, launch_of(session).id, number)


def states(parts: Parts) -> dict[str, str]:
    with parts.db.reading() as session:
        return {each.key: each.state(NOW) for each in of_launch(session, launch_of(session).id)}


def with_hostile_words(parts: Parts) -> None:
    for number, words in enumerate(HOSTILE):
        cast.an_entry(
            parts,
            key=f"hostile-{number}",
            question=f"{words} {number}",
            phrasings=[f"{words} ({number})", f"={number}"],
            not_for=[words],
            answer=f"{words}\n\n{words}",
            applies_when=words,
            valid_from=datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
        )


@pytest.mark.parametrize("form", ["yaml", "csv"])
def test_what_was_taken_out_changes_nothing_when_it_is_brought_in_again(
    shop: Parts, form: str
) -> None:
    with_hostile_words(shop)

    plan = plan_of(shop, taken_out(shop, form), f"library.{form}")

    assert plan.problems == ()
    assert [row.differs for row in plan.rows if row.state != "unchanged"] == []
    assert len(plan.rows) == 5 + len(HOSTILE)


def test_the_operators_import_of_an_exported_pack_changes_nothing_either(
    shop: Parts, tmp_path: Path
) -> None:
    with_hostile_words(shop)
    before = taken_out(shop, "yaml")
    pack = tmp_path / "pack.yaml"
    pack.write_text(before, "utf-8")

    done = packs.bring_in(shop, pack, approve_as=LENA, dry_run=False)

    assert (done.unchanged, done.entries) == (5 + len(HOSTILE),) * 2
    assert taken_out(shop, "yaml") == before


def test_no_cell_of_an_exported_library_is_run(shop: Parts) -> None:
    with_hostile_words(shop)
    words = taken_out(shop, "csv", "all").removeprefix("\ufeff")

    rows = list(csv.reader(io.StringIO(words)))

    assert len(rows) == 1 + 5 + len(HOSTILE)
    assert not [cell for row in rows for cell in row if cell and cell[0] in RUNS]


@pytest.mark.parametrize("words", [*HOSTILE, "", "'", "''", "plain", "'quoted'"])
def test_an_inert_cell_gives_back_what_was_written(words: str) -> None:
    assert as_written(str(inert(kept_apart(words)))) == words


def test_what_is_brought_in_waits_for_somebody_else_and_no_customer_reads_it(shop: Parts) -> None:
    bring_in(shop, faq(phrasings="skip a box\nhold my plan"), by=LENA)

    with shop.db.writing() as session:
        entry = entry_of(session, "pause-plan")
        assert (entry.state(NOW), entry.approved) == ("review", None)
        assert entry.newest.phrasings == ["skip a box", "hold my plan"]
        with pytest.raises(NotPermitted, match="You wrote this version"):
            entry.approve(session, by=the(session, LENA), at=NOW)


def test_a_changed_text_is_a_new_version_while_customers_still_get_the_old_one(
    shop: Parts,
) -> None:
    plan = plan_of(shop, faq("export-data", question=cast.EXPORT, answer="Use the API."))
    assert [(row.state, row.differs) for row in plan.rows] == [("changed", ("answer",))]

    bring_in(shop, faq("export-data", question=cast.EXPORT, answer="Use the API."))

    with shop.db.reading() as session:
        entry = entry_of(session, "export-data")
        assert entry.approved is not None
        assert (entry.approved.text, entry.newest.text) == (cast.EXPORT_TEXT, "Use the API.")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (faq(answer=""), "entries.csv:2: entries[0].answer: A faq needs it. Write it."),
        (faq("Has Space"), "entries.csv:2: entries[0].key:"),
        (faq("new"), "entries[0].key: Addresses use this word."),
        (faq(scenario="nowhere"), "There is no scenario “nowhere”."),
        (faq(valid_from="tomorrow"), "entries[0].valid_from: It is no time."),
        (faq(kind="poem"), "entries[0].kind:"),
        (faq("price-differs"), "“price-differs” is a response here."),
        (faq() + "pause-plan,faq,Again?,Yes.\n", "csv:3: entries[1].key: “pause-plan” is used"),
        (faq(answer="x" * 4_001), "entries[0].answer:"),
        (faq(colour="red"), "entries.csv:1: colour: This column is not known."),
        ("key,kind\na,faq\n", "question: This column is missing."),
        ('key,question\n"a', "It is no CSV:"),
        (faq().rstrip() + ",further,cells\n", "(further cells)"),
        ("key,key,question\na,a,b\n", "This column is there twice."),
        ("just words", "This column is not known."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_file_line_and_field_and_left_out(
    shop: Parts, words: str, problem: str
) -> None:
    plan = plan_of(shop, words)

    assert problem in "\n".join(map(str, plan.problems))
    assert plan.refused == 1 or plan.rows == ()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "It is empty."),
        (b"\xff\xfek\x00e\x00y\x00", "It is not UTF-8."),
        (b"key,question\nab\x00c,d", "entries.csv:2: (file): It holds a NUL character."),
        (b"x" * 5_000_001, "It is bigger than 5,000,000 bytes."),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(data: bytes, problem: str) -> None:
    with pytest.raises(PackRefused) as refused:
        text_of(data, "entries.csv")

    assert problem in str(refused.value)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_spreadsheets_separate_as_they_like(shop: Parts, separator: str, mark: str) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator)
    writer.writerows([["key", "kind", "question", "answer"], ["a-b", "faq", "Why; so, much?", "ק"]])

    plan = plan_of(shop, mark + file.getvalue())

    assert [(row.state, row.shape.question, row.shape.answer) for row in plan.rows] == [
        ("new", "Why; so, much?", "ק")
    ]


def test_a_pack_of_another_launch_is_refused(shop: Parts) -> None:
    plan = plan_of(shop, "launch: {key: elsewhere}\nentries:\n  - {key: a, kind: faq}\n", "p.yaml")

    assert (plan.rows, len(plan.problems)) == ((), 1)
    assert "It is for the launch “elsewhere”" in str(plan.problems[0])


def test_the_example_file_is_one_that_can_be_brought_in(shop: Parts) -> None:
    plan = plan_of(shop, as_csv(example()))

    assert plan.problems == ()
    assert example().header == tuple(COLUMNS)


def test_of_two_imports_at_once_the_second_is_shown_what_it_would_do_now(shop: Parts) -> None:
    with shop.db.writing() as session:
        launch, amir = launch_of(session), the(session, AMIR)
        first, second = (
            imports.keep(session, launch, file="a.csv", words=faq(), by=amir, at=NOW)
            for _ in range(2)
        )
        mark = first.plan(session, amir).mark
        first.confirm(session, mark=mark, by=amir, at=NOW)

        with pytest.raises(Refused, match="changed since you looked"):
            second.confirm(session, mark=mark, by=amir, at=NOW)
        with pytest.raises(Refused, match="nothing to bring in"):
            second.confirm(session, mark=second.plan(session, amir).mark, by=amir, at=NOW)
        with pytest.raises(Refused, match="brought in already"):
            first.confirm(session, mark=mark, by=amir, at=NOW)


def test_an_import_is_taken_back_while_nothing_of_it_was_approved(shop: Parts) -> None:
    cast.an_entry(shop, key="open-draft", question="Is it open?", approved_by=None)
    words = faq() + "open-draft,faq,Is it shut?,No.\n"
    number = bring_in(shop, words, by=LENA, over=["open-draft"])
    assert states(shop)["open-draft"] == "review"

    with shop.db.writing() as session:
        assert the_import(session, number).take_back(session, by=the(session, LENA), at=NOW) == 2

    with shop.db.reading() as session:
        draft = entry_of(session, "open-draft").newest
        assert (draft.state, draft.question, draft.author) == (
            "draft",
            "Is it open?",
            the(session, AMIR),
        )
        assert [writer.email for writer in draft.writers] == [AMIR]
        assert entry_of(session, "pause-plan").newest.state == "rejected"
    assert plan_of(shop, words).problems == ()


ONE_COLUMN = "key,question,answer\nopen-draft,Is it open?,It is shut.\n"


def test_a_column_that_is_left_out_leaves_that_part_as_it_is_and_an_empty_cell_empties_it(
    shop: Parts,
) -> None:
    said = {"phrasings": ["Is it on?"], "applies_when": "On Sundays.", "answer": "Yes."}
    cast.an_entry(shop, key="open-draft", question="Is it open?", **said)

    left_out = plan_of(shop, ONE_COLUMN).rows[0]
    emptied = plan_of(shop, ONE_COLUMN.replace("answer\n", "answer,phrasings\n")).rows[0]

    assert left_out.differs == ("answer",)
    assert (left_out.shape.phrasings, left_out.shape.applies_when) == (["Is it on?"], "On Sundays.")
    assert emptied.differs == ("phrasings", "answer")


def test_a_file_leaves_somebody_elses_draft_alone_and_beside_it_only_when_that_is_chosen(
    shop: Parts,
) -> None:
    said = {"phrasings": ["Is it on?"], "answer": "Yes."}
    cast.an_entry(shop, key="open-draft", question="Is it open?", approved_by=None, **said)
    assert [row.state for row in plan_of(shop, ONE_COLUMN).rows] == ["theirs"]
    with pytest.raises(Refused, match="nothing to bring in"):
        bring_in(shop, ONE_COLUMN, by=LENA)

    bring_in(shop, ONE_COLUMN, by=LENA, over=["open-draft"])

    with shop.db.reading() as session:
        entry = entry_of(session, "open-draft")
        theirs, mine = entry.versions
        assert (theirs.answer, theirs.phrasings, theirs.author) == (
            "Yes.",
            ["Is it on?"],
            the(session, AMIR),
        )
        assert (theirs.state, theirs.changes_asked) == (
            "rejected",
            "Lena Ortiz put another draft in its place.",
        )
        assert (mine.answer, mine.phrasings, mine.author) == (
            "It is shut.",
            ["Is it on?"],
            the(session, LENA),
        )
        step = next(s for s in history_of(session, entry, at=NOW).steps if s.kind == "imported")
        assert [(one.part, one.before, one.after) for one in step.changed] == [
            ("Answer", "Yes.", "It is shut.")
        ]


@pytest.mark.parametrize("form", ["yaml", "csv"])
@pytest.mark.parametrize("what", ["live", "newest"])
def test_an_export_changes_nothing_while_other_words_wait_for_approval(
    shop: Parts, form: str, what: str
) -> None:
    with shop.db.writing() as session:
        draft = a_draft(question=cast.EXPORT, answer="Other words.", phrasings=["as a file"])
        entry_of(session, "export-data").save(session, draft, by=the(session, AMIR), at=NOW)

    plan = plan_of(shop, taken_out(shop, form, what), f"library.{form}")

    assert plan.problems == ()
    assert {row.state for row in plan.rows} == {"unchanged"}


@pytest.mark.parametrize("form", ["yaml", "csv"])
def test_what_the_editor_let_through_is_refused_by_no_import(shop: Parts, form: str) -> None:
    cast.an_entry(shop, key="one", question="Is it open?", phrasings=["Are you there?"])
    cast.an_entry(shop, key="two", question="Are you there?", phrasings=["x" * 600, "is it open"])

    plan = plan_of(shop, taken_out(shop, form), f"library.{form}")
    new = plan_of(shop, "key,kind,question,answer\na,faq,Why so?,Yes.\nb,faq,Why so?,No.\n")

    assert plan.problems == ()
    assert {row.state for row in plan.rows} == {"unchanged"}
    assert [row.remark for row in new.rows] == ["", "“Why so?” is also a way of asking “a”."]


def test_an_import_of_which_something_was_approved_stays(shop: Parts) -> None:
    number = bring_in(shop, faq(), by=AMIR)
    with shop.db.writing() as session:
        entry_of(session, "pause-plan").approve(session, by=the(session, LENA), at=NOW)

    with shop.db.writing() as session, pytest.raises(Refused, match="was approved"):
        the_import(session, number).take_back(session, by=the(session, AMIR), at=NOW)
    assert states(shop)["pause-plan"] == "approved"


def test_what_somebody_changed_meanwhile_is_not_taken_back(shop: Parts) -> None:
    number = bring_in(shop, faq(), by=AMIR)
    with shop.db.writing() as session:
        later = cast.later(shop, minutes=1)
        entry = entry_of(session, "pause-plan")
        entry.save(session, a_draft(answer="Better."), by=the(session, LENA), at=later)

    with shop.db.writing() as session, pytest.raises(Refused, match="was changed since"):
        the_import(session, number).take_back(session, by=the(session, AMIR), at=NOW)


def test_five_thousand_rows_are_brought_in_and_found(shop: Parts) -> None:
    rows = "".join(f"thing-{n},faq,Where is thing {n}?,On shelf {n}.\n" for n in range(5_000))
    bring_in(shop, "key,kind,question,answer\n" + rows)

    with shop.db.reading() as session:
        waiting = listing.listed(session, launch_of(session).id, "in-review", at=NOW)
    assert waiting.total == 5_000


@pytest.mark.parametrize("form", ["yaml", "csv"])
def test_whose_an_entry_is_and_what_it_says_in_another_language_comes_out_and_in_again(
    shop: Parts, form: str
) -> None:
    """Brought in where nothing of it is: as into another installation."""
    cast.an_entry(shop, key="pay-later", question="Can I pay later?", answer="Yes.")
    cast.an_entry(shop, key="spaeter", question="Später zahlen?", answer="Ja.", locale="de")
    with shop.db.writing() as session:
        first, german = (
            by_key(session, launch_of(session).id, key) for key in ("pay-later", "spaeter")
        )
        first.give_to(session, the(session, AMIR), by=the(session, LENA), at=NOW)
        variants.link(session, german, first, by=the(session, LENA), at=NOW)
    words = taken_out(shop, form).replace("pay-later", "pay-then").replace("spaeter", "dann")
    words = words.replace("Can I pay later", "May I pay then").replace("Später", "Dann")

    bring_in(shop, words, file=f"library.{form}")

    with shop.db.reading() as session:
        first, german = (by_key(session, launch_of(session).id, k) for k in ("pay-then", "dann"))
        assert first.owner is not None and first.owner.email == AMIR
        assert variants.family(session, german) == [first]


def test_an_owner_or_an_original_that_is_not_there_is_told_by_line(shop: Parts) -> None:
    plan = plan_of(
        shop,
        "key,kind,question,answer,owner,variant_of\n"
        "a,faq,Can I?,Yes.,stranger@example.com,\n"
        "b,faq,May I?,Yes.,,nothing-such\n",
    )

    assert [(each.line, each.field) for each in plan.problems] == [
        (2, "entries[0].owner"),
        (3, "entries[1].variant_of"),
    ]


FAMILY = "key,kind,question,answer,locale,variant_of\n"


def kin(key: str, of: str, locale: str = "de", kind: str = "faq") -> str:
    """Return a row of ``FAMILY``, in words of its own."""
    return f"{key},{kind},Can I {key}?,Yes.,{locale},{of}\n"


@pytest.mark.parametrize(
    ("rows", "wrong", "why"),
    [
        (kin("aa", "bb") + kin("bb", "aa", "fr"), [2, 3], "would be a variant of itself"),
        (kin("aa", "bb") + kin("bb", "cc", "fr") + kin("cc", "bb"), [2, 3, 4], "of itself"),
        (kin("aa", "aa"), [2], "There is no entry “aa”"),
        (kin("aa", "bb") + kin("bb", "gone", "fr"), [2, 3], "There is no entry “gone”"),
        (kin("aa", "price-differs"), [2], "“price-differs” is a response"),
        (kin("aa", "bb") + kin("bb", "", "", "response"), [2], "“bb” is a response"),
        (kin("aa", "export-data", ""), [2], "A variant says its language"),
        (kin("aa", "export-data") + kin("bb", "export-data", "de-AT"), [3], "“aa” is in this"),
        (kin("aa", "bb") + kin("bb", "", "de-AT"), [2], "“bb” is in this language"),
        (kin("aa", "bb") + kin("bb", "cc", "fr") + kin("cc", "", "de"), [2], "“cc” is in this"),
    ],
)
def test_a_file_makes_only_the_variants_that_somebody_could_make_here(
    shop: Parts, rows: str, wrong: list[int], why: str
) -> None:
    plan = plan_of(shop, FAMILY + rows)

    found = [each for each in plan.problems if each.field.endswith(".variant_of")]
    assert [each.line for each in found] == wrong
    assert why in str(found[0])


def test_a_variant_of_a_variant_in_a_file_is_of_the_first_one(shop: Parts) -> None:
    bring_in(shop, FAMILY + kin("dd", "ee", "fr") + kin("ee", "ff") + kin("ff", "", "en"))

    with shop.db.reading() as session:
        entries = {key: entry_of(session, key) for key in ("dd", "ee", "ff")}
        assert [entries[key].variant_of_id for key in ("dd", "ee")] == [entries["ff"].id] * 2
        assert variants.family(session, entries["dd"]) == [entries["ee"], entries["ff"]]


def test_a_variant_in_a_language_that_its_family_here_has_already_is_refused(shop: Parts) -> None:
    bring_in(shop, FAMILY + kin("aa", "export-data"))

    plan = plan_of(shop, FAMILY + kin("aa", "export-data", "fr") + kin("bb", "aa"))
    again = plan_of(shop, FAMILY + kin("bb", "aa"))

    assert plan.problems == ()
    assert "“aa” is in this language already" in str(again.problems[0])


def test_a_chain_of_thousands_of_variants_is_looked_at_at_once(shop: Parts) -> None:
    rows = "".join(kin(f"k-{n}", f"k-{n + 1}") for n in range(5_000))

    assert plan_of(shop, FAMILY + rows).refused == 5_000  # the last of them is not there


def test_a_merge_that_somebody_proposed_waits_again_when_the_import_is_taken_back(
    shop: Parts,
) -> None:
    cast.an_entry(shop, key="pay-later", question="Can I pay later?", answer="Yes.")
    with shop.db.writing() as session:
        source, into = entry_of(session, "pay-later"), entry_of(session, "export-data")
        reshaping.merge(session, source, into, by=the(session, AMIR), at=NOW)
    words = faq("export-data", question=cast.EXPORT, answer="Use the API.")
    number = bring_in(shop, words, by=LENA, over=["export-data"])

    with shop.db.writing() as session:
        the_import(session, number).take_back(session, by=the(session, LENA), at=NOW)

    with shop.db.reading() as session:
        version = entry_of(session, "export-data").newest
        assert version.takes_in is entry_of(session, "pay-later")
        assert (version.state, "Can I pay later?" in version.phrasings) == ("review", True)


def test_a_draft_from_before_todays_limits_is_put_back_as_it_was(shop: Parts) -> None:
    said = {"question": "Is it \u202eopen?", "phrasings": ["x" * 600], "answer": "y" * 4_001}
    times = {"valid_from": NOW, "next_update": "soon"}
    cast.an_entry(shop, key="open-draft", approved_by=None, **said, **times)
    number = bring_in(shop, ONE_COLUMN.replace("answer\n", "answer,phrasings\n"), by=LENA,
                      over=["open-draft"])  # fmt: skip

    with shop.db.writing() as session:
        the_import(session, number).take_back(session, by=the(session, LENA), at=NOW)

    with shop.db.reading() as session:
        draft = entry_of(session, "open-draft").newest
        assert {name: getattr(draft, name) for name in said | times} == said | times
