"""How far the records of a table run: what ended is told from what is rarely written."""

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.measures.evaluate import Evaluation

YEAR = pd.date_range("2025-10-01", "2026-09-30")
WORKDAYS = YEAR[YEAR.day_of_week < 5]


def crm(orders: pd.DatetimeIndex, deals: pd.DatetimeIndex, as_of: str = "2026-10-05") -> Crm:
    """An order a day, and a deal won on each of some days."""
    bought = pd.DataFrame({"ordered_at": orders, "amount": 5.0})
    bought = bought.assign(order_id=bought.index.astype(str), account_id="a")
    won = pd.DataFrame({"closed_at": deals, "amount": 10.0, "status": "won"})
    won = won.assign(deal_id=won.index.astype(str), created_at=won["closed_at"])
    return kt.from_frames(as_of=as_of, orders=bought, deals=won)


def ended(crm: Crm, kpi: kt.kpis.Kpi = kt.won_value, period: str = "2026-09") -> str:
    """The table whose records end before a period does, with their last day."""
    bound = kpi.bind()
    found = Evaluation(crm, crm.as_of).run.of([bound])[bound]
    silence = found.ended(kt.kpis.find(kpi.name)(crm, period).period, crm.as_of)
    return f"{silence.table} {silence.last}" if silence else ""


def to(day: str, days: pd.DatetimeIndex = WORKDAYS) -> pd.DatetimeIndex:
    return days[days <= day]


@pytest.mark.parametrize(
    ("deals", "said"),
    [
        (WORKDAYS, ""),
        (to("2026-09-28"), ""),
        (to("2026-09-12"), "deals 2026-09-11"),
        # Nothing was signed for twelve days at Easter: sixteen may be as ordinary, nineteen not.
        (to("2026-09-14").drop(pd.bdate_range("2026-04-06", "2026-04-15")), ""),
        (to("2026-09-11").drop(pd.bdate_range("2026-04-06", "2026-04-15")), "deals 2026-09-11"),
        # Twenty-four deals a year are no habit that could be broken.
        (pd.date_range("2025-10-01", "2026-08-31", periods=24).normalize(), ""),
        # A silence of more than a year ago tells nothing of today.
        (to("2026-09-12").append(pd.DatetimeIndex(["2023-01-01"])), "deals 2026-09-11"),
    ],
)
def test_a_table_has_ended_where_it_is_silent_for_longer_than_ever(
    deals: pd.DatetimeIndex, said: str
) -> None:
    found = crm(WORKDAYS, deals)
    assert ended(found) == said
    # What reads another table runs on.
    assert ended(found, kt.revenue) == ""


def test_a_month_without_a_closing_is_none_where_deals_are_created() -> None:
    deals = pd.DataFrame({"deal_id": range(len(WORKDAYS)), "created_at": WORKDAYS, "amount": 1.0})
    closed = deals["created_at"].where(deals["created_at"] < "2026-08-01")
    deals = deals.assign(closed_at=closed, status=closed.isna().map({True: "open", False: "won"}))
    orders = pd.DataFrame({"ordered_at": WORKDAYS, "amount": 5.0}).assign(order_id="1", line=1)
    found = kt.from_frames(as_of="2026-10-05", deals=deals.astype({"deal_id": str}), orders=orders)
    assert ended(found) == ""
    assert kt.won_value(found, "2026-09").value == 0


def test_all_tables_that_end_together_are_told_without_a_name() -> None:
    both = crm(to("2026-09-11"), to("2026-09-11"))
    assert ended(both) == ended(both, kt.revenue) == " 2026-09-11"
    # Deals that are rarely written end with all the others.
    rare = crm(to("2026-09-11"), to("2026-09-11", YEAR[::30]))
    assert ended(rare) == " 2026-09-11"


def test_of_a_period_under_way_the_days_that_are_over_count() -> None:
    found = crm(WORKDAYS, to("2026-09-12"), as_of="2026-09-28")
    assert ended(found) == "deals 2026-09-11"
    assert ended(crm(WORKDAYS, to("2026-09-12"), as_of="2026-09-14")) == ""
    # August was over before the records ended.
    assert ended(found, period="2026-08") == ""


def test_a_day_that_dates_rows_is_an_event_and_a_rate_of_exchange_is_none() -> None:
    sent = pd.DataFrame({"day": to("2026-09-12").date, "campaign_id": "c", "sent": 9, "opened": 3})
    rates = pd.DataFrame({"day": YEAR.date, "currency": "USD", "rate": 1.1})
    found = kt.from_frames(as_of="2026-10-05", mailings=sent, exchange_rates=rates)
    assert found.newest_event == pd.Timestamp("2026-09-11")


# -- before the first record and after the last one


MONTHS = [f"2026-{month:02}" for month in range(1, 10)]


@pytest.fixture(scope="module")
def sparse() -> Crm:
    """Closings are on record from March on, none is of May, and all end on the first of August;
    orders go on.
    """
    days = pd.bdate_range("2026-03-02", "2026-08-03")
    return crm(WORKDAYS, days[days.month != 5])


def test_a_count_is_0_among_the_records_only(sparse: Crm) -> None:
    found = kt.won_deals.series(sparse, "2026-09", n=9)
    assert found["status"].tolist() == ["no_data"] * 2 + ["ok"] * 6 + ["no_data"]
    known = found["value"].tolist()
    assert known[4] == 0 and known[2] == 22 and known[7] == 1
    assert all(pd.isna(known[place]) for place in (0, 1, 8))
    for place, month in enumerate(MONTHS):
        value = kt.won_deals(sparse, month)
        assert value.value == (None if pd.isna(known[place]) else known[place])
    assert "the records begin only after this period" in str(kt.won_deals(sparse, "2026-02"))
    assert "the records end before this period" in str(kt.won_deals(sparse, "2026-09"))


def test_what_is_unknown_is_compared_with_nothing(sparse: Crm) -> None:
    march, june = (kt.won_value(sparse, month) for month in ("2026-03", "2026-06"))
    assert march.previous and march.previous.withheld.why == "no_record"
    # A month without a closing is no base of a percentage.
    assert june.previous and june.previous.withheld.why == "no_record"
    assert kt.won_value(sparse, "2026-09").previous.withheld.why == "no_value"


@pytest.mark.parametrize("scope", ["all", "owner=Ann"])
def test_a_course_and_its_limits_hold_no_0_that_nobody_recorded(sparse: Crm, scope: str) -> None:
    deals = sparse.frame("SELECT * EXCLUDE (_line) FROM deals").assign(owner="Ann")
    orders = sparse.frame("SELECT * EXCLUDE (_line) FROM orders")
    owned = kt.from_frames(as_of="2026-10-05", deals=deals, orders=orders)
    found = kt.Report("r", period="2026-09", language="en", crm=owned, scope=scope)
    (reading,) = found._session.readings([kt.won_deals.bind()])
    # It ends with the month in which the records do.
    assert reading.figures[-8:] == [None, None, 22, 22, 0, 22, 23, 1]
    assert reading.now.value is None and reading.now.status == "no_data"


@pytest.mark.parametrize("kpi", [kt.pipeline_value, kt.pipeline_deals, kt.won_value])
def test_what_is_open_before_the_first_deal_is_no_data(sparse: Crm, kpi: kt.kpis.Kpi) -> None:
    assert kpi(sparse, "2026-02").status == "no_data"
    assert kpi(sparse, "2026-05").value == 0


def test_a_month_in_which_nothing_was_decided_has_no_data_and_not_too_few_periods(
    sparse: Crm,
) -> None:
    found = kt.Report("r", period="2026-05", language="en", crm=sparse)
    content = found.scorecard(kt.decided_win_rate).content
    assert content["groups"][0]["rows"][0]["signal"]["text"] == "no data"
    assert "Too few periods" not in content["note"]
