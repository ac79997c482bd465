"""What a run is asked to do, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from kpi_toolkit.format import Language
from kpi_toolkit.period import Period

Literals = str | int | float | bool | None
Status = Literal["succeeded", "taken", "lost"]


@dataclass(frozen=True)
class Job:
    """One report over one period, as known at `as_of` (naive UTC), for one scope and language.

    `slot` names the schedule's instant; "" is a run by hand, which no other run competes with.
    """

    report: str
    period: Period
    as_of: datetime
    scope: str = "all"
    language: Language = "en"
    parameters: Mapping[str, Literals] = field(default_factory=dict)
    slot: str = ""

    @property
    def as_of_text(self) -> str:
        """Local time with its offset, since an hour of autumn comes twice."""
        local = self.as_of.replace(tzinfo=UTC).astimezone(self.period.calendar.zone)
        return local.isoformat()

    @property
    def notebook_parameters(self) -> dict[str, Literals]:
        """The four parameters that every report declares, and the report's own."""
        return {
            **self.parameters,
            "period": self.period.key,
            "as_of": self.as_of_text,
            "scope": self.scope,
            "language": self.language,
        }


@dataclass(frozen=True)
class RunResult:
    """A finished run: its files by kind (html, pdf, ipynb), and how many values it archived.

    `warnings` are sentences for the report's owner, `log` is what its cells wrote to stderr.
    `taken`: another run has the slot. `lost`: another run took the slot over meanwhile, and
    nothing was published.
    """

    status: Status
    job: Job
    run_id: str = ""
    edition: int = 0
    values: int = 0
    files: Mapping[str, Path] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    log: str = ""
