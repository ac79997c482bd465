"""A record model: a row a record and moment, made from what was known then, as a table for SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from kpi_toolkit.crm.quoting import name as quoted
from kpi_toolkit.crm.tables import SQL_TYPES, TABLES, ColumnType

if TYPE_CHECKING:
    import pandas as pd

# By the database in which their tables lie: a Crm at another moment of knowledge shares them.
_MADE: WeakKeyDictionary[Any, set[tuple[str, dt.datetime]]] = WeakKeyDictionary()
MADE_AT = "scored_at"


@dataclass(frozen=True, eq=False)
class RecordModel:
    """What `make(crm, moment)` estimates of the records of a canonical table: a frame with those of
    the columns that it `keeps`, and that the Crm has, as they were known, the user's own dimensions
    and `columns` that it makes.

    `version` is part of the definition of every KPI on it: another way to estimate is another one.
    `chance` is the column that says how likely something of a record is, and `spread(crm, moment)`
    how far off all of these together may be, as a share of what they let expect.
    """

    name: str
    version: int
    of: str
    columns: Mapping[str, ColumnType]
    needs: tuple[str, ...]
    keeps: tuple[str, ...]
    make: Callable[[Any, dt.datetime], pd.DataFrame]
    chance: str | None = None
    spread: Callable[[Any, dt.datetime], float | None] | None = None

    @property
    def table(self) -> str:
        """Its table in the engine, which no table of a user's can be called."""
        return f"_{self.name}"

    def provide(self, crm: Any, moments: Iterable[dt.datetime]) -> None:
        """Its rows at some moments, where they are not there yet."""
        made = _MADE.setdefault(crm.connection, set())
        for moment in dict.fromkeys(moments):
            if (self.name, moment) not in made:
                self._insert(crm, moment, self.make(crm, moment))
                made.add((self.name, moment))

    def _insert(self, crm: Any, moment: dt.datetime, found: pd.DataFrame) -> None:
        types = self._types(crm)
        shown = [column for column in types if column in found]
        table, held = quoted(self.table), f"_{self.name} made"
        crm.connection.execute(
            f"CREATE TABLE IF NOT EXISTS {table} "
            f"({', '.join(f'{quoted(column)} {kind}' for column, kind in types.items())})"
        )
        crm.connection.register(held, found[shown].assign(**{MADE_AT: moment}))
        names = [*shown, MADE_AT]
        cast = ", ".join(f"CAST({quoted(column)} AS {types[column]})" for column in names)
        listed = ", ".join(map(quoted, names))
        crm.connection.execute(f"INSERT INTO {table} ({listed}) SELECT {cast} FROM {quoted(held)}")
        crm.connection.unregister(held)

    def _types(self, crm: Any) -> dict[str, str]:
        """Its columns with their SQL types."""
        declared = TABLES[self.of].columns
        kept = {c: declared[c].sql_type for c in self.keeps if c in crm.columns[self.of]}
        own = dict.fromkeys(crm.own_dimensions.get(self.of, ()), "VARCHAR")
        made = {column: SQL_TYPES[kind] for column, kind in self.columns.items()}
        return {"_line": "BIGINT"} | kept | own | made | {MADE_AT: "TIMESTAMP"}
