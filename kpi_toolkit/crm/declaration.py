"""What kpi.toml makes of the records, as a hash: two reports tell by it that a changed figure may
come from a changed mapping, and not from the records.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kpi_toolkit.config import Config, RowsConfig, TableConfig
from kpi_toolkit.crm import mapping
from kpi_toolkit.crm.row_changes import RowChange
from kpi_toolkit.crm.sql_text import text_of
from kpi_toolkit.crm.tables import TABLES


def declaration_hash(config: Config) -> str:
    """Twelve hexadecimal digits of the tables, their SELECTs, the currency and the calendar.

    Raises DataError for a SELECT that cannot be read.
    """
    return hashlib.sha256(declared(config).encode()).hexdigest()[:12]


def declared(config: Config) -> str:
    """What the hash is made of, as JSON: tables, SELECTs, currency, calendar. Raises DataError."""
    tables = {n: _without_files(table) for n, table in mapping.declared_tables(config).items()}
    queries = [text_of(config.root / name) for name in _queries(config)]
    told = [tables, queries, config.project.currency, repr(config.calendar)]
    return json.dumps(told, sort_keys=True)


@dataclass(frozen=True)
class Remapped:
    """What two declarations make otherwise of the records: columns of tables, whole tables, the
    currency or calendar.
    """

    columns: frozenset[tuple[str, str]]
    tables: frozenset[str]
    home: bool

    def __contains__(self, place: tuple[str, str]) -> bool:
        """Whether a column of a table, or with "" any row of it, is read otherwise."""
        return place in self.columns or place[0] in self.tables

    def made(self, row: RowChange) -> bool:
        """Whether this alone made a record another one."""
        # An amount in another currency stands beside it as it was.
        columns = {edit.column.removesuffix("_original") for edit in row.edits}
        told = bool(columns) and all((row.table, column) in self for column in columns)
        return (row.table, "") in self or told


def remapped(before: str, after: str) -> Remapped | None:
    """How two declarations differ; None where one of them is not known."""
    if not before or not after:
        return None
    (old, old_queries, *old_home), (new, new_queries, *new_home) = map(json.loads, (before, after))
    columns: set[tuple[str, str]] = set()
    whole: set[str] = set()
    for section in {*old, *new}:
        kind, _, table = section.partition(".")
        was, now = dict(old.get(section, {})), dict(new.get(section, {}))
        pairs = was.pop("columns", {}), now.pop("columns", {})
        changed = {c for c in {*pairs[0], *pairs[1]} if pairs[0].get(c) != pairs[1].get(c)}
        only_one = not (section in old and section in new)
        if only_one or was != now or (changed and kind != "tables"):
            # What is staged may lead into any table.
            whole |= {table} if kind == "tables" else {*TABLES}
        columns |= {(table, column) for column in changed}
    whole |= {*TABLES} if old_queries != new_queries else set()
    return Remapped(frozenset(columns), frozenset(whole), old_home != new_home)


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
