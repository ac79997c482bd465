"""Subscriptions to the Atlas range: a row for each term of twelve months."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from kpi_toolkit.crm.sample import reference, workdays
from kpi_toolkit.crm.sample import traits as lists
from kpi_toolkit.crm.sample.customers import CUSTOMERS_BEFORE, Accounts
from kpi_toolkit.crm.sample.draws import Draws, Flag, Whole, lognormal
from kpi_toolkit.crm.sample.history import History
from kpi_toolkit.crm.sample.pipeline import Deals
from kpi_toolkit.crm.sample.workdays import NEVER

KINDS = ("new", "renewal", "upgrade")
END_REASONS = ("renewed", "changed", "cancelled")
RENEWED, CHANGED, CANCELLED = range(3)
TERM = 365 * workdays.SECONDS_A_DAY
RENEWED_SHARE, UPGRADED_SHARE, OLD_SHARE = 0.94, 0.07, 0.55
STARTS_AFTER = 10
MONTHLY_BY_SEGMENT = np.array([95, 240, 690])
PLAN_PER_CENT = np.array([100, 160, 250])
MOST_TERMS = 8


@dataclass(frozen=True)
class Terms:
    """A column each; instants in seconds since 1970 UTC, `price` in cents a month.

    `ended` is the end, and `reason` why, though an export before that day knows neither; `renewed`
    is the day of the promise where the reason is RENEWED.
    """

    account: Whole
    subscription: Whole
    term: Whole
    plan: Whole
    kind: Whole
    price: Whole
    started: Whole
    ended: Whole
    reason: Whole
    renewed: Whole


def generate(draws: Draws, deals: Deals, history: History, accounts: Accounts) -> Terms:
    """Every term, the first ones of all subscriptions first."""
    leaves = workdays.instants(accounts.churned, np.full(len(accounts.churned), 64_800))
    term = _first_terms(draws, deals, history, accounts)
    terms = []
    for number in range(MOST_TERMS):
        term = _ended(draws, number, term, leaves[term.account])
        terms.append(term)
        term = _next(term, number + 1)
    names = Terms.__dataclass_fields__
    return Terms(**{name: np.concatenate([getattr(t, name) for t in terms]) for name in names})


def _first_terms(draws: Draws, deals: Deals, history: History, accounts: Accounts) -> Terms:
    """Half of the old customers bring a running term; others begin with their first Atlas deal."""
    old = np.flatnonzero(draws.chance("terms.old", OLD_SHARE, CUSTOMERS_BEFORE))
    span = workdays.position(date(2023, 9, 29)) - workdays.position(date(2022, 10, 6))
    begun = workdays.position(date(2022, 10, 6)) + draws.below("terms.begun", span, len(old))
    there = (begun > accounts.since[old]) & (begun < accounts.churned[old])
    buys = _first_atlas_deals(deals, history, old)
    account = np.concatenate([old[there], deals.account[buys]])
    day = np.concatenate([begun[there], np.minimum(history.noted[buys] + STARTS_AFTER, NEVER)])
    plan = draws.choice("terms.plan", (50, 34, 16), len(account))
    plan[len(account) - len(buys) :] = deals.product[buys]
    price = MONTHLY_BY_SEGMENT[accounts.segment[account]] * PLAN_PER_CENT[plan]
    pounds = np.where(lists.IN_POUNDS[accounts.region[account]], 855, 1000)
    size = draws.skewed("terms.price", lognormal(0.3), len(account))
    started = workdays.instants(day, np.full(len(day), 28_800))
    empty = np.zeros(len(account), dtype=np.int64)
    kind = np.where(np.arange(len(account)) < there.sum(), KINDS.index("renewal"), 0)
    return Terms(
        account=account,
        subscription=np.arange(len(account)),
        term=empty,
        plan=plan,
        kind=kind,
        price=price * size // 1000 * pounds // 1000,
        started=started,
        ended=empty,
        reason=empty,
        renewed=empty,
    )


def _first_atlas_deals(deals: Deals, history: History, taken: Whole) -> Whole:
    atlas = np.array([product.range == "Atlas" for product in reference.PRODUCTS])[deals.product]
    lasting = deals.path.won & (history.cancelled == NEVER) & (deals.path.noted < NEVER - 20)
    places = np.flatnonzero(atlas & lasting & ~np.isin(deals.account, taken))
    _, first = np.unique(deals.account[places], return_index=True)
    return places[first]


def _ended(draws: Draws, number: int, term: Terms, leaves: Whole) -> Terms:
    size = len(term.account)
    due = term.started + TERM
    upgrade: Flag = draws.chance(f"terms.{number}.upgrade", UPGRADED_SHARE, size) & (term.plan < 2)
    when = (
        term.started
        + (60 + draws.below(f"terms.{number}.when", 240, size)) * workdays.SECONDS_A_DAY
    )
    ended = np.where(upgrade, when, due)
    promised = draws.chance(f"terms.{number}.renewed", RENEWED_SHARE, size)
    reason = np.where(upgrade, CHANGED, np.where(promised, RENEWED, CANCELLED))
    gone = leaves <= ended
    early = (3 + draws.below(f"terms.{number}.early", 35, size)) * workdays.SECONDS_A_DAY
    return replace(
        term,
        ended=np.where(gone, np.maximum(leaves, term.started + 1), ended),
        reason=np.where(gone, CANCELLED, reason),
        renewed=due - early,
    )


def _next(term: Terms, number: int) -> Terms:
    """The term that follows each renewed or changed one; an upgrade takes the next plan."""
    goes_on = np.flatnonzero(term.reason != CANCELLED)
    kept = Terms(**{name: getattr(term, name)[goes_on] for name in Terms.__dataclass_fields__})
    up = kept.reason == CHANGED
    return replace(
        kept,
        term=np.full(len(goes_on), number),
        plan=kept.plan + up,
        kind=np.where(up, KINDS.index("upgrade"), KINDS.index("renewal")),
        price=kept.price * np.where(up, 150, 103) // 100,
        started=kept.ended,
    )
