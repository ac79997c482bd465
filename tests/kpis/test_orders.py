"""Revenue, orders and buyers: by hand, at both edges."""

import pandas as pd
import pytest

import kpi_toolkit as kt

# order, account, amount, refunded, when
LINES = [
    ("o1", "a", 100.0, None, "2026-05-01 00:00"),
    ("o1", "a", 20.0, 5.0, "2026-05-01 00:00"),
    ("o2", "b", 50.0, None, "2026-05-31 23:59:59"),
    ("o3", None, 30.0, None, "2026-05-10"),
    # Before the month, after it, and longer ago than a year.
    ("o4", "b", 1000.0, None, "2026-04-30 23:59:59"),
    ("o5", "a", 1000.0, None, "2026-06-01 00:00"),
    ("o6", "c", 1000.0, None, "2025-05-31 23:59:59"),
]


def orders(*rows: tuple) -> kt.Crm:
    frame = pd.DataFrame(rows, columns=["order_id", "account_id", "amount", "refunded", "at"])
    frame = frame.assign(ordered_at=pd.to_datetime(frame["at"], format="ISO8601"))
    return kt.from_frames(as_of="2026-10-05", orders=frame.drop(columns="at"))


def test_revenue_is_net_of_refunds_and_counts_orders_without_an_account() -> None:
    found = kt.revenue(orders(*LINES), "2026-05")
    assert (found.value, found.n) == (100 + 20 - 5 + 50 + 30, 4)


def test_an_order_of_several_lines_is_one_purchase() -> None:
    found = kt.average_purchase(orders(*LINES), "2026-05")
    assert (found.numerator, found.denominator, found.value) == (195, 3, 65)


def test_n_counts_what_the_mean_is_over_and_not_the_lines() -> None:
    crm = orders(*LINES)
    assert kt.average_purchase(crm, "2026-05").n == 3
    assert kt.purchase_frequency(crm, "2026-05").n == kt.buying_customers(crm, "2026-05").n == 2
    assert kt.average_purchase(crm, "2026-04").n == 1
    nothing = kt.average_purchase(crm, "2026-02")
    assert (nothing.n, nothing.value) == (0, None)


def test_a_year_of_buyers_ends_with_the_period() -> None:
    crm = orders(*LINES)
    assert kt.buying_customers(crm, "2026-05").value == 2
    frequency = kt.purchase_frequency(crm, "2026-05")
    assert (frequency.numerator, frequency.denominator) == (3, 2)
    # The order of May 2025 is in the year that ends with May 2025, and not in the one after.
    assert kt.buying_customers(crm, "2025-05").value == 1


# A return of an order before the data, one of a buyer, one by somebody without an account.
RETURNS = [
    ("c1", "d", -70.0, None, "2026-05-02"),
    ("c2", "a", -10.0, None, "2026-05-03"),
    ("c3", None, -15.0, None, "2026-05-04"),
    # A gift, and an order of unknown amount.
    ("o7", "a", 0.0, None, "2026-05-05"),
    ("o8", "b", None, None, "2026-05-06"),
]


def test_a_line_of_a_negative_amount_lowers_revenue_and_is_no_order() -> None:
    crm = orders(*LINES, *RETURNS)
    assert kt.revenue(crm, "2026-05").value == 195 - 70 - 10 - 15
    found = kt.average_purchase(crm, "2026-05")
    assert (found.numerator, found.denominator) == (100, 5)
    assert kt.buying_customers(crm, "2026-05").value == 2
    frequency = kt.purchase_frequency(crm, "2026-05")
    assert (frequency.numerator, frequency.denominator) == (5, 2)


@pytest.mark.parametrize(
    ("kpi", "value"), [("revenue", 0), ("buying_customers", 0), ("average_purchase", None)]
)
def test_a_month_without_an_order(kpi: str, value: float | None) -> None:
    long_ago = ("o0", "c", 9.0, None, "2023-05-02")
    found = getattr(kt, kpi)(orders(*LINES, long_ago), "2024-06")
    assert (found.value, found.n) == (value, 0)
    assert found.reason == ("" if value == 0 else "no data when there was no order")
