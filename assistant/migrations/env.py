"""How Alembic reaches the database: through the engine it is handed, in one transaction."""

from alembic import context

from assistant.ground.turns import Turn, Turns

alone = context.config.attributes["engine"].execution_options(writes=Turn(Turns()))
with alone.connect() as connection:
    if connection.dialect.name == "sqlite":
        # A table that changes is made anew and the old one dropped, which deletes its rows first:
        # what refers to them would stop that. Nothing is changed while a transaction is open.
        connection.connection.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes["tables"],
        render_as_batch=True,
        user_module_prefix="",
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite" and (
            broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        ):
            raise RuntimeError(f"Rows would refer to what is not there any more: {broken[:5]}")
    connection.commit()
    if connection.dialect.name == "sqlite":
        connection.connection.execute("PRAGMA foreign_keys=ON")
