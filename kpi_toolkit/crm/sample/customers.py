"""Accounts: customers from before the CRM, those won since, and those still looking."""

from dataclasses import dataclass

import numpy as np

from kpi_toolkit.crm.sample import season
from kpi_toolkit.crm.sample.draws import Draws, Flag, Whole, exponential
from kpi_toolkit.crm.sample.stays import Path
from kpi_toolkit.crm.sample.traits import (
    INDUSTRIES,
    REGIONS,
    SEGMENT_WEIGHTS,
    SEGMENTS,
    SOURCE_WEIGHTS,
    Traits,
)
from kpi_toolkit.crm.sample.workdays import NEVER

CUSTOMERS_BEFORE = 1_900
FIRST_ACCOUNT = 40
NEXT_COMPANY = 0.36
MEAN_LIFETIME = 1_680  # working days: some 3.6 % of customers leave in a quarter
LEAST_LIFETIME = 50
FIRST_ORDER_WITHIN = 8
CHURN_REASONS = ("price", "competitor", "closed down", "service", "no longer needed")
CHURN_WEIGHTS = (28, 26, 17, 12, 17)


@dataclass(frozen=True)
class Accounts:
    """A column each: working days, NEVER for what does not happen.

    `first_deal` is the won deal that made a customer, or -1; `since` is its closing, and from
    `available` on later deals and orders may follow.
    """

    segment: Whole
    region: Whole
    source: Whole
    created: Whole
    first_deal: Whole
    since: Whole
    available: Whole
    churned: Whole
    churn_reason: Whole
    industry: Whole


def group(draws: Draws, traits: Traits, path: Path) -> Whole:
    """An account for every deal that looks for a new customer.

    Deals of one region and segment, one after the other, belong to one company until it is won or
    forgotten.
    """
    cell = traits.region * len(SEGMENTS) + traits.segment
    order = np.lexsort((traits.created, cell))
    other = draws.chance("accounts.other", NEXT_COMPANY, len(order))
    starts = np.ones(len(order), dtype=bool)
    starts[1:] = (np.diff(cell[order]) != 0) | path.won[order][:-1] | other[1:]
    account = np.empty(len(order), dtype=np.int64)
    account[order] = np.cumsum(starts) - 1
    return account


def open_accounts(draws: Draws, traits: Traits, path: Path, account: Whole) -> Accounts:
    """CUSTOMERS_BEFORE older customers, whose first deals are not kept, then those of new deals."""
    size = int(account.max()) + 1
    first = np.full(size, len(account))
    np.minimum.at(first, account, np.arange(len(account)))
    won = np.full(size, -1)
    won[account[path.won]] = np.flatnonzero(path.won)
    since = np.where(won < 0, NEVER, path.closed[won])
    noted = np.where(won < 0, NEVER, path.noted[won])
    old = _old_customers(draws)
    created = traits.created[first] - draws.below("accounts.lead", 6, size)
    columns = {
        "segment": np.concatenate([old["segment"], traits.segment[first]]),
        "region": np.concatenate([old["region"], traits.region[first]]),
        "source": np.concatenate([old["source"], traits.source[first]]),
        "created": np.concatenate([old["created"], created]),
        "first_deal": np.concatenate([np.full(CUSTOMERS_BEFORE, -1), won]),
        "since": np.concatenate([old["since"], since]),
    }
    available = np.minimum(np.concatenate([old["since"], noted]) + FIRST_ORDER_WITHIN, NEVER)
    return Accounts(
        **columns,
        available=available,
        churned=_churn(draws, columns["since"]),
        churn_reason=draws.choice("accounts.churn_reason", CHURN_WEIGHTS, len(available)),
        industry=draws.below("accounts.industry", len(INDUSTRIES), len(available)),
    )


def _old_customers(draws: Draws) -> dict[str, Whole]:
    """Customers of the system before: they come with their dates, not with their deals."""
    size = CUSTOMERS_BEFORE
    since = (
        draws.below("old.since", season.WARM_UP - FIRST_ACCOUNT - 120, size) + FIRST_ACCOUNT + 110
    )
    return {
        "segment": draws.choice("old.segment", SEGMENT_WEIGHTS, size),
        "region": draws.choice("old.region", [region.weight for region in REGIONS], size),
        "source": draws.choice("old.source", SOURCE_WEIGHTS, size),
        "created": since - 10 - draws.below("old.courtship", 100, size),
        "since": since,
    }


def _churn(draws: Draws, since: Whole) -> Whole:
    """When each customer leaves: no sooner than a while after it came, and after the CRM began."""
    wait = draws.skewed("accounts.lifetime", exponential(), len(since)) * MEAN_LIFETIME // 1000
    begin = np.maximum(since + LEAST_LIFETIME, season.WARM_UP)
    return np.where(since < NEVER, np.minimum(begin + wait, NEVER), NEVER)


def pick(draws: Draws, name: str, accounts: Accounts, day: Whole) -> Whole:
    """A customer of that working day for each."""
    order = np.argsort(accounts.available, kind="stable")
    there = np.searchsorted(accounts.available[order], day, side="right")
    chosen = np.zeros(len(day), dtype=np.int64)
    gone: Flag = np.ones(len(day), dtype=bool)
    for attempt in range(12):
        drawn = order[draws.below(f"{name}.{attempt}", there, len(day))]
        chosen = np.where(gone, drawn, chosen)
        gone = accounts.churned[chosen] <= day
    return np.where(gone, np.argmax(accounts.churned), chosen)
