"""Are we calm? One verdict in a sentence, from the support's figures and the customers'. Pure.

Both groups have to move the right way (R70): quick answers do not make up for customers who keep
coming back, nor content customers for a desk that drowns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.ground.amounts import plural


class Way(StrEnum):
    """Where a figure goes."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"


class Group(StrEnum):
    """Whose figures they are."""

    SUPPORT = "the desk"  # response, resolution, backlog, escalations
    CUSTOMERS = "customers"  # repeats, returns, satisfaction, use of the product


@dataclass(frozen=True, slots=True)
class Moving:
    """One figure, whose it is, and where it goes."""

    title: str
    group: Group
    way: Way


class Calm(StrEnum):
    """The verdict."""

    CALM = "calm"
    SETTLING = "getting calmer"
    NOT_CALM = "not calm"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict, and the sentence that says it and why."""

    calm: Calm
    sentence: str


def verdict(
    figures: Sequence[Moving], *, stable_days: int, needed: int, is_met: bool, grave: int = 0
) -> Verdict:
    """Return whether it is calm. ``is_met``: of every exit criterion; ``grave``: Sev 1 open now."""
    if grave:
        one = "ticket is" if grave == 1 else "tickets are"
        return Verdict(Calm.NOT_CALM, f"Not calm: {grave} Sev 1 {one} open.")
    if worse := [each for each in figures if each.way is Way.WRONG]:
        return Verdict(Calm.NOT_CALM, _worse(figures, worse))
    ways = {group: way_of(figures, group) for group in Group}
    if dark := [group.value for group, way in ways.items() if way is Way.UNKNOWN]:
        listed = " and ".join(dark)
        return Verdict(Calm.UNKNOWN, f"Nobody can say yet: too little data about {listed}.")
    if is_met:
        return Verdict(
            Calm.CALM, f"Calm: every exit criterion is met, {plural(stable_days, 'stable day')}."
        )
    so_far = f"{min(stable_days, needed)} of {plural(needed, 'stable day')}"
    return Verdict(Calm.SETTLING, f"Getting calmer: nothing is worse, {so_far}.")


def way_of(figures: Sequence[Moving], group: Group) -> Way:
    """Return where a group goes: wrong when one figure does, right when one does and none wrong."""
    ways = {each.way for each in figures if each.group is group}
    if Way.WRONG in ways:
        return Way.WRONG
    return Way.RIGHT if Way.RIGHT in ways else Way.UNKNOWN


def _worse(figures: Sequence[Moving], worse: Sequence[Moving]) -> str:
    titles = ", ".join(each.title[0].lower() + each.title[1:] for each in worse)
    groups = {each.group for each in worse}
    fine = [g for g in Group if g not in groups and way_of(figures, g) is Way.RIGHT]
    but = f", though {fine[0].value} {_do(fine[0])} well" if fine else ""
    return f"Not calm: {titles} {'goes' if len(worse) == 1 else 'go'} the wrong way{but}."


def _do(group: Group) -> str:
    return "does" if group is Group.SUPPORT else "do"
