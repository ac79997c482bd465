"""How the members of a dimension stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from kpi_toolkit import charts
from kpi_toolkit.blocks import Block
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.report import drawing, member_words, members
from kpi_toolkit.report.session import Session


def ranking(session: Session, bound: Bound, by: str, n: int) -> Block:
    """How the members of a dimension stand, the greatest first; stages in the order of the
    pipeline.
    """
    if refused := drawing.refused(session, bound, by):
        return refused
    values = members.of(session, bound, session.period, by)
    shown = members.first(session, values, n)
    if not shown:
        return drawing.no_data(session, bound)
    frame = pd.DataFrame({"value": [v.value for v in shown]}, index=members.names(session, shown))
    whole = _rate(session, bound, values)
    given: dict[str, Any] = {
        "unit": bound.kpi.unit,
        "words": session.words,
        "total": None if whole is None else (whole.value, None),
    }
    told = member_words.ranking_message(session, bound, shown, values)
    if whole and whole.value is not None:
        told = member_words.rate_message(session, bound, by, values, whole.value)
    subject = drawing.subject(session, bound, session.words.period(session.period), by)
    return drawing.Picture(
        name=f"ranking-{bound.kpi.name}-{by}",
        message=told,
        subject=subject,
        alt=charts.ranking_alt(frame, **given),
        draw=lambda width: charts.ranking(
            frame,
            better=bound.kpi.better,
            heads={"member": drawing.dimension(session, by), "total": session.words.t("All")},
            width=width,
            **given,
        ),
        note=drawing.left_out(session, len(values) - len(shown)),
        values=[*values, *([whole] if whole else [])],
    ).block


def _rate(session: Session, bound: Bound, values: Sequence[KpiValue]) -> KpiValue | None:
    """The rate of all members together, where they are shares of counts and more than one."""
    counted = all(v.interval and v.denominator for v in values)
    if bound.kpi.unit != "percent" or len(values) < 2 or not counted:
        return None
    ask = Ask(bound, session.period)
    return session.values([ask])[ask][0]
