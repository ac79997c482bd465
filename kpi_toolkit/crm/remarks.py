"""What was kept but deserves a word: a wrong value map, an hour that was there twice, a reference
to nothing. Unlike the quarantine it leaves out no row.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Literal

from kpi_toolkit.crm.quoting import literal
from kpi_toolkit.crm.table_read import file_of, line_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kpi_toolkit.crm.table_read import TableRead

Kind = Literal[
    "key_unused",  # a key of a value map that no row has: `value`
    "rest",  # a value that "*" of a value map turned into `other`
    "to_null",  # a value that a map without "*" left empty
    "unmatched",  # a key that the joined file `other` does not have
    "doubled_hour",  # a local time that was there twice, taken for the second one
    "orphan",  # a reference to a row that `other` ("accounts.account_id") does not have
    "disorder",  # an instant before that of the column `other`, which it follows
    "unstated",  # a deal without a status
    "near_word",  # a value that is almost the word `other`, which KPIs count
    "undated",  # a deal won or lost without a closing date
    "closed_early",  # an open deal with a closing date
    "negative",
    "far_date",  # before 1990, or 2100 and later
    "older_row",  # a record whose newer row was set aside, so that an older one counts
    "double_row",  # the same row again, in a table whose rows have no id
]
TABLE = "remarks"
MOST_VALUES = 20
_DDL = (
    '"table" VARCHAR, file VARCHAR, "column" VARCHAR, kind VARCHAR, value VARCHAR, '
    "other VARCHAR, rows BIGINT, line BIGINT"
)


@dataclass(frozen=True)
class Remark:
    """One remark on a column of a table: how many rows it is about, and the line of the first.

    `value` is an example, or what the remark is about; None stands for all values beyond the
    twenty most frequent ones.
    """

    table: str
    file: str
    column: str
    kind: Kind
    value: str | None
    other: str
    rows: int
    line: int | None


def create(connection: "DuckDBPyConnection") -> None:
    """A table of remarks, where there is none yet."""
    connection.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} ({_DDL})")


def add(connection: "DuckDBPyConnection", found: Iterable[Remark]) -> None:
    """Note some remarks."""
    rows = [astuple(remark) for remark in found]
    if rows:
        connection.executemany(f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def are_noted(connection: "DuckDBPyConnection") -> bool:
    """Whether there is a table of remarks, as a snapshot has one."""
    sql = "SELECT count(*) FROM information_schema.tables WHERE table_name = ?"
    return bool(connection.execute(sql, [TABLE]).fetchall()[0][0])


def place_in_files(connection: "DuckDBPyConnection", found: "TableRead") -> None:
    """Remarks on a table that was read from files: each gets the file and line of its first row."""
    file = file_of("line", found.files) if found.files else literal(found.file)
    connection.execute(
        f"UPDATE {TABLE} SET file = coalesce({file}, {literal(found.file)}), "
        f"line = {line_of('line')} WHERE \"table\" = ? AND file = ''",
        [found.table],
    )


def noted(connection: "DuckDBPyConnection") -> tuple[Remark, ...]:
    """All remarks, those on most rows first within a table's column."""
    sql = f'FROM {TABLE} ORDER BY "table", "column", kind, value IS NULL, rows DESC, value'
    return tuple(Remark(*row) for row in connection.execute(sql).fetchall())
