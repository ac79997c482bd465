"""A staged table becomes a table: bad rows move out, the last of each record stays, and every row
is accounted for.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kpi_toolkit.crm import conditions, database, hints, quarantine, remarks
from kpi_toolkit.crm.incoming import Incoming
from kpi_toolkit.crm.plans import TablePlan
from kpi_toolkit.crm.quoting import name
from kpi_toolkit.crm.remarks import Remark
from kpi_toolkit.crm.table_read import TableRead
from kpi_toolkit.crm.texts import flag
from kpi_toolkit.errors import DataError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def settle(
    connection: "DuckDBPyConnection", plan: TablePlan, label: str, incoming: Incoming
) -> TableRead:
    """What became of the rows of a table that is staged with `_faults` and the joins' flags.

    Raises DataError when too many are bad, or none came.
    """
    return _Settler(connection, plan, label, incoming).settle()


def check_share(
    connection: "DuckDBPyConnection", found: TableRead, greatest_bad_share: float
) -> None:
    """Raises DataError when more rows are quarantined than the declared share."""
    share = found.quarantined / found.judged if found.judged else 0.0
    if share > greatest_bad_share:
        first = quarantine.first(connection, found)
        greatest = greatest_bad_share * found.judged
        key = "" if found.derived else quarantine.doubled_id(connection, found, greatest)
        raise DataError(
            f"{found.file}: {found.quarantined} of {found.judged} rows are bad, more than "
            f"bad_rows = '{greatest_bad_share * 100:.4g}%'; the first is {first}{_kept(key)}"
        )


def _kept(key: str) -> str:
    """What to declare where too many rows have the id of an earlier one."""
    if not key or " and " in key:  # keep takes records by one column
        return ""
    return (
        f'; where the file is a log, keep = {{ last_by = ..., per = "{key}" }} keeps the last row '
        "of each"
    )


class _Settler:
    def __init__(
        self, connection: "DuckDBPyConnection", plan: TablePlan, label: str, incoming: Incoming
    ) -> None:
        self.connection, self.plan, self.incoming = connection, plan, incoming
        self.table, self.file = plan.table.name, label
        self.files = tuple(file.name for file in incoming.files)

    def settle(self) -> TableRead:
        table, where = name(self.table), self.plan.where
        left_out = self.incoming.rows - self._count("true") if where else 0
        quarantine.add_lines(self.connection, self.table, self.file, self.incoming.faults)
        quarantine.add_cells(self.connection, self.table, self.file, f"FROM {table}")
        forms = {conditions.COLUMN: where.form} if where else {}
        forms |= {column.name: column.form for column in self.plan.columns}
        hints.explain(self.connection, self.table, self.file, forms)
        remarks.add(self.connection, self._older())
        self.connection.execute(f"DELETE FROM {table} WHERE len(_faults) > 0")
        superseded = self._keep_last()
        self._keep_first()
        unmatched = {join.name: self._count(f"NOT {name(flag(join))}") for join in self.plan.joins}
        for column in ("_faults", *map(flag, self.plan.joins)):
            self.connection.execute(f"ALTER TABLE {table} DROP COLUMN {name(column)}")
        bad = quarantine.count(self.connection, self.table, self.file)
        found = TableRead(
            self.table,
            self.file,
            self.incoming.found,
            self._count("true"),
            bad,
            unmatched,
            superseded,
            self.files if len(self.files) > 1 else (),
            left_out=left_out,
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

    def _older(self) -> Iterator[Remark]:
        """Records of which a bad row may be the last one, and a good row will be kept."""
        if not self.plan.per:
            return
        per, last = name(self.plan.per), name(self.plan.last_by)
        newest = f"FROM {name(self.table)} WHERE {per} IS NOT NULL GROUP BY {per}"
        bad, good = "FILTER (len(_faults) > 0)", "FILTER (len(_faults) = 0)"
        sql = (
            "SELECT count(*), min(line), arg_min(record, line) FROM ("
            f"SELECT {per} AS record, min(_line) {bad} AS line {newest} HAVING count(*) {good} > 0 "
            f"AND count(*) {bad} > 0 AND (max({last}) {bad} >= max({last}) {good}) IS NOT FALSE)"
        )
        ((rows, line, record),) = self.connection.execute(sql).fetchall()
        if rows:
            value = None if record is None else str(record)
            yield Remark(self.table, "", self.plan.per, "older_row", value, "", rows, line)

    def _keep_first(self) -> None:
        """Quarantine later rows of an id."""
        key = self._key()
        if not key:
            return
        rows = f"FROM {name(self.table)}"
        quarantine.add_doubles(self.connection, self.table, self.file, key, rows, self.files)
        left = quarantine.lines(self.table, self.file)
        self.connection.execute(f"DELETE FROM {name(self.table)} WHERE _line IN ({left})")

    def _key(self) -> tuple[str, ...]:
        if self.plan.key:
            return (self.plan.key,)
        return self.plan.table.id_of(database.types(self.connection, self.table))

    def _count(self, condition: str) -> int:
        sql = f"SELECT count(*) FROM {name(self.table)} WHERE {condition}"
        return int(self.connection.execute(sql).fetchall()[0][0])

    def _check(self, found: TableRead) -> None:
        if not found.rows_are_accounted_for:
            raise AssertionError(f"{self.file}: rows were lost: {found}")
        if not found.rows and not self.plan.may_be_empty:
            raise DataError(
                f"{self.file}: it has a header and no row (may_be_empty = true allows that)"
            )
        if not found.judged and not self.plan.may_be_empty:
            raise DataError(
                f"{self.file}: {self.plan.stanza}.where leaves out all of its {found.rows} rows "
                "(may_be_empty = true allows that)"
            )
        check_share(self.connection, found, self.plan.greatest_bad_share)
