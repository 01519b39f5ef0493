"""Causes and repeats as people work on them: pages, forms, and being second."""

import re
from typing import Any

import pytest

from assistant.desk import causes, sorting
from assistant.desk.causes import Cause
from assistant.desk.repeats import RepeatGroup
from assistant.desk.sorting import Seen
from assistant.ground.parts import Parts
from tests import cast
from tests.cast import AMIR, LENA, NOW, PRIYA
from tests.crowd import SHELLS, SUBMARINES, ask, group_behind, said
from tests.web.staff import Browser, a_browser, queries

HOSTILE = '<script>alert(1)</script> & "quotes" \u202e مرحبا'


@pytest.fixture
def groups(shop: Parts) -> tuple[int, int]:
    """The groups of those who ask about shells and about submarines."""
    shells, submarines = ask(shop, *SHELLS), ask(shop, *SUBMARINES)
    return group_behind(shop, shells[0]), group_behind(shop, submarines[0])


def a_cause(parts: Parts, group_id: int | None = None, title: str = "Shells are refused") -> int:
    with parts.db.writing() as session:
        lena, launch_id = cast.the(session, LENA), cast.launch_of(session).id
        cause = causes.detect(session, launch_id, title=title, by=lena, at=NOW)
        if group_id is not None:
            sorting.link(session, Seen(group_id), cause, by=lena, at=NOW)
        return cause.id


def version_on(browser: Browser, path: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', browser.get(path).text)
    assert found
    return found[1]


def heading(response: Any) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", response.text, re.DOTALL)
    assert found
    return found[1]


def stored(parts: Parts, noun: type, key: int) -> Any:
    with parts.db.reading() as session:
        return session.get_one(noun, key)


PAGES = ("/causes", "/causes/1", "/causes/training", "/causes/fixes", "/repeats", "/repeats/1")


@pytest.mark.parametrize("path", [*PAGES, "/causes/training.csv", "/causes/fixes.csv"])
def test_those_who_work_at_the_desk_see_it_and_nobody_else(
    shop: Parts, groups: tuple[int, int], path: str
) -> None:
    a_cause(shop, groups[0])

    assert a_browser(shop, AMIR).get(path).status_code == 200
    assert a_browser(shop, PRIYA).get(path).status_code == 403
    assert a_browser(shop).get(path).url.path == "/sign-in"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_takes_as_many_queries_for_many_as_for_few(shop: Parts, path: str) -> None:
    first = ask(shop, *SHELLS)
    a_cause(shop, group_behind(shop, first[0]))
    browser = a_browser(shop, LENA)
    browser.get(path)
    with queries(shop) as few:
        browser.get(path)
    ask(shop, *SUBMARINES, *(f"{SHELLS[0]} number {n}" for n in range(4)))
    for number in range(5):
        (lone,) = ask(shop, f"Will zebra{number} crossings be painted anew {number} times?")
        a_cause(shop, group_behind(shop, lone), title=f"Zebra {number}")
    with queries(shop) as many:
        browser.get(path)

    assert len(many) <= len(few) + 2  # a part of the page that was empty before
    assert len(many) <= 45


def test_chosen_groups_are_merged_and_the_merge_is_undone(
    shop: Parts, groups: tuple[int, int]
) -> None:
    browser = a_browser(shop, AMIR)
    marks = re.findall(r'name="groups" value="(\d+:\d+)" aria', browser.get("/repeats").text)
    assert [int(mark.partition(":")[0]) for mark in marks] == list(groups)

    answer = browser.post("/repeats/merging", groups=marks)

    assert answer.headers["location"] == f"/repeats/{groups[0]}"
    page = browser.get(f"/repeats/{groups[0]}").text
    assert "Took in “Do you deliver by submarine to the sea bed?”, 2 questions, by Amir" in page
    gone = browser.client.get(f"/repeats/{groups[1]}", follow_redirects=False)
    assert gone.headers["location"] == f"/repeats/{groups[0]}"
    browser.post("/repeats/unmerging", taken=groups[1])
    assert stored(shop, RepeatGroup, groups[1]).size == 2


def test_whoever_merges_second_gets_a_409_that_says_how_it_is_now(
    shop: Parts, groups: tuple[int, int]
) -> None:
    amir, lena = a_browser(shop, AMIR), a_browser(shop, LENA)
    marks = [f"{group}:0" for group in groups]
    lena.post("/repeats/merging", groups=marks)

    answer = amir.post("/repeats/merging", groups=marks)

    assert answer.status_code == 409
    assert "Lena Ortiz" in answer.text
    assert "To the repeats" in answer.text


def test_questions_are_taken_out_moved_renamed_confirmed_and_put_aside(
    shop: Parts, groups: tuple[int, int]
) -> None:
    browser = a_browser(shop, AMIR)
    shells, submarines = groups
    one, two, _ = said(shop, *SHELLS)

    moved = browser.post(
        "/repeats/split", group=f"{shells}:0", questions=[one], into=f"{submarines}:0"
    )
    assert moved.headers["location"] == f"/repeats/{submarines}"
    assert group_behind(shop, one) == submarines
    new = browser.post("/repeats/split", group=f"{shells}:1", questions=[two], name=HOSTILE)
    assert "<script>alert" not in browser.get(new.headers["location"]).text
    browser.post("/repeats/name", group=f"{shells}:2", question="May I pay in shells?")
    browser.post("/repeats/confirmation", group=f"{shells}:3")
    browser.post("/repeats/dismissal", group=f"{shells}:4")
    group = stored(shop, RepeatGroup, shells)
    assert (group.question, group.is_handled) == ("May I pay in shells?", True)
    assert group.is_dismissed
    assert "May I pay in shells?" in browser.get("/repeats", tab="dismissed").text


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/repeats/merging", {}, 409),
        ("/repeats/merging", {"groups": ["1:0"]}, 409),
        ("/repeats/merging", {"groups": ["x"]}, 422),
        ("/repeats/merging", {"groups": ["999999:0", "1:0"]}, 404),
        ("/repeats/confirmation", {"group": "999999999:0"}, 404),
        ("/repeats/confirmation", {"group": "1:-1"}, 422),
        ("/repeats/split", {"group": "1:0"}, 409),
        ("/repeats/split", {"group": "1:0", "questions": ["-4"]}, 422),
        ("/repeats/unmerging", {"taken": 1}, 409),
        ("/repeats/unmerging", {"taken": 2**31}, 422),
        ("/repeats/name", {"group": "1:0", "question": "  "}, 409),
        ("/repeats/cause", {"group": "1:0", "cause": "999"}, 404),
        ("/causes", {"launch": "spring-pricing", "title": " "}, 409),
        ("/causes", {"launch": "elsewhere", "title": "x"}, 404),
        ("/causes/1/decision", {"version": 1, "decision": "maybe"}, 422),
        ("/causes/1/decision", {"version": 1, "decision": "expected", "words": "x"}, 409),
        ("/causes/1/links", {"version": 1, "url": "javascript:alert(1)"}, 409),
        ("/causes/1/owner", {"version": 1, "person": "priya@example.com"}, 404),
        ("/causes/1/description", {"version": 1, "title": "x", "scenario": "none-such"}, 404),
        ("/causes/1/fixing", {"version": 99}, 409),
        ("/causes/4000000000/fixing", {"version": 1}, 404),
        ("/desk/cause", {"numbers": ["HC-1001"], "cause": "99999999999"}, 404),
        ("/desk/cause", {"numbers": ["HC-9999"], "cause": "1"}, 404),
        ("/desk/cause", {"cause": "1"}, 422),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    shop: Parts, groups: tuple[int, int], path: str, fields: dict[str, Any], status: int
) -> None:
    a_cause(shop)

    answer = a_browser(shop, LENA).post(path, **fields)

    assert answer.status_code == status
    assert heading(answer)


def test_somebody_of_another_launch_finds_nothing_of_it(
    shop: Parts, groups: tuple[int, int]
) -> None:
    cause = a_cause(shop, groups[0])
    with shop.db.writing() as session:
        cast.a_person(session, email="bo@example.com", launch=None)
    bo = a_browser(shop, "bo@example.com")

    for path in (f"/causes/{cause}", f"/repeats/{groups[0]}", "/causes?launch=spring-pricing"):
        assert bo.get(path).status_code == 404
    assert bo.post("/repeats/confirmation", group=f"{groups[0]}:0").status_code == 404
    assert bo.post(f"/causes/{cause}/fixing", version=1).status_code == 404
    assert bo.post("/desk/cause", numbers=["HC-1001"], cause=cause).status_code == 404


def test_a_cause_is_led_from_the_ticket_to_the_fix(shop: Parts, groups: tuple[int, int]) -> None:
    lena = a_browser(shop, LENA)

    made = lena.post("/desk/cause", numbers=["HC-1001"], title="Shells are refused")
    path = made.headers["location"]
    assert "Shells are refused" in lena.get("/desk/tickets/HC-1001").text
    for step, fields in (
        ("owner", {"person": AMIR}),
        ("decision", {"decision": "not-expected", "kind": "bug", "words": "The till is strict."}),
        ("fixing", {}),
        ("links", {"url": "https://jira.example/browse/SHOP-7", "title": "SHOP-7"}),
        ("fixes", {"what": "Till takes shells", "quick": "yes", "fixed": "yes"}),
    ):
        version = version_on(lena, path)
        assert lena.post(f"{path}/{step}", version=version, **fields).status_code == 303

    page = lena.get(path).text
    for words in ("Fixed", "Till takes shells", "Quick fix", "jira.example", "Amir Haddad"):
        assert words in page
    assert "Till takes shells" in lena.get("/causes/fixes").text
    assert "Till takes shells" in lena.get("/causes/fixes.csv").text
    back = lena.post(f"{path}/return", version=version_on(lena, path), to="fixing", reason="Again.")
    assert back.status_code == 303
    assert "Back from fixed to being fixed: Again." in lena.get(path).text


def test_whoever_decides_second_gets_a_409_that_says_how_it_is_now(shop: Parts) -> None:
    cause, words = a_cause(shop), {"decision": "expected", "kind": "bug", "words": "So it is."}
    lena, noor = a_browser(shop, LENA), a_browser(shop, cast.NOOR)
    version = version_on(lena, f"/causes/{cause}")
    lena.post(f"/causes/{cause}/decision", version=version, **words)

    answer = noor.post(f"/causes/{cause}/decision", version=version, **words)

    assert answer.status_code == 409
    assert "Now: decided, with nobody yet." in answer.text
    assert "So it is." in answer.text  # what was typed is not lost


def test_several_tickets_are_linked_at_once_or_none_is(
    shop: Parts, groups: tuple[int, int]
) -> None:
    cause, lena = a_cause(shop), a_browser(shop, LENA)

    failed = lena.post("/desk/cause", numbers=["HC-1001", "HC-4711"], cause=cause)
    assert failed.status_code == 404
    assert "HC-1001" not in lena.get(f"/causes/{cause}").text
    done = lena.post("/desk/cause", numbers=["HC-1001", "HC-1002", "HC-1001"], cause=cause)

    assert done.headers["location"] == f"/causes/{cause}"
    page = lena.get(f"/causes/{cause}").text
    assert "HC-1001" in page
    assert "HC-1002" in page
    lena.post(f"/causes/{cause}/tickets/removal", number="HC-1001")
    assert "Shells are refused" not in lena.get("/desk/tickets/HC-1001").text.split("<option")[0]


def test_what_customers_and_people_write_is_shown_as_text(shop: Parts) -> None:
    (asked,) = ask(shop, HOSTILE)
    cause = a_cause(shop, group_behind(shop, asked), title=HOSTILE)
    lena = a_browser(shop, LENA)

    for path in (f"/causes/{cause}", "/causes", f"/repeats/{group_behind(shop, asked)}"):
        page = lena.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_a_proposal_is_confirmed_or_dismissed_on_the_page(shop: Parts) -> None:
    one, other = ask(
        shop,
        "Dragon parcel shows error E4711 at the till",
        "Dragon parcel shows error E9911 at the till",
    )
    lena = a_browser(shop, LENA)
    page = lena.get("/repeats").text
    assert "May be one question" in page
    assert "They name different codes" in page

    fields = {"one": group_behind(shop, one), "other": group_behind(shop, other)}
    lena.post("/repeats/proposals", launch=cast.LAUNCH, about="merge", **fields)

    assert "May be one question" not in lena.get("/repeats").text
    assert stored(shop, Cause, a_cause(shop)).state == "detected"
