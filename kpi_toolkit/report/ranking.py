"""How the members of a dimension stand."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpi_toolkit import charts
from kpi_toolkit.blocks import Block
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.report import drawing, members
from kpi_toolkit.report.session import Session, sentence


def ranking(session: Session, bound: Bound, by: str, n: int) -> Block:
    """How the members of a dimension stand, the greatest first; stages in the order of the
    pipeline.
    """
    if refused := drawing.refused(session, bound, by):
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
    subject = drawing.subject(session, bound, session.words.period(session.period), by)
    return drawing.Picture(
        name=f"ranking-{bound.kpi.name}-{by}",
        message=members.ranking_message(session, bound, shown, values),
        subject=subject,
        alt=charts.ranking_alt(frame, **given),
        draw=lambda width: charts.ranking(
            frame,
            better=bound.kpi.better,
            heads={"member": drawing.dimension(session, by)},
            width=width,
            **given,
        ),
        note=drawing.left_out(session, len(values) - len(shown)),
        values=values,
    ).block
