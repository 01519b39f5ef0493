"""The ``hypercare`` command. Heavy modules are imported inside the commands that need them."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.ground.people import Role
from assistant.ground.settings import printed
from web.export_command import export
from web.index_commands import index_app
from web.people_commands import people_app
from web.questions import Unreadable, lines_of, opened, size_of
from web.rehearsal_command import rehearse
from web.simulate_command import simulate
from web.starting import existing, held_address, parts_of, settings_of
from web.template_commands import new_launch, templates
from web.terminal import (
    counted,
    err,
    imported_words,
    log_to_stderr,
    out,
    progress,
    say,
    say_addresses,
)

if TYPE_CHECKING:
    from socket import socket

    from assistant.ground.parts import Parts

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Runs the support period right after a change goes live.",
    pretty_exceptions_enable=False,
)
app.add_typer(people_app, name="people")
app.add_typer(index_app, name="index")
app.command()(rehearse)
app.command()(export)
app.command()(templates)
app.command("new-launch")(new_launch)
app.command()(simulate)

Data = Annotated[Path | None, typer.Option("--data", help="Data folder.")]
Port = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Port to listen on.")]


def main() -> None:
    """Run the command; what is declined is said in one line, without a traceback."""
    from assistant.ground.errors import Declined

    log_to_stderr()
    try:
        app()
    except Declined as refusal:
        err.print(f"[red]{refusal.message}[/red] {refusal.what_to_do}", highlight=False)
        sys.exit(1)


@app.command()
def demo(port: Port = None, data: Data = None) -> None:
    """Prepare a believable launch with a week of life, serve it, and say how to sign in."""
    from assistant import demo as rehearsal

    settings = settings_of(port, data or Path("hypercare-demo"))
    held = held_address(settings)
    parts = parts_of(settings)
    with progress() as step:
        rehearsal.prepare(parts, step)
    say_addresses(settings, rehearsal.SIGN_INS, rehearsal.PASSWORD)
    _serve(parts, held, worker=True, demo_people=_demo_people(parts))


@app.command()
def serve(
    port: Port = None,
    data: Data = None,
    worker: Annotated[bool, typer.Option(help="Run the recurring jobs inside.")] = True,
) -> None:
    """Serve pages and API."""
    settings = settings_of(port, data)
    held = held_address(settings)
    _serve(parts_of(settings), held, worker=worker)


@app.command()
def worker(data: Data = None) -> None:
    """Run the recurring jobs in a process of their own."""
    from assistant.worker import Worker, clocks, deliveries

    parts = parts_of(settings_of(None, data))
    out.print("The worker runs. Stop it with Ctrl C.")
    Worker(parts, clocks, "clocks").start()
    Worker(parts, deliveries, "deliveries").start()
    try:
        Worker(parts).run()
    except KeyboardInterrupt:
        parts.close()


@app.command()
def init(data: Data = None) -> None:
    """Create the data folder and bring the database's tables up to date."""
    settings = settings_of(None, data)
    parts_of(settings).close()
    out.print(f"Ready: {settings.data}", highlight=False, soft_wrap=True)


@app.command("import")
def import_(
    pack: Path,
    approve_as: Annotated[
        str | None, typer.Option("--approve-as", help="A lead who answers for the texts.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also what leads changed on the set-up pages.")
    ] = False,
    data: Data = None,
) -> None:
    """Import a launch pack: all of it or, when anything is wrong, nothing."""
    from assistant.launch.pack_file import PackRefused
    from assistant.library import packs, stocking

    parts = parts_of(settings_of(None, data))
    try:
        done = packs.bring_in(
            parts, pack, approve_as=approve_as, dry_run=dry_run, overwrite=overwrite
        )
    except PackRefused as refused:
        for problem in refused.problems:
            err.print(str(problem), highlight=False, markup=False, soft_wrap=True)
        count = len(refused.problems)
        err.print(f"{count} problem{'s' if count != 1 else ''}. Nothing was imported.")
        raise typer.Exit(1) from None
    if not dry_run:
        with out.status("Embedding the phrasings…"):
            stocking.warm(parts, done.launch)
    parts.close()
    out.print(imported_words(done, dry_run), highlight=False, soft_wrap=True)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument()] = None,
    launch: Annotated[str, typer.Option("--launch", help="Key of the launch.")] = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="One question per line; - for standard input.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per question.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say why, too.")] = False,
    data: Data = None,
) -> None:
    """Say what the assistant would do. Nothing is recorded."""
    if not launch or (question is None) == (file is None):
        raise typer.BadParameter("Give one question or --file, and --launch KEY.")
    try:
        if file is None:
            _told([question or ""], launch, as_json, explain, data)
            return
        with opened(file) as stream, counted(lines_of(stream), size_of(file)) as questions:
            _told(questions, launch, as_json, explain, data)
    except Unreadable as unreadable:
        raise typer.BadParameter(str(unreadable)) from None


@app.command()
def certainty(
    launch: Annotated[str, typer.Option("--launch", help="Key of the launch.")],
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
    data: Data = None,
) -> None:
    """Say what people's labels prove about a launch's answers."""
    from assistant.answering.account import account_of
    from assistant.launch.launches import by_key
    from web.certainty_terminal import account_json, say_account

    parts = parts_of(existing(data))
    with parts.db.reading() as session:
        account = account_of(session, by_key(session, launch))
    parts.close()
    if as_json:
        sys.stdout.write(json.dumps(account_json(account), ensure_ascii=False) + "\n")
    else:
        say_account(account)


@app.command()
def settings(data: Data = None) -> None:
    """Print every setting with value, default, source and meaning; secrets masked."""
    for row in printed(settings_of(None, data)):
        out.print(f"{row.name} = {row.value}", highlight=False, markup=False, soft_wrap=True)
        about = f"{row.meaning} From: {row.source}. Default: {row.default or 'none'}."
        out.print(f"    {about}", highlight=False, markup=False, soft_wrap=True, style="dim")


# --- what the commands share ---


def _demo_people(parts: "Parts") -> list[dict[str, str]]:
    from assistant import demo as rehearsal
    from web.shell import ROLE_WORDS

    return [
        {
            "name": person.name,
            "email": person.email,
            "password": rehearsal.PASSWORD,
            "role_words": ROLE_WORDS[Role(person.role)],
            "can": f"{what[:1].upper()}{what[1:]}.",
        }
        for person, what in rehearsal.people_to_try(parts)
    ]


def _serve(
    parts: "Parts",
    held: "socket",
    *,
    worker: bool,
    demo_people: Sequence[Mapping[str, str]] = (),
) -> None:
    from web.app import create_app
    from web.serving import serve as run
    from web.serving import spare_what_stays

    settings = parts.settings
    application = create_app(
        parts,
        worker=worker,
        own_index=True,
        demo_people=demo_people,
        when_warm=spare_what_stays,
    )
    if not demo_people:
        out.print(f"Serving on {settings.address}", highlight=False, soft_wrap=True)
    run(application, held, proxies=settings.trusted_proxies)
    parts.close()


def _told(
    questions: Iterable[str], launch: str, as_json: bool, explain: bool, data: Path | None
) -> None:
    """Say one thing for each question, as soon as it is known and in the order asked."""
    from assistant.answering import trying

    parts = parts_of(existing(data))
    try:
        for tried in trying.tries(parts, launch, questions, explain=explain):
            if as_json:
                sys.stdout.write(json.dumps(tried, ensure_ascii=False) + "\n")
                sys.stdout.flush()
            else:
                say(tried)
    finally:
        parts.close()
