"""``hypercare people``: who is on the team, who has left, who is back.

Heavy modules are imported inside the commands that need them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from assistant.ground import people
from assistant.ground.audit import OPERATOR
from assistant.ground.errors import Declined
from assistant.ground.leaving import reactivate
from assistant.ground.parts import Parts
from assistant.ground.people import Person
from web.starting import parts_of, settings_of
from web.terminal import out

Data = Annotated[Path | None, typer.Option("--data", help="Data folder.")]
people_app = typer.Typer(no_args_is_help=True, help="The team.")


@people_app.command("add")
def add(
    email: str,
    name: Annotated[str, typer.Option(prompt=True)],
    role: Annotated[
        str, typer.Option(help="agent, engineer, lead, change-manager, sponsor or administrator")
    ] = "agent",
    launch: Annotated[list[str] | None, typer.Option(help="Key of a launch to join.")] = None,
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)
    ] = "",
    data: Data = None,
) -> None:
    """Add a person, or give a known one a new password."""
    from assistant.launch import launches

    if role not in list(people.Role):
        raise typer.BadParameter(f"The role is one of {', '.join(people.Role)}.")
    with _work(data) as (session, parts):
        person = people.add_person(
            session, email=email, name=name, role=people.Role(role), at=parts.clock.now()
        )
        person.set_password(password)
        for key in launch or []:
            people.join(session, person, launches.by_key(session, key).id)
        said = f"{person.name} may sign in as {person.email} ({person.role})."
        if person.disabled_at is not None:
            said = (
                f"{person.name} has a new password and is still deactivated: "
                f"hypercare people reactivate {person.email}"
            )
    out.print(said, highlight=False, soft_wrap=True)


@people_app.command("deactivate")
def shut(email: str, data: Data = None) -> None:
    """Shut the account of somebody who has left; prints what is to be handed over."""
    from assistant.reports.left_behind import let_go

    with _work(data) as (session, parts):
        person = _this(session, email)
        left = let_go(session, person, by=OPERATOR, at=parts.clock.now())
        said = [f"{person.name} is deactivated; every sign-in of theirs has ended."]
        said += [f"{each.launch.key}: {each.what}: {each.words}" for each in left]
    for line in said:
        out.print(line, highlight=False, markup=False, soft_wrap=True)


@people_app.command("reactivate")
def open_again(email: str, data: Data = None) -> None:
    """Let somebody sign in again who was deactivated."""
    with _work(data) as (session, parts):
        person = _this(session, email)
        reactivate(session, person, by=OPERATOR, at=parts.clock.now())
        said = f"{person.name} may sign in again as {person.email}."
    out.print(said, highlight=False, soft_wrap=True)


@contextmanager
def _work(data: Path | None) -> Iterator[tuple[Session, Parts]]:
    """Yield a transaction; what is refused is said as a wrong parameter."""
    parts = parts_of(settings_of(None, data))
    try:
        with parts.db.writing() as session:
            yield session, parts
    except ValueError as weak:
        raise typer.BadParameter(str(weak)) from None
    except Declined as no:
        raise typer.BadParameter(f"{no.message} {no.what_to_do}") from None
    finally:
        parts.close()


def _this(session: Session, email: str) -> Person:
    person = people.by_email(session, email)
    if person is None:
        raise typer.BadParameter(f"Nobody here has the address {email}.")
    return person
