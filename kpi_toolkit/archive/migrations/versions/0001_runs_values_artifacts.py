"""Runs, their values and their files."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_INSTANT = sa.DateTime(timezone=True)
_LIVE = sa.text("status in ('running', 'succeeded')")


def upgrade() -> None:
    """Create the three tables and the index that gives a slot to one run."""
    _runs()
    _kpi_values()
    _artifacts()


def _text(name: str, *, server_default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=server_default)


def _runs() -> None:
    op.create_table(
        "runs",
        _text("run_id"),
        _text("report"),
        _text("scope", server_default="all"),
        _text("period"),
        _text("grain"),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("as_of", _INSTANT, nullable=False),
        _text("slot"),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer()),
        _text("status"),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("heartbeat_at", _INSTANT, nullable=False),
        sa.Column("finished_at", _INSTANT),
        _text("lease_owner"),
        _text("code_version"),
        sa.Column("definition_hash", sa.Text()),
        sa.Column("input_hash", sa.Text()),
        sa.Column("newest_event", _INSTANT),
        _text("language"),
        _text("parameters_json"),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
        sa.UniqueConstraint(
            "report",
            "scope",
            "period",
            "slot",
            "attempt",
            name=op.f("uq_runs_report_scope_period_slot_attempt"),
        ),
        sa.UniqueConstraint(
            "report",
            "scope",
            "period",
            "language",
            "edition",
            name=op.f("uq_runs_report_scope_period_language_edition"),
        ),
        sa.CheckConstraint(
            "status in ('running', 'succeeded', 'failed', 'abandoned')",
            name=op.f("ck_runs_status"),
        ),
        sa.CheckConstraint(
            "(status = 'succeeded') = (edition is not null)", name=op.f("ck_runs_edition")
        ),
    )
    op.create_index(
        "uq_runs_one_live",
        "runs",
        ["report", "scope", "period", "slot"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )


def _kpi_values() -> None:
    key = (
        "run_id",
        "kpi",
        "options",
        "dimension",
        "member",
        "dimension2",
        "member2",
        "grain",
    )
    op.create_table(
        "kpi_values",
        *(_text(name) for name in key),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("numerator", sa.Double()),
        sa.Column("denominator", sa.Double()),
        sa.Column("n", sa.BigInteger()),
        _text("status"),
        sa.Column("reason", sa.Text()),
        _text("definition_hash"),
        _text("unit"),
        _text("window"),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(*key, "period_start", name=op.f("pk_kpi_values")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_kpi_values_run_id")),
        sa.CheckConstraint(
            "status in ('ok', 'no_data', 'not_available', 'suppressed')",
            name=op.f("ck_kpi_values_status"),
        ),
        sa.CheckConstraint(
            "(status = 'ok') = (value is not null)", name=op.f("ck_kpi_values_ok_has_value")
        ),
    )


def _artifacts() -> None:
    op.create_table(
        "artifacts",
        _text("run_id"),
        _text("kind"),
        _text("sha256"),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        _text("media_type"),
        _text("path"),
        sa.PrimaryKeyConstraint("run_id", "kind", name=op.f("pk_artifacts")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_artifacts_run_id")),
    )
