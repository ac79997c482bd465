"""Order lines: what won deals brought, and what customers ordered again by themselves."""

from dataclasses import dataclass

import numpy as np

from kpi_toolkit.crm.sample import customers, pipeline, reference, season
from kpi_toolkit.crm.sample import traits as lists
from kpi_toolkit.crm.sample.customers import Accounts
from kpi_toolkit.crm.sample.draws import Draws, Whole, lognormal
from kpi_toolkit.crm.sample.history import History
from kpi_toolkit.crm.sample.pipeline import Deals
from kpi_toolkit.crm.sample.workdays import NEVER

REPEAT_ORDERS = 8_500
REPEAT_PER_CENT = 7
CHANNELS = ("sales", "web shop", "phone")
LINE_WEIGHTS = (68, 22, 10)
REFUNDED_SHARE = 0.02


@dataclass(frozen=True)
class Lines:
    """A column each, an order's lines together; working days, whole amounts, costs in cents.

    `order` numbers the orders as they were entered; `refunded` is noted on `refunded_on`.
    """

    order: Whole
    line: Whole
    account: Whole
    deal: Whole
    product: Whole
    channel: Whole
    quantity: Whole
    amount: Whole
    cost: Whole
    refunded: Whole
    refunded_on: Whole
    ordered: Whole
    noted: Whole


@dataclass(frozen=True)
class _Orders:
    account: Whole
    deal: Whole
    product: Whole
    channel: Whole
    amount: Whole
    ordered: Whole
    noted: Whole


def generate(draws: Draws, deals: Deals, history: History, accounts: Accounts) -> Lines:
    """All order lines, in the order in which they were entered."""
    parts = (_of_deals(draws, deals, history), _repeats(draws, accounts))
    sequence = np.argsort(np.concatenate([part.noted for part in parts]), kind="stable")
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])[sequence]
        for name in _Orders.__dataclass_fields__
    }
    return _lines(draws, _Orders(**columns), history)


def _of_deals(draws: Draws, deals: Deals, history: History) -> _Orders:
    """One for each won deal, one to five working days after its closing."""
    deal = np.flatnonzero(deals.path.won)
    ordered = np.minimum(
        deals.path.closed[deal] + 1 + draws.below("order.after", 5, len(deal)), NEVER
    )
    return _Orders(
        account=deals.account[deal],
        deal=deal,
        product=deals.product[deal],
        channel=np.zeros(len(deal), dtype=np.int64),
        amount=deals.amount[deal],
        ordered=ordered,
        noted=np.maximum(ordered, history.noted[deal]),
    )


def _repeats(draws: Draws, accounts: Accounts) -> _Orders:
    """Small orders of customers, without a deal."""
    ordered = season.openings(draws, "repeat", REPEAT_ORDERS)
    ordered = ordered[ordered >= season.BEGIN]
    account = customers.pick(draws, "repeat.account", accounts, ordered)
    usual = pipeline.AMOUNT_BY_SEGMENT[accounts.segment[account]] * REPEAT_PER_CENT
    size = draws.skewed("repeat.amount", lognormal(0.7), len(ordered))
    pounds = np.where(lists.IN_POUNDS[accounts.region[account]], pipeline.POUND_PER_MILLE, 1000)
    return _Orders(
        account=account,
        deal=np.full(len(ordered), -1),
        product=reference.products(draws, "repeat", ordered),
        channel=1 + draws.choice("repeat.channel", (75, 25), len(ordered)),
        amount=np.maximum(20, usual * size // 1000 * pounds // 100_000),
        ordered=ordered,
        noted=ordered,
    )


def _lines(draws: Draws, orders: _Orders, history: History) -> Lines:
    count = 1 + draws.choice("lines.count", LINE_WEIGHTS, len(orders.account))
    order = np.repeat(np.arange(len(count)), count)
    line = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count)
    share = np.where(line == 0, 0, 8 + draws.below("lines.share", 22, len(order)))
    part = orders.amount[order] * share // 100
    rest = orders.amount - np.bincount(order, weights=part).astype(np.int64)
    amount = np.where(line == 0, rest[order], part)
    extra = reference.products(draws, "lines", orders.ordered[order])
    refunded, refunded_on = _refunds(draws, orders, history, order, amount)
    return Lines(
        order=order,
        line=line,
        account=orders.account[order],
        deal=orders.deal[order],
        product=np.where(line == 0, orders.product[order], extra),
        channel=orders.channel[order],
        quantity=1 + draws.below("lines.quantity", 12, len(order)),
        amount=amount,
        cost=amount * (520 + draws.below("lines.cost", 150, len(order))) // 10,
        refunded=refunded,
        refunded_on=refunded_on,
        ordered=orders.ordered[order],
        noted=orders.noted[order],
    )


def _refunds(
    draws: Draws, orders: _Orders, history: History, order: Whole, amount: Whole
) -> tuple[Whole, Whole]:
    """A cancelled deal's order is paid back; so is a part, or all, of a few other lines."""
    size = len(order)
    deal = orders.deal[order]
    cancelled = np.where(deal >= 0, history.cancelled[deal], NEVER)
    some = draws.chance("refunds", REFUNDED_SHARE, size)
    day = np.where(some, orders.noted[order] + 4 + draws.below("refunds.after", 25, size), NEVER)
    share = np.where(
        draws.chance("refunds.all", 0.5, size), 100, 20 + draws.below("refunds.part", 50, size)
    )
    whole = cancelled < NEVER
    refunded = np.where(whole, amount, amount * share // 100)
    return refunded, np.minimum(np.where(whole, cancelled + 6, day), NEVER)
