"""Amounts in other currencies take the last known rate of the record's own day."""

import datetime as dt
from decimal import Decimal

import pandas as pd

from kpi_toolkit.crm.connect import Crm, from_frames

RATES = pd.DataFrame(
    {
        "day": [dt.date(2023, 9, 1), dt.date(2023, 9, 29), dt.date(2023, 10, 2)],
        "currency": ["GBP", "GBP", "GBP"],
        "rate": [1.15, 1.16, 1.17],
    }
)


def orders(days: list[str], amounts: list[float], currencies: list[str | None]) -> pd.DataFrame:
    ids = [str(n) for n in range(len(days))]
    at = pd.to_datetime(pd.Series(days))
    columns = {"order_id": ids, "amount": amounts, "currency": currencies, "ordered_at": at}
    return pd.DataFrame(columns)


def amounts(crm: Crm) -> list[tuple[object, ...]]:
    return crm.query("SELECT order_id, amount, currency FROM orders ORDER BY order_id")


def test_the_last_known_rate_at_or_before_the_local_day() -> None:
    # 22:30 UTC on 1 October is 2 October in Paris; on the 30th the rate is that of the 29th.
    given = orders(
        ["2023-09-30 12:00", "2023-10-01 22:30", "2023-10-01 12:00", "2023-09-30 12:00"],
        [100, 100, 100, 100],
        ["GBP", "GBP", "EUR", None],
    )
    given["ordered_at"] = given["ordered_at"].dt.tz_localize("UTC")
    crm = from_frames(time_zone="Europe/Paris", orders=given, exchange_rates=RATES)
    assert amounts(crm) == [
        ("0", Decimal("116"), "EUR"),
        ("1", Decimal("117"), "EUR"),
        ("2", Decimal("100"), "EUR"),
        ("3", Decimal("100"), "EUR"),
    ]
    originals = crm.query("SELECT amount_original, currency_original FROM orders ORDER BY order_id")
    assert originals == [
        (Decimal("100"), "GBP"),
        (Decimal("100"), "GBP"),
        (Decimal("100"), "EUR"),
        (Decimal("100"), None),
    ]
    assert "amount_original" in crm.columns["orders"]
    assert crm.own_dimensions["orders"] == ()


def test_the_product_is_rounded_half_up_to_four_decimals() -> None:
    # 0.0250 x 1.15 = 0.02875, which is 0.0288; the negative one goes away from zero likewise.
    given = orders(["2023-09-05", "2023-09-05"], [0.025, -0.025], ["GBP", "GBP"])
    crm = from_frames(orders=given, exchange_rates=RATES)
    assert [row[1] for row in amounts(crm)] == [Decimal("0.0288"), Decimal("-0.0288")]


def test_a_row_without_a_rate_is_quarantined_with_its_day() -> None:
    given = orders(["2023-08-31", "2023-09-05", "2023-09-05"], [1, 2, 3], ["GBP", "USD", "EUR"])
    crm = from_frames(orders=given, exchange_rates=RATES)
    assert amounts(crm) == [("2", Decimal("3"), "EUR")]
    assert list(crm.quarantine()["reason"]) == [
        "no exchange rate for GBP at 2023-08-31",
        "no exchange rate for USD at 2023-09-05",
    ]
    read = {found.table: found for found in crm.reading}["orders"]
    assert (read.rows, read.kept, read.quarantined) == (3, 1, 2)


def test_without_a_rate_table_foreign_rows_are_quarantined() -> None:
    crm = from_frames(orders=orders(["2023-08-31"], [1], ["GBP"]))
    assert list(crm.quarantine()["reason"]) == ["no exchange rate for GBP at 2023-08-31"]


def test_a_foreign_row_without_an_amount_or_a_day() -> None:
    deals = pd.DataFrame(
        {"deal_id": ["a", "b"], "currency": ["GBP", "GBP"], "amount": [None, 5.0], "status": "open"}
    )
    crm = from_frames(deals=deals, exchange_rates=RATES)
    assert crm.query("SELECT deal_id, amount FROM deals") == [("a", None)]
    assert list(crm.quarantine()["reason"]) == ["no day to take an exchange rate of GBP at"]


def test_an_open_deal_takes_the_rate_of_its_creation() -> None:
    deals = pd.DataFrame(
        {
            "deal_id": ["a", "b"],
            "currency": "GBP",
            "amount": [100.0, 100.0],
            "commission": [10.0, None],
            "created_at": pd.to_datetime(["2023-09-05", "2023-09-05"]),
            "closed_at": pd.to_datetime([None, "2023-10-05"]),
        }
    )
    crm = from_frames(deals=deals, exchange_rates=RATES)
    assert crm.query("SELECT amount, commission FROM deals ORDER BY deal_id") == [
        (Decimal("115"), Decimal("11.5")),
        (Decimal("117"), None),
    ]


def test_two_rates_of_one_day_are_not_left_to_chance() -> None:
    rates = pd.concat([RATES, RATES.assign(rate=9.0)])
    crm = from_frames(orders=orders(["2023-09-05"], [100], ["GBP"]), exchange_rates=rates)
    assert amounts(crm) == [("0", Decimal("115"), "EUR")]
    assert list(crm.quarantine()["reason"]) == [f"same id as line {n}" for n in (1, 2, 3)]


def test_amounts_in_the_projects_currency_stay_as_they_are() -> None:
    crm = from_frames(currency="GBP", orders=orders(["2023-09-05"], [1.5], ["GBP"]))
    assert amounts(crm) == [("0", Decimal("1.5"), "GBP")]
    assert "amount_original" not in crm.columns["orders"]
