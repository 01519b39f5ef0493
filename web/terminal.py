"""What the command says on the terminal: answers on stdout, everything else on stderr."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from assistant.ground.settings import Settings

if TYPE_CHECKING:
    from rich.console import RenderableType

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
    return f"{_did(done, what)}{_theirs_words(done, dry_run)}"


def _theirs_words(done: "Imported", dry_run: bool) -> str:
    """Return where a lead had said otherwise than the pack, and what became of it."""
    if not done.theirs:
        return ""
    would = "would " if dry_run else ""
    lines = "\n".join(f"  {words}" for words in done.theirs)
    if done.overwrote:
        return f"\nThis {would or 'was '}over{'write' if dry_run else 'written'}:\n{lines}"
    return (
        f"\nA lead changed this on the set-up pages, and it {would}stay{'' if dry_run else 's'} as "
        f"it is (--overwrite lets the pack have its way):\n{lines}"
    )


def _did(done: "Imported", what: str) -> str:
    return (
        f"{what} {done.entries} entries ({done.approved} approved now, {done.unchanged} "
        f"unchanged), {done.scenarios} scenarios, {done.people} people, {done.updates} updates."
    )


def say(tried: dict[str, Any]) -> None:
    """Print what the assistant would do with one question and, where it was asked for, why."""
    out.print(f"[bold]{tried['outcome']}[/bold]  {escape(tried['reason'])}", highlight=False)
    if tried["text"]:
        out.print(str(tried["text"]), highlight=False, markup=False)
    if "explanation" in tried:
        out.print(explanation_of(tried["explanation"]))


def explanation_of(stored: Mapping[str, Any]) -> "RenderableType":
    """Return an explanation to print: labels on the left, words on the right, at any width."""
    from assistant.answering.explaining import read
    from web.considered import PART_WORDS, facts_of, part_facts

    explanation = read(stored)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for part in explanation.parts:
        grid.add_row("Question", Text(part.question or "(no words)", style="bold"))
        outcome = f"{PART_WORDS[part.outcome]}: " if len(explanation.parts) > 1 else ""
        answered = f" ({part.entry})" if part.entry else ""
        grid.add_row("Decided by", Text(f"{outcome}{part.reason}{answered}"))
        for label, words in part_facts(part):
            grid.add_row(label, Text(words))
        for number, one in enumerate(part.candidates, 1):
            grid.add_row(f"Candidate {number}", Text(f"{one.entry}, score {one.score:.2f}"))
            for sign, said in (("+", one.speaks_for), ("−", one.against)):
                for words in said:
                    grid.add_row("", Text(f"{sign} {words}", style="" if sign == "+" else "yellow"))
    for label, words in facts_of(explanation):
        grid.add_row(label, Text(words))
    for part in explanation.withheld:
        grid.add_row(
            "Withheld",
            Text(
                f"{part.entry} answers “{part.question}”; not sent, because "
                "another question of the message needs a person."
            ),
        )
    return grid


@contextmanager
def counted(lines: Iterable[str], size: int | None) -> Iterator[Iterator[str]]:
    """Yield the lines while a bar on stderr says how many were read of how many bytes.

    There is no bar where nobody would see it, nor one between results on the same screen.
    """
    seen = err.is_terminal and not out.is_terminal
    columns = (TextColumn("{task.fields[count]} questions"), BarColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=err, transient=True, redirect_stdout=False, disable=not seen)
    with bar:
        task = bar.add_task("", total=size, count=0)

        def counting() -> Iterator[str]:
            for number, line in enumerate(lines, 1):
                bar.update(task, advance=len(line.encode("utf-8", "replace")) + 1, count=number)
                yield line

        yield counting()


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
