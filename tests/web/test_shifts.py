"""The roster's pages, and who is said to be the owner."""

import re
from datetime import UTC, datetime, timedelta
from html import escape, unescape

import pytest

from assistant.launch.launches import Launch
from tests import cast
from tests.assistant.test_shifts import a_shift, owner
from tests.web.staff import a_browser, queries

SHIFTS = f"/launches/{cast.LAUNCH}/shifts"
ROTATION = f"/launches/{cast.LAUNCH}/rotation"
HANDOVERS = f"/launches/{cast.LAUNCH}/handovers"


def test_the_desk_says_who_owns_this_shift_and_until_when(shop):
    before = a_browser(shop, cast.NOOR).get("/desk").text
    with shop.db.writing() as session:
        a_shift(session, cast.AMIR, cast.NOW, hours=8)

    during = a_browser(shop, cast.NOOR).get("/desk").text
    cast.later(shop, hours=8)
    after = a_browser(shop, cast.NOOR).get("/desk").text

    assert "Lena Ortiz owns this shift" in before, "the first lead, while nobody has a shift"
    assert "Amir Haddad owns this shift" in during
    assert "on shift until 17 Nov 2026, 18:00 CET" in during
    assert "Lena Ortiz owns this shift" in after
    assert cast.NOW + timedelta(hours=8) == shop.clock.now()


def page_of(parts, email=cast.LENA, **asked):
    return a_browser(parts, email).get(SHIFTS, **asked)


def form_of(**changed):
    return {
        "person": cast.AMIR,
        "begins": "2026-11-18T08:00",
        "ends": "2026-11-18T16:00",
        **changed,
    }


# --- the page ---


@pytest.mark.parametrize(
    ("email", "status"), [(cast.AMIR, 200), (cast.LENA, 200), (cast.PRIYA, 200), (None, 303)]
)
def test_the_roster_is_seen_by_everybody_of_the_launch(shop, email, status):
    response = a_browser(shop, email).client.get(
        SHIFTS, headers={"accept": "text/html"}, follow_redirects=False
    )

    assert response.status_code == status


def test_without_a_roster_the_page_says_who_answers_meanwhile(shop):
    said = page_of(shop).text

    assert "No shift is planned yet. Until one is, the first lead answers for everything." in said
    assert "The next 14 days" not in said


def test_the_page_says_what_will_be_wrong(shop):
    with shop.db.writing() as session:
        a_shift(session, cast.AMIR, cast.NOW, hours=13)
        a_shift(session, cast.NOOR, cast.NOW + timedelta(hours=10), hours=8)
        a_shift(session, cast.NOOR, cast.NOW + timedelta(hours=20), hours=8)

    said = page_of(shop).text

    assert "You own" not in said
    assert "Amir Haddad owns this shift</strong> until Tue 17 Nov, 23:00." in said
    assert "Next: Noor Rahman, Tue 17 Nov, 20:00." in said
    assert "Wed 18 Nov, 04:00 to 06:00" in said, "a gap between two shifts"
    assert "Amir Haddad and Noor Rahman: Tue 17 Nov, 20:00 to 23:00." in said
    assert "Amir Haddad stays the owner." in said
    assert "13 h without a break" in said
    assert "Noor Rahman: 2 h of rest before the shift of Wed 18 Nov, 06:00" in said


def test_a_gap_leads_to_a_form_that_fills_it(shop):
    with shop.db.writing() as session:
        a_shift(session, cast.AMIR, cast.NOW, hours=10)
        a_shift(session, cast.NOOR, cast.NOW + timedelta(hours=12), hours=8)
    lena = a_browser(shop, cast.LENA)
    href = re.search(r'href="([^"]+)#plan" aria-label="Fill the gap', lena.get(SHIFTS).text)[1]

    form = lena.get(unescape(href)).text

    assert 'value="2026-11-17T20:00"' in form
    assert 'value="2026-11-17T22:00"' in form


def test_the_night_on_which_the_clock_turns_is_drawn_with_its_real_length(shop):
    with shop.db.writing() as session:
        session.get_one(Launch, 1).ends_at = None
        a_shift(session, cast.AMIR, datetime(2027, 3, 27, 21, tzinfo=UTC), hours=7)

    said = page_of(shop, week="2027-W12").text

    assert "Sat 27 Mar, 22:00 to Sun 28 Mar, 06:00" in said
    assert ">7 h</td>" in said
    assert '28 Mar <span class="tiny faint">23 h</span>' in said


@pytest.mark.parametrize("week", ["", "2026-W99", "x", "9999-W01", "-W-", "2026-W47", "٢٠٢٦-W٤٧"])
def test_a_week_that_is_none_is_this_week(shop, week):
    response = page_of(shop, week=week)

    assert response.status_code == 200
    assert "16 to 22 Nov 2026" in response.text


def test_a_longer_roster_costs_no_more_queries(shop):
    lena = a_browser(shop, cast.LENA)
    a = cast.NOW
    with shop.db.writing() as session:
        a_shift(session, cast.AMIR, a)
    lena.get(SHIFTS)
    with queries(shop) as few:
        lena.get(SHIFTS)
    with shop.db.writing() as session:
        for day in range(12):
            for n, email in enumerate((cast.AMIR, cast.NOOR, cast.ERIC)):
                a_shift(session, email, a + timedelta(days=day, hours=9 + 8 * n), hours=8)
    with queries(shop) as many:
        lena.get(SHIFTS)

    assert len(many) == len(few) <= 30


# --- what people do there ---


def test_a_lead_plans_a_shift_in_the_launch_s_own_time(shop):
    lena = a_browser(shop, cast.LENA)

    response = lena.post(SHIFTS, **form_of())

    assert response.headers["location"] == f"{SHIFTS}?week=2026-W47"
    assert "Wed 18 Nov, 08:00 to 16:00" in lena.get(SHIFTS).text
    assert owner(shop, datetime(2026, 11, 18, 7, tzinfo=UTC)) == cast.AMIR


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"person": ""}, "Say who has the shift."),
        ({"person": cast.INES}, "Ines Costa cannot own a shift here."),
        ({"begins": ""}, "The time is not readable."),
        ({"begins": "0001-01-01T00:00"}, "The time is not readable."),
        ({"begins": "yesterday <b>"}, "The time is not readable."),
        ({"ends": "2026-11-18T07:00"}, "A shift ends after it begins."),
        ({"begins": "2026-11-16T08:00", "ends": "2026-11-16T09:00"}, "cannot begin in the past"),
        ({"begins": "2027-03-28T02:30", "ends": "2027-03-28T09:00"}, "The clocks skip 02:30"),
    ],
)
def test_what_was_typed_stays_when_a_shift_is_refused(shop, changed, says):
    response = a_browser(shop, cast.LENA).post(SHIFTS, **form_of(**changed))

    assert response.status_code == 409
    assert says in unescape(response.text)
    assert escape(form_of(**changed)["begins"]) in response.text
    assert owner(shop, datetime(2026, 11, 18, 7, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    "path", ["/shifts", "/shifts/1/swap", "/shifts/1/calling-off", "/rotation"]
)
def test_an_agent_plans_nothing(shop, path):
    with shop.db.writing() as session:
        a_shift(session, cast.AMIR, cast.NOW)
    agent = a_browser(shop, cast.AMIR)

    response = agent.post(f"/launches/{cast.LAUNCH}{path}", **form_of(revision=1, other=1))

    assert response.status_code == 403


def test_an_agent_takes_a_shift_over_from_a_colleague(shop):
    with shop.db.writing() as session:
        a_shift(session, cast.NOOR, cast.NOW, hours=8)
    amir = a_browser(shop, cast.AMIR)
    assert 'aria-label="Take over' in amir.get(SHIFTS).text

    amir.post(f"{SHIFTS}/1/owner", revision=1)

    assert owner(shop, cast.NOW) == cast.AMIR
    assert "You own this shift" in amir.get(SHIFTS).text
    assert "instead of Noor Rahman" in amir.get(SHIFTS).text


def test_of_two_who_take_a_shift_over_one_has_it_and_the_other_reads_who(shop):
    with shop.db.writing() as session:
        a_shift(session, cast.NOOR, cast.NOW + timedelta(hours=2))
    a_browser(shop, cast.AMIR).post(f"{SHIFTS}/1/owner", revision=1)

    late = a_browser(shop, cast.ERIC).post(f"{SHIFTS}/1/owner", revision=1)

    assert late.status_code == 409
    assert "The shift of Tue 17 Nov, 12:00 is now with Amir Haddad." in late.text
    assert owner(shop, cast.NOW + timedelta(hours=2)) == cast.AMIR


def test_a_lead_swaps_gives_away_and_calls_off(shop):
    with shop.db.writing() as session:
        a_shift(session, cast.NOOR, cast.NOW + timedelta(hours=2), hours=4)
        a_shift(session, cast.AMIR, cast.NOW + timedelta(hours=6), hours=4)
    lena, later = a_browser(shop, cast.LENA), cast.NOW + timedelta(hours=6)

    lena.post(f"{SHIFTS}/1/swap", revision=1, other=2)
    swapped = owner(shop, cast.NOW + timedelta(hours=2)), owner(shop, later)
    lena.post(f"{SHIFTS}/2/owner", revision=2, person=cast.ERIC)
    given = owner(shop, later)
    lena.post(f"{SHIFTS}/2/calling-off", revision=3)

    assert swapped == (cast.AMIR, cast.NOOR)
    assert given == cast.ERIC
    assert owner(shop, later) is None


def test_a_shift_of_another_launch_is_not_there(shop):
    with shop.db.writing() as session:
        a_shift(session, cast.NOOR, cast.NOW)
    lena = a_browser(shop, cast.LENA)

    assert lena.post(f"{SHIFTS}/99/owner", revision=1).status_code == 404
    assert lena.post("/launches/other/shifts/1/owner", revision=1).status_code == 404


# --- rotations ---

ROTA = {
    "people": [cast.AMIR, cast.ERIC, cast.LENA, cast.NOOR, ""],
    "first": "2026-11-18",
    "last": "2026-11-24",
    "changes": "06:00, 14:00, 22:00",
    "days": "1",
}


def test_a_rotation_is_shown_before_it_is_planned_and_planned_as_it_was_shown(shop):
    lena = a_browser(shop, cast.LENA)

    shown = lena.get(ROTATION, **ROTA).text
    before = owner(shop, datetime(2026, 11, 20, 12, tzinfo=UTC))
    lena.post(ROTATION, **ROTA)

    assert "It would plan 22 shifts" in shown
    assert "No rule of rest is broken." in shown
    assert before is None
    at = datetime(2026, 11, 17, 23, tzinfo=UTC)
    while at < datetime(2026, 11, 24, 23, tzinfo=UTC):
        assert owner(shop, at) is not None, at
        at += timedelta(hours=1)
    assert "Nothing is left to plan" in lena.get(ROTATION, **ROTA).text
    assert lena.post(ROTATION, **ROTA).status_code == 409


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"people": [""]}, "A rotation has 1 to 12 people."),
        ({"people": ["nobody@example.com"]}, "nobody@example.com cannot own a shift here."),
        ({"people": [cast.AMIR] * 13}, "A rotation has 1 to 12 people."),
        ({"changes": "six"}, "“six” is no time of a day."),
        ({"changes": " , "}, "Say when the day changes hands."),
        ({"first": "soon"}, "The day is not readable."),
        ({"last": "2026-11-17"}, "A rotation lasts 1 to 100 days."),
        ({"last": "9999-12-31"}, "A rotation lasts 1 to 100 days."),
        ({"days": "0"}, "Say how long a turn is."),
    ],
)
def test_a_rotation_that_cannot_be_says_why_and_plans_nothing(shop, changed, says):
    lena = a_browser(shop, cast.LENA)

    assert says in unescape(lena.get(ROTATION, **{**ROTA, **changed}).text)
    assert lena.post(ROTATION, **{**ROTA, **changed}).status_code == 409


def test_the_form_for_a_rotation_warns_of_too_little_rest(shop):
    week = {**ROTA, "people": [cast.AMIR, cast.ERIC], "changes": "08:00, 20:00"}

    said = a_browser(shop, cast.LENA).get(ROTATION, **week).text

    assert "Too little rest" in said
    assert "48 h in seven days at most; Directive 2003/88/EC, art. 6" in said


# --- handing over ---


def test_a_note_reaches_the_next_owner_on_their_desk_and_nobody_else(shop, mara):
    mara.asks(cast.BLOCKED)
    with shop.db.writing() as session:
        a_shift(session, cast.AMIR, cast.NOW - timedelta(hours=8), hours=9)
        a_shift(session, cast.NOOR, cast.NOW + timedelta(hours=1), hours=8)
    amir, noor = a_browser(shop, cast.AMIR), a_browser(shop, cast.NOOR)

    form = amir.get(SHIFTS).text
    amir.post(HANDOVERS, text="The bank answers at eight.\nLook at <HC-1001> first.")
    early = noor.get("/desk").text
    cast.later(shop, hours=1)
    shown = noor.get("/desk").text
    noor.post(f"{HANDOVERS}/1")

    assert "Hand over to the next owner" in form
    assert "HC-1001" in form
    assert "handed the shift over" not in early, "the shift is not theirs yet"
    assert "Amir Haddad handed the shift over to you" in shown
    assert "Look at &lt;HC-1001&gt; first." in shown
    assert "What stood open then" in shown
    assert "handed the shift over" not in noor.get("/desk").text
    assert "handed the shift over" not in a_browser(shop, cast.LENA).get("/desk").text


@pytest.mark.parametrize(
    ("email", "text", "says"),
    [
        (cast.AMIR, " ", "There is nothing to hand over."),
        (cast.NOOR, "All is well.", "Only the owner of the shift hands it over."),
    ],
)
def test_a_note_needs_words_and_the_shift(shop, email, text, says):
    with shop.db.writing() as session:
        a_shift(session, cast.AMIR, cast.NOW)

    response = a_browser(shop, email).post(HANDOVERS, text=text)

    assert response.status_code == 409
    assert says in response.text
