"""The model asked again about what a version changes: counted, capped, and remembered apart."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy.orm import Session

from assistant.answering.memory import Heard, Verdicts
from assistant.answering.replay_records import Replay
from assistant.answering.verdicts import Verdict
from assistant.ground import spending
from assistant.ground.llm import Deadline, Failure
from assistant.ground.parts import Parts

if TYPE_CHECKING:
    from assistant.ground.llm import Model

TOKENS = 2_000  # of a call, until a launch has calls to go by
WORLDS, LOOKS = 2, 2  # as the library is and as it would be; again in another order, at most


@dataclass(frozen=True, slots=True)
class Cost:
    """What asking the model about the questions that a version changes may cost."""

    questions: int
    calls: int  # about so many, where the model does not surprise
    most: int  # calls that are made at most
    tokens: int  # about
    left: int  # calls that are left today, of all launches

    @property
    def is_within(self) -> bool:
        """Return whether today's budget has room for it."""
        return self.calls <= self.left


def cost_of(parts: Parts, session: Session, replay: Replay) -> Cost | None:
    """Return what the model would cost for a replay; nothing without a model."""
    if parts.model is None:
        return None
    spent = spending.of_launch(session, replay.launch_id)
    each = spent.tokens // spent.calls if spent.calls else TOKENS
    calls = WORLDS * replay.changed
    left = max(0, parts.settings.llm_calls_per_day - parts.model.spent().calls)
    return Cost(replay.changed, calls, LOOKS * calls, calls * each, left)


class Counted:
    """A model that is asked at most so often."""

    def __init__(self, model: "Model", most: int) -> None:
        self._model = model
        self._most = most
        self.calls = 0

    def deadline(self) -> Deadline:
        """Return when an answer that begins now has to be there."""
        return self._model.deadline()

    def ask(self, *asked: Any, **more: Any) -> Any:
        """Ask it; a failure once it was asked as often as it may be."""
        if self.calls >= self._most:
            return Failure("spent")
        self.calls += 1
        return self._model.ask(*asked, **more)

    def as_model(self) -> "Model":
        """Return it in the model's place."""
        return cast("Model", self)


class Overheard:
    """What the model said to customers' questions, read only, and what it says in a replay."""

    def __init__(self, live: Verdicts | None) -> None:
        self._live = live
        self._own = Verdicts()

    def of(self, heard: Heard, asked: Callable[[], Verdict]) -> Verdict:
        """Return what is known about a question, or what ``asked`` says."""
        known = self._live.recall(heard) if self._live is not None else None
        return known or self._own.of(heard, asked)
