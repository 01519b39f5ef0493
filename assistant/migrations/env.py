"""How Alembic reaches the database: through the engine it is handed, in one transaction."""

from alembic import context

from assistant.ground.turns import Turn, Turns

alone = context.config.attributes["engine"].execution_options(writes=Turn(Turns()))
with alone.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes["tables"],
        render_as_batch=True,
        user_module_prefix="",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
