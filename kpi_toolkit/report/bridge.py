"""What became of the open pipeline in the report's period."""

from __future__ import annotations

from typing import Literal, get_args

import pandas as pd

from kpi_toolkit import charts
from kpi_toolkit.blocks import Block
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.errors import DefinitionError, near_misses
from kpi_toolkit.format import Format
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.deals import bridge_words
from kpi_toolkit.insight.deals.bridge import Bridge
from kpi_toolkit.insight.deals.bridging import pipeline_bridge, snapshot_bridge
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures.evaluate import Ask
from kpi_toolkit.period import Period
from kpi_toolkit.report import drawing
from kpi_toolkit.report.absent import absent
from kpi_toolkit.report.session import Session

KINDS = {"won": "neutral"}  # leaves the pipeline and is no loss
Since = Literal["period", "last report"]


def bridge(session: Session, closing: str | Period | None, since: Since) -> Block:
    """The pipeline at the start and at the end of the period, or of the time since the last report,
    and what happened in between.
    """
    if since not in get_args(Since):
        raise DefinitionError(f"bridge since {since!r}: {near_misses(since, get_args(Since))}")
    if reason := refusal(session, since, dated=closing is not None):
        return absent(session.words, session.words.t("Pipeline bridge"), reason)
    found = _found(session, closing, since)
    words, frame = session.words, _frame(session.words, found)
    start = bridge_words.at_start(words, found, _known_start(session, found))
    unit = charts.waterfall_unit(frame, unit="money", words=words)
    about = f"{bridge_words.subject(words, found)}, {unit}"
    return drawing.Picture(
        name=f"bridge-{found.closing or 'all'}-{since.split()[0]}",
        message=bridge_words.message(words, found),
        subject=" · ".join([about, bridge_words.span(words, found)]),
        alt=charts.waterfall_alt(frame, unit="money", words=words),
        draw=lambda width: charts.waterfall(frame, unit="money", words=words, width=width),
        note=" ".join(filter(None, [*bridge_words.doubts(words, found), start])),
        data=bridge_words.table(words, found),
        values=(),
    ).block


def _found(session: Session, closing: str | Period | None, since: Since) -> Bridge:
    """The bridge within the report's scope."""
    scope, crm = session.scope, session.crm
    within = {scope.dimension: scope.member} if scope.dimension else None
    earlier = _earlier(session) if since == "last report" else None
    if earlier:
        return snapshot_bridge(earlier, crm.at(session.as_of), closing=closing, within=within)
    return pipeline_bridge(crm, session.period, closing=closing, within=within, as_of=session.as_of)


def _known_start(session: Session, found: Bridge) -> float | None:
    """The KPI's value at the start, where the bridge is of the same deals."""
    if found.period is None or found.closing is not None:
        return None
    ask = Ask(registry()["pipeline_value"].bind(), found.period.previous())
    return session.values([ask])[ask][0].value


def _earlier(session: Session) -> Crm | None:
    """The records that the last report saw, where they are kept and older."""
    found = session.reference.records if session.reference else None
    return found.crm if found and found.crm.as_of < session.as_of else None


def refusal(session: Session, since: Since, *, dated: bool, by: str | None = None) -> str:
    """Why there is no bridge, in the reader's words; else empty."""
    words = session.words
    if reason := session.refusal(registry()["pipeline_value"].bind(), by):
        return reason
    if dated and "expected_close_on" not in session.crm.columns["deals"]:
        lacks = wording.lacking(words, ["deals.expected_close_on"])
        return words.t("missing: {missing}", missing=lacks)
    if since == "last report":
        return "" if _earlier(session) else words.t("the records of an earlier report are not kept")
    return words.t("it needs a period with a start") if session.period.grain == "all" else ""


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
