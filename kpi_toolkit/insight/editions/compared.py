"""Two archived runs beside each other: their figures, what differs, and why."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kpi_toolkit.archive.restatements import Origin, Restatement, compare
from kpi_toolkit.archive.rows import Run, ValueRow
from kpi_toolkit.archive.store import Archive
from kpi_toolkit.config import Config
from kpi_toolkit.crm.declaration import remapped
from kpi_toolkit.crm.fingerprints import Fingerprints, differing, kept
from kpi_toolkit.crm.kept import Snapshot
from kpi_toolkit.crm.past import past
from kpi_toolkit.crm.row_changes import RowChange, changes
from kpi_toolkit.crm.snapshot import named
from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.insight.editions.changed_records import Figure
from kpi_toolkit.insight.editions.explained import Explainer, Explanation
from kpi_toolkit.insight.forecast.rows import OF_FORECASTS
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.period import Period

# Months and quarters differ by as much, and reports are not made on one day each time.
_SAME_AGE = dt.timedelta(days=5)


@dataclass(frozen=True)
class Beside:
    """A total of each run's own period; None where a run has none."""

    before: ValueRow | None
    after: ValueRow | None

    @property
    def row(self) -> ValueRow:
        """The one that is there, the later one first."""
        found = self.after or self.before
        assert found
        return found


@dataclass(frozen=True)
class Difference:
    """A figure that both runs have and that differs, and why."""

    change: Restatement
    row: ValueRow
    why: Explanation


@dataclass(frozen=True)
class Compared:
    """Two runs: the totals of their own periods, the figures of both that differ, how many are the
    same, and how many only one of them has.
    """

    before: Run
    after: Run
    own: tuple[Beside, ...]
    differences: tuple[Difference, ...]
    same: int
    gone: int
    added: int

    @property
    def alike(self) -> bool:
        """Whether they are of one period and slice: then what differs was restated."""
        names = ("grain", "period_start", "scope")
        return all(getattr(self.before, name) == getattr(self.after, name) for name in names)

    def is_fair(self, pair: Beside) -> bool:
        """Whether two values may be compared: neither period is of a part, no cohort is younger."""
        if pair.before is None or pair.after is None or self.alike:
            return True
        if pair.before.complete != pair.after.complete:
            return False
        ages = [run.as_of.date() - run.period_start for run in (self.before, self.after)]
        return pair.after.window != "cohort" or abs(ages[0] - ages[1]) <= _SAME_AGE

    def difference(self, pair: Beside) -> Difference | None:
        """Why a total of one period differs."""
        key = pair.row.key
        return next((d for d in self.differences if d.change.key == key), None)


def compared(archive: Archive, config: Config, before: Run, after: Run) -> Compared:
    """Two runs of any report and period; the causes are told from the snapshots of both."""
    old, new = (
        [row for row in archive.values(run.run_id) if row.dimension not in OF_FORECASTS]
        for run in (before, after)
    )
    now = Origin(after.as_of, after.code_version, after.input_hash or "", after.declaration_hash)
    # Another slice is another figure, whatever its name.
    found = compare(before, old, new, now) if before.scope == after.scope else []
    whys = _explained(config, before, after, now, found) if found else []
    rows = {row.key: row for row in new}
    shared = len({row.key for row in old} & rows.keys()) if before.scope == after.scope else 0
    return Compared(
        before,
        after,
        tuple(_beside(before, old, after, new)),
        tuple(Difference(r, rows[r.key], why) for r, why in zip(found, whys, strict=True)),
        same=shared - len(found),
        gone=len(old) - shared,
        added=len(new) - shared,
    )


def _explained(
    config: Config, before: Run, after: Run, now: Origin, found: Sequence[Restatement]
) -> list[Explanation]:
    then, today = (past(config, run.input_hash, run.as_of) for run in (before, after))
    figures = {r: figure for r in found if (figure := _figure(config, after, r))}
    return Explainer(before, then, now, today).explain(found, figures)


@dataclass(frozen=True)
class ChangedTables:
    """The records that differ between two runs, by table, and the tables that only the later one
    has, or only the earlier one.
    """

    rows: dict[str, list[RowChange]]
    newly_mapped: tuple[str, ...] = ()
    no_longer_mapped: tuple[str, ...] = ()


def changed_tables(config: Config, before: Run, after: Run) -> ChangedTables | None:
    """What differs in the records of two runs, told by the snapshots, or where one was removed by
    its fingerprints; None where not even these are there.
    """
    import duckdb

    known_at = before.as_of.astimezone(dt.UTC).replace(tzinfo=None)
    old, new = (
        named(config, run.input_hash or "") or kept(config, run.input_hash)
        for run in (before, after)
    )
    if old is None or new is None:
        return None
    try:
        return _changed(old, new, known_at)
    except duckdb.Error:  # a damaged snapshot is as good as none
        return None


def _changed(
    old: Snapshot | Fingerprints, new: Snapshot | Fingerprints, known_at: dt.datetime
) -> ChangedTables:
    if isinstance(old, Fingerprints) or isinstance(new, Fingerprints):
        return ChangedTables(differing(old, new, known_at))
    told = remapped(old.declared, new.declared)
    found = {
        table: [
            replace(row, kind="mapped") if told and told.made(row) else row
            for row in changes(old, new, table, known_at)
        ]
        for table in old.tables
        if table in new.tables
    }
    return ChangedTables(
        {table: rows for table, rows in found.items() if rows},
        tuple(table for table in new.tables if table not in old.tables),
        tuple(table for table in old.tables if table not in new.tables),
    )


def bound_of(kpi: str, options: str) -> Bound | None:
    """A KPI as the archive names it; None where this program does not know it."""
    known = registry().get(kpi)
    try:
        return known.bind(**json.loads(options or "{}")) if known else None
    except (DefinitionError, ValueError):
        return None


def period_of(config: Config, row: ValueRow | Restatement) -> Period:
    """The period of a figure, by the project's calendar."""
    return config.calendar.containing(row.period_start, row.grain)  # type: ignore[arg-type]


def _figure(config: Config, run: Run, found: Restatement) -> Figure | None:
    bound = bound_of(found.kpi, found.options)
    if bound is None:
        return None
    cut, _, member = run.scope.partition("=")
    members = [(cut, member)] if member else []
    pairs = ((found.dimension, found.member), (found.dimension2, found.member2))
    members += [pair for pair in pairs if pair[0]]
    return Figure(bound, period_of(config, found), tuple(members))


def _beside(
    before: Run, old: Sequence[ValueRow], after: Run, new: Sequence[ValueRow]
) -> Iterable[Beside]:
    """Totals by KPI and options, in the order of the definitions."""
    sides = [
        {
            (row.kpi, row.options): row
            for row in rows
            if not row.dimension and (row.grain, row.period_start) == (run.grain, run.period_start)
        }
        for run, rows in ((before, old), (after, new))
    ]
    order = {name: place for place, name in enumerate(registry())}
    keys = sorted({**sides[0], **sides[1]}, key=lambda key: (order.get(key[0], len(order)), key))
    return [Beside(sides[0].get(key), sides[1].get(key)) for key in keys]
