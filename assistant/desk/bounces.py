"""Bounces: a ticket comes back to somebody, or to a team, that had it before and gave it away."""

from typing import TYPE_CHECKING, Any

from assistant.ground.people import Person, Role

if TYPE_CHECKING:
    from assistant.desk.tickets import Ticket

FLAGGED_AT = 2  # bounces: from here on somebody has to decide whose it is


def team_of(person: Person) -> str:
    """Return which team somebody works in: engineering, or support."""
    return "engineering" if person.role == Role.ENGINEER else "support"


def comes_back(ticket: "Ticket", to: Person) -> bool:
    """Note who gives ``ticket`` away to ``to``, and return whether that is back to where it was.

    Only who had taken it counts as having had it: to be named owner by the assistant does not.
    """
    owner = ticket.owner
    if owner is None or owner.id == to.id:
        return False
    had = list(ticket.held_by or [])
    is_back = any(_is_back(each, owner, to) for each in had)
    if ticket.claimed_at is not None:
        ticket.held_by = [*had, {"person": owner.id, "team": team_of(owner)}]
    if is_back:
        ticket.bounces += 1
    return is_back


def _is_back(held: dict[str, Any], owner: Person, to: Person) -> bool:
    is_other_team = team_of(owner) != team_of(to)
    return bool(held["person"] == to.id or (is_other_team and held["team"] == team_of(to)))
