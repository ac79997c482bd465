"""The archive's rows as frozen values."""

import math
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Literal

from kpi_toolkit.errors import ArchiveError

RunStatus = Literal["running", "succeeded", "failed", "abandoned"]
ValueStatus = Literal["ok", "no_data", "not_available", "suppressed"]
Window = Literal["event", "cohort", "stock", "estimate"]
ArtifactKind = Literal["html", "pdf", "ipynb", "eml", "json"]
ValueKey = tuple[str, str, str, str, str, str, str, date]


@dataclass(frozen=True)
class Run:
    """One attempt at one report. Instants are aware UTC; `period` is a key such as 2026-Q3.

    `slot` is the schedule's instant, YYYY-MM-DDTHH:MMZ, or manual:<id>. `edition` counts the
    succeeded runs of a report, scope and period from 1. What only a finished run knows
    (edition, hashes, newest event) is None until then.
    """

    run_id: str
    report: str
    scope: str
    period: str
    grain: str
    period_start: date
    period_end: date
    as_of: datetime
    slot: str
    attempt: int
    edition: int | None
    status: RunStatus
    started_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None
    lease_owner: str
    code_version: str
    definition_hash: str | None
    input_hash: str | None
    declaration_hash: str | None
    newest_event: datetime | None
    language: str
    parameters_json: str
    error: str | None


@dataclass(frozen=True)
class FigureId:
    """Which figure a value is of. `options` is canonical JSON, "" when there are none; dimensions
    and members are "" when it is a total.
    """

    kpi: str
    options: str
    dimension: str
    member: str
    dimension2: str
    member2: str
    grain: str
    period_start: date

    @property
    def key(self) -> ValueKey:
        """What makes two values the same figure in two runs."""
        return (
            self.kpi,
            self.options,
            self.dimension,
            self.member,
            self.dimension2,
            self.member2,
            self.grain,
            self.period_start,
        )


@dataclass(frozen=True)
class ValueRow(FigureId):
    """One value of one KPI; shares 0..1, durations in days, as a KpiValue has them. `complete`: the
    period had ended at the run's as_of.
    """

    value: float | None
    numerator: float | None
    denominator: float | None
    n: int | None
    status: ValueStatus
    reason: str | None
    definition_hash: str
    unit: str
    window: Window
    complete: bool

    def __post_init__(self) -> None:
        """Refuse a number without the status ok, ok without a number, and nan or infinity."""
        finite = self.value is not None and math.isfinite(self.value)
        if (self.status == "ok") != finite or (self.value is not None and not finite):
            raise ArchiveError(
                f"value of {self.kpi}: {self.value!r} with status {self.status!r}: "
                "expected a finite number exactly when the status is 'ok'"
            )


@dataclass(frozen=True)
class Artifact:
    """A file of a run; `path` is relative to the reports folder, with forward slashes."""

    kind: ArtifactKind
    sha256: str
    bytes: int
    media_type: str
    path: str

    def __post_init__(self) -> None:
        """Refuse a path that leaves the reports folder."""
        path = PurePosixPath(self.path)
        if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in self.path:
            raise ArchiveError(
                f"artifact {self.path!r}: expected a path relative to the reports folder"
            )
