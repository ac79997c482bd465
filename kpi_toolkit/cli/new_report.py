"""`kpi new-report`: a report of one's own, begun with the notebook of another."""

import os
import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_toolkit.cli.options import ConfigOption, load_config
from kpi_toolkit.errors import ConfigError, near_misses

if TYPE_CHECKING:
    from kpi_toolkit.config import Config


def new_report(
    name: Annotated[str, typer.Argument(help="Small letters, digits, - and _.")],
    source: Annotated[
        str, typer.Option("--from", help="The report whose notebook it begins with.")
    ] = "sales",
    title: Annotated[str, typer.Option(help="On its pages; else its name.")] = "",
    config: ConfigOption = None,
) -> None:
    """Begin a report: its notebook, and its entry at the end of kpi.toml.

    Nothing that stands in kpi.toml is touched, and no file is overwritten. `kpi run NAME` makes the
    report at once; the notebook is yours to edit.
    """
    from kpi_toolkit.run.drafting import drafted

    read, file = load_config(config)
    _check_name(name, read)
    period, notebook = _begun_with(source, read)
    shown = title.strip() or name.replace("_", " ").replace("-", " ").capitalize()
    path = read.root / "notebooks" / f"{name}.ipynb"
    if path.exists():
        raise ConfigError(f"{path}: it is there already, and nothing is overwritten")
    entry = _entry(name, shown, period) + _headlines(source, read, file)
    _write(path, drafted(notebook, name, shown), file, entry)
    typer.echo(f"written: {path}, and [reports.{name}] at the end of {file}")
    typer.echo(f"Next:\n  kpi run {name}\n  jupyter lab {path}")


def _check_name(name: str, config: "Config") -> None:
    from kpi_toolkit.config.section import SLUG

    if not SLUG.match(name):
        raise ConfigError(f"report {name!r}: expected small letters, digits, - and _, at most 64")
    if name in config.reports:
        raise ConfigError(f"report {name!r}: kpi.toml has it already; choose another name")


def _begun_with(report: str, config: "Config") -> tuple[str, Path]:
    """The period and the notebook of the project's report to begin with, else of a bundled one."""
    from kpi_toolkit import resources
    from kpi_toolkit.cli.project_files import REPORTS
    from kpi_toolkit.run.planning import source_notebook

    if report in config.reports:
        return config.reports[report].period, source_notebook(config, report)
    if report not in REPORTS:
        known = dict.fromkeys((*config.reports, *REPORTS))
        raise ConfigError(f"--from {report!r}: {near_misses(report, known)}")
    return REPORTS[report][0], resources.notebook(f"{report}.ipynb")


def _entry(name: str, title: str, period: str) -> str:
    from kpi_toolkit.crm.looking.toml import string

    return f"""
[reports.{name}]
notebook = "notebooks/{name}.ipynb"
title = {string(title)}
period = {string(period)}
"""


def _headlines(source: str, config: "Config", file: Path) -> str:
    """What an executive edition says first, where kpi.toml does not declare it yet."""
    from kpi_toolkit.cli.first_headlines import first_headlines
    from kpi_toolkit.cli.project_files import columns_of

    if source != "executive" or config.headlines:
        return ""
    columns = columns_of(tomllib.loads(file.read_text("utf-8-sig")))
    return "\n" + first_headlines(columns, config.project.language)


def _write(notebook: Path, text: str, file: Path, entry: str) -> None:
    """Both or neither: kpi.toml is made whole beside its place, read, and only then put there."""
    beside = _beside(file, entry)
    try:
        _check_whole(beside, file)
        _place(notebook, text)
        try:
            beside.replace(file)
        except OSError as error:
            notebook.unlink()
            raise ConfigError(f"{file}: {error.strerror}") from None
    finally:
        beside.unlink(missing_ok=True)


def _beside(file: Path, entry: str) -> Path:
    """kpi.toml with the entry at its end, in its own line ends."""
    try:
        given = file.read_bytes()
        if given and not given.endswith(b"\n"):
            given += b"\n"
        new = entry.encode()
        if b"\r\n" in given:
            new = new.replace(b"\n", b"\r\n")
        handle, name = tempfile.mkstemp(prefix=".kpi-", suffix=".toml", dir=file.parent)
        with os.fdopen(handle, "wb") as made:
            made.write(given + new)
        shutil.copymode(file, name)
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from None
    return Path(name)


def _check_whole(beside: Path, file: Path) -> None:
    from kpi_toolkit.config import load

    try:
        load(beside)
    except ConfigError:
        raise ConfigError(
            f"{file}: no [reports.NAME] can follow what it ends with, as where reports is written "
            "in one line; write the entry yourself"
        ) from None


def _place(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
