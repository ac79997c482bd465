"""`kpi archive`: what was reported before, and how two reports differ."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_toolkit.cli import archive_diff
from kpi_toolkit.cli.archive_diff import RunArgument, opened
from kpi_toolkit.cli.options import ConfigOption, load_config
from kpi_toolkit.cli.output import print_table
from kpi_toolkit.errors import ArchiveError

if TYPE_CHECKING:
    from kpi_toolkit.archive.store import Run, ValueRow
    from kpi_toolkit.format import Format

app = typer.Typer(help="What was reported before.", no_args_is_help=True)


@app.command("list")
def list_runs(
    report: Annotated[str | None, typer.Option(help="Only this report.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Failed and running runs too.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    config: ConfigOption = None,
) -> None:
    """List the archived runs, newest first."""
    archive = opened(config)
    runs = archive.runs(report, status=None if every else "succeeded", limit=limit)
    print_table(
        ("run", "report", "scope", "period", "edition", "language", "finished (UTC)", "status"),
        [
            (
                run.run_id,
                run.report,
                run.scope,
                run.period,
                run.edition,
                run.language,
                run.finished_at and f"{run.finished_at:%Y-%m-%d %H:%M}",
                run.status if run.error is None else f"{run.status}: {run.error}",
            )
            for run in runs
        ],
        right=(4,),
    )


@app.command()
def show(run: RunArgument, config: ConfigOption = None) -> None:
    """Show a run: its facts, its files, its values."""
    from kpi_toolkit.archive.asked import asked_run

    archive = opened(config)
    found = asked_run(archive, run)
    print_table(("fact", "value"), _facts(found))
    typer.echo()
    files = archive.artifacts(found.run_id)
    print_table(("file", "bytes", "sha256"), [(f.path, f.bytes, f.sha256) for f in files], (1,))
    typer.echo()
    words = _words(found, config)
    print_table(
        ("kpi", "options", "of", "grain", "from", "value", "n", "status"),
        [
            (
                row.kpi,
                row.options,
                _member(row),
                row.grain,
                row.period_start,
                words.value(row.value, row.unit),  # type: ignore[arg-type]
                row.n,
                row.status,
            )
            for row in archive.values(found.run_id)
        ],
        right=(5, 6),
    )


app.command("diff")(archive_diff.diff)


@app.command()
def index(config: ConfigOption = None) -> None:
    """Write reports/index.html anew, which each run does: every run, and its pages."""
    from kpi_toolkit.run import listing

    read, _ = load_config(config)
    typer.echo(listing.write(opened(config), read, datetime.now(UTC)))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A new file.")], config: ConfigOption = None
) -> None:
    """Copy the archive whole, also while a run writes to it; never copy the file itself."""
    opened(config).backup(file)
    typer.echo(file)


@app.command()
def check(config: ConfigOption = None) -> None:
    """Check the archive and its files; exit code 5 with every fault, a line each."""
    read, _ = load_config(config)
    faults = opened(config).check(read.reports_folder)
    for fault in faults:
        typer.echo(fault)
    if faults:
        raise ArchiveError(f"archive: {len(faults)} faults")
    typer.echo("no fault")


def _words(run: "Run", config: Path | None) -> "Format":
    from kpi_toolkit.format import Format

    read, _ = load_config(config)
    return Format(run.language, read.project.currency)  # type: ignore[arg-type]


def _facts(run: "Run") -> list[tuple[str, object]]:
    return [
        ("run", run.run_id),
        ("report", run.report),
        ("scope", run.scope),
        ("period", f"{run.period}: {run.period_start} up to, without, {run.period_end}"),
        ("data as of (UTC)", f"{run.as_of:%Y-%m-%d %H:%M}"),
        ("slot", f"{run.slot}, attempt {run.attempt}"),
        ("status", run.status),
        ("edition", run.edition),
        ("started (UTC)", f"{run.started_at:%Y-%m-%d %H:%M:%S}"),
        ("finished (UTC)", run.finished_at and f"{run.finished_at:%Y-%m-%d %H:%M:%S}"),
        ("language", run.language),
        ("parameters", run.parameters_json),
        ("code", run.code_version),
        ("definitions", run.definition_hash),
        ("input", run.input_hash),
        ("mapping", run.declaration_hash),
        ("newest event (UTC)", run.newest_event and f"{run.newest_event:%Y-%m-%d %H:%M}"),
        ("error", run.error),
    ]


def _member(row: "ValueRow") -> str:
    parts = ((row.dimension, row.member), (row.dimension2, row.member2))
    return ", ".join(f"{dimension} {member}" for dimension, member in parts if dimension)
