"""How the records behind a KPI are spread."""

from __future__ import annotations

from typing import Any

from kpi_toolkit import charts
from kpi_toolkit.blocks import Block
from kpi_toolkit.insight import spread
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.report import drawing
from kpi_toolkit.report.records import records
from kpi_toolkit.report.session import Session, sentence


def distribution(session: Session, bound: Bound) -> Block:
    """How the records behind a KPI are spread, over those of the preceding period."""
    spread.require_measured(bound)
    if refused := drawing.refused(session, bound):
        return refused
    words, unit, label = session.words, bound.kpi.unit, session.label(bound)
    now = spread.measured(records(session, bound))
    when = words.during(session.period)
    said = spread.message(now, unit, label, when, words)
    if now.empty:
        return sentence(said)
    period, before = session.period, None
    if period.grain != "all" and period.is_complete(session.as_of):
        before = spread.measured(records(session, bound, period.previous()))
    given: dict[str, Any] = {"unit": unit, "words": words}
    compared = before is not None and not before.empty
    named = words.period(period.previous()) if compared else ""
    return drawing.Picture(
        name=f"distribution-{bound.kpi.name}",
        message=said,
        subject=drawing.subject(
            session, bound, words.period(period), words.t("share of records by size")
        ),
        alt=charts.distribution_alt(now, before=before, **given),
        draw=lambda width: charts.distribution(
            now, before=before, names={"before": named}, width=width, **given
        ),
        values=(),
    ).block
