"""Run by Alembic: the migrations, within the transaction that `migrate` has begun."""

from alembic import context

from nigoh.storage.database.tables import METADATA

# Batches: SQLite changes a column by making the table anew.
context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
