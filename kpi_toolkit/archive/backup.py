"""A whole copy of a SQLite archive while others write to it."""

import os
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import Engine

from kpi_toolkit.archive.engine import sentences
from kpi_toolkit.errors import ArchiveError


def back_up(engine: Engine, name: str, path: Path) -> None:
    """Write a copy to a new file that only its owner reads; nothing is left after a failure.

    Copying the file itself would lose what lies in the -wal file, silently.
    """
    if engine.dialect.name != "sqlite":
        raise ArchiveError(f"archive {name}: a server's database is copied by pg_dump")
    _make_empty(path)
    try:
        _vacuum_into(engine, name, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _make_empty(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise ArchiveError(f"backup {path}: the file exists and is not overwritten") from error
    except OSError as error:
        raise ArchiveError(f"backup {path}: {error.strerror}") from error


def _vacuum_into(engine: Engine, name: str, path: Path) -> None:
    # Below SQLAlchemy, since VACUUM cannot run within a transaction.
    with sentences(name), closing(engine.raw_connection()) as proxy:
        proxy.cursor().execute("VACUUM INTO ?", (str(path),))
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
