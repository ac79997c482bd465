"""The archive: what each run reported, kept for ever and comparable."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar, Unpack

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from kpi_toolkit.archive import checks, ledger, schema
from kpi_toolkit.archive.backup import back_up
from kpi_toolkit.archive.engine import connect, reading, writing
from kpi_toolkit.archive.ledger import Claim, Provenance
from kpi_toolkit.archive.location import make_file, parse, refuse_network, shown, sqlite_path
from kpi_toolkit.archive.rows import Artifact, Run, RunStatus, ValueRow
from kpi_toolkit.archive.tables import artifacts, kpi_values, runs
from kpi_toolkit.errors import ArchiveError, near_misses

__all__ = ["Archive", "Artifact", "Claim", "Provenance", "Run", "ValueRow"]

_Row = TypeVar("_Row", Run, ValueRow, Artifact)
LEASE_SECONDS = 900


class Archive:
    """Runs, their values and their files, in a SQLite file or a PostgreSQL database.

    Every instant given is an aware datetime, every instant returned is in UTC. One process
    writes at a time; readers never wait. Failures of the database are `ArchiveError`.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        """Use `open` or `open_read_only`."""
        self._engine = engine
        self.name = name

    @classmethod
    def open(cls, url: str) -> "Archive":
        """The archive at an address such as sqlite:///reports/archive.sqlite, made if absent.

        An older schema is upgraded; a newer one, a damaged file, another application's database
        and a network file system are refused with one sentence.
        """
        parsed = parse(url)
        path = sqlite_path(parsed)
        if path is not None:
            refuse_network(path)
            make_file(path)
        schema.upgrade(parsed)
        return cls(connect(parsed, "rw"), shown(parsed))

    @classmethod
    def open_read_only(cls, url: str) -> "Archive | None":
        """The archive for one who only reads, as a notebook; None when there is none yet."""
        parsed = parse(url)
        path = sqlite_path(parsed)
        if path is not None:
            if not path.exists():
                return None
            refuse_network(path)
        archive = cls(connect(parsed, "ro"), shown(parsed))
        with reading(archive._engine, archive.name) as connection:
            if schema.version(connection) is None:
                return None
            schema.refuse_other(connection, archive.name)
        return archive

    def claim(
        self,
        *,
        now: datetime,
        lease_seconds: float = LEASE_SECONDS,
        parameters: Mapping[str, object] | None = None,
        **job: Unpack[Claim],
    ) -> str | None:
        """Take a slot and return the new run's id; None when it is running or has succeeded.

        A run of this report and scope whose heartbeat is older than the lease is abandoned first.
        """
        lease = timedelta(seconds=lease_seconds)
        text = json.dumps(parameters or {}, sort_keys=True, ensure_ascii=False, default=str)
        with writing(self._engine, self.name) as connection:
            return ledger.claim(connection, job, text, now, lease)

    def heartbeat(self, run_id: str, now: datetime) -> bool:
        """Keep the run's lease; False when it was lost, and the caller must stop."""
        with writing(self._engine, self.name) as connection:
            return ledger.beat(connection, run_id, now)

    def finish(
        self,
        run_id: str,
        *,
        now: datetime,
        values: Iterable[ValueRow],
        artifacts: Iterable[Artifact],
        edition: int | None = None,
        **provenance: Unpack[Provenance],
    ) -> bool:
        """Archive the run in one transaction: values, files, edition and success.

        False when the lease was lost: nothing is written, and nothing may be published. A value
        given twice is kept once; two different values for one key are refused. Raises
        EditionTaken, and writes nothing, when the pages' `edition` is not the next one.
        """
        rows, files = ledger.by_key(values), list(artifacts)
        with writing(self._engine, self.name) as connection:
            if not ledger.beat(connection, run_id, now):
                return False
            ledger.store(connection, run_id, rows, files)
            ledger.seal(connection, run_id, now, provenance, edition)
        return True

    def fail(self, run_id: str, *, now: datetime, error: str) -> bool:
        """Mark the run failed; False when its lease was lost already."""
        with writing(self._engine, self.name) as connection:
            return ledger.fail(connection, run_id, now, error)

    def runs(
        self,
        report: str | None = None,
        scope: str | None = None,
        period: str | None = None,
        status: RunStatus | None = "succeeded",
        limit: int | None = None,
    ) -> list[Run]:
        """Runs, newest first; `status=None` for all of them, `period` is a key."""
        asked = {"report": report, "scope": scope, "period": period, "status": status}
        wanted = [runs.c[name] == value for name, value in asked.items() if value is not None]
        return self._rows(Run, runs.select().where(*wanted).order_by(*_NEWEST).limit(limit))

    def run(self, prefix: str) -> Run:
        """The one run whose id starts so ("r-" may be left out)."""
        start = prefix if prefix.startswith("r-") else f"r-{prefix}"
        found = self._rows(
            Run,
            runs.select()
            .where(runs.c.run_id.startswith(start, autoescape=True))
            .order_by(*_NEWEST),
        )
        if len(found) == 1:
            return found[0]
        if found:
            known = ", ".join(run.run_id for run in found[:5])
            raise ArchiveError(f"run {prefix!r}: {len(found)} runs start so, such as {known}")
        known_ids = [run.run_id for run in self.runs(status=None, limit=100)]
        raise ArchiveError(f"run {prefix!r}: no such run; {near_misses(start, known_ids)}")

    def values(self, run_id: str) -> list[ValueRow]:
        """All values of a run, sorted by key."""
        columns = [column for column in kpi_values.c if column.name != "run_id"]
        query = sa.select(*columns).where(kpi_values.c.run_id == run_id)
        return self._rows(ValueRow, query.order_by(*kpi_values.primary_key.columns))

    def totals(self) -> list[tuple[str, ValueRow]]:
        """What every succeeded run published of its own period as a whole, by run id; options at
        their defaults.
        """
        columns = [column for column in kpi_values.c if column.name != "run_id"]
        query = (
            sa.select(kpi_values.c.run_id, *columns)
            .join(runs, runs.c.run_id == kpi_values.c.run_id)
            .where(
                runs.c.status == "succeeded",
                kpi_values.c.grain == runs.c.grain,
                kpi_values.c.period_start == runs.c.period_start,
                kpi_values.c.dimension == "",
                kpi_values.c.options == "",
            )
            .order_by(*kpi_values.primary_key.columns)
        )
        with reading(self._engine, self.name) as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        return [(row.pop("run_id"), ValueRow(**row)) for row in rows]

    def inputs(self) -> tuple[set[str], set[str]]:
        """The input hashes of the succeeded runs that later ones are compared with (of each report,
        scope, language and grain the latest), and those of all others.
        """
        seen = [run for run in self.runs() if run.input_hash]
        latest: dict[tuple[str, ...], Run] = {}
        for run in sorted(seen, key=lambda run: run.period_start, reverse=True):
            latest.setdefault((run.report, run.scope, run.language, run.grain), run)
        compared = {run.input_hash or "" for run in latest.values()}
        return compared, {run.input_hash or "" for run in seen} - compared

    def files(self) -> dict[str, dict[str, str]]:
        """Where every run's files lie in the reports folder, by run id and kind."""
        query = sa.select(artifacts.c.run_id, artifacts.c.kind, artifacts.c.path)
        found: dict[str, dict[str, str]] = {}
        with reading(self._engine, self.name) as connection:
            for run_id, kind, path in connection.execute(query):
                found.setdefault(run_id, {})[kind] = path
        return found

    def artifacts(self, run_id: str) -> list[Artifact]:
        """The files of a run, sorted by kind."""
        columns = [column for column in artifacts.c if column.name != "run_id"]
        query = sa.select(*columns).where(artifacts.c.run_id == run_id)
        return self._rows(Artifact, query.order_by(artifacts.c.kind))

    def reference(
        self, report: str, scope: str, *, language: str, period_start: date, grain: str
    ) -> Run | None:
        """The earlier run that a new report is compared with, if any.

        Of the succeeded runs in this language and of this grain whose period starts no later: the
        one with the latest period, and of those the one that finished last. The same report in
        another language is no earlier report to its readers.
        """
        wanted = [
            runs.c.report == report,
            runs.c.scope == scope,
            runs.c.language == language,
            runs.c.grain == grain,
            runs.c.period_start <= period_start,
            runs.c.status == "succeeded",
        ]
        latest = runs.select().where(*wanted).order_by(runs.c.period_start.desc(), *_NEWEST)
        return next(iter(self._rows(Run, latest.limit(1))), None)

    def last_slot(self, report: str, scope: str) -> str | None:
        """The latest scheduled slot that succeeded; manual runs do not count."""
        query = sa.select(sa.func.max(runs.c.slot)).where(
            runs.c.report == report,
            runs.c.scope == scope,
            runs.c.status == "succeeded",
            runs.c.slot.not_like("manual:%"),
        )
        with reading(self._engine, self.name) as connection:
            return connection.execute(query).scalar()

    def backup(self, path: Path) -> None:
        """A whole copy, made while others write; an existing file is not overwritten."""
        back_up(self._engine, self.name, path)

    def check(self, reports_folder: Path | None = None) -> list[str]:
        """Every fault found, one sentence each: the file, its triggers, its runs, its reports."""
        try:
            with reading(self._engine, self.name) as connection:
                faults = checks.database(connection)
                return faults + (checks.files(connection, reports_folder) if reports_folder else [])
        except ArchiveError as error:
            return [str(error)]

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _rows(self, kind: type[_Row], query: sa.Select) -> list[_Row]:
        with reading(self._engine, self.name) as connection:
            return [kind(**row) for row in connection.execute(query).mappings()]


_NEWEST = (
    sa.func.coalesce(runs.c.finished_at, runs.c.started_at).desc(),
    runs.c.edition.desc(),
    runs.c.run_id,
)
