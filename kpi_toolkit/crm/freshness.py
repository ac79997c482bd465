"""How fresh the records are: the latest instant at which something happened."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kpi_toolkit.crm.quoting import name
from kpi_toolkit.crm.tables import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Plans and terms: that they have passed does not mean that anybody recorded anything.
PLANNED = frozenset(
    ("due_at", "sla_due_at", "renewal_due_at", "starts_at", "ends_at", "active_from", "active_to")
)


def newest_event(
    connection: "DuckDBPyConnection", tables: Mapping[str, Mapping[str, str]], as_of: dt.datetime
) -> dt.datetime | None:
    """The greatest event instant not after `as_of`, UTC; None when there is none."""
    parts = []
    for table, columns in tables.items():
        canonical = TABLES[table].columns
        events = [
            c
            for c in columns
            if c in canonical and canonical[c].type == "instant" and c not in PLANNED
        ]
        latest = [f"max({name(c)}) FILTER (WHERE {name(c)} <= $1)" for c in events]
        if latest:
            parts.append(
                f"SELECT greatest({', '.join([*latest, 'NULL'])}) AS latest FROM {name(table)}"
            )
    if not parts:
        return None
    found = connection.execute(
        f"SELECT max(latest) FROM ({' UNION ALL '.join(parts)})", [as_of]
    ).fetchall()
    return found[0][0]
