"""What the command says on the terminal: answers on stdout, everything else on stderr."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from assistant.ground.settings import Settings

if TYPE_CHECKING:
    from assistant.library.packs import Imported

out, err = Console(), Console(stderr=True)


def log_to_stderr() -> None:
    """Write logs as JSON lines to stderr; stdout belongs to what a command answers."""
    import structlog

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def imported_words(done: "Imported", dry_run: bool) -> str:
    """Return what an import did, or would have done, in one sentence."""
    what = "It is all right; nothing was imported." if dry_run else f"Imported {done.launch}:"
    return (
        f"{what} {done.entries} entries ({done.approved} approved now, {done.unchanged} "
        f"unchanged), {done.scenarios} scenarios, {done.people} people, {done.updates} updates."
    )


def say(tried: dict[str, object]) -> None:
    """Print what the assistant would do with one question."""
    out.print(f"[bold]{tried['outcome']}[/bold]  {tried['reason']}", highlight=False)
    if tried["text"]:
        out.print(str(tried["text"]), highlight=False, markup=False)


def say_addresses(settings: Settings, sign_ins: list[tuple[str, str]], password: str) -> None:
    """Print where the demo is and whom one can be."""
    address = settings.address
    out.print(f"\n  Shop with the widget   {address}/demo", highlight=False)
    out.print(f"  Desk, library, reports {address}/sign-in", highlight=False)
    out.print(f"  Help page              {address}/help/spring-pricing", highlight=False)
    out.print(f"  Updates                {address}/updates/spring-pricing\n", highlight=False)
    for email, what in sign_ins:
        out.print(f"  {email:<22} {what}", highlight=False)
    out.print(f"  Password for each      {password}\n", highlight=False)
    out.print("  Stop it with Ctrl C.", highlight=False)


@contextmanager
def progress() -> Iterator[Callable[[str, float], None]]:
    """Yield a function that moves a bar: words for what is being done, share done from 0 to 1."""
    columns = (TextColumn("{task.description:<34}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("Starting", total=1.0)
        yield lambda words, share: bar.update(task, description=words, completed=share)
