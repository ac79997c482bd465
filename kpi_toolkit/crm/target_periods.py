"""Targets say their period as a person does, "2026-Q3"; reading adds the instants at which it
starts and ends.
"""

from typing import TYPE_CHECKING

from kpi_toolkit.crm import database, quarantine
from kpi_toolkit.errors import PeriodError, first_line
from kpi_toolkit.period import EARLIEST, Calendar, Period, parse_period

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def add_bounds(connection: "DuckDBPyConnection", file: str, calendar: Calendar) -> int:
    """Give `targets` its starts_at and ends_at; how many rows are quarantined because their period
    is none.
    """
    columns = database.types(connection, "targets").keys()
    if "period" not in columns or {"starts_at", "ends_at"} & columns:
        return 0
    found = connection.execute(
        "SELECT DISTINCT period FROM targets WHERE period IS NOT NULL"
    ).fetchall()
    bounds = {text: _period(text, calendar) for (text,) in found}
    connection.execute(
        "CREATE TEMP TABLE _periods "
        "(period VARCHAR, starts_at TIMESTAMP, ends_at TIMESTAMP, why VARCHAR)"
    )
    for text, period in bounds.items():
        known = (
            (period.start_at, period.end_at, None)
            if isinstance(period, Period)
            else (None, None, period)
        )
        values = [text, *known]
        connection.execute("INSERT INTO _periods VALUES (?, ?, ?, ?)", values)
    before = quarantine.count(connection, "targets", file)
    bad = (
        "SELECT _line, [{c: 'period', v: t.period, r: coalesce(p.why, 'empty')}] AS _faults "
        "FROM targets AS t LEFT JOIN _periods AS p USING (period) WHERE p.starts_at IS NULL"
    )
    quarantine.add_cells(connection, "targets", file, bad)
    connection.execute(
        "CREATE TABLE _bounded AS SELECT t.*, p.starts_at, p.ends_at FROM targets AS t "
        "JOIN _periods AS p USING (period) WHERE p.starts_at IS NOT NULL ORDER BY _line"
    )
    quarantine.replace_relation(connection, "targets", "_bounded")
    return quarantine.count(connection, "targets", file) - before


def _period(text: str, calendar: Calendar) -> "Period | str":
    """The period of a key, or why it is none: a word such as "this month" would change with the
    day.
    """
    if not text[:1].isdigit():
        return "not a period: expected 2026-Q3, 2026-09, 2026-W38, 2026 or 2026-09-14"
    try:
        return parse_period(text, calendar, calendar.instant(EARLIEST))
    except PeriodError as error:
        return first_line(error)
