"""A preset's text -> its blocks: one stanza of kpi.toml each, with alternatives.

A preset is the [tables] part of a kpi.toml, in which

- a name of a file or of a column may have alternatives, "Close Date | closedate", the first that
  the export has is taken;
- a column, and the condition `where`, may stand twice, in the order of preference;
- a table may stand twice, for exports of two kinds.

Each key stands on a line of its own, so that lines can be chosen and comments stay with them.
"""

import re
import tomllib
from dataclasses import dataclass
from typing import Any

_TABLE = re.compile(r"\[tables\.(\w+)\]")
_SECTION = re.compile(r"\[tables\.\w+\.?([\w.]*)\]")
BETWEEN = " | "


@dataclass(frozen=True)
class Line:
    """One line `key = value` of a section, or of the stanza itself (""), after its comments."""

    section: str
    key: str
    value: Any
    text: str
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """One stanza: its table, the comment at its head, its lines."""

    table: str
    head: str
    lines: tuple[Line, ...]

    def of(self, section: str) -> tuple[Line, ...]:
        """The lines of one section."""
        return tuple(line for line in self.lines if line.section == section)

    def line(self, join: str, key: str) -> Line:
        """The line of a key: of a join, or, for "", of the stanza itself."""
        section = f"joins.{join}" if join else ""
        return next(line for line in self.of(section) if line.key == key)

    @property
    def files(self) -> list[str]:
        """The names of its files, with their alternatives."""
        value = self.line("", "file").value
        return [value] if isinstance(value, str) else value

    @property
    def joins(self) -> tuple[str, ...]:
        """The names of its joins."""
        names = [line.section.removeprefix("joins.") for line in self.lines]
        return tuple(dict.fromkeys(n for n in names if n not in ("", "columns")))


def blocks(text: str) -> tuple[str, tuple[Block, ...]]:
    """The comment that opens a preset, and its blocks in order."""
    head, *stanzas = re.split(r"(?m)^(?=\[tables\.\w+\])", text)
    return head.strip("\n"), tuple(_block(stanza) for stanza in stanzas)


def _block(stanza: str) -> Block:
    found, section, comments = [], "", []
    first, *rest = stanza.strip("\n").splitlines()
    for line in rest:
        if header := _SECTION.match(line):
            section = header[1]
        elif line.startswith("#"):
            comments.append(line)
        elif line.strip():
            ((key, value),) = tomllib.loads(line).items()
            found.append(Line(section, key, value, line, tuple(comments)))
            comments = []
    table = _TABLE.match(first)
    assert table, first
    return Block(table[1], first.partition("#")[2].strip(), tuple(found))


def alternatives(name: str) -> list[str]:
    """The names that a name of a preset stands for, the preferred one first."""
    return name.split(BETWEEN)
