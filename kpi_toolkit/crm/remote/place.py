"""Records that stay where they are: queries go to the database, and only their results come back.

The database is seen as it was when this was made, until it is made again. Tables of files, and
those that are ours (targets, exchange rates), lie in the local engine; no query reads both.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kpi_toolkit.crm.remote import dialect
from kpi_toolkit.crm.remote.canonical import Canonical
from kpi_toolkit.crm.remote.session import Session
from kpi_toolkit.crm.table_read import TableRead
from kpi_toolkit.errors import DataError, near_misses

if TYPE_CHECKING:
    from pandas import DataFrame

Rows = list[tuple[Any, ...]]
IN_PLACE = '(mode = "in place")'


class Place:
    """The tables in the database, by their canonical names."""

    def __init__(
        self, session: Session, tables: Mapping[str, Canonical], reading: Sequence[TableRead]
    ) -> None:
        self._session, self._tables = session, tables
        self.reading = tuple(reading)
        self.types = {table: found.types for table, found in tables.items()}

    def holds(self, sql: str, local: Iterable[str]) -> bool:
        """Whether a SELECT reads tables of the database. Raises DataError when it reads others
        too.
        """
        read = dialect.tables(sql)
        own = read & set(self._tables)
        if not own or own == read:
            return bool(own)
        other = min(read - own)
        known = [*self._tables, *local]
        raise DataError(
            f"a query in place reads {', '.join(sorted(own))} of the database and {other!r}: "
            + ("that one is not there" if other in known else near_misses(other, known))
        )

    def refuses(self, texts: Iterable[str], tables: Iterable[str]) -> tuple[str, ...]:
        """What of expressions over some tables only a copy has: functions, and tables elsewhere."""
        wanted = set(tables)
        if not wanted & set(self._tables):
            return ()
        apart = sorted(wanted - set(self._tables))
        refused = [
            found
            for text in texts
            for found in dialect.unknown(dialect.parsed(f"SELECT {text}").expressions[0])
        ]
        return tuple(f"{what} {IN_PLACE}" for what in dict.fromkeys([*apart, *refused]))

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> Rows:
        """The rows of a SELECT in DuckDB's dialect."""
        return self._session.rows(self.rendered(sql, parameters))

    def frame(self, sql: str, parameters: Sequence[object] = ()) -> "DataFrame":
        """A SELECT as a frame, with the types that the local engine gives."""
        from kpi_toolkit.crm.remote.frames import frame

        return frame(self._session, self.rendered(sql, parameters))

    def rendered(self, sql: str, parameters: Sequence[object] = ()) -> str:
        """The SQL that the database runs."""
        text = dialect.postgresql(sql, parameters, self.types)
        read = [table for table in self._tables if table in dialect.tables(sql)]
        heads = ", ".join(
            f"{self._session.column(table)} AS NOT MATERIALIZED ({self._tables[table].select})"
            for table in read
        )
        # A SELECT may have names of its own, and PostgreSQL takes no second WITH beside the first.
        return f"WITH {heads} SELECT * FROM ({text}) AS asked"

    def content(self) -> str:
        """What the tables hold, in whatever order: the same as long as no record changes."""
        return repr([(table, sorted(self.types[table]), *self._content(table)) for table in
                     sorted(self._tables)])  # fmt: skip

    def _content(self, table: str) -> Rows:
        sql = (
            "SELECT count(*), sum(CAST(hashtextextended(CAST(t AS text), 0) AS numeric)) "
            f"FROM ({self._tables[table].select}) AS t"
        )
        return self._session.rows(sql, self._tables[table].label)
