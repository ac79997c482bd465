"""What moved a KPI: its members or its periods, beside a year ago."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpi_toolkit import charts
from kpi_toolkit.blocks import Block
from kpi_toolkit.insight.change.asks import finest, year_steps
from kpi_toolkit.insight.change.reading import Reading
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.report import drawing, member_words, members
from kpi_toolkit.report.session import Session


def variance(session: Session, bound: Bound, by: str | None, n: int) -> Block:
    """What moved a KPI: its members, or without `by` its periods, beside a year ago."""
    if refused := drawing.refused(session, bound, by):
        return refused
    if by:
        return _variance_members(session, bound, by, n)
    if session.period.grain == "all":
        return drawing.single(session, bound)
    return _variance_periods(session, bound)


def _variance_members(session: Session, bound: Bound, by: str, n: int) -> Block:
    words, period = session.words, session.period
    compared = members.base(session, bound)
    base = compared.base if compared else None
    now = members.of(session, bound, period, by)
    before = members.of(session, bound, base.period, by, base.known_at) if base else ()
    if not now and not before:
        return drawing.no_data(session, bound)
    additive = members.adds_up(bound)
    shown = members.compared(session, now, before, n, adds_up=additive)
    # What members add to a total is exact; a rate of few records differs by chance alone.
    sure = None if additive else members.surely(session, now, before)
    total = _total(session, bound, base)
    given: dict[str, Any] = {"unit": bound.kpi.unit, "words": words, "total": total}
    periods = (
        words.t(
            "{period} and {before}",
            period=words.period_short(period),
            before=compared.on(words),
        )
        if compared and base
        else words.period(period)
    )
    heads = {"member": drawing.dimension(session, by), "value": periods}
    if not members.adds_up(bound):
        heads["total"] = words.t("All")
    told = (
        member_words.variance_message(session, bound, shown, compared, by, sure)
        if before and compared
        else member_words.not_compared(session, bound, now)
    )
    return drawing.Picture(
        name=f"variance-{bound.kpi.name}-{by}",
        message=told,
        subject=drawing.subject(session, bound, periods, by),
        alt=charts.ranking_alt(shown.frame, **given),
        draw=lambda width: charts.ranking(
            shown.frame,
            better=bound.kpi.better,
            heads=heads,
            rest=shown.others,
            width=width,
            **given,
        ),
        note=drawing.left_out(session, shown.left_out),
        values=[*now, *before],
    ).block


def _total(
    session: Session, bound: Bound, base: KpiValue | None
) -> tuple[float, float | None] | None:
    """The values of all members together, now and before."""
    now = session.values([Ask(bound, session.period)])[Ask(bound, session.period)][0].value
    return None if now is None else (now, base.value if base else None)


def _variance_periods(session: Session, bound: Bound) -> Block:
    grain = finest([bound], session.period)
    steps = year_steps(grain)
    count = min(12, steps)
    reading = session.course(bound, grain, count + steps)
    history, shown = reading.history, reading.shown[-count:]
    index = pd.DatetimeIndex([pd.Timestamp(v.period.start) for v in shown])
    # A part of a period, as of one under way, stands alone: it is not compared with a whole.
    before = [
        past if reading.is_over(place) else None
        for place, past in enumerate(
            history[-count - steps : -steps], start=len(reading.series) - count
        )
    ]
    frame = pd.DataFrame({"actual": history[-count:], "previous": before}, index=index, dtype=float)
    if not any(value.n for value in reading.shown):
        return drawing.no_data(session, bound, shown)
    # What lies before the first record is no part of the picture.
    empty = int(frame.notna().any(axis=1).argmax())
    frame, shown = frame[empty:], shown[empty:]
    words = session.words
    fiscal = session.crm.calendar.fiscal_year_starts
    groups = (
        charts.quarter_groups(frame, unit=bound.kpi.unit, words=words, fiscal_year_starts=fiscal)
        if grain == "month" and members.adds_up(bound)
        else ()
    )
    given: dict[str, Any] = {"unit": bound.kpi.unit, "words": words, "fiscal_year_starts": fiscal}
    span, own = drawing.span(session, shown), pd.Timestamp(session.period.start)
    compared = [words.t("compared with the year before")] if frame["previous"].notna().any() else []
    return drawing.Picture(
        name=f"variance-{bound.kpi.name}",
        message=_periods_message(session, bound, reading, frame),
        subject=drawing.subject(
            session,
            bound,
            span,
            *compared,
            unit=drawing.unit(session, bound, frame.to_numpy().flat),
        ),
        alt=charts.variance_alt(frame, **given),
        draw=lambda width: charts.variance_columns(
            frame,
            better=bound.kpi.better,
            groups=groups,
            highlight=own if groups or session.period.grain == grain else None,
            names={"actual": words.t("this year"), "previous": words.t("year before")},
            width=width,
            **given,
        ),
        values=reading.shown,
    ).block


def _periods_message(session: Session, bound: Bound, reading: Reading, frame: pd.DataFrame) -> str:
    words, label = session.words, session.label(bound)
    both = frame.dropna()
    if len(both) < 2:
        return _whole_message(session, bound)
    if both["actual"].equals(both["previous"]):
        return words.t("{kpi}: as a year earlier in all periods.", kpi=label)
    rises = (both["actual"] - both["previous"]) > 0
    told = rises == (bound.kpi.better != "down")
    text = (
        "{kpi}: higher than a year earlier in {n} of {all} periods"
        if bound.kpi.better == "context"
        else "{kpi}: better than a year earlier in {n} of {all} periods"
    )
    said = words.t(text, kpi=label, n=words.count(int(told.sum())), all=words.count(len(both)))
    return words.clauses([said, *_of_period(session, bound, reading)]) + "."


def _whole_message(session: Session, bound: Bound) -> str:
    """The value of the report's own period and what it is compared with, where the parts of it have
    no earlier ones beside them.
    """
    words, period = session.words, session.period
    earlier = dict.fromkeys((period.previous(), period.year_ago()))
    beside = [session.beside(bound, one) for one in earlier]
    value = words.value(beside[0].now.value, bound.kpi.unit)
    kpi, when = session.label(bound), words.during(period)
    changes = [
        words.t("{change} on {period}", change=one.said(words), period=one.on(words))
        for one in beside
        if one.base
    ]
    alone = words.t("nothing earlier to compare with") if not changes else ""
    said = words.t("{kpi}: {value} {when}", kpi=kpi, value=value, when=when)
    return words.clauses([said, *changes, alone]) + "."


def _of_period(session: Session, bound: Bound, reading: Reading) -> list[str]:
    """The change of the report's own period on a year before, where it has several such parts."""
    words, ago = session.words, session.beside(bound, session.period.year_ago())
    if session.period.grain == reading.now.period.grain or not ago.base or ago.business_days:
        return []
    when = words.during(session.period)
    return [words.t("{change} {when}", change=ago.change(words).text, when=when)]
