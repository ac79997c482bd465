"""Frames and results of SQL -> typed tables: what has a type already is cast, what is text is read
as ISO.

A frame whose columns have the right types is read in place; one with cells to parse is parsed once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi_toolkit.crm import database, moments, quarantine, typed
from kpi_toolkit.crm.casting import Form, cast, cell
from kpi_toolkit.crm.quoting import literal, name
from kpi_toolkit.crm.table_read import TableRead
from kpi_toolkit.crm.tables import TABLES, Column, Table
from kpi_toolkit.crm.typed import TypedColumn
from kpi_toolkit.errors import DataError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pandas import DataFrame

_FLOATS = ("DOUBLE", "FLOAT")
_WHOLES = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
)
_LINE = re.compile(r"_line(_\d+)?\Z")
_ZONED = "TIMESTAMP WITH TIME ZONE"


@dataclass(frozen=True)
class _Given:
    """A column as the engine has it: its name there, the user's name, and its type."""

    at: str
    name: str
    type: str

    @property
    def is_text(self) -> bool:
        return self.type == "VARCHAR" or self.type.startswith("ENUM")


def bind(
    connection: "DuckDBPyConnection", table: str, frame: "DataFrame", time_zone: str
) -> TableRead:
    """Make a table of a frame, which stays as it is. Raises DataError.

    A naive datetime is local time in `time_zone`, a date the start of that local day; floats of
    money are rounded to four decimals. `_line` counts the rows from 1. Rows that do not cast, and
    later rows of an id, are quarantined.
    """
    import numpy as np

    names = [str(label) for label in frame.columns]
    # With copy on write, a shallow copy costs nothing and keeps its values when the user changes
    # the frame.
    ours = frame.copy(deep=False).set_axis([f"c{n}" for n in range(len(names))], axis=1)
    ours["_line"] = np.arange(1, len(ours) + 1)
    relation = f"_frame {table}"
    connection.register(relation, ours.reset_index(drop=True))
    found = database.types(connection, relation)
    given = [_Given(f"c{n}", label, found[f"c{n}"]) for n, label in enumerate(names)]
    return _Binder(connection, TABLES[table], relation, "", given, time_zone).bind()


def bind_result(
    connection: "DuckDBPyConnection", table: str, result: str, file: str, time_zone: str
) -> TableRead:
    """Make a table of the result of a SELECT, the table `result`. Raises DataError."""
    found = database.types(connection, result)
    # The engine calls the second of two tables' `_line` _line_1.
    given = [_Given(at, at, kind) for at, kind in found.items() if not _LINE.match(at)]
    numbered = "_numbered " + table
    is_place = found.get("_line") == "BIGINT" and _are_places(connection, result)
    line = "_line" if is_place else "row_number() OVER ()"
    picked = ", ".join([*(name(column.at) for column in given), f"{line} AS _line"])
    connection.execute(f"CREATE TEMP TABLE {name(numbered)} AS SELECT {picked} FROM {name(result)}")
    # Instants of a SELECT are UTC already, as those of the tables that it reads.
    return _Binder(connection, TABLES[table], numbered, file, given, time_zone, utc=True).bind()


def _are_places(connection: "DuckDBPyConnection", result: str) -> bool:
    """Whether a result's `_line` tells its rows apart, as that of a join to many does not."""
    sql = f"SELECT count(*) = count(DISTINCT _line) FROM {name(result)}"
    return bool(connection.execute(sql).fetchall()[0][0])


class _Binder:
    def __init__(  # noqa: PLR0913
        self,
        connection: "DuckDBPyConnection",
        table: Table,
        relation: str,
        file: str,
        given: Sequence[_Given],
        time_zone: str,
        utc: bool = False,
    ) -> None:
        self.connection, self.table, self.relation, self.file = connection, table, relation, file
        self.given, self.time_zone, self.utc = given, time_zone, utc

    def bind(self) -> TableRead:
        self._check_names()
        columns = [self._column(given) for given in self.given]
        source, target = f"FROM {name(self.relation)}", name(self.table.name)
        if any(column.faults for column in columns):
            judged = typed.judged(source, columns)
            quarantine.add_cells(self.connection, self.table.name, self.file, judged)
        select = typed.values(source, columns)
        if key := self.table.id_of({given.name for given in self.given}):
            quarantine.add_doubles(self.connection, self.table.name, self.file, key, select)
        bad = quarantine.count(self.connection, self.table.name, self.file)
        if bad:
            select += f" WHERE _line NOT IN ({quarantine.lines(self.table.name, self.file)})"
        kind = "TABLE" if self.file or any(map(self._is_parsed, self.given)) else "VIEW"
        self.connection.execute(f"CREATE {kind} {target} AS {select}")
        return self._accounted(bad)

    def _accounted(self, bad: int) -> TableRead:
        def count(relation: str) -> int:
            return int(
                self.connection.execute(f"SELECT count(*) FROM {name(relation)}").fetchall()[0][0]
            )

        found = TableRead(
            self.table.name,
            self.file,
            count(self.relation),
            count(self.table.name),
            bad,
            derived=bool(self.file),
        )
        if not found.rows_are_accounted_for:
            raise AssertionError(f"rows were lost: {found}")
        return found

    def _check_names(self) -> None:
        names = [given.name for given in self.given]
        table = self.table.name
        if not set(names) & set(self.table.columns):
            have = ", ".join([*names[:5], *(["..."] if names[5:] else [])]) or "it has none"
            wanted = list(self.table.columns)[:6]
            raise DataError(
                f"{table}: none of its columns ({have}) bears a canonical name, such as "
                f"{', '.join(wanted)}; rename them: frame.rename(columns={{...: {wanted[0]!r}}})"
            )
        seen: dict[str, str] = {}
        for label in names:
            ours = label.lower() in self.table.columns and label not in self.table.columns
            if ours:
                raise DataError(f"{table}: column {label!r}: did you mean {label.lower()!r}?")
            if label.startswith("_"):
                raise DataError(f"{table}: column {label!r}: a name may not start with _")
            if label.lower() in seen:
                raise DataError(
                    f"{table}: columns {seen[label.lower()]!r} and {label!r} have the same name"
                )
            seen[label.lower()] = label

    def _column(self, given: _Given) -> TypedColumn:
        at = f"t.{name(given.at)}"
        column = self.table.columns.get(given.name)
        if column is None:
            value = f"nullif(CAST({at} AS VARCHAR), '')" if given.is_text else at
            return TypedColumn(given.name, raw="NULL", value=value)
        form = Form(kind=column.type, time_zone=self.time_zone)
        raw = cell(f"CAST({at} AS VARCHAR)") if given.is_text else f"CAST({at} AS VARCHAR)"
        faults = self._faults(given, column, form)
        return TypedColumn(given.name, raw, self._value(at, given, column, form), tuple(faults))

    def _faults(self, given: _Given, column: Column, form: Form) -> list[tuple[str, str]]:
        faults = [] if column.type == "text" else [typed.not_castable(given.name, form.wanted)]
        if column.type == "instant" and not given.is_text and faults:
            faults = [(faults[0][0], f"a time that the clocks skipped in {self.time_zone}")]
        if column.allowed:
            faults.append(typed.not_allowed(given.name, column.allowed))
        if self.table.is_required(given.name):
            faults.append(typed.empty(given.name))
        return faults

    def _is_parsed(self, given: _Given) -> bool:
        """Whether a value costs much more than a cast, so that it is better made once."""
        column = self.table.columns.get(given.name)
        if column is None or column.type == "text":
            return False
        local = (
            column.type == "instant"
            and given.type != _ZONED
            and self.time_zone != "UTC"
            and not self.utc
        )
        return given.is_text or local

    def _value(self, at: str, given: _Given, column: Column, form: Form) -> str:
        if given.is_text:
            text = f"CAST({at} AS VARCHAR)"
            return f"nullif({text}, '')" if column.type == "text" else cast(cell(text), form)
        if column.type in ("date", "instant"):
            return self._moment(at, given.type, column.type == "date")
        if column.type == "text":
            return _plain(at, given.type)
        return _number(at, given.type, column)

    def _moment(self, at: str, kind: str, day: bool) -> str:
        zone = literal(self.time_zone)
        if kind == _ZONED:
            return f"CAST(timezone({zone}, {at}) AS DATE)" if day else f"timezone('UTC', {at})"
        if kind == "DATE" and day:
            return at
        if kind != "DATE" and not kind.startswith("TIMESTAMP"):
            return f"CAST(NULL AS {'DATE' if day else 'TIMESTAMP'})"
        moment = moments.Moment(time_zone=self.time_zone, day=day)
        local = f"CAST({at} AS TIMESTAMP)"
        if self.utc and kind != "DATE":
            there = f"timezone({zone}, timezone('UTC', {local}))"
            return f"CAST({there} AS DATE)" if day else local
        return moments.placed(local, moment)


def _plain(at: str, kind: str) -> str:
    """Text of a typed cell; 7.0 is 7, since a missing id makes a column of whole numbers floats."""
    if kind in _FLOATS:
        whole = f"{at} = floor({at}) AND abs({at}) < 1e15"
        digits = f"CAST(CAST({at} AS BIGINT) AS VARCHAR)"
        return f"CASE WHEN {whole} THEN {digits} ELSE CAST({at} AS VARCHAR) END"
    return f"CAST({at} AS VARCHAR)"


def _number(at: str, kind: str, column: Column) -> str:
    sql_type = column.sql_type
    numeric = kind in (*_FLOATS, *_WHOLES) or kind.startswith("DECIMAL")
    if column.type == "boolean":
        if kind == "BOOLEAN":
            return at
        return (
            f"CASE {at} WHEN 1 THEN true WHEN 0 THEN false END"
            if numeric
            else "CAST(NULL AS BOOLEAN)"
        )
    if not numeric:
        return f"CAST(NULL AS {sql_type})"
    value = f"try_cast({at} AS {sql_type})"
    if column.type == "whole" and kind not in _WHOLES:
        return f"CASE WHEN {at} = floor({at}) THEN {value} END"
    return f"CASE WHEN isfinite({at}) THEN {value} END" if kind in _FLOATS else value
