"""A cohort is taken at the end of its own period and of those after it, and never before."""

import datetime as dt

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.format import Format
from kpi_toolkit.insight.cohorts import cohorts, message
from kpi_toolkit.kpis import sales
from kpi_toolkit.measures.evaluate import Evaluation
from kpi_toolkit.period import parse_period

AS_OF = dt.datetime(2026, 4, 10)  # noqa: DTZ001 - UTC, as everywhere within
# January: four deals, won in January, in February, in March, never. February: two, one won in
# March. March: one, still open.
DEALS = pd.DataFrame(
    {
        "deal_id": list("abcdefg"),
        "created_at": pd.to_datetime(["2026-01-05"] * 4 + ["2026-02-03"] * 2 + ["2026-03-09"]),
        "closed_at": pd.to_datetime(
            ["2026-01-20", "2026-02-10", "2026-03-30", None, "2026-03-02", None, None]
        ),
        "status": ["won", "won", "won", "open", "won", "open", "open"],
        "amount": [1.0] * 7,
    }
)
BOUND = sales.opportunity_to_customer_rate.bind()


def found(last="2026-03", n=3, as_of=AS_OF):
    crm = from_frames(as_of=as_of, deals=DEALS)
    period = parse_period(last, crm.calendar, as_of)
    return cohorts(BOUND, period, n, as_of, Evaluation(crm, as_of).values)


def shares(rows):
    return [[value.value for value in row] for row in rows]


def test_each_cohort_is_taken_at_each_age_that_it_has_reached():
    assert shares(found().rows) == [[0.25, 0.5, 0.75], [0.0, 0.5], [0.0]]
    assert [row[-1].denominator for row in found().rows] == [4, 2, 1]


def test_cohorts_of_the_past_have_grown_older_since():
    assert shares(found("2026-02", 2).rows) == [[0.25, 0.5, 0.75], [0.0, 0.5]]


def test_a_period_under_way_has_no_age_yet():
    early = dt.datetime(2026, 3, 31)  # noqa: DTZ001
    assert shares(found(as_of=early).rows) == [[0.25, 0.5], [0.0]]


def test_ages_agree_with_a_count_by_hand_over_the_rows():
    starts = pd.date_range("2026-01", periods=3, freq="MS")
    for start, row in zip(starts, found().rows, strict=True):
        mine = DEALS[
            (DEALS.created_at >= start) & (DEALS.created_at < start + pd.offsets.MonthBegin())
        ]
        for age, value in enumerate(row):
            end = start + pd.offsets.MonthBegin(age + 1)
            assert value.value == ((mine.status == "won") & (mine.closed_at < end)).mean()


def test_the_message_compares_at_the_age_that_half_have_reached():
    assert message(found(), "Conversion", Format("en")) == (
        "Conversion: 50.0% for the cohort of February 2026, 1 month later; earlier cohorts at that "
        "age: 50.0% to 50.0%."
    )
    assert message(found(n=1), "Conversion", Format("en")) == (
        "Conversion: 0.0% for the cohort of March 2026, at the end of its month."
    )


def test_a_kpi_that_follows_no_cohorts_is_refused_in_a_sentence():
    crm = from_frames(as_of=AS_OF, deals=DEALS)
    period = parse_period("2026-03", crm.calendar, AS_OF)
    with pytest.raises(DefinitionError, match="won_value: its records are not followed"):
        cohorts(sales.won_value.bind(), period, 3, AS_OF, Evaluation(crm, AS_OF).values)
