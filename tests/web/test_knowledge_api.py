"""The library for programs, by keys: what they may read and write, and that they never approve."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant.answering import recall
from assistant.desk.recalled import Recall
from assistant.ground.audit import Event
from assistant.ground.errors import NotPermitted
from assistant.launch import api_keys
from assistant.launch.api_keys import ApiKey, Scope
from assistant.launch.launches import Launch
from assistant.library import expiring
from tests import cast
from tests.cast import AMIR, LENA, NOOR, launch_of, the
from tests.web.staff import a_browser

API = "/api/v1/knowledge"
PAUSE = {
    "key": "pause-plan",
    "kind": "faq",
    "question": "Can I pause my plan?",
    "phrasings": ["skip a box"],
    "answer": "Yes, in Billing.",
}


class Program:
    """A program with a key."""

    def __init__(self, parts, secret: str) -> None:
        self.client, self.secret = a_browser(parts).client, secret

    def call(self, method: str, path: str, **said):
        headers = {"authorization": f"Bearer {self.secret}", **said.pop("headers", {})}
        return self.client.request(method, f"{API}{path}", headers=headers, **said)

    def creates(self, body: dict, key: str = "created-once"):
        return self.call("POST", "/entries", json=body, headers={"idempotency-key": key})


def a_key(parts, scope: Scope = Scope.DRAFT, *, name: str = "Docs sync", days: int = 30) -> str:
    with parts.db.writing() as session:
        _, secret = api_keys.make(
            session, launch_of(session), name=name, scope=scope, lasts=timedelta(days=days),
            by=the(session, LENA), at=parts.clock.now(),
        )  # fmt: skip
        return secret


@pytest.fixture
def program(shop):
    return Program(shop, a_key(shop))


# --- keys ---


def test_a_lead_makes_a_key_sees_it_once_and_revokes_it_at_once(shop, caplog):
    lena = a_browser(shop, LENA)
    page = lena.post("/launches/spring-pricing/api-keys", name="Docs sync", scope="read", days=7)
    secret = re.search(r"hk_[\w-]{43}", page.text)[0]
    program = Program(shop, secret)

    assert program.call("GET", "/entries").status_code == 200
    keys = lena.get("/launches/spring-pricing/api-keys").text
    assert (secret in keys, secret[:8] in keys, "last used" in keys) == (False, True, True)

    number = re.search(r"api-keys/(\d+)/revocation", keys)[1]
    lena.post(f"/launches/spring-pricing/api-keys/{number}/revocation")
    assert program.call("GET", "/entries").status_code == 401
    with shop.db.reading() as session:
        assert secret not in str([vars(each) for each in session.scalars(select(ApiKey))])
        assert secret not in str([each.details for each in session.scalars(select(Event))])
    assert secret not in caplog.text


@pytest.mark.parametrize(
    "shown",
    ["", "Bearer", "Bearer ", "Bearer  \t", "Bearer hk_", "Basic hk_x", "Bearer hk_nobody's"],
)
def test_no_key_and_a_wrong_one_are_told_what_to_do(shop, shown):
    a_key(shop)
    said = a_browser(shop).client.get(f"{API}/entries", headers={"authorization": shown})

    assert said.status_code == 401
    assert "A lead makes keys" in said.text


def test_an_expired_key_and_one_whose_maker_left_open_nothing(shop):
    short, long = Program(shop, a_key(shop, days=1)), Program(shop, a_key(shop, name="Other"))
    assert short.call("GET", "/entries").status_code == 200

    cast.later(shop, days=1)
    assert (
        short.call("GET", "/entries").status_code,
        long.call("GET", "/entries").status_code,
    ) == (401, 200)
    with shop.db.writing() as session:
        the(session, LENA).disabled_at = shop.clock.now()
    assert long.call("GET", "/entries").status_code == 401


def test_a_key_ends_with_the_role_of_who_made_it(shop, program):
    assert program.call("GET", "/entries").status_code == 200

    with shop.db.writing() as session:
        the(session, LENA).role = "agent"

    assert program.call("GET", "/entries").status_code == 401


def test_a_key_that_may_only_read_writes_nothing(shop):
    reader = Program(shop, a_key(shop, Scope.READ))

    for said in (
        reader.creates(PAUSE),
        reader.call("PUT", "/entries/export-data", json=PAUSE),
        reader.call("POST", "/entries/export-data/submission"),
        reader.call("GET", "/entries/export-data/draft"),
    ):
        assert said.status_code == 403
        assert "scope draft" in said.text


def test_only_leads_make_keys(shop):
    for who in (cast.AMIR, cast.PRIYA, cast.INES):
        made = a_browser(shop, who).post(
            "/launches/spring-pricing/api-keys", name="Mine", scope="draft", days=7
        )
        assert made.status_code == 403


@pytest.mark.parametrize(("name", "days"), [("", 7), ("  ", 7), ("Docs sync", 7), ("New", 400)])
def test_a_key_without_a_name_a_second_of_a_name_and_one_for_ever_are_refused(shop, name, days):
    a_key(shop)
    lena = a_browser(shop, LENA)

    said = lena.post("/launches/spring-pricing/api-keys", name=name, scope="read", days=days)

    assert said.status_code == 422
    assert not re.search(r"hk_[\w-]{43}", said.text)


def test_many_calls_in_a_minute_are_slowed_down(shop):
    shop.settings.api_calls_per_minute = 3
    program = Program(shop, a_key(shop))

    states = [program.call("GET", "/entries").status_code for _ in range(4)]

    assert states == [200, 200, 200, 429]


# --- reading ---


def test_pages_of_what_is_live_follow_one_another(shop, program):
    found, cursor = [], ""
    while cursor is not None:
        page = program.call("GET", "/entries", params={"limit": 2, "cursor": cursor}).json()
        found += [each["key"] for each in page["entries"]]
        cursor = page["next_cursor"]

    assert found == sorted(
        ["price-differs", "link-missing", "export-data", "cancel-plan", "change-address"]
    )


def test_what_was_seen_already_is_not_sent_again_until_it_changes(shop, program):
    first = program.call("GET", "/entries/export-data")
    tag = {"if-none-match": first.headers["etag"]}
    assert first.json()["text"] == cast.EXPORT_TEXT
    assert program.call("GET", "/entries/export-data", headers=tag).status_code == 304

    cast.retire(shop, "export-data")

    assert program.call("GET", "/entries/export-data", headers=tag).status_code == 404


def test_since_a_moment_there_is_what_is_new_and_what_has_gone(shop, program):
    since = cast.later(shop, minutes=1).isoformat()
    cast.later(shop, minutes=1)
    cast.an_entry(shop)
    cast.retire(shop, "export-data")

    page = program.call("GET", "/entries", params={"updated_since": since}).json()

    assert [each["key"] for each in page["entries"]] == ["pause-plan"]
    assert page["gone"] == ["export-data"]


def new_words(shop) -> None:
    with shop.db.writing() as session:
        entry, at = cast.entry_of(session, "export-data"), shop.clock.now()
        entry.save(session, cast.a_draft(answer="New words."), by=the(session, AMIR), at=at)
        entry.submit(session, by=the(session, AMIR), at=at)
        entry.approve(session, by=the(session, LENA), at=at)


def test_a_mirror_hears_of_every_way_in_which_words_come_back_or_go(shop, program):
    """What a mirror keeps by what it is told is what is live, after each decision and its undo."""
    cast.an_entry(shop, valid_until=cast.NOW + timedelta(minutes=30))
    mirror: dict[str, str] = {}
    asked_at = (cast.NOW - timedelta(days=365)).isoformat()

    def is_true_after(change) -> None:
        nonlocal asked_at
        with shop.db.writing() as session:
            change(session, shop.clock.now(), the(session, LENA))
        cast.later(shop, seconds=1)
        page = program.call("GET", "/entries", params={"updated_since": asked_at}).json()
        mirror.update({each["key"]: each["sha256"] for each in page["entries"]})
        for key in page["gone"]:
            mirror.pop(key, None)
        asked_at = shop.clock.now().isoformat()
        cast.later(shop, seconds=1)
        there = program.call("GET", "/entries").json()["entries"]
        assert mirror == {each["key"]: each["sha256"] for each in there}

    is_true_after(lambda session, at, lena: None)
    is_true_after(retire)
    assert "export-data" not in mirror
    is_true_after(
        lambda session, at, lena: export(session).undo_retirement(session, by=lena, at=at)
    )
    new_words(shop)
    is_true_after(lambda session, at, lena: None)
    is_true_after(lambda session, at, lena: export(session).undo_approval(session, by=lena, at=at))
    is_true_after(recall_it)
    assert "export-data" not in mirror
    is_true_after(reinstate_it)
    assert "export-data" in mirror
    cast.later(shop, minutes=30)
    is_true_after(lambda session, at, lena: None)
    assert "pause-plan" not in mirror
    is_true_after(extend)
    assert "pause-plan" in mirror


def export(session):
    return cast.entry_of(session, "export-data")


def retire(session, at, lena) -> None:
    export(session).retire(session, reason="Moved.", by=lena, at=at)


def recall_it(session, at, lena) -> None:
    recall.recall(session, export(session), reason="Wrong.", by=the(session, AMIR), at=at)


def reinstate_it(session, at, lena) -> None:
    found = session.scalars(select(Recall)).one()
    recall.reinstate(session, found, because="It is right.", by=lena, at=at)


def extend(session, at, lena) -> None:
    expiring.extend(session, cast.entry_of(session, "pause-plan"), None, by=lena, at=at)


def test_somebody_else_s_open_draft_is_written_over_only_by_who_has_read_it(shop, program):
    with shop.db.writing() as session:
        entry = cast.entry_of(session, "export-data")
        entry.save(session, cast.a_draft(answer="Amir’s."), by=the(session, AMIR), at=cast.NOW)
    body = {**PAUSE, "key": "export-data"}

    blind = program.call("PUT", "/entries/export-data", json=body)
    with shop.db.reading() as session:
        assert cast.entry_of(session, "export-data").newest.answer == "Amir’s."
    there = program.call("GET", "/entries/export-data/draft").json()["revision"]
    read = program.call("PUT", "/entries/export-data", json=body, params={"revision": there})
    other = program.call("PUT", "/entries/export-data", json=PAUSE)

    assert (blind.status_code, read.status_code, other.status_code) == (409, 200, 422)
    assert "Somebody else’s draft is open." in blind.text


def test_filed_otherwise_by_a_program_an_answer_waits_and_stays_where_it_is(shop, program):
    cast.an_entry(shop)
    body = {**PAUSE, "scenario": "sign-in-link"}

    draft = program.call("PUT", "/entries/pause-plan", json=body).json()

    assert draft["entry"]["scenario"] == "sign-in-link"
    assert program.call("GET", "/entries/pause-plan").json()["scenario"] is None
    assert program.call("POST", "/entries/pause-plan/submission").json()["state"] == "review"


def test_a_search_says_what_would_be_done_and_records_nothing(shop, program):
    with shop.db.reading() as session:
        before = session.query(Event).count()

    said = program.call("GET", "/search", params={"q": cast.EXPORT}).json()

    assert (said["entry"], said["text"]) == ("export-data", cast.EXPORT_TEXT)
    with shop.db.reading() as session:
        assert session.query(Event).count() == before


def test_an_entry_of_another_launch_is_byte_for_byte_not_there(shop, program):
    with shop.db.writing() as session:
        other = Launch(
            key="other", name="Other", trigger="", time_zone="UTC", prepared_at=cast.NOW,
            starts_at=cast.NOW, library_revision=0,
        )  # fmt: skip
        for name in ("scope", "out_of_scope", "objectives", "baselines", "exit_criteria", "sites"):
            setattr(other, name, [])
        other.mode, other.wrong_rate, other.languages = "suggest", 0.01, []
        other.coverage, other.policies = {}, {}
        session.add(other)
        entry = cast.entries.create(
            session, other, key="secret-plan", kind="faq", draft=cast.a_draft(),
            by=the(session, NOOR), at=cast.NOW,
        )  # fmt: skip
        entry.approve_as_imported(session, by=the(session, LENA), at=cast.NOW)

    for path in ("/entries/{}", "/entries/{}/draft"):
        theirs = program.call("GET", path.format("secret-plan"))
        nobodys = program.call("GET", path.format("secret-plam"))
        assert (theirs.status_code, theirs.content) == (404, nobodys.content)
    assert "secret-plan" not in program.call("GET", "/entries").text


@pytest.mark.parametrize(
    "asked",
    [
        {"cursor": "none-of-ours"}, {"cursor": "\x00"}, {"cursor": "é"}, {"limit": 0},
        {"limit": 1_000_000}, {"updated_since": "yesterday"}, {"updated_since": "2026-11-16"},
    ],
)  # fmt: skip
def test_a_list_that_is_asked_for_wrongly_is_refused(program, asked):
    assert program.call("GET", "/entries", params=asked).status_code == 422


# --- writing ---


def test_what_a_program_writes_waits_for_somebody_else_than_who_made_its_key(shop, program):
    made = program.creates(PAUSE)
    assert (made.status_code, made.json()["state"], made.json()["live_version"]) == (
        201,
        "draft",
        None,
    )
    sent = program.call("POST", "/entries/pause-plan/submission").json()
    assert sent["state"] == "review"
    assert program.call("GET", "/entries/pause-plan").status_code == 404

    with shop.db.writing() as session:
        entry = cast.entry_of(session, "pause-plan")
        with pytest.raises(NotPermitted, match="You wrote this version"):
            entry.approve(session, by=the(session, LENA), at=cast.NOW)
        events = session.scalars(select(Event).where(Event.entry_id == entry.id))
        assert [(each.kind, each.who) for each in events] == [
            ("entry.saved", "API key “Docs sync”"),
            ("entry.submitted", "API key “Docs sync”"),
        ]
        entry.approve(session, by=the(session, NOOR), at=cast.NOW)
    assert program.call("GET", "/entries/pause-plan").json()["text"] == "Yes, in Billing."


def test_the_same_request_again_makes_no_second_entry(shop, program):
    first, again = program.creates(PAUSE), program.creates(PAUSE)
    other = program.creates({**PAUSE, "answer": "No."})
    anew = program.creates(PAUSE, key="another-key")

    assert (first.json(), again.status_code) == (again.json(), 201)
    assert (other.status_code, "Idempotency-Key" in other.text) == (409, True)
    assert (anew.status_code, "already" in anew.text) == (409, True)


def test_a_change_leaves_what_customers_get_and_the_slower_of_two_is_told(shop, program):
    body = {**PAUSE, "key": "export-data", "answer": "Use the API."}
    revision = program.call("GET", "/entries/export-data/draft").json()["revision"]

    changed = program.call("PUT", "/entries/export-data", params={"revision": revision}, json=body)
    slower = program.call("PUT", "/entries/export-data", params={"revision": revision}, json=body)

    assert (changed.json()["version"], changed.json()["live_version"]) == (2, 1)
    assert program.call("GET", "/entries/export-data").json()["text"] == cast.EXPORT_TEXT
    assert (slower.status_code, "its revision is" in slower.text) == (409, True)
    assert program.call("GET", "/entries/export-data/draft").json()["replay"]["state"] == "none"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({**PAUSE, "approved_at": "2026-11-16T00:00:00Z"}, 422, "approved_at"),
        ({**PAUSE, "launch_id": 2}, 422, "launch_id"),
        ({**PAUSE, "key": "Has Space"}, 422, "key"),
        ({**PAUSE, "key": "new"}, 409, "addresses use"),
        ({**PAUSE, "answer": ""}, 409, "answer"),
        ({**PAUSE, "answer": "x" * 4_001}, 422, "answer"),
        ({**PAUSE, "answer": "a\x00b"}, 422, "answer"),
        ({**PAUSE, "answer": "\u200b\u2028"}, 409, "answer"),
        ({**PAUSE, "question": "\u3164"}, 422, "question"),
        ({**PAUSE, "answer": "Open \u202egnilliB\u202c."}, 422, "answer"),
        ({**PAUSE, "scenario": "nowhere"}, 409, "scenario"),
        ({**PAUSE, "phrasings": "one"}, 422, "phrasings"),
        ([], 422, ""),
        ("text", 422, ""),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(program, body, status, said):
    refused = program.creates(body)

    assert (refused.status_code, said in refused.text) == (status, True)
    assert refused.json()["error"]["message"] if "error" in refused.json() else refused.text


def test_no_route_of_it_approves_and_each_says_which_key_it_needs(shop):
    described = a_browser(shop).client.get("/openapi.json").json()["paths"]
    mine = {path: set(verbs) for path, verbs in described.items() if path.startswith(API)}

    assert mine == {
        f"{API}/entries": {"get", "post"},
        f"{API}/entries/{{key}}": {"get", "put"},
        f"{API}/entries/{{key}}/draft": {"get"},
        f"{API}/entries/{{key}}/submission": {"post"},
        f"{API}/search": {"get"},
    }
