"""What a version does to one question: a table of cases, and what the estimates count."""

import pytest

from assistant.answering.replay_effect import (
    Category,
    Confirmed,
    Got,
    category_of,
    estimate_of,
    why_broken,
)

PERSON = Got("handoff")
NEW = Got("answer", ("new",))
OTHER = Got("answer", ("other",))
ASKED = Got("clarification", ("other",))
ASKED_NEW = Got("clarification", ("new", "other"))
ASKED_ONLY_NEW = Got("clarification", ("new",))
GREETED = Got("clarification")  # a fixed line, no titles
BOTH = Got("answer", ("other", "new"))
NOBODY = Confirmed()


def right(*entries: str) -> Confirmed:
    return Confirmed(right=frozenset(entries))


def wrong(*entries: str) -> Confirmed:
    return Confirmed(wrong=frozenset(entries))


CASES = [
    # before, after, what people said → what it is
    ("a person answered, now it does", PERSON, NEW, NOBODY, "gain"),
    ("a person answered, now it is offered", PERSON, ASKED_NEW, NOBODY, "gain"),
    ("others were offered, now it answers", ASKED, NEW, NOBODY, "gain"),
    ("others were offered, now it is among them", ASKED, ASKED_NEW, NOBODY, "gain"),
    ("it was offered, now it answers", ASKED_NEW, NEW, NOBODY, "gain"),
    ("it answered before, in other words", NEW, NEW, NOBODY, "same"),
    ("it was offered before, first or second", ASKED_NEW, ASKED_NEW, NOBODY, "same"),
    ("another is offered beside it", ASKED_ONLY_NEW, ASKED_NEW, NOBODY, "same"),
    ("another answered, now it does", OTHER, NEW, NOBODY, "steal"),
    ("another answered, now it is asked about", OTHER, ASKED_NEW, NOBODY, "steal"),
    ("one of two questions gets it too", OTHER, BOTH, NOBODY, "steal"),
    ("it answered, now it only is offered", NEW, ASKED_NEW, NOBODY, "lost"),
    ("it answered, now a person has to", NEW, PERSON, NOBODY, "lost"),
    ("it was offered, now only others are", ASKED_NEW, ASKED, NOBODY, "lost"),
    ("it was offered, now nothing is", ASKED_NEW, PERSON, NOBODY, "lost"),
    ("another answered, now a person has to", OTHER, PERSON, NOBODY, "elsewhere"),
    ("another answered, now it is asked about", OTHER, ASKED, NOBODY, "elsewhere"),
    ("another is found because of it", PERSON, ASKED, NOBODY, "elsewhere"),
    ("a person answers as before", PERSON, PERSON, NOBODY, "unanswered"),
    ("another answers as before", OTHER, OTHER, NOBODY, "same"),
    ("a greeting is a greeting", GREETED, GREETED, NOBODY, "same"),
    # what people said
    ("right for another, and it takes the answer", OTHER, NEW, right("other"), "break"),
    ("right for another, and now it is asked first", OTHER, ASKED_NEW, right("other"), "break"),
    ("right for another, and now a person has to", OTHER, PERSON, right("other"), "break"),
    ("right for another that was offered, and is no more", ASKED, ASKED_ONLY_NEW, right("other"),
     "break"),
    ("right for another that nobody found, and it answers", PERSON, NEW, right("other"), "break"),
    ("right for another, which still answers", OTHER, OTHER, right("other"), "same"),
    ("right for another, and both answer now", OTHER, BOTH, right("other"), "break"),
    ("right for another that is still offered", ASKED, ASKED_NEW, right("other"), "gain"),
    ("right for it, and now it answers", PERSON, NEW, right("new"), "gain"),
    ("right for it, where another answered", OTHER, NEW, right("new"), "steal"),
    ("right for it, and it answers in other words", NEW, NEW, right("new"), "same"),
    ("right for it, and now it only is asked about", NEW, ASKED_NEW, right("new"), "break"),
    ("right for both of two questions", OTHER, BOTH, right("other", "new"), "steal"),
    ("not this one, and now it answers", PERSON, NEW, wrong("new"), "break"),
    ("not this one, where another answered", OTHER, NEW, wrong("new"), "break"),
    ("not this one, and now it is offered", PERSON, ASKED_NEW, wrong("new"), "gain"),
    ("not this one, and it answered already", NEW, NEW, wrong("new"), "same"),
    ("not the other one, and now it answers", OTHER, NEW, wrong("other"), "steal"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "said", "category"),
    [case[1:] for case in CASES],
    ids=[case[0].replace(" ", "-") for case in CASES],
)
def test_each_question_is_in_one_category(before, after, said, category):
    assert category_of("new", before, after, said) == Category(category)


def test_a_break_says_why_in_words():
    taken = why_broken("new", OTHER, NEW, right("other"))
    denied = why_broken("new", PERSON, NEW, wrong("new"))
    asked = why_broken("new", OTHER, ASKED_NEW, right("other"))

    assert taken == "Confirmed for other. Now new would answer it."
    assert denied == "A person said that this entry does not answer it. Now it would."
    assert asked == "Confirmed for other. The customer would be asked first."


def test_the_estimate_counts_what_is_answered_and_what_people_said_of_that():
    outcomes = [
        (NEW, right("new")),
        (NEW, NOBODY),
        (OTHER, wrong("other")),
        (BOTH, right("other")),  # the other question of the message is answered wrongly
        (ASKED, right("other")),
        (PERSON, wrong("new")),
        (GREETED, NOBODY),
        (OTHER, wrong("new")),  # says nothing about this answer
    ]

    found = estimate_of(outcomes)

    assert (found.asked, found.answered, found.offered) == (8, 5, 1)
    assert (found.wrong, found.known) == (2, 3)
    assert found.coverage == 5 / 8
    assert found.solvable == 6 / 8
    assert found.wrong_rate == 2 / 3
    # Clopper and Pearson: 2 wrong of 3, one-sided 90 %.
    assert found.bound == pytest.approx(0.9655, abs=1e-4)


def test_without_a_word_of_anybody_there_is_no_bound():
    found = estimate_of([(NEW, NOBODY), (PERSON, NOBODY)])

    assert (found.wrong_rate, found.bound) == (None, None)
    assert estimate_of([]).coverage == 0
