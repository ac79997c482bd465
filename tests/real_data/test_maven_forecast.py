"""MavenTech's deals tell nothing of their chances, which docs/forecast.md prints."""

import json
import re
from pathlib import Path

import pytest

import kpi_toolkit as kt
from kpi_toolkit.models.win_probability import learnt, score
from kpi_toolkit.period import parse_period

DOCS = Path(__file__).resolve().parents[2] / "docs" / "forecast.md"
PRINTED = re.compile(r"on maven_crm\D+([\d,]+) deals: (0\.\d+), the base rate.s (0\.\d+)")


def test_the_brier_score_out_of_time_is_the_one_that_is_printed(project: Path) -> None:
    """The deals open at the start of nine months, by what had become of them a year later."""
    crm = kt.connect(project)
    outcomes = dict(crm.query("SELECT deal_id, status = 'won' FROM deals WHERE status <> 'open'"))
    ours, base = [], []
    for month in range(4, 13):
        moment = parse_period(f"2017-{month:02}", crm.calendar, crm.as_of).start_at
        found, scored = learnt(crm, moment), score(crm, moment)
        share = found.won / (found.won + found.lost)
        for deal, chance in zip(scored["deal_id"], scored["probability"], strict=True):
            if deal in outcomes:
                ours.append((chance - outcomes[deal]) ** 2)
                base.append((share - outcomes[deal]) ** 2)
        assert found.chances.way == "share"  # no model did better, and it says so
    printed = PRINTED.search(DOCS.read_text("utf-8"))
    assert printed is not None
    brier, plain = (f"{sum(each) / len(each):.4f}" for each in (ours, base))
    assert printed.groups() == (f"{len(ours):,}", brier, plain)


def test_the_weighted_pipeline_is_the_published_one(project: Path, maven: Path) -> None:
    values = json.loads((maven / "expected.json").read_text("utf-8"))["values"]
    found = kt.sales_forecast(kt.connect(project), "2017-12").value
    # Chances are rounded to six decimals.
    assert found == pytest.approx(values["pipeline|weighted_by_win_rate"], rel=1e-6)
