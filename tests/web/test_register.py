"""The register and the check-ins as pages: who sees what, who may what, what stays of a refusal."""

import re

import pytest
from sqlalchemy import select

from assistant.desk.checkins import CheckIn
from assistant.desk.notices import Notice
from assistant.ground.audit import Event
from assistant.ground.people import Role
from tests import cast
from tests.assistant.test_decision_register import a_ticket, asks
from tests.web.staff import a_browser

PAGE = "/launches/spring-pricing/decisions"
CALLS = "/launches/spring-pricing/check-ins"
NAME = "Bakery Nord"


def check_ins(parts):
    with parts.db.reading() as session:
        found = session.scalars(select(CheckIn).order_by(CheckIn.id)).all()
        return [(each.name, each.contact, each.closed_at is None) for each in found]


def add(parts, who=cast.AMIR, **more):
    browser = a_browser(parts, who)
    browser.post(CALLS, name=NAME, contact="+49 30 1234", why="large-account", **more)
    with parts.db.reading() as session:
        return session.scalars(select(CheckIn.id)).one()


def test_who_decides_sees_the_verbs_that_are_theirs_and_others_whom_to_remind(shop):
    a_ticket(shop)
    asks(shop, "Is the new price right?")

    def verbs(email):
        page = a_browser(shop, email).get(PAGE).text
        return re.findall(r'name="ruled" value="([^"]+)"', page)

    assert verbs(cast.LENA) == ["expected", "not-expected", "need-facts"]
    assert verbs(cast.NOOR) == ["workaround", "need-facts"]
    assert verbs(cast.AMIR) == []
    page = a_browser(shop, cast.PRIYA).get(PAGE).text
    assert "“Is the new price right?”" in page
    assert "Remind Lena Ortiz" in page


def test_deciding_leads_to_the_draft_and_stands_in_the_history(shop):
    a_ticket(shop)
    asks(shop)
    lena = a_browser(shop, cast.LENA)

    gone = lena.post(f"{PAGE}/new-price", ruled="expected", sentence="It ended on Monday.")

    assert gone.status_code == 303
    assert gone.headers["location"] == "/library/spring-pricing/entries/price-differs"
    assert lena.get(gone.headers["location"]).status_code == 200
    page = lena.get(PAGE).text
    assert "Nothing waits for a decision" in page
    assert "It ended on Monday." in page


def test_a_refused_decision_keeps_the_words_and_says_who_was_quicker(shop):
    a_ticket(shop)
    seen = asks(shop)
    lena, noor = a_browser(shop, cast.LENA), a_browser(shop, cast.NOOR)
    lena.post(f"{PAGE}/new-price", ruled="expected", sentence="It ended.", seen=str(seen))
    a_ticket(shop, cast.UNKNOWN_TOO)
    asks(shop)

    late = noor.post(f"{PAGE}/new-price", ruled="workaround", sentence="Pay by card.", seen=seen)

    assert late.status_code == 409
    assert "Lena Ortiz has decided this: expected." in late.text
    assert "Pay by card." in late.text


def test_who_decides_nothing_is_refused_and_others_launches_look_like_none(shop):
    a_ticket(shop)
    with shop.db.writing() as session:
        cast.a_person(session, email="far@example.com", role=Role.LEAD, launch=None)
    amir, far = a_browser(shop, cast.AMIR), a_browser(shop, "far@example.com")

    assert amir.post(f"{PAGE}/new-price", ruled="expected", sentence="x").status_code == 403
    assert amir.post(f"{PAGE}/no-such", ruled="expected", sentence="x").status_code == 404
    assert amir.post(f"{PAGE}/new-price", ruled="maybe", sentence="x").status_code == 422
    for path in (PAGE, CALLS):
        assert far.get(path).status_code == 404
    assert far.post(f"{PAGE}/new-price", ruled="expected", sentence="x").status_code == 404
    assert far.post(f"{PAGE}/new-price/question").status_code == 404


def test_somebody_asks_and_reminds_from_the_register(shop):
    cast.retire(shop, "price-differs")
    a_ticket(shop)
    amir = a_browser(shop, cast.AMIR)

    assert amir.post(f"{PAGE}/new-price/question").status_code == 303
    assert amir.post(f"{PAGE}/new-price/question").status_code == 409
    ruling = re.search(r"rulings/(\d+)/reminder", amir.get(PAGE).text)[1]
    reminder = f"/launches/spring-pricing/rulings/{ruling}/reminder"
    assert [amir.post(reminder).status_code for _ in range(2)] == [303, 409]
    assert amir.post("/launches/spring-pricing/rulings/99999/reminder").status_code == 404


def test_decisions_on_tickets_without_a_scenario_stand_there_too(shop):
    cast.a_customer(shop).asks(cast.UNKNOWN)
    with cast.the_ticket(shop) as (_, ticket):
        ticket.scenario = None
    asks(shop, "Do they have knees?")

    page = a_browser(shop, cast.LENA).get(PAGE).text

    assert "Do they have knees?" in page
    assert "Nothing waits for a decision" not in page
    assert page.count("No scenario</th>") == 1  # where decisions stall


def test_calls_are_logged_with_what_came_of_them_and_the_next(shop):
    check_in = add(shop, due_at="2026-11-17T11:00")
    amir = a_browser(shop, cast.AMIR)
    log = f"{CALLS}/{check_in}/calls"

    amir.post(log, outcome="not-reached")
    amir.post(log, outcome="worried", note="Fears a double charge.", next_at="2026-11-18T09:00")
    assert check_ins(shop) == [(NAME, "+49 30 1234", True)]
    amir.post(log, outcome="fine")

    page = amir.get(CALLS).text
    assert check_ins(shop) == [(NAME, "+49 30 1234", False)]
    assert page.index("All is well</span>, Amir") < page.index("Fears a double charge.")
    assert amir.post(log, outcome="fine").status_code == 409


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome": "problem", "note": " "},
        {"outcome": "fine", "next_at": "2026-11-17T09:00"},
        {"outcome": "fine", "note": "All well", "next_at": "soon"},
    ],
)
def test_a_call_that_is_refused_loses_no_word(shop, fields):
    check_in = add(shop)

    refused = a_browser(shop, cast.AMIR).post(f"{CALLS}/{check_in}/calls", **fields)

    assert refused.status_code == 409
    assert "field-problem" in refused.text
    assert all(value in refused.text for value in fields.values())


def test_whom_it_hit_hardest_is_offered_by_ticket_number_and_added_once(shop):
    cast.a_customer(shop).asks(cast.BLOCKED)
    amir = a_browser(shop, cast.AMIR)
    number = re.search(r'name="ticket" value="([^"]+)"', amir.get(CALLS).text)[1]

    for _ in range(2):
        assert amir.post(CALLS, ticket=number, why="affected").status_code == 303

    assert check_ins(shop) == [(f"Customer of {number}", "", True)]
    assert "Hit hardest" not in amir.get(CALLS).text


def test_a_lead_lets_a_customer_s_data_be_forgotten_and_no_event_ever_held_it(shop):
    check_in = add(shop)
    amir, lena = a_browser(shop, cast.AMIR), a_browser(shop, cast.LENA)
    amir.post(f"{CALLS}/{check_in}/calls", outcome="worried", note="Fears a double charge.")

    assert amir.post(f"{CALLS}/{check_in}/forgetting").status_code == 403
    assert lena.post(f"{CALLS}/{check_in}/forgetting").status_code == 303
    page = lena.get(CALLS).text
    assert not any(words in page for words in (NAME, "1234", "double charge"))
    assert "Worried" in page
    with shop.db.reading() as session:
        kept = " ".join(str(event.details) for event in session.scalars(select(Event)))
    assert NAME not in kept
    assert "double charge" not in kept


def test_an_event_says_which_check_in_and_what_came_of_it(shop):
    check_in = add(shop)
    amir, lena = a_browser(shop, cast.AMIR), a_browser(shop, cast.LENA)
    amir.post(f"{CALLS}/{check_in}/calls", outcome="fine")
    lena.post(f"{CALLS}/{check_in}/forgetting")

    with shop.db.reading() as session:
        query = select(Event).where(Event.kind.like("check-in.%")).order_by(Event.id)
        added, called, forgotten = [event.details for event in session.scalars(query)]
    assert added == {"check_in": check_in, "why": added["why"]}
    assert called == {"check_in": check_in, "outcome": "fine"}
    assert forgotten == {"check_in": check_in}


def test_a_sponsor_reads_no_customer_s_name(shop):
    add(shop)
    priya = a_browser(shop, cast.PRIYA)

    assert priya.get(CALLS).status_code == 403
    assert priya.post(CALLS, name="x").status_code == 403


def test_what_was_typed_never_becomes_markup(shop):
    add(shop)
    a_browser(shop, cast.AMIR).post(CALLS, name="<script>x</script>", contact="\u202e\x00'\"")

    assert "<script>x" not in a_browser(shop, cast.AMIR).get(CALLS).text


# --- a decision that was not right ---


def replacement(
    browser, ruling=1, ruled="not-expected", sentence="It is a bug.", reason="I erred."
):
    return browser.post(
        f"/launches/spring-pricing/rulings/{ruling}/replacement",
        ruled=ruled, sentence=sentence, reason=reason,
    )  # fmt: skip


@pytest.fixture
def decided(shop):
    a_ticket(shop)
    asks(shop)
    a_browser(shop, cast.LENA).post(
        f"{PAGE}/new-price", ruled="expected", sentence="It ended on Monday."
    )
    return shop


def test_a_newer_decision_replaces_one_that_was_not_right_and_the_old_one_stays(decided):
    lena = a_browser(decided, cast.LENA)

    gone = replacement(lena)

    assert gone.headers["location"] == "/library/spring-pricing/entries/price-differs"
    page = lena.get(PAGE).text
    assert '<s class="quiet">Expected. It ended on Monday.</s>' in page
    assert "I erred." in page and "It is a bug." in page
    with decided.db.reading() as session:
        newest = cast.entry_of(session, "price-differs").newest
        assert (newest.verdict, newest.why_now) == ("not-expected", "It is a bug.")
        assert newest.approved_at is None
        told = session.scalars(select(Notice.words).where(Notice.words.contains("replaced"))).all()
    assert told == [
        "Lena Ortiz has replaced the decision on HC-1001: not expected, because: I erred."
    ]
    assert "was replaced: I erred." in lena.get("/desk/tickets/HC-1001").text


def test_only_who_decides_it_replaces_it_once_with_a_reason_and_only_by_something_else(decided):
    lena = a_browser(decided, cast.LENA)
    assert replacement(a_browser(decided, cast.AMIR)).status_code == 403
    assert replacement(lena, reason=" ").status_code == 409
    assert replacement(lena, sentence="").status_code == 409
    same = {"ruled": "expected", "sentence": "It ended on Monday."}
    assert replacement(lena, **same).status_code == 409
    assert replacement(lena, ruling=99).status_code == 404
    assert [replacement(lena).status_code for _ in range(2)] == [303, 409]
    assert (
        replacement(lena, ruling=2, ruled="need-facts", sentence="Which plan?").status_code == 303
    )
