"""How one endpoint wants to be asked, and how to read what it writes back.

"OpenAI-compatible" servers differ: some take a schema, some only the wish for JSON, some
neither; some refuse a temperature or the older name of the output limit. A dialect is one way
to ask, `gentler` gives the next one after a refusal, and whatever the way, the answer is read
by the same strict rule.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ValidationError

OUTPUT_TOKENS = 64  # a verdict needs about 25
THINKING_TOKENS = 1024  # where a model thinks first, and the thinking counts as output
CONTENT_CAP = 4096  # characters; 64 tokens cannot honestly be longer

CUT = "cut off before the first word of the verdict"
_THOUGHT = "</think>"  # some servers leave what a model thinks in front of what it says

Step = Literal["schema", "json", "plain"]
_BELOW: Mapping[Step, Step] = {"schema": "json", "json": "plain"}

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Prompt(Generic[Shape]):
    """What is sent: an instruction of ours, material that others wrote, the form of the reply."""

    instruction: str
    material: str
    shape: type[Shape]
    launch_id: int | None = None
    """Whose account it goes to; never sent."""
    output_tokens: int = 0
    """How many a reply may have, where it is more than a verdict."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The server does not take a request in this form; `complaint` is what it says, for us only."""

    complaint: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to ask; the default is what a current server understands."""

    step: Step = "schema"
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    temperature: bool = True
    output_tokens: int = OUTPUT_TOKENS

    def body(self, model: str, prompt: Prompt[Shape]) -> dict[str, Any]:
        """The request's fields for this way of asking."""
        body: dict[str, Any] = {
            "model": model,
            "messages": [
                {"role": "system", "content": prompt.instruction},
                {"role": "user", "content": prompt.material},
            ],
            self.limit: self.room_for(prompt),
        }
        if self.temperature:
            body["temperature"] = 0
        if self.step != "plain":
            body["response_format"] = _response_format(self.step, prompt.shape)
        return body

    def room_for(self, prompt: Prompt[Shape]) -> int:
        """Tokens that the reply may have."""
        return max(self.output_tokens, prompt.output_tokens)

    def gentler(self, complaint: str) -> "Dialect | None":
        """The next way to try after a refusal that said `complaint`; None at the end."""
        if complaint == CUT:
            is_short = self.output_tokens < THINKING_TOKENS
            return replace(self, output_tokens=THINKING_TOKENS) if is_short else None
        if self.limit == "max_tokens" and "max_completion_tokens" in complaint:
            return replace(self, limit="max_completion_tokens")
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        below = _BELOW.get(self.step)
        return replace(self, step=below) if below else None


def _response_format(step: Step, shape: type[BaseModel]) -> dict[str, Any]:
    if step == "json":
        return {"type": "json_object"}
    # The schema is the same in every call, on purpose: servers compile a schema when they first
    # see it, which takes seconds, so the ids of this question must not be written into it.
    schema = {"name": shape.__name__.lower(), "strict": True, "schema": strict_schema(shape)}
    return {"type": "json_schema", "json_schema": schema}


def strict_schema(shape: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a flat model as strict mode wants it: closed, every field required."""
    properties = {
        name: {key: value for key, value in field.items() if key not in {"title", "default"}}
        for name, field in shape.model_json_schema()["properties"].items()
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


@dataclass(frozen=True, slots=True)
class Completion:
    """What came back: the text, and the tokens the server says it took (None: it does not say)."""

    content: str | None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    is_cut: bool = False
    """The output limit was reached before it was done."""


def completion(body: bytes) -> Completion | None:
    """A server's response read as a chat completion; None where it is not one."""
    try:
        payload = json.loads(body)
        choice = payload["choices"][0]
        content = choice["message"].get("content")
        is_cut = choice.get("finish_reason") == "length"
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return None
    usage = payload.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return Completion(
        content if isinstance(content, str) else None,
        _count(usage.get("prompt_tokens")),
        _count(usage.get("completion_tokens")),
        is_cut,
    )


def _count(value: object) -> int | None:
    return value if type(value) is int and value >= 0 else None


def understood(content: str, shape: type[Shape]) -> Shape | None:
    """The one object of this shape in the text, bare, fenced or with words around it.

    None where there is none, and where two differ: choosing between them would be a guess.
    """
    content = content.rpartition(_THOUGHT)[2]
    if len(content) > CONTENT_CAP:
        return None
    found: list[Shape] = []
    for value in _objects(content):
        try:
            found.append(shape.model_validate(value))
        except ValidationError:
            continue
    first = found[0] if found else None
    return first if all(each == first for each in found) else None


def _objects(content: str) -> Iterator[object]:
    decoder, at = json.JSONDecoder(), 0
    while (at := content.find("{", at)) >= 0:
        try:
            value, at = decoder.raw_decode(content, at)
        except (ValueError, RecursionError):
            at += 1
        else:
            yield value
