"""Who is asked about an entry when its time is over: offered, required, and given in its form."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Membership, Person, Role
from assistant.launch import scenarios
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Scenario
from assistant.library.entries import Entry
from assistant.library.wording import Kind
from web.entry_form import EntryForm
from web.library_pages import AUTHORS
from web.shell import Visit

WHOM = "Say who is asked when its time is over, or choose a scenario."


def team(session: Session, launch: Launch) -> list[Person]:
    """Return who can own an entry of the launch, by name: whoever may write one."""
    members = (
        select(Person)
        .join(Person.memberships)
        .where(Membership.launch_id == launch.id, Person.disabled_at.is_(None))
        .order_by(Person.name)
    )
    return [person for person in session.scalars(members) if person.is_any(*AUTHORS)]


def member(session: Session, launch: Launch, email: str) -> Person | None:
    """Return who of the team has that address; nobody for none.

    Raises:
        Refused: when it is nobody of the team: they could not even read the entry.
    """
    wanted = email.strip().casefold()
    if not wanted:
        return None
    for person in team(session, launch):
        if person.email.casefold() == wanted:
            return person
    raise Refused(
        "Nobody of this launch’s team has that address.", what_to_do="Choose a colleague."
    )


def unowned(kind: Kind, fields: Mapping[str, str], scenario: Scenario | None) -> str:
    """Return what to do before it can be submitted, where nobody would be asked at its end.

    What is temporary has somebody: a response always is, an FAQ entry with an end too. A
    scenario's owner will do.
    """
    ends = kind is Kind.RESPONSE or bool(fields["valid_until"].strip())
    is_owned = bool(fields["owner"].strip()) or (
        scenario is not None and scenario.owner is not None
    )
    return WHOM if ends and not is_owned else ""


def owner_problems(author: Visit, launch: Launch, kind: Kind, typed: EntryForm) -> dict[str, str]:
    """Return what is wrong with the owner in a form that is to be submitted, by field."""
    scenario = scenarios.of_launch(author.session, launch.id).get(typed.scenario)
    words = unowned(kind, typed.as_typed(), scenario)
    return {"owner": words} if words else {}


def may_own(entry: Entry, person: Person, *, ends: bool = True) -> bool:
    """Return whether ``person`` may say in the form who owns it: once approved, only a lead.

    Where nobody is asked an author may too, with words that end: else they could propose no end.
    """
    was_approved = any(version.approved_at for version in entry.versions)
    is_nobodys = entry.owner is None and (entry.scenario is None or entry.scenario.owner is None)
    may_author = not was_approved or (ends and is_nobodys)
    return person.is_any(Role.LEAD) or (person.is_any(*AUTHORS) and may_author)


def give(author: Visit, entry: Entry, typed: EntryForm) -> None:
    """Give the entry to whom the form names, which may be nobody.

    Raises:
        Refused: when that is nobody of the team.
        NotPermitted: when only a lead may.
    """
    email = typed.owner.strip().casefold()
    if email == (entry.owner.email.casefold() if entry.owner else ""):
        return
    ends = entry.kind == Kind.RESPONSE or bool(typed.valid_until.strip())
    if not may_own(entry, author.by, ends=ends):
        raise NotPermitted(
            "Only a lead says who owns an entry that was approved.",
            what_to_do="Load the page again; your words are kept.",
        )
    person = member(author.session, entry.launch, email)
    entry.give_to(author.session, person, by=author.by, at=author.at)
