"""What a command starts from: its settings, the folder they name, the parts, the address."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from assistant.ground.settings import DATABASE_FILE, Settings
from web.terminal import err

if TYPE_CHECKING:
    from socket import socket

    from assistant.ground.parts import Parts


def settings_of(port: int | None, data: Path | None) -> Settings:
    """Return the settings, with what the command line says above them; a wrong one is named."""
    from pydantic import ValidationError

    given = {"port": port, "data": data}
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as wrong:
        for error in wrong.errors():
            name = f"HYPERCARE_{str(error['loc'][0]).upper()}"
            err.print(f"{name}: {error['msg']}. Correct it.", highlight=False, markup=False)
        raise typer.Exit(2) from None


def existing(data: Path | None) -> Settings:
    """Return the settings of a data folder that is in use; nothing is created by asking."""
    from assistant.ground.errors import NotFound

    settings = settings_of(None, data)
    if not settings.database_url and not (settings.data / DATABASE_FILE).exists():
        raise NotFound(
            f"There is nothing in {settings.data}.",
            what_to_do="Import a launch pack first, or name its folder with --data (the demo’s "
            "is hypercare-demo).",
        )
    return settings


def parts_of(settings: Settings) -> "Parts":
    """Return the parts of this process, its tables up to date."""
    from sqlalchemy.exc import DatabaseError

    from assistant import migrations
    from assistant.ground.errors import Refused
    from assistant.ground.parts import assemble
    from assistant.library import charge

    try:
        parts = assemble(settings)
        migrations.upgrade(parts.db)
        charge.take_up(parts)
    except (OSError, DatabaseError) as trouble:
        why = getattr(trouble, "orig", None) or trouble
        raise Refused(
            f"The data in {settings.data} cannot be used: {why}.",
            what_to_do="Name a folder that may be written, with --data, or restore the database.",
        ) from trouble
    if parts.embedder_missing:
        err.print(f"[yellow]Word search only:[/yellow] {parts.embedder_missing}", highlight=False)
    return parts


def held_address(settings: Settings) -> "socket":
    """Take the address before anything is prepared for it, or announced."""
    from web.serving import bound

    held = bound(settings.host, settings.port)
    settings.port = held.getsockname()[1]
    return held
