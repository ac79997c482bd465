"""Every deal of the sample: those that look for a new customer, and those with customers."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TypeVar

import numpy as np

from kpi_toolkit.crm.sample import customers, reference, season, workdays
from kpi_toolkit.crm.sample import traits as lists
from kpi_toolkit.crm.sample.customers import Accounts
from kpi_toolkit.crm.sample.draws import Draws, Whole, lognormal
from kpi_toolkit.crm.sample.stays import Path, walk
from kpi_toolkit.crm.sample.traits import Traits

THREE_YEARS_OF_DEALS = 20_000
NEW_SHARE = 0.31
CUSTOMER_KIND_WEIGHTS = (0, 40, 34, 26)
LAST_ORDERS = 20

AMOUNT_BY_SEGMENT = np.array([3_950, 8_900, 17_000])
AMOUNT_BY_KIND = np.array([118, 92, 86, 78])  # per cent
PRICE_RISE = workdays.position(date(2026, 2, 2))
PRICE_RISE_PER_MILLE = 80
YEARLY_DRIFT_PER_MILLE = 20
POUND_PER_MILLE = 855

Columns = TypeVar("Columns", Traits, Path)


@dataclass(frozen=True)
class Deals:
    """A column each, in order of creation; `amount` is the one agreed, in the deal's currency."""

    traits: Traits
    path: Path
    account: Whole
    product: Whole
    amount: Whole


def build(draws: Draws) -> tuple[Deals, Accounts]:
    """What happens, complete to the last deal's end, whether or not the CRM knows it yet."""
    created = season.openings(draws, "deals", THREE_YEARS_OF_DEALS)
    new = draws.chance("deals.new", NEW_SHARE, len(created))
    first = _first_deals(draws, created[new])
    path = walk(draws, "first", first)
    account = customers.group(draws, first, path)
    accounts = customers.open_accounts(draws, first, path, account)
    later, chosen, later_path = _later_deals(draws, accounts, created[~new])
    order = _kept_in_order(first.created, later.created, path, later_path)
    traits = _joined(first, later, order)
    product = reference.products(draws, "deals", traits.created)
    place = np.full(len(created) + 1, -1)  # the last, [-1], is for accounts without such a deal
    place[order] = np.arange(len(order))
    accounts = replace(accounts, first_deal=place[accounts.first_deal])
    return Deals(
        traits=traits,
        path=_joined(path, later_path, order),
        account=np.concatenate([account + customers.CUSTOMERS_BEFORE, chosen])[order],
        product=product,
        amount=_amounts(draws, traits, product),
    ), accounts


def _kept_in_order(first: Whole, later: Whole, path: Path, later_path: Path) -> Whole:
    """Positions in order of creation; what ended before the CRM began is not in it."""
    order = np.argsort(np.concatenate([first, later]), kind="stable")
    return order[np.concatenate([path.closed, later_path.closed])[order] >= season.BEGIN]


def _first_deals(draws: Draws, created: Whole) -> Traits:
    size = len(created)
    region = draws.choice("first.region", [region.weight for region in lists.REGIONS], size)
    return Traits(
        created=created,
        kind=np.zeros(size, dtype=np.int64),
        segment=draws.choice("first.segment", lists.SEGMENT_WEIGHTS, size),
        region=region,
        source=lists.sources(draws, "first", created),
        seller=lists.sellers(draws, "first", region, created),
    )


def _later_deals(draws: Draws, accounts: Accounts, created: Whole) -> tuple[Traits, Whole, Path]:
    """Deals with customers; none is won from a customer who has left."""
    account = customers.pick(draws, "later.account", accounts, created)
    region = accounts.region[account]
    traits = Traits(
        created=created,
        kind=draws.choice("later.kind", CUSTOMER_KIND_WEIGHTS, len(created)),
        segment=accounts.segment[account],
        region=region,
        source=lists.sources(draws, "later", created),
        seller=lists.sellers(draws, "later", region, created),
    )
    path = walk(draws, "later", traits)
    stays = path.closed + LAST_ORDERS < accounts.churned[account]
    return traits, account, replace(path, won=path.won & stays)


def _joined(first: Columns, later: Columns, order: Whole) -> Columns:
    pairs = ((f.name, getattr(first, f.name), getattr(later, f.name)) for f in fields(first))
    return type(first)(**{name: np.concatenate([a, b])[order] for name, a, b in pairs})


def _amounts(draws: Draws, traits: Traits, product: Whole) -> Whole:
    """Whole tens of the deal's currency; new prices hold for deals opened since their day."""
    prices = np.array([product.price for product in reference.PRODUCTS])[product]
    usual = AMOUNT_BY_SEGMENT[traits.segment] * AMOUNT_BY_KIND[traits.kind] * prices
    years = traits.created - season.BEGIN
    drift = 1000 + YEARLY_DRIFT_PER_MILLE * years // 253
    rise = 1000 + np.where(traits.created >= PRICE_RISE, PRICE_RISE_PER_MILLE, 0)
    currency = np.where(lists.IN_POUNDS[traits.region], POUND_PER_MILLE, 1000)
    size = draws.skewed("deals.amount", lognormal(0.45), len(product))
    thousandths = usual * size // 10_000 * drift // 1000 * rise // 1000 * currency // 1000
    return np.maximum(10, (thousandths + 5_000) // 10_000 * 10)
