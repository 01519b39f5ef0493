"""The database's tables through time, with Alembic. ``upgrade`` is safe to call at every start."""

from pathlib import Path

from assistant.ground.database import Database
from assistant.migrations.tables import NOUNS as NOUNS  # every mapped class is known from here on

HERE = Path(__file__).parent


def upgrade(db: Database, *, to: str = "head") -> None:
    """Bring the tables up to date, or to one revision; what is there already is left alone."""
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from assistant.migrations import tables

    config = Config()
    config.set_main_option("script_location", str(HERE))
    script = ScriptDirectory.from_config(config).get_revision(to)
    with db.engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == script.revision:
            return
    config.attributes["engine"] = db.engine
    config.attributes["tables"] = tables.metadata
    command.upgrade(config, to)
