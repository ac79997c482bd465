"""What the open deals should bring, and the deals themselves with their chances."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from kpi_toolkit import charts
from kpi_toolkit.blocks import Block
from kpi_toolkit.charts.shown import shown as written
from kpi_toolkit.format import NO_DATA
from kpi_toolkit.insight.deals.won_ages import outlasting
from kpi_toolkit.insight.forecast import outlook
from kpi_toolkit.insight.forecast import words as told
from kpi_toolkit.insight.forecast.asked import require_months
from kpi_toolkit.insight.forecast.forecast import LEVELS, Forecast, Month
from kpi_toolkit.insight.forecast.forecast import forecast as forecast_of
from kpi_toolkit.insight.forecast.rows import rows
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures.evaluate import Ask
from kpi_toolkit.period import Period
from kpi_toolkit.report import drawing
from kpi_toolkit.report.session import Session, rows_of, sentence

QUARTERS = 4  # that are shown before the one under way


def forecast(session: Session, months: int | None) -> Block:
    """What was won in past months, and what the open deals should bring in the coming ones."""
    if months is not None:
        require_months(months)
    value, chance = (session.bound(registry()[k]) for k in ("sales_forecast", "win_probability"))
    if refused := drawing.refused(session, value):
        return refused
    found = of(session, months)
    values = session.values([Ask(value, session.period), Ask(chance, session.period)])
    published = [*rows_of(v for each in values.values() for v in each)]
    published += rows(found, session.period, chance, value)
    return replace(_shown(session, found), values=tuple(published))


def of(session: Session, months: int | None) -> Forecast:
    """The forecast from the report's outlook on, within its scope, up to the end of the quarter
    where no number of months is given; made once for all that shows it.
    """
    moment = outlook.moment(session.period, session.as_of)
    months = months or outlook.months_left(session.crm.calendar, moment)
    if months not in session.forecasts:
        scope = session.scope
        within = {scope.dimension: scope.member} if scope.dimension else None
        session.forecasts[months] = forecast_of(session.crm, moment, months, within)
    return session.forecasts[months]


def of_deals(session: Session) -> Forecast:
    """One of whatever months: the open deals of all are the same."""
    return next(iter(session.forecasts.values()), None) or of(session, 1)


def last_day(session: Session, found: Forecast) -> dt.date:
    """The last local day that a forecast knows of."""
    return session.crm.calendar.local_day(found.moment - dt.timedelta(microseconds=1))


def _shown(session: Session, found: Forecast) -> Block:
    words = session.words
    message = told.message(words, found, last_day(session, found))
    if found.states.empty:
        return sentence(" ".join([message, *_of_the_quarter(session, found)]))
    old = outlasting(session.crm, found.moment, found.states)
    notes = told.notes(words, found, old=float(old["weight"].sum()))
    if found.total is None:
        return sentence(" ".join([message, *notes]))
    reached = _of_whole_quarters(session, found.reached)
    past, coming = _past(session, found), _coming(reached)
    starts = past.index.union(coming.index)
    given: dict[str, Any] = {
        "target": _targets(session, starts),
        "unit": "money",
        "words": words,
        "fiscal_year_starts": session.crm.calendar.fiscal_year_starts,
    }
    unit = written([*past.dropna(), *coming.to_numpy().ravel()], "money", words).unit
    label = words.t("Won since each quarter began, and what the open deals should add")
    span = " – ".join(dict.fromkeys(words.period(reached[n].period) for n in (0, -1)))
    return drawing.Picture(
        name="forecast",
        message=" ".join([message, *_of_the_quarter(session, found)]),
        subject=" · ".join([f"{label}, {unit}", span]),
        alt=charts.fan_alt(past, coming, **given),
        draw=lambda width: charts.fan(
            past, coming, restarts=_restarts(session, starts), width=width, **given
        ),
        note=" ".join(notes),
        data=_data(session, found),
        values=(),
    ).block


def _of_the_quarter(session: Session, found: Forecast) -> Iterator[str]:
    """Where the quarter under way ends, and its target, where the months reach its end."""
    if found.landing is None:
        return
    quarter, month = found.landing
    if found.moment > quarter.start_at:
        yield told.reached(session.words, quarter, month)
    if (aim := _target(session, quarter)) is not None:
        yield told.against(session.words, month, quarter, aim)


def _past(session: Session, found: Forecast) -> pd.Series:
    """By month, what was won since its quarter began, in the quarters that are known from their
    start and in the one under way.
    """
    current = _quarter(session, found.months[0].period.start)
    since = session.crm.calendar.containing(current.previous(QUARTERS).start, "month")
    months = [since]
    while months[-1].end <= found.months[0].period.start:
        months.append(months[-1].previous(-1))
    won = registry()["won_value"].bind()
    values = session.values(Ask(won, month) for month in months[:-1]).values()
    amounts = pd.Series(
        [v[0].value if v[0].n else None for v in values],
        index=pd.DatetimeIndex([pd.Timestamp(month.start) for month in months[:-1]]),
        dtype=float,
    )
    first = amounts.first_valid_index()
    quarters = [_quarter(session, month.start).start for month in months[:-1]]
    known = [
        first is not None and (q == current.start or pd.Timestamp(q) >= first) for q in quarters
    ]
    return amounts.fillna(0.0).groupby(quarters).cumsum()[known]


def _restarts(session: Session, starts: pd.DatetimeIndex) -> list[pd.Timestamp]:
    """The months that begin a quarter."""
    return [start for start in starts if _quarter(session, start.date()).start == start.date()]


def _targets(session: Session, starts: pd.DatetimeIndex) -> pd.Series:
    """The target of the quarter of each month; NaN where there is none."""
    found = [_target(session, _quarter(session, start.date())) for start in starts]
    return pd.Series(found, starts, dtype=float)


def _target(session: Session, quarter: Period) -> float | None:
    scope = session.scope
    return session.targets.find("won_value", quarter, scope.dimension, scope.member)


def _quarter(session: Session, day: dt.date) -> Period:
    return session.crm.calendar.containing(day, "quarter")


def _of_whole_quarters(session: Session, months: Sequence[Month]) -> Sequence[Month]:
    """Up to the last end of a quarter that they reach: the beginning of another would look low."""
    ends = [
        n for n, m in enumerate(months, 1) if _quarter(session, m.period.start).end == m.period.end
    ]
    return months[: ends[-1]] if ends else months


def _coming(months: Sequence[Month]) -> pd.DataFrame:
    index = pd.DatetimeIndex([pd.Timestamp(month.period.start) for month in months])
    columns = {"value": [month.expected for month in months]}
    for level in LEVELS:
        for side, name in enumerate(("low", "high")):
            columns[f"{name}_{level}"] = [month.bands[level][side] for month in months]
    return pd.DataFrame(columns, index=index)


def _data(session: Session, found: Forecast) -> tuple[list[str], list[list[str]]]:
    """The months as a table: expected, and between what in eight and nineteen of twenty futures;
    and what the quarter of each has come to by its end.
    """
    words = session.words
    heads = [words.t("Month"), words.t("Forecast"), words.percent(0.8, 0), words.percent(0.95, 0)]
    assert found.total is not None
    lines = [
        [
            words.t("Total") if month is found.total else words.period(month.period),
            words.value(month.expected, "money"),
            *(words.interval(*month.bands[level], "money") for level in LEVELS),
            words.value(reached.expected, "money") if reached else NO_DATA,
        ]
        for month, reached in zip((*found.months, found.total), (*found.reached, None), strict=True)
    ]
    return [*heads, words.t("Since the quarter began")], lines
