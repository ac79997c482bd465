"""What kpi.toml made of the records; unknown of earlier runs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the hash to the runs."""
    op.add_column("runs", sa.Column("declaration_hash", sa.Text()))
