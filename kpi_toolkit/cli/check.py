"""`kpi check`: what was read, what was set aside and why, and which KPIs that makes possible."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from kpi_toolkit.cli.options import ConfigOption, load_config
from kpi_toolkit.cli.output import print_table
from kpi_toolkit.errors import near_misses

if TYPE_CHECKING:
    from kpi_toolkit.config import Config
    from kpi_toolkit.measures.kpi import Kpi


def check(config: ConfigOption = None) -> None:
    """Read the data and say what was found; exit code 3 when they cannot be read."""
    from kpi_toolkit.crm.connect import connect
    from kpi_toolkit.kpis import registry

    read, file = load_config(config)
    _check_reports(read)
    crm = connect(read)
    typer.echo(f"{file}: {read.project.name or read.root.name}")
    newest = crm.newest_event and crm.calendar.local(crm.newest_event)
    typer.echo(f"newest event: {newest:%Y-%m-%d %H:%M}" if newest else "newest event: none")
    typer.echo()
    print_table(
        ("table", "file", "rows", "kept", "set aside", "without a match"),
        [
            (part.table, part.file, part.rows, part.kept, part.quarantined, _unmatched(part))
            for part in crm.reading
        ],
        right=(2, 3, 4),
    )
    typer.echo()
    _print_quarantine(crm)
    _print_kpis(list(registry().values()), crm)
    _print_aimless(registry(), crm)


def _check_reports(config: "Config") -> None:
    """Refuse a report whose notebook, period or schedule would fail when it is due."""
    from kpi_toolkit.run.planning import Asked, plan
    from kpi_toolkit.run.slots import due_slot

    now = datetime.now(UTC)
    for name, section in config.reports.items():
        plan(config, name, Asked(), now)
        if section.schedule:
            due_slot(section.schedule, config.calendar.zone, None, now)


def _unmatched(part: Any) -> str:
    return ", ".join(f"{name}: {count}" for name, count in part.unmatched.items() if count)


def _print_quarantine(crm: Any) -> None:
    if not any(part.quarantined for part in crm.reading):
        return
    # A row that does not fit as a whole has no column.
    reasons = crm.quarantine().fillna({"column": ""}).groupby(["table", "column", "reason"])
    rows = [(*key, len(part), int(part["line"].min())) for key, part in reasons]
    print_table(("table", "column", "set aside because", "rows", "first line"), rows, (3, 4))
    typer.echo()


def _print_kpis(kpis: "list[Kpi]", crm: Any) -> None:
    lacking = {kpi.name: kpi.lacks(crm) for kpi in kpis}
    available = [name for name, lacks in lacking.items() if not lacks]
    typer.echo(f"KPIs available: {len(available)} of {len(kpis)}")
    rest = [(name, ", ".join(lacks)) for name, lacks in lacking.items() if lacks]
    if rest:
        typer.echo()
        print_table(("not available", "since the data lack"), rest)


def _print_aimless(kpis: "Mapping[str, Kpi]", crm: Any) -> None:
    """Targets that no report will show, since their KPI's name is none."""
    from kpi_toolkit.insight.targets import Targets

    strangers = dict.fromkeys(kpi for kpi, *_ in Targets.of(crm).values if kpi not in kpis)
    for kpi in strangers:
        typer.echo(f"targets of {kpi!r}: {near_misses(kpi, kpis)}")
