"""What became of the open pipeline in the report's period."""

from __future__ import annotations

import pandas as pd

from kpi_toolkit import charts
from kpi_toolkit.blocks import Block
from kpi_toolkit.charts.shown import shown as written
from kpi_toolkit.format import Format
from kpi_toolkit.insight import bridge_words, wording
from kpi_toolkit.insight.bridge import Bridge
from kpi_toolkit.insight.bridging import pipeline_bridge
from kpi_toolkit.kpis import registry
from kpi_toolkit.period import Period
from kpi_toolkit.report import drawing
from kpi_toolkit.report.session import Session, sentence

KINDS = {"won": "neutral"}  # leaves the pipeline and is no loss


def bridge(session: Session, closing: str | Period | None) -> Block:
    """The pipeline at the start and at the end of the period, and what happened between them."""
    if refused := _refused(session, dated=closing is not None):
        return refused
    found = of(session, closing)
    words, frame = session.words, _frame(session.words, found)
    unit = written(frame["value"], "money", words).unit
    about = f"{bridge_words.subject(words, found)}, {unit}"
    return drawing.Picture(
        name=f"bridge-{found.closing or 'all'}",
        message=bridge_words.message(words, found),
        subject=" · ".join([about, bridge_words.span(words, found)]),
        alt=charts.waterfall_alt(frame, unit="money", words=words),
        draw=lambda width: charts.waterfall(frame, unit="money", words=words, width=width),
        note=" ".join(bridge_words.doubts(words, found)),
        data=bridge_words.table(words, found),
        values=(),
    ).block


def of(session: Session, closing: str | Period | None) -> Bridge:
    """The bridge of the report's period, within its scope."""
    scope = session.scope
    within = {scope.dimension: scope.member} if scope.dimension else None
    return pipeline_bridge(
        session.crm, session.period, closing=closing, within=within, as_of=session.as_of
    )


def _refused(session: Session, *, dated: bool) -> Block | None:
    """A sentence that says why there is no bridge; None where there is one."""
    words = session.words
    reason = session.refusal(registry()["pipeline_value"].bind())
    if not reason and dated and "expected_close_on" not in session.crm.columns["deals"]:
        lacks = wording.lacking(words, ["deals.expected_close_on"])
        reason = words.t("missing: {missing}", missing=lacks)
    if not reason and session.period.grain == "all":
        reason = words.t("it needs a period with a start")
    if not reason:
        return None
    label = words.t("Pipeline bridge")
    return sentence(words.t("{kpi}: not available ({reason}).", kpi=label, reason=reason))


def _frame(words: Format, found: Bridge) -> pd.DataFrame:
    """The steps of the drawing: parts of which nothing is known, and those without deals, are
    none.
    """
    first, last = (words.date_short(day) for day in bridge_words.last_days(found))
    parts = [part for part in found.parts if part.known and part.deals]
    counts = [words.count(len(part.deals)) for part in parts]
    if parts:
        counts[0] = bridge_words.counted(words, len(parts[0].deals))
    opened = words.t("Open")
    return pd.DataFrame(
        {
            "value": [float(n) for n in (found.start, *(p.amount for p in parts), found.end)],
            "kind": ["start", *(KINDS.get(part.name, "change") for part in parts), "end"],
            "note": [first, *counts, last],
        },
        index=[opened, *(bridge_words.name(words, part) for part in parts), opened],
    )
