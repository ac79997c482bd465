"""What is typical of records, and which KPIs measure one thing a record."""

import numpy as np
import pandas as pd
import pytest

from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.format import Format
from kpi_toolkit.insight.spread import Spread, measured, message, require_measured
from kpi_toolkit.kpis import sales


def test_median_mean_and_ninetieth_percentile_by_hand():
    # The 90th percentile of ten lies a tenth of the way from the ninth to the tenth.
    found = Spread.of(np.array([10, 15, 20, 25, 30, 40, 40, 60, 70, 100.0]))
    assert (found.n, found.median, found.mean, found.most) == (10, 35, 41, pytest.approx(73))


def test_only_records_of_the_numerator_with_a_value_are_spread():
    records = pd.DataFrame(
        {"in_numerator": [True, True, False], "measured": [3.0, None, 9.0], "x": list("abc")}
    )
    assert measured(records).tolist() == [3.0]


@pytest.mark.parametrize(
    "kpi", [sales.sales_cycle, sales.sales_cycle_median, sales.average_won_deal, sales.won_value]
)
def test_amounts_and_durations_are_measured(kpi):
    require_measured(kpi.bind())


@pytest.mark.parametrize(
    "kpi", [sales.decided_win_rate, sales.won_deals, sales.sales_cycle_survival]
)
def test_counts_rates_and_estimates_are_refused_in_a_sentence(kpi):
    with pytest.raises(DefinitionError, match="does not measure one amount or duration a record"):
        require_measured(kpi.bind())


def test_the_message_tells_half_and_nine_of_ten():
    words = Format("en")
    assert message(pd.Series([10.0, 20, 30]), "days", "Cycle", "in Q3", words) == (
        "Cycle: half of 3 records are at most 20.0\u202fd, nine of ten at most 28.0\u202fd."
    )
    assert message(pd.Series([7.0]), "days", "Cycle", "in Q3", words) == (
        "Cycle: one record, of 7.0\u202fd."
    )
    assert message(pd.Series([], dtype=float), "days", "Cycle", "in Q3", words) == (
        "Cycle: no data in Q3."
    )
