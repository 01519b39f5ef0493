"""What a call to the language model is made to, and what it can end in."""

from dataclasses import dataclass, field
from typing import Generic, Literal
from urllib.parse import urlsplit

from assistant.ground.dialect import Shape

Kind = Literal[
    "off", "asleep", "spent", "busy", "timeout", "unreachable", "limited", "refused",
    "rejected", "redirected", "broken", "garbled", "too-long", "prose",
]  # fmt: skip

_WORDS: dict[Kind, str] = {
    "off": "no model is configured",
    "asleep": "the model did not answer lately and is left alone for a while",
    "spent": "today's cap for model calls is reached",
    "busy": "too many model calls are under way",
    "timeout": "the model did not answer in time",
    "unreachable": "the model's server cannot be reached",
    "limited": "the model's server asks for fewer calls",
    "refused": "the model's server refuses our key, our model or our address",
    "rejected": "the model's server does not accept the request in any form",
    "redirected": "the model's server points elsewhere, and we do not follow",
    "broken": "the model's server reports an error of its own",
    "garbled": "what came back is not a completion",
    "too-long": "what came back is longer than any verdict",
    "prose": "the model did not keep to the form",
}

# The endpoint is alive and it is this one question that it does not digest: no reason to leave
# it alone, or five odd messages from one customer would take the model away from all others.
_ALIVE: frozenset[Kind] = frozenset({"prose", "rejected"})
# Not the endpoint's doing at all.
_OURS: frozenset[Kind] = frozenset({"off", "asleep", "spent", "busy"})
# Nothing was done that anybody could charge for.
_FREE: frozenset[Kind] = frozenset({"unreachable", "limited", "refused", "rejected", "redirected"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One OpenAI-compatible server and the model to ask there."""

    base_url: str
    """Up to and including the version, for instance `https://host/v1`."""
    api_key: str = field(repr=False)
    model: str

    @property
    def host(self) -> str:
        """Host and port, for logs; never the user, the path or the query of the address."""
        return urlsplit(self.base_url).netloc.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Reply(Generic[Shape]):
    """What the model proposes: a checked shape, still to be distrusted."""

    parsed: Shape
    model: str


@dataclass(frozen=True, slots=True)
class Failure:
    """No reply, and why: `kind` for machines, `words` for people. Holds nothing of the content."""

    kind: Kind

    @property
    def words(self) -> str:
        """The reason as half a sentence."""
        return _WORDS[self.kind]

    @property
    def endpoint_is_alive(self) -> bool:
        """The endpoint works; only this question came to nothing."""
        return self.kind in _ALIVE

    @property
    def is_ours(self) -> bool:
        """No call was made, so nothing was learnt about the endpoint."""
        return self.kind in _OURS

    @property
    def is_free(self) -> bool:
        """Nobody can have charged for it."""
        return self.kind in _FREE


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP exchange as the log may know it: everything but the content."""

    host: str
    model: str
    step: str
    """How it was asked: "schema", "json" or "plain"."""
    seconds: float
    prompt_tokens: int | None
    completion_tokens: int | None
    outcome: str
    """"ok" or the kind of the failure."""


@dataclass(frozen=True, slots=True)
class State:
    """How one endpoint is doing, for `/readyz` and the desk's banner."""

    host: str
    model: str
    asleep_for: float | None
    """Seconds since it was given up on; None while it is asked."""
    last_failure: str | None
    """In words, the reason of the latest call if that one failed."""
