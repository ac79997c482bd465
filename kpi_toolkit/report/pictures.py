"""Charts of KPIs: the course of one, what moved it, and how its members stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd

from kpi_toolkit import blocks, charts
from kpi_toolkit.blocks import Block
from kpi_toolkit.charts.shown import shown as written
from kpi_toolkit.insight import comparison, wording
from kpi_toolkit.insight import findings as insight
from kpi_toolkit.insight.comparison import Reading
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.report import members
from kpi_toolkit.report.session import Session, check_history, rows_of, sentence

WIDE, NARROW = 174, 78
Draw = Callable[[float], object]


def trend(session: Session, bound: Bound, n: int) -> Block:
    """The course of a KPI over `n` periods, with its natural limits, its target, and what was published before."""
    if refused := _refused(session, bound):
        return refused
    if session.period.grain == "all":
        return _single(session, bound)
    grain = comparison.finest([bound], session.period)
    last = comparison.tail(session.period, grain, session.as_of)
    (reading,) = session.readings([bound], last, check_history(n))
    words, values = session.words, _series(reading)
    published = _published(session, reading)
    limits = reading.limits
    given: dict[str, Any] = {
        "limits": (limits.mean, limits.lower, limits.upper) if limits else None,
        "target": reading.target,
        "reported": published,
        "unit": bound.kpi.unit,
        "words": words,
        "fiscal_year_starts": session.crm.calendar.fiscal_year_starts,
    }
    others = [*(given["limits"] or ()), *([] if published is None else published)]
    drawn_in = _unit(session, bound, [*values, *others, reading.target])
    return _chart(
        f"trend-{bound.kpi.name}",
        message=insight.trend_message(reading, words),
        subject=_subject(session, bound, _span(session, _known(reading)), unit=drawn_in),
        alt=charts.trend_alt(values, **given),
        draw=lambda width: charts.trend(values, better=bound.kpi.better, width=width, **given),
        note=_trend_note(session, reading, published),
        values=reading.series,
    )


def variance(session: Session, bound: Bound, by: str | None, n: int) -> Block:
    """What moved a KPI: its members, or without `by` its periods, beside a year ago."""
    if refused := _refused(session, bound, by):
        return refused
    if by:
        return _variance_members(session, bound, by, n)
    if session.period.grain == "all":
        return _single(session, bound)
    return _variance_periods(session, bound)


def ranking(session: Session, bound: Bound, by: str, n: int) -> Block:
    """How the members of a dimension stand, the greatest first; stages in the order of the pipeline."""
    if refused := _refused(session, bound, by):
        return refused
    values = members.of(session, bound, session.period, by)
    shown = members.first(session, values, n)
    if not shown:
        return sentence(
            session.words.t(
                "{kpi}: no data {when}.",
                kpi=session.label(bound),
                when=session.words.during(session.period),
            )
        )
    frame = pd.DataFrame({"value": [v.value for v in shown]}, index=members.names(session, shown))
    given: dict[str, Any] = {"unit": bound.kpi.unit, "words": session.words}
    subject = _subject(session, bound, session.words.period(session.period), by)
    return _chart(
        f"ranking-{bound.kpi.name}-{by}",
        message=members.ranking_message(session, bound, shown, values),
        subject=subject,
        alt=charts.ranking_alt(frame, **given),
        draw=lambda width: charts.ranking(
            frame,
            better=bound.kpi.better,
            heads={"member": _dimension(session, by)},
            width=width,
            **given,
        ),
        note=_left_out(session, len(values) - len(shown)),
        values=values,
    )


# -- variance


def _variance_members(session: Session, bound: Bound, by: str, n: int) -> Block:
    words, period = session.words, session.period
    base = members.base_period(session, bound)
    now = members.of(session, bound, period, by)
    before = members.of(session, bound, base, by) if base else ()
    compared = members.compared(session, now, before, n, adds_up=members.adds_up(bound))
    total = members.total(session, bound, period, base)
    given: dict[str, Any] = {"unit": bound.kpi.unit, "words": words, "total": total}
    against = words.period_short(base) if base else ""
    periods = (
        words.t("{period} and {before}", period=words.period_short(period), before=against)
        if base
        else words.period(period)
    )
    heads = {"member": _dimension(session, by), "value": periods}
    return _chart(
        f"variance-{bound.kpi.name}-{by}",
        message=members.variance_message(session, bound, compared, total, against),
        subject=_subject(session, bound, periods, by),
        alt=charts.ranking_alt(compared.frame, **given),
        draw=lambda width: charts.ranking(
            compared.frame, better=bound.kpi.better, heads=heads, width=width, **given
        ),
        note=_left_out(session, compared.left_out),
        values=[*now, *before],
    )


def _variance_periods(session: Session, bound: Bound) -> Block:
    grain = comparison.finest([bound], session.period)
    steps = comparison.year_steps(grain)
    last = comparison.tail(session.period, grain, session.as_of)
    shown = min(12, steps)
    (reading,) = session.readings([bound], last, shown + steps)
    history = reading.history
    index = pd.DatetimeIndex([pd.Timestamp(v.period.start) for v in reading.series[-shown:]])
    # A period under way stands alone: a part is not compared with a whole.
    before = [
        past if value.complete else None
        for past, value in zip(
            history[-shown - steps : -steps], reading.series[-shown:], strict=True
        )
    ]
    frame = pd.DataFrame({"actual": history[-shown:], "previous": before}, index=index, dtype=float)
    words = session.words
    fiscal = session.crm.calendar.fiscal_year_starts
    groups = (
        charts.quarter_groups(frame, unit=bound.kpi.unit, words=words, fiscal_year_starts=fiscal)
        if grain == "month" and members.adds_up(bound)
        else ()
    )
    given: dict[str, Any] = {"unit": bound.kpi.unit, "words": words, "fiscal_year_starts": fiscal}
    span = _span(session, reading.series[-shown:])
    compared = [words.t("compared with the year before")] if frame["previous"].notna().any() else []
    return _chart(
        f"variance-{bound.kpi.name}",
        message=_periods_message(session, bound, reading, frame),
        subject=_subject(session, bound, span, *compared, unit=_unit(session, bound, frame.to_numpy().flat)),
        alt=charts.variance_alt(frame, **given),
        draw=lambda width: charts.variance_columns(
            frame, better=bound.kpi.better, groups=groups, highlight=pd.Timestamp(session.period.start),
            names={"actual": words.t("this year"), "previous": words.t("year before")}, width=width, **given,
        ),
        values=reading.series,
    )  # fmt: skip


def _periods_message(session: Session, bound: Bound, reading: Reading, frame: pd.DataFrame) -> str:
    words, label = session.words, session.label(bound)
    both = frame.dropna()
    if both.empty:
        return words.t("{kpi}: no earlier year to compare with.", kpi=label)
    better = ((both["actual"] - both["previous"]) > 0) == (bound.kpi.better == "up")
    return words.t(
        "{kpi}: better than a year earlier in {n} of {all} periods.",
        kpi=label, n=words.count(int(better.sum())), all=words.count(len(both)),
    )  # fmt: skip


# -- parts


def _chart(
    name: str,
    *,
    message: str,
    subject: str,
    alt: str,
    draw: Draw,
    values: Sequence[KpiValue],
    note: str = "",
) -> Block:
    wide, narrow = (charts.svg(draw(width), salt=f"{name}-{width}") for width in (WIDE, NARROW))  # type: ignore[arg-type]
    return blocks.chart(
        name=name,
        message=message,
        subject=subject,
        alt=alt,
        wide=wide,
        narrow=narrow,
        note=note,
        values=rows_of(values),
    )


def _refused(session: Session, bound: Bound, by: str | None = None) -> Block | None:
    """A sentence where the data lack a KPI or its breakdown, or the period is too short for it."""
    words, kpi = session.words, bound.kpi
    whose = by if by and not kpi.lacks(session.crm) else None
    cut = words.t("by {dimension}", dimension=_dimension(session, whose).lower()) if whose else ""
    label = f"{session.label(bound)} {cut}".strip()
    if missing := kpi.lacks(session.crm, by):
        named = {"kpi": label, "missing": ", ".join(missing)}
        return sentence(words.t("{kpi}: not available (missing: {missing}).", **named))
    if not bound.allows(session.period):
        named = {"kpi": label, "grain": words.t(kpi.finest_grain)}
        return sentence(words.t("{kpi}: not available (by {grain} or longer).", **named))
    return None


def _single(session: Session, bound: Bound) -> Block:
    """All records together have no course: one value, in a sentence."""
    (reading,) = session.readings([bound])
    return sentence(insight.trend_message(reading, session.words), reading.series)


def _series(reading: Reading) -> pd.Series:
    index = pd.DatetimeIndex([pd.Timestamp(v.period.start) for v in reading.series])
    known = pd.Series(reading.history, index=index, dtype=float)
    return known.loc[known.first_valid_index() :] if known.notna().any() else known


def _published(session: Session, reading: Reading) -> pd.Series | None:
    changed = [
        r for r in session.restated(reading.series) if r.kind == "restated" and r.before is not None
    ]
    if not changed:
        return None
    return pd.Series(
        [r.before for r in changed],
        index=pd.DatetimeIndex([pd.Timestamp(r.period_start) for r in changed]),
        dtype=float,
    )


def _unit(session: Session, bound: Bound, values: Iterable[float | None]) -> str:
    """The unit of the figures that a chart writes."""
    return written(values, bound.kpi.unit, session.words).unit


def _subject(session: Session, bound: Bound, *parts: str, unit: str = "") -> str:
    words = session.words
    by = [
        words.t("by {dimension}", dimension=_dimension(session, p).lower())
        if p in members.dimensions(session, bound)
        else p
        for p in parts
    ]
    label = session.label(bound)
    return " · ".join([f"{label}, {unit}" if unit else label, *by])


def _dimension(session: Session, name: str) -> str:
    return wording.column(session.words, name)


def _known(reading: Reading) -> Sequence[KpiValue]:
    pairs = zip(reading.series, reading.history, strict=True)
    return [v for v, value in pairs if value is not None] or [reading.now]


def _span(session: Session, values: Sequence[KpiValue]) -> str:
    words, first, last = session.words, values[0].period, values[-1].period
    span = f"{words.period(first)} – {words.period(last)}"
    return words.t("by {grain}, {span}", grain=words.t(last.grain), span=span)


def _trend_note(session: Session, reading: Reading, published: pd.Series | None) -> str:
    words, said = session.words, []
    if reading.limits:
        said.append(
            words.t("Natural limits: mean ± 2.66 mean moving ranges of the earlier periods.")
        )
    if published is not None:
        said.append(words.t("Hollow circle: the figure published before."))
    if reading.now.window == "cohort":
        said.append(words.t("Each period is taken at the age that the last one has reached."))
    return " ".join(said)


def _left_out(session: Session, count: int) -> str:
    return (
        session.words.tn("Not shown: one more.", "Not shown: {n} more.", count) if count > 0 else ""
    )
