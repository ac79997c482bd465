"""What became of the rows that were read, in the words of a report."""

from collections.abc import Iterable

from kpi_toolkit.crm.table_read import TableRead
from kpi_toolkit.format import Format


def rows_judged(reading: Iterable[TableRead]) -> int:
    """Rows of files and frames but those left out; those of a SELECT over other tables are not read
    again.
    """
    return sum(table.judged for table in reading if not table.derived)


def kept_or_aside(words: Format, reading: Iterable[TableRead]) -> str:
    """How many rows were kept, or set aside."""
    tables = tuple(reading)
    read, aside = rows_judged(tables), sum(table.quarantined for table in tables)
    if not aside:
        return words.tn(
            "One row was read, and kept.", "{n} rows were read, and all were kept.", read
        )
    return words.t(
        "Rows set aside: {aside} of {rows} ({share})",
        aside=words.count(aside),
        rows=words.count(read),
        share=words.percent(aside / read, 2),
    )


def left_out(words: Format, reading: Iterable[TableRead]) -> str:
    """How many rows a condition has left out; "" where none."""
    rows = sum(table.left_out for table in reading)
    if not rows:
        return ""
    return words.tn(
        "One more row was left out, as kpi.toml declares.",
        "{n} more rows were left out, as kpi.toml declares.",
        rows,
    )
