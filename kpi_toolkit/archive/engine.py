"""Connections to the archive; on both databases one process writes at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.pool import QueuePool

from kpi_toolkit.archive.location import sqlite_path
from kpi_toolkit.errors import ArchiveError, first_line

BUSY_SECONDS = 30
# Any number that no other application of the database takes ("KPI" and 1).
_WRITER_LOCK = 0x4B504901
_DAMAGED = ("malformed", "not a database", "disk image", "corrupt")


def connect(url: URL, mode: Literal["rw", "ro"], *, foreign_keys: bool = True) -> Engine:
    """An engine on an archive that exists; "ro" cannot write, nor create anything."""
    path = sqlite_path(url)
    if path is None:
        return sa.create_engine(url, pool_pre_ping=True)

    def open_file() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{path.as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    engine = sa.create_engine("sqlite://", creator=open_file, poolclass=QueuePool)
    # The driver's own BEGIN is off: it is deferred, and a deferred writer can fail half-way.
    sa.event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine, name: str) -> Iterator[Connection]:
    """A transaction that writes, alone; the database's refusals come as one sentence."""
    with sentences(name), engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITER_LOCK)))
        yield connection


@contextmanager
def reading(engine: Engine, name: str) -> Iterator[Connection]:
    """A transaction that sees one state of the archive while others write."""
    with sentences(name), engine.begin() as connection:
        yield connection


@contextmanager
def sentences(name: str) -> Iterator[None]:
    """Turn a failing database into one sentence; a broken rule stays an exception of ours."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except sa.exc.DatabaseError as error:
        raise ArchiveError(_sentence(name, first_line(error.orig or error))) from error
    except sa.exc.StatementError as error:
        # What a column's type refuses arrives wrapped, with the statement.
        if isinstance(error.orig, ArchiveError):
            raise error.orig from None
        raise
    except sqlite3.DatabaseError as error:
        raise ArchiveError(_sentence(name, first_line(error))) from error


def damaged(name: str, what: str) -> str:
    """The sentence for a file that cannot be trusted."""
    return (
        f"archive {name}: the file is damaged ({what}) and is left as it is; "
        "put back the last copy made by `kpi archive backup`"
    )


def _sentence(name: str, message: str) -> str:
    if any(word in message for word in _DAMAGED):
        return damaged(name, message)
    return f"archive {name}: {message}"
