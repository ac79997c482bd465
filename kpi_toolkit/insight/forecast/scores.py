"""How earlier forecasts turned out: chances against outcomes, months against what was won in them.
Of a report that was published the first edition counts: what was said when nobody knew.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kpi_toolkit.archive.rows import Run, ValueRow
from kpi_toolkit.archive.store import Archive
from kpi_toolkit.config import Config
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.crm.quoting import instant
from kpi_toolkit.insight.forecast.outlook import moment
from kpi_toolkit.insight.forecast.rows import DEAL, MONTH, OF_FORECASTS
from kpi_toolkit.period import Period, parse_period

MOST_RUNS = 12
_CERTAIN = 1e-6


@dataclass(frozen=True)
class MonthScore:
    """What was forecast of a month, between what bounds in eight of ten futures, and what came."""

    forecast_of: Period
    month: Period
    expected: float
    low: float
    high: float
    came: float
    published: bool = True

    @property
    def is_inside(self) -> bool:
        """Whether what came lies between the bounds."""
        return self.low <= self.came <= self.high


@dataclass(frozen=True)
class Told:
    """What was forecast at the end of a period, as rows of the archive: `published` by a report of
    then, or computed again from what was known then.
    """

    period: Period
    moment: dt.datetime
    rows: Sequence[ValueRow]
    published: bool
    of_slice: bool = False

    @cached_property
    def deals(self) -> frozenset[str]:
        """The deals that it had a chance of."""
        return frozenset(row.member for row in self.rows if row.dimension == DEAL)


@dataclass(frozen=True)
class Chances:
    """The scores of the chances of all deals decided since, each counted in every forecast: the
    Brier score (mean squared distance of chance and outcome, 0 is perfect) and the log score (mean
    negative logarithm of the chance that the outcome had). `plain` is the Brier score of the mean
    chance of each forecast for all its deals. `expected` is the sum of the chances, `won` how many
    of the deals were won.
    """

    decided: int
    expected: float
    won: int
    brier: float
    plain: float
    log: float


@dataclass(frozen=True)
class Scores:
    """Earlier forecasts of a report, the latest first: their months that have ended, and how their
    chances turned out; None where no deal of theirs is decided.
    """

    months: tuple[MonthScore, ...]
    published: Chances | None
    recomputed: Chances | None


def archived(config: Config, report: str, scope: str, crm: Crm, as_of: dt.datetime) -> list[Told]:
    """The forecasts that a report published before `as_of` (UTC), the latest period first."""
    archive = Archive.open_read_only(config.archive_url)
    if archive is None:
        return []
    try:
        runs = _first_editions(archive.runs(report, scope), as_of)
        return [_told(crm, run, archive.values(run.run_id)) for run in runs]
    finally:
        archive.close()


def scores(told: Iterable[Told], crm: Crm, as_of: dt.datetime) -> Scores:
    """The scores of forecasts by what is known at `as_of` (UTC)."""
    found = sorted(told, key=lambda one: one.period.end, reverse=True)
    outcomes = _outcomes(crm, as_of)
    published, recomputed = (
        [_pairs(one.rows, outcomes) for one in found if one.published is kind]
        for kind in (True, False)
    )
    return Scores(
        tuple(month for one in found for month in _months(crm, one, as_of)),
        _scored([part for part in published if part]),
        _scored([part for part in recomputed if part]),
    )


def _told(crm: Crm, run: Run, rows: Iterable[ValueRow]) -> Told:
    known_at = run.as_of.replace(tzinfo=None)
    period = parse_period(run.period, crm.calendar, known_at)
    kept = [row for row in rows if row.dimension in OF_FORECASTS]
    return Told(period, moment(period, known_at), kept, published=True, of_slice=run.scope != "all")


def _first_editions(runs: Iterable[Run], as_of: dt.datetime) -> list[Run]:
    """The latest periods' first run, the latest period first."""
    moment = as_of.replace(tzinfo=dt.UTC)
    first: dict[tuple[str, str], Run] = {}
    for run in sorted(runs, key=lambda run: (run.edition or 0, run.started_at)):
        if run.as_of < moment:
            first.setdefault((run.grain, run.period), run)
    ordered = sorted(first.values(), key=lambda run: (run.period_end, run.grain), reverse=True)
    return ordered[:MOST_RUNS]


def _pairs(rows: Iterable[ValueRow], outcomes: Mapping[str, bool]) -> list[tuple[float, bool]]:
    """The chance and the outcome of each deal that is decided."""
    return [
        (row.value, outcomes[row.member])
        for row in rows
        if row.dimension == DEAL and row.value is not None and row.member in outcomes
    ]


def _scored(parts: list[list[tuple[float, bool]]]) -> Chances | None:
    pairs = [pair for part in parts for pair in part]
    if not pairs:
        return None
    means = [math.fsum(chance for chance, _ in part) / len(part) for part in parts]
    plain = [(mean, won) for mean, part in zip(means, parts, strict=True) for _, won in part]
    log = [-math.log(max(chance if won else 1 - chance, _CERTAIN)) for chance, won in pairs]
    return Chances(
        decided=len(pairs),
        expected=math.fsum(chance for chance, _ in pairs),
        won=sum(won for _, won in pairs),
        brier=_brier(pairs),
        plain=_brier(plain),
        log=math.fsum(log) / len(log),
    )


def _brier(pairs: list[tuple[float, bool]]) -> float:
    return math.fsum((chance - won) ** 2 for chance, won in pairs) / len(pairs)


def _outcomes(crm: Crm, as_of: dt.datetime) -> dict[str, bool]:
    rows = crm.query(
        "SELECT deal_id, status FROM deals WHERE status IN ('won', 'lost') "
        f"AND closed_at < {instant(as_of)}"
    )
    return {deal: status == "won" for deal, status in rows}


def _months(crm: Crm, one: Told, as_of: dt.datetime) -> Iterable[MonthScore]:
    # Of a slice, the deals that lay in it then: today they may lie in another one.
    own = one.deals if one.of_slice else None
    told: dict[str, dict[str, float]] = {}
    for row in one.rows:
        if row.dimension == MONTH and row.value is not None:
            told.setdefault(row.member, {})[row.member2] = row.value
    for key, values in sorted(told.items()):
        month = parse_period(key, crm.calendar, one.moment)
        if month.end_at <= as_of and {"", "low_80", "high_80"} <= {*values}:
            came = _came(crm, month, one.moment, own)
            sides = (values["low_80"], values["high_80"])
            yield MonthScore(one.period, month, values[""], *sides, came, one.published)


def _came(crm: Crm, month: Period, moment: dt.datetime, own: Collection[str] | None) -> float:
    """The amount won in a month from deals that there were at the moment of the forecast; with
    `own`, from these of them.
    """
    rows = crm.query(
        "SELECT deal_id, amount FROM deals WHERE status = 'won' AND amount IS NOT NULL "
        f"AND closed_at >= {instant(month.start_at)} AND closed_at < {instant(month.end_at)} "
        f"AND (created_at IS NULL OR created_at < {instant(moment)})"
    )
    return float(sum(amount for deal, amount in rows if own is None or deal in own))
