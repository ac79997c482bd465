"""The slice of the records that a report is about: all of them, or one member of a dimension."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kpi_toolkit.errors import ConfigError

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
                f"scope {text!r}: expected all, or a dimension and one of its members, as in team=North"
            )
        return cls(found["dimension"], found["member"])

    def __str__(self) -> str:
        return f"{self.dimension}={self.member}" if self.dimension else "all"
