"""Scenarios whose decider has left: leads are told, each time exactly once, and name another one.

Nobody decides in their place by themselves: who may say that something is expected is named by a
lead. Until then reminders go to who is in charge (``chasing``).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk.notices import notify
from assistant.ground.audit import ASSISTANT, Event, happened
from assistant.ground.parts import Parts
from assistant.ground.people import Membership, Person, Role, members
from assistant.launch.launches import Launch
from assistant.launch.scenarios import Decider, Scenario

KIND = "scenario.decider-left"
WORDS = {
    Decider.CONFIRMS_EXPECTED: "say what is expected",
    Decider.APPROVES_MESSAGES: "approve messages",
    Decider.TRIGGERS_ROLLBACK: "trigger a rollback or a workaround",
}


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Something about a scenario that nobody can decide any more; ``name`` is who was named."""

    scenario: Scenario
    decider: Decider
    email: str
    name: str

    @property
    def sentence(self) -> str:
        """Return what is missing, in words."""
        what = WORDS[self.decider]
        return f"Nobody can {what} for “{self.scenario.title}”: {self.name} is not there any more."


def of_launch(session: Session, launch: Launch) -> list[Vacancy]:
    """Return what nobody can decide because who was named has left, in the scenarios' order."""
    named = {str(email) for each in launch.scenarios for email in each.deciders.values() if email}
    names = _those_who_left(session, launch.id, named)
    return [
        Vacancy(scenario, decider, email, names[email])
        for scenario in launch.scenarios
        for decider in Decider
        if (email := str(scenario.deciders.get(decider) or "")) in names
    ]


def _those_who_left(session: Session, launch_id: int, emails: Iterable[str]) -> dict[str, str]:
    """Return of these addresses those who cannot see the launch any more, with their names."""
    query = (
        select(Person, Membership.person_id)
        .outerjoin(
            Membership, (Membership.person_id == Person.id) & (Membership.launch_id == launch_id)
        )
        .where(Person.email.in_(emails))
    )
    found = {person.email: (person, member) for person, member in session.execute(query)}
    return {
        email: found[email][0].name if email in found else email
        for email in emails
        if email not in found or not _is_here(*found[email])
    }


def _is_here(person: Person, member: int | None) -> bool:
    return person.disabled_at is None and (member is not None or person.is_any())


def tell_leads(parts: Parts) -> int:
    """Tell the leads of each running launch whose place is empty, once; return how many are."""
    with parts.db.reading() as session:
        running = select(Launch).where(Launch.live_at.is_not(None), Launch.closed_at.is_(None))
        due = [launch.id for launch in session.scalars(running) if _untold(session, launch)]
    return sum(_told(parts, launch_id) for launch_id in due)


def _untold(session: Session, launch: Launch) -> list[Vacancy]:
    vacancies = of_launch(session, launch)
    if not vacancies:
        return []
    query = select(Event.details).where(Event.launch_id == launch.id, Event.kind == KIND)
    told = {tuple(each["vacancy"]) for each in session.scalars(query)}
    return [each for each in vacancies if _key(each) not in told]


def _key(vacancy: Vacancy) -> tuple[str, str, str]:
    return (vacancy.scenario.key, vacancy.decider.value, vacancy.email)


def _told(parts: Parts, launch_id: int) -> int:
    at = parts.clock.now()
    with parts.db.writing() as session:
        launch = session.get_one(Launch, launch_id, with_for_update=True)
        untold = _untold(session, launch)  # of two workers, the second finds nothing left to tell
        for vacancy in untold:
            href = f"/launches/{launch.key}/setup/scenarios/{vacancy.scenario.key}"
            words = f"{vacancy.sentence} Name somebody else."
            for lead in members(session, launch.id, Role.LEAD):
                notify(session, lead, words, kind="vacant", launch_id=launch.id, at=at, href=href)
            key = list(_key(vacancy))
            happened(session, KIND, at=at, by=ASSISTANT, launch_id=launch.id, vacancy=key)
    return len(untold)
