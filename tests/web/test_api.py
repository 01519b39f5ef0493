"""The JSON API, door by door: what it gives, what it refuses, and what every response carries."""

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from assistant.desk.feedback import Feedback
from assistant.ground.parts import Parts
from knowledge.embedding import Embedder
from tests import cast
from tests.cast import AMIR, EXPORT, EXPORT_TEXT, LAUNCH, NOW, PRICE, UNKNOWN, the
from web.app import create_app

BEGIN = f"/api/v1/launches/{LAUNCH}/conversations"


@pytest.fixture
def web(shop: Parts) -> Iterator[TestClient]:
    yield TestClient(create_app(shop), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def open_house(
    tmp_path_factory: pytest.TempPathFactory, imported: Path, embedder: Embedder
) -> Iterator[TestClient]:
    """One application for all tests after which nothing is kept."""
    folder = tmp_path_factory.mktemp("open-house")
    shutil.copy(imported / "hypercare.sqlite3", folder)
    parts = cast.parts_in(folder, embedder=embedder)
    parts.settings = parts.settings.model_copy(update={"conversations_per_minute": 10_000})
    yield TestClient(create_app(parts), raise_server_exceptions=False)
    parts.close()


class Visitor:
    """Somebody with a conversation, as their widget talks to us."""

    def __init__(self, web: TestClient, **about: str) -> None:
        begun = web.post(BEGIN, json=about or None).json()
        self.web, self.id, self.token = web, begun["id"], begun["token"]
        self.sent = 0

    def headers(self, key: str | None = None) -> dict[str, str]:
        self.sent += 1
        return {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": key or f"key-{self.sent:05}",
        }

    def post(self, act: str, body: Any, key: str | None = None) -> Response:
        path = f"/api/v1/conversations/{self.id}/{act}"
        return self.web.post(path, json=body, headers=self.headers(key))

    def send(self, act: str, raw: bytes) -> Response:
        headers = {**self.headers(), "Content-Type": "application/json"}
        return self.web.post(f"/api/v1/conversations/{self.id}/{act}", content=raw, headers=headers)

    def asks(self, words: str, key: str | None = None) -> dict[str, Any]:
        response = self.post("messages", {"text": words}, key)
        assert response.status_code == 200, response.text
        return dict(response.json())

    def sees(self, **wanted: Any) -> dict[str, Any]:
        path = f"/api/v1/conversations/{self.id}"
        return dict(self.web.get(path, params=wanted, headers=self.headers()).json())


@pytest.fixture
def visitor(web: TestClient) -> Visitor:
    return Visitor(web)


@pytest.fixture
def stranger(open_house: TestClient) -> Visitor:
    return Visitor(open_house)


def error(response: Response) -> tuple[int, str]:
    body = response.json()
    assert set(body) == {"error"}, body
    assert set(body["error"]) == {"code", "message", "what_to_do"}
    assert body["error"]["message"]
    return response.status_code, body["error"]["code"]


# The fixed routes.


def test_a_conversation_begins_with_an_id_and_a_token(web: TestClient) -> None:
    response = web.post(BEGIN, json={"page_url": "https://shop.example/cart", "visitor": "v-1"})

    assert response.status_code == 201
    assert set(response.json()) == {"id", "token"}
    assert len(response.json()["token"]) >= 32


def test_a_conversation_begins_without_a_body_too(web: TestClient) -> None:
    assert web.post(BEGIN).status_code == 201


def test_a_question_gets_the_approved_message(visitor: Visitor) -> None:
    told = visitor.asks(EXPORT)

    assert told["outcome"] == "answer"
    answer = told["answer"]
    assert {name: answer[name] for name in ("entry", "version", "verdict", "text", "html")} == {
        "entry": "export-data",
        "version": 1,
        "verdict": "information",
        "text": EXPORT_TEXT,
        "html": f"<p>{EXPORT_TEXT}</p>",
    }
    assert len(answer["sha256"]) == 64
    assert answer["parts"]["answer"] == EXPORT_TEXT


def test_a_question_nobody_approved_gets_a_ticket(visitor: Visitor) -> None:
    told = visitor.asks(UNKNOWN)

    assert told["outcome"] == "handoff"
    assert {name: told["ticket"][name] for name in ("number", "severity", "acknowledged_at")} == {
        "number": "HC-1001",
        "severity": 3,
        "acknowledged_at": "2026-11-17T09:00:00Z",
    }
    assert told["ticket"]["promises"][0] == {
        "kind": "acknowledge",
        "due_at": "2026-11-17T09:15:00Z",
    }


def test_did_you_mean_is_answered_by_a_choice(visitor: Visitor) -> None:
    asked = visitor.asks("price")["clarification"]
    chosen = {"message_id": asked["message_id"], "entry": asked["options"][0]["entry"]}

    told = visitor.post("choices", chosen).json()

    assert (told["outcome"], told["answer"]["title"]) == ("answer", PRICE)
    assert visitor.sees()["messages"][1]["chosen"] == "price-differs"


def test_whether_it_helped_is_kept(visitor: Visitor) -> None:
    message = visitor.asks(EXPORT)["answer"]["message_id"]
    body = {"message_id": message, "helpful": False, "reason": "unclear", "note": "Which one?"}

    assert visitor.post("helpful", body).json() == {"recorded": True}
    assert visitor.sees()["messages"][-1]["helpful"] is False


def test_a_person_comes_on_request_and_context_is_asked_once(visitor: Visitor) -> None:
    assert visitor.post("person", {"note": "Please call."}).json()["outcome"] == "handoff"

    told = visitor.post("context", {"doing": "Paying", "can_continue": "no"}).json()

    assert told["ticket"]["context"] == {"doing": "Paying", "can_continue": "no"}


def test_the_whole_conversation_is_shown_and_what_is_newer_than_a_message(
    visitor: Visitor, shop: Parts
) -> None:
    visitor.asks(UNKNOWN)
    cast.amir_replies(shop, "No knees, I think.")

    seen = visitor.sees()

    assert (seen["launch"], seen["state"]) == (LAUNCH, "waiting")
    assert [(m["by"], m["author"]) for m in seen["messages"]] == [
        ("customer", None),
        ("system", None),
        ("agent", "Amir"),
    ]
    assert seen["ticket"]["number"] == "HC-1001"
    assert seen["update"]["title"] == "New prices began on Monday"
    newer = visitor.sees(after=seen["messages"][1]["id"])
    assert [m["text"] for m in newer["messages"]] == ["No knees, I think."]


def test_a_note_of_the_team_is_in_no_answer(visitor: Visitor, shop: Parts) -> None:
    visitor.asks(UNKNOWN)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.add_note(session, "Odd fellow.", by=the(session, AMIR), at=NOW)

    assert "Odd fellow" not in json.dumps(visitor.sees())


def test_a_resolved_ticket_can_be_rated(visitor: Visitor, shop: Parts) -> None:
    visitor.asks(UNKNOWN)
    assert error(visitor.post("rating", {"score": 5})) == (409, "refused")
    cast.amir_replies(shop)
    with cast.the_ticket(shop) as (session, ticket):
        ticket.resolve(session, by=the(session, AMIR), at=NOW)

    assert visitor.post("rating", {"score": 5, "note": "Quick"}).json() == {"recorded": True}
    assert (visitor.sees()["state"], visitor.sees()["ticket"]["rating"]) == ("resolved", 5)


def test_the_widget_knows_the_update_and_where_people_hesitate(web: TestClient) -> None:
    shown = web.get(f"/api/v1/launches/{LAUNCH}/widget").json()

    assert shown["launch"] == {"key": LAUNCH, "name": "Spring pricing"}
    assert shown["update"]["expected"] == "Yes, a new price at your renewal is expected."
    assert shown["chips"] == [
        {
            "scenario": "sign-in-link",
            "title": "I cannot get in the way I did",
            "question": "Where is the e-mail with my sign-in link?",
        },
        {
            "scenario": "new-price",
            "title": "The price is not the one I know",
            "question": PRICE,
        },
    ]


# Once.


def test_the_same_key_with_the_same_body_is_the_same_response(visitor: Visitor) -> None:
    first = visitor.post("messages", {"text": UNKNOWN}, "one-key-only")
    second = visitor.post("messages", {"text": UNKNOWN}, "one-key-only")

    assert (first.status_code, first.content) == (200, second.content)
    assert len(visitor.sees()["messages"]) == 2


def test_the_same_key_with_another_body_is_a_conflict(visitor: Visitor) -> None:
    visitor.asks(UNKNOWN, "one-key-only")

    assert error(visitor.post("messages", {"text": EXPORT}, "one-key-only")) == (409, "refused")
    assert error(visitor.post("person", {"note": UNKNOWN}, "one-key-only")) == (409, "refused")


# Who may.

ACTS: list[tuple[str, str, Any]] = [
    ("POST", "messages", {"text": "Hello?"}),
    ("POST", "choices", {"message_id": 1, "entry": None}),
    ("POST", "helpful", {"message_id": 1, "helpful": True}),
    ("POST", "person", {"note": ""}),
    ("POST", "context", {"doing": "x"}),
    ("POST", "rating", {"score": 3}),
    ("GET", "", None),
    ("GET", "events", None),
]


def _bytes(words: str | bytes) -> bytes:
    return words.encode() if isinstance(words, str) else words


def act(
    web: TestClient, how: tuple[str, str, Any], id_: str, authorization: str | bytes
) -> Response:
    method, path, body = how
    headers = {b"Idempotency-Key": b"some-key-1", b"Authorization": _bytes(authorization)}
    path = f"/api/v1/conversations/{id_}/{path}".rstrip("/")
    return web.request(method, path, json=body, headers=headers)


@pytest.mark.parametrize("how", ACTS, ids=lambda how: how[1] or "read")
def test_a_wrong_id_and_a_wrong_token_look_the_same(
    stranger: Visitor, how: tuple[str, str, Any]
) -> None:
    web, other = stranger.web, Visitor(stranger.web)

    wrong_id = act(web, how, f"nowhere-{other.id}", f"Bearer {stranger.token}")
    wrong_token = act(web, how, stranger.id, f"Bearer {other.token}")

    assert error(wrong_id) == (404, "not-found")
    assert wrong_id.content == wrong_token.content


@pytest.mark.parametrize("how", ACTS, ids=lambda how: how[1] or "read")
@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer  ", "Basic abc", "ünlikely"])
def test_without_a_token_nothing_is_told(
    stranger: Visitor, how: tuple[str, str, Any], authorization: str
) -> None:
    response = act(stranger.web, how, stranger.id, authorization)

    assert error(response) == (401, "sign-in")


def test_there_is_no_launch_of_another_key(web: TestClient) -> None:
    assert error(web.get("/api/v1/launches/winter/widget")) == (404, "not-found")
    assert error(web.post("/api/v1/launches/winter/conversations")) == (404, "not-found")


# What is refused.

WRONG: list[tuple[str, Any]] = [
    ("messages", {}),
    ("messages", {"text": ""}),
    ("messages", {"text": " \n\t\u00a0"}),
    ("messages", {"text": "x" * 4_001}),
    ("messages", {"text": "a\x00b"}),
    ("messages", {"text": 5}),
    ("messages", {"text": None}),
    ("messages", {"text": ["x"]}),
    ("messages", {"text": "x", "mode": "auto"}),
    ("messages", []),
    ("messages", "x"),
    ("messages", None),
    ("choices", {"message_id": 1}),
    ("choices", {"message_id": "1", "entry": None}),
    ("choices", {"message_id": True, "entry": None}),
    ("choices", {"message_id": 2**70, "entry": None}),
    ("choices", {"message_id": 0, "entry": None}),
    ("choices", {"message_id": 1, "entry": "x" * 81}),
    ("helpful", {"message_id": 1, "helpful": "yes"}),
    ("helpful", {"message_id": 1, "helpful": 1}),
    ("helpful", {"message_id": 1, "helpful": False, "reason": "bored"}),
    ("helpful", {"message_id": -(2**70), "helpful": True}),
    ("helpful", {"message_id": 1, "helpful": True, "note": "x" * 4_001}),
    ("person", {"note": "a\x00b"}),
    ("person", {"note": 1}),
    ("context", {"can_continue": "maybe"}),
    ("context", {"reach": "x" * 321}),
    ("rating", {"score": 0}),
    ("rating", {"score": 6}),
    ("rating", {"score": "5"}),
    ("rating", {"score": 4.5}),
]


@pytest.mark.parametrize(("path", "body"), WRONG, ids=lambda part: str(part)[:40])
def test_what_is_malformed_is_named_and_nothing_is_kept(
    stranger: Visitor, path: str, body: Any
) -> None:
    assert error(stranger.post(path, body)) == (422, "invalid")
    assert stranger.sees()["messages"] == []


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b'{"text": "\\ud800"}', 422),
        (b'{"text": "x", "\\ud800": 1}', 422),
        (b'{"text": "x"', 422),
        (b"", 422),
        (b"\xff\xfe", 422),
        (b'{"text": "\xff"}', 400),
        (b"[" * 100_000, 400),
        (b'{"text": NaN}', 422),
        (b'{"text": "' + b"x" * 1_000_001 + b'"}', 413),
    ],
)
def test_bytes_that_are_no_message_are_refused(stranger: Visitor, raw: bytes, status: int) -> None:
    assert error(stranger.send("messages", raw))[0] == status
    assert stranger.sees()["messages"] == []


@pytest.mark.parametrize(
    "words",
    ["x" * 4_000, "🧨" * 4_000, "\u202eabc", "a\u200bb", "<script>alert(1)</script>", "'; --"],
)
def test_strange_words_are_taken_and_shown_as_they_are(stranger: Visitor, words: str) -> None:
    stranger.asks(words)

    assert stranger.sees()["messages"][0]["text"] == words


@pytest.mark.parametrize("key", ["", "short", "x" * 129])
def test_a_key_has_8_to_128_characters(stranger: Visitor, key: str) -> None:
    web = stranger.web
    headers = {"Authorization": f"Bearer {stranger.token}", "Idempotency-Key": key}
    path = f"/api/v1/conversations/{stranger.id}/messages"

    assert error(web.post(path, json={"text": "x"}, headers=headers)) == (422, "invalid")
    del headers["Idempotency-Key"]
    assert error(web.post(path, json={"text": "x"}, headers=headers)) == (422, "invalid")


@pytest.mark.parametrize("after", ["-1", "x", str(2**70), "1.5"])
def test_a_place_in_the_conversation_is_a_number(stranger: Visitor, after: str) -> None:
    path = f"/api/v1/conversations/{stranger.id}"

    response = stranger.web.get(path, params={"after": after}, headers=stranger.headers())

    assert error(response) == (422, "invalid")


def test_only_an_answer_can_be_judged(visitor: Visitor) -> None:
    question = visitor.asks(EXPORT)["message_id"]

    judged = visitor.post("helpful", {"message_id": question, "helpful": True})
    absent = visitor.post("helpful", {"message_id": 2**40, "helpful": True})

    assert (error(judged), error(absent)) == ((409, "refused"), (404, "not-found"))


def test_without_a_ticket_there_is_nothing_to_add_to(visitor: Visitor) -> None:
    assert error(visitor.post("context", {"doing": "x"})) == (409, "refused")


def test_too_many_messages_in_a_minute_have_to_wait(shop: Parts, web: TestClient) -> None:
    shop.settings = shop.settings.model_copy(update={"questions_per_minute": 2})
    visitor = Visitor(web)
    for _ in range(2):
        visitor.asks("hi")

    response = visitor.post("messages", {"text": "hi"})

    assert error(response) == (429, "too-many")
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert len(visitor.sees()["messages"]) == 4
    Visitor(web).asks("hi")  # another conversation is not concerned


def test_too_many_conversations_from_one_address_have_to_wait(shop: Parts, web: TestClient) -> None:
    shop.settings = shop.settings.model_copy(update={"conversations_per_minute": 2})
    codes = [web.post(BEGIN).status_code for _ in range(3)]

    assert codes == [201, 201, 429]


# Feedback, exactly as other systems send it.

AS_IT_STANDS = (
    '{"userId": "12345", "feedback": "The new page is great, thank you!", '
    '"timestamp": "2023-10-01T12:34:56Z"}'
)


def test_feedback_works_as_it_stands(web: TestClient, shop: Parts) -> None:
    headers = {"Content-Type": "application/json"}

    response = web.post("/feedback", content=AS_IT_STANDS, headers=headers)

    assert response.status_code == 201
    assert response.json() == {
        "id": 1,
        "category": "positive experience",
        "received_at": "2026-11-17T09:00:00Z",
    }
    with shop.db.reading() as session:
        kept = session.get_one(Feedback, 1)
        assert (kept.user, kept.source) == ("12345", "api")
        assert kept.text == "The new page is great, thank you!"
        assert kept.given_at.isoformat() == "2023-10-01T12:34:56+00:00"


def test_feedback_may_carry_more_than_we_know(web: TestClient) -> None:
    body = {**json.loads(AS_IT_STANDS), "rating": 5}

    assert web.post("/feedback", json=body).status_code == 201


@pytest.mark.parametrize(
    "change",
    [
        {"userId": ""},
        {"userId": 12345},
        {"userId": "x" * 201},
        {"userId": "a\x00"},
        {"feedback": " "},
        {"feedback": "x" * 10_001},
        {"feedback": "a\x00b"},
        {"feedback": None},
        {"timestamp": "yesterday"},
        {"timestamp": "2023-10-01T12:34:56"},
        {"timestamp": "0001-01-01T00:00:00+14:00"},
        {"timestamp": "9999-12-31T23:59:59-14:00"},
        {"timestamp": None},
    ],
    ids=lambda change: str(change)[:40],
)
def test_feedback_that_cannot_be_kept_is_refused(
    open_house: TestClient, change: dict[str, Any]
) -> None:
    body = {**json.loads(AS_IT_STANDS), **change}

    assert error(open_house.post("/feedback", json=body)) == (422, "invalid")


def test_half_a_character_is_no_feedback(web: TestClient) -> None:
    raw = AS_IT_STANDS.replace("great", "\\ud83d").encode()

    response = web.post("/feedback", content=raw, headers={"Content-Type": "application/json"})

    assert error(response) == (422, "invalid")


# Health, figures, the description of the API.


def test_the_process_says_that_it_runs(web: TestClient) -> None:
    assert web.get("/healthz").json() == {"status": "ok"}


def test_readiness_names_each_part_and_what_stands_in_for_it(web: TestClient) -> None:
    response = web.get("/readyz")

    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["parts"]["database"] == {"status": "ok"}
    assert response.json()["parts"]["index"] == {
        "status": "degraded",
        "why": "It is being opened.",
        "meanwhile": "exact scan",
    }


def test_the_figures_count_requests_by_route_and_never_by_customer(
    web: TestClient, visitor: Visitor
) -> None:
    visitor.asks(EXPORT)

    figures = web.get("/metrics").text

    assert 'route="/api/v1/conversations/{conversation_id}/messages",status="200"} 1.0' in figures
    assert visitor.id not in figures


def test_the_api_describes_itself(web: TestClient) -> None:
    described = web.get("/openapi.json").json()["paths"]

    assert {
        "/api/v1/launches/{key}/conversations",
        "/api/v1/conversations/{conversation_id}/messages",
        "/api/v1/conversations/{conversation_id}/choices",
        "/api/v1/conversations/{conversation_id}/helpful",
        "/api/v1/conversations/{conversation_id}",
        "/feedback",
        "/healthz",
        "/readyz",
        "/metrics",
    } <= set(described)


# What every response carries.


def test_every_response_carries_the_browser_s_defences(
    shop: Parts, web: TestClient, visitor: Visitor
) -> None:
    app: Any = web.app

    @app.get("/breaks")
    def breaks() -> None:
        raise ZeroDivisionError

    for path in (
        "/healthz",
        "/widget.js",
        f"/widget/{LAUNCH}",
        "/demo",
        "/sign-in",
        "/desk",
        "/static/hypercare.css",
        "/static/no-such-file",
        "/no-such-page",
        f"/api/v1/conversations/{visitor.id}",
        "/breaks",
    ):
        headers = web.get(path, follow_redirects=False).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "script-src 'self'" in policy, path
        assert "unsafe" not in policy, path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert "frame-ancestors" in policy, path


def test_a_bug_is_told_without_its_inside_and_counted(web: TestClient) -> None:
    app: Any = web.app

    @app.get("/breaks")
    def breaks() -> None:
        raise ZeroDivisionError("secret detail")

    response = web.get("/breaks")

    assert error(response) == (500, "bug")
    assert "secret" not in response.text
    assert 'route="/breaks",status="500"} 1.0' in web.get("/metrics").text


def test_only_the_launch_s_sites_may_frame_the_widget_and_nobody_frames_the_rest(
    web: TestClient,
) -> None:
    def ancestors(path: str) -> str:
        policy = web.get(path, follow_redirects=False).headers["Content-Security-Policy"]
        return str(policy.rpartition("frame-ancestors ")[2])

    assert ancestors(f"/widget/{LAUNCH}") == "'self' https://shop.example"
    assert ancestors("/sign-in") == "'none'"
    assert ancestors("/desk") == "'none'"


def test_the_loader_may_be_used_from_any_site(web: TestClient) -> None:
    response = web.get("/widget.js")

    assert response.headers["Content-Type"].startswith("text/javascript")
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_nothing_private_is_kept_by_caches(web: TestClient, visitor: Visitor) -> None:
    path = f"/api/v1/conversations/{visitor.id}"

    assert web.get(path, headers=visitor.headers()).headers["Cache-Control"] == "no-store"


def test_a_page_that_is_not_there_says_so_to_programs_and_to_people(web: TestClient) -> None:
    assert error(web.get("/api/v1/nothing"))[0] == 404
    page = web.get("/nothing", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_a_form_with_a_strange_token_is_refused_and_no_bug(shop: Parts, web: TestClient) -> None:
    from assistant.ground.people import sign_in
    from web.access import COOKIE

    with shop.db.writing() as session:
        _, token = sign_in(session, the(session, AMIR), at=NOW)
    web.cookies.set(COOKIE, token)

    response = web.post("/sign-out", data={"csrf": "ümläut"})

    assert error(response) == (403, "not-permitted")


def test_a_conversation_lives_on_when_its_launch_is_long_over(
    visitor: Visitor, shop: Parts
) -> None:
    cast.clock_of(shop).forward(timedelta(days=400))

    assert visitor.asks(UNKNOWN)["outcome"] == "handoff"
