"""The rows of SELECTs, made once and not at each query: for as long as they are read, or kept with
the snapshot that they are derived from.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kpi_toolkit.crm import business_days
from kpi_toolkit.crm.quoting import literal, name

if TYPE_CHECKING:
    from kpi_toolkit.crm.connect import Crm

Key = TypeVar("Key", bound=Hashable)
# Below a snapshot's tables, which it does not count among them: they can be made again.
FOLDER = "derived"


@contextmanager
def made(crm: Crm, selects: Mapping[Key, str]) -> Iterator[dict[Key, str]]:
    """The names of tables that hold the rows of SELECTs of local tables, until the context ends.

    They are of the connection alone, and on the disk where its memory does not suffice.
    """
    tables = {key: f"_made_{place}" for place, key in enumerate(selects)}
    try:
        for key, table in tables.items():
            crm.query(f"CREATE TEMP TABLE {name(table)} AS {selects[key]}")
        yield tables
    finally:
        for table in tables.values():
            crm.connection.execute(f"DROP TABLE IF EXISTS {name(table)}")


def kept(crm: Crm, select: str, *, make: bool) -> str:
    """The name of a view of the rows of a SELECT of local tables, in a file beside the snapshot's;
    "" where there is none, unless it is to be made and can be.

    The file bears the hash of the SELECT, and a snapshot never changes, so it is never out of date.
    """
    # Business hours depend on the calendar too, which is in neither.
    if crm.folder is None or business_days.are_asked_for(select):
        return ""
    key = hashlib.sha256(select.encode()).hexdigest()[:16]
    path, view = crm.folder / FOLDER / f"{key}.parquet", f"_kept_{key}"
    if path.exists() or (make and _written(crm, select, path)):
        return view if _shown(crm, view, path) else ""
    return ""


def _written(crm: Crm, select: str, path: Path) -> bool:
    """Write the rows, of two processes each its own file. False where that is not possible: a full
    disk or a folder of somebody else's is no reason to stop a question.
    """
    import duckdb

    staging = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        # No question of a report's: how many it asks does not depend on what an earlier one kept.
        crm.connection.execute(f"COPY ({select}) TO {literal(str(staging))} (FORMAT parquet)")
        staging.replace(path)
    except (OSError, duckdb.IOException):
        with suppress(OSError):
            staging.unlink()
        return False
    return True


def _shown(crm: Crm, view: str, path: Path) -> bool:
    """Whether the file can be read; a damaged one is removed, and made again another time."""
    import duckdb

    rows = f"FROM read_parquet({literal(str(path))})"
    try:
        crm.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name(view)} AS {rows}")
    except duckdb.Error:
        path.unlink(missing_ok=True)
        return False
    return True
