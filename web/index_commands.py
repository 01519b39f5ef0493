"""``hypercare index``: the index proven or made anew, and who makes its vectors."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from web.starting import existing, parts_of
from web.terminal import err, out, progress

if TYPE_CHECKING:
    from assistant.ground.parts import Parts

index_app = typer.Typer(no_args_is_help=True, help="The vector index, a disposable cache.")
Data = Annotated[Path | None, typer.Option("--data", help="Data folder.")]


@index_app.command("prove")
def prove_index(data: Data = None) -> None:
    """Prove that every approved message is found by its own words."""
    _proven(data, rebuild=False)


@index_app.command("rebuild")
def rebuild_index(data: Data = None) -> None:
    """Throw the index away and fill a new one from the stored vectors."""
    _proven(data, rebuild=True)


@index_app.command("status")
def status(data: Data = None) -> None:
    """Say which embedder is in charge, which one is to come and how far that is."""
    from assistant.library import charge, reembedding

    parts = parts_of(existing(data))
    with parts.db.reading() as session:
        now = charge.in_charge(session)
    if now is not None:
        since = f"{now.since:%Y-%m-%d %H:%M} UTC"
        out.print(f"In charge: {now.embedder} since {since}", highlight=False)
    if parts.coming is not None:
        so_far = reembedding.progress(parts).words
        out.print(f"To come:   {parts.coming.name}. {so_far}", highlight=False)
    parts.close()


@index_app.command("reembed")
def reembed(data: Data = None) -> None:
    """Embed the library anew for the configured embedder, verify that, and put it in charge.

    A running server does the same in the background; stopped half-way it goes on from there.
    """
    parts = parts_of(existing(data))
    try:
        _embedded_anew(parts)
    finally:
        parts.close()


def _embedded_anew(parts: "Parts") -> None:
    from assistant.library import reembedding

    if parts.coming is None:
        here = parts.embedder.name if parts.embedder else "Nothing"
        out.print(f"{here} is in charge already; nothing is left to do.", highlight=False)
        return
    name = parts.coming.name
    with progress() as step:
        told = reembedding.finish(parts, lambda done: step(done.words, done.share))
    if told:
        err.print(told[0], style="red", highlight=False, markup=False)
        raise typer.Exit(1)
    out.print(f"{name} is in charge.", highlight=False)


def _proven(data: Path | None, *, rebuild: bool) -> None:
    from assistant.ground.parts import open_index
    from assistant.library import publishing

    parts = parts_of(existing(data))
    open_index(parts)
    if parts.index is None:
        err.print(f"[red]The index cannot be opened:[/red] {parts.index_missing}", highlight=False)
        raise typer.Exit(1)
    failed = False
    for key, problems in publishing.proofs(parts, rebuild=rebuild):
        failed = failed or bool(problems)
        out.print(f"{key}: {'proven' if not problems else 'NOT proven'}", highlight=False)
        for words in problems:
            out.print(f"  {words}", highlight=False, markup=False)
    parts.close()
    if failed:
        raise typer.Exit(1)
