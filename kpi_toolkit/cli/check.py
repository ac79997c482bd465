"""`kpi check`: what was read, what was set aside and why, and which KPIs that makes possible."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_toolkit.cli.options import ConfigOption, JsonOption, load_config

if TYPE_CHECKING:
    from kpi_toolkit.config import Config
    from kpi_toolkit.format import Format
    from kpi_toolkit.insight.audit.audit import Audit


def check(
    quarantine: Annotated[
        Path | None, typer.Option(help="Write every row that was set aside to a CSV file.")
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Read the data and say what was found; exit code 3 when they cannot be read."""
    from kpi_toolkit.cli import spreadsheet
    from kpi_toolkit.crm.connect import connect
    from kpi_toolkit.insight.audit.audit import audit

    read, file = load_config(config)
    spreadsheet.spare_inputs(quarantine, read, file)
    refuse_reports(read, datetime.now(UTC))
    read.calendar.business.check_holidays()
    crm = connect(read)
    found = audit(crm, read)
    if quarantine:
        spreadsheet.write(crm.quarantine(), quarantine, "rows set aside")
    if as_json:
        typer.echo(json.dumps(_json(read, found), ensure_ascii=False, indent=2))
    else:
        _print(read, file, found)


def refuse_reports(config: "Config", now: datetime) -> None:
    """Refuse a report whose notebook, parameters, period, schedule or shifts would fail when it is
    due; `now` is aware.
    """
    from kpi_toolkit.report import shifts
    from kpi_toolkit.run.planning import Asked, plan, require_parameters
    from kpi_toolkit.run.slots import due_slot

    for name, section in config.reports.items():
        require_parameters(config, plan(config, name, Asked(), now))
        if section.schedule:
            due_slot(section.schedule, config.calendar.zone, None, now)
    shifts.declared(config.shifts)


def _json(config: "Config", found: "Audit") -> dict[str, object]:
    from kpi_toolkit.insight.audit.as_json import to_json

    reports = [asdict(one) for one in _reports(config, found)]
    return {**to_json(found, *_languages(config)), "reports": reports}


def _languages(config: "Config") -> "tuple[Format, Format]":
    """That of the terminal, and that of the project, which calls KPIs as its reports do."""
    from kpi_toolkit.format import Format

    currency = config.project.currency
    return Format("en", currency), Format(config.project.language, currency)


def _print(config: "Config", file: Path, found: "Audit") -> None:
    from kpi_toolkit.cli import audit_text

    calendar = config.calendar
    newest = found.newest_event and calendar.local(found.newest_event)
    age = f" ({found.age_days} d before that)" if found.age_days else ""
    typer.echo(f"{file}: {found.name or config.root.name}")
    typer.echo(f"data as of: {calendar.local(found.as_of):%Y-%m-%d %H:%M}")
    typer.echo(f"newest event: {newest:%Y-%m-%d %H:%M}{age}" if newest else "newest event: none")
    if found.last_month:
        typer.echo(f"last complete month with records: {found.last_month.key}")
    words, names = _languages(config)
    for line in audit_text.lines(found, words):
        typer.echo(line)
    for report in _reports(config, found):
        for said in report.sentences():
            typer.echo("\n".join(["", *audit_text.paragraph(f"report {report.report}: {said}")]))
    _print_targets(found, words, names)
    _print_headlines(found, words, names)


@dataclass(frozen=True)
class _Asked:
    """The KPIs that a report's notebook asks for, those of them that lack data, and the names in it
    that are no KPI, each with its near misses.
    """

    report: str
    kpis: tuple[str, ...]
    not_available: tuple[str, ...]
    unknown: dict[str, str]

    def sentences(self) -> Iterator[str]:
        """What its reader will miss."""
        if self.not_available:
            yield (
                f"{len(self.not_available)} of its {len(self.kpis)} KPIs are not available, as its "
                f"page says in their place: {', '.join(self.not_available)}"
            )
        for name, near in self.unknown.items():
            yield f"its notebook will fail at {name}, which is no KPI: {near}"


def _reports(config: "Config", found: "Audit") -> Iterator[_Asked]:
    from kpi_toolkit.run.asked_kpis import asked_kpis, unknown_kpis
    from kpi_toolkit.run.planning import source_notebook

    known = [one.kpi for one in found.kpis]
    lacking = {one.kpi for one in found.unavailable}
    for report in config.reports:
        notebook = source_notebook(config, report)
        kpis = asked_kpis(notebook, known)
        missing = tuple(kpi for kpi in kpis if kpi in lacking)
        yield _Asked(report, kpis, missing, unknown_kpis(notebook))


def _print_targets(found: "Audit", words: "Format", names: "Format") -> None:
    """What is wrong with targets, and which lie beyond anything before."""
    from kpi_toolkit.cli.audit_text import paragraph
    from kpi_toolkit.insight.targets.smart_words import weakness

    if found.targets and not any(one.is_fault for one in found.weak):
        typer.echo(f"Targets: {found.targets}, each dated, measurable, specific and owned")
    for one in found.weak:
        mark = "Target at fault" if one.is_fault else "Target to think about"
        typer.echo("\n".join(paragraph(f"{mark}: {weakness(one, words, names=names)}")))


def _print_headlines(found: "Audit", words: "Format", names: "Format") -> None:
    """The rules that the declared headlines break."""
    from kpi_toolkit.cli.audit_text import paragraph
    from kpi_toolkit.insight.headlines import told

    for one in found.breaches:
        typer.echo("\n".join(paragraph(f"Headlines: {told(one, words, names=names)}")))
