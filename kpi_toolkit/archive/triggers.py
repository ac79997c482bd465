"""Triggers that keep archived values and files from being changed.

They are installed again after every upgrade: rebuilding a table in SQLite drops its triggers
silently. Values and files can be added only while their run is running, which also closes
SQLite's INSERT OR REPLACE, since that replaces a row without firing its DELETE trigger.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

GUARDED = ("kpi_values", "artifacts")
_SEALED = "{table}_only_while_running"
_POSTGRESQL_FUNCTIONS = (
    """CREATE OR REPLACE FUNCTION kpi_archive_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$""",
    """CREATE OR REPLACE FUNCTION kpi_archive_while_running() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT status FROM runs WHERE run_id = NEW.run_id) IS DISTINCT FROM 'running' THEN
            RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' takes rows of a running run only';
        END IF;
        RETURN NEW;
    END $$""",
)


def install_triggers(connection: Connection) -> None:
    """Put every trigger in place, replacing those that are there."""
    drop_triggers(connection)
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:
        for function in _POSTGRESQL_FUNCTIONS:
            connection.exec_driver_sql(function)
    for table in GUARDED:
        for statement in _sqlite(table) if sqlite else _postgresql(table):
            connection.exec_driver_sql(statement)


def drop_triggers(connection: Connection) -> None:
    """Take the triggers away, for the time of an upgrade."""
    on = "" if connection.dialect.name == "sqlite" else " ON {table}"
    for table in GUARDED:
        if sa.inspect(connection).has_table(table):
            for name in _names(table, connection.dialect.name):
                connection.exec_driver_sql(
                    f"DROP TRIGGER IF EXISTS {name}" + on.format(table=table)
                )


def missing_triggers(connection: Connection) -> list[str]:
    """The names of the triggers that should be there and are not (or are disabled)."""
    dialect = connection.dialect.name
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if dialect == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    present = set(connection.execute(sa.text(query)).scalars())
    expected = [name for table in GUARDED for name in _names(table, dialect)]
    return [name for name in expected if name not in present]


def _names(table: str, dialect: str) -> tuple[str, ...]:
    if dialect == "sqlite":
        return (f"{table}_no_update", f"{table}_no_delete", _SEALED.format(table=table))
    return (f"{table}_append_only", _SEALED.format(table=table))


def _sqlite(table: str) -> list[str]:
    append_only = [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ]
    sealed = (
        f"CREATE TRIGGER {_SEALED.format(table=table)} BEFORE INSERT ON {table} "
        "WHEN (SELECT status FROM runs WHERE run_id = NEW.run_id) IS NOT 'running' "
        f"BEGIN SELECT RAISE(ABORT, '{table} takes rows of a running run only'); END"
    )
    return [*append_only, sealed]


def _postgresql(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION kpi_archive_append_only()",
        f"CREATE TRIGGER {_SEALED.format(table=table)} BEFORE INSERT ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION kpi_archive_while_running()",
    ]
