"""What the open deals should bring, and the deals themselves with their chances."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pandas as pd

from kpi_toolkit import charts
from kpi_toolkit.blocks import Block
from kpi_toolkit.charts.shown import shown as written
from kpi_toolkit.errors import PeriodError
from kpi_toolkit.insight.deals.won_ages import outlasting
from kpi_toolkit.insight.forecast import words as told
from kpi_toolkit.insight.forecast.forecast import LEVELS, Forecast
from kpi_toolkit.insight.forecast.forecast import forecast as forecast_of
from kpi_toolkit.insight.forecast.rows import rows
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures.evaluate import Ask
from kpi_toolkit.period import Period
from kpi_toolkit.report import drawing
from kpi_toolkit.report.session import HISTORY, Session, rows_of, sentence

MOST_MONTHS = 12


def forecast(session: Session, months: int) -> Block:
    """What was won in past months, and what the open deals should bring in the coming ones."""
    if not 1 <= months <= MOST_MONTHS:
        raise PeriodError(f"months = {months!r}: expected a number from 1 to {MOST_MONTHS}")
    value, chance = (session.bound(registry()[k]) for k in ("sales_forecast", "win_probability"))
    if refused := drawing.refused(session, value):
        return refused
    found = of(session, months)
    values = session.values([Ask(value, session.period), Ask(chance, session.period)])
    published = [*rows_of(v for each in values.values() for v in each)]
    published += rows(found, session.period, chance, value)
    return replace(_shown(session, found), values=tuple(published))


def of(session: Session, months: int) -> Forecast:
    """The forecast at the end of the report's period, within its scope."""
    scope = session.scope
    within = {scope.dimension: scope.member} if scope.dimension else None
    moment = session.period.end_by(session.as_of)
    return forecast_of(session.crm, moment, months, within)


def last_day(session: Session, found: Forecast) -> dt.date:
    """The last local day that a forecast knows of."""
    return session.crm.calendar.local_day(found.moment - dt.timedelta(microseconds=1))


def _shown(session: Session, found: Forecast) -> Block:
    words = session.words
    message = told.message(words, found, last_day(session, found))
    old = outlasting(session.crm, found.moment, found.states)
    notes = told.notes(words, found, old=float(old["weight"].sum()))
    if found.total is None:
        return sentence(" ".join([message, *notes]) if len(found.states) else message)
    if aim := _aim(session, found):
        message = f"{message} {told.against(words, found, *aim)}"
    past, coming = _past(session, found), _coming(found)
    given: dict[str, Any] = {
        "unit": "money",
        "words": words,
        "fiscal_year_starts": session.crm.calendar.fiscal_year_starts,
    }
    unit = written([*past.dropna(), *coming.to_numpy().ravel()], "money", words).unit
    label = words.t("Won value by month, and forecast of the deals that are open")
    span = f"{words.period(found.months[0].period)} – {words.period(found.total.period)}"
    return drawing.Picture(
        name="forecast",
        message=message,
        subject=" · ".join([f"{label}, {unit}", span]),
        alt=charts.fan_alt(past, coming, **given),
        # Past months count all deals, those to come only the ones that are open already.
        draw=lambda width: charts.fan(past, coming, continues=False, width=width, **given),
        note=" ".join(notes),
        data=_data(session, found),
        values=(),
    ).block


def _aim(session: Session, found: Forecast) -> tuple[Period, float] | None:
    """The target of the period that the coming months make up, a month, quarter or year."""
    first, last = found.months[0].period, found.months[-1].period
    for grain in ("month", "quarter", "year"):
        whole = session.crm.calendar.containing(first.start, grain)
        if (whole.start, whole.end) == (first.start, last.end):
            aim = session.targets.find("won_value", whole)
            return None if aim is None else (whole, aim)
    return None


def _past(session: Session, found: Forecast) -> pd.Series:
    """What was won in the months before, whether the deals are new or not."""
    won = registry()["won_value"].bind()
    months = found.months[0].period.previous().last(HISTORY)
    values = session.values(Ask(won, month) for month in months).values()
    known = pd.Series(
        [v[0].value if v[0].n else None for v in values],
        index=pd.DatetimeIndex([pd.Timestamp(month.start) for month in months]),
        dtype=float,
    )
    return known.loc[known.first_valid_index() :] if known.notna().any() else known


def _coming(found: Forecast) -> pd.DataFrame:
    index = pd.DatetimeIndex([pd.Timestamp(month.period.start) for month in found.months])
    columns = {"value": [month.expected for month in found.months]}
    for level in LEVELS:
        for side, name in enumerate(("low", "high")):
            columns[f"{name}_{level}"] = [month.bands[level][side] for month in found.months]
    return pd.DataFrame(columns, index=index)


def _data(session: Session, found: Forecast) -> tuple[list[str], list[list[str]]]:
    """The months as a table: expected, and between what in eight and nineteen of twenty futures."""
    words = session.words
    heads = [words.t("Month"), words.t("Forecast"), words.percent(0.8, 0), words.percent(0.95, 0)]
    assert found.total is not None
    lines = [
        [
            words.t("Total") if month is found.total else words.period(month.period),
            words.value(month.expected, "money"),
            *(words.interval(*month.bands[level], "money") for level in LEVELS),
        ]
        for month in (*found.months, found.total)
    ]
    return heads, lines
