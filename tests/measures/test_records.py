"""The rows behind a number, and the SQL that computes it."""

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.errors import PeriodError

DEALS = pd.DataFrame(
    {
        "deal_id": ["a", "b", "c", "d"],
        "owner": ["Ann", "Bob", None, "Ann"],
        "status": ["won", "lost", "won", "open"],
        "amount": [100.0, 70.0, None, 30.0],
        "created_at": pd.to_datetime(["2026-09-01", "2026-09-01", "2026-08-30", "2026-09-02"]),
        "closed_at": pd.to_datetime(["2026-09-11", "2026-09-30", "2026-09-01", None]),
        "campaign": ["x", "y", "x", "x"],
    }
)


@pytest.fixture(scope="module")
def crm() -> kt.Crm:
    return kt.from_frames(as_of="2026-10-05", deals=DEALS)


def test_they_say_which_part_they_play(crm: kt.Crm) -> None:
    found = kt.decided_win_rate.records(crm, "2026-09").set_index("deal_id")
    assert found["in_numerator"].to_dict() == {"a": True, "b": False, "c": True}
    assert found["in_denominator"].all()


def test_they_have_the_columns_of_the_table_and_the_users_own(crm: kt.Crm) -> None:
    found = kt.won_value.records(crm, "2026-09")
    assert {"_line", "deal_id", "owner", "amount", "campaign", "measured"} <= set(found)
    assert found["_line"].tolist() == [1]


def test_what_is_measured_stands_beside_them(crm: kt.Crm) -> None:
    """A deal without an amount does not enter a mean of amounts; it enters that of days."""
    assert kt.average_won_deal.records(crm, "2026-09")["deal_id"].tolist() == ["a"]
    days = kt.sales_cycle.records(crm, "2026-09").set_index("deal_id")["measured"]
    assert days.to_dict() == {"a": 10.0, "c": 2.0}


def test_a_ratio_of_two_facts_gives_the_rows_of_both() -> None:
    from kpi_toolkit.kpis.facts import accounts, deals

    def won_per_customer() -> object:
        """Deals won a new customer.

        Formula: won / new customers
        Counts: by their own days
        Empty: no data without a new customer
        """
        return deals.count("status = 'won'") / accounts.count()

    own = kt.kpi(label="x", unit="ratio", better="up", window="event")(won_per_customer)
    new = pd.DataFrame({"account_id": ["n"], "became_customer_at": [pd.Timestamp("2026-09-03")]})
    found = own.records({"deals": DEALS, "accounts": new}, "2026-09")
    assert own({"deals": DEALS, "accounts": new}, "2026-09").value == 2.0
    assert found["in_numerator"].sum() == 2
    assert found["in_denominator"].sum() == 1
    # What both facts have in common, they can be broken down by.
    assert "owner" in own.dimensions(kt.from_frames(deals=DEALS, accounts=new.assign(owner="Ann")))


def test_the_sql_of_a_value_gives_it_again(crm: kt.Crm) -> None:
    (text,) = kt.won_value.sql(crm, "2026-09")
    assert "\"status\" = 'won'" in text
    assert crm.query(text)[0][2] == 100


def test_a_finer_grain_has_no_records_either(crm: kt.Crm) -> None:
    with pytest.raises(PeriodError, match="close_rate by week"):
        kt.close_rate.records(crm, "2026-W38")
