"""What a value is compared with."""

import datetime as dt

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.insight import comparison
from kpi_toolkit.kpis import sales
from kpi_toolkit.report import Report
from tests.insight.readings import AS_OF, period, reading, value


def test_the_period_before_and_a_year_ago() -> None:
    found = reading([5.0, 6, 7, 8, 9])
    assert found.previous is not None and found.year_ago is not None
    assert (found.previous.value, found.previous.period.key) == (8, "2026-Q2")
    assert (found.year_ago.value, found.year_ago.period.key) == (5, "2025-Q3")


@pytest.mark.parametrize(
    ("key", "steps"), [("2026-Q3", 4), ("2026-09", 12), ("2026-W38", 52), ("2025", 1)]
)
def test_a_year_ago_is_as_many_periods_before(key: str, steps: int) -> None:
    assert comparison.year_steps(period(key).grain) == steps
    ago = period(key).last(steps + 1)[0]
    assert ago == period(key).year_ago()


def test_a_period_under_way_is_not_compared() -> None:
    under_way = reading([5.0, 6, 7, 8, 9, 10, 11, 99], key="2026-Q4")
    assert not under_way.now.complete
    assert under_way.previous is under_way.year_ago is None
    assert under_way.signal.kind == "unknown"
    assert under_way.weight == 0


def test_a_period_without_data_is_nothing_to_compare_with() -> None:
    assert reading([5.0, None, 9]).previous is None
    empty = [value(0.0, "2026-Q2", n=0), value(9.0)]
    assert comparison.comparable(empty, 1) is None


def test_a_short_series_has_no_year_ago() -> None:
    assert reading([8.0, 9]).year_ago is None


def test_what_can_be_negative_has_no_limit_at_zero() -> None:
    swings = [0.0, 2, 0, 2, 0, 2]
    assert reading([*swings, 1]).limits.lower == 0  # type: ignore[union-attr]
    refunded = reading([*swings, -0.5])
    assert refunded.limits is not None
    assert refunded.limits.lower == pytest.approx(1 - 2.66 * 2)
    assert refunded.signal.kind == "ordinary"


def test_history_starts_with_the_first_record() -> None:
    """Zeros before it are no values; later ones are."""
    found = reading([0.0, 0, 4, 0, 6], n=0)
    assert found.history == [None] * 5
    numbers = [0.0, 0, 4, 0, 6]
    counted = reading(numbers)
    series = tuple(
        value(number, v.period.key, n=int(number))
        for number, v in zip(numbers, counted.series, strict=True)
    )
    assert comparison.Reading(series[-1], series, None, None).history == [None, None, 4, 0, 6]


def test_limits_leave_the_last_value_out() -> None:
    found = reading([10.0, 12, 11, 13, 12, 14, 999])
    assert found.limits is not None and found.limits.mean == 12
    assert found.signal.kind == "outside"


def test_weight_is_the_change_in_moving_ranges() -> None:
    assert reading([10.0, 12, 11, 13, 12, 14, 18]).weight == pytest.approx(4 / 1.6)


RATES = {"unit": "percent"}


@pytest.mark.parametrize(
    ("before", "now", "distinct"),
    [
        # Half-widths 0.05 and 0.05: the difference must exceed 0.0707.
        (0.40, 0.46, False),
        (0.40, 0.48, True),
        (0.48, 0.40, True),
        (0.46, 0.40, False),
    ],
)
def test_rates_are_distinct_beyond_the_interval_of_their_difference(
    before: float, now: float, distinct: bool
) -> None:
    values = [
        value(v, key, unit="percent", interval=(v - 0.05, v + 0.05))
        for v, key in ((before, "2026-Q2"), (now, "2026-Q3"))
    ]
    found = comparison.Reading(values[1], tuple(values), values[0], None)
    assert found.distinct is distinct
    # What is distinct also leaves the earlier value outside its own interval.
    assert found.certain or not found.distinct


def test_without_intervals_nothing_is_said_of_chance() -> None:
    found = reading([5.0, 9.0])
    assert (found.distinct, found.certain) == (None, None)


def test_cohorts_are_compared_at_the_same_age() -> None:
    """Each quarter's two deals: one is won after 10 days, the other after 200."""
    starts = pd.to_datetime(["2025-07-01", "2025-10-01", "2026-01-01", "2026-04-01", "2026-07-01"])
    deals = pd.DataFrame({"created_at": starts.repeat(2)})
    deals["closed_at"] = deals["created_at"] + pd.to_timedelta([10, 200] * 5, unit="D")
    late = deals["closed_at"] >= AS_OF
    deals["closed_at"] = deals["closed_at"].mask(late)
    deals["status"] = late.map({True: "open", False: "won"})
    deals["deal_id"] = [str(i) for i in range(len(deals))]
    crm = from_frames(as_of=AS_OF, deals=deals)
    session = Report("r", period="2026-Q3", crm=crm)._session
    (found,) = session.readings([sales.opportunity_to_customer_rate.bind()])
    assert [v.value for v in found.series[-5:]] == [0.5] * 5
    assert found.year_ago is not None and found.year_ago.known_at == dt.datetime.fromisoformat(
        "2025-10-05"
    )
    # As they are known today, the older ones are all won.
    assert sales.opportunity_to_customer_rate(crm, "2025-Q3").value == 1


@pytest.mark.parametrize(
    ("key", "grain"),
    [("2026-Q3", "month"), ("2025", "month"), ("2026-09", "month"), ("2026-W38", "week")],
)
def test_a_period_is_shown_by_the_months_in_it(key: str, grain: str) -> None:
    assert comparison.finest([sales.won_value.bind()], period(key)) == grain


def test_no_finer_than_the_kpi_allows() -> None:
    assert comparison.finest([sales.sales_cycle_survival.bind()], period("2026-Q3")) == "quarter"


@pytest.mark.parametrize(
    ("key", "expected"),
    [("2026-Q3", "2026-09"), ("2025", "2025-12"), ("2026", "2026-10"), ("2027", "2027-12")],
)
def test_the_tail_is_the_last_part_that_has_begun(key: str, expected: str) -> None:
    now = dt.datetime.fromisoformat("2026-10-05")
    assert comparison.tail(period(key), "month", now).key == expected
    assert comparison.tail(period("2026"), "month", AS_OF).key == "2026-10"
    assert comparison.tail(period("2028"), "month", AS_OF).key == "2028-12"
    assert comparison.tail(period("all"), "all", AS_OF).key == "all"


@pytest.mark.parametrize(
    ("key", "records_end", "expected"),
    [
        # Nobody orders on a Sunday: three days may be without a record.
        ("2026-Q3", "2026-09-28", "2026-09"),
        ("2026-Q3", "2026-09-20", "2026-08"),
        ("2026-Q3", "2026-07-20", "2026-07"),
        ("2026-Q3", "2026-03-20", "2026-03"),
        ("2026-09", "2026-09-20", "2026-09"),
        # Of a month under way, the days that are over.
        ("2026-10", "2026-10-02", "2026-10"),
        ("2026", "2026-09-20", "2026-08"),
    ],
)
def test_a_course_ends_with_the_records(key: str, records_end: str, expected: str) -> None:
    day = dt.date.fromisoformat(records_end)
    assert comparison.tail(period(key), "month", AS_OF, day).key == expected
