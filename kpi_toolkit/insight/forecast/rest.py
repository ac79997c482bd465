"""What the rest of a period under way will bring: the open deals, by what such deals brought in the
rest of earlier periods, and the deals that are created and won in it, as in those periods.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.crm.quoting import instant
from kpi_toolkit.insight.forecast.forecast import futures
from kpi_toolkit.models.closing import Spans, closings, usable
from kpi_toolkit.models.win_probability import learnt, score

Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True)
class Rest:
    """The amount to be expected, and between what it lies in eight of ten simulated futures."""

    expected: float
    low: float
    high: float


def rest(crm: Crm, span: Span, past: Sequence[Span]) -> Rest | None:
    """What is won from a moment on to the end of its period (UTC), by the rests of earlier periods;
    None where chances that are learnt do no better than the share of deals won, or where fewer than
    three earlier rests are known.
    """
    import numpy as np

    moment, _ = span
    found = learnt(crm, moment)
    if found.trial is None or found.chances.way == "share":
        return None
    coming, *earlier = (Spans.of(crm.calendar, at, [end]) for at, end in (span, *past))
    known = usable(found, earlier)
    when = closings(found, coming, known)
    if when is None:
        return None
    states = score(crm, moment).dropna(subset=["amount", "probability"])
    amount = states["amount"].astype(float).to_numpy()
    chances = when.chances(states, states["probability"].to_numpy(dtype=float))
    late = np.array(_late(crm, [(s.moment, s.ends[0]) for s in known]))
    # Each future has the late deals of one of the earlier rests, all as often.
    brought = futures(amount, chances, when.spread)[:, 0]
    low, high = np.percentile(brought + np.resize(late, len(brought)), [10, 90])
    return Rest(float((amount @ chances)[0] + late.mean()), float(low), float(high))


def _late(crm: Crm, past: Sequence[Span]) -> list[float]:
    """The amount won in each span from deals that were created in it."""
    spans = " UNION ALL ".join(
        f"SELECT {place} AS place, {instant(start)} AS starts, {instant(end)} AS ends"
        for place, (start, end) in enumerate(past)
    )
    rows = crm.query(
        f"SELECT s.place, sum(d.amount) FROM deals AS d JOIN ({spans}) AS s "
        "ON d.created_at >= s.starts AND d.closed_at < s.ends "
        "WHERE d.status = 'won' GROUP BY s.place"
    )
    found = dict(rows)
    return [float(found.get(place) or 0) for place in range(len(past))]
