"""Amounts in other currencies take the last known rate of the record's own day."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import Crm, from_frames
from kpi_toolkit.errors import DataError

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


def left_out(crm: Crm) -> list[tuple[object, ...]]:
    return crm.query('SELECT line, "column", value, reason FROM quarantine ORDER BY line')


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
    days = crm.query("SELECT rate_day FROM orders ORDER BY order_id")
    assert days == [(dt.date(2023, 9, 29),), (dt.date(2023, 10, 2),), (None,), (None,)]
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
        "no exchange rate for GBP before 2023-09-01",
        "no exchange rate for USD at all: add it to exchange_rates",
    ]
    read = {found.table: found for found in crm.reading}["orders"]
    assert (read.rows, read.kept, read.quarantined) == (3, 1, 2)


def test_without_a_rate_table_foreign_rows_are_quarantined() -> None:
    crm = from_frames(orders=orders(["2023-08-31"], [1], ["GBP"]))
    reason = "no exchange rate for GBP at all: add it to exchange_rates"
    assert list(crm.quarantine()["reason"]) == [reason]


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


def test_what_is_no_rate_is_quarantined_and_not_skipped() -> None:
    rates = pd.DataFrame(
        {
            "day": [dt.date(2023, 9, 1)] * 7,
            "currency": ["GBP", "USD", "CHF", "JPY", "usd", "£", "SEK"],
            "rate": ["1.15", "0", "-1", None, "1.1", "1.1", "0.00000000001"],
        }
    )
    crm = from_frames(orders=orders(["2023-09-05"], [100], ["GBP"]), exchange_rates=rates)
    assert crm.query("SELECT currency, rate FROM exchange_rates") == [("GBP", 1.15)]
    assert amounts(crm) == [("0", Decimal("115"), "EUR")]
    no_code = "no currency code of three capitals such as USD (values = {...} maps others)"
    assert left_out(crm) == [
        (2, "rate", "0.0", "no rate above zero"),
        (3, "rate", "-1.0", "no rate above zero"),
        (4, "rate", None, "no rate above zero"),
        (5, "currency", "usd", no_code),
        (6, "currency", "£", no_code),
        (7, "rate", "1e-11", "no rate above zero"),
    ]
    read = {found.table: found for found in crm.reading}["exchange_rates"]
    assert (read.rows, read.kept, read.quarantined) == (7, 1, 6)


def test_a_currency_that_is_no_code_is_named_once_a_row() -> None:
    given = orders(["2023-09-05"] * 4, [1, 2, 3, 4], ["usd", "$", "EUR", "GBP"])
    given["refunded"] = 1.0
    crm = from_frames(orders=given, exchange_rates=RATES)
    assert [row[:3] for row in left_out(crm)] == [(1, "currency", "usd"), (2, "currency", "$")]
    assert [row[0] for row in amounts(crm)] == ["2", "3"]


KPI_TOML = """[project]
time_zone = "UTC"
currency = "EUR"
[tables.orders]
file = "orders.csv"
[tables.exchange_rates]
"""
ORDERS = "order_id,amount,currency,ordered_at\n1,100,GBP,2023-09-05\n2,100,EUR,2023-09-05\n"


def test_more_rows_without_a_rate_than_bad_rows_stop_the_reading(
    connected: Callable[..., Crm],
) -> None:
    toml = KPI_TOML + 'file = "rates.csv"\nmay_be_empty = true\n'
    with pytest.raises(DataError) as caught:
        connected(toml, orders_csv=ORDERS, rates_csv="day,currency,rate\n")
    assert str(caught.value) == (
        "orders.csv: 1 of 2 rows are bad, more than bad_rows = '5%'; the first is line 2: "
        "amount '100.0000': no exchange rate for GBP at all: add it to exchange_rates"
    )


def test_rates_of_a_select_are_known_before_any_amount_is_converted(
    connected: Callable[..., Crm],
) -> None:
    # One euro is worth 0.8 pounds: the file has it the other way round.
    toml = KPI_TOML + 'file = "rates.csv"\nsql = "rates.sql"\n'
    sql = "SELECT day, currency, 1 / rate AS rate FROM exchange_rates"
    given = {"orders_csv": ORDERS, "rates_csv": "day,currency,rate\n2023-09-01,GBP,0.8\n"}
    crm = connected(toml, rates_sql=sql, **given)
    assert amounts(crm) == [("1", Decimal("125"), "EUR"), ("2", Decimal("100"), "EUR")]
