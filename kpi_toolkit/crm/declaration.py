"""What kpi.toml makes of the records, as a hash: two reports tell by it that a changed figure may
come from a changed mapping, and not from the records.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from kpi_toolkit.config import Config, RowsConfig, TableConfig
from kpi_toolkit.crm import mapping
from kpi_toolkit.crm.sql_text import text_of


def declaration_hash(config: Config) -> str:
    """Twelve hexadecimal digits of the tables, their SELECTs, the currency and the calendar.

    Raises DataError for a SELECT that cannot be read.
    """
    tables = {n: _without_files(table) for n, table in mapping.declared_tables(config).items()}
    queries = [text_of(config.root / name) for name in _queries(config)]
    told = [tables, queries, config.project.currency, repr(config.calendar)]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


def _without_files(table: RowsConfig) -> dict[str, Any]:
    """Each export has a name of its own, so that which file has the records is no part of it."""
    told = table.model_dump(mode="json", exclude_defaults=True)
    for filed in (told, *told.get("joins", {}).values()):
        filed.pop("file", None)
    return told


def _queries(config: Config) -> Iterator[str]:
    for table in mapping.declared_tables(config).values():
        named = [table.query, *(join.query for join in table.joins.values())]
        if isinstance(table, TableConfig):
            named.append(table.sql or "")
        yield from filter(None, named)
