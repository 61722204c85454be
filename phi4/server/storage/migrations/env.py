"""Alembic's entry: runs the migrations on the connection that ``database.migrate`` opened."""

from alembic import context
from sqlalchemy import text

from phi4.server.storage.tables import Base

connection = context.config.attributes["connection"]
# Two servers that start at once take turns.
turn = {"postgresql": "SELECT pg_advisory_xact_lock(20412089)", "sqlite": "BEGIN IMMEDIATE"}
connection.execute(text(turn[connection.dialect.name]))
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
