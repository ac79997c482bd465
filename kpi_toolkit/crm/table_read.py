"""What became of the rows of one table, and where a staged row stands in its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kpi_toolkit.crm.quoting import literal, literals
from kpi_toolkit.crm.tables import TABLES

if TYPE_CHECKING:
    from pandas import DataFrame

# `_line` is one number for a row of any file of its table: those of file k count from k times this.
FILE_SPAN = 1_000_000_000


@dataclass(frozen=True)
class TableRead:
    """What became of the rows of one table; `unmatched` counts, per join, kept rows whose key it
    does not have.

    `file` names what was read; `files` each of several, in the order of their rows. A joined file
    is a table of its own, as deals.joins.teams, and so is a raw one, as staging contracts;
    `derived` are rows of a SELECT over other tables, which were read already; `left_out` are rows
    that the condition `where` of kpi.toml leaves out.
    """

    table: str
    file: str
    rows: int
    kept: int
    quarantined: int
    unmatched: Mapping[str, int] = field(default_factory=dict)
    superseded: int = 0
    files: tuple[str, ...] = ()
    derived: bool = False
    left_out: int = 0

    def __post_init__(self) -> None:
        """JSON has lists only."""
        object.__setattr__(self, "files", tuple(self.files))

    @property
    def is_canonical(self) -> bool:
        """Whether the rows are those of a table that KPIs are defined on."""
        return self.table in TABLES

    @property
    def rows_are_accounted_for(self) -> bool:
        """Whether every row is kept, quarantined, superseded by a later one of its record, or left
        out.
        """
        return self.kept + self.quarantined + self.superseded + self.left_out == self.rows

    @property
    def judged(self) -> int:
        """Rows but those left out."""
        return self.rows - self.left_out


def for_analysts(rows: "DataFrame", table: str, reading: "Sequence[TableRead]") -> "DataFrame":
    """Rows of a table, whose instants say that they are UTC, and where it was read from several
    files with their `_file` and its `_line`.
    """
    import pandas as pd

    instants = [
        column.name
        for column in TABLES[table].columns.values()
        if column.type == "instant" and column.name in rows
    ]
    rows = rows.assign(**{each: pd.to_datetime(rows[each], utc=True) for each in instants})
    read = [found for found in reading if found.table == table]
    if not read or not read[-1].files or "_line" not in rows:
        return rows
    names = [read[-1].files[number] for number in rows["_line"] // FILE_SPAN]
    placed = rows.assign(_line=rows["_line"] % FILE_SPAN)
    placed.insert(placed.columns.get_loc("_line"), "_file", names)
    return placed


def file_of(line: str, files: tuple[str, ...]) -> str:
    """SQL of the name of the file that a staged row, `line`, comes from."""
    return f"list_extract([{literals(files)}], CAST({line} // {FILE_SPAN} AS BIGINT) + 1)"


def line_of(line: str) -> str:
    """SQL of the line of its file that a staged row, `line`, stands on."""
    return f"({line} % {FILE_SPAN})"


def place(line: str, files: tuple[str, ...]) -> str:
    """SQL of the words for where a staged row stands."""
    number = f"CAST({line_of(line)} AS VARCHAR)"
    if len(files) < 2:
        return f"'line ' || {number}"
    return f"'line ' || {number} || {literal(' of ')} || {file_of(line, files)}"
