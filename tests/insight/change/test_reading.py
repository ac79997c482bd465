"""What a value is compared with."""

import datetime as dt
import math
from dataclasses import replace

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.insight.change.asks import finest, tail, year_steps
from kpi_toolkit.insight.change.reading import Reading, Shift
from kpi_toolkit.kpis import sales
from kpi_toolkit.measures.comparison import compare
from kpi_toolkit.measures.recorded import Recorded
from kpi_toolkit.measures.silence import Silence
from kpi_toolkit.report import Report
from tests.insight.readings import AS_OF, period, reading, value


def test_the_period_before_and_a_year_ago() -> None:
    found = reading([5.0, 6, 7, 8, 9])
    assert found.previous and found.year_ago and found.previous.base and found.year_ago.base
    assert (found.previous.base.value, found.previous.period.key) == (8, "2026-Q2")
    assert (found.year_ago.base.value, found.year_ago.period.key) == (5, "2025-Q3")
    assert found.base is found.previous


@pytest.mark.parametrize(
    ("key", "steps"), [("2026-Q3", 4), ("2026-09", 12), ("2026-W38", 52), ("2025", 1)]
)
def test_a_year_ago_is_as_many_periods_before(key: str, steps: int) -> None:
    assert year_steps(period(key).grain) == steps
    ago = period(key).last(steps + 1)[0]
    assert ago == period(key).year_ago()


def test_a_period_under_way_is_not_judged() -> None:
    under_way = reading([5.0, 6, 7, 8, 9, 10, 11, 99], key="2026-Q4")
    assert not under_way.now.complete
    assert under_way.signal.kind == "unknown"


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
    assert Reading(series[-1], series).history == [None, None, 4, 0, 6]


def test_limits_leave_the_last_value_out() -> None:
    found = reading([10.0, 12, 11, 13, 12, 14, 999])
    assert found.limits is not None and found.limits.mean == 12
    assert found.signal.kind == "outside"


def test_weight_is_the_change_in_standard_deviations_of_moving_ranges() -> None:
    """Of a mean range of 1.6, the standard deviation is 1.6 / 1.128."""
    found = reading([10.0, 12, 11, 13, 12, 14, 18])
    assert found.weight == pytest.approx(4 * 1.128 / 1.6)
    # Of several periods that are a report's, their mean beside that of as many before.
    assert replace(found, judged=2).weight == 0  # five earlier values set no limits
    longer = reading([10.0, 12, 11, 13, 12, 14, 18, 20])
    assert replace(longer, judged=2).weight == pytest.approx((19 - 13) * 1.128 / 1.6)


def test_a_missed_target_weighs_what_it_is_off_by_in_each_period() -> None:
    """The change on the periods before is 0.5; a total misses 30 by 5 in three months."""
    found = reading([10.0, 12, 11, 13, 12, 14, 12, 12.5, 12.5], key="2026-09")
    month = replace(found, judged=3)
    quarter = replace(month, now=replace(found.now, value=25.0), target=30.0)
    of_each = quarter.weight * 1.6 / 1.128
    assert of_each == pytest.approx(5 / 3)
    level = replace(month, target=14.5, is_level=True)
    assert level.weight * 1.6 / 1.128 == pytest.approx(14.5 - 12.5)
    assert month.weight < quarter.weight < level.weight


def test_without_limits_weight_is_the_change_in_standard_errors() -> None:
    values = [
        value(v, key, interval=(v - 3, v + 3)) for v, key in ((10.0, "2026-Q2"), (19.0, "2026-Q3"))
    ]
    compared = compare(values[1], values[0])
    found = Reading(values[1], tuple(values), compared)
    assert found.weight == pytest.approx(9 / (math.hypot(3, 3) / 1.96), rel=1e-4)


def test_only_whole_periods_are_judged_and_those_before_the_first_record_are_none() -> None:
    ends = (Silence(dt.date(2026, 8, 1), table="deals"),)
    recorded = Recorded(first=dt.date(2025, 2, 15), ends=ends)
    found = replace(reading([1.0, 2, 3, 4, 5, 6, 7]), recorded=recorded)
    # Records begin in the middle of the first quarter of 2025, and end within the last quarter.
    assert found.figures == [None, 2, 3, 4, 5, 6, 7]
    assert found.course.figures[-1] is None and found.signal.kind == "unknown"


def test_limits_begin_anew_with_a_declared_shift() -> None:
    calm = [10.0, 12, 11, 13, 12, 14]
    found = reading([*calm, *[v + 50 for v in calm], 63.0])
    assert found.limits and found.limits.mean == 37
    # Two shifts are declared for the time before; the later one counts.
    shifts = (Shift(dt.date(2024, 1, 1), "A"), Shift(dt.date(2025, 1, 1), "B"))
    again = replace(found, shifts=shifts)
    assert again.limits and (again.limits.mean, again.limits.moving_range) == (62, 1.6)
    assert again.signal.kind == "ordinary"
    assert replace(found, shifts=(Shift(dt.date(2027, 1, 1), "C"),)).limits == found.limits
    # A shift within a quarter: the limits begin with the next one.
    assert replace(found, shifts=(Shift(dt.date(2024, 12, 2), "D"),)).limits == again.limits


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
    assert found.now.value == 0.5 and found.previous and found.previous.base
    assert found.previous.base.value == 0.5
    assert found.year_ago and found.year_ago.base
    assert found.year_ago.base.known_at == dt.datetime.fromisoformat("2025-10-05")
    # As they are known today, the older ones are all won.
    assert sales.opportunity_to_customer_rate(crm, "2025-Q3").value == 1


@pytest.mark.parametrize(
    ("key", "grain"),
    [("2026-Q3", "month"), ("2025", "month"), ("2026-09", "month"), ("2026-W38", "week")],
)
def test_a_period_is_shown_by_the_months_in_it(key: str, grain: str) -> None:
    assert finest([sales.won_value.bind()], period(key)) == grain


def test_no_finer_than_the_kpi_allows() -> None:
    assert finest([sales.sales_cycle_survival.bind()], period("2026-Q3")) == "quarter"


@pytest.mark.parametrize(
    ("key", "expected"),
    [("2026-Q3", "2026-09"), ("2025", "2025-12"), ("2026", "2026-10"), ("2027", "2027-12")],
)
def test_the_tail_is_the_last_part_that_has_begun(key: str, expected: str) -> None:
    now = dt.datetime.fromisoformat("2026-10-05")
    assert tail(period(key), "month", now).key == expected
    assert tail(period("2026"), "month", AS_OF).key == "2026-10"
    assert tail(period("2028"), "month", AS_OF).key == "2028-12"
    assert tail(period("all"), "all", AS_OF).key == "all"


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
    recorded = Recorded(ends=(Silence(dt.date.fromisoformat(records_end)),))
    assert tail(period(key), "month", AS_OF, recorded).key == expected
