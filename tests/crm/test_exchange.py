"""An amount that only a log of changes still has is worth what the last known rate makes of it."""

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.change_texts import amount_of, day_of
from kpi_toolkit.crm.exchange import Exchange, worth

RATES = pd.DataFrame(
    {
        "currency": ["USD", "USD", "GBP"],
        "day": [dt.date(2026, 3, 1), dt.date(2026, 1, 1), dt.date(2026, 2, 1)],
        "rate": ["0.9", "0.8", "1.15"],
    }
)
DEALS = pd.DataFrame({"deal_id": ["d"], "status": ["open"]})


@pytest.mark.parametrize(
    ("currency", "day", "rate"),
    [
        ("USD", dt.date(2025, 12, 31), None),  # before the first rate
        ("USD", dt.date(2026, 1, 1), "0.8"),  # from its day on
        ("USD", dt.date(2026, 2, 28), "0.8"),
        ("USD", dt.date(2026, 3, 1), "0.9"),
        ("USD", dt.date(2030, 1, 1), "0.9"),
        ("USD", None, None),
        ("CHF", dt.date(2026, 3, 1), None),
    ],
)
def test_the_last_rate_of_a_day_holds(currency: str, day: dt.date | None, rate: str | None) -> None:
    found = Exchange.of(kt.from_frames(deals=DEALS, exchange_rates=RATES)).rate(currency, day)
    assert found == (None if rate is None else Decimal(rate))


def test_without_rates_there_is_none() -> None:
    assert Exchange.of(kt.from_frames(deals=DEALS)).rate("USD", dt.date(2026, 3, 1)) is None


def test_half_a_ten_thousandth_is_rounded_up() -> None:
    assert worth(Decimal("0.5"), Decimal("0.0001")) == Decimal("0.0001")
    assert worth(Decimal("10.01"), Decimal("1.15")) == Decimal("11.5115")


@pytest.mark.parametrize("text", ["12,5", "n/a", "nan", "Infinity"])
def test_a_text_that_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        amount_of(text)


def test_texts_are_read_as_what_they_say() -> None:
    assert (amount_of(" 12.50 "), amount_of(" "), amount_of(None)) == (Decimal("12.5"), None, None)
    assert day_of("2026-03-01 10:00:00") == day_of("2026-03-01") == dt.date(2026, 3, 1)
    assert day_of("") is None
