"""The archived runs by report and scope, with the history of what each report says first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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
Course = dict[str, dict[date, ValueRow]]


@dataclass(frozen=True)
class Headline:
    """A KPI of the latest run's period, and its course that ends with `last`, None where nothing is
    archived.
    """

    kpi: Kpi
    unit: Unit
    period: Period
    value: float
    last: Period
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
    """The KPIs of the latest run, those of [headlines] first, then those whose course is longest:
    what was published of earlier periods and what the run knows of them, or of their parts where it
    knows more of those.
    """
    done = [run for run in runs if run.status == "succeeded"]
    if not done:
        return ()
    latest = max(done, key=lambda run: (run.period_start, run.finished_at or run.started_at))
    alike = [run for run in reversed(done) if run.grain == latest.grain]
    rows = [row for run in alike for row in totals.get(run.run_id, ())]
    rows += [row for row in archive.values(latest.run_id) if not (row.dimension or row.options)]
    courses: dict[str, Course] = defaultdict(lambda: defaultdict(dict))
    for each in rows:
        courses[each.kpi][each.grain][each.period_start] = each
    own: Period = config.calendar.containing(latest.period_start, latest.grain)  # type: ignore[arg-type]
    found = [
        _headline(config, known, course, own)
        for name, known in registry().items()
        if (course := courses.get(name))
        and (row := course[own.grain].get(own.start))
        and row.value is not None
    ]
    order = {name: place for place, name in enumerate(config.headlines)}
    found.sort(key=lambda one: (order.get(one.kpi.name, len(order)), -_known(one.values)))
    return tuple(found[:MOST_HEADLINES])


def _headline(config: Config, kpi: Kpi, course: Course, own: Period) -> Headline:
    calendar, row = config.calendar, course[own.grain][own.start]
    ends = [calendar.containing(max(rows), grain) for grain, rows in course.items() if rows]  # type: ignore[arg-type]
    courses = {last: _values(last, course[last.grain]) for last in ends}
    last = max(ends, key=lambda last: (_known(courses[last]), last.grain == own.grain))
    return Headline(kpi, kpi.unit, own, float(row.value or 0), last, courses[last])


def _values(last: Period, rows: Mapping[date, ValueRow]) -> tuple[float | None, ...]:
    """The periods that end with one, from the first that has a value."""
    periods = last.last(HISTORY) if last.grain != "all" else (last,)
    values = [rows[p.start].value if p.start in rows else None for p in periods]
    first = next((i for i, value in enumerate(values) if value is not None), len(values))
    return tuple(values[first:])


def _known(values: Sequence[float | None]) -> int:
    return sum(value is not None for value in values)
