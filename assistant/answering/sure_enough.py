"""How sure is sure enough: the thresholds that a question is decided by. Pure."""

from dataclasses import dataclass

from assistant.launch.launches import WRONG_RATE
from knowledge import certainty
from knowledge.calibration import AS_SHIPPED, Recalibration, answering_from


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How sure is sure enough, as probabilities of the calibrated certainty."""

    auto: float
    """From which retrieval answers alone."""
    ask: float
    """From which the customer is asked; of one of three titles being right."""
    word: float = certainty.T_AUTO
    """From which a model's word is enough."""


def thresholds(
    wrong_rate: float,
    *,
    learnt: float | None = None,
    only_raises: bool = False,
    lexical: bool = False,
    calibration: Recalibration = AS_SHIPPED,
) -> Thresholds:
    """Return how sure is sure enough for the share of wrong answers that a lead accepts.

    ``learnt`` is what the launch's labels prove for that rate. Until there are enough of them the
    shipped threshold stands for one wrong answer in a hundred: a stricter rate raises it in
    proportion to the doubt that is left, a kinder one may not lower it. Nor may what was learnt
    when it ``only_raises``. While only words are compared it is higher still.

    Both mean the certainty as it turned out in this launch. The ``calibration`` moves the
    threshold and not the certainty, so that labels of different nights stay comparable. Neither
    touches what a model's word must be worth: that is learnt from labels of its own.
    """
    shipped = max(certainty.T_AUTO, 1 - (1 - certainty.T_AUTO) * wrong_rate / WRONG_RATE)
    if learnt is None or only_raises:
        auto = max(learnt or 0.0, answering_from(calibration, shipped))
    else:
        auto = max(learnt, calibration.shipped_for(certainty.T_AUTO_FLOOR))
    auto = certainty.answering_from(auto, lexical)
    return Thresholds(auto=auto, ask=certainty.T_ASK, word=shipped)
