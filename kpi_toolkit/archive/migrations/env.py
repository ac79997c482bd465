"""Runs the migrations on the connection that `schema.upgrade` hands over, in its transaction."""

from alembic import context

from kpi_toolkit.archive.schema import VERSION_TABLE
from kpi_toolkit.archive.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
