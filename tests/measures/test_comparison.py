"""Like for like: what stands beside a value, in which interval the difference lies, or why nothing
does.
"""

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.business import BusinessHours
from kpi_toolkit.format import Format
from kpi_toolkit.measures.comparison import compare, not_yet
from kpi_toolkit.measures.interval import wilson
from kpi_toolkit.measures.reach import Part
from kpi_toolkit.measures.recorded import Recorded
from kpi_toolkit.measures.same_part import same_business_day
from kpi_toolkit.measures.silence import Silence
from kpi_toolkit.period import Calendar, parse_period
from tests.insight.readings import period, value

EN, FR = Format("en", "EUR"), Format("fr", "EUR")
PARIS = Calendar("Europe/Paris", business=BusinessHours(holidays="FR"))


def day(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("current", "as_of", "earlier", "expected"),
    [
        # September 2026 begins on a Tuesday, August on a Saturday. Local midnight is 22:00 UTC.
        ("2026-09", "2026-09-03T22:00", "2026-08", "2026-08-05T22:00"),  # Friday: 3 days are over
        ("2026-09", "2026-09-04T07:00", "2026-08", "2026-08-06T07:00"),  # and nine hours
        ("2026-09", "2026-09-05T22:00", "2026-08", "2026-08-06T22:00"),  # Sunday: up to Friday
        ("2026-09", "2026-09-01T07:00", "2026-08", "2026-08-03T07:00"),  # none over: the first one
        # 14 July is a holiday, and so is Wednesday 15 August 2018 in France.
        ("2026-07", "2026-07-15T22:00", "2026-06", "2026-06-14T22:00"),
        # The clocks go forward on 29 March: as long after midnight.
        ("2026-04", "2026-04-14T06:00", "2026-03", "2026-03-12T07:00"),
    ],
)
def test_an_earlier_period_is_cut_after_as_many_business_days(
    current: str, as_of: str, earlier: str, expected: str
) -> None:
    now, before = (parse_period(key, PARIS, day(as_of)) for key in (current, earlier))
    found = same_business_day(before, now, day(as_of))
    assert found == day(expected)
    assert before.business_days(found) == now.business_days(day(as_of))


def test_a_period_with_fewer_business_days_than_are_over_is_none_to_compare_with() -> None:
    """On 31 July 2026, 21 business days of July are over; February had 20."""
    july, february = (parse_period(k, PARIS, day("2026-07-31")) for k in ("2026-07", "2026-02"))
    as_of = day("2026-07-30T22:00")
    assert (july.business_days(as_of), february.business_days()) == (21, 20)
    assert same_business_day(february, july, as_of) is None
    now = value(5.0, "2026-Q4")
    withheld = not_yet(now, february).withheld
    assert (
        withheld
        and withheld.said(EN) == "fewer business days in February 2026 than are over by now"
    )


@pytest.mark.parametrize(
    ("now", "base", "recorded", "reason"),
    [
        ({"value": None}, {}, {}, "no value"),
        ({}, {"value": None, "n": 0}, {}, "no record"),
        ({}, {"value": 0.0, "n": 0}, {}, "no record"),
        ({"part": Part(240)}, {}, {}, "the records do not reach back as far as the figure needs"),
        ({}, {"part": Part(240)}, {}, "the records do not reach back as far as the figure needs"),
        ({}, {}, {"first": "2026-04-20"}, "the records begin on 20 Apr 2026 only"),
        ({}, {}, {"first": "2026-04-08"}, ""),
        ({}, {}, {"ends": (10, 0, "")}, "the records end on 10 Sept 2026"),
        ({}, {}, {"ends": (10, 0, "deals")}, "the records of the table Deals end on 10 Sept 2026"),
        # Nothing happened for fourteen days before: for twenty is half as long again, or less.
        ({}, {}, {"ends": (10, 14, "deals")}, ""),
        ({}, {}, {"ends": (10, 13, "deals")}, "the records of the table Deals end on 10 Sept 2026"),
        ({}, {}, {"outcome": "2026-05-20"}, ""),
        (
            {"window": "cohort", "numerator": 50.0}, {"window": "cohort"},
            {"outcome": "2026-05-20"}, "outcomes are recorded since 20 May 2026 only",
        ),
    ],
)  # fmt: skip
def test_a_comparison_that_cannot_be_fair_is_withheld_with_its_reason(
    now: dict, base: dict, recorded: dict, reason: str
) -> None:
    known = {
        name: (Silence(dt.date(2026, 9, told[0]), *told[1:]),)
        if name == "ends"
        else dt.date.fromisoformat(told)
        for name, told in recorded.items()
    }
    values = [
        replace(value(5.0, key), **facts) for key, facts in (("2026-Q3", now), ("2026-Q2", base))
    ]
    found = compare(*values, Recorded(**known))
    said = found.withheld.said(EN) if found.withheld else ""
    assert said.replace("\u00a0", " ") == reason
    assert (found.base is None) == bool(reason)
    assert found.difference == (None if reason else 0)
    # A dash stands where nothing is compared.
    assert (found.change(EN).text == "–") == bool(reason)


def test_few_records_do_not_tell_when_they_begin() -> None:
    """Of three orders in a quarter, the first may come in its second month."""
    rare = [value(3.0, key, n=3) for key in ("2026-Q3", "2026-Q2")]
    assert compare(*rare, Recorded(first=dt.date(2026, 5, 20))).base is not None


def test_a_period_under_way_says_how_many_days_are_compared() -> None:
    now, base = value(5.0, "2026-Q4"), value(4.0, "2026-Q3")
    found = compare(now, base)
    assert found.business_days == 2
    assert found.on(EN) == "the first 2 business days of Q3\u00a02026"
    assert found.on(FR) == "les 2 premiers jours ouvrés de T3\u00a02026"
    begun = compare(replace(now, as_of=day("2026-10-01T09:00")), base)
    assert begun.withheld and begun.withheld.said(EN) == "no business day is over yet"


@pytest.mark.parametrize(
    ("before", "now", "sure"),
    [
        # Half-widths 0.05 and 0.05: the difference must exceed 0.0707.
        (0.40, 0.46, False),
        (0.40, 0.48, True),
        (0.48, 0.40, True),
        (0.46, 0.40, False),
    ],
)
def test_a_change_is_sure_where_the_interval_of_the_difference_leaves_zero_outside(
    before: float, now: float, sure: bool
) -> None:
    values = [
        value(v, key, unit="percent", interval=(v - 0.05, v + 0.05))
        for v, key in ((now, "2026-Q3"), (before, "2026-Q2"))
    ]
    found = compare(*values)
    assert found.interval == pytest.approx((now - before - 0.0707, now - before + 0.0707), abs=1e-4)
    assert found.is_sure is sure and found.exceeds(1.96) is sure
    assert not found.exceeds(2 * 1.96)


def test_two_rates_have_the_interval_that_newcombe_printed() -> None:
    """56/70 and 48/80, his first example: 0.0524 to 0.3339."""
    now, before = (
        value(a / b, key, unit="percent", interval=wilson(a, b))
        for a, b, key in ((56, 70, "2026-Q3"), (48, 80, "2026-Q2"))
    )
    assert compare(now, before).interval == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_without_intervals_nothing_is_said_of_chance() -> None:
    found = compare(value(9.0), value(5.0, "2026-Q2"))
    assert (found.interval, found.is_sure, found.exceeds(0.1)) == (None, None, False)


def test_a_month_that_the_records_fill_in_part_is_not_compared() -> None:
    days = pd.date_range("2026-07-18", "2026-08-30", freq="D")
    deals = pd.DataFrame({"deal_id": days.strftime("d%j"), "status": "won", "closed_at": days})
    deals["amount"] = 10.0
    said = str(kt.won_value({"deals": deals}, "2026-08", as_of="2026-09-01"))
    assert "not compared with Jul\u00a02026: the records begin on 18 Jul 2026 only" in said
    earlier = pd.date_range("2026-07-02", "2026-07-17", freq="D")
    more = pd.DataFrame({"deal_id": earlier.strftime("e%j"), "status": "won", "closed_at": earlier})
    whole = pd.concat([deals, more.assign(amount=10.0)], ignore_index=True)
    assert "on Jul" in str(kt.won_value({"deals": whole}, "2026-08", as_of="2026-09-01"))


def test_what_is_open_is_not_compared_with_a_month_in_which_it_was_still_filling_up() -> None:
    days = pd.date_range("2026-07-18", "2026-08-30", freq="D")
    deals = pd.DataFrame({"deal_id": days.strftime("d%j"), "status": "open", "created_at": days})
    deals["closed_at"] = pd.NaT
    said = str(kt.pipeline_deals({"deals": deals}, "2026-08", as_of="2026-09-01"))
    assert "not compared with Jul\u00a02026: the records begin on 18 Jul 2026 only" in said


def test_a_cohort_from_before_the_first_recorded_outcome_is_not_compared() -> None:
    """Deals since 2 May; who recorded them began to record closings on 1 July."""
    created = pd.Series(pd.date_range("2026-05-02", "2026-08-31", freq="D"))
    closed = (created + pd.Timedelta(days=10)).where(created >= "2026-06-21")
    deals = pd.DataFrame({"deal_id": created.dt.strftime("d%j"), "created_at": created})
    deals["closed_at"], deals["status"] = closed, closed.notna().map({True: "won", False: "open"})
    ask = kt.opportunity_to_customer_rate
    for month, base in (("2026-06", None), ("2026-07", None), ("2026-08", 1.0)):
        found = ask({"deals": deals}, month, as_of="2026-10-01").previous
        assert (found.base and found.base.value) == base
    reason = ask({"deals": deals}, "2026-07", as_of="2026-10-01").previous.withheld
    assert reason.said(EN) == "outcomes are recorded since 1 Jul 2026 only"


def test_a_year_ago_of_a_day_and_of_a_week_has_the_same_weekdays() -> None:
    for key, ago in (("2026-W38", "2025-W38"), ("2026-09-14", "2025-09-15")):
        assert period(key).year_ago().key == ago
