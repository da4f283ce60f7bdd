"""How Alembic runs a migration here: on the connection, and in the transaction, that `upgrades` opened."""

from __future__ import annotations

from alembic import context

from tieout.storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
)
context.run_migrations()
