"""What can be wrong with an archive, each fault one sentence."""

import hashlib
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kpi_toolkit.archive.tables import artifacts, runs
from kpi_toolkit.archive.triggers import missing_triggers

# Pages that compare two runs: they can be made again at any time, so no run vouches for them.
COMPARED = "compare"
_SHOWN = 20


def database(connection: Connection) -> list[str]:
    """Faults of the database itself, and the runs left running."""
    faults = [] if connection.dialect.name != "sqlite" else _integrity(connection)
    faults += [
        f"trigger {name} is missing: archived rows could be changed"
        for name in missing_triggers(connection)
    ]
    return faults + _running(connection)


def files(connection: Connection, reports_folder: Path) -> list[str]:
    """Files that are missing or altered, and files in the reports folder that no run knows."""
    known = connection.execute(
        sa.select(artifacts.c.run_id, artifacts.c.path, artifacts.c.sha256)
    ).all()
    faults = []
    for run_id, path, sha256 in sorted(known, key=lambda row: row.path):
        fault = _file_fault(reports_folder / path, sha256)
        if fault:
            faults.append(f"{path} of run {run_id} {fault}")
    return faults + _orphans(connection, reports_folder, {row.path for row in known})


def _integrity(connection: Connection) -> list[str]:
    found = connection.exec_driver_sql(f"PRAGMA integrity_check({_SHOWN})").scalars()
    faults = [f"the file is damaged: {line}" for line in found if line != "ok"]
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(_SHOWN)
    return faults + [f"row {row[1]} of {row[0]} belongs to no run" for row in broken]


def _running(connection: Connection) -> list[str]:
    running = runs.select().where(runs.c.status == "running").order_by(runs.c.started_at)
    return [
        f"run {run.run_id} of {run.report} {run.scope} {run.period} is running: "
        f"last sign of life {run.heartbeat_at:%Y-%m-%d %H:%M} UTC, by {run.lease_owner}"
        for run in connection.execute(running)
    ]


def _file_fault(path: Path, sha256: str) -> str | None:
    if not path.is_file():
        return "is missing"
    with path.open("rb") as file:
        altered = hashlib.file_digest(file, "sha256").hexdigest() != sha256
    return "has been altered since it was archived" if altered else None


def _orphans(connection: Connection, folder: Path, known: set[str]) -> list[str]:
    # A run under way has files before it has rows, and a failed run keeps its notebook as evidence.
    expected = sa.select(runs.c.run_id).where(runs.c.status.in_(("running", "failed")))
    excused = set(connection.execute(expected).scalars())
    faults = []
    for path in sorted(folder.glob("*/**/*")):
        parts = path.relative_to(folder).parts
        checkpoint = any(part.startswith(".") for part in parts[:-1])
        made_of_runs = len(parts) == 2 and parts[0] == COMPARED
        if path.is_dir() or checkpoint or made_of_runs or excused & set(parts):
            continue
        if "/".join(parts) in known:
            continue
        faults.append(f"{'/'.join(parts)} belongs to no run of the archive")
    return faults
