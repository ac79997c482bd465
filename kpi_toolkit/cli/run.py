"""`kpi run` and `kpi run-due`: make reports now, or those that are due."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_toolkit.cli.options import AsOfOption, ConfigOption, load_config, named_values
from kpi_toolkit.errors import ConfigError, KpiError

if TYPE_CHECKING:
    from kpi_toolkit.archive.store import Archive
    from kpi_toolkit.config import Config
    from kpi_toolkit.run.job import Job, RunResult


def run(  # noqa: PLR0913 - a parameter is an option of the verb
    reports: Annotated[
        list[str] | None, typer.Argument(metavar="[REPORT]...", help="All of them when none.")
    ] = None,
    period: Annotated[
        str, typer.Option(help="2026-Q3, 2026-09, 'last complete month'; else kpi.toml's.")
    ] = "",
    as_of: AsOfOption = "",
    scope: Annotated[str, typer.Option(help="A slice, such as team=North.")] = "all",
    language: Annotated[
        list[str] | None, typer.Option(help="fr or en; may be given twice.")
    ] = None,
    parameter: Annotated[
        list[str] | None, typer.Option(help="name=value, of the notebook's parameters cell.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Execute reports' notebooks and archive what they show."""
    from kpi_toolkit.run.planning import Asked, plan

    read, file = load_config(config)
    if not read.reports:
        raise ConfigError(f"{file}: it declares no report; add a section such as [reports.sales]")
    now = datetime.now(UTC)
    given = named_values(parameter or (), "--parameter")
    asked = [Asked(period, as_of, scope, words, given) for words in language or [""]]
    jobs = [plan(read, name, one, now) for name in reports or read.reports for one in asked]
    _run_all(jobs, read, file)


def run_due(config: ConfigOption = None) -> None:
    """Execute the reports that are due by their schedules; safe to call at any time."""
    from kpi_toolkit.run.schedule import due_jobs

    read, file = load_config(config)
    due = due_jobs(read, _archive(read), datetime.now(UTC))
    for sentence in due.given_up:
        typer.echo(f"kpi: {sentence}", err=True)
    if not due.jobs:
        typer.echo("nothing is due")
    _run_all(due.jobs, read, file)


def _run_all(jobs: "Sequence[Job]", config: "Config", file: Path) -> None:
    """Run each job; one that fails does not stop the others, its sentence comes at once."""
    from kpi_toolkit.cli.progress import progress
    from kpi_toolkit.crm.connect import Records
    from kpi_toolkit.run.steps import Workplace, run_report

    code, place = 0, Workplace(config, file, _archive(config), records=Records(config))
    for job in jobs:
        try:
            with progress(f"{job.report} {job.period.key}") as on_progress:
                result = run_report(job, replace(place, on_progress=on_progress))
            _say(result)
        except KpiError as error:
            typer.echo(f"kpi: report {job.report}: {error}", err=True)
            code = code or error.exit_code
    if code:
        raise typer.Exit(code)


def _archive(config: "Config") -> "Archive":
    from kpi_toolkit.archive.store import Archive

    return Archive.open(config.archive_url)


def _say(result: "RunResult") -> None:
    job = result.job
    name = f"{job.report} {job.period.key}"
    if result.status != "succeeded":
        typer.echo(f"{name}: another run has it")
        return
    typer.echo(f"{name}: edition {result.edition}, {result.values} values, run {result.run_id}")
    for path in result.files.values():
        typer.echo(f"  {_short(path)}")
    for warning in result.warnings:
        typer.echo(f"kpi: {warning}", err=True)


def _short(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
