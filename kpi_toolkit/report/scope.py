"""The slice of the records that a report is about: all of them, or one member of a dimension."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi_toolkit.crm.quoting import name
from kpi_toolkit.errors import ConfigError, near_misses
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures.expression import text_of

if TYPE_CHECKING:
    from kpi_toolkit.crm.connect import Crm

_SLICE = re.compile(r"(?P<dimension>[a-z_][a-z0-9_]*)=(?P<member>[^\n\r\0]{1,120})\Z")


@dataclass(frozen=True)
class Scope:
    """`dimension` is empty for all records."""

    dimension: str = ""
    member: str = ""

    @classmethod
    def parse(cls, text: str) -> Scope:
        """ "all", or a slice such as team=North. Raises ConfigError."""
        given = text.strip()
        if given in ("", "all"):
            return cls()
        found = _SLICE.match(given)
        if not found:
            raise ConfigError(
                f"scope {text!r}: expected all, or a dimension and one of its members, as in "
                f"team=North"
            )
        return cls(found["dimension"], found["member"])

    def check(self, crm: Crm) -> None:
        """Raise ConfigError when no KPI has the dimension, or no record the member."""
        if not self.dimension:
            return
        known = sorted({d for kpi in registry().values() for d in kpi.dimensions(crm)})
        if self.dimension not in known:
            raise ConfigError(
                f"scope {str(self)!r}: no KPI can be cut by {self.dimension!r}; "
                f"{near_misses(self.dimension, known)}"
            )
        members = {
            row[0]
            for table, columns in crm.columns.items()
            if self.dimension in (*columns, *crm.own_dimensions.get(table, ()))
            for row in crm.query(f"SELECT DISTINCT {text_of(self.dimension)} FROM {name(table)}")
        }
        if members and self.member not in members:
            raise ConfigError(
                f"scope {str(self)!r}: no record has this {self.dimension}; "
                f"{near_misses(self.member, sorted(members - {None}))}"
            )

    def __str__(self) -> str:
        return f"{self.dimension}={self.member}" if self.dimension else "all"
