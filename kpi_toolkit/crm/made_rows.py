"""The rows of SELECTs in tables that last for as long as they are read."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from kpi_toolkit.crm.quoting import name

if TYPE_CHECKING:
    from kpi_toolkit.crm.connect import Crm

Key = TypeVar("Key", bound=Hashable)


@contextmanager
def made(crm: Crm, selects: Mapping[Key, str]) -> Iterator[dict[Key, str]]:
    """The names of tables that hold the rows of SELECTs of local tables, until the context ends.

    They are of the connection alone, and on the disk where its memory does not suffice.
    """
    tables = {key: f"_made_{place}" for place, key in enumerate(selects)}
    try:
        for key, table in tables.items():
            crm.query(f"CREATE TEMP TABLE {name(table)} AS {selects[key]}")
        yield tables
    finally:
        for table in tables.values():
            crm.connection.execute(f"DROP TABLE IF EXISTS {name(table)}")
