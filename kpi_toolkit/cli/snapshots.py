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
    """Remove all but the newest snapshots; what is asked for again is read again."""
    for folder in _folders(config)[keep:]:
        shutil.rmtree(folder, ignore_errors=True)
        typer.echo(f"removed {folder.name}")


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
