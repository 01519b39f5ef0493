"""The editor of an answer: the truth beside the words, and words that are not lost."""

import re

import pytest

from tests import cast
from tests.web.staff import a_browser, queries

LIBRARY = f"/library/{cast.LAUNCH}"
CHECKING, VALUES = f"{LIBRARY}/checking", f"{LIBRARY}/values"
NEW = f"{LIBRARY}/entries/new"
EXPORT = f"{LIBRARY}/entries/export-data"


@pytest.fixture
def amir(shop):
    return a_browser(shop, cast.AMIR)


@pytest.fixture
def lena(shop):
    return a_browser(shop, cast.LENA)


def beside(browser, **typed) -> str:
    """Return, as plain text on one line, what the server shows beside what is typed."""
    data = {"csrf": browser.csrf, "kind": "faq", **typed}
    answer = browser.client.post(CHECKING, data=data, headers={"x-fresh": "1"})
    assert answer.status_code == 200, answer.text
    assert "<html" not in answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def revision(browser, path: str) -> int:
    return int(re.search(r'name="revision" value="(\d+)"', browser.get(path).text)[1])


# --- while somebody types ---


def test_what_is_missing_is_said_in_words_by_kind(amir):
    faq = beside(amir, question="Can I pause?")
    response = beside(amir, kind="response", question="Can I pause?")

    assert "Answer : Write the answer." in faq
    assert "What to do : Say what to do, even if it is nothing." in response
    assert "Verdict : Choose what customers read first." in response
    assert "Next update : Say when the next update comes." in response


def test_it_is_shown_as_widget_card_letter_and_help_page(amir):
    words = "Open Billing and choose Pause."
    data = {"csrf": amir.csrf, "kind": "faq", "question": "Can I pause?", "answer": words}

    page = amir.client.post(CHECKING, data=data, headers={"x-fresh": "1"}).text

    assert f'"text": "{words}"' in page  # what the widget's own code draws its card from
    assert "Re: Can I pause?" in page
    assert f"{words}\n\n-- \nYou can simply answer this mail." in page
    assert '<h3 class="help-title">Can I pause?</h3>' in page


def test_hostile_words_stay_words_wherever_they_are_shown(amir):
    evil = "</pre><script>alert(1)</script>'\" onload=x"

    data = {"csrf": amir.csrf, "kind": "faq", "question": evil, "answer": evil}
    page = amir.client.post(CHECKING, data=data, headers={"x-fresh": "1"}).text

    assert "<script>" not in page
    assert "' onload" not in page


def test_an_unknown_placeholder_is_named_with_its_field_while_it_is_typed(amir):
    said = beside(amir, question="Can I pause?", answer="Open {prodct}.")

    assert "Answer : “{prodct}” is no placeholder. Did you mean {product}?" in said


def test_a_hint_points_at_the_words(amir):
    data = {"csrf": amir.csrf, "kind": "faq", "question": "x", "answer": "We will utilise it soon."}

    page = amir.client.post(CHECKING, data=data, headers={"x-fresh": "1"}).text

    assert "“utilise”: write “use”." in page
    assert 'data-find="utilise"' in page


def test_the_same_question_as_a_live_answer_is_found_with_a_link(amir):
    said = beside(amir, question=cast.EXPORT, answer="Write to us.")
    data = {"csrf": amir.csrf, "kind": "faq", "question": cast.EXPORT}
    page = amir.client.post(CHECKING, data=data, headers={"x-fresh": "1"}).text

    assert "Asked in the very same words" in said
    assert f'href="{EXPORT}"' in page


def test_an_opposite_verdict_on_the_same_question_is_a_contradiction(shop, amir):
    with shop.db.reading() as session:
        version = cast.version_of(session, "price-differs")
        question, theirs = version.question, version.verdict
    ours = "not-expected" if theirs == "expected" else "expected"

    said = beside(amir, kind="response", question=question, verdict=ours, why_now="x")

    assert "They contradict each other." in said
    assert "One says that this is expected, the other that it is not." in said


def test_an_entry_is_not_close_to_itself(amir):
    data = {"csrf": amir.csrf, "kind": "faq", "entry": "export-data", "question": cast.EXPORT}

    page = amir.client.post(CHECKING, data=data, headers={"x-fresh": "1"}).text

    assert f'href="{EXPORT}"' not in page


def test_without_a_script_a_button_shows_the_same_and_the_words_stay(amir):
    page = amir.post(CHECKING, kind="faq", question="Can I pause?", answer="Open {prodct}.")

    assert page.status_code == 200
    assert "Open {prodct}." in page.text
    assert "is no placeholder" in page.text


# --- words are not lost ---


def test_what_was_typed_and_not_saved_is_back_for_its_author_alone(amir, lena):
    beside(amir, entry="export-data", question=cast.EXPORT, answer="Half a thought",
           revision=revision(amir, EXPORT))  # fmt: skip

    mine, theirs = amir.get(EXPORT).text, lena.get(EXPORT).text

    assert "Your unsaved words are back." in mine
    assert "Half a thought" in mine
    assert "Half a thought" not in theirs


def test_saved_or_discarded_it_is_not_offered_again(amir):
    beside(amir, question="Can I pause?", answer="Half a thought")
    assert "Half a thought" in amir.get(NEW, kind="faq").text

    amir.post(f"{LIBRARY}/unsaved-removal", kind="faq")
    assert "Half a thought" not in amir.get(NEW, kind="faq").text

    beside(amir, question="Can I pause?", answer="A whole thought")
    amir.post(f"{LIBRARY}/entries", kind="faq", question="Can I pause?", answer="A whole thought")
    assert "A whole thought" not in amir.get(NEW, kind="faq").text


def test_words_typed_for_an_older_state_do_not_go_over_a_newer_one(amir, lena):
    old = revision(amir, EXPORT)
    beside(amir, entry="export-data", question=cast.EXPORT, answer="Mine", revision=old)
    lena.post(EXPORT, kind="faq", question=cast.EXPORT, answer="Lena’s", revision=old)

    again = revision(amir, EXPORT)
    saved = amir.post(EXPORT, kind="faq", question=cast.EXPORT, answer="Mine", revision=again)

    assert again == old
    assert saved.status_code == 409


def test_what_is_saved_already_and_what_was_only_looked_at_is_no_draft(shop, amir):
    with shop.db.reading() as session:
        phrasings = "\r\n".join(cast.version_of(session, "export-data").phrasings)
    saved = {"question": cast.EXPORT, "answer": cast.EXPORT_TEXT, "phrasings": phrasings}

    beside(amir, entry="export-data", revision=revision(amir, EXPORT), **saved)
    beside(amir, entry="export-data", answer="Another look", look="true")

    assert "Your unsaved words are back." not in amir.get(EXPORT).text


# --- placeholders, variants, comparison ---


def test_a_lead_gives_values_and_an_entry_is_saved_with_them(amir, lena):
    given = lena.post(VALUES, value_product="Box Club", value_next_update_at="2026-11-23T10:00")
    typed = {"kind": "faq", "question": "Can I pause?", "answer": "Open {product}."}
    amir.post(f"{LIBRARY}/entries/submission", **typed)

    page = amir.get(f"{LIBRARY}/entries/can-i-pause").text
    assert given.headers["location"] == VALUES
    assert "Open {product}.</textarea>" in page
    assert '"text": "Open Box Club."' in page


def test_a_wrong_value_is_refused_at_its_field_and_kept_as_typed(lena, amir):
    page = lena.post(VALUES, value_support_email="nobody")

    assert page.status_code == 422
    assert "Write an e-mail address." in page.text
    assert 'value="nobody"' in page.text
    assert amir.post(VALUES, value_product="x").status_code == 403


def test_a_gap_is_saved_as_a_draft_and_not_submitted(amir):
    typed = {"kind": "faq", "question": "Can I pause?", "answer": "Open {product}."}

    refused = amir.post(f"{LIBRARY}/entries/submission", **typed)
    saved = amir.post(f"{LIBRARY}/entries", **typed)

    assert refused.status_code == 422
    assert "{product} has no value yet." in refused.text
    assert saved.status_code == 303


def test_a_variant_begins_without_words_and_is_linked_when_saved(amir):
    form = amir.get(f"{EXPORT}/variant", language="de").text
    typed = {"kind": "faq", "question": "Wo ist der Export?", "answer": "In den Einstellungen."}
    amir.post(f"{LIBRARY}/entries", **typed, variant_of="export-data", locale="de")

    assert cast.EXPORT_TEXT not in re.search(r'name="answer".*?</textarea>', form, re.S)[0]
    assert '<option value="de" selected>German</option>' in form
    assert "Wo ist der Export?" in amir.get(EXPORT).text


def test_any_two_versions_are_compared_word_by_word(amir, lena):
    amir.post(EXPORT, kind="faq", question=cast.EXPORT, answer="Open Account and choose Export.",
              revision=revision(amir, EXPORT))  # fmt: skip

    page = amir.get(f"{EXPORT}/comparison", old=1, new=2).text

    assert re.search(r"<del[^>]*><span[^>]*>gone: </span>Settings</del>", page)
    assert re.search(r"<ins[^>]*><span[^>]*>new: </span>Account</ins>", page)
    assert amir.get(f"{EXPORT}/comparison", old=1, new=9).status_code == 404


def test_others_than_authors_and_other_launches_are_refused(shop, amir):
    nobody = a_browser(shop)

    assert nobody.post(CHECKING, kind="faq").status_code in (303, 401)
    assert amir.post("/library/another/checking", kind="faq").status_code == 404
    assert amir.post(CHECKING, kind="faq", entry="no-such").status_code == 404
    assert amir.post(CHECKING, kind="faq", answer="x" * 20_001).status_code == 422


def test_checking_asks_the_database_as_often_in_a_large_library(shop, amir):
    beside(amir, question=cast.EXPORT)  # compiles the shelf
    with queries(shop) as few:
        beside(amir, question=cast.EXPORT)
    for number in range(12):
        cast.an_entry(shop, key=f"more-{number}", question=f"What about number {number}?")
    beside(amir, question=cast.EXPORT)
    with queries(shop) as many:
        beside(amir, question=cast.EXPORT)

    assert len(many) <= len(few) + 1


def test_a_lead_who_sees_unsaved_words_of_their_own_approves_nothing(shop, lena):
    price = cast.an_entry(shop, approved_by=None)
    with shop.db.writing() as session:
        author, at = cast.the(session, cast.AMIR), shop.clock.now()
        cast.entry_of(session, price).submit(session, by=author, at=at)
    entry = f"{LIBRARY}/entries/{price}"
    typed = {"kind": "faq", "entry": price, "question": "Can I pause?", "answer": "Lena's words."}
    beside(lena, revision=revision(lena, entry), **typed)

    refused = lena.post(f"{entry}/approval", revision=revision(lena, entry))

    assert refused.status_code == 409
    assert "not saved" in refused.text
    assert "data-needs-saved disabled" in lena.get(entry).text
    lena.post(f"{LIBRARY}/unsaved-removal", kind="faq", entry=price)
    assert "data-needs-saved disabled" not in lena.get(entry).text
    assert lena.post(f"{entry}/approval", revision=revision(lena, entry)).status_code == 303


def test_what_two_typed_is_compared_by_the_fields_that_the_form_has(shop, lena, amir):
    seen = revision(amir, EXPORT)
    typed = {"kind": "faq", "question": "How do I get my data?"}
    lena.post(EXPORT, revision=seen, **typed, answer="Lena's.")

    late = amir.post(EXPORT, revision=seen, **typed, answer="Amir's.")

    assert late.status_code == 409
    assert "Amir&#39;s." in late.text
    assert "<h3>Verdict" not in late.text and ">Verdict<" not in late.text


def test_a_duplicate_is_merged_from_the_warning_by_whoever_may(shop, lena, amir):
    key = cast.an_entry(shop, approved_by=None, question="How do I export my data?")
    typed = {"kind": "faq", "entry": key, "question": "How do I export my data?"}

    def warned(browser):
        data = {"csrf": browser.csrf, "answer": "Under Account.", **typed}
        return browser.client.post(CHECKING, data=data, headers={"x-fresh": "1"}).text

    assert 'data-merge-into="export-data"' in warned(lena)
    assert "merge the two" in warned(amir)
    assert "data-merge-into" not in warned(amir)
