"""One transaction that only reads: whatever is asked within it, it sees one state of the database.

The transaction is read-only and repeatable-read on PostgreSQL; a SQLite file is opened for reading;
of other servers it is what the user's rights and the server's own default make it, and nothing is
ever committed.
"""

import contextlib
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kpi_toolkit.crm.remote import address, refusals

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection

ROWS = 2048
# A notebook that is left open must not keep a server from tidying up for days.
_IDLE = "1h"


@dataclass(frozen=True)
class Described:
    """A column of a query's result; `type` is PostgreSQL's name of its type, "" elsewhere. `clean`
    text is known to have no cell that trimming and composing would change, or that is empty.
    """

    name: str
    type: str = ""
    scale: int | None = None
    clean: bool = False


class Session:
    """A connection within its transaction. Every refusal is one sentence (DataError)."""

    def __init__(self, url: "URL", variable: str) -> None:
        self.url = url
        self.dialect = url.get_backend_name()
        engine = address.engine(url, variable)
        with self.sentences(refusals.CONNECTING):
            self._connection = _begun(engine.connect(), self.dialect)
        self._preparer = engine.dialect.identifier_preparer
        self._finalizer = weakref.finalize(self, _closed, self._connection)

    def close(self) -> None:
        """End the transaction; nothing is committed."""
        self._finalizer()

    def name(self, text: str) -> str:
        """A name as this database quotes it; schema.name in two parts."""
        return ".".join(self._preparer.quote(part) for part in text.split("."))

    def column(self, text: str) -> str:
        """A column's name, in exactly these letters."""
        return str(self._preparer.quote_identifier(text))

    def tables(self, schema: str | None) -> list[str]:
        """The tables and views of a schema, or of the usual ones."""
        import sqlalchemy as sa

        with self.sentences(""):
            found = sa.inspect(self._connection)
            return sorted({*found.get_table_names(schema), *found.get_view_names(schema)})

    def has_table(self, text: str) -> bool:
        """Whether a table or view has this name; whether it may be read is another question."""
        import sqlalchemy as sa

        schema, _, table = text.rpartition(".")
        with self.sentences(text):
            return bool(sa.inspect(self._connection).has_table(table, schema=schema or None))

    def rows(self, sql: str, what: str = "") -> list[tuple[Any, ...]]:
        """All rows of a SELECT."""
        with self.sentences(what):
            return [tuple(row) for row in self._executed(sql)]

    def frame(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The columns of a SELECT, and its rows."""
        with self.sentences(""):
            result = self._executed(sql)
            return list(result.keys()), [tuple(row) for row in result]

    def stream(self, sql: str, what: str) -> Iterator[Sequence[Sequence[Any]]]:
        """The rows of a SELECT by a server-side cursor, `ROWS` at a time."""
        with self.sentences(what):
            # Without its size, a partition is all that there is.
            yield from self._executed(sql, yield_per=ROWS).partitions(ROWS)

    def described(self, sql: str, what: str) -> list[Described]:
        """The columns of a SELECT, of which no row is read."""
        with self.sentences(what):
            result = self._executed(f"SELECT * FROM ({sql}\n) q WHERE 1 = 0")
            found = list(result.cursor.description)
            result.close()
            if self.dialect != "postgresql":
                return [Described(column[0]) for column in found]
            return self._typed(found)

    @contextlib.contextmanager
    def sentences(self, what: str) -> Iterator[None]:
        """Turn what the driver raises into one sentence without the password."""
        import sqlalchemy as sa

        try:
            yield
        except sa.exc.DBAPIError as error:
            found = refusals.sentence(error, self.url, what)
        except sa.exc.SQLAlchemyError as error:
            found = refusals.sentence(error, self.url, what)
        else:
            return
        # Out here, so that no frame that knows the URL hangs on the sentence.
        raise found

    def _executed(self, sql: str, **options: Any) -> Any:
        # Without parameters a driver takes the text as it stands, % and : included.
        given = self._connection.execution_options(no_parameters=True)
        return given.exec_driver_sql(sql, execution_options=options)

    def _typed(self, found: Sequence[Any]) -> list[Described]:
        oids = ", ".join({str(int(column.type_code)) for column in found})
        sql = (
            "SELECT oid, CASE typtype WHEN 'e' THEN 'text' ELSE format_type(oid, NULL) END "
            f"FROM pg_catalog.pg_type WHERE oid IN ({oids})"
        )
        types = {row[0]: row[1] for row in self._executed(sql)}
        return [Described(c.name, types.get(c.type_code, "?"), c.scale) for c in found]


def _begun(connection: "Connection", dialect: str) -> "Connection":
    if dialect == "postgresql":
        connection = connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        for setting in (
            "TimeZone = 'UTC'",
            "DateStyle = 'ISO, YMD'",
            "extra_float_digits = 1",
            "standard_conforming_strings = on",
            f"idle_in_transaction_session_timeout = '{_IDLE}'",
        ):
            connection.exec_driver_sql(f"SET LOCAL {setting}")
    elif dialect == "sqlite":
        for statement in ("PRAGMA query_only = ON", "BEGIN"):
            connection.exec_driver_sql(statement)
    return connection


def _closed(connection: "Connection") -> None:
    engine = connection.engine
    with contextlib.suppress(Exception):
        connection.close()
    engine.dispose()
