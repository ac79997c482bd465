"""The state of the data as one value: what was read, kept and set aside, what deserves a word, how
far the columns go, and which KPIs that makes possible.

`kpi check` prints it, as text and as JSON, and a report shows it as blocks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi_toolkit.crm import accounting, extent
from kpi_toolkit.crm.extent import Extent
from kpi_toolkit.crm.remarks import Remark
from kpi_toolkit.crm.table_read import TableRead
from kpi_toolkit.insight.audit.assumed import assumed
from kpi_toolkit.insight.audit.counted_words import counted_words, near_words
from kpi_toolkit.insight.audit.coverage import coverage
from kpi_toolkit.insight.audit.set_aside import SetAside, set_aside
from kpi_toolkit.insight.headlines import Breach, breaches, headlines
from kpi_toolkit.insight.targets.smart import Weakness, smart
from kpi_toolkit.insight.targets.targets import Targets
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures.fact import Measure
from kpi_toolkit.measures.kpi import Kpi
from kpi_toolkit.measures.silence import Silence, Silences
from kpi_toolkit.period import Period

if TYPE_CHECKING:
    from kpi_toolkit.config import Config
    from kpi_toolkit.crm.connect import Crm


@dataclass(frozen=True)
class Completeness:
    """The rows of a table that have a value in each of the `required` columns; `missing` are those
    of these columns that the table does not have.
    """

    table: str
    required: tuple[str, ...]
    rows: int
    complete: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Availability:
    """A KPI, and the tables and columns that the data lack for it: none where it is available."""

    kpi: str
    label: str
    family: str
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """What there is to say of a CRM's data.

    `newest_event` is a UTC instant; `age_days` the days from it to the moment of knowledge;
    `late` how far the tables run in which more should have been recorded by now;
    `last_month` the last month that the records fill with as many as usual;
    `targets` how many targets there are, `weak` what is wrong with them, and `aimless` the KPIs
    of targets that do not exist; `breaches` which rules the declared headlines break;
    `own_dimensions` the user's own by table;
    `assumed` the settings of [project] that nobody declared, with what was taken instead.
    """

    name: str
    as_of: dt.datetime
    newest_event: dt.datetime | None
    last_month: Period | None
    late: tuple[Silence, ...]
    tables: tuple[TableRead, ...]
    set_aside: tuple[SetAside, ...]
    remarks: tuple[Remark, ...]
    extents: tuple[Extent, ...]
    completeness: tuple[Completeness, ...]
    kpis: tuple[Availability, ...]
    targets: int
    weak: tuple[Weakness, ...]
    aimless: tuple[str, ...]
    breaches: tuple[Breach, ...]
    own_dimensions: Mapping[str, tuple[str, ...]]
    assumed: Mapping[str, str]

    @property
    def age_days(self) -> int | None:
        """Whole days since the newest event."""
        return (self.as_of - self.newest_event).days if self.newest_event else None

    @property
    def rows_judged(self) -> int:
        """Rows of files and frames but those left out."""
        return accounting.rows_judged(self.tables)

    @property
    def rows_set_aside(self) -> int:
        """Rows that are in no table because a cell or the whole line does not fit."""
        return sum(read.quarantined for read in self.tables)

    def file_told(self, table: str, file: str) -> str:
        """The file of a line, where its table has several; else ""."""
        files = {read.file for read in self.tables if read.table == table}
        return "" if files <= {file} else file

    @property
    def available(self) -> tuple[Availability, ...]:
        """The KPIs that the data allow."""
        return tuple(found for found in self.kpis if not found.lacks)

    @property
    def unavailable(self) -> tuple[Availability, ...]:
        """The KPIs that lack a table or a column."""
        return tuple(found for found in self.kpis if found.lacks)

    @property
    def lacking(self) -> dict[tuple[str, ...], tuple[Availability, ...]]:
        """What the data lack, with the KPIs that lack just that; what most of them lack first."""
        found = dict.fromkeys(one.lacks for one in self.unavailable)
        kpis = {lacks: tuple(o for o in self.unavailable if o.lacks == lacks) for lacks in found}
        return dict(sorted(kpis.items(), key=lambda item: -len(item[1])))


def audit(crm: Crm, config: Config | None = None) -> Audit:
    """Look at everything that was read, with what kpi.toml requires of a record."""
    kpis = registry()
    weak = smart(crm, crm.as_of)
    required = config.quality.required if config else {}
    return Audit(
        name=crm.name,
        as_of=crm.as_of,
        newest_event=crm.newest_event,
        last_month=_last_month(crm, kpis.values()),
        late=_late(crm),
        tables=crm.reading,
        set_aside=set_aside(crm),
        remarks=(*crm.remarks(), *near_words(crm, counted_words(_measures()))),
        extents=extent.extents(crm),
        completeness=tuple(_complete(crm, *item) for item in required.items()),
        kpis=tuple(
            Availability(kpi.name, kpi.label, kpi.family, kpi.lacks(crm)) for kpi in kpis.values()
        ),
        targets=len(Targets.of(crm).rows),
        weak=weak,
        aimless=tuple(one.what for one in weak if one.rule == "kpi"),
        breaches=breaches(headlines(config.headlines), crm) if config and config.headlines else (),
        own_dimensions={table: own for table, own in crm.own_dimensions.items() if own},
        assumed=assumed(config, crm) if config else {},
    )


def _late(crm: Crm) -> tuple[Silence, ...]:
    """The tables in which nothing has been recorded for longer than ever, while others go on."""
    today = crm.calendar.local_day(crm.as_of)
    found = Silences(crm, crm.as_of).of(crm.newest_events)
    return tuple(one for one in found if one.table and one.is_late(today))


def _measures() -> Iterator[Measure]:
    for kpi in registry().values():
        yield from kpi.bind().measures


def _last_month(crm: Crm, kpis: Iterable[Kpi]) -> Period | None:
    """The last month that the records of the KPIs fill: one to ask for."""
    found = coverage(crm, [kpi.bind() for kpi in kpis if not kpi.lacks(crm)], crm.as_of)
    return found.latest("month", crm.calendar) if found else None


def _complete(crm: Crm, table: str, required: Sequence[str]) -> Completeness:
    columns = crm.columns.get(table, frozenset())
    rows = sum(read.kept for read in crm.reading if read.table == table)
    missing = tuple(column for column in required if column not in columns)
    filled = 0 if missing or not columns else extent.complete(crm, table, tuple(required))
    return Completeness(table, tuple(required), rows, filled, missing)
