"""The step that files and frames share: raw cell and value of each column -> values, and the faults
of each row.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_toolkit.crm.quoting import literal, literals, name


@dataclass(frozen=True)
class TypedColumn:
    """One column: SQL of its text and of its value over the relation `t`, and when a row is bad and
    why; `doubled` is SQL of whether its local time came twice, where that may be; `local` is SQL of
    its local time, for a value that asks for that under its name.
    """

    name: str
    raw: str
    value: str
    faults: tuple[tuple[str, str], ...] = ()
    doubled: str = ""
    local: str = ""

    @property
    def raw_name(self) -> str:
        """The name of the text beside the value."""
        return f"_raw_{self.name}"

    @property
    def doubled_name(self) -> str:
        """The name of the mark beside the value that its local time came twice."""
        return f"_doubled {self.name}"

    @property
    def local_name(self) -> str:
        """The name of the local time beside the text."""
        return f"_local {self.name}"

    @property
    def fault(self) -> str:
        """SQL of the row's fault, or NULL."""
        whens = " ".join(
            f"WHEN {test} THEN "
            f"{{c: {literal(self.name)}, v: {name(self.raw_name)}, r: {literal(reason)}}}"
            for test, reason in self.faults
        )
        return f"CASE {whens} END"


def not_castable(column: str, wanted: str) -> tuple[str, str]:
    """A cell that has a text and no value."""
    return f"{name('_raw_' + column)} IS NOT NULL AND {name(column)} IS NULL", f"not {wanted}"


def not_allowed(column: str, allowed: Sequence[str]) -> tuple[str, str]:
    """A value that is none of the allowed ones."""
    return f"{name(column)} NOT IN ({literals(allowed)})", f"not one of {', '.join(allowed)}"


def empty(column: str) -> tuple[str, str]:
    """An id that is not there."""
    return f"{name(column)} IS NULL", "empty, where it is the row's id"


def values(source: str, columns: Sequence[TypedColumn], carried: Sequence[str] = ()) -> str:
    """SELECT of _line, the values, and columns carried along."""
    shown = [f"{column.value} AS {name(column.name)}" for column in columns]
    picked = ", ".join(["_line", *shown, *map(name, carried)])
    return f"SELECT {picked} FROM {_located(source, columns)}"


def judged(source: str, columns: Sequence[TypedColumn], carried: Sequence[str] = ()) -> str:
    """SELECT of _line, the values, columns carried along, the marks of doubled hours, and
    `_faults`, the row's list of {c, v, r}.
    """
    pairs = [f"{c.value} AS {name(c.name)}, {c.raw} AS {name(c.raw_name)}" for c in columns]
    located = _located(source, columns)
    inner = f"SELECT {', '.join(['_line', *pairs, *map(name, carried)])} FROM {located}"
    found = [column.fault for column in columns if column.faults]
    # A list is dear to make, and few rows need one.
    bad = " OR ".join(f"({test})" for column in columns for test, _ in column.faults)
    named = f"list_filter([{', '.join(found)}], lambda x: x IS NOT NULL)"
    faults = f"CASE WHEN {bad} THEN {named} ELSE [] END" if found else "[]"
    marks = [f"{c.doubled} AS {name(c.doubled_name)}" for c in columns if c.doubled]
    shown = ", ".join(["_line", *(name(c.name) for c in columns), *map(name, carried), *marks])
    return f"SELECT {shown}, {faults} AS _faults FROM ({inner})"


def _located(source: str, columns: Sequence[TypedColumn]) -> str:
    """The relation `t` with the local times."""
    times = [f"{c.local} AS {name(c.local_name)}" for c in columns if c.local]
    if times:
        source = f"SELECT {', '.join(['*', *times])} FROM ({source}) AS t"
    return f"({source}) AS t"
