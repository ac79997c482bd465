"""A snapshot's folder: opened when it is whole, put in place when new, swept when left behind.

A folder that a crash or a full disk left half-written, or that somebody has altered, is not used:
it is as if there were none, and the source is read again.
"""

import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kpi_toolkit.crm.table_read import TableRead

MANIFEST = "manifest.json"
STAGING = ".staging-"
_DAY = 86_400


@dataclass(frozen=True)
class FileMark:
    """A file as it was when it was read."""

    path: str
    size: int
    mtime_ns: int
    sha256: str


@dataclass(frozen=True)
class Snapshot:
    """A folder of Parquet files: the SQL types of each table's columns, what became of the rows,
    what went in, and what kpi.toml made of it (JSON; "" where that was not noted).
    """

    folder: Path
    input_hash: str
    tables: dict[str, dict[str, str]]
    reading: tuple[TableRead, ...]
    files: tuple[FileMark, ...]
    declared: str = ""

    def path(self, table: str) -> Path:
        """The Parquet file of a table."""
        return self.folder / f"{table}.parquet"


def opened(folder: Path) -> Snapshot | None:
    """The snapshot of a folder; None when there is none, or not a whole one."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if told["sizes"] != _sizes(folder):
            return None
        return Snapshot(
            folder,
            told["input_hash"],
            told["tables"],
            tuple(TableRead(**read) for read in told["reading"]),
            tuple(FileMark(**mark) for mark in told["files"]),
            told.get("declared", ""),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def manifest(staging: Path, tables: dict[str, dict[str, str]], **facts: Any) -> str:
    """The text of the manifest of a folder whose Parquet files are written."""
    told = {
        "input_hash": facts["input_hash"],
        "tables": tables,
        "reading": [asdict(read) for read in facts["reading"]],
        "files": [asdict(mark) for mark in facts["marks"]],
        "sizes": _sizes(staging),
        "declared": facts["declared"],
    }
    return json.dumps(told, indent=1)


def put(staging: Path, folder: Path) -> Snapshot:
    """Move a finished folder into place; of two processes, the first one's stays."""
    if opened(folder) is None:
        if folder.exists():
            folder.rename(staging.with_name(f"{staging.name}-damaged"))
            shutil.rmtree(staging.with_name(f"{staging.name}-damaged"), ignore_errors=True)
        try:
            staging.rename(folder)
        except OSError:
            if opened(folder) is None:
                raise
    found = opened(folder)
    if found is None:
        raise OSError(0, "it was removed while it was made; run again")
    return found


def note(path: Path, text: str) -> None:
    """Write what only saves time, whole or not at all: a disk that is full must not cost a
    number.
    """
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)


def sweep(folders: Iterable[Path]) -> None:
    """Remove what processes that died had begun; what another is making now is younger."""
    for folder in folders:
        if folder.name.startswith(STAGING) and _age(folder) > _DAY:
            shutil.rmtree(folder, ignore_errors=True)


def _age(folder: Path) -> float:
    try:
        return time.time() - folder.stat().st_mtime
    except OSError:
        return 0.0


def _sizes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in sorted(folder.glob("*.parquet"))}
