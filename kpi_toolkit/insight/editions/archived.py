"""What was reported before: the run that a report is compared with, and its figures that are
different now.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kpi_toolkit.archive.restatements import Origin, Restatement, compare
from kpi_toolkit.archive.rows import Run, ValueRow
from kpi_toolkit.archive.store import Archive
from kpi_toolkit.config import Config
from kpi_toolkit.crm.past import Past, past
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import Period


@dataclass(frozen=True)
class Reference:
    """An archived run with its values."""

    run: Run
    values: tuple[ValueRow, ...]
    config: Config | None = None

    def changed(self, values: Iterable[KpiValue], now: Origin) -> list[Restatement]:
        """Its figures that are different `now`."""
        return compare(self.run, self.values, [row_of(value) for value in values], now)

    @cached_property
    def records(self) -> Past | None:
        """The records that it saw; None where they are no longer kept."""
        return past(self.config, self.run.input_hash, self.run.as_of) if self.config else None

    def value(self, found: KpiValue) -> ValueRow | None:
        """What it said of the same figure."""
        key = row_of(found).key
        return next((row for row in self.values if row.key == key), None)


def reference(
    config: Config, report: str, scope: str, period: Period, language: str
) -> Reference | None:
    """The latest archived run of a report, scope and language whose period is this one or an
    earlier one; None for a first report.
    """
    archive = Archive.open_read_only(config.archive_url)
    if archive is None:
        return None
    try:
        run = archive.reference(
            report, scope, language=language, period_start=period.start, grain=period.grain
        )
        return Reference(run, tuple(archive.values(run.run_id)), config) if run else None
    finally:
        archive.close()


def row_of(value: KpiValue) -> ValueRow:
    """A value as the archive keeps it."""
    pairs = [*value.members.items(), ("", ""), ("", "")][:2]
    (dimension, member), (dimension2, member2) = ((d, m or "") for d, m in pairs)
    return ValueRow(
        kpi=value.kpi,
        options=options_text(value.options),
        dimension=dimension,
        member=member,
        dimension2=dimension2,
        member2=member2,
        grain=value.period.grain,
        period_start=value.period.start,
        value=value.value,
        numerator=value.numerator,
        denominator=value.denominator,
        n=value.n,
        status=value.status,
        reason=value.reason or None,
        definition_hash=value.definition,
        unit=value.unit,
        window=value.window,
        complete=value.complete,
    )


def options_text(options: Mapping[str, Any]) -> str:
    """Options in one spelling; empty where all are at their defaults."""
    return json.dumps(dict(options), sort_keys=True, separators=(",", ":")) if options else ""


def to_json(value: KpiValue) -> dict[str, Any]:
    """A row that travels in a block."""
    return vars(row_of(value)) | {"period_start": value.period.start.isoformat()}
