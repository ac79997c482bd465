"""How far the cohorts of a KPI get, by their age."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpi_toolkit import charts
from kpi_toolkit.blocks import Block
from kpi_toolkit.insight import cohorts as insight
from kpi_toolkit.insight.change.asks import finest, tail
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.report import drawing
from kpi_toolkit.report.session import Session, check_history, sentence


def cohorts(session: Session, bound: Bound, n: int) -> Block:
    """How far each of the last cohorts has got, by age."""
    if refused := drawing.refused(session, bound):
        return refused
    if session.period.grain == "all":
        return drawing.single(session, bound)
    words, grain = session.words, finest([bound], session.period)
    last = tail(session.period, grain, session.as_of, session.recorded(bound))
    found = insight.cohorts(bound, last, check_history(n), session.as_of, session.values)
    said = insight.message(found, session.label(bound), words)
    if found.told is None:
        return sentence(said)
    index = pd.DatetimeIndex([pd.Timestamp(row[0].period.start) for row in found.rows])
    frame = pd.DataFrame([pd.Series([v.value for v in r], dtype=float) for r in found.rows])
    frame.index = index
    sizes = pd.Series([row[-1].denominator or row[-1].n for row in found.rows], index, dtype=float)
    given: dict[str, Any] = {
        "sizes": sizes,
        "unit": bound.kpi.unit,
        "words": words,
        "fiscal_year_starts": session.crm.calendar.fiscal_year_starts,
    }
    heads = {"cohort": words.t("Cohort"), "age": _age_head(session, grain)}
    unit = drawing.unit(session, bound, frame.to_numpy().flat)
    return drawing.Picture(
        name=f"cohorts-{bound.kpi.name}",
        message=said,
        subject=drawing.subject(session, bound, _span(session, found), unit=unit),
        alt=charts.cohort_alt(frame, **given),
        draw=lambda width: charts.cohort(frame, heads=heads, width=width, **given),
        note=words.t("Outlined: the newest value of each cohort. Empty: not yet so old."),
        values=[v for row in found.rows for v in row],
        data=_table(session, found, [float(size) for size in sizes]),
    ).block


def _table(
    session: Session, found: insight.Cohorts, sizes: list[float]
) -> tuple[list[str], list[list[str]]]:
    words, ages = session.words, max(len(row) for row in found.rows)
    rows = []
    for row, size in zip(found.rows, sizes, strict=True):
        cells = [words.value(value.value, value.unit) for value in row]
        empty = [""] * (ages - len(row))
        rows.append([words.period_short(row[0].period), words.number(size), *cells, *empty])
    return [words.t("Cohort"), "n", *map(str, range(ages))], rows


def _span(session: Session, found: insight.Cohorts) -> str:
    return drawing.span(session, [found.rows[0][0], found.rows[-1][0]])


def _age_head(session: Session, grain: str) -> str:
    words = session.words
    return {
        "week": words.t("Weeks after the first"),
        "month": words.t("Months after the first"),
        "quarter": words.t("Quarters after the first"),
    }.get(grain, words.t("Periods since"))
