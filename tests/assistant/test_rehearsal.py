"""A rehearsal before day 0: what is read, what would become of it, go or no-go."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from assistant.answering import closeness, rehearsals
from assistant.answering.fears import Fear, Fears, NotReadable, read
from assistant.answering.labels import Label
from assistant.answering.rehearsals import LEASE, Judged, Rehearsal, judge
from assistant.desk.conversations import Conversation
from assistant.desk.messages import LONGEST, Message
from assistant.ground.parts import Parts
from assistant.launch.launches import Mode
from assistant.reports import go_no_go, points, rehearsing
from assistant.reports.go_no_go import Asked, Found, Rule, Thing
from knowledge.entries import Entry
from tests import cast
from tests.cast import EXPORT, LENA, PRICE, UNKNOWN, UNKNOWN_TOO

KNOWN = ("price-differs", "export-data")


# What was pasted or uploaded.


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("one?\ntwo?\n", [(1, "one?", ""), (2, "two?", "")]),
        ("\ufeffone?\r\n\r\n  two?  \r", [(1, "one?", ""), (3, "two?", "")]),
        ("Why, oh why, is it up?", [(1, "Why, oh why, is it up?", "")]),
        (
            "為什麼價格變了？\nكيف أصدّر بياناتي؟",
            [(1, "為什麼價格變了？", ""), (2, "كيف أصدّر بياناتي؟", "")],
        ),
        ("question,expected\none?,export-data\n", [(2, "one?", "export-data")]),
        ("sep=;\nQuestion;Expected\none?;person\n", [(3, "one?", "person")]),
        ("who\tText\nMara\tone?\n\nBen\ttwo?", [(2, "one?", ""), (4, "two?", "")]),
        ('question,id\n"one,\nand more?",1\ntwo?,2', [(2, "one,\nand more?", ""), (4, "two?", "")]),
        ("null\x00byte?\nhalf \ud83d?", [(1, "nullbyte?", ""), (2, "half \ufffd?", "")]),
    ],
)
def test_questions_are_read_from_lines_and_tables(
    text: str, asked: list[tuple[int, str, str]]
) -> None:
    assert read(text, known=KNOWN).questions == tuple(Fear(*one) for one in asked)


@pytest.mark.parametrize(
    ("text", "column", "asked"),
    [
        ("id,words\n1,one?\n", "words", ["one?"]),
        ("id,words\n1,one?\n", "WORDS ", ["one?"]),
        ("1,one?\n2,two?\n", "2", ["one?", "two?"]),
        ("one?\ntwo?\n", "1", ["one?", "two?"]),
        ("sep=,\none?\ntwo?\n", "", ["one?", "two?"]),
    ],
)
def test_a_column_can_be_chosen_by_name_or_number(text: str, column: str, asked: list[str]) -> None:
    found = read(text, known=KNOWN, column=column, is_csv=True)

    assert [one.text for one in found.questions] == asked


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["There is no question in it. Write one on each line."]),
        (" \n\t\n", ["There is no question in it. Write one on each line."]),
        ("question,expected\n", ["There is no question in it. Write one on each line."]),
        ("x" * (LONGEST + 1), [f"Line 1 is longer than {LONGEST:,} characters."]),
        (
            "question,expected\none?,nosuch\ntwo?,gone",
            [
                "Line 2 expects “nosuch”, which is no entry.",
                "Line 3 expects “gone”, which is no entry.",
            ],
        ),
        ('question,id\n"' + "y" * 140_000, ["Line 2 and all below it is no CSV: field larger"]),
    ],
)
def test_where_nothing_can_be_asked_each_line_says_why(text: str, problems: list[str]) -> None:
    with pytest.raises(NotReadable) as refused:
        read(text, known=KNOWN)

    said = refused.value.problems
    assert len(said) == len(problems)
    assert all(one.startswith(begin) for one, begin in zip(said, problems, strict=True))


def test_of_many_problems_the_first_are_said_and_the_rest_counted() -> None:
    rows = "\n".join(f"q{number}?,none-{number}" for number in range(50))

    with pytest.raises(NotReadable) as refused:
        read(f"question,expected\n{rows}", known=KNOWN)

    assert (len(refused.value.problems), refused.value.problems[-1]) == (21, "And 30 more.")


def test_a_table_without_a_known_column_says_which_there_are() -> None:
    with pytest.raises(NotReadable) as refused:
        read("Id,Words\n1,one?", known=KNOWN, is_csv=True)

    assert refused.value.columns == ("Id", "Words")


def test_doubled_questions_are_asked_once_and_counted() -> None:
    found = read("question,expected\nOne thing?,\none  thing,export-data\nother?,", known=KNOWN)

    assert found.doubled == 1
    assert [(one.line, one.expected) for one in found.questions] == [(2, "export-data"), (4, "")]


# How an outcome is beside what was expected.


@pytest.mark.parametrize(
    ("expected", "outcome", "entry", "offered", "judged"),
    [
        ("", "answer", "a", [], Judged.UNSAID),
        ("a", "answer", "a", [], Judged.RIGHT),
        ("a", "answer", "b", [], Judged.WRONG),
        ("a", "clarification", "", ["b", "a"], Judged.OFFERED),
        ("a", "clarification", "", ["b"], Judged.MISSED),
        ("a", "handoff", "", [], Judged.MISSED),
        ("person", "handoff", "", [], Judged.RIGHT),
        ("person", "clarification", "", ["a"], Judged.MISSED),
        ("person", "answer", "a", [], Judged.WRONG),
    ],
)
def test_an_outcome_is_judged_by_what_was_expected(
    expected: str, outcome: str, entry: str, offered: list[str], judged: Judged
) -> None:
    assert judge(expected, outcome, entry, offered) is judged


# The rules.

A_THING = (Thing("something", "/somewhere"),)


def all_well(**otherwise: object) -> Found:
    facts = {"answered": 7, "recognised": 0, "to_person": 3, "live": 5, **otherwise}
    return Found(**facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("otherwise", "is_go", "broken"),
    [
        ({}, True, []),
        ({"answered": 6, "recognised": 1}, True, []),
        ({"answered": 6}, False, ["coverage"]),
        ({"answered": 6, "as_expected": 3}, True, []),
        ({"live": 0}, False, ["answers"]),
        ({"answered": 0, "to_person": 0}, False, ["coverage"]),
        ({"missing": A_THING}, False, ["required"]),
        ({"wrong": A_THING}, False, ["wrong"]),
        ({"same_words": A_THING}, False, ["same-words"]),
        ({"included": A_THING}, False, ["included"]),
        ({"unmet": A_THING}, True, ["unmet"]),
        ({"near": A_THING}, True, ["near"]),
        ({"thin": A_THING}, True, ["thin"]),
        ({"hard_to_read": A_THING}, True, ["plain"]),
        ({"ending": A_THING}, True, ["ending"]),
        ({"outdated": A_THING}, True, ["variants"]),
        ({"drafts": A_THING}, True, ["drafts"]),
        ({"hours": A_THING, "unowned": A_THING}, True, ["hours", "owners"]),
        ({"thin": A_THING, "wrong": A_THING}, False, ["wrong", "thin"]),
    ],
)
def test_it_is_a_go_when_no_stopping_rule_is_broken(
    otherwise: dict[str, object], is_go: bool, broken: list[str]
) -> None:
    verdict = go_no_go.judge(all_well(**otherwise), library="/library")

    assert verdict.is_go is is_go
    assert [rule.key for rule in verdict.rules if not rule.is_kept] == broken
    assert all(rule.things for rule in verdict.rules if not rule.is_kept)


def test_drafts_that_were_rehearsed_are_not_said_to_wait_for_nothing() -> None:
    verdict = go_no_go.judge(all_well(included=A_THING), library="/library")

    assert "drafts" not in {rule.key for rule in verdict.rules}


def test_an_entry_may_be_expected_by_its_title_too() -> None:
    found = read(
        "question,expected\nOne thing?,how do i EXPORT my data\nOther?,Nobody knows it",
        known=KNOWN,
        titles={"how do i export my data": "export-data"},
    )

    assert [one.expected for one in found.questions] == ["export-data"]
    assert "which is no entry" in found.left_out[0].says


def test_what_got_better_and_worse_is_told_question_by_question() -> None:
    before = [
        Asked("a", "handoff", "", ""),
        Asked("b", "answer", "x", ""),
        Asked("c", "answer", "x", "wrong"),
        Asked("d", "answer", "x", "right"),
        Asked("e", "answer", "x", ""),
    ]
    now = [
        Asked("a", "clarification", "", ""),
        Asked("b", "clarification", "", ""),
        Asked("c", "handoff", "", "missed"),
        Asked("d", "answer", "y", "wrong"),
        Asked("e", "answer", "x", ""),
        Asked("f", "answer", "x", ""),
    ]
    rules = [Rule("thin", "Thin", False, True), Rule("near", "Near", False, False)]
    earlier = [Rule("thin", "Thin", False, False), Rule("near", "Near", False, True)]

    change = go_no_go.changed(now, before, rules, earlier)

    assert [one.text for one in change.better] == ["a", "c"]
    assert [one.text for one in change.worse] == ["b", "d"]
    assert (change.new, change.kept_now, change.broken_now) == (1, ("Thin",), ("Near",))


# Entries that lead astray.


def test_a_phrasing_that_another_entry_is_nearer_to_has_fallen_into_it() -> None:
    entries = [
        Entry("cancel", "How do I cancel my plan?", ("stop my plan now", "pause my plan please")),
        Entry("pause", "How do I pause my plan?", ("pause my plan for a while",)),
    ]

    found = closeness.fallen(entries, {})

    assert ("cancel", "pause my plan please", "pause") in [
        (one.entry, one.way, one.into) for one in found
    ]
    assert closeness.fallen(entries[:1], {}) == []
    assert closeness.fallen([], {}) == []


def test_words_that_two_entries_share_are_named_with_both() -> None:
    entries = [Entry("a", "One thing?", ("same words",)), Entry("b", "Other?", ("Same  words!",))]

    assert closeness.shared(entries) == {"same words": ("a", "b")}


# The run.


def rehearse(
    parts: Parts, *asked: str | tuple[str, str], with_drafts: bool = False, run: bool = True
) -> int:
    """Let Lena rehearse questions and return the number of the rehearsal."""
    pairs = [(one, "") if isinstance(one, str) else one for one in asked]
    fears = [Fear(line, *pair) for line, pair in enumerate(pairs, 1)]
    with parts.db.writing() as session:
        number = rehearsals.begin(
            session,
            cast.launch_of(session),
            Fears(tuple(fears)),
            with_drafts=with_drafts,
            by=cast.the(session, LENA),
            at=parts.clock.now(),
        ).id
    if run:
        assert rehearsing.run(parts, number)
    return number


def outcomes(parts: Parts, number: int) -> list[tuple[str, str, str]]:
    with parts.db.reading() as session:
        found = rehearsals.questions(session, number)
        return [(one.outcome, one.entry, one.judged) for one in found]


def broken(parts: Parts, number: int) -> dict[str, list[str]]:
    """Return what is left to do, by rule."""
    with parts.db.reading() as session:
        rules = rehearsing.rules_of(session.get_one(Rehearsal, number))
        return {one.key: [thing.words for thing in one.things] for one in rules if not one.is_kept}


def is_go(parts: Parts, number: int) -> bool | None:
    with parts.db.reading() as session:
        return session.get_one(Rehearsal, number).is_go


@pytest.mark.parametrize("mode", [Mode.SUGGEST, Mode.AUTO])
def test_each_question_gets_what_a_customer_would(shop: Parts, mode: Mode) -> None:
    cast.in_mode(shop, mode)

    number = rehearse(shop, (EXPORT, "export-data"), (PRICE, "export-data"), UNKNOWN)

    assert outcomes(shop, number) == [
        ("answer", "export-data", "right"),
        ("answer", "price-differs", "wrong"),
        ("handoff", "", ""),
    ]


def test_nothing_is_recorded_but_the_rehearsal(shop: Parts) -> None:
    def recorded() -> list[int | None]:
        with shop.db.reading() as session:
            return [
                session.scalar(select(func.count()).select_from(table))
                for table in (Conversation, Message, Label)
            ]

    before = recorded()
    rehearse(shop, EXPORT, UNKNOWN, "I am locked out of my account")

    assert recorded() == before


def test_a_no_go_says_what_to_do_and_becomes_a_go_when_it_is_done(shop: Parts) -> None:
    asked = [(EXPORT, "export-data"), (UNKNOWN, ""), (UNKNOWN_TOO, "")]
    first = rehearse(shop, *asked)
    no_go, left = is_go(shop, first), broken(shop, first)

    cast.an_entry(shop, question=UNKNOWN, phrasings=[UNKNOWN_TOO, "knees of birds", "bird legs"])
    second = rehearse(shop, *asked)

    assert (no_go, is_go(shop, second)) == (False, True)
    assert "coverage" in left
    assert "coverage" not in broken(shop, second)
    with shop.db.reading() as session:
        change = rehearsing.change_since(session, session.get_one(Rehearsal, second))
    assert change is not None
    assert [one.text for one in change.better] == [UNKNOWN, UNKNOWN_TOO]
    assert change.worse == ()
    assert any("answered or recognised" in title for title in change.kept_now)


def test_a_go_holds_until_what_customers_get_is_otherwise(shop: Parts) -> None:
    rehearse(shop, EXPORT)

    def missing() -> tuple[str, ...]:
        with shop.db.reading() as session:
            found = points.points(session, cast.launch_of(session), at=cast.NOW)
            return next(each.advised for each in found if each.key == "rehearsal")

    assert missing() == ()
    cast.retire(shop, "export-data")
    assert missing() == ("a new rehearsal: the library has changed since the newest one said go",)


def test_with_its_drafts_it_is_rehearsed_as_if_they_were_approved(shop: Parts) -> None:
    cast.an_entry(shop, approved_by=None)
    words = "Can I pause my plan?"

    without = rehearse(shop, EXPORT, words)
    included = rehearse(shop, EXPORT, words, with_drafts=True)

    assert outcomes(shop, without)[1][:2] != ("answer", "pause-plan")
    assert outcomes(shop, included)[1][:2] == ("answer", "pause-plan")
    assert broken(shop, without)["drafts"] == ["“Can I pause my plan?” is not approved yet."]
    assert broken(shop, included)["included"] == ["“Can I pause my plan?” is not approved yet."]
    assert is_go(shop, included) is False
    # No customer gets it.
    assert cast.a_customer(shop).asks(words)["outcome"] != "answer"


def test_a_draft_of_an_approved_entry_takes_its_place_in_the_rehearsal_only(shop: Parts) -> None:
    with shop.db.writing() as session:
        entry = cast.entry_of(session, "export-data")
        draft = cast.a_draft(question="May I take my data with me?", answer="Settings, Export.")
        entry.save(session, draft, by=cast.the(session, cast.AMIR), at=shop.clock.now())

    number = rehearse(shop, "May I take my data with me?", with_drafts=True)

    assert outcomes(shop, number)[0][:2] == ("answer", "export-data")


def test_what_is_thin_ends_early_or_has_no_owner_is_listed(shop: Parts) -> None:
    with shop.db.writing() as session:
        launch = cast.launch_of(session)
        launch.scenarios[0].owner_id = None
        ends = launch.ends_at
    assert ends is not None
    early = ends - timedelta(days=3)
    cast.an_entry(shop, phrasings=["stop for a while"], valid_until=early)

    left = broken(shop, rehearse(shop, EXPORT))

    assert left["required"] == [
        "Every scenario has an owner and an escalation path. "
        "Missing: an owner for “The price is not the one I know”."
    ]
    assert "“Can I pause my plan?” has 1 phrasing; 3 are needed." in left["thin"]
    assert left["ending"] == [
        "“Can I pause my plan?” ends Fri 4 Dec, 18:00, before the launch does."
    ]
    assert left["owners"] == ["No shift is planned: nobody is the hypercare owner."]
    assert len(left["hours"]) == 1


def test_two_entries_in_the_same_words_are_a_no_go(shop: Parts) -> None:
    cast.an_entry(shop, phrasings=[EXPORT, "b", "c"])

    number = rehearse(shop, EXPORT)

    assert is_go(shop, number) is False
    assert broken(shop, number)["same-words"] == [
        f"“{EXPORT}” is a phrasing of “{EXPORT}” and “Can I pause my plan?”."
    ]


def test_a_launch_without_answers_is_a_no_go_and_no_error(shop: Parts) -> None:
    cast.retire_all(shop)

    number = rehearse(shop, EXPORT)

    assert is_go(shop, number) is False
    assert broken(shop, number)["answers"] == ["Approve the first answer."]


# In the background.


def test_a_waiting_rehearsal_is_run_once_by_whoever_comes_first(shop: Parts) -> None:
    number = rehearse(shop, *[f"question number {each}?" for each in range(130)], run=False)

    assert (rehearsing.run_due(shop), rehearsing.run_due(shop)) == (1, 0)

    with shop.db.reading() as session:
        found = session.get_one(Rehearsal, number)
        assert (found.done, found.total, found.tries) == (130, 130, 1)


def test_what_a_dead_process_left_is_finished_after_a_while(shop: Parts) -> None:
    number = rehearse(shop, EXPORT, PRICE, run=False)
    with shop.db.writing() as session:
        assert rehearsals.claim(session, number, at=shop.clock.now())

    meanwhile = rehearsing.run_due(shop)
    cast.later(shop, seconds=LEASE.total_seconds())

    assert (meanwhile, rehearsing.run_due(shop)) == (0, 1)
    assert [each[0] for each in outcomes(shop, number)] == ["answer", "answer"]


def test_one_that_never_ends_is_given_up_with_a_word(shop: Parts) -> None:
    number = rehearse(shop, EXPORT, run=False)
    for _ in range(rehearsals.MOST_TRIES):
        with shop.db.writing() as session:
            assert rehearsals.claim(session, number, at=shop.clock.now())
        cast.later(shop, seconds=LEASE.total_seconds())

    assert rehearsing.run_due(shop) == 0
    with shop.db.reading() as session:
        found = session.get_one(Rehearsal, number)
        assert (found.failed, found.is_go) == (rehearsals.GIVEN_UP, None)
        assert rehearsals.due(session, at=shop.clock.now()) == []
