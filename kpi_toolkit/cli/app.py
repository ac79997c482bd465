"""The application: its verbs in the order of its help, its version, its signals."""

import gc
import signal
from types import FrameType
from typing import Annotated

import typer

from kpi_toolkit.cli import (
    archive,
    check,
    compare,
    doctor,
    init,
    listing,
    mail,
    new_report,
    plan,
    run,
    snapshots,
    value,
)
from kpi_toolkit.cli.errors import EPILOG, Verbs

_RARELY = 50_000

app = typer.Typer(
    name="kpi",
    cls=Verbs,
    help="KPIs, reports and their archive over CRM data.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("init")(init.init)
app.command("new-report")(new_report.new_report)
app.command("check")(check.check)
app.command("doctor")(doctor.doctor)
app.command("plan")(plan.plan)
app.command("list")(listing.list_kpis)
app.command("explain")(listing.explain)
app.command("value")(value.value)
app.command("compare")(compare.compare)
app.command("run")(run.run)
app.command("run-due")(run.run_due)
app.add_typer(archive.app, name="archive")
app.add_typer(snapshots.app, name="snapshots")
app.add_typer(mail.app, name="mail")


def main() -> None:
    """The console script. A request to stop (SIGTERM) ends a run as Ctrl-C does."""
    signal.signal(signal.SIGTERM, _interrupt)
    # Every 700 objects the collector would look at the modules that load: a tenth of a run's time.
    gc.set_threshold(_RARELY)
    app()


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(version("kpi-toolkit"))
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Take the options that stand before a verb; Typer shows the application's own help."""


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
