"""The tables and columns that some KPIs read: for those who choose KPIs before their data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kpi_toolkit.crm.tables import TABLES, ColumnType
from kpi_toolkit.insight.audit.counted_words import Words, counted_words
from kpi_toolkit.measures import source
from kpi_toolkit.measures.expression import name
from kpi_toolkit.measures.fact import Fact, Measure
from kpi_toolkit.measures.kpi import Kpi

# needed: a KPI is not available without it; id: tells rows apart, and a row given twice is seen;
# used: makes a figure better; breakdown: a dimension.
Use = Literal["needed", "id", "used", "breakdown"]
USES: tuple[Use, ...] = ("needed", "id", "used", "breakdown")


@dataclass(frozen=True)
class ColumnNeed:
    """A column that KPIs read: what it holds, what for, and the KPIs that read it; of a free text,
    the `words` that they count.
    """

    name: str
    type: ColumnType
    use: Use
    kpis: tuple[str, ...]
    allowed: tuple[str, ...] = ()
    personal: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableNeed:
    """A table that KPIs read; it is `needed` when one of its columns is."""

    name: str
    columns: tuple[ColumnNeed, ...]

    @property
    def needed(self) -> bool:
        """Whether a KPI is not available without it."""
        return any(column.use == "needed" for column in self.columns)


def data_model(kpis: Iterable[Kpi]) -> tuple[TableNeed, ...]:
    """What some KPIs read, the tables that they need first, columns in the order of the table."""
    read = {kpi.name: kpi.bind().measures for kpi in kpis}
    uses: dict[tuple[str, str], dict[str, Use]] = {}
    for kpi, measures in read.items():
        for column, use in _uses(measures).items():
            uses.setdefault(column, {})[kpi] = use
    words = counted_words(measure for measures in read.values() for measure in measures)
    names = [table for table in TABLES if any(found == table for found, _ in uses)]
    tables = [_table(table, uses, words) for table in names]
    return tuple(sorted(tables, key=lambda table: not table.needed))


def _uses(measures: Iterable[Measure]) -> dict[tuple[str, str], Use]:
    """What measures read of each (table, column), the strongest use of it."""
    measures = list(measures)
    bare = {table: frozenset[str]() for table in TABLES}
    needed = {tuple(path.split(".")) for path in source.lacking(measures, bare)}
    found: dict[tuple[str, str], Use] = {}
    for fact in dict.fromkeys(measure.fact for measure in measures):
        found |= dict.fromkeys(_read(fact, [name(d) for d in fact.dimensions]), "breakdown")
    for measure in measures:
        texts = [*measure.texts, *([measure.time] if measure.time and not measure.bounded else [])]
        for column in _read(measure.fact, texts):
            found[column] = "needed" if column in needed else "used"
    return found


def _read(fact: Fact, texts: Iterable[str]) -> frozenset[tuple[str, str]]:
    return source.needs(fact, texts).columns


def _table(table: str, uses: dict[tuple[str, str], dict[str, Use]], words: Words) -> TableNeed:
    declared = TABLES[table]
    columns = []
    for column in declared.columns.values():
        found = uses.get((table, column.name), {})
        if not found and not declared.is_required(column.name):
            continue
        use: Use = min(found.values(), key=USES.index, default="id")
        if declared.is_required(column.name) and use != "needed":
            use = "id"
        readers = tuple(kpi for kpi, own in found.items() if own == use)
        columns.append(
            ColumnNeed(
                column.name,
                column.type,
                use,
                readers,
                column.allowed,
                column.personal,
                words.get((table, column.name), ()),
            )
        )
    return TableNeed(table, tuple(sorted(columns, key=lambda need: USES.index(need.use))))
