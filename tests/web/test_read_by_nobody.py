"""Words that nobody can read, or that read otherwise than they are: refused at every door."""

import re
from dataclasses import replace

import pytest

from assistant.ground.errors import Refused
from tests import cast
from tests.web.staff import PAGE, a_browser

NEW = f"/library/{cast.LAUNCH}/entries"
NOTHING = "\u200b\u2028"
FILLER = "\u3164"  # a letter, by its category, that shows nothing
ARABIC = "هل يمكنني إيقاف اشتراكي مؤقتًا؟"
HEBREW = "כן. פתחו חיוב ובחרו השהיה."
TURNED = "Open \u202egnilliB\u202c and pay."


@pytest.fixture
def amir(shop):
    return a_browser(shop, cast.AMIR)


def problems(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@pytest.mark.parametrize("blank", [NOTHING, FILLER, "\u2060\ufeff \u00a0", "…"])
def test_an_answer_of_nothing_to_read_is_neither_submitted_nor_kept_without_a_question(amir, blank):
    no_answer = amir.post(f"{NEW}/submission", kind="faq", question="Can I pause?", answer=blank)
    no_question = amir.post(NEW, kind="faq", question=blank, answer="Yes.")

    assert no_answer.status_code == no_question.status_code == 422
    assert "Write the answer." in problems(no_answer)
    assert "Write what customers ask." in problems(no_question)


def test_a_required_part_of_nothing_is_missing_whoever_wrote_it_and_is_never_approved(shop):
    key = cast.an_entry(shop, approved_by=None, answer="Yes.")
    with shop.db.writing() as session:
        entry, at = cast.entry_of(session, key), shop.clock.now()
        draft = replace(entry.newest.as_draft(), answer=NOTHING)
        entry.save(session, draft, by=cast.the(session, cast.AMIR), at=at)
        entry.newest.submitted_at = at

        assert entry.newest.parts.missing() == ["the answer"]
        with pytest.raises(Refused, match="still needs"):
            entry.submit(session, by=cast.the(session, cast.AMIR), at=at)
        with pytest.raises(Refused, match="still needs"):
            entry.approve(session, by=cast.the(session, cast.LENA), at=at)


def test_what_turns_letters_is_not_approved_however_it_came_to_be_written(shop):
    key = cast.an_entry(shop, approved_by=None, answer=TURNED)

    with shop.db.writing() as session, pytest.raises(Refused, match="turns the order of letters"):
        entry = cast.entry_of(session, key)
        entry.submit(session, by=cast.the(session, cast.AMIR), at=shop.clock.now())


def test_phrasings_that_nobody_sees_are_no_phrasings(shop, amir):
    amir.post(
        NEW, kind="faq", question="Can I pause?", answer="Yes.",
        phrasings=f"{NOTHING}\nHow do I pause?\n\u200d\n{FILLER}",
    )  # fmt: skip

    with shop.db.reading() as session:
        assert cast.entry_of(session, "can-i-pause").newest.phrasings == ["How do I pause?"]


def test_what_turns_letters_is_taken_out_in_the_editor_with_a_word_and_read_again(shop, amir):
    typed = {"kind": "faq", "question": "Can I pause?"}

    refused = amir.post(NEW, **typed, answer=TURNED)
    beside = amir.post(f"/library/{cast.LAUNCH}/checking", **typed, answer=TURNED)

    assert refused.status_code == 422
    assert "turns the order of letters (U+202E). It is taken out here" in problems(refused)
    assert "Open gnilliB and pay." in refused.text
    assert "\u202e" not in refused.text
    assert "An invisible character turns the order of letters." in problems(beside)


def test_words_from_right_to_left_are_kept_as_they_are(shop, amir):
    amir.post(NEW, kind="faq", question=ARABIC, answer=HEBREW, phrasings=f"{HEBREW}\u200f")

    with shop.db.reading() as session:
        kept = next(e for e in cast.entries.of_launch(session, 1) if e.newest.question == ARABIC)
        assert kept.newest.answer == HEBREW


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (f"key,kind,question,answer\na-b,faq,Why?,{NOTHING}\n", "A faq needs it."),
        (f"key,kind,question,answer\na-b,faq,{FILLER},So.\n", "no letter and no digit"),
        (f"key,kind,question,answer\na-b,faq,Why?,{TURNED}\n", "turns the order of letters"),
    ],
)
def test_a_file_with_words_that_nobody_can_read_is_refused_line_by_line(amir, words, said):
    sent = amir.client.post(
        f"/library/{cast.LAUNCH}/imports", data={"csrf": amir.csrf},
        files={"file": ("entries.csv", words)}, headers=PAGE, follow_redirects=False,
    )  # fmt: skip

    assert said in problems(amir.get(sent.headers["location"]))


def test_an_update_and_a_scenario_say_something_too(shop):
    lena = a_browser(shop, cast.LENA)
    answers = {"expected": "Yes.", "what_to_do": "Nothing.", "next_update": "Tomorrow."}
    blank = lena.post(f"/launches/{cast.LAUNCH}/updates", title=NOTHING, **answers)
    turned = lena.post(
        f"/launches/{cast.LAUNCH}/updates", title="Prices", **{**answers, "expected": TURNED}
    )
    scenario = lena.post(f"/launches/{cast.LAUNCH}/setup/scenarios/new", title=FILLER)

    assert "Say a title." in problems(blank)
    assert "turns the order of letters (U+202E)" in problems(turned)
    assert scenario.status_code == 422
    assert "no letter and no digit" in problems(scenario)


def test_a_reply_reads_as_it_was_written_and_is_more_than_nothing(shop):
    cast.a_customer(shop).calls("Where is my parcel from Utrecht?")

    with pytest.raises(Refused, match="nothing to send"):
        cast.amir_replies(shop, NOTHING)
    cast.amir_replies(shop, TURNED)

    with cast.the_ticket(shop) as (_, ticket):
        assert ticket.conversation.messages[-1].text == "Open gnilliB and pay."
