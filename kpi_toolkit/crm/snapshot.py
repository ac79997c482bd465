"""What was read, as Parquet: one folder named by the hash of what went in, made once, never
changed.

`.kpi/snapshots/<hash>/` holds a file a table, quarantine.parquet and manifest.json, and in derived/
what has been made of the tables since (made_rows).
`.kpi/snapshots/index/` leads from a declaration and the files' size and time of change to a folder,
so that unchanged files are not even opened.
"""

import datetime as dt
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kpi_toolkit.config import Config
from kpi_toolkit.crm import building, database, kept, mapping, quarantine, remarks
from kpi_toolkit.crm.building import Build, Home
from kpi_toolkit.crm.declaration import declared
from kpi_toolkit.crm.kept import FileMark, Snapshot
from kpi_toolkit.crm.quoting import literal, name
from kpi_toolkit.crm.sources import patterns
from kpi_toolkit.errors import DataError, first_line, near_misses

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Raise it when the same file would be read differently: older snapshots are then not used again.
READER = 10
Tables = Mapping[str, Mapping[str, str]]
Hashed = Callable[["DuckDBPyConnection", Tables, building.Reading], str]

# Tells the kernel of a run which snapshot the run has made.
VARIABLE = "KPI_SNAPSHOT"
_INDEX = "index"
_NAMED = re.compile(r"[0-9a-f]{16}")
# A file that changed so lately may change again without a new time of change.
_SETTLED = 2_000_000_000


def of_files(config: Config) -> Snapshot:
    """The snapshot of the declared files, made when there is none. Raises ConfigError and
    DataError.
    """
    declaration = _declaration(config)
    paths = mapping.paths(config)
    try:
        stats = _stats(paths)
    except DataError:
        mapping.plans(config)  # a mistake in the mapping is told before a missing file
        raise
    index = _snapshots(config) / _INDEX / _hash(declaration, *stats)
    known = _known(config, index)
    if known:
        return known
    plans = mapping.plans(config)
    marks = tuple(_mark(path, config.root) for path in paths)
    input_hash = _hash(declaration, *(f"{mark.path} {mark.sha256}" for mark in marks))
    home = Home(config.calendar, config.project.currency)

    def build(connection: "DuckDBPyConnection") -> building.Reading:
        reading = building.from_plans(connection, plans, home)
        now = mapping.paths(config)
        if [(mark.size, mark.mtime_ns) for mark in marks] != [_stat(path) for path in now]:
            raise DataError("a source file changed while it was being read: run again")
        return reading

    found = _open_or_make(config, input_hash, build, marks)
    _remember(index, found, marks)
    return found


def of_content(config: Config, build: Build) -> Snapshot:
    """The snapshot of a source that has to be read to know whether it changed: its folder is named
    by the hash of what was read, so that the same records in any order are the same snapshot.
    """

    def hashed(connection: "DuckDBPyConnection", tables: Tables, reading: building.Reading) -> str:
        came = [(read.table, read.rows, read.left_out) for read in reading]
        return _hash(_declaration(config), repr(came), _content(connection, tables))

    return _made(config, hashed, build, ())


def named(config: Config, input_hash: str) -> Snapshot | None:
    """The snapshot of this hash, where there is one."""
    return kept.opened(_snapshots(config) / input_hash) if _NAMED.fullmatch(input_hash) else None


def of_sample(config: Config, day: dt.date) -> Snapshot:
    """The snapshot of the sample's export of a local day. Raises DataError when it has none."""
    from kpi_toolkit.crm import sample

    home = Home(config.calendar, config.project.currency)
    sources = sorted(Path(sample.__file__).parent.rglob("*.py"))
    texts = [path.read_text(encoding="utf-8") for path in sources]
    told = [home.time_zone, home.calendar.fiscal_year_starts, home.currency]
    what = json.dumps([READER, config.source.seed, str(day), *told])

    def build(connection: "DuckDBPyConnection") -> building.Reading:
        frames = sample.frames(config.source.seed, day)
        reading = building.from_frames(connection, frames, home, naive="UTC")
        building.remark(connection, reading, home)
        return reading

    return _open_or_make(config, _hash("sample", what, *texts), build, ())


def _declaration(config: Config) -> str:
    """All of the configuration that decides what is read, as one text."""
    tables = mapping.declared_tables(config)
    said = {
        name: table.model_dump(mode="json", exclude_defaults=True) for name, table in tables.items()
    }
    project = config.project
    home = [project.currency, project.time_zone, project.fiscal_year_starts]
    return json.dumps([READER, home, config.source.path, said], sort_keys=True)


def _hash(*texts: str) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:16]


def _snapshots(config: Config) -> Path:
    return config.root / ".kpi" / "snapshots"


def _stat(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        raise DataError(_nowhere(path)) from None
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from None
    return found.st_size, found.st_mtime_ns


def _nowhere(path: Path) -> str:
    if not path.parent.is_dir():
        return f"{path.parent}: there is no such folder; see path under [source] in kpi.toml"
    if patterns.is_pattern(path.name):
        beside = sorted(other.name for other in path.parent.iterdir() if other.is_file())
        return f"{path}: no file matches; in the folder: {', '.join(beside[:12]) or 'no file'}"
    beside = sorted(other.name for other in path.parent.iterdir() if other.suffix == path.suffix)
    near = near_misses(path.name, beside) if beside else "see path under [source] in kpi.toml"
    return f"{path}: there is no such file; {near}"


def _stats(paths: Iterable[Path]) -> list[str]:
    """Of each file also what another one of the same size and time has not: a link may lead
    elsewhere, a copy may keep the time of its original.
    """
    told = [(path, _stat(path), path.stat()) for path in paths]
    return [f"{path} {size} {found.st_ino} {found.st_ctime_ns}" for path, size, found in told]


def _mark(path: Path, root: Path) -> FileMark:
    size, mtime_ns = _stat(path)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from None
    return FileMark(os.path.relpath(path, root), size, mtime_ns, digest)


def _known(config: Config, index: Path) -> Snapshot | None:
    try:
        hashed = index.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    return named(config, hashed)


def _remember(index: Path, found: Snapshot, marks: Sequence[FileMark]) -> None:
    newest = max((mark.mtime_ns for mark in marks), default=0)
    if time.time_ns() - newest < _SETTLED:
        return
    kept.note(index, found.input_hash)


def _open_or_make(
    config: Config, input_hash: str, build: Build, marks: Sequence[FileMark]
) -> Snapshot:
    """The folder of a hash; of two processes that make it at once, the first one's stays and both
    use it.
    """
    found = kept.opened(_snapshots(config) / input_hash)
    return found or _made(config, lambda *_: input_hash, build, marks)


def _made(config: Config, hashed: Hashed, build: Build, marks: Sequence[FileMark]) -> Snapshot:
    folder = _snapshots(config)
    try:
        for parent in (folder.parent, folder):
            parent.mkdir(mode=0o700, exist_ok=True)
        kept.sweep(folder.iterdir())
        staging = Path(tempfile.mkdtemp(prefix=kept.STAGING, dir=folder))
        try:
            input_hash = _fill(staging, config, hashed, build, marks)
            return kept.put(staging, folder / input_hash)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise DataError(f"{folder}: what was read cannot be kept: {error.strerror}") from None


def _fill(
    staging: Path, config: Config, hashed: Hashed, build: Build, marks: Sequence[FileMark]
) -> str:
    with database.locked([staging], database.STREAMING) as connection:
        reading = build(connection)
        names = list(dict.fromkeys(read.table for read in reading if read.is_canonical))
        tables = building.columns(connection, names)
        for table in (*names, quarantine.TABLE, remarks.TABLE):
            _copy(connection, table, staging / f"{table}.parquet")
        input_hash = hashed(connection, tables, reading)
    facts = {"input_hash": input_hash, "reading": reading, "marks": marks}
    told = kept.manifest(staging, tables, declared=declared(config), **facts)
    (staging / kept.MANIFEST).write_text(told, encoding="utf-8")
    for written in (*staging.iterdir(), staging):
        _to_disk(written)
    return input_hash


def _content(connection: "DuckDBPyConnection", tables: Tables) -> str:
    """What tables hold, in whatever order the rows came."""
    found = []
    for table in sorted(tables):
        columns = sorted(tables[table].items())
        shown = ", ".join(name(column) for column, _ in columns)
        sql = f"SELECT count(*), sum(hash({shown})) FROM {name(table)}"
        found.append((table, columns, connection.execute(sql).fetchall()))
    bad = f'SELECT count(*), sum(hash("table", "column", value)) FROM {quarantine.TABLE}'
    return repr((found, connection.execute(bad).fetchall()))


def _copy(connection: "DuckDBPyConnection", table: str, path: Path) -> None:
    import duckdb

    notes = table in (quarantine.TABLE, remarks.TABLE)
    order = "" if notes or _in_order(connection, table) else " ORDER BY _line"
    try:
        connection.execute(
            f"COPY (FROM {name(table)}{order}) TO {literal(str(path))} "
            "(FORMAT parquet, COMPRESSION snappy)"
        )
    except duckdb.IOException as error:
        raise OSError(0, first_line(error)) from None


def _in_order(connection: "DuckDBPyConnection", table: str) -> bool:
    """Whether the rows stand as in their file already, so that none needs sorting."""
    before = f"SELECT _line, lag(_line) OVER () AS before FROM {name(table)}"
    found = connection.execute(f"SELECT count(*) FROM ({before}) WHERE before > _line").fetchall()
    return bool(found[0][0] == 0)


def _to_disk(path: Path) -> None:
    """A snapshot is trusted for ever, so none may lose its pages to a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
