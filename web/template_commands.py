"""``hypercare templates`` and ``hypercare new-launch``: a launch from a template, or its pack."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from assistant.launch.from_template import Beginning, offered, pack_of, yaml_of
from web.starting import parts_of, settings_of
from web.terminal import err, out

Data = Annotated[Path | None, typer.Option("--data", help="Data folder.")]
Mail = Annotated[str, typer.Option(help="Address of a known person.")]


def templates() -> None:
    """List the templates that a launch can begin with."""
    for each in offered():
        about = f"{each.title}. {each.about} Usually {each.weeks} weeks."
        out.print(f"{each.key}", highlight=False)
        out.print(f"    {about}", highlight=False, soft_wrap=True, style="dim")


def new_launch(
    template: Annotated[str, typer.Option(help="One of: hypercare templates.")],
    key: Annotated[str, typer.Option(help="Lower-case letters, digits, hyphens.")],
    name: Annotated[str, typer.Option(help="As your team says it.")],
    starts: Annotated[str, typer.Option(help="2026-11-30T08:00, in the launch's zone.")],
    zone: Annotated[str, typer.Option(help="Like Europe/Berlin.")] = "UTC",
    trigger: Annotated[str, typer.Option(help="When it is another than the template's.")] = "",
    site: Annotated[list[str] | None, typer.Option(help="Where the widget may stand.")] = None,
    owner: Mail = "",
    lead: Mail = "",
    engineer: Mail = "",
    change_manager: Mail = "",
    sponsor: Mail = "",
    write: Annotated[bool, typer.Option("--write", help="Only print it as a pack.")] = False,
    data: Data = None,
) -> None:
    """Prepare a launch from a template; with --write print the pack, to be edited and imported."""
    from assistant.launch.pack_file import PackRefused
    from assistant.library.beginning import begin
    from web.new_launch import Typed, understood

    typed = Typed(
        template, name, key, starts, zone, trigger, "\n".join(site or []),
        owner, lead, engineer, change_manager, sponsor,
    )  # fmt: skip
    beginning, problems = understood(typed)
    if beginning is None:
        for field, words in problems.items():
            err.print(f"--{field.replace('_', '-')}: {words}", highlight=False, markup=False)
        raise typer.Exit(1)
    if write:
        sys.stdout.write(yaml_of(pack_of(template, beginning)))
        return
    parts = parts_of(settings_of(None, data))
    try:
        with parts.db.writing() as session:
            begin(session, template, beginning, by=None, at=parts.clock.now())
    except PackRefused as refused:
        for problem in refused.problems:
            err.print(f"{problem.field}: {problem.message} {problem.remedy}", markup=False)
        raise typer.Exit(1) from None
    finally:
        parts.close()
    _say(beginning)


def _say(beginning: Beginning) -> None:
    starts: datetime = beginning.starts
    out.print(
        f"{beginning.name} is prepared; it starts {starts:%Y-%m-%d %H:%M} UTC. "
        f"Go on at /launches/{beginning.key}/setup.",
        highlight=False,
        soft_wrap=True,
    )
