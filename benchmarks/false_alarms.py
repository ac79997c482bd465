"""How often chance alone gives a signal, or makes a report speak.

Noise only: series of 24 independent values, of which the last is judged by the 23 before it, and
CRMs of a company where nothing ever changes. docs/signals.md prints what this measures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np

from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.format import Format
from kpi_toolkit.insight.change.course import Course
from kpi_toolkit.insight.change.findings import findings
from kpi_toolkit.kpis import customers, sales
from kpi_toolkit.report import Report
from tests import stable_crm

POINTS = 24
KPIS = (
    sales.won_value, sales.decided_win_rate, sales.average_won_deal, sales.sales_cycle,
    sales.opportunity_to_customer_rate, sales.pipeline_value, customers.retention_rate,
)  # fmt: skip
Draw = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]
NOISE: Mapping[str, Draw] = {
    "normal": lambda chance, size: chance.normal(100, 10, size),
    "skewed (lognormal, 0.5)": lambda chance, size: chance.lognormal(0, 0.5, size),
    "counts (Poisson, 6)": lambda chance, size: chance.poisson(6, size).astype(float),
    "rates (of 20)": lambda chance, size: chance.binomial(20, 0.4, size) / 20,
}
RULES = ("outside", "run", "near")


def alarms(noise: str, series: int, seed: int = 1) -> dict[str, float]:
    """The share of series of which the last value gives each signal, any, and one that is told of
    one KPI alone and among seven.
    """
    draw = NOISE[noise](np.random.default_rng(seed), (series, POINTS))
    found: Counter[str] = Counter()
    for values in draw.tolist():
        course = Course(tuple(values), share="rates" in noise)
        found[course.signal.kind] += 1
        found["any"] += course.signal.is_one
        found["told alone"] += course.is_unusual(1)
        found["told of seven"] += course.is_unusual(len(KPIS))
    columns = (*RULES, "any", "told alone", "told of seven")
    return {name: found[name] / series for name in columns}


def table(series: int) -> str:
    """The shares in per cent, as a table of Markdown."""
    rows = {noise: alarms(noise, series) for noise in NOISE}
    heads = ["of noise", *next(iter(rows.values()))]
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    lines += [[n, *(f"{100 * share:.2f}" for share in row.values())] for n, row in rows.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def reports_that_speak(seeds: range) -> int:
    """How many reports on a quarter of a CRM without any change have a finding."""
    return sum(bool(_told(seed)) for seed in seeds)


def _told(seed: int) -> int:
    tables = stable_crm.frames(seed)
    needed = {name: tables[name] for name in ("deals", "accounts")}
    crm = from_frames(as_of=stable_crm.AS_OF.to_pydatetime(), **needed)
    session = Report("none", period="2026-Q3", crm=crm)._session
    return len(findings(session.readings([kpi.bind() for kpi in KPIS]), Format("en", "EUR")))


def main(series: int = 10_000, reports: int = 200) -> None:
    """Print both."""
    print(f"\nsignals in {series} series of noise, per cent\n{table(series)}")
    spoke = reports_that_speak(range(reports))
    print(f"reports that speak of {reports} CRMs without a change: {spoke}")


if __name__ == "__main__":
    main()
