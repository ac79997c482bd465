"""Who may run what: a slot is claimed, its lease kept alive, and the run sealed or given up.

Every function takes a connection within a writing transaction, so that no other process
changes a run between a look and the change that follows from it.
"""

import os
import secrets
import socket
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kpi_toolkit.archive.rows import Artifact, ValueKey, ValueRow
from kpi_toolkit.archive.tables import artifacts, kpi_values, runs
from kpi_toolkit.errors import ArchiveError


class Claim(TypedDict):
    """What a run is about: `period` is its key; dates are local days, the end exclusive."""

    report: str
    scope: str
    period: str
    grain: str
    period_start: date
    period_end: date
    as_of: datetime
    slot: str
    language: str
    code_version: str


class Provenance(TypedDict):
    """What the values were made from."""

    definition_hash: str
    input_hash: str
    declaration_hash: str | None
    newest_event: datetime | None


def claim(
    connection: Connection, job: Claim, parameters_json: str, now: datetime, lease: timedelta
) -> str | None:
    """A new running run's id; None when a live or succeeded run has the slot."""
    _abandon_dead(connection, job, now, lease)
    slot = [runs.c[name] == job[name] for name in ("report", "scope", "period", "slot")]
    held = sa.select(runs.c.run_id).where(*slot, runs.c.status.in_(("running", "succeeded")))
    if connection.execute(held).first() is not None:
        return None
    attempts = sa.select(sa.func.coalesce(sa.func.max(runs.c.attempt), 0)).where(*slot)
    run_id = f"r-{secrets.token_hex(6)}"
    connection.execute(
        runs.insert(),
        {
            **job,
            "run_id": run_id,
            "attempt": connection.execute(attempts).scalar_one() + 1,
            "status": "running",
            "started_at": now,
            "heartbeat_at": now,
            "lease_owner": f"{socket.gethostname()}:{os.getpid()}",
            "parameters_json": parameters_json,
        },
    )
    return run_id


def beat(connection: Connection, run_id: str, now: datetime) -> bool:
    """Keep the lease; False when the run is no longer the caller's."""
    return _change(connection, run_id, heartbeat_at=now)


def fail(connection: Connection, run_id: str, now: datetime, error: str) -> bool:
    """Mark a run failed; False when it is no longer the caller's."""
    return _change(connection, run_id, status="failed", finished_at=now, error=error)


class EditionTaken(ArchiveError):
    """Another run of the same report and period has become the edition meanwhile."""


def seal(
    connection: Connection,
    run_id: str,
    now: datetime,
    provenance: Provenance,
    printed: int | None = None,
) -> None:
    """Mark a running run succeeded, as the next edition of its report, scope, period and language.

    Raises EditionTaken when that is not the edition that its pages print.
    """
    this = connection.execute(runs.select().where(runs.c.run_id == run_id)).one()
    same = [
        runs.c[name] == this._mapping[name] for name in ("report", "scope", "period", "language")
    ]
    last = sa.select(sa.func.coalesce(sa.func.max(runs.c.edition), 0)).where(*same)
    edition = connection.execute(last).scalar_one() + 1
    if printed not in (None, edition):
        raise EditionTaken(f"run {run_id}: its pages say edition {printed}, it is {edition}")
    _change(connection, run_id, status="succeeded", finished_at=now, edition=edition, **provenance)


def store(
    connection: Connection,
    run_id: str,
    values: Mapping[ValueKey, ValueRow],
    files: Iterable[Artifact],
) -> None:
    """Add a running run's values and files."""
    rows = [{"run_id": run_id, **_plain(row)} for row in values.values()]
    kept = [{"run_id": run_id, **asdict(file)} for file in files]
    if rows:
        connection.execute(kpi_values.insert(), rows)
    if kept:
        connection.execute(artifacts.insert(), kept)


def by_key(values: Iterable[ValueRow]) -> dict[ValueKey, ValueRow]:
    """The values by key: one that a report shows twice counts once, a contradiction is refused."""
    found: dict[ValueKey, ValueRow] = {}
    for row in values:
        if found.setdefault(row.key, row) != row:
            raise ArchiveError(
                f"values of {row.kpi} {row.dimension} {row.member}".rstrip()
                + f" in {row.grain} {row.period_start}: two different ones, "
                f"{found[row.key].value!r} and {row.value!r}"
            )
    return found


def _abandon_dead(connection: Connection, job: Claim, now: datetime, lease: timedelta) -> None:
    # All slots of the report, or the dead run of a manual slot would run for ever.
    connection.execute(
        runs.update()
        .where(
            runs.c.report == job["report"],
            runs.c.scope == job["scope"],
            runs.c.status == "running",
            runs.c.heartbeat_at < now - lease,
        )
        .values(status="abandoned", finished_at=now, error="its process stopped without a word")
    )


def _change(connection: Connection, run_id: str, **changes: object) -> bool:
    running = runs.update().where(runs.c.run_id == run_id, runs.c.status == "running")
    return connection.execute(running.values(**changes)).rowcount == 1


def _plain(row: ValueRow) -> dict[str, Any]:
    # numpy's integers would reach SQLite as bytes, and Decimals not at all.
    numbers = {
        name: None if (number := getattr(row, name)) is None else kind(number)
        for name, kind in _NUMBERS.items()
    }
    return {**asdict(row), **numbers}


_NUMBERS = {"value": float, "numerator": float, "denominator": float, "n": int, "complete": bool}
