"""R9, R18, R55, R61: the page of the end says what is missing, and one signature ends it."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from assistant.ground.parts import Parts
from assistant.library import afterwards, entries
from assistant.reports import exits
from tests.assistant.test_exits import calm_days, hand_over
from tests.cast import AMIR, INES, LENA, PRIYA, a_draft, launch_of, the
from tests.web.staff import Browser, a_browser, queries


def exit_of(parts: Parts) -> str:
    with parts.db.reading() as session:
        return f"/launches/{launch_of(session).key}/exit"


def revision_on(page: str) -> str:
    (found, *_) = re.findall(r'name="revision" value="(\d+)"', page)
    return found


def phase(parts: Parts) -> str:
    with parts.db.reading() as session:
        return launch_of(session).phase


def sign(browser: Browser, at: str, revision: str, **more: str):
    return browser.post(f"{at}/signature", revision=revision, **more)


def test_everybody_reads_what_is_missing_and_where_to_work_on_it(shop: Parts) -> None:
    calm_days(shop, 3)
    page = a_browser(shop, AMIR).get(exit_of(shop)).text
    assert "It may not end yet" in page
    assert "3 of 5 days hold." in page
    assert "/cockpit#criteria" in page
    assert 'name="override"' not in page
    assert "Confirm<" not in page


def test_the_change_manager_confirms_and_takes_back_with_a_note(shop: Parts) -> None:
    ines, at = a_browser(shop, INES), exit_of(shop)
    assert ines.post(f"{at}/handover/team", note="Desk B has it").status_code == 303
    assert "“Desk B has it”" in ines.get(at).text
    ines.post(f"{at}/handover/team", taken_back="true")
    assert "Desk B has it" not in ines.get(at).text
    assert ines.post(f"{at}/handover/cake").status_code == 409
    assert a_browser(shop, AMIR).post(f"{at}/handover/team").status_code == 403


def test_a_lead_decides_many_temporary_answers_at_once(shop: Parts) -> None:
    with shop.db.reading() as session:
        launch = launch_of(session)
        ids = [v.entry_id for v in afterwards.temporary(session, launch.id, at=shop.clock.now())]
    assert len(ids) == 2
    lena, at = a_browser(shop, LENA), exit_of(shop)
    sent = lena.post(f"{at}/answers", becomes="article", note="For the manual", entries=[*ids, 999])
    assert sent.status_code == 303
    with shop.db.reading() as session:
        said = afterwards.decided(session, launch_of(session).id)
        assert {each.becomes for each in said.values()} == {"article"}
        assert len(said) == 2
    assert "Part of a help article" in lena.get(at).text
    assert lena.post(f"{at}/answers", becomes="cake", entries=ids).status_code == 422
    lena.post(f"{at}/answers", becomes="retired", undecided="true")
    with shop.db.reading() as session:  # nothing was undecided any more
        said = afterwards.decided(session, launch_of(session).id)
        assert {each.becomes for each in said.values()} == {"article"}
    assert a_browser(shop, AMIR).post(f"{at}/answers", becomes="retired").status_code == 403


def many_answers(parts: Parts, count: int) -> None:
    """Approve ``count`` temporary answers, in turn under the launch's scenario and under none."""
    at = parts.clock.now()
    with parts.db.writing() as session:
        lena, launch = the(session, LENA), launch_of(session)
        for number in range(count):
            draft = a_draft(
                question=f"Why is bill {number} higher?", verdict="expected", why_now="The price.",
                what_to_do="Nothing.", next_update="1 December", answer="",
            )  # fmt: skip
            entry = entries.create(
                session, launch, key=f"bill-{number}", kind="response", draft=draft, by=None, at=at,
                scenario=launch.scenarios[0] if number % 2 else None,
            )  # fmt: skip
            entry.approve_as_imported(session, by=lena, at=at)


def chosen_on(page: str) -> list[str]:
    return re.findall(r'name="entries" value="(\d+)"', page)


def undecided(parts: Parts) -> int:
    with parts.db.reading() as session:
        return len(afterwards.undecided(session, launch_of(session).id, at=parts.clock.now()))


def test_three_hundred_temporary_answers_are_decided_a_page_and_a_group_at_a_time(
    shop: Parts,
) -> None:
    many_answers(shop, 298)
    lena, at = a_browser(shop, LENA), exit_of(shop)
    with queries(shop) as sent:
        first = lena.get(at).text
    third = lena.get(at, page="3").text

    assert len(chosen_on(first)) == len(chosen_on(third)) == 50
    assert set(chosen_on(first)).isdisjoint(chosen_on(third))
    assert "1–50 of 300 answers" in first
    assert "101–150 of 300 answers" in third
    assert len(sent) < 80
    found = lena.get(at, q="bill 29").text
    assert len(chosen_on(found)) == 9  # 29 and 290 to 297

    where = {"answers": "undecided", "page": "3"}
    back = lena.post(f"{at}/answers", becomes="retired", entries=chosen_on(third), **where)
    assert back.headers["location"] == f"{at}?answers=undecided&page=3#answers"
    assert undecided(shop) == 250
    lena.post(f"{at}/answers", becomes="article", groups="0")
    left = lena.get(at).text
    assert 'name="groups" value="0"' not in left
    assert 0 < undecided(shop) < 250
    left = undecided(shop)
    page = lena.get(f"{at}?q=nothing-like-it").text
    assert 'name="undecided"' not in page
    assert 'name="groups"' not in page
    lena.post(f"{at}/answers", becomes="retired", undecided="true", groups=["0"], q="nothing")
    assert undecided(shop) == left  # a search hid them: none was meant
    lena.post(f"{at}/answers", becomes="retired", undecided="true")
    assert undecided(shop) == 0
    assert "1–50 of 300 answers" in lena.get(at).text  # what was decided can be decided anew


def test_a_page_of_answers_that_is_not_there_is_the_last_one_and_rubbish_is_none(
    shop: Parts,
) -> None:
    lena, at = a_browser(shop, LENA), exit_of(shop)

    for asked in ({"page": "9"}, {"page": "x"}, {"answers": "<b>"}, {"page": "-1"}):
        assert len(chosen_on(lena.get(at, **asked).text)) == 2
    assert "None of these holds “&lt;b&gt;”" in lena.get(at, q="<b>").text


def test_of_two_who_sign_at_once_one_wins_and_the_other_reads_how_it_is(shop: Parts) -> None:
    calm_days(shop, 6)
    hand_over(shop)
    priya, at = a_browser(shop, PRIYA), exit_of(shop)
    page = priya.get(at).text
    assert "It may end." in page
    seen = revision_on(page)
    assert sign(priya, at, seen).status_code == 303
    late = sign(a_browser(shop, PRIYA), at, seen)
    assert late.status_code == 409
    assert "was ended meanwhile: Priya" in late.text
    assert "watched until" in priya.get(at).text
    assert phase(shop) == "closed"


def test_of_two_clicks_in_the_same_instant_one_signs(shop: Parts) -> None:
    calm_days(shop, 6)
    hand_over(shop)
    priyas, at = [a_browser(shop, PRIYA) for _ in range(2)], exit_of(shop)
    seen, together = revision_on(priyas[0].get(at).text), Barrier(2)

    def click(priya: Browser) -> int:
        together.wait()
        return sign(priya, at, seen).status_code

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(click, priyas)) == [303, 409]
    with shop.db.reading() as session:
        assert len(exits.signatures(session, launch_of(session).id)) == 1


def test_a_shut_gate_is_passed_with_a_reason_that_everybody_can_read(shop: Parts) -> None:
    calm_days(shop, 2)
    priya, at = a_browser(shop, PRIYA), exit_of(shop)
    page = priya.get(at).text
    assert "End it all the same" in page
    refused = sign(priya, at, revision_on(page), override="  ")
    assert refused.status_code == 422
    assert "It was not signed." in refused.text
    assert 'id="override-problem"' in refused.text
    assert "2 of 5 days hold." in refused.text
    assert "_per_day:" not in refused.text
    assert phase(shop) == "active"
    assert sign(priya, at, revision_on(page), override="The contract ends.").status_code == 303
    assert "“The contract ends.”" in a_browser(shop, AMIR).get(at).text


def test_a_sponsor_who_does_not_sign_yet_says_why_and_the_leads_hear_it(shop: Parts) -> None:
    priya, lena, at = a_browser(shop, PRIYA), a_browser(shop, LENA), exit_of(shop)
    why = "Renewals of <b>March</b> are still to come."

    assert priya.post(f"{at}/refusal", because=why).status_code == 303
    blank = priya.post(f"{at}/refusal", because="  ")
    assert blank.status_code == 409
    assert 'id="not-yet-problem"' in blank.text
    assert "Nothing was said. Say what is missing for you." in blank.text
    assert ">  </textarea>" in blank.text
    assert lena.post(f"{at}/refusal", because=why).status_code == 403

    assert "Renewals of &lt;b&gt;March&lt;/b&gt; are still to come." in lena.get(at).text
    assert "Priya Nair does not sign the end of Spring pricing yet" in lena.get("/notices").text
    assert phase(shop) == "active"


def test_a_lead_begins_again_and_nobody_signs_but_a_sponsor(shop: Parts) -> None:
    calm_days(shop, 6)
    hand_over(shop)
    priya, lena, at = a_browser(shop, PRIYA), a_browser(shop, LENA), exit_of(shop)
    seen = revision_on(priya.get(at).text)
    assert sign(lena, at, seen).status_code == 403
    sign(priya, at, seen)
    page = lena.get(at).text
    assert "Begin again" in page
    blank = lena.post(f"{at}/return", revision=revision_on(page), because=" \t")
    assert blank.status_code == 409
    assert 'id="because-problem"' in blank.text
    assert "A return needs a reason. Say what came back." in blank.text
    assert "> \t</textarea>" in blank.text
    back = lena.post(f"{at}/return", revision=revision_on(page), because="Billing again")
    assert back.status_code == 303
    assert phase(shop) == "active"
