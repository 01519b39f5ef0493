"""Setting a launch up by its pages: from a template to live, and nothing that was typed is lost."""

import html
import re

import pytest
from typer.testing import CliRunner

from assistant.ground.people import join
from assistant.launch import site_loads
from assistant.launch.describing import scenario_of
from assistant.launch.launches import by_key
from assistant.reports.going_live import Activation
from assistant.reports.misnamed import problem_of
from tests import cast
from tests.web.staff import a_browser, publishes
from web.cli import app

NEW = {
    "template": "pricing",
    "name": "Autumn prices",
    "starts": "2026-11-30T09:00",
    "time_zone": "Europe/Berlin",
    "sites": "https://shop.example",
    "owner": cast.AMIR,
    "lead": cast.LENA,
    "engineer": cast.ERIC,
    "change_manager": cast.INES,
    "sponsor": cast.PRIYA,
}


@pytest.fixture
def staffed(house, tmp_path):
    cast.bring_in(house, tmp_path)
    return house


@pytest.fixture
def lena(staffed):
    return a_browser(staffed, cast.LENA)


def test_a_lead_begins_a_launch_with_one_form(staffed, lena):
    page = lena.get("/launches/new").text
    assert "High-risk or high-volume period" in page
    assert "I am charged more than last time" in page

    made = lena.post("/launches/new", **NEW)

    assert made.status_code == 303
    assert made.headers["location"].startswith("/launches/autumn-prices")
    with staffed.db.reading() as session:
        launch = by_key(session, "autumn-prices")
        assert launch.starts_at.isoformat() == "2026-11-30T08:00:00+00:00"
        assert launch.sites == ["https://shop.example"]
        assert launch.scenarios[0].owner.email == cast.AMIR


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"template": "no"}, "template", "Choose the template"),
        ({"name": "  "}, "name", "Say what the launch is called."),
        ({"starts": "soon"}, "starts", "Choose day and time"),
        ({"starts": "9999-12-31T23:59"}, "starts", "Choose day and time"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "Use a name like Europe/Berlin"),
        ({"key": "Ümlaut!"}, "key", "Lower-case letters"),
        ({"name": "秋の値段"}, "key", "Lower-case letters"),
        ({"sites": "shop"}, "sites", "https://shop.example"),
        ({"owner": "nobody@example.com"}, "People", "Nobody here has the address"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(lena, typed, field, words):
    refused = lena.post("/launches/new", **{**NEW, **typed})

    assert refused.status_code == 422
    assert words in refused.text
    assert field in refused.text
    kept = {**NEW, **typed}
    assert f'value="{kept["starts"]}"' in refused.text
    assert f'<option value="{cast.PRIYA}" selected>' in refused.text


def test_a_key_that_is_taken_is_refused_beside_what_was_typed(lena):
    assert lena.post("/launches/new", **NEW).status_code == 303

    twice = lena.post("/launches/new", **NEW)

    assert twice.status_code == 409
    assert "The key “autumn-prices” is taken." in twice.text
    assert 'value="Autumn prices"' in twice.text


def test_who_leads_nothing_begins_nothing(staffed):
    amir = a_browser(staffed, cast.AMIR)

    assert amir.get("/launches/new").status_code == 403
    assert amir.post("/launches/new", **NEW).status_code == 403


def test_the_command_writes_a_pack_that_the_import_takes(tmp_path):
    said = ["--key", "x", "--name", "X", "--starts", "2026-11-30T08:00", "--data", str(tmp_path)]
    run = CliRunner().invoke

    written = run(app, ["new-launch", "--template", "volume", *said, "--write"])
    pack = tmp_path / "x.yaml"
    pack.write_text(written.stdout, "utf-8")

    assert run(app, ["import", str(pack), "--data", str(tmp_path)]).exit_code == 0
    assert run(app, ["new-launch", "--template", "no", *said]).exit_code == 1
    assert "ninety-days" in run(app, ["templates"]).stdout


# --- the launch that is being set up ---

AUTUMN = "/launches/autumn-prices"


@pytest.fixture
def begun(lena):
    lena.post("/launches/new", **NEW)
    return lena


def launch_in(parts):
    with parts.db.reading() as session:
        launch = by_key(session, "autumn-prices")
        assert launch.scenarios is not None
        return launch


def filled(page, form):
    """Return what a browser would send of a form: every field as it stands there."""
    part = re.search(rf'<form[^>]*action="{re.escape(form)}".*?</form>', page, re.S)[0]
    fields = {}
    for found in re.finditer(
        r'<input[^>]*?name="(?P<i>[^"]+)"[^>]*?value="(?P<v>[^"]*)"'
        r'|<textarea[^>]*?name="(?P<t>[^"]+)"[^>]*>(?P<w>.*?)</textarea>'
        r'|<select[^>]*?name="(?P<s>[^"]+)".*?</select>',
        part,
        re.S,
    ):
        if found["i"] and found["i"] != "csrf":
            fields.setdefault(found["i"], []).append(html.unescape(found["v"]))
        if found["t"]:
            fields.setdefault(found["t"], []).append(html.unescape(found["w"]))
        if found["s"]:
            options = re.findall(r"<option([^>]*)>([^<]*)", found[0])
            chosen = [one for one in options if "selected" in one[0]] or options[:1]
            value = re.search(r'value="([^"]*)"', chosen[0][0])
            fields.setdefault(found["s"], []).append(value[1] if value else chosen[0][1])
    return fields


def save(browser, path, **changes):
    """Load a page, change some fields of its form, and send it."""
    return browser.post(path, **{**filled(browser.get(path).text, path), **changes})


HISTORY = "opened,first_response,resolved,severity,escalated\n" + "".join(
    f"2026-10-{5 + day:02} {8 + n % 10:02}:00,2026-10-{5 + day:02} {8 + n % 10:02}:30,"
    f"2026-10-{6 + day:02} 08:00,{1 + n % 3},{'yes' if n % 6 == 0 else 'no'}\n"
    for day in range(10)
    for n in range(12)
)


def test_a_newcomer_takes_a_launch_from_a_template_to_live_by_its_pages(staffed, lena):
    sent = []

    def send(path, **fields):
        sent.append(path)
        answer = lena.post(path, **fields)
        return answer if answer.status_code == 200 else lena.get(answer.headers["location"])

    page = lena.get("/launches").text
    assert 'href="/launches/new"' in page
    points = send("/launches/new", **NEW).text
    assert "required" in points
    assert f'href="{AUTUMN}/setup/figures"' in points

    computed = send(f"{AUTUMN}/setup/history", text=HISTORY).text
    assert "Median of 120 tickets opened 2026-10-05 to 2026-10-14." in computed
    rows = filled(computed, f"{AUTUMN}/setup/figures")
    place = rows["b_metric"].index("repeat_questions_per_day")  # tickets do not say this one
    rows["b_value"][place] = "12"
    send(f"{AUTUMN}/setup/figures", **rows)

    points = lena.get(f"{AUTUMN}/setup").text
    assert "Take it live" in points
    live = filled(points, f"{AUTUMN}/live")
    live["because"] = "Prices change on Monday."
    live["reason"] = "The first answers are written today; two of us are on duty."
    page = send(f"{AUTUMN}/live", **live).text

    assert len(sent) == 4
    assert "Hypercare" in page
    launch = launch_in(staffed)
    assert launch.phase == "active"
    first, *_ = launch.exit_criteria
    assert (first["metric"], first["value"]) == ("first_response_minutes", 33)
    sources = {each["metric"]: each["source"] for each in launch.baselines}
    assert sources["first_response_minutes"].startswith("Computed from history: Median of 120")
    assert sources["repeat_questions_per_day"] == "Typed by Lena Ortiz."
    with staffed.db.reading() as session:
        activation = session.get(Activation, launch.id)
        assert activation.by.email == cast.LENA
        assert activation.trigger == "policy-pricing-process-change"
        assert activation.because == "Prices change on Monday."
        assert {each["point"] for each in activation.overruled} >= {"answers", "rehearsal"}
        assert activation.reason.startswith("The first answers")
    assert "How it went live" in lena.get(f"{AUTUMN}/setup").text


def test_going_live_is_refused_while_something_required_is_missing_whatever_the_reason(begun):
    page = begun.get(f"{AUTUMN}/setup").text
    scope = begun.get(f"{AUTUMN}/setup/scope").text
    revision = filled(scope, f"{AUTUMN}/setup/scope")["revision"]
    assert f'action="{AUTUMN}/live"' not in page

    refused = begun.post(
        f"{AUTUMN}/live", revision=revision, reason="Because we want to begin today."
    )

    assert refused.status_code == 409
    assert "the baseline of first response minutes" in refused.text


def test_what_is_advised_needs_a_reason_and_keeps_what_was_typed(begun, staffed):
    save(begun, f"{AUTUMN}/setup/figures", b_value=["40", "20", "12", "3", "1"])

    refused = save_live(begun, because="It is time.", reason="no")

    assert refused.status_code == 409
    assert "say in a sentence why it goes live without" in refused.text
    assert "It is time." in refused.text
    assert launch_in(staffed).phase == "preparing"


def save_live(browser, **changes):
    page = browser.get(f"{AUTUMN}/setup").text
    return browser.post(f"{AUTUMN}/live", **{**filled(page, f"{AUTUMN}/live"), **changes})


def test_the_fifteen_points_are_ticked_from_data(begun, staffed):
    page = begun.get(f"{AUTUMN}/setup").text
    assert page.count('class="point ') == 15
    before = set(re.findall(r'class="point point-done">.*?<span>([^<]+)<', page, re.S))
    assert "What was normal before is stored" not in before

    save(begun, f"{AUTUMN}/setup/figures", b_value=["40", "20", "12", "3", "1"])
    a_browser(staffed).client.get(
        "/widget/autumn-prices", headers={"referer": "https://shop.example/"}
    )
    publishes(
        begun, f"{AUTUMN}/updates", title="Prices change", expected="Yes.", what_to_do="Nothing.",
        next_update_at="2026-11-30T12:00",
    )  # fmt: skip

    after = begun.get(f"{AUTUMN}/setup").text
    ticked = set(re.findall(r'class="point point-done">.*?<span>([^<]+)<', after, re.S))
    assert ticked - before == {
        "What was normal before is stored",
        "The widget was seen on every site",
        "The first update is published or scheduled",
    }


def test_a_strange_site_ticks_nothing(begun, staffed):
    for page in (
        "https://evil.example/",
        "https://shop.example.evil.example/",
        "shop",
        "",
        "http://[",
    ):
        a_browser(staffed).client.get("/widget/autumn-prices", headers={"referer": page})

    with staffed.db.reading() as session:
        assert site_loads.of_launch(session, launch_in(staffed).id) == {}


def test_scope_is_kept_and_can_be_tried_before_it_is_saved(begun, staffed):
    path = f"{AUTUMN}/setup/scope"
    typed = {
        "inside": "New prices",
        "title": ["Machines", ""],
        "words": ["espresso machine, kettle", ""],
    }

    out = save(begun, path, **typed, question="My kettle is broken", action="try")
    inside = save(begun, path, **typed, question="Why is it dearer?", action="try")

    assert "“Machines” takes it to the normal queue." in out.text
    assert "The launch takes it." in inside.text
    assert launch_in(staffed).scope[0]["title"] != "New prices"

    assert save(begun, path, **typed, action="save").status_code == 303
    launch = launch_in(staffed)
    assert launch.scope == [{"title": "New prices", "words": []}]
    assert launch.out_of_scope == [{"title": "Machines", "words": ["espresso machine", "kettle"]}]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"b_value": ["many"]}, "baselines-1", "Value: It is not a number."),
        ({"b_value": ["inf"]}, "baselines-1", "number"),
        ({"e_value": ["", "5"], "e_metric": ["x", "y"]}, "exit_criteria-1", "baseline × 1.1"),
        ({"e_days": ["0"]}, "exit_criteria-1", "Days"),
        ({"e_metric": ["a", "a"]}, "exit_criteria-2", "It is there twice."),
    ],
)
def test_a_wrong_figure_is_named_by_its_row_and_nothing_is_kept(
    begun, staffed, changes, field, words
):
    before = launch_in(staffed).exit_criteria

    refused = save(begun, f"{AUTUMN}/setup/figures", **changes)

    assert refused.status_code == 422
    assert f'href="#{field}"' in refused.text
    assert words in refused.text
    for value in next(iter(changes.values())):
        assert f'value="{value}"' in refused.text
    assert launch_in(staffed).exit_criteria == before


def test_a_limit_at_its_baseline_is_said_to_take_weeks(begun):
    save(
        begun, f"{AUTUMN}/setup/figures",
        b_metric=["repeat_questions_per_day", "contacts_per_day"], b_value=["12", "60"],
        e_metric=["repeat_questions_per_day"], e_value=["12"], e_days=["5"],
        e_comparison=["at most"],
    )  # fmt: skip

    page = begun.get(f"{AUTUMN}/setup/figures").text

    assert "23 days as usual prove it, with 60 a day." in page
    assert "It equals the baseline" in page


def test_the_slower_of_two_is_told_how_it_stands_and_keeps_what_was_typed(begun, staffed):
    path = f"{AUTUMN}/setup/scope"
    noor = a_browser(staffed, cast.NOOR)
    with staffed.db.writing() as session:
        join(session, cast.the(session, cast.NOOR), by_key(session, "autumn-prices").id)
    slow = filled(noor.get(path).text, path)
    save(begun, path, inside="By Lena", action="save")

    refused = noor.post(path, **{**slow, "inside": "By Noor", "action": "save"})

    assert refused.status_code == 409
    assert "In: By Lena" in refused.text
    assert "By Noor</textarea>" in refused.text
    again = filled(refused.text, path)
    assert noor.post(path, **{**again, "action": "save"}).status_code == 303
    assert launch_in(staffed).scope[0]["title"] == "By Noor"


def test_a_scenario_is_added_changed_and_refused_field_by_field(begun, staffed):
    path = f"{AUTUMN}/setup/scenarios/new"
    said = {
        "title": "Is this <b>you</b>?", "owner": cast.AMIR, "severity": "2", "category": "access",
        "confirms_expected": cast.ERIC, "approves_messages": cast.LENA,
        "triggers_rollback": cast.ERIC, "escalation": f"15 {cast.LENA}\n60 min {cast.NOOR}",
    }  # fmt: skip

    wrong = begun.post(path, **{**said, "escalation": "soon", "owner": "who@example.com"})
    assert wrong.status_code == 422
    assert "“soon”: write minutes and an address" in wrong.text
    assert "Nobody here has the address who@example.com." in wrong.text
    assert begun.post(path, **said).status_code == 303

    made = next(s for s in launch_in(staffed).scenarios if s.key == "is-this-b-you-b")
    assert made.escalation == [
        {"after_minutes": 15, "to": cast.LENA},
        {"after_minutes": 60, "to": cast.NOOR},
    ]
    assert "&lt;b&gt;you&lt;/b&gt;" in begun.get(f"{AUTUMN}/setup/scenarios").text

    own = f"{AUTUMN}/setup/scenarios/is-this-b-you-b"
    slow = filled(begun.get(own).text, own)
    assert save(begun, own, title="Is it you?").status_code == 303
    late = begun.post(own, **{**slow, "why_in_doubt": "The colours are other ones."})
    assert late.status_code == 409
    assert "Title: Is it you?" in late.text
    assert "The colours are other ones." in late.text


def test_a_live_launch_cannot_lose_what_it_needs(begun, staffed):
    save(begun, f"{AUTUMN}/setup/figures", b_value=["40", "20", "12", "3", "1"])
    assert save_live(begun, reason="Everything else comes tomorrow.").status_code == 303

    gone = save(begun, f"{AUTUMN}/setup/scope", inside="", action="save")
    waits = save(begun, f"{AUTUMN}/setup/figures", e_metric=["new_one"], e_value=["baseline × 2"])
    own = f"{AUTUMN}/setup/scenarios/price-higher"
    bare = save(begun, own, owner="")

    assert (gone.status_code, waits.status_code, bare.status_code) == (409, 409, 409)
    assert "A live launch needs what is in scope." in gone.text
    assert "A live launch needs the baseline of new_one." in waits.text
    assert "In a live launch it needs an owner." in bare.text
    launch = launch_in(staffed)
    assert launch.scope
    with staffed.db.reading() as session:
        assert scenario_of(session, by_key(session, "autumn-prices"), "price-higher").owner_id


def test_people_basics_and_who_may(begun, staffed):
    path = f"{AUTUMN}/setup/basics"
    assert (
        save(begun, path, name="Autumn", sites="https://a.example\nhttps://b.example").status_code
        == 303
    )
    assert launch_in(staffed).sites == ["https://a.example", "https://b.example"]
    wrong = save(begun, path, ends="2020-01-01T00:00", languages="deutsch")
    assert wrong.status_code == 422
    assert begun.post(f"{AUTUMN}/setup/people", email=cast.NOOR).status_code == 303
    assert begun.get(f"{AUTUMN}/setup/basics").text.count("Noor Rahman") == 1

    amir = a_browser(staffed, cast.AMIR)
    assert amir.get(f"{AUTUMN}/setup").status_code == 200
    assert amir.post(f"{AUTUMN}/setup/scope", revision=1).status_code == 403
    assert amir.post(f"{AUTUMN}/live", revision=1).status_code == 403


def test_what_was_typed_and_not_saved_stays_when_baselines_are_computed(begun, lena):
    page = f"{AUTUMN}/setup/figures"
    typed = filled(lena.get(page).text, page)
    typed["b_metric"] = [*typed["b_metric"], "orders_per_day"]
    typed["b_value"] = [*typed["b_value"], "210"]
    typed["o_target"] = ["baseline × 1.7", *typed["o_target"][1:]]
    computed = lena.post(f"{AUTUMN}/setup/history", **typed | {"text": HISTORY}).text
    rows = filled(computed, page)
    values = dict(zip(rows["b_metric"], rows["b_value"], strict=False))
    assert (values["orders_per_day"], values["first_response_minutes"]) == ("210", "30")
    assert rows["o_target"][0] == "baseline × 1.7"


def test_a_metric_that_looks_like_ours_and_is_none_is_refused_with_the_names_there_are(begun, lena):
    page = f"{AUTUMN}/setup/figures"
    typed = filled(lena.get(page).text, page)
    typed["o_metric"] = ["repeat_questions_prices_per_day", *typed["o_metric"][1:]]
    answer = lena.post(page, **typed)
    assert answer.status_code == 422
    assert "Nobody measures “repeat_questions_prices_per_day”." in answer.text
    assert "“repeat_questions_per_day”" in answer.text and "contacts_per_day" in answer.text


@pytest.mark.parametrize(
    ("metric", "is_refused"),
    [("repeat_questions_per_day", False), ("repeat_questions_billing_per_day", False),
     ("repeat_questions", True), ("repeat_question_per_day", True), ("first_response", True),
     ("sign_ins_per_day", False), ("cards_confirmed_percent", False), ("uptime_percent", False),
     ("", False)],
)  # fmt: skip
def test_which_names_are_refused(metric, is_refused):
    assert bool(problem_of(metric)) == is_refused
