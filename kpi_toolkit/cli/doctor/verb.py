"""The verb: every check in turn, a line each."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import typer

from kpi_toolkit.cli.doctor.finding import Finding, fault, found_by, ok, warning
from kpi_toolkit.cli.options import ConfigOption, JsonOption
from kpi_toolkit.errors import ConfigError

Check = Callable[[], Finding]
_MARKS = {"ok": "ok     ", "warning": "warning", "fault": "FAULT  "}


def doctor(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Say what is wrong with this installation and this project; exit code 1 on a fault.

    It starts a kernel and sets a page, reads no record, and writes nothing that stays.
    """
    found = []
    for finding in findings(config, datetime.now(UTC)):
        found.append(finding)
        if not as_json:
            typer.echo(f"{_MARKS[finding.state]} {finding.check}: {finding.sentence}")
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
    if any(one.state == "fault" for one in found):
        raise typer.Exit(1)


def findings(config: Path | None, now: datetime) -> Iterator[Finding]:
    """What is found of the installation, then of the project where there is one. `now` is aware."""
    from kpi_toolkit.cli.doctor import installation, programs

    checks: dict[str, Check] = {
        "python": installation.python,
        "packages": installation.packages,
        "fonts": installation.fonts,
        "templates": installation.templates,
        "locales": installation.locales,
        "clock": partial(installation.clock, now),
        "typst": programs.typst,
        "kernel": programs.kernel,
    }
    for name, check in checks.items():
        yield found_by(check, name)
    yield from _of_the_project(config, now)


def _of_the_project(path: Path | None, now: datetime) -> Iterator[Finding]:
    from kpi_toolkit.cli.doctor import project
    from kpi_toolkit.config import find_config, load

    file = path or find_config()
    if file is None:
        yield warning("kpi.toml", "there is none here; `kpi init` makes one")
        return
    try:
        config = load(file)
    except ConfigError as error:
        yield fault("kpi.toml", str(error))
        return
    yield ok("kpi.toml", str(file))
    checks: dict[str, Check] = {
        "reports": partial(project.reports, config, now),
        "source": partial(project.source, config),
        "archive": partial(project.archive, config),
        "folder": partial(project.folder, config),
        "snapshots": partial(project.snapshots, config),
        "disk": partial(project.disk, config),
        "mail": partial(project.mail, config),
    }
    for name, check in checks.items():
        yield found_by(check, name)
