"""`where = "..."`: one condition over source columns. Rows of which it does not hold are left out,
counted and not judged; a row of which nobody can tell, because a number is none, is set aside.
"""

from collections.abc import Collection

from kpi_toolkit.crm import expressions
from kpi_toolkit.crm.expressions import Expression, alias
from kpi_toolkit.crm.quoting import literal, name
from kpi_toolkit.errors import ConfigError, first_line

READER = "_where"  # no column can bear this name
COLUMN = "where"  # under which the quarantine names a row
UNDECIDED = "_undecided"


def parse(text: str, joins: Collection[str]) -> Expression:
    """The condition. Raises ConfigError for an expression that is none."""
    import duckdb

    from kpi_toolkit.crm import database

    found = expressions.parse(text, joins, READER)
    typed = [f"CAST(NULL AS VARCHAR) AS {name(alias(ref, READER))}" for ref in found.columns]
    typed += [
        f"CAST(NULL AS DOUBLE) AS {name(alias(ref, READER, number=True))}" for ref in found.numbers
    ]
    source = f" FROM (SELECT {', '.join(typed)})" if typed else ""
    try:
        with database.locked() as engine:
            kind = engine.execute(f"SELECT typeof({found.sql}){source}").fetchall()[0][0]
    except duckdb.Error as error:
        hint = "columns are text: number(column) reads one as a number"
        raise ConfigError(f"{first_line(error)} ({hint})") from None
    if kind != "BOOLEAN":
        raise ConfigError("expected a condition that holds or not, as \"status <> 'deleted'\"")
    return found


def clause(where: Expression) -> str:
    """The WHERE of the rows that belong to the table, and of those of which nobody can tell."""
    unknown = f" OR {undecided(where)} IS NOT NULL" if where.numbers else ""
    return f" WHERE ({where.sql}){unknown}"


def undecided(where: Expression) -> str:
    """SQL of the text that is no number and without which the condition is not known, or NULL."""
    unread = [
        f"CASE WHEN {name(alias(ref, READER, number=True))} IS NULL "
        f"THEN {name(alias(ref, READER))} END"
        for ref in where.numbers
    ]
    return f"CASE WHEN ({where.sql}) IS NULL THEN coalesce({', '.join(unread)}) END"


def judged(select: str, wanted: str) -> str:
    """A SELECT with `_faults` in which the undecided rows have that fault and no other."""
    fault = f"{{c: {literal(COLUMN)}, v: {UNDECIDED}, r: {literal('not ' + wanted)}}}"
    return (
        f"SELECT * EXCLUDE ({UNDECIDED}) REPLACE (CASE WHEN {UNDECIDED} IS NULL THEN _faults "
        f"ELSE [{fault}] END AS _faults) FROM ({select})"
    )
