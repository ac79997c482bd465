"""`accounts`, `leads`, `orders` and `subscriptions` of one morning."""

from typing import TYPE_CHECKING

import numpy as np

from kpi_toolkit.crm.sample import (
    customers,
    leads,
    orders,
    reference,
    season,
    subscriptions,
    workdays,
)
from kpi_toolkit.crm.sample import traits as lists
from kpi_toolkit.crm.sample.changes import PEOPLE
from kpi_toolkit.crm.sample.columns import frame, instants, numbers, only, words
from kpi_toolkit.crm.sample.deal_tables import CURRENCIES, PRODUCTS, REGIONS
from kpi_toolkit.crm.sample.draws import Flag, Text, Whole
from kpi_toolkit.crm.sample.morning import Morning
from kpi_toolkit.crm.sample.names import company_names

if TYPE_CHECKING:
    import pandas

COUNTRIES = [region.country for region in lists.REGIONS]
NO_INDUSTRY, NO_OWNER, NO_SOURCE, NO_SEGMENT = 0.07, 0.01, 0.03, 0.08
AT_RISK_SHARE, ONBOARDED_SHARE = 0.65, 0.93


def accounts(morning: Morning) -> "pandas.DataFrame":
    """One row an account, in order of entry."""
    accounts, draws = morning.world.accounts, morning.world.draws
    size = len(accounts.created)
    owner = lists.sellers(
        draws, "accounts", accounts.region, np.maximum(accounts.created, season.BEGIN)
    )
    since, is_customer = _since(morning)
    churned = _at(morning, "churned", accounts.churned)
    left = is_customer & morning.knows(churned)
    risk, at_risk = _at_risk(morning, left)
    begun, done = _onboarding(morning)
    made = {
        "account_id": morning.account_ids,
        "name": company_names(draws, lists.ENGLISH_SPEAKING[accounts.region]),
        "segment": words(lists.SEGMENTS, accounts.segment),
        "industry": words(
            lists.INDUSTRIES, accounts.industry, ~draws.chance("no_industry", NO_INDUSTRY, size)
        ),
        "region": words(REGIONS, accounts.region),
        "country": words(COUNTRIES, accounts.region),
        "owner": words(PEOPLE.tolist(), owner, ~draws.chance("no_account_owner", NO_OWNER, size)),
        "source": words(
            lists.SOURCES, accounts.source, ~draws.chance("no_account_source", NO_SOURCE, size)
        ),
        "plan": _plan(morning),
        "created_at": instants(morning.account_created),
        "became_customer_at": instants(since, is_customer),
        "churned_at": instants(churned, left),
        "churn_reason": words(customers.CHURN_REASONS, accounts.churn_reason, left),
        "at_risk_since": instants(risk, at_risk),
        "onboarding_started_at": instants(begun, is_customer & morning.knows(begun)),
        "onboarded_at": instants(done, is_customer & morning.knows(done)),
    }
    there = frame(morning.knows(morning.account_created), made)
    return there.sort_values("account_id", ignore_index=True)


def _at(morning: Morning, name: str, day: Whole) -> Whole:
    clock = 32_400 + morning.world.draws.below(f"accounts.clock.{name}", 30_000, len(day))
    return workdays.instants(np.minimum(day, workdays.NEVER), clock)


def _since(morning: Morning) -> tuple[Whole, Flag]:
    """When each became a customer, and whether that was known: its first won deal's closing."""
    accounts, moments = morning.world.accounts, morning.world.moments
    of_old = _at(morning, "since", accounts.since)
    won = accounts.first_deal >= 0
    since = np.where(won, moments.closed[accounts.first_deal], of_old)
    noted = np.where(won, moments.noted[accounts.first_deal], of_old)
    return since, morning.knows(noted)


def _at_risk(morning: Morning, left: Flag) -> tuple[Whole, Flag]:
    """Two in three of those who left were seen to be at risk some weeks before."""
    accounts, draws = morning.world.accounts, morning.world.draws
    size = len(left)
    seen = draws.chance("accounts.at_risk", AT_RISK_SHARE, size) & (
        accounts.churned < workdays.NEVER
    )
    day = accounts.churned - 10 - draws.below("accounts.warned", 35, size)
    at = _at(morning, "at_risk", np.maximum(day, 0))
    return at, seen & morning.knows(at)


def _onboarding(morning: Morning) -> tuple[Whole, Whole]:
    """Customers won since the CRM began are brought in within weeks; a few never are."""
    accounts, draws = morning.world.accounts, morning.world.draws
    size = len(accounts.since)
    fresh = accounts.since >= season.BEGIN
    begun = np.where(
        fresh, accounts.available + draws.below("onboarding.wait", 6, size), workdays.NEVER
    )
    ready = fresh & draws.chance("onboarded", ONBOARDED_SHARE, size)
    done = np.where(ready, begun + 8 + draws.below("onboarding.days", 40, size), workdays.NEVER)
    return _at(morning, "begun", begun), _at(morning, "done", done)


def _plan(morning: Morning) -> Text:
    """The plan of the running term."""
    terms = morning.world.terms
    runs = morning.knows(terms.started) & ~morning.knows(terms.ended)
    plan = np.full(len(morning.account_ids), -1)
    plan[terms.account[runs]] = terms.plan[runs]
    return words(reference.PLANS, plan, plan >= 0)


def leads_table(morning: Morning) -> "pandas.DataFrame":
    """One row a lead, in order of creation."""
    lead, draws = morning.world.leads, morning.world.draws
    moments = morning.world.moments
    size, deal = len(lead.created), lead.deal
    opened = (deal >= 0) & morning.knows(moments.recorded[deal])
    won = opened & morning.won[deal]
    merged = morning.knows(lead.merged)
    channels = [channel for source in lists.SOURCES for channel in leads.CHANNELS[source]]
    account = morning.world.deals.account[deal]
    has_segment = ~draws.chance("no_lead_segment", NO_SEGMENT, size)
    made = {
        "lead_id": morning.lead_ids,
        "account_id": only(morning.account_ids[account], opened),
        "source": words(
            lists.SOURCES, lead.source, ~draws.chance("no_lead_source", NO_SOURCE, size)
        ),
        "channel": words(channels, lead.source * 3 + lead.channel),
        "segment": words(lists.SEGMENTS, lead.segment, has_segment),
        "owner": words(PEOPLE.tolist(), lead.seller),
        "score": lead.score.astype(np.float64),
        "created_at": instants(lead.created),
        "updated_at": instants(_lead_updated(morning)),
        "first_contacted_at": instants(lead.contacted, morning.knows(lead.contacted)),
        "qualified_at": instants(lead.qualified, morning.knows(lead.qualified)),
        "opportunity_at": instants(moments.entered[deal, 0], opened),
        "became_customer_at": instants(moments.closed[deal], won),
        "deal_id": only(morning.deal_ids[deal], opened),
        "merged_into": only(morning.lead_ids[lead.merged_into], merged),
    }
    return frame(morning.knows(lead.created), made).sort_values("lead_id", ignore_index=True)


def _lead_updated(morning: Morning) -> Whole:
    lead, moments = morning.world.leads, morning.world.moments
    mine = lead.deal >= 0
    updated = lead.created
    events = (
        lead.contacted,
        lead.qualified,
        lead.merged,
        np.where(mine, moments.recorded[lead.deal], morning.cutoff),
        np.where(mine, moments.noted[lead.deal], morning.cutoff),
    )
    for event in events:
        updated = np.where(morning.knows(event), np.maximum(updated, event), updated)
    return updated


def orders_table(morning: Morning) -> "pandas.DataFrame":
    """One row an order line, in order of entry."""
    lines, world = morning.world.lines, morning.world
    region = world.accounts.region[lines.account]
    clock = 34_200 + world.draws.below("orders.clock", 30_000, int(lines.order.max()) + 1)
    noted = workdays.instants(lines.noted, clock[lines.order])
    refunded = workdays.instants(lines.refunded_on, clock[lines.order])
    made = {
        "order_id": np.array([f"O-{n:05d}" for n in range(1, len(clock) + 1)], dtype=object)[
            lines.order
        ],
        "line": words([str(n) for n in range(1, 4)], lines.line),
        "account_id": morning.account_ids[lines.account],
        "deal_id": only(morning.deal_ids[lines.deal], lines.deal >= 0),
        "product": words(PRODUCTS, lines.product),
        "channel": words(orders.CHANNELS, lines.channel),
        "quantity": lines.quantity,
        "amount": lines.amount.astype(np.float64),
        "refunded": numbers(lines.refunded, morning.knows(refunded)),
        "cost": lines.cost / 100,
        "currency": words(CURRENCIES, region),
        "ordered_at": instants(workdays.instants(lines.ordered, clock[lines.order])),
    }
    return frame(morning.knows(noted), made)


def subscriptions_table(morning: Morning) -> "pandas.DataFrame":
    """One row a term, in order of its start."""
    terms = morning.world.terms
    ended = morning.knows(terms.ended)
    renewed = (terms.reason == subscriptions.RENEWED) & morning.knows(terms.renewed)
    made = {
        "subscription_id": np.array(
            [f"S-{s + 1:05d}-{t + 1}" for s, t in zip(terms.subscription, terms.term, strict=True)],
            dtype=object,
        ),
        "account_id": morning.account_ids[terms.account],
        "plan": words(reference.PLANS, terms.plan),
        "kind": words(subscriptions.KINDS, terms.kind),
        "mrr": terms.price / 100,
        "currency": words(CURRENCIES, morning.world.accounts.region[terms.account]),
        "started_at": instants(terms.started),
        "ended_at": instants(terms.ended, ended),
        "end_reason": words(subscriptions.END_REASONS, terms.reason, ended),
        "renewal_due_at": instants(terms.started + subscriptions.TERM),
        "renewed_at": instants(terms.renewed, renewed),
    }
    table = frame(morning.knows(terms.started), made)
    return table.sort_values(["started_at", "subscription_id"], ignore_index=True)
