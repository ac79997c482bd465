"""A table or SELECT of a database as a source of rows, as a file is one."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kpi_toolkit.crm.casting import TYPED
from kpi_toolkit.crm.remote.session import Described, Session
from kpi_toolkit.crm.sources.stream import Batch, File, Stream

# Types of PostgreSQL whose values are texts, to which declared formats apply.
TEXTS = frozenset(("text", "character varying", "character", "name", "citext"))


@dataclass(frozen=True)
class Relation(File):
    """Its rows within a session. Of `wanted` columns; of all where there are none."""

    session: Session | None = field(default=None, repr=False, compare=False)
    select: str = ""
    wanted: tuple[str, ...] = ()

    def opened(self) -> Stream:
        """The names of its columns, and its rows, numbered from 1, which are not asked for before
        the first is taken.
        """
        assert self.session
        columns = self.session.described(self.select, self.name)
        names = [column.name for column in columns]
        kept = [c for c in columns if not self.wanted or c.name in self.wanted]
        if len({c.name for c in kept}) < len(kept) or len(kept) < len(set(self.wanted)):
            # Whoever looks for a column tells what is wrong with it, beside the others' names.
            return Stream(names, iter(()))
        return Stream([column.name for column in kept], self._batches(kept))

    def _batches(self, columns: Sequence[Described]) -> Iterator[Batch]:
        assert self.session
        plain = self.session.dialect == "postgresql"
        shown = ", ".join(_shown(self.session.column(c.name), c, plain) for c in columns)
        line = 0
        for rows in self.session.stream(f"SELECT {shown} FROM ({self.select}\n) q", self.name):
            yield [(line + n, [_text(cell) for cell in row]) for n, row in enumerate(rows, start=1)]
            line += len(rows)


def _shown(column: str, described: Described, plain: bool) -> str:
    """PostgreSQL itself writes a value as text: what Python has no value for, such as the time
    'infinity', is then a bad cell and not the end of the reading.
    """
    if not plain or described.type in TEXTS:
        return f"q.{column}"
    return f"chr({ord(TYPED)}) || CAST(q.{column} AS text)"


def _text(value: Any) -> Any:
    """The text of a cell, or None; a value that is no text is typed: formats do not touch it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return TYPED + str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"{TYPED}{int(value)}"
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, Decimal):
        return TYPED + format(value, "f")
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        value = value.astimezone(dt.UTC)
    return TYPED + str(value)
