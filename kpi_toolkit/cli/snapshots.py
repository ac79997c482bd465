"""`kpi snapshots`: what was read of the source, kept as Parquet."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kpi_toolkit.cli.options import ConfigOption, load_config
from kpi_toolkit.cli.output import print_table
from kpi_toolkit.crm import kept

app = typer.Typer(help="What was read of the source.", no_args_is_help=True)


@app.command("list")
def list_snapshots(config: ConfigOption = None) -> None:
    """List the snapshots of the source, newest first."""
    print_table(
        ("snapshot", "made (UTC)", "rows kept", "MB", "files"),
        [_row(folder) for folder in _folders(config)],
        right=(2, 3),
    )


@app.command()
def prune(
    keep: Annotated[int, typer.Option(min=1, help="How many stay, the newest ones.")] = 5,
    config: ConfigOption = None,
) -> None:
    """Remove all but the newest snapshots, and those that the next reports are compared with; of
    others that archived runs saw, fingerprints stay. What is asked for again is read again.
    """
    from kpi_toolkit.crm import fingerprints

    compared, seen = _inputs(config)
    for folder in _folders(config)[keep:]:
        if folder.name in compared:
            typer.echo(f"kept {folder.name}: the next report is compared with it")
            continue
        found = kept.opened(folder) if folder.name in seen else None
        if found:
            fingerprints.keep(found)
        shutil.rmtree(folder, ignore_errors=True)
        typer.echo(f"removed {folder.name}{', its fingerprints stay' if found else ''}")


def _inputs(config: Path | None) -> tuple[set[str], set[str]]:
    """The snapshots that reports are compared with, and others that archived runs saw."""
    from kpi_toolkit.archive.store import Archive

    archive = Archive.open_read_only(load_config(config)[0].archive_url)
    return archive.inputs() if archive else (set(), set())


def _folders(config: Path | None) -> list[Path]:
    """Whole snapshots, the newest first; one that is being made has no manifest yet."""
    root = load_config(config)[0].root / ".kpi" / "snapshots"
    manifests = [
        path for path in root.glob(f"*/{kept.MANIFEST}") if not path.parent.name.startswith(".")
    ]
    manifests.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [path.parent for path in manifests]


def _row(folder: Path) -> tuple[object, ...]:
    found = kept.opened(folder)
    made = datetime.fromtimestamp((folder / kept.MANIFEST).stat().st_mtime, UTC)
    size = sum(path.stat().st_size for path in folder.iterdir())
    return (
        folder.name,
        f"{made:%Y-%m-%d %H:%M}",
        sum(read.kept for read in found.reading) if found else 0,
        f"{size / 1e6:.1f}",
        ", ".join(mark.path for mark in found.files) if found else "damaged: it is read again",
    )
