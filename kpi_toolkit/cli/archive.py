"""`kpi archive`: what was reported before, and how two reports differ."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_toolkit.cli.options import ConfigOption, load_config
from kpi_toolkit.cli.output import print_table
from kpi_toolkit.errors import ArchiveError

if TYPE_CHECKING:
    from kpi_toolkit.archive.restatements import Restatement
    from kpi_toolkit.archive.store import Archive, Run, ValueRow
    from kpi_toolkit.format import Format

app = typer.Typer(help="What was reported before.", no_args_is_help=True)
RunArgument = Annotated[str, typer.Argument(help="A run's id, or how it starts.")]


@app.command("list")
def list_runs(
    report: Annotated[str | None, typer.Option(help="Only this report.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Failed and running runs too.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    config: ConfigOption = None,
) -> None:
    """List the archived runs, newest first."""
    archive = _archive(config)
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
    archive = _archive(config)
    found = archive.run(run)
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


@app.command()
def diff(before: RunArgument, after: RunArgument, config: ConfigOption = None) -> None:
    """Compare two runs: the figures that both have and that differ, with the cause."""
    from kpi_toolkit.archive.restatements import Origin, compare, missing

    archive = _archive(config)
    old, new = archive.run(before), archive.run(after)
    old_values, new_values = archive.values(old.run_id), archive.values(new.run_id)
    now = Origin(new.as_of, new.code_version, new.input_hash or "", new.declaration_hash)
    changed = compare(old, old_values, new_values, now)
    units = {row.key: row.unit for row in new_values}
    words = _words(new, config)
    print_table(
        ("kpi", "options", "of", "grain", "from", old.run_id, new.run_id, "why"),
        [_difference(row, units, words) for row in changed],
        right=(5, 6),
    )
    gone = missing(old_values, new_values)
    typer.echo(f"{len(changed)} figures differ, {gone} of {old.run_id} are not in {new.run_id}")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A new file.")], config: ConfigOption = None
) -> None:
    """Copy the archive whole, also while a run writes to it; never copy the file itself."""
    _archive(config).backup(file)
    typer.echo(file)


@app.command()
def check(config: ConfigOption = None) -> None:
    """Check the archive and its files; exit code 5 with every fault, a line each."""
    read, _ = load_config(config)
    faults = _archive(config).check(read.reports_folder)
    for fault in faults:
        typer.echo(fault)
    if faults:
        raise ArchiveError(f"archive: {len(faults)} faults")
    typer.echo("no fault")


def _archive(config: Path | None) -> "Archive":
    from kpi_toolkit.archive.store import Archive

    read, _ = load_config(config)
    archive = Archive.open_read_only(read.archive_url)
    if archive is None:
        raise ArchiveError(
            f"archive: there is none yet in {read.reports_folder}; `kpi run` makes it"
        )
    return archive


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


def _member(row: "ValueRow | Restatement") -> str:
    parts = ((row.dimension, row.member), (row.dimension2, row.member2))
    return ", ".join(f"{dimension} {member}" for dimension, member in parts if dimension)


def _difference(row: "Restatement", units: dict, words: "Format") -> tuple[object, ...]:
    from kpi_toolkit.insight.wording import CAUSES

    key = (
        row.kpi, row.options, row.dimension, row.member, row.dimension2, row.member2, row.grain,
        row.period_start,
    )  # fmt: skip
    unit = units[key]
    return (
        row.kpi,
        row.options,
        _member(row),
        row.grain,
        row.period_start,
        words.value(row.before, unit),
        words.value(row.after, unit),
        CAUSES[row.cause] if row.kind == "matured" else f"{row.kind}: {CAUSES[row.cause]}",
    )
