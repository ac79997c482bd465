"""What became of the rows that were read, in the words of a report."""

from collections.abc import Iterable, Sequence

from kpi_toolkit.crm.table_read import TableRead
from kpi_toolkit.format import Format


def rows_judged(reading: Iterable[TableRead]) -> int:
    """Rows of files and frames but those left out; those of a SELECT over other tables are not read
    again.
    """
    return sum(table.judged for table in reading if not table.derived)


def accounted(words: Format, reading: Iterable[TableRead]) -> str:
    """What became of the rows: kept or set aside and, where there are such, replaced by a later row
    of their record or left out by a condition.
    """
    tables = tuple(reading)
    read, aside = rows_judged(tables), sum(table.quarantined for table in tables)
    if any(table.superseded or table.left_out for table in tables):
        return _by_fate(words, tables)
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


def _by_fate(words: Format, reading: Sequence[TableRead]) -> str:
    tables = [table for table in reading if not table.derived]
    replaced = sum(table.superseded for table in tables)
    left_out = sum(table.left_out for table in tables)
    fates = [words.tn("{n} kept", "{n} kept", sum(table.kept for table in tables))]
    if replaced:
        fates.append(
            words.tn(
                "{n} replaced by a later row of the same record",
                "{n} replaced by a later row of the same record",
                replaced,
            )
        )
    if left_out:
        fates.append(
            words.tn("{n} left out by a condition", "{n} left out by a condition", left_out)
        )
    aside = sum(table.quarantined for table in tables)
    fates.append(words.tn("{n} set aside", "{n} set aside", aside))
    if made := sum(table.quarantined for table in reading if table.derived):
        fates.append(
            words.tn(
                "{n} more set aside of a table made by SQL",
                "{n} more set aside of tables made by SQL",
                made,
            )
        )
    rows = sum(table.rows for table in tables)
    return words.tn(
        "{n} row was read: {fates}.", "{n} rows were read: {fates}.", rows, fates=", ".join(fates)
    )
