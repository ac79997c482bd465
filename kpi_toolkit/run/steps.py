"""One run, step by step: claim, execute, render, write, archive. Nothing partial is ever listed."""

import contextlib
import secrets
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from kpi_toolkit.archive import files
from kpi_toolkit.archive.ledger import EditionTaken
from kpi_toolkit.archive.provenance import definition_hash, value_rows
from kpi_toolkit.archive.rows import ValueRow
from kpi_toolkit.archive.store import Archive
from kpi_toolkit.config import Config
from kpi_toolkit.crm.connect import Crm, Records
from kpi_toolkit.crm.snapshot import VARIABLE
from kpi_toolkit.errors import ArchiveError, KpiError, RunError, first_line
from kpi_toolkit.format import Format
from kpi_toolkit.insight.audit.coverage import without_records
from kpi_toolkit.kpis import registry
from kpi_toolkit.resources import code_version
from kpi_toolkit.run import listing, publish
from kpi_toolkit.run.execute import NotebookFailed, execute
from kpi_toolkit.run.job import Job, RunResult
from kpi_toolkit.run.kernel import Kernel
from kpi_toolkit.run.leaks import leaked, refuse_secrets, without_secrets
from kpi_toolkit.run.lease import Clock, heartbeat
from kpi_toolkit.run.planning import (
    check_scope,
    report_config,
    require_parameters,
    source_notebook,
)

OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Workplace:
    """What runs work with. `clock` gives aware instants; `on_progress` gets (step, done, of); runs
    that share `records` read a database once.
    """

    config: Config
    config_file: Path
    archive: Archive
    clock: Clock = lambda: datetime.now(UTC)
    on_progress: OnProgress = lambda step, done, of: None
    records: Records | None = None


def run_report(job: Job, place: Workplace) -> RunResult:
    """Execute a report's notebook and archive what it shows.

    Raises RunError naming the failed cell, RenderError, DataError or ConfigError; the archive
    then holds a failed run, and none of its files is listed.
    """
    require_parameters(place.config, job)
    run_id = _claim(job, place)
    if run_id is None:
        return RunResult("taken", job)
    try:
        with heartbeat(place.archive, run_id, place.clock):
            return _work(job, place, run_id)
    except BaseException as error:
        if isinstance(error, NotebookFailed):
            _keep_evidence(error.notebook, job, place, run_id)
        cause = without_secrets(_cause(error))
        with contextlib.suppress(ArchiveError):
            place.archive.fail(run_id, now=place.clock(), error=cause)
            listing.after_run(place.archive, place.config, run_id, place.clock())
        if isinstance(error, KpiError) and cause != str(error):
            raise RunError(cause) from None
        raise


def _claim(job: Job, place: Workplace) -> str | None:
    return place.archive.claim(
        now=place.clock(),
        parameters=job.notebook_parameters,
        report=job.report,
        scope=job.scope,
        period=job.period.key,
        grain=job.period.grain,
        period_start=job.period.start,
        period_end=job.period.end,
        as_of=job.as_of.replace(tzinfo=UTC),
        slot=job.slot or f"manual:{secrets.token_hex(6)}",
        language=job.language,
        code_version=code_version(),
    )


def _work(job: Job, place: Workplace, run_id: str) -> RunResult:
    place.on_progress("reading", 0, 1)
    # The kernel reads the same snapshot: what cannot be read is told before one is started.
    crm = (place.records or Records(place.config)).at(job.as_of)
    check_scope(job.scope, crm)
    notebook = _executed(job, place, run_id, crm.snapshot)
    while True:
        # Of two runs by hand that end at once, the second one's pages are made again.
        with contextlib.suppress(EditionTaken):
            return _archived(notebook, job, place, run_id, crm)


def _archived(
    notebook: NotebookNode, job: Job, place: Workplace, run_id: str, crm: Crm
) -> RunResult:
    place.on_progress("pages", 0, 1)
    earlier = place.archive.runs(job.report, job.scope, job.period.key)
    editions = (run.edition or 0 for run in earlier if run.language == job.language)
    edition = 1 + max(editions, default=0)
    stamp = publish.stamped(job, run_id, edition, place.clock())
    made = publish.pages(notebook, job, stamp, place.config.root)
    refuse_secrets(made.contents)
    values = value_rows(made.document.values)
    reports = place.config.reports_folder
    written = list(publish.write(made, reports, job, run_id))
    place.on_progress("archive", 0, 1)
    finished = place.archive.finish(
        run_id,
        now=place.clock(),
        values=values,
        artifacts=written,
        edition=edition,
        definition_hash=definition_hash(values),
        input_hash=crm.input_hash,
        declaration_hash=crm.declaration or None,
        newest_event=crm.newest_event and crm.newest_event.replace(tzinfo=UTC),
    )
    if not finished:
        return RunResult("lost", job, run_id)
    unlisted = listing.after_run(place.archive, place.config, run_id, place.clock())
    return RunResult(
        "succeeded",
        job,
        run_id,
        edition=edition,
        values=len(values),
        files={artifact.kind: reports / artifact.path for artifact in written},
        warnings=(*made.document.warnings, *_without_records(job, values, crm), *unlisted),
        log=made.document.log,
    )


def _without_records(job: Job, values: Sequence[ValueRow], crm: Crm) -> list[str]:
    """The sentence for a period in which nothing happened: its page is full of zeros."""
    own = [
        row
        for row in values
        if (row.grain, row.period_start) == (job.period.grain, job.period.start)
    ]
    if not own or any(row.n and row.window == "event" for row in own):
        return []
    known = registry()
    bounds = [known[kpi].bind() for kpi in {row.kpi: None for row in own} if kpi in known]
    said = without_records(Format("en"), crm, bounds, job.period, job.as_of)
    return [said] if said else []


def _executed(job: Job, place: Workplace, run_id: str, snapshot: str) -> NotebookNode:
    source = source_notebook(place.config, job.report)
    cells = 1 + len(nbformat.read(source, as_version=4).cells)
    kernel = Kernel(
        run_id,
        place.config.root,
        report_config(place.config, job.report).cell_timeout,
        {"KPI_CONFIG": str(place.config_file), VARIABLE: snapshot},
        on_cell=lambda index: place.on_progress("cells", index, cells),
    )
    with tempfile.TemporaryDirectory(prefix="kpi-run-") as work:
        return execute(source, Path(work), job.notebook_parameters, kernel)


def _keep_evidence(notebook: NotebookNode, job: Job, place: Workplace, run_id: str) -> None:
    content = nbformat.writes(notebook).encode()
    if leaked(content):
        return
    folder = place.config.reports_folder / publish.run_folder(job, run_id)
    # A disk that is full must not hide why the run failed.
    with contextlib.suppress(ArchiveError):
        files.write(folder, f"{publish.stem(job)}-failed.ipynb", content)


def _cause(error: BaseException) -> str:
    if isinstance(error, KpiError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "it was interrupted"
    return f"{type(error).__name__}: {first_line(error)}"
