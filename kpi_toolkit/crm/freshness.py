"""How fresh the records are: the latest instant at which something happened."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from kpi_toolkit.crm.quoting import name
from kpi_toolkit.crm.tables import TABLES

# Plans and terms: that they have passed does not mean that anybody recorded anything.
PLANNED = frozenset(
    ("due_at", "sla_due_at", "renewal_due_at", "starts_at", "ends_at", "active_from", "active_to")
)


def newest_event(
    rows: Callable[[str, list[dt.datetime]], list[tuple[Any, ...]]],
    tables: Mapping[str, Mapping[str, str]],
    as_of: dt.datetime,
) -> dt.datetime | None:
    """The greatest event instant not after `as_of`, UTC; None when there is none. `rows` asks the
    engine that has the tables.
    """
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
    sql = f"SELECT max(latest) FROM ({' UNION ALL '.join(parts)}) AS t"
    latest_of_all: dt.datetime | None = rows(sql, [as_of])[0][0]
    return latest_of_all
