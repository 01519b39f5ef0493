"""What servers that call themselves OpenAI-compatible really do, each with its own habits.

Every one answers well in the end: it picks the text with a title, if it is asked in a way that it
takes. What it refuses and how, and what it puts around its answer, is as seen in the wild.
"""

from collections.abc import Mapping
from typing import Any

from tests.model_behaviours import completion, verdict
from tests.model_server import Asked, Behaviour, Wire


def _pick(asked: Asked, title: str) -> str:
    return verdict(next((n for n, c in asked.candidates.items() if c["title"] == title), "NONE"))


def _answers(wire: Wire, content: str | None, finish: str = "stop", **message: Any) -> None:
    said = completion(content, system_fingerprint="fp", service_tier="default")
    choice: dict[str, Any] = said["choices"][0]  # type: ignore[index]
    choice["message"].update(message)
    choice.update(finish_reason=finish, logprobs=None)
    wire.answer(200, said)


def _refuses(wire: Wire, status: int, message: str, kind: str, **more: Any) -> None:
    error = {"message": message, "type": kind, "param": None, "code": None, **more}
    wire.answer(status, {"error": error})


def openai_strict(title: str) -> Behaviour:
    """Takes a strict schema, and only one that is closed and requires every field."""

    def behave(asked: Asked, wire: Wire) -> None:
        schema = asked.body["response_format"]["json_schema"]
        closed = schema["schema"].get("additionalProperties") is False
        if not closed or set(schema["schema"]["required"]) != set(schema["schema"]["properties"]):
            _refuses(wire, 400, "Invalid schema for response_format", "invalid_request_error")
        else:
            _answers(wire, _pick(asked, title), refusal=None, annotations=[])

    return behave


def openai_reasoning(title: str) -> Behaviour:
    """Wants the newer name of the limit and no temperature, and thinks within the limit."""

    def behave(asked: Asked, wire: Wire) -> None:
        if "max_tokens" in asked.body:
            message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
            _refuses(wire, 400, message, "invalid_request_error", param="max_tokens")
        elif "temperature" in asked.body:
            message = "Unsupported value: 'temperature' does not support 0 with this model."
            _refuses(wire, 400, message, "invalid_request_error", param="temperature")
        elif asked.body["max_completion_tokens"] < 500:
            _answers(wire, "", "length", refusal=None)
        else:
            _answers(wire, _pick(asked, title), refusal=None)

    return behave


def gateway(title: str) -> Behaviour:
    """A proxy in front of a model that knows no response format; adds fields of its own."""

    def behave(asked: Asked, wire: Wire) -> None:
        if "response_format" in asked.body:
            message = (
                "litellm.UnsupportedParamsError: the provider does not support parameters: "
                "['response_format']. To drop these, set `litellm.drop_params=True`."
            )
            _refuses(wire, 400, message, "None", code="400")
        else:
            fields = {"provider_specific_fields": {"refusal": None}, "tool_calls": None}
            _answers(wire, f"```json\n{_pick(asked, title)}\n```", **fields)

    return behave


def dropping_gateway(title: str) -> Behaviour:
    """A proxy that silently leaves out what the model behind does not know."""
    return lambda asked, wire: _answers(wire, f"Here you go:\n{_pick(asked, title)}\n", images=[])


def llama_cpp(title: str) -> Behaviour:
    """Cannot turn the schema into a grammar; takes JSON and begins it with white space."""

    def behave(asked: Asked, wire: Wire) -> None:
        if asked.step == "schema":
            message = "Failed to initialize samplers: failed to parse grammar"
            wire.answer(400, {"error": {"code": 400, "message": message,
                                        "type": "invalid_request_error"}})  # fmt: skip
        else:
            _answers(wire, f"\n\n   {_pick(asked, title)}\n")

    return behave


def thinking_aloud(title: str) -> Behaviour:
    """Leaves its thoughts in the content, with drafts of another verdict among them."""

    def behave(asked: Asked, wire: Wire) -> None:
        first = verdict(next(iter(asked.candidates)))
        _answers(wire, f"<think>\nMaybe {first}? Or {verdict('NONE')}.\n</think>\n\n"
                       f"{_pick(asked, title)}")  # fmt: skip

    return behave


def ollama(title: str) -> Behaviour:
    """Ignores the schema and writes a fenced object between sentences."""

    def behave(asked: Asked, wire: Wire) -> None:
        _answers(wire, f"Sure! Here it is:\n\n```json\n{_pick(asked, title)}\n```\nHope it helps!")

    return behave


def old_vllm(title: str) -> Behaviour:
    """Forbids every field it does not know, and says so without an `error` around it."""

    def behave(asked: Asked, wire: Wire) -> None:
        if asked.step == "schema":
            message = (
                "[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), "
                "'msg': \"Input should be 'text' or 'json_object'\", 'input': 'json_schema'}]"
            )
            wire.answer(400, {"object": "error", "message": message, "type": "BadRequestError",
                              "param": None, "code": 400})  # fmt: skip
        else:
            _answers(wire, _pick(asked, title), stop_reason=None)

    return behave


def vllm_reasoning(title: str) -> Behaviour:
    """Keeps its thoughts apart; while they fill the limit the content is null."""

    def behave(asked: Asked, wire: Wire) -> None:
        if asked.body["max_tokens"] < 500:
            _answers(wire, None, "length", reasoning_content="The customer asks about")
        else:
            _answers(wire, f"\n\n{_pick(asked, title)}", reasoning_content="It is the price.")

    return behave


# How to ask each of them once it is known: step, and calls until it was known.
SERVERS: Mapping[str, tuple[Any, str, int]] = {
    "OpenAI, strict schema": (openai_strict, "schema", 1),
    "OpenAI, reasoning model": (openai_reasoning, "schema", 4),
    "a gateway that refuses": (gateway, "plain", 3),
    "a gateway that drops": (dropping_gateway, "schema", 1),
    "llama.cpp": (llama_cpp, "json", 2),
    "llama.cpp, thinking aloud": (thinking_aloud, "schema", 1),
    "Ollama": (ollama, "schema", 1),
    "vLLM, an old one": (old_vllm, "json", 2),
    "vLLM, reasoning model": (vllm_reasoning, "schema", 2),
}


def refusal(asked: Asked, wire: Wire) -> None:
    """OpenAI's model declines: no content, the reason in a field of its own."""
    _answers(wire, None, refusal="I'm sorry, I can't help with that.")


def refused(status: int, body: object) -> Behaviour:
    """Says no for a reason that no other way of asking would change."""
    return lambda asked, wire: wire.answer(status, body, {"Retry-After": "30"})


# What is no verdict, whoever says so, and the half sentence for it.
NO_VERDICT: Mapping[str, tuple[Behaviour, str]] = {
    "OpenAI declines": (refusal, "what came back is not a completion"),
    "OpenAI, quota used up": (
        refused(429, {"error": {"message": "You exceeded your current quota",
                                "type": "insufficient_quota", "code": "insufficient_quota"}}),
        "the model's server asks for fewer calls",
    ),
    "a gateway, wrong key": (
        refused(401, {"error": {"message": "Authentication Error, Invalid proxy server token",
                                "type": "auth_error", "param": "None", "code": "401"}}),
        "the model's server refuses our key, our model or our address",
    ),
    "a gateway, over its rate": (
        refused(429, {"error": {"message": "Max parallel request limit reached",
                                "type": "None", "code": "429"}}),
        "the model's server asks for fewer calls",
    ),
    "a gateway that lost its reply": (refused(200, "null"), "what came back is not a completion"),
    "Ollama, unknown model": (
        refused(404, {"error": {"message": "model 'a-model' not found", "type": "not_found_error",
                                "param": None, "code": None}}),
        "the model's server refuses our key, our model or our address",
    ),
    "llama.cpp, still loading": (
        refused(503, {"error": {"code": 503, "message": "Loading model",
                                "type": "unavailable_error"}}),
        "the model's server reports an error of its own",
    ),
    "vLLM, prompt too long": (
        refused(400, {"object": "error", "message": "This model's maximum context length is 512",
                      "type": "BadRequestError", "param": None, "code": 400}),
        "the model's server does not accept the request in any form",
    ),
}  # fmt: skip
