"""The pages before and after day 0: what was "not quite", and which wordings saved follow-ups."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from assistant.ground.parts import Parts
from assistant.launch.launches import Mode
from assistant.reports import rehearsing
from tests import cast
from tests.assistant.test_learning_versions import ask, listed, new_wording, not_quite
from tests.cast import AMIR, EXPORT, LENA, NOOR, PRICE, PRIYA, UNKNOWN, UNKNOWN_TOO
from tests.web.staff import PAGE, Browser, a_browser, queries

TO_DO = "/launches/spring-pricing/library/to-do"
WORDINGS = "/launches/spring-pricing/library/wordings"


def words_of(page: str) -> str:
    """Return what a reader of the page reads, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_not_quite_is_looked_at_closed_and_opened_again_on_its_page(shop: Parts) -> None:
    not_quite(shop)
    amir = a_browser(shop, AMIR)
    (item,) = listed(shop)

    assert "How do I export my data?" in amir.get(TO_DO).text
    done = amir.post(f"{TO_DO}/{item.id}/look", done="phrasing", note="two more", revision=1)
    assert (done.status_code, done.headers["location"]) == (303, TO_DO)
    looked_at = words_of(amir.get(TO_DO, tab="looked-at").text)
    assert "A phrasing was added or taken out: two more" in looked_at

    (item,) = listed(shop)
    amir.post(f"{TO_DO}/{item.id}/closing", revision=item.revision)
    assert "two more" in amir.get(TO_DO, tab="closed").text
    (item,) = listed(shop)
    amir.post(f"{TO_DO}/{item.id}/undoing", revision=item.revision)
    assert "two more" in amir.get(TO_DO, tab="looked-at").text


def test_of_two_who_decide_at_once_the_second_is_shown_how_it_is(shop: Parts) -> None:
    not_quite(shop)
    amir, noor = a_browser(shop, AMIR), a_browser(shop, NOOR)
    (item,) = listed(shop)
    path = f"{TO_DO}/{item.id}/look"

    amir.post(path, done="phrasing", closing="true", revision=item.revision)
    late = noor.post(path, done="wrong-match", revision=item.revision)

    assert late.status_code == 409
    assert "Now: closed, with Amir Haddad." in words_of(late.text)
    (item,) = listed(shop)
    assert item.done == "phrasing"


@pytest.mark.parametrize(
    ("fields", "status"),
    [({}, 422), ({"done": "burnt"}, 422), ({"done": "phrasing", "revision": "x"}, 422)],
)
def test_what_cannot_be_done_is_refused(shop: Parts, fields: dict[str, str], status: int) -> None:
    not_quite(shop)
    (item,) = listed(shop)

    refused = a_browser(shop, AMIR).post(f"{TO_DO}/{item.id}/look", **fields)

    assert refused.status_code == status


def test_work_is_done_by_authors_and_the_lists_are_for_the_launchs_own_people(shop: Parts) -> None:
    not_quite(shop)
    (item,) = listed(shop)
    with shop.db.writing() as session:
        cast.a_person(session, launch=None)
    priya, bo = a_browser(shop, PRIYA), a_browser(shop, "bo@example.com")

    assert priya.get(TO_DO).status_code == 200
    assert priya.post(f"{TO_DO}/{item.id}/owner").status_code == 403
    for path in (TO_DO, WORDINGS):
        assert bo.get(path).status_code == 404
    assert bo.post(f"{TO_DO}/{item.id}/owner").status_code == 404
    assert a_browser(shop, LENA).post(f"{TO_DO}/{2**40}/owner").status_code == 404


def test_one_entrys_items_are_shown_alone(shop: Parts) -> None:
    not_quite(shop)
    lena = a_browser(shop, LENA)

    assert "Nothing to look at" in lena.get(TO_DO, entry="cancel-plan").text
    assert "“Not quite”: How do I export" in words_of(lena.get(TO_DO, entry="export-data").text)
    assert lena.get(TO_DO, entry="no-such-entry").status_code == 404


def test_the_entry_and_the_library_say_what_was_not_quite(shop: Parts) -> None:
    not_quite(shop)
    lena = a_browser(shop, LENA)

    entry = words_of(lena.get("/library/spring-pricing/entries/export-data").text)
    library = words_of(lena.get("/library").text)

    assert "“Not quite”: 1 to look at" in entry
    assert "1 time by the assistant" in entry
    assert "0 said so, 1 “not quite” (100 % of those who said anything" in entry
    assert "Not quite 1" in library


def read_wordings(browser: Browser) -> str:
    return words_of(browser.get(WORDINGS).text)


def test_wordings_say_what_they_saved_or_that_it_cannot_be_told_yet(shop: Parts) -> None:
    lena = a_browser(shop, LENA)
    assert "Nobody was told anything yet" in read_wordings(lena)
    people = [f"p{number}" for number in range(20)]
    ask(shop, people)
    cast.later(shop, hours=1)
    ask(shop, people[:10])
    assert "Nothing can be compared yet." in read_wordings(lena)

    new_wording(shop, "export-data")
    ask(shop, [f"q{number}" for number in range(20)])
    cast.later(shop, hours=80)

    read = read_wordings(a_browser(shop, LENA))
    assert "Fewer came back: 0 % of 20, against 50 % of 20 of version 1." in read.replace(
        "\xa0", " "
    )
    assert re.search(r"\+10 \(\+\d to \+1\d\)", read)


# The rehearsal before day 0.

REHEARSAL = "/launches/spring-pricing/rehearsal"


def rehearse(browser: Browser, questions: str = "", **fields: Any) -> Response:
    """Send the form; ``file`` is a name and bytes."""
    data = {"csrf": browser.csrf, "questions": questions}
    files = {"file": fields.pop("file")} if "file" in fields else {"file": ("", b"")}
    return browser.client.post(
        REHEARSAL, data={**data, **fields}, files=files, headers=PAGE, follow_redirects=False
    )


def result_of(browser: Browser, sent: Response) -> str:
    assert sent.status_code == 303, words_of(sent.text)
    return browser.get(sent.headers["location"]).text


def test_a_no_go_names_what_is_left_with_links_and_becomes_a_go(shop: Parts) -> None:
    lena = a_browser(shop, LENA)
    sent = rehearse(lena, f"{EXPORT}\n{UNKNOWN}\n{UNKNOWN_TOO}")

    no_go = result_of(lena, sent)
    assert "No-go. 1 rule stops it." in words_of(no_go)
    assert "33\xa0% of 3 questions" in no_go or "33% of 3 questions" in no_go
    assert 'href="/library?launch=spring-pricing"' in no_go
    assert "question=Do%20penguins%20have%20knees%3F" in no_go

    cast.an_entry(shop, question=UNKNOWN, phrasings=[UNKNOWN_TOO, "knees of birds", "bird legs"])
    again = lena.post(f"{sent.headers['location']}/again")
    go = words_of(result_of(lena, again))
    assert "Go. No rule stops it." in go
    assert "2 questions better" in go
    assert "Kept now: At least 70% of the questions are answered or recognised." in go
    runs = words_of(lena.get(REHEARSAL).text)
    assert runs.index(" Go ") < runs.index(" Was no-go ")


def test_a_table_is_uploaded_and_judged_by_what_was_expected(shop: Parts) -> None:
    lena = a_browser(shop, LENA)
    table = f"sep=;\r\nquestion;expected\r\n{EXPORT};export-data\r\n{PRICE};export-data\r\n"

    page = words_of(result_of(lena, rehearse(lena, file=("feared.csv", table.encode("utf-8-sig")))))

    assert "No-go. 1 rule stops it." in page
    assert f"“{PRICE}” would be answered by “{PRICE}”, not by “{EXPORT}”." in page
    assert "Wrong answer" in page


def test_what_cannot_be_read_is_said_and_stays_in_the_form(shop: Parts) -> None:
    lena = a_browser(shop, LENA)

    unclear = rehearse(lena, file=("feared.csv", b"Id,Words\n1,Why so dear?\n"))
    unknown = rehearse(lena, "question,expected\nWhy?,nosuch")
    empty = rehearse(lena)
    no_text = rehearse(lena, file=("feared.xlsx", b"PK\x03\x04"))

    assert [each.status_code for each in (unclear, unknown, empty, no_text)] == [422] * 4
    assert "Which column holds the questions?" in unclear.text
    assert "Why so dear?" in unclear.text
    assert '<option value="Words">' in unclear.text
    assert "Line 2 expects “nosuch”, which is no entry." in unknown.text
    assert "There is no question in it." in empty.text
    assert "This is a workbook" in no_text.text
    chosen = rehearse(lena, "Id,Words\n1,Why so dear?\n", column="Words")
    assert "Why so dear?" in result_of(lena, chosen)


def test_one_line_too_long_is_left_out_named_and_kept_to_be_put_right(shop: Parts) -> None:
    lena = a_browser(shop, LENA)
    long = "My very long story " * 600
    pasted = f"{EXPORT}\n{long}\n<b>{UNKNOWN}"

    sent = rehearse(lena, pasted)
    page = result_of(lena, sent)
    form = lena.get(re.findall(r'href="([^"]*mend=[^"#]*)', page)[0]).text

    read = words_of(page)
    assert "2 questions," in read
    assert "1 line was left out." in read
    assert "Line 2 is longer than 4,000 characters: “ My very long story My very" in read
    assert "No-go." in read
    assert "Lines left out are not among them: 1." in read
    assert long.strip() in form
    assert "&lt;b&gt;" in form
    assert "1 line was left out." in words_of(form)

    again = words_of(result_of(lena, lena.post(f"{sent.headers['location']}/again")))
    assert "1 line was left out." in again
    mended = words_of(result_of(lena, rehearse(lena, f"{EXPORT}\n{PRICE}")))
    assert "left out" not in mended
    assert "Go. No rule stops it." in mended


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (lambda shop: cast.retire(shop, "export-data"), "The library changed since."),
        (
            lambda shop: cast.in_mode(shop, Mode.SUGGEST),
            "How the launch answers was changed since.",
        ),
    ],
)
def test_a_go_of_how_things_were_looks_old_and_one_button_makes_it_new(
    shop: Parts, changed: Callable[[Parts], object], why: str
) -> None:
    lena = a_browser(shop, LENA)
    there = rehearse(lena, PRICE).headers["location"]
    fresh = words_of(lena.get(there).text)
    assert "Go. No rule stops it." in fresh
    assert "Out of date" not in fresh

    changed(shop)

    old = words_of(lena.get(there).text)
    assert f"Out of date. {why} It was a go then" in old
    assert "Go. No rule stops it." not in old
    runs = words_of(lena.get(REHEARSAL).text)
    assert "Was go" in runs
    assert "Out of date" in runs
    again = lena.post(f"{there}/again")
    assert "Out of date" not in result_of(lena, again)


def test_with_drafts_a_go_is_old_once_a_draft_is_otherwise(shop: Parts) -> None:
    lena = a_browser(shop, LENA)
    without = rehearse(lena, PRICE).headers["location"]
    included = rehearse(lena, PRICE, drafts="true").headers["location"]

    cast.an_entry(shop, approved_by=None)

    assert "The drafts it was rehearsed with changed since." in lena.get(included).text
    assert "Out of date" not in lena.get(without).text


def test_an_answer_that_ended_since_makes_a_go_old(shop: Parts) -> None:
    cast.an_entry(shop, valid_until=cast.NOW + timedelta(hours=2))
    lena = a_browser(shop, LENA)
    there = rehearse(lena, PRICE).headers["location"]
    assert "Out of date" not in lena.get(there).text

    cast.later(shop, hours=3)

    assert "An answer began or ended since." in lena.get(there).text


def test_ten_thousand_lines_in_another_script_are_taken_as_far_as_they_can_be(shop: Parts) -> None:
    line = "為什麼價格變了？我的方案以前便宜得多，現在每個月都要多付，這是正常的嗎？請告訴我"
    pasted = "\n".join(f"{line}{number}" for number in range(10_000))
    assert len(pasted.encode()) > 1_200_000  # more than a field of other forms may hold

    lena = a_browser(shop, LENA)
    page = words_of(result_of(lena, rehearse(lena, pasted)))

    assert "2,000 questions," in page
    assert "8,000 lines were left out." in page
    assert "And 7,800 more." in page


def test_what_was_given_to_another_launchs_rehearsal_is_not_shown(shop: Parts) -> None:
    lena = a_browser(shop, LENA)

    assert lena.get(REHEARSAL, mend="77").status_code == 404
    assert lena.get(REHEARSAL, mend=str(2**40)).status_code == 200  # rubbish is left out


def test_a_long_list_runs_behind_the_page_and_then_shows_its_result(shop: Parts) -> None:
    lena = a_browser(shop, LENA)
    sent = rehearse(lena, "\n".join(f"question number {each}?" for each in range(41)))

    waiting = result_of(lena, sent)
    again_too_soon = lena.post(f"{sent.headers['location']}/again")
    rehearsing.run_due(shop)
    over = result_of(lena, sent)

    assert "0 of 41 questions rehearsed" in words_of(waiting)
    assert "data-running" in waiting
    assert again_too_soon.status_code == 409
    assert "data-running" not in over
    assert "No-go." in words_of(over)


def test_hostile_questions_are_shown_as_they_are_and_do_nothing(shop: Parts) -> None:
    lena = a_browser(shop, LENA)

    page = result_of(lena, rehearse(lena, "<script>alert(1)</script>?\n=cmd|' /C calc'!A0\n🧨"))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;?" in page
    assert "<script>alert" not in page


def test_with_drafts_the_verdict_says_that_they_are_not_approved(shop: Parts) -> None:
    cast.an_entry(shop, approved_by=None)
    lena = a_browser(shop, LENA)

    page = words_of(result_of(lena, rehearse(lena, "Can I pause my plan?", drafts="true")))

    assert "as if the drafts were approved" in page
    assert "“Can I pause my plan?” is not approved yet." in page
    assert "No-go." in page


def test_rehearsals_are_the_launchs_own_and_started_by_who_writes(shop: Parts) -> None:
    lena = a_browser(shop, LENA)
    there = rehearse(lena, EXPORT).headers["location"]
    with shop.db.writing() as session:
        cast.a_person(session, launch=None)
    priya, bo = a_browser(shop, PRIYA), a_browser(shop, "bo@example.com")

    assert priya.get(there).status_code == 200
    assert rehearse(priya, EXPORT).status_code == 403
    assert bo.get(there).status_code == 404
    assert bo.get(REHEARSAL).status_code == 404
    assert rehearse(bo, EXPORT).status_code == 404
    assert lena.get(f"{REHEARSAL}/{2**40}").status_code == 404
    assert lena.get(f"{REHEARSAL}/0").status_code == 404


def test_the_page_asks_the_database_no_more_for_more_questions(shop: Parts) -> None:
    lena = a_browser(shop, LENA)
    few = rehearse(lena, EXPORT).headers["location"]
    many = rehearse(lena, "\n".join([EXPORT, PRICE, *"abcdefghijkl"])).headers["location"]

    counts = []
    for path in (few, many):
        with queries(shop) as sent:
            lena.get(path)
        counts.append(len(sent))

    assert counts[1] <= counts[0] + 3  # the second has one before it to be compared with
