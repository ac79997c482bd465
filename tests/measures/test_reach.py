"""Values whose twelve months begin before the records do."""

import datetime as dt

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.format import Format
from kpi_toolkit.measures.reach import Part


def orders(*days: str, as_of: str = "2026-10-05") -> Crm:
    moments = pd.Series([dt.datetime.fromisoformat(day) for day in days])
    frame = pd.DataFrame({"ordered_at": moments, "amount": 10.0})
    ids = frame.index.astype(str)
    return kt.from_frames(as_of=as_of, orders=frame.assign(order_id=ids, account_id=ids))


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("2025-09-01", None),
        # Nobody orders on a Sunday: three days are no gap.
        ("2025-09-04", None),
        ("2025-09-05", "of 11 months only"),
        ("2025-12-01", "of 9 months only"),
        ("2026-07-30", "of one month only"),
        ("2026-08-09", "of 23 days only"),
        ("2026-08-31", "of one day only"),
        # A slip of the hand is not where the records begin.
        ("0206-08-31", "of 9 months only"),
    ],
)
def test_twelve_months_that_begin_before_the_records_are_a_part(first: str, said: str) -> None:
    days = [first, "2025-12-01"] if first == "0206-08-31" else [first]
    found = kt.buying_customers(orders(*days, "2026-08-31 12:00"), "2026-08")
    assert (found.part and found.part.said(Format("en"))) == said
    assert (said in str(found)) if said else ("only" not in str(found))


def test_a_part_is_not_compared_nor_compared_with() -> None:
    crm = orders("2025-09-15", "2026-07-10", "2026-09-10")
    assert "on Aug" not in str(kt.buying_customers(crm, "2026-09"))
    # October 2025 to September 2026 is whole, and the twelve months before it are not.
    whole = orders("2025-09-30", "2026-07-10", "2026-09-10")
    found = kt.buying_customers(whole, "2026-09")
    assert found.part is None
    assert found.previous.withheld.why == "too_short"
    assert "on Aug" not in str(found)
    long = orders("2024-09-30", "2026-07-10", "2026-09-10")
    assert "+100.0% on Aug" in str(kt.buying_customers(long, "2026-09"))


def test_what_counts_in_its_period_alone_is_whole() -> None:
    crm = orders("2026-08-30")
    assert kt.revenue(crm, "2026-08").part is None
    assert kt.average_purchase(crm, "2026-08").part is None


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("2026-08-02", "without earlier records"),
        ("2026-07-25", "after 7 days of records only"),
        ("2026-07-01", "after one month of records only"),
        ("2026-02-01", "after 6 months of records only"),
        ("2025-08-01", None),
    ],
)
def test_who_is_new_needs_a_year_of_history(first: str, said: str | None) -> None:
    found = kt.new_customer_revenue(orders(first, "2026-08-10"), "2026-08")
    assert (found.part and found.part.said(Format("en"))) == said
    assert kt.new_customer_revenue(orders(first), "all").part is None


def test_twelve_months_of_deals_count_from_their_creation() -> None:
    days = pd.to_datetime(["2026-01-10", "2026-02-10"])
    deals = pd.DataFrame({"deal_id": ["a", "b"], "created_at": days, "closed_at": days})
    crm = kt.from_frames(as_of="2026-10-05", deals=deals.assign(status="won", amount=1.0))
    assert str(kt.sales_cycle_survival(crm, "2026-Q3")).startswith("0\u202fd, of 9 months only")


def test_no_value_is_of_no_part() -> None:
    assert kt.purchase_frequency(orders("2026-08-30"), "2026-07").part is None


def test_a_part_is_told_in_french() -> None:
    assert Part(270).said(Format("fr")) == "sur 9 mois seulement"
    assert Part(0, before=True).said(Format("fr")) == "sans enregistrements antérieurs"
