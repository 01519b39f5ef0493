"""Kinds, states and decisions of a cause, as values."""

from enum import StrEnum

from assistant.launch.scenarios import Decider


class Kind(StrEnum):
    """What has to change: the product, or what people know about it."""

    BUG = "bug"
    TRAINING_GAP = "training-gap"


class State(StrEnum):
    """How far it is, in this order."""

    DETECTED = "detected"
    DECIDED = "decided"
    FIXING = "fixing"
    FIXED = "fixed"


class Decision(StrEnum):
    """What was decided. Where facts are missing, nothing is decided yet."""

    EXPECTED = "expected"
    NOT_EXPECTED = "not-expected"
    WORKAROUND = "workaround"
    NEED_FACTS = "need-facts"


DECIDED_BY = {  # the three deciders of a scenario, by what they decide
    Decision.EXPECTED: Decider.CONFIRMS_EXPECTED,
    Decision.NOT_EXPECTED: Decider.CONFIRMS_EXPECTED,
    Decision.WORKAROUND: Decider.TRIGGERS_ROLLBACK,
}

SAY_KIND = "Choose bug or training gap."
STATE_WORDS = {
    State.DETECTED: "detected",
    State.DECIDED: "decided",
    State.FIXING: "being fixed",
    State.FIXED: "fixed",
}
