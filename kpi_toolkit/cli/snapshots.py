"""`kpi snapshots`: what was read of the source, kept as Parquet."""

from typing import Annotated

import typer

from kpi_toolkit.cli.options import ConfigOption, load_config
from kpi_toolkit.cli.output import print_table

app = typer.Typer(help="What was read of the source.", no_args_is_help=True)


@app.command("list")
def list_snapshots(config: ConfigOption = None) -> None:
    """List the snapshots of the source, newest first."""
    raise NotImplementedError
