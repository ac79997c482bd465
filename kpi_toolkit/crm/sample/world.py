"""Everything that happens in the sample, of one seed, whether or not the CRM knows it yet."""

from dataclasses import dataclass

from kpi_toolkit.crm.sample import (
    changes,
    customers,
    history,
    leads,
    moments,
    orders,
    pipeline,
    subscriptions,
)
from kpi_toolkit.crm.sample.draws import Draws


@dataclass(frozen=True)
class World:
    """The parts of it, each a column store in its own order."""

    draws: Draws
    accounts: customers.Accounts
    deals: pipeline.Deals
    history: history.History
    moments: moments.Moments
    changes: changes.Changes
    leads: leads.Leads
    lines: orders.Lines
    terms: subscriptions.Terms


def happen(seed: int) -> World:
    """The world of a seed, to the end of the last deal."""
    draws = Draws(seed)
    deals, accounts = pipeline.build(draws)
    told = history.record(draws, deals)
    placed = moments.place(draws, deals, told)
    return World(
        draws=draws,
        accounts=accounts,
        deals=deals,
        history=told,
        moments=placed,
        changes=changes.log(deals, told, placed),
        leads=leads.generate(draws, deals, told),
        lines=orders.generate(draws, deals, told, accounts),
        terms=subscriptions.generate(draws, deals, told, accounts),
    )
