"""`kpi mail`: the mail of a report, written to a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_toolkit.cli.options import ConfigOption, load_config
from kpi_toolkit.errors import ArchiveError, ConfigError

if TYPE_CHECKING:
    from kpi_toolkit.archive.store import Archive, Run
    from kpi_toolkit.config import Config

app = typer.Typer(help="Reports by mail.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `preview` a verb of its own, though it is the only one."""


@app.command()
def preview(
    what: Annotated[
        str | None, typer.Argument(metavar="[REPORT|RUN]", help="The latest run when none.")
    ] = None,
    to: Annotated[str, typer.Option(help="The recipient; else the report's first one.")] = "",
    output: Annotated[
        Path | None, typer.Option(help="The file; else in the reports folder.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Write the mail of an archived report as .eml, for a mail program to show; send nothing."""
    from kpi_toolkit.archive.store import Archive
    from kpi_toolkit.deliver.message import Envelope, message
    from kpi_toolkit.run.publish import archived_document

    read, _ = load_config(config)
    archive = Archive.open_read_only(read.archive_url)
    if archive is None:
        raise ArchiveError("archive: there is none yet; `kpi run` makes it")
    run = _run(archive, read, what)
    paths = _paths(archive, read, run)
    envelope = Envelope(
        _sender(read),
        to or _recipient(read, run.report),
        run.run_id,
        run.finished_at or run.as_of,
        read.root,
    )
    document = archived_document(paths["ipynb"])
    mail = message(document, envelope, paths["pdf"].read_bytes(), paths["pdf"].name)
    path = output or read.reports_folder / f"{run.report}-{run.period}.eml"
    try:
        path.write_bytes(mail.as_bytes())
    except OSError as error:
        raise ConfigError(f"--output {path}: {error.strerror}") from error
    typer.echo(path)


def _run(archive: "Archive", config: "Config", what: str | None) -> "Run":
    if what and what not in config.reports:
        return archive.run(what)
    found = archive.runs(what, limit=1)
    if not found:
        raise ArchiveError(f"report {what or 'of any name'}: no run has succeeded yet")
    return found[0]


def _paths(archive: "Archive", config: "Config", run: "Run") -> dict[str, Path]:
    artifacts = archive.artifacts(run.run_id)
    paths = {str(file.kind): config.reports_folder / file.path for file in artifacts}
    for kind in ("ipynb", "pdf"):
        if kind not in paths or not paths[kind].is_file():
            raise ArchiveError(f"run {run.run_id}: its {kind} file is missing")
    return paths


def _sender(config: "Config") -> str:
    if not config.mail.sender:
        raise ConfigError("mail.sender: missing; kpi.toml needs [mail] sender = 'name@example.org'")
    return config.mail.sender


def _recipient(config: "Config", report: str) -> str:
    section = config.reports.get(report)
    if not section or not section.recipients:
        raise ConfigError(f"reports.{report}.recipients: missing; name one, or use --to")
    return section.recipients[0]
