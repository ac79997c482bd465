"""The archive's tables, one schema for SQLite and PostgreSQL."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from kpi_toolkit.errors import ArchiveError

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
_LIVE = "status in ('running', 'succeeded')"


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware UTC datetime on both sides; SQLite, which has no time zones, stores UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time: it could be anyone's."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ArchiveError(f"instant {value.isoformat()}: expected a time with its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite gives the time back without its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _text(name: str, **options: object) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, **options)  # type: ignore[arg-type]


metadata = sa.MetaData(naming_convention=_NAMES)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("run_id", sa.Text, primary_key=True),
    _text("report"),
    _text("scope", server_default="all"),
    _text("period"),
    _text("grain"),
    sa.Column("period_start", sa.Date, nullable=False),
    sa.Column("period_end", sa.Date, nullable=False),
    sa.Column("as_of", Instant, nullable=False),
    _text("slot"),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("edition", sa.Integer),
    _text("status"),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("heartbeat_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
    _text("lease_owner"),
    _text("code_version"),
    sa.Column("definition_hash", sa.Text),
    sa.Column("input_hash", sa.Text),
    sa.Column("declaration_hash", sa.Text),
    sa.Column("newest_event", Instant),
    _text("language"),
    _text("parameters_json"),
    sa.Column("error", sa.Text),
    sa.UniqueConstraint("report", "scope", "period", "slot", "attempt"),
    sa.UniqueConstraint("report", "scope", "period", "language", "edition"),
    sa.CheckConstraint("status in ('running', 'succeeded', 'failed', 'abandoned')", name="status"),
    sa.CheckConstraint("(status = 'succeeded') = (edition is not null)", name="edition"),
)

# The database, not the scheduler, forbids two live runs in one slot.
sa.Index(
    "uq_runs_one_live",
    runs.c.report,
    runs.c.scope,
    runs.c.period,
    runs.c.slot,
    unique=True,
    sqlite_where=sa.text(_LIVE),
    postgresql_where=sa.text(_LIVE),
)

kpi_values = sa.Table(
    "kpi_values",
    metadata,
    sa.Column("run_id", sa.Text, sa.ForeignKey("runs.run_id"), primary_key=True),
    _text("kpi", primary_key=True),
    _text("options", primary_key=True),
    _text("dimension", primary_key=True),
    _text("member", primary_key=True),
    _text("dimension2", primary_key=True),
    _text("member2", primary_key=True),
    _text("grain", primary_key=True),
    sa.Column("period_start", sa.Date, primary_key=True),
    sa.Column("value", sa.Double),
    sa.Column("numerator", sa.Double),
    sa.Column("denominator", sa.Double),
    sa.Column("n", sa.BigInteger),
    _text("status"),
    sa.Column("reason", sa.Text),
    _text("definition_hash"),
    _text("unit"),
    _text("window"),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.CheckConstraint("status in ('ok', 'no_data', 'not_available', 'suppressed')", name="status"),
    sa.CheckConstraint("(status = 'ok') = (value is not null)", name="ok_has_value"),
)

artifacts = sa.Table(
    "artifacts",
    metadata,
    sa.Column("run_id", sa.Text, sa.ForeignKey("runs.run_id"), primary_key=True),
    _text("kind", primary_key=True),
    _text("sha256"),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    _text("media_type"),
    _text("path"),
)
