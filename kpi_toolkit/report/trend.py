"""The course of one KPI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from kpi_toolkit import charts
from kpi_toolkit.blocks import Block
from kpi_toolkit.format import Format
from kpi_toolkit.insight.change import judgement
from kpi_toolkit.insight.change.asks import finest
from kpi_toolkit.insight.change.reading import Reading
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import GRAINS, Grain
from kpi_toolkit.report import drawing, members
from kpi_toolkit.report.session import Session, check_history, sentence

# A line needs as many points to be a course; a month has four or five weeks.
FEWEST = 3
FINER: tuple[Grain, ...] = ("month", "week", "day")


def trend(session: Session, bound: Bound, n: int) -> Block:
    """The course of a KPI over `n` periods, with its natural limits, its target, and what was
    published before.
    """
    if refused := drawing.refused(session, bound):
        return refused
    if session.period.grain == "all":
        return drawing.single(session, bound)
    found = reading(session, bound, n)
    if not is_course(found):
        return _too_short(session, found)
    return picture(session, bound, found).block


def reading(session: Session, bound: Bound, n: int) -> Reading:
    """The `n` periods that end with the report's, in its finest grain, or in the first finer one
    that has enough of them to be a course.
    """
    usual = finest([bound], session.period)
    found = session.course(bound, usual, check_history(n))
    for grain in FINER:
        shorter = GRAINS.index(bound.kpi.finest_grain) <= GRAINS.index(grain) < GRAINS.index(usual)
        if shorter and not is_course(found):
            found = session.course(bound, grain, n)
    return found


def is_course(reading: Reading) -> bool:
    """Whether enough periods have a value to draw a line."""
    return sum(value is not None for value in reading.history) >= FEWEST


def _too_short(session: Session, found: Reading) -> Block:
    """What there is of a course that is none, in words."""
    words = session.words
    said = [judgement.trend_message(found, words), words.t("Too few periods for a trend.")]
    return sentence(" ".join(said), found.shown)


def picture(session: Session, bound: Bound, reading: Reading) -> drawing.Picture:
    """A course with its words."""
    words, values = session.words, _series(reading)
    published = _published(session, reading)
    given: dict[str, Any] = {
        "limits": _limits(reading),
        "shifts": _shifts(reading),
        "target": reading.target,
        "reported": published,
        "under_way": not reading.judges(-1),
        "unit": bound.kpi.unit,
        "words": words,
        "fiscal_year_starts": session.crm.calendar.fiscal_year_starts,
    }
    bands = () if given["limits"] is None else given["limits"].to_numpy().flat
    others = [*bands, *([] if published is None else published)]
    drawn_in = drawing.unit(session, bound, [*values, *others, reading.target])
    return drawing.Picture(
        name=f"trend-{bound.kpi.name}",
        message=judgement.trend_message(reading, words),
        subject=drawing.subject(
            session, bound, drawing.span(session, _known(reading)), unit=drawn_in
        ),
        alt=charts.trend_alt(values, **given),
        draw=lambda width: charts.trend(values, better=bound.kpi.better, width=width, **given),
        note=_trend_note(session, bound, reading, published),
        values=reading.shown,
    )


def limits_note(words: Format) -> str:
    """What the band of a trend is."""
    return words.t(
        "Natural limits: mean of the earlier periods ± 2.66 times their mean change from one to "
        "the next."
    )


def part_note(session: Session, reading: Reading) -> str:
    """That the records end within the last period of a course; else empty."""
    words, ended = session.words, reading.ended
    if ended is None:
        return ""
    given = {"date": words.date(ended.last), "period": words.period(reading.now.period)}
    if not ended.table:
        return words.t("The records end on {date}: {period} is of a part.", **given)
    text = "The records of the table {table} end on {date}: {period} is of a part."
    return words.t(text, table=ended.named(words), **given)


def _series(reading: Reading) -> pd.Series:
    index = pd.DatetimeIndex([pd.Timestamp(v.period.start) for v in reading.shown])
    known = pd.Series(reading.history, index=index, dtype=float)
    return known.loc[known.first_valid_index() :] if known.notna().any() else known


def _limits(reading: Reading) -> pd.DataFrame | None:
    """The natural limits of each period that is drawn, those of its season where there is one."""
    every = len(reading.series)
    shown = range(max(every - reading.drawn, 0), every)
    if reading.course.is_seasonal:
        held = {place: reading.course.limits_at(place - every) for place in shown}
    else:
        held = {p: found for first, last, found in reading.stretches for p in range(first, last)}
    rows = {
        _start(reading, place): (limits.mean, limits.lower, limits.upper)
        for place in shown
        if (limits := held.get(place)) and reading.judges(place - every)
    }
    columns = ["mean", "lower", "upper"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns) if rows else None


def _shifts(reading: Reading) -> pd.Series | None:
    named = {_start(reading, place): what for place, what in reading.begun.items()}
    return pd.Series(named) if named else None


def _start(reading: Reading, place: int) -> pd.Timestamp:
    return pd.Timestamp(reading.series[place].period.start)


def _published(session: Session, reading: Reading) -> pd.Series | None:
    changed = [
        r for r in session.restated(reading.shown) if r.kind == "restated" and r.before is not None
    ]
    if not changed:
        return None
    return pd.Series(
        [r.before for r in changed],
        index=pd.DatetimeIndex([pd.Timestamp(r.period_start) for r in changed]),
        dtype=float,
    )


def _known(reading: Reading) -> Sequence[KpiValue]:
    pairs = zip(reading.shown, reading.history, strict=True)
    return [v for v, value in pairs if value is not None] or [reading.now]


def _trend_note(
    session: Session, bound: Bound, reading: Reading, published: pd.Series | None
) -> str:
    words, said = session.words, []
    if reading.course.is_seasonal:
        said.append(
            words.t("Judged by the change on a year before, since the season shows in two years.")
        )
    elif reading.limits and not reading.limits.is_constant:
        said.append(limits_note(words))
    if any(place >= len(reading.series) - reading.drawn for place in reading.begun):
        said.append(words.t("Limits are set anew from each declared change on."))
    if published is not None:
        said.append(words.t("Hollow circle: the figure published before."))
    if reading.now.window == "cohort":
        said.append(words.t("Each period is taken at the age that the last one has reached."))
    if covered := reading.now.covered:
        period = words.period_short(reading.now.period)
        said.append(f"{period[0].upper()}{period[1:]}{words.colon} {covered.said(words)}.")
    whole = _whole(session, bound, reading)
    return " ".join(filter(None, [*said, part_note(session, reading), whole]))


def _whole(session: Session, bound: Bound, reading: Reading) -> str:
    """The value of the report's whole period, where months do not add up to it and its last one
    does not tell it: the figure of the first page.
    """
    words, period = session.words, session.period
    if reading.now.period.grain == period.grain or members.adds_up(bound):
        return ""
    now = session.values([Ask(bound, period)])[Ask(bound, period)][0]
    if now.value is None or not now.complete:
        return ""
    value = words.value(now.value, now.unit)
    return words.t(
        "The whole of {period}: {value}.", period=words.period_short(period), value=value
    )
