"""``hypercare export``: the library of a launch into a file, or to standard output."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from web.starting import existing, parts_of
from web.terminal import out

Data = Annotated[Path | None, typer.Option("--data", help="Data folder.")]


def export(
    launch: Annotated[str, typer.Option("--launch", help="Key of the launch.")],
    to: Annotated[Path | None, typer.Option("--to", help="File; .csv or .yaml decides.")] = None,
    what: Annotated[str, typer.Option(help="live, newest, or all (CSV only).")] = "live",
    data: Data = None,
) -> None:
    """Write the library as a launch pack or CSV; without --to as a pack to standard output."""
    from assistant.launch.launches import by_key
    from assistant.library import exporting, listing
    from assistant.reports.library_sheet import sheet_of
    from assistant.reports.sheets import as_csv

    is_csv = to is not None and to.suffix.lower() == ".csv"
    if what not in ("live", "newest", "all") or (what == "all" and not is_csv):
        raise typer.BadParameter("Choose live or newest; all versions only with --to FILE.csv.")
    parts = parts_of(existing(data))
    with parts.db.reading() as session:
        within = by_key(session, launch)
        versions = listing.versions_to_take(session, within.id, what, at=parts.clock.now())
        sheet = as_csv(sheet_of(session, within, versions)) if is_csv else ""
        words = f"\ufeff{sheet}" if is_csv else exporting.as_pack(session, within, versions)
    parts.close()
    if to is None:
        sys.stdout.write(words)
        return
    to.write_bytes(words.encode())
    out.print(f"{len(versions)} rows in {to}", highlight=False, soft_wrap=True)
