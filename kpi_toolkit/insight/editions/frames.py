"""What was reported, as frames: the runs, the values of one, and what differs between two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpi_toolkit.archive.asked import asked_run
from kpi_toolkit.archive.rows import Run, ValueRow
from kpi_toolkit.archive.store import Archive
from kpi_toolkit.config import Config, nearest
from kpi_toolkit.errors import ArchiveError, called
from kpi_toolkit.format import Format
from kpi_toolkit.insight.editions import revised
from kpi_toolkit.insight.editions.compared import Difference, compared

if TYPE_CHECKING:
    import pandas as pd

RUN = ("run_id", "report", "scope", "period", "edition", "language", "as_of", "finished_at")
KEY = (
    *("kpi", "options", "dimension", "member", "dimension2", "member2"),
    *("grain", "period_start"),
)
CHANGE = ("before", "after", "kind", "causes", "records", "why")


@called
def archived_runs(report: str | None = None, *, config: str | Path = "kpi.toml") -> pd.DataFrame:
    """The archived runs, newest first: run_id, report, scope, period, edition, language, as_of and
    finished_at (UTC). Raises ConfigError and ArchiveError.
    """
    _, archive = _opened(config)
    runs = archive.runs(report, limit=None)
    return _frame(RUN, ({name: getattr(run, name) for name in RUN} for run in runs))


@called
def archived_values(run: str, *, config: str | Path = "kpi.toml") -> pd.DataFrame:
    """Every value of a run as it was published, a row a value; `dimension` is "" for a total.

        won = kt.archived_values("sales/2026-Q2").query("kpi == 'won_value' and dimension == ''")

    `run` is an id or how it starts, or sales/2026-Q2, or sales/2026-Q2/1 for the first edition.
    Raises ConfigError and ArchiveError.
    """
    _, archive = _opened(config)
    columns = [field.name for field in fields(ValueRow)]
    found = _frame(columns, map(asdict, archive.values(asked_run(archive, run).run_id)))
    return found.astype({"period_start": "datetime64[us]"})


@called
def archived_changes(before: str, after: str, *, config: str | Path = "kpi.toml") -> pd.DataFrame:
    """The figures that two runs have and that differ, a row a figure: `before`, `after`, `kind`,
    `causes`, the ids of the `records` that made the change, and `why` in words.

    The runs are named as in `archived_values`. Raises ConfigError and ArchiveError.
    """
    read, archive = _opened(config)
    runs: list[Run] = [asked_run(archive, name) for name in (before, after)]
    words = Format("en", read.project.currency)
    found = compared(archive, read, *runs)
    frame = _frame((*KEY, *CHANGE), (_change(one, words) for one in found.differences))
    return frame.astype({"period_start": "datetime64[us]", "before": float, "after": float})


def _change(found: Difference, words: Format) -> dict[str, Any]:
    change, why = found.change, found.why
    return {
        **{name: getattr(change, name) for name in (*KEY, "before", "after", "kind")},
        "causes": list(why.causes),
        "records": list(dict.fromkeys(row.id for row in why.rows)),
        "why": revised.why(words, why),
    }


def _opened(config: str | Path) -> tuple[Config, Archive]:
    read = nearest(config)
    archive = Archive.open_read_only(read.archive_url)
    if archive is None:
        raise ArchiveError(
            f"archive: there is none yet in {read.reports_folder}; `kpi run` makes it"
        )
    return read, archive


def _frame(columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(columns))
