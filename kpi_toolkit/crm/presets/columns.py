"""Which of a block's lines an export can supply, and how they read once a name is chosen."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kpi_toolkit.crm import expressions
from kpi_toolkit.crm.expressions import Ref
from kpi_toolkit.crm.looking.toml import string, written
from kpi_toolkit.crm.presets.blocks import Line, alternatives

_QUOTED = re.compile(r'"([^"\n]*)"')
_LIST = re.compile(r"(?<== )\[[^\]\n]*\]")


@dataclass(frozen=True)
class Known:
    """The columns of a table's own file ("") and of its joins; None where every name is taken to be
    there.
    """

    columns: Mapping[str, Collection[str]] | None
    joins: tuple[str, ...] = ()

    def has(self, name: str | Ref) -> bool:
        """Whether a source column is there."""
        ref = name if isinstance(name, Ref) else expressions.reference(name, self.joins)
        return self.columns is None or ref.column in self.columns.get(ref.join, ())

    def has_all(self, sql: str) -> bool:
        """Whether the source columns of an expression are there."""
        return all(map(self.has, expressions.parse(sql, self.joins, "").columns))

    def choose(self, name: str) -> str | None:
        """The first alternative that is there."""
        return next((each for each in alternatives(name) if self.has(each)), None)

    def fitted(self, line: Line) -> str | None:
        """The line with its names chosen; None where the export does not have what it needs."""
        value = line.value if isinstance(line.value, dict) else {"column": line.value}
        if "sql" in value:
            return line.text if self.has_all(value["sql"]) else None
        if "constant" in value:
            return line.text
        column = value["column"]
        names = [column] if isinstance(column, str) else column
        chosen = [name for name in map(self.choose, names) if name]
        if not chosen:
            return None
        if isinstance(column, str):
            return with_names(line.text, {column: chosen[0]})
        shown = written(chosen[0] if len(chosen) == 1 else chosen)
        return _LIST.sub(lambda _: shown, line.text, count=1)

    def joined(self, line: Line, theirs: Collection[str] | None) -> str | None:
        """A line `on = { ... }`, whose keys are columns of the joined file."""
        chosen: dict[str, str] = {}
        there = Known(None if theirs is None else {"": theirs})
        for key, ours in line.value.items():
            names = [ours] if isinstance(ours, str) else []
            pairs = [(key, there.choose(key)), *((name, self.choose(name)) for name in names)]
            if any(name is None for _, name in pairs):
                return None
            chosen |= {given: name for given, name in pairs if name}
        return with_names(line.text, chosen)


def with_names(text: str, chosen: Mapping[str, str]) -> str:
    """A line whose quoted names have become the chosen ones."""
    return _QUOTED.sub(lambda found: string(chosen.get(found[1], found[1])), text)
