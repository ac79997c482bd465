"""What is read of a database, as its own SQL: a table by its name, or the one SELECT of a file."""

from pathlib import Path
from typing import TYPE_CHECKING

from kpi_toolkit.crm.sql_text import text_of
from kpi_toolkit.errors import DataError, first_line, near_misses

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from kpi_toolkit.crm.remote.session import Session

_DIALECTS = {"postgresql": "postgres", "mariadb": "mysql", "mssql": "tsql"}


def select(session: "Session", table: str, query: Path | None) -> str:
    """The SELECT of all columns of a table, or that of the file. Raises DataError."""
    if query is None:
        _check_name(session, table)
        return f"SELECT * FROM {session.name(table)}"
    return _only_select(text_of(query), query.name, session.dialect)


def _check_name(session: "Session", table: str) -> None:
    if session.has_table(table):
        return
    schema = table.rpartition(".")[0]
    known = [f"{schema}.{name}" if schema else name for name in session.tables(schema or None)]
    raise DataError(f"{table}: there is no such table; {near_misses(table, known)}")


def _only_select(text: str, file: str, dialect: str) -> str:
    """The text as it stands, without a last semicolon, when it is one statement that reads.

    The transaction could not write anyhow; this is for servers that have no such transactions, and
    so that no second statement ends it.
    """
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    bare = text.strip().rstrip(";").rstrip()
    try:
        found = sqlglot.parse(bare, dialect=_DIALECTS.get(dialect, dialect))
    except (SqlglotError, ValueError) as error:
        raise DataError(f"{file}: it cannot be read: {first_line(error)}") from None
    if len(found) != 1 or not isinstance(found[0], exp.Query) or _writes(found[0]):
        raise DataError(f"{file}: expected one SELECT, which changes nothing")
    return bare


def _writes(tree: "Expr") -> bool:
    from sqlglot import exp

    kinds = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock, exp.Set, exp.Transaction)
    return any(not isinstance(node, exp.Query) for node in tree.find_all(*kinds))
