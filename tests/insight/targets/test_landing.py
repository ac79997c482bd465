"""Where a period will land, by the pace of its business days and the errors of earlier ones."""

import datetime as dt

import pytest

from kpi_toolkit.insight.targets.landing import Checkpoint, best_month, checkpoints, landing
from kpi_toolkit.kpis import find
from kpi_toolkit.measures.evaluate import Ask
from tests.insight.readings import period, value

WON = find("won_value").bind()


def past(finals: list[float], then: float = 50.0) -> list[tuple[Checkpoint, object, object]]:
    """Periods of 20 business days that had `then` after ten of them: they seemed to land at twice
    that.
    """
    ask = Ask(WON, period("2026-08"))
    return [(Checkpoint(ask, ask, 20, 10), value(then), value(final)) for final in finals]


def test_a_landing_is_the_pace_of_the_days_so_far() -> None:
    found = landing(60.0, 0.25, [])
    assert (found.value, found.interval, found.past) == (240.0, None, 0)


def test_eight_earlier_periods_are_too_few_for_an_interval() -> None:
    assert landing(60.0, 0.5, past([100.0] * 8)).interval is None


def test_nine_earlier_errors_hold_four_of_five_endings_between_the_least_and_the_greatest() -> None:
    """They ended at 0.8 to 1.6 times what they seemed to; the pace now is 120."""
    found = landing(60.0, 0.5, past([80.0, 160, 90, 100, 110, 120, 130, 140, 150]))
    assert found.value == pytest.approx(120 * 1.2)
    assert found.interval == pytest.approx((96.0, 192.0))
    assert found.past == 9


def test_of_nineteen_the_second_smallest_and_greatest_do() -> None:
    found = landing(50.0, 0.5, past([100.0 + n for n in range(19)]))
    assert found.interval == pytest.approx((101.0, 117.0))


def test_periods_before_the_records_and_the_one_in_which_they_begin_tell_nothing() -> None:
    silent = [(one, value(None), value(None)) for one, *_ in past([1.0, 1.0])]
    assert landing(50.0, 0.5, silent + past([500.0] + [100.0] * 8)).interval is None
    assert landing(50.0, 0.5, silent + past([500.0] + [100.0] * 9)).interval == (100.0, 100.0)


def test_a_period_that_had_nothing_by_then_tells_nothing() -> None:
    assert landing(50.0, 0.5, past([100.0] * 8) + past([100.0], then=0.0)).past == 0


def test_earlier_periods_are_taken_at_the_same_share_of_their_business_days() -> None:
    """On 15 October 2026, ten of 22 business days are over; September's 22 had ten by the 15th,
    August's 21 count ten as nearest, February's 20 had nine by the 13th, a Friday.
    """
    found = checkpoints(WON, period("2026-10"), dt.datetime.fromisoformat("2026-10-15"))
    assert [one.final.period.key for one in found][-1] == "2026-09"
    assert len(found) == 24
    by_month = {one.final.period.key: one for one in found}
    assert (by_month["2026-09"].elapsed, by_month["2026-09"].days) == (10, 22)
    assert str(by_month["2026-09"].then.known_at) == "2026-09-15 00:00:00"
    assert (by_month["2026-08"].elapsed, by_month["2026-08"].days) == (10, 21)
    assert (by_month["2026-02"].elapsed, by_month["2026-02"].days) == (9, 20)
    assert str(by_month["2026-02"].then.known_at) == "2026-02-13 00:00:00"


def test_before_the_first_business_day_is_over_nothing_can_land() -> None:
    assert checkpoints(WON, period("2026-10"), dt.datetime.fromisoformat("2026-10-01T12:00")) == []


def test_the_best_month_is_the_one_with_most_by_business_day() -> None:
    """20 business days in February, 22 in September."""
    months = [value(200.0, "2026-02"), value(210.0, "2026-09"), value(None, "2026-08")]
    best = best_month(months)
    assert best is not None
    assert (best.month.key, best.rate) == ("2026-02", 10.0)
    lower = best_month([value(200.0, "2026-02", better="down"), value(210.0, "2026-09")])
    assert lower is not None
    assert lower.month.key == "2026-09"
    assert best_month([]) is None
