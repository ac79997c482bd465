"""Why a KPI is not what it was: the members of a dimension as a waterfall and a table."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kpi_toolkit import blocks, charts
from kpi_toolkit.blocks import Block
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.change.reading import Reading
from kpi_toolkit.insight.drivers import words as driver_words
from kpi_toolkit.insight.drivers.choice import telling
from kpi_toolkit.insight.drivers.drivers import Drivers, Pair, explain, pair, refusal, refused
from kpi_toolkit.insight.drivers.table import table
from kpi_toolkit.measures.comparison import Comparison
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.report import drawing, member_words
from kpi_toolkit.report.session import Session, sentence


def drivers(session: Session, bound: Bound, by: str | None, n: int) -> Block:
    """The change on the preceding period, by the `n` members that moved it most, the others as
    one.
    """
    if said := drawing.refused(session, bound, by):
        return said
    words = session.words
    if reason := refusal(bound) or refusal(bound, by):
        label = session.label(bound)
        return sentence(
            words.t("{kpi}: no drivers ({reason}).", kpi=label, reason=refused(words, reason))
        )
    if session.period.grain == "all":
        return drawing.single(session, bound)
    compared = session.beside(bound, session.period.previous())
    if compared.withheld:
        label = session.label(bound)
        return sentence(member_words.withheld(session.words, label, compared), [compared.now])
    asked = asked_of(session, bound, compared)
    found = explain(session.evaluation, asked, by) if by else _telling(session, asked)
    if found is None:
        return sentence(
            words.t("{kpi}: no dimension tells what moved it.", kpi=session.label(bound))
        )
    if not found.change and not any(driver.change for driver in found.members):
        return sentence(driver_words.message(found, words), _values(session, asked, found.by))
    return blocks.stack(_waterfall(session, asked, found, n), _table(session, found, n))


def causes(session: Session, readings: Mapping[Bound, Reading]) -> dict[str, str]:
    """By the hash of its definition, the member that a KPI's change mostly comes from; all in one
    batch of queries.
    """
    asked = [asked_of(session, bound, r.base) for bound, r in readings.items() if r.base]
    found = telling(session.evaluation, asked)
    return {
        one.now.bound.hash: driver_words.cause(drivers, session.words)
        for one, drivers in found.items()
    }


def asked_of(session: Session, bound: Bound, compared: Comparison) -> Pair:
    """The report's period and the one that it is compared with, within the report's scope."""
    scope = session.scope
    cut = (scope.dimension, scope.member) if scope.dimension else None
    return pair(bound, session.period, compared.period, session.as_of, cut)


def _telling(session: Session, asked: Pair) -> Drivers | None:
    return telling(session.evaluation, [asked]).get(asked)


def _waterfall(session: Session, asked: Pair, found: Drivers, n: int) -> Block:
    words, bound, frame = session.words, asked.now.bound, _frame(session, found)
    kpi, unit, better = bound.kpi, bound.kpi.unit, bound.kpi.better
    periods = words.t(
        "{period} and {before}",
        period=words.period_short(found.now.period),
        before=found.compared.on(words),
    )
    figures = charts.waterfall_unit(frame, unit=unit, words=words, most=n)
    return drawing.Picture(
        name=f"drivers-{kpi.name}-{found.by}",
        message=driver_words.message(found, words),
        subject=drawing.subject(session, bound, periods, found.by, unit=figures),
        alt=charts.waterfall_alt(frame, unit=unit, words=words, most=n),
        draw=lambda width: charts.waterfall(
            frame, unit=unit, better=better, words=words, most=n, width=width
        ),
        values=_values(session, asked, found.by),
    ).block


def _frame(session: Session, found: Drivers) -> pd.DataFrame:
    """The steps of the drawing: the value before, what each member adds, the value now."""
    words, first, last = session.words, found.before, found.now
    moved = [driver for driver in found.members if driver.change]
    kind = "neutral" if last.better == "context" else "change"
    return pd.DataFrame(
        {
            "value": [first.value, *(driver.change for driver in moved), last.value],
            "kind": ["start", *(kind for _ in moved), "end"],
        },
        index=[
            words.period_short(first.period),
            *(wording.member(words, found.by, driver.member) for driver in moved),
            words.period_short(last.period),
        ],
    )


def _values(session: Session, asked: Pair, by: str) -> list[KpiValue]:
    """The members' values, as every breakdown carries them to the archive."""
    asks = [
        ask.__class__(ask.bound, ask.period, (by,), ask.known_at)
        for ask in (asked.now, asked.before)
    ]
    return [value for values in session.values(asks).values() for value in values]


def _table(session: Session, found: Drivers, n: int) -> Block:
    words, told = session.words, table(found, session.words, n)
    return blocks.table(
        message=words.t("What each member adds to the change"),
        subject=told.meaning,
        heads=told.heads,
        rows=told.rows,
        align=["right" if place else "left" for place, _ in enumerate(told.heads)],
        strong=[3],
        total=told.total,
        phone=[0, 3],
    )
