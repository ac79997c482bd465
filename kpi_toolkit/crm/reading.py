"""One declared file -> typed rows and a quarantine, in one pass, out of core, no row lost.

Rows of the file = rows kept + rows quarantined + rows that a later one of the same record
supersedes; checked here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kpi_toolkit.crm import quarantine, typed
from kpi_toolkit.crm.casting import cell
from kpi_toolkit.crm.expressions import Ref, alias
from kpi_toolkit.crm.mapping import ColumnPlan, JoinPlan, TablePlan
from kpi_toolkit.crm.quoting import name
from kpi_toolkit.crm.sources import Batch, Fault, Stream, open_source
from kpi_toolkit.crm.texts import flag, texts, typed_column
from kpi_toolkit.errors import DataError, first_line, near_misses

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

_SPACES = " \t\u00a0\u202f\ufeff"


@dataclass(frozen=True)
class TableRead:
    """What became of the rows of one table; `unmatched` counts, per join, kept rows whose key it
    does not have.
    """

    table: str
    file: str
    rows: int
    kept: int
    quarantined: int
    unmatched: Mapping[str, int] = field(default_factory=dict)
    superseded: int = 0

    @property
    def derived(self) -> bool:
        """Whether its rows come from a SELECT over other tables, which were read already."""
        return self.file.endswith(".sql")


@dataclass
class _Incoming:
    """What a stream showed on its way into the engine."""

    rows: int = 0
    faults: list[Fault] = field(default_factory=list)
    error: BaseException | None = None


def read(connection: "DuckDBPyConnection", plan: TablePlan) -> TableRead:
    """Fill the plan's table, with `_line`, and the quarantine. Raises DataError for the file as a
    whole.
    """
    assert plan.file
    incoming = _Incoming()
    import duckdb

    try:
        # After an error inside a stream, a connection cannot be used again; its cursor is another
        # one.
        with connection.cursor() as cursor:
            return _Reader(cursor, plan, incoming).read()
    except duckdb.Error as error:
        if isinstance(incoming.error, DataError):
            raise incoming.error from None
        raise DataError(f"{plan.file.path.name}: {first_line(error)}") from error


class _Reader:
    def __init__(
        self, connection: "DuckDBPyConnection", plan: TablePlan, incoming: _Incoming
    ) -> None:
        assert plan.file
        self.connection, self.plan, self.incoming = connection, plan, incoming
        self.table, self.file = plan.table.name, plan.file.path.name

    def read(self) -> TableRead:
        assert self.plan.file
        stream = open_source(self.plan.file)
        columns = self.plan.columns or _as_they_stand(self.plan, stream.header)
        wanted = [ref.column for ref in _own_sources(columns, self.plan.joins)]
        for join in self.plan.joins:
            self._look_up(join, columns)
        self._register("_incoming", stream, wanted, self.file)
        flags = [flag(join) for join in self.plan.joins]
        typed_columns = [typed_column(column, self._is_id(column.name)) for column in columns]
        select = typed.judged(texts(self.plan, columns), typed_columns, flags)
        self.connection.execute(f"CREATE TABLE {name(self.table)} AS {select}")
        self.connection.unregister("_incoming")
        return self._settle()

    def _settle(self) -> TableRead:
        """Move the bad rows out, keep the last of each record, and account for every row."""
        table = name(self.table)
        incoming = self.incoming
        rows = incoming.rows + len(incoming.faults)
        quarantine.add_lines(self.connection, self.table, self.file, incoming.faults)
        quarantine.add_cells(self.connection, self.table, self.file, f"FROM {table}")
        self.connection.execute(f"DELETE FROM {table} WHERE len(_faults) > 0")
        superseded = self._keep_last()
        if key := self._key():
            quarantine.add_doubles(self.connection, self.table, self.file, key, f"FROM {table}")
            left = quarantine.lines(self.table, self.file)
            self.connection.execute(f"DELETE FROM {table} WHERE _line IN ({left})")
        unmatched = {join.name: self._count(f"NOT {name(flag(join))}") for join in self.plan.joins}
        for column in ("_faults", *map(flag, self.plan.joins)):
            self.connection.execute(f"ALTER TABLE {table} DROP COLUMN {name(column)}")
        bad = quarantine.count(self.connection, self.table, self.file)
        found = TableRead(
            self.table, self.file, rows, self._count("true"), bad, unmatched, superseded
        )
        self._check(found)
        return found

    def _keep_last(self) -> int:
        """Delete, of each record, all rows but the one with the greatest `last_by`; among equals
        the last line stays. A row that does not say its record stays too.
        """
        if not self.plan.per:
            return 0
        per, last = name(self.plan.per), name(self.plan.last_by)
        before = self._count("true")
        ranked = (
            "SELECT _line, row_number() OVER "
            f"(PARTITION BY {per} ORDER BY {last} DESC NULLS LAST, _line DESC) AS n "
            f"FROM {name(self.table)} WHERE {per} IS NOT NULL"
        )
        self.connection.execute(
            f"DELETE FROM {name(self.table)} "
            f"WHERE _line IN (SELECT _line FROM ({ranked}) WHERE n > 1)"
        )
        return before - self._count("true")

    def _check(self, found: TableRead) -> None:
        if found.kept + found.quarantined + found.superseded != found.rows:
            raise AssertionError(f"{self.file}: rows were lost: {found}")
        if not found.rows and not self.plan.may_be_empty:
            raise DataError(
                f"{self.file}: it has a header and no row (may_be_empty = true allows that)"
            )
        share = found.quarantined / found.rows if found.rows else 0.0
        if share > self.plan.greatest_bad_share:
            first = quarantine.first(self.connection, self.table, self.file)
            raise DataError(
                f"{self.file}: {found.quarantined} of {found.rows} rows are bad, more than "
                f"bad_rows = '{self.plan.greatest_bad_share * 100:.4g}%'; the first is {first}"
            )

    def _key(self) -> tuple[str, ...]:
        columns = self._columns()
        own = (self.plan.key,) if self.plan.key in columns else ()
        return own or self.plan.table.id_of(columns)

    def _is_id(self, column: str) -> bool:
        return column == self.plan.key or self.plan.table.is_required(column)

    def _columns(self) -> set[str]:
        return {
            row[0] for row in self.connection.execute(f"DESCRIBE {name(self.table)}").fetchall()
        }

    def _count(self, condition: str) -> int:
        sql = f"SELECT count(*) FROM {name(self.table)} WHERE {condition}"
        return int(self.connection.execute(sql).fetchall()[0][0])

    def _register(self, relation: str, stream: Stream, wanted: Iterable[str], file: str) -> None:
        import pyarrow as pa

        positions = _positions(stream.header, dict.fromkeys(wanted), file)
        # Positions name the columns: header names that differ in case only would clash in the
        # engine.
        fields = [("_line", pa.int64()), *((f"c{n}", pa.string()) for n in positions.values())]
        batches = _arrow(stream.batches, list(positions.values()), self.incoming)
        self.connection.register(
            "_stream", pa.RecordBatchReader.from_batches(pa.schema(fields), batches)
        )
        shown = ["_line", *(f"c{n} AS {name(alias(Ref('', c)))}" for c, n in positions.items())]
        self.connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {relation} AS SELECT {', '.join(shown)} FROM _stream"
        )

    def _look_up(self, join: JoinPlan, columns: "tuple[ColumnPlan, ...]") -> None:
        """A joined file as a table of texts, one row for each key."""
        stream = open_source(join.file)
        theirs = [key for _, key in join.on]
        needed = [
            ref.column for column in columns for ref in column.sources if ref.join == join.name
        ]
        file = join.file.path.name
        own, self.incoming = self.incoming, _Incoming()
        self._register("_joined", stream, [*theirs, *needed], file)
        table = name(f"_join {join.name}")
        keys = {alias(Ref("", key)): cell(name(alias(Ref("", key)))) for key in theirs}
        picked = ", ".join(f"{sql} AS {name(key)}" for key, sql in keys.items())
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * REPLACE ({picked}) FROM _joined"
        )
        faults, self.incoming = self.incoming.faults, own
        if faults:
            raise DataError(f"{file}: line {faults[0].line}: {faults[0].reason}")
        by = ", ".join(map(name, keys))
        double = self.connection.execute(
            f"SELECT {by}, count(*), min(_line) FROM {table} GROUP BY {by} HAVING count(*) > 1 "
            "ORDER BY min(_line) LIMIT 1"
        ).fetchall()
        if double:
            raise DataError(
                f"{file}: {' '.join(map(repr, double[0][:-2]))} stands {double[0][-2]} times "
                f"(first on line {double[0][-1]}); a joined file has one row for each "
                f"{' and '.join(theirs)}"
            )


def _as_they_stand(plan: TablePlan, header: list[str]) -> tuple[ColumnPlan, ...]:
    """Columns of the file that bear a canonical name."""
    assert plan.file
    names = [heading.strip(_SPACES) for heading in header]
    found = tuple(
        ColumnPlan(c.name, replace(plan.form, kind=c.type), (Ref("", c.name),), allowed=c.allowed)
        for c in plan.table.columns.values()
        if c.name in names
    )
    if not found:
        near = near_misses(names[0], plan.table.columns)
        raise DataError(
            f"{plan.file.path.name}: no column bears a name of {plan.table.name}: "
            f"{names[0]!r}: {near}"
        )
    return found


def _own_sources(columns: Iterable[ColumnPlan], joins: Iterable[JoinPlan]) -> list[Ref]:
    """The columns of the table's own file that are needed."""
    found = [ref for column in columns for ref in column.sources if not ref.join]
    return found + [ref for join in joins for ours, _ in join.on for ref in ours.sources]


def _positions(header: list[str], wanted: Iterable[str], file: str) -> dict[str, int]:
    """Where each wanted column stands: there, and only once."""
    names = [heading.strip(_SPACES) for heading in header]
    for column in wanted:
        if names.count(column) > 1:
            raise DataError(
                f"{file}: column {column!r} appears {names.count(column)} times in the header"
            )
        if column not in names:
            alone = "; it has one column: is the delimiter right?" if len(names) == 1 else ""
            raise DataError(
                f"{file}: column {column!r} is missing: {near_misses(column, names)}{alone}"
            )
    return {column: names.index(column) for column in wanted}


def _arrow(
    batches: Iterator[Batch], positions: list[int], seen: _Incoming
) -> "Iterator[pa.RecordBatch]":
    """Arrow batches of text; an error of ours is kept, since the engine hands on its own."""
    try:
        for batch in batches:
            rows = [row for row in batch if not isinstance(row, Fault)]
            seen.faults += [row for row in batch if isinstance(row, Fault)]
            seen.rows += len(rows)
            if rows:
                yield _record_batch(rows, positions)
    except Exception as error:
        seen.error = error
        raise


def _record_batch(rows: list[tuple[int, list[str]]], positions: list[int]) -> "pa.RecordBatch":
    import pyarrow as pa

    lines, cells = zip(*rows, strict=True)
    arrays = [pa.array([row[n] for row in cells], pa.string()) for n in positions]
    return pa.record_batch(
        [pa.array(lines, pa.int64()), *arrays], names=["_line", *(f"c{n}" for n in positions)]
    )
