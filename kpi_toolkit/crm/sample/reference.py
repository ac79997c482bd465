"""Tables that others only refer to: products, stages, users, exchange rates and targets."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from kpi_toolkit.crm.sample import workdays
from kpi_toolkit.crm.sample.draws import Draws, Whole
from kpi_toolkit.crm.sample.people import HEAD_OF_SALES, SELLERS, User


@dataclass(frozen=True)
class Product:
    """`until` replaces it before its launch; `price` is in per cent of a usual deal's amount."""

    name: str
    range: str
    launched_on: date
    weight: int
    price: int
    until: int


PRODUCTS = (
    Product("Atlas Essentiel", "Atlas", date(2019, 3, 4), 24, 70, 0),
    Product("Atlas Pro", "Atlas", date(2020, 9, 14), 18, 105, 1),
    Product("Atlas Entreprise", "Atlas", date(2021, 10, 11), 8, 150, 2),
    Product("Boréal 200", "Boréal", date(2018, 5, 14), 17, 90, 3),
    Product("Boréal 400", "Boréal", date(2024, 3, 18), 13, 125, 3),
    Product("Cadence", "Services", date(2022, 1, 10), 12, 95, 5),
    Product("Delta Connect", "Services", date(2025, 6, 2), 8, 110, 5),
)
PLANS = tuple(product.name for product in PRODUCTS if product.range == "Atlas")

RATES_FROM = date(2022, 10, 3)
YEARS = (2025, 2026)
MONTH_SHARES = (
    300,
    322,
    378,
    310,
    325,
    365,
    315,
    245,
    440,
    290,
    300,
    410,
)  # per mille of a quarter
WON_VALUE = {2025: (4_100, 4_000, 4_200, 4_800), 2026: (4_700, 4_900, 4_600, 5_600)}  # k EUR
RATIOS: dict[str, dict[int, tuple[float, ...]]] = {
    "decided_win_rate": {2025: (0.42,) * 4, 2026: (0.43,) * 4},
    "sales_cycle": {2025: (56.0,) * 4, 2026: (56.0,) * 4},
    "average_won_deal": {2025: (6_100.0,) * 4, 2026: (6_400.0, 6_700.0, 6_700.0, 6_700.0)},
    "pipeline_value": {2025: (6.6e6,) * 4, 2026: (8.2e6,) * 4},
    "retention_rate": {2025: (0.965,) * 4, 2026: (0.97,) * 4},
}


@dataclass(frozen=True)
class Target:
    """One row of `targets`; `set_on` is the day it was entered."""

    kpi: str
    period: str
    dimension: str | None
    member: str | None
    value: float
    owner: str
    set_on: date


def products(draws: Draws, name: str, created: Whole) -> Whole:
    """A product each, launched when the deal is opened."""
    chosen = draws.choice(f"{name}.product", [product.weight for product in PRODUCTS], len(created))
    launched = np.array([workdays.position(product.launched_on) for product in PRODUCTS])
    return np.where(
        created >= launched[chosen], chosen, np.array([p.until for p in PRODUCTS])[chosen]
    )


def pound_rates(draws: Draws) -> list[tuple[date, float]]:
    """EUR for one GBP on every working day: a slow walk that is pulled back to 1.17."""
    start, stop = workdays.position(RATES_FROM), workdays.position(date(2027, 1, 4))
    steps = draws.below("rates", 41, stop - start) - 20
    rate, rates = 11_560, []
    for day, step in zip(workdays.working_days()[start:stop], steps.tolist(), strict=True):
        rate += step + (11_700 - rate) // 60
        rates.append((day, rate / 10_000))
    return rates


def targets() -> list[Target]:
    """Quarterly and monthly targets of 2025 and 2026, each year's set in the December before."""
    return [target for year in YEARS for target in (*_won_values(year), *_ratios(year))]


def _won_values(year: int) -> list[Target]:
    set_on = date(year - 1, 12, 15)
    rows = []
    for quarter, thousands in enumerate(WON_VALUE[year], 1):
        period, value = f"{year}-Q{quarter}", thousands * 1000
        rows.append(Target("won_value", period, None, None, value, HEAD_OF_SALES, set_on))
        for month in range(3 * quarter - 2, 3 * quarter + 1):
            part = float(value * MONTH_SHARES[month - 1] // 1000)
            key = f"{year}-{month:02d}"
            rows.append(Target("won_value", key, None, None, part, HEAD_OF_SALES, set_on))
        rows += [
            Target("won_value", period, "owner", seller, part, seller, set_on)
            for seller, part in _quotas(date(year, 3 * quarter - 2, 1), value)
        ]
    return rows


def _quotas(start: date, total: int) -> list[tuple[str, float]]:
    """The quarter's target shared among those who work at its start, to the thousand."""
    there = [seller for seller in SELLERS if _works_on(seller, start)]
    shares = sum(seller.share for seller in there)
    return [(s.name, float(total * s.share // shares // 1000 * 1000)) for s in there]


def _works_on(seller: User, day: date) -> bool:
    return seller.active_from <= day and (seller.active_to is None or day < seller.active_to)


def _ratios(year: int) -> list[Target]:
    return [
        Target(kpi, f"{year}-Q{quarter}", None, None, value, HEAD_OF_SALES, date(year - 1, 12, 15))
        for kpi, years in RATIOS.items()
        for quarter, value in enumerate(years[year], 1)
    ]
