"""The archived runs by report and scope, with the history of what each report says first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kpi_toolkit.archive.checks import COMPARED
from kpi_toolkit.archive.rows import Run, ValueRow
from kpi_toolkit.archive.store import Archive
from kpi_toolkit.config import Config
from kpi_toolkit.format import Unit
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures.kpi import Kpi
from kpi_toolkit.period import Period

MOST_HEADLINES, HISTORY = 4, 13


@dataclass(frozen=True)
class Headline:
    """A KPI over the periods that end with the latest run's, None where nothing was published."""

    kpi: Kpi
    unit: Unit
    period: Period
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Listed:
    """A run that has ended, and where its pages lie in the reports folder; "" for none. `changes`
    is the page that compares it with the edition before.
    """

    run: Run
    html: str = ""
    pdf: str = ""
    changes: str = ""


@dataclass(frozen=True)
class Shelf:
    """The runs of one report and scope, the latest first."""

    report: str
    scope: str
    runs: tuple[Listed, ...]
    headlines: tuple[Headline, ...]


def shelves(archive: Archive, config: Config) -> tuple[Shelf, ...]:
    """Every report and scope that has run, in the order of kpi.toml, all records before slices."""
    ended = [run for run in archive.runs(status=None) if run.status != "running"]
    totals: dict[str, list[ValueRow]] = defaultdict(list)
    for run_id, row in archive.totals():
        totals[run_id].append(row)
    files, grouped = archive.files(), defaultdict(list)
    for run in ended:
        grouped[run.report, run.scope].append(run)
    order = {report: place for place, report in enumerate(config.reports)}

    def place(key: tuple[str, str]) -> tuple[int, str, bool, str]:
        return (order.get(key[0], len(order)), key[0], key[1] != "all", key[1])

    return tuple(
        Shelf(
            *key,
            tuple(_listed(grouped[key], files, config.reports_folder)),
            _headlines(archive, config, grouped[key], totals),
        )
        for key in sorted(grouped, key=place)
    )


def edition_before(run: Run, others: Iterable[Run]) -> Run | None:
    """The edition that a run replaces."""
    return next(
        (
            other
            for other in others
            if run.edition is not None and other.edition == run.edition - 1 and _is_same(other, run)
        ),
        None,
    )


def compared_page(before: Run, after: Run) -> str:
    """Where the page that compares two runs lies in the reports folder."""
    return f"{COMPARED}/{before.run_id}-{after.run_id}.html"


def _is_same(one: Run, other: Run) -> bool:
    names = ("report", "scope", "period", "language")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _listed(
    runs: Sequence[Run], files: Mapping[str, Mapping[str, str]], folder: Path
) -> Iterable[Listed]:
    editions = {(run.period, run.language, run.edition): run for run in runs}
    for run in runs:
        own = files.get(run.run_id, {})
        before = editions.get((run.period, run.language, (run.edition or 0) - 1))
        page = compared_page(before, run) if before and run.edition else ""
        there = page if page and (folder / page).is_file() else ""
        yield Listed(run, own.get("html", ""), own.get("pdf", ""), there)


def _headlines(
    archive: Archive,
    config: Config,
    runs: Sequence[Run],
    totals: Mapping[str, Sequence[ValueRow]],
) -> tuple[Headline, ...]:
    """The KPIs of the latest run whose course is longest: what it knows of earlier periods, else
    what was published of them.
    """
    done = [run for run in runs if run.status == "succeeded"]
    if not done:
        return ()
    latest = max(done, key=lambda run: (run.period_start, run.finished_at or run.started_at))
    alike = [run for run in reversed(done) if run.grain == latest.grain]
    rows = [row for run in alike for row in totals.get(run.run_id, ())]
    rows += [
        row
        for row in archive.values(latest.run_id)
        if (row.grain, row.dimension, row.options) == (latest.grain, "", "")
    ]
    courses: dict[str, dict] = defaultdict(dict)
    for row in rows:
        courses[row.kpi][row.period_start] = row
    return _longest(config, latest, courses)


def _longest(config: Config, latest: Run, courses: Mapping[str, Mapping]) -> tuple[Headline, ...]:
    own: Period = config.calendar.containing(latest.period_start, latest.grain)  # type: ignore[arg-type]
    starts = [p.start for p in (own.last(HISTORY) if own.grain != "all" else (own,))]
    known = registry()
    shown = [
        (name, row, tuple(course[s].value if s in course else None for s in starts))
        for name in known
        if (course := courses.get(name))
        and (row := course.get(own.start))
        and row.value is not None
    ]
    longest = sorted(shown, key=lambda found: sum(v is None for v in found[2]))[:MOST_HEADLINES]
    return tuple(
        Headline(known[name], row.unit, own, _from_first(values)) for name, row, values in longest
    )


def _from_first(values: Sequence[float | None]) -> tuple[float | None, ...]:
    first = next(i for i, value in enumerate(values) if value is not None)
    return tuple(values[first:])
