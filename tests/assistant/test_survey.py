"""Feedback from everywhere: surveys by link, notes, kinds people correct, causes, what was done."""

import pytest
from sqlalchemy import func, select

from assistant.desk import causes, surveys
from assistant.desk.feedback import Category, Feedback, Source
from assistant.desk.surveys import Moment, Survey
from assistant.ground.errors import NotFound, NotPermitted, Refused
from assistant.ground.parts import Parts
from tests import cast
from tests.web.staff import PAGE, a_browser

DESK = f"/launches/{cast.LAUNCH}/feedback"
ANSWERS = f"/launches/{cast.LAUNCH}/said-and-did"


def test_a_customer_answers_by_link_and_answering_again_replaces(shop: Parts):
    address = _link(shop)
    client = a_browser(shop).client

    assert "How is it going?" in client.get(address).text
    assert _answer(client, address, 2, "Too slow on my phone").status_code == 303
    assert _answer(client, address, 5, "Great now, thank you").status_code == 303
    page = client.get(f"{address}?thanks=1").text
    assert "Great now, thank you" in page
    assert "Your answer is kept" in page
    with shop.db.reading() as session:
        (said,) = session.scalars(select(Feedback)).all()
        assert (said.source, said.category, said.user) == (
            Source.SURVEY,
            Category.POSITIVE,
            "Mara Lind",
        )
        assert surveys.scores(session, cast.launch_of(session).id)[Moment.DURING] == [5]


def test_a_kind_that_a_person_corrected_survives_another_answer(shop: Parts):
    address, client = _link(shop), a_browser(shop).client
    _answer(client, address, 5, "Fine")
    amir = a_browser(shop, cast.AMIR)
    said = _only_feedback(shop)

    amir.post(f"{DESK}/{said}/category", category="suggestion")
    _answer(client, address, 1, "Broken")

    with shop.db.reading() as session:
        assert session.get_one(Feedback, said).category == Category.SUGGESTION
    assert "Amir Haddad said so" in amir.get(DESK).text


@pytest.mark.parametrize("fields", [{}, {"score": 0}, {"score": 6}, {"score": "x"}])
def test_what_is_no_score_keeps_nothing(shop: Parts, fields):
    address, client = _link(shop), a_browser(shop).client

    answer = client.post(address, data=fields, headers={"origin": "http://testserver"})

    assert answer.status_code == 422
    with shop.db.reading() as session:
        assert session.scalar(select(func.count(Feedback.id))) == 0


def test_a_link_that_ended_or_was_made_anew_opens_nothing(shop: Parts):
    old = _link(shop)
    new = _link(shop)
    client = a_browser(shop).client

    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)
    assert client.post(new, data={"score": 5}).status_code == 403  # from no page of ours
    cast.later(shop, days=61)
    assert client.get(new).status_code == 404
    with shop.db.reading() as session:
        assert session.scalar(select(func.count(Survey.id))) == 1


def test_agents_ask_nobody_and_nobody_is_asked_without_a_name(shop: Parts):
    with shop.db.writing() as session:
        launch, at = cast.launch_of(session), cast.NOW
        amir, lena = cast.the(session, cast.AMIR), cast.the(session, cast.LENA)
        with pytest.raises(NotPermitted):
            surveys.make(session, launch, ["Mara"], Moment.AFTER, by=amir, at=at)
        with pytest.raises(Refused):
            surveys.make(session, launch, [" ", ""], Moment.AFTER, by=lena, at=at)
        with pytest.raises(NotFound):
            surveys.opened(session, "nothing-like-it", at=at)


def test_what_was_said_in_an_interview_is_noted_and_leads_to_its_cause_and_back(shop: Parts):
    amir = a_browser(shop, cast.AMIR)
    amir.post(DESK, source="interview", who="Jon", text="I could not find <the button>.")
    said, cause = _only_feedback(shop), _a_cause(shop)

    assert amir.post(f"{DESK}/{said}/cause", cause=cause).status_code == 303

    page = amir.get(DESK).text
    assert f'href="/causes/{cause}"' in page
    assert "I could not find &lt;the button&gt;." in page
    assert f"{DESK}#said-{said}" in amir.get(f"/causes/{cause}").text
    assert amir.post(f"{DESK}/{said}/cause", cause=9_999).status_code == 404
    assert amir.post(DESK, source="widget", who="Jon", text="Hm").status_code == 409
    assert amir.post(DESK, source="forum", who="", text="Hm").status_code == 409


def test_you_said_we_did_is_public_only_when_a_lead_says_so(shop: Parts):
    amir, lena, anyone = a_browser(shop, cast.AMIR), a_browser(shop, cast.LENA), a_browser(shop)
    public = f"/updates/{cast.LAUNCH}"
    words = {"said": "The <total> was hidden", "did": "It stands on top now", "told_to": "Jon"}

    assert amir.post(ANSWERS, **words).status_code == 303
    assert amir.post(ANSWERS, said="Only half").status_code == 409
    assert "It stands on top now" not in anyone.get(public).text
    assert amir.post(f"{ANSWERS}/1/publication", public="yes").status_code == 403
    assert lena.post(f"{ANSWERS}/1/publication", public="yes").status_code == 303
    page = anyone.get(public).text
    assert "The &lt;total&gt; was hidden" in page
    assert "Jon" not in page
    assert lena.post(f"{ANSWERS}/1/publication", public="yes").status_code == 409
    lena.post(f"{ANSWERS}/1/publication", public="no")
    assert "It stands on top now" not in anyone.get(public).text


def test_feedback_of_other_systems_works_as_it_stands(shop: Parts):
    body = {"userId": "12345", "feedback": "Great!", "timestamp": "2023-10-01T12:34:56Z"}

    answer = a_browser(shop).client.post("/feedback", json=body)

    assert (answer.status_code, answer.json()["category"]) == (201, "positive experience")
    assert "Great!" in a_browser(shop, cast.LENA).get(DESK).text


def _link(shop: Parts) -> str:
    with shop.db.writing() as session:
        launch, lena = cast.launch_of(session), cast.the(session, cast.LENA)
        made = surveys.make(session, launch, ["Mara Lind"], Moment.DURING, by=lena, at=cast.NOW)
    return f"/survey/{made['Mara Lind']}"


def _answer(client, address: str, score: int, words: str):
    headers = {**PAGE, "origin": "http://testserver"}
    data = {"score": score, "words": words}
    return client.post(address, data=data, headers=headers, follow_redirects=False)


def _only_feedback(shop: Parts) -> int:
    with shop.db.reading() as session:
        return session.scalars(select(Feedback.id)).one()


def _a_cause(shop: Parts) -> int:
    with shop.db.writing() as session:
        return causes.detect(
            session,
            cast.launch_of(session).id,
            title="The button hides",
            kind=None,
            by=cast.the(session, cast.LENA),
            at=cast.NOW,
        ).id
