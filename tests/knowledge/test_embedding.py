"""Embedders: the local one, and any OpenAI-compatible endpoint with everything it may do wrong."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import respx

from knowledge.embedding import Embedder, EmbeddingFailed, WeightsUnusable, local, remote

ENDPOINT = "https://vectors.test/v1/embeddings"


@pytest.fixture
def endpoint() -> Iterator[respx.Route]:
    with respx.mock:
        yield respx.post(ENDPOINT)


@pytest.fixture
def embedder() -> Iterator[Embedder]:
    with httpx.Client() as client:
        yield remote("https://vectors.test/v1", "sk-secret", "small-3", client)


def answer(*vectors: Any, model: str = "small-3") -> httpx.Response:
    data = [
        {"object": "embedding", "index": index, "embedding": vector}
        for index, vector in enumerate(vectors)
    ]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return httpx.Response(
        200, json={"object": "list", "data": data, "model": model, "usage": usage}
    )


def test_an_endpoint_is_asked_for_plain_numbers_and_its_vectors_get_unit_length(
    endpoint: respx.Route, embedder: Embedder
) -> None:
    endpoint.return_value = answer([3, 4], [0, 2])

    vectors = embedder.embed(["Where is my refund?", "How do I sign in?"])

    assert vectors.dtype == np.float32
    assert vectors == pytest.approx(np.array([[0.6, 0.8], [0, 1]]))
    assert json.loads(endpoint.calls.last.request.content) == {
        "input": ["Where is my refund?", "How do I sign in?"],
        "model": "small-3",
        "encoding_format": "float",
    }


def test_vectors_are_put_in_the_order_of_the_texts_whatever_order_they_come_in(
    endpoint: respx.Route, embedder: Embedder
) -> None:
    shuffled = json.loads(answer([1, 0], [0, 1]).content)
    shuffled["data"].reverse()
    endpoint.return_value = httpx.Response(200, json=shuffled)

    assert embedder.embed(["first", "second"]).tolist() == [[1, 0], [0, 1]]


def test_many_texts_are_sent_in_portions(endpoint: respx.Route, embedder: Embedder) -> None:
    endpoint.side_effect = lambda request: answer(
        *[[1, int(text)] for text in json.loads(request.content)["input"]]
    )

    vectors = embedder.embed([str(number) for number in range(300)])

    assert [len(json.loads(call.request.content)["input"]) for call in endpoint.calls] == [
        128,
        128,
        44,
    ]
    assert vectors[:, 1] / vectors[:, 0] == pytest.approx(np.arange(300), rel=1e-5)


def test_its_name_keeps_its_vectors_apart_from_others(embedder: Embedder) -> None:
    assert embedder.name == "remote:small-3"


def test_dimensions_are_learnt_by_asking_once(endpoint: respx.Route, embedder: Embedder) -> None:
    endpoint.return_value = answer([1, 0, 0])

    assert embedder.dimensions == 3
    assert embedder.dimensions == 3
    assert embedder.embed([]).shape == (0, 3)
    assert endpoint.call_count == 1


def test_an_endpoint_that_changes_its_dimensions_is_refused(
    endpoint: respx.Route, embedder: Embedder
) -> None:
    endpoint.side_effect = [answer([1, 0, 0]), answer([1, 0])]
    embedder.embed(["first"])

    with pytest.raises(EmbeddingFailed, match="3 dimensions became 2"):
        embedder.embed(["second"])


WRONG = {
    "fails": httpx.Response(500, json={"error": {"message": "boom"}}),
    "is busy": httpx.Response(429, headers={"Retry-After": "120"}),
    "knows no key": httpx.Response(401, json={"error": {"message": "no"}}),
    "sends a page": httpx.Response(200, html="<h1>Welcome</h1>"),
    "is cut off": httpx.Response(
        200, content=b'{"data": [{"ind', headers={"Content-Type": "application/json"}
    ),
    "sends nothing": httpx.Response(200, json={"object": "list", "data": []}),
    "sends no list": httpx.Response(200, json={"object": "list", "data": None}),
    "sends another thing": httpx.Response(200, json=["vectors"]),
    "sends too few": answer([1, 0]),
    "sends too many": answer([1, 0], [1, 0], [1, 0]),
    "sends null": answer([1, 0], None),
    "sends words": answer([1, 0], ["a", "b"]),
    "sends rows of two lengths": answer([1, 0], [1, 0, 0]),
    "sends no direction": answer([1, 0], [0, 0]),
    "sends no number": httpx.Response(
        200, content=answer([1, 0], [1, 9]).content.replace(b"9", b"NaN")
    ),
    "sends us elsewhere": httpx.Response(307, headers={"Location": "https://elsewhere.test/"}),
}


@pytest.mark.parametrize("response", WRONG.values(), ids=WRONG.keys())
def test_an_endpoint_that_does_wrong_fails_in_one_way_and_is_not_asked_again(
    response: httpx.Response, endpoint: respx.Route, embedder: Embedder
) -> None:
    endpoint.return_value = response

    with pytest.raises(EmbeddingFailed) as failure:
        embedder.embed(["Where is my refund?", "How do I sign in?"])

    assert endpoint.call_count == 1
    assert str(failure.value).startswith("remote:small-3 gave no vectors: ")
    assert "sk-secret" not in str(failure.value)


@pytest.mark.parametrize(
    "trouble", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError]
)
def test_an_endpoint_that_is_not_reached_fails_in_the_same_way(
    trouble: type[httpx.TransportError], endpoint: respx.Route, embedder: Embedder
) -> None:
    endpoint.side_effect = trouble("no")

    with pytest.raises(EmbeddingFailed):
        embedder.embed(["Where is my refund?"])

    assert endpoint.call_count == 1


def test_the_local_embedder_is_refused_at_once_and_not_at_the_first_question(
    tmp_path: Path,
) -> None:
    with pytest.raises(WeightsUnusable, match=r"model\.safetensors is missing"):
        local(tmp_path / "cache", weights=tmp_path)
