"""How Alembic reaches the database: through the engine it is handed, in one transaction."""

from alembic import context

from assistant.migrations import tables

with context.config.attributes["engine"].execution_options(writes=True).connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        render_as_batch=True,
        user_module_prefix="",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
