"""The database's tables through time, with Alembic. ``upgrade`` is safe to call at every start."""

from pathlib import Path

from assistant.ground.database import Database
from assistant.migrations.tables import NOUNS as NOUNS  # every mapped class is known from here on

HERE = Path(__file__).parent


def upgrade(db: Database) -> None:
    """Bring the tables up to date; what is up to date already is left alone."""
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from assistant.migrations import tables

    config = Config()
    config.set_main_option("script_location", str(HERE))
    head = ScriptDirectory.from_config(config).get_current_head()
    with db.engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == head:
            return
    config.attributes["engine"] = db.engine
    config.attributes["tables"] = tables.metadata
    command.upgrade(config, "head")
