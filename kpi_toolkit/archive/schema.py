"""The archive's schema: what version a database has, and bringing it to ours."""

from contextlib import closing
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine

from kpi_toolkit.archive.engine import connect, damaged, sentences, writing
from kpi_toolkit.archive.location import shown
from kpi_toolkit.archive.tables import metadata
from kpi_toolkit.archive.triggers import drop_triggers, install_triggers
from kpi_toolkit.errors import ArchiveError

if TYPE_CHECKING:
    from alembic.config import Config

# Known here so that opening an up-to-date archive does not import Alembic; a test compares it.
HEAD = "0002"
SCRIPTS = "kpi_toolkit.archive:migrations"
VERSION_TABLE = "kpi_archive_version"


def version(connection: Connection) -> str | None:
    """The schema's revision, None for a database that holds no archive yet."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()


def upgrade(url: URL) -> None:
    """Bring the archive to our schema in one transaction, triggers included.

    A database of another application, a newer schema and a damaged file are refused.
    """
    # SQLite rebuilds a table by dropping it, which foreign keys would forbid.
    engine = connect(url, "rw", foreign_keys=False)
    name = shown(url)
    try:
        if engine.dialect.name == "sqlite":
            _check_file(engine, name)
        with writing(engine, name) as connection:
            _upgrade(connection, name)
    finally:
        engine.dispose()


def refuse_other(connection: Connection, name: str) -> None:
    """Refuse a schema that is not ours, for one who only reads."""
    current = version(connection)
    if current == HEAD:
        return
    _refuse_newer(current, name)
    raise ArchiveError(
        f"archive {name}: its schema ({current}) is older than this kpi_toolkit's ({HEAD}); "
        "the next `kpi run` upgrades it"
    )


def _upgrade(connection: Connection, name: str) -> None:
    current = version(connection)
    if current == HEAD:
        return
    if current is None:
        _refuse_foreign(connection, name)
    else:
        _refuse_newer(current, name)
    drop_triggers(connection)
    _run_scripts(connection)
    install_triggers(connection)
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise ArchiveError(damaged(name, f"{broken[0]} row {broken[1]} has no run"))


def _run_scripts(connection: Connection) -> None:
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.set_main_option("path_separator", "os")
    return config


def _refuse_newer(current: str | None, name: str) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current not in known:
        raise ArchiveError(
            f"archive {name}: a newer kpi_toolkit has written it (schema {current}); "
            "upgrade kpi_toolkit to read it"
        )


def _refuse_foreign(connection: Connection, name: str) -> None:
    present = set(sa.inspect(connection).get_table_names())
    # A server's database may be shared with others; a file is an archive or it is not.
    if connection.dialect.name != "sqlite":
        present &= set(metadata.tables)
    if present:
        raise ArchiveError(
            f"archive {name}: another application's database "
            f"(it has a table {min(present)!r}); name a new file or database"
        )


def _check_file(engine: Engine, name: str) -> None:
    # Below SQLAlchemy, since the journal's mode cannot be changed within a transaction.
    with sentences(name), closing(engine.raw_connection()) as proxy:
        cursor = proxy.cursor()
        cursor.execute("PRAGMA quick_check(1)")
        found = str(cursor.fetchall()[0][0])
        if found != "ok":
            raise ArchiveError(damaged(name, found.replace("\n", " ")))
        cursor.execute("PRAGMA journal_mode=WAL")
