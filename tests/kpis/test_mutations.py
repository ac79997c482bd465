"""An oracle is worth something only if it notices a wrong definition: each KPI is broken."""

import dataclasses
import inspect
from importlib import import_module

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import Crm, from_frames
from kpi_toolkit.kpis import facts, find
from kpi_toolkit.measures.fact import Fact
from kpi_toolkit.measures.kpi import Kpi
from tests.oracles import generated
from tests.oracles.bounds import bounds
from tests.oracles.every import ORACLES

AS_OF = "2026-10-05T06:00:00"
# What stands in a definition's code, and what a slip would put there.
KPI_SLIPS = [
    ("opportunity_to_customer_rate", "closed_at < :as_of", "closed_at < :as_of - interval 1 year"),
    ("opportunity_to_customer_rate", "{WON} and", ""),
    ("opportunity_to_customer_rate", 'time="created_at")\n', 'time="closed_at")\n'),
    ("close_rate", "closed_at >= :start", "closed_at > :start"),
    ("close_rate", "closed_at < :end", "closed_at <= :end"),
    ("close_rate", "deals.during.count()", "deals.at_start.count()"),
    ("decided_win_rate", "deals.count(WON)", "deals.count()"),
    ("decided_win_rate", "'won', 'lost'", "'won', 'lost', 'open'"),
    ("decided_win_rate", "\"status in ('won', 'lost')\"", "time='created_at'"),
    ("sales_cycle", "{WON} and", ""),
    ("sales_cycle", "{began} <= closed_at", "{began} < closed_at"),
    ("sales_cycle", "_start(start)", "_start('creation')"),
    ("sales_cycle_median", "{WON} and {began}", "{began}"),
    ("sales_cycle_median", "deals.median", "deals.mean"),
    ("sales_cycle_survival", "created_at < :end", "created_at < :start"),
    ("sales_cycle_survival", "created_at >= :since", "created_at >= :start"),
    ("sales_cycle_survival", "closed_at < :end", "closed_at < :start"),
    ("sales_cycle_survival", "{WON} and", ""),
    ("time_in_stage", "days(entered_at, left_at)", "days(entered_at, entered_at)"),
    ("time_in_stage_median", "days(entered_at, left_at)", "days(entered_at, entered_at)"),
    ("time_in_stage_median", "deal_steps.median", "deal_steps.mean"),
    ("average_won_deal", "WON", "\"status = 'lost'\""),
    (
        "average_won_deal",
        'deals.mean("amount", WON)',
        'deals.sum("amount", WON) / deals.count(WON)',
    ),
    ("pipeline_value", "at_end", "at_start"),
    ("won_value", ", WON", ""),
    ("new_customer_revenue", '"revenue"', '"amount"'),
    ("new_customer_revenue", "order_id = first_order", "customer_since = ordered_at"),
    ("retention_rate", "churned_at >= :end", "churned_at > :end"),
    ("retention_rate", "churned_at is null or ", ""),
    ("retention_rate", "accounts.at_start.count()", "accounts.at_end.count()"),
    ("churn_rate", "churned_at < :end", "churned_at <= :end"),
    ("churn_rate", "accounts.at_start.count(", "accounts.during.count("),
    ("revenue", '"revenue"', '"amount"'),
    ("average_purchase", 'distinct("order_id", "is_purchase")', 'count("is_purchase")'),
    ("average_purchase", ', "is_purchase"', ""),
    ("average_purchase", '"revenue"', '"amount"'),
    ("buying_customers", "account_id", "order_id"),
    ("buying_customers", "LAST_YEAR", "LAST_YEAR.replace(':since', ':start')"),
    ("buying_customers", "LAST_YEAR", "LAST_YEAR.replace('is_purchase and ', '')"),
    ("purchase_frequency", " and account_id is not null", ""),
    ("monthly_recurring_revenue", "at_end", "at_start"),
    ("monthly_recurring_revenue", "at_end", "during"),
    ("mrr_started", 'sum("mrr")', 'sum("mrr", time="ended_at")'),
    ("mrr_ended", 'time="ended_at"', 'time="started_at"'),
    ("renewal_rate", " and {DUE}", ""),
    ("renewal_rate", 'time="renewal_due_at")', 'time="renewed_at")'),
    ("tickets_created", "count()", 'count(time="resolved_at")'),
    ("backlog", "at_end", "during"),
    ("first_response_time", "time=answered", 'time="created_at"'),
    ("resolution_time", "_hours(hours, resolved)", '_hours("elapsed", resolved)'),
    ("resolution_time", "time=resolved", 'time="created_at"'),
    ("resolution_time_median", "tickets.median", "tickets.mean"),
    ("sla_compliance", '"in_sla is not null", ', ""),
    ("sla_compliance", 'time="sla_at"', 'time="created_at"'),
    ("escalation_rate", '"escalated"', '"not escalated"'),
    ("customer_satisfaction", ">= 0.75", "> 0.75"),
    ("customer_satisfaction", "kind = 'csat' and ", ""),
    ("leads_created", "count()", 'count(time="became_customer_at")'),
    ("lead_conversion_rate", "became_customer_at >= created_at and ", ""),
    ("lead_conversion_rate", " and became_customer_at < :as_of", ""),
    ("email_open_rate", '"opened"', '"clicked"'),
    ("email_click_rate", '"clicked"', '"opened"'),
    ("email_conversion_rate", '"converted"', '"opened"'),
]
FIRST_BY_NAME = "min(order_id) over (partition by account_id)"
FACT_SLIPS = [
    ("time_in_stage", "deal_steps", {"where": "deals.deal_id is not null"}),
    ("time_in_stage", "deal_steps", {"columns": {"left_at": "deals.closed_at"}}),
    ("time_in_stage", "deal_steps", {"time": "entered_at"}),
    ("time_in_stage_median", "deal_steps", {"time": "entered_at"}),
    ("close_rate", "deals", {"columns": {"began_at": "created_at"}}),
    ("pipeline_value", "deals", {"columns": {"began_at": "created_at"}}),
    ("new_customer_revenue", "orders", {"columns": {"revenue": "amount - refunded"}}),
    ("new_customer_revenue", "orders", {"columns": {"first_order": FIRST_BY_NAME}}),
    ("new_customer_revenue", "orders", {"columns": {"is_purchase": "true"}}),
    ("purchase_frequency", "orders", {"columns": {"is_purchase": "amount > 0"}}),
    ("retention_rate", "accounts", {"open": ("created_at", "churned_at")}),
    ("leads_created", "leads", {"where": None}),
    ("revenue", "orders", {"columns": {"revenue": "amount - refunded"}}),
    ("sla_compliance", "tickets", {"columns": {"in_sla": "resolved_at <= sla_due_at"}}),
    ("sla_compliance", "tickets", {"columns": {"in_sla": "coalesce(met_sla, sla_due_at is null)"}}),
    ("sla_compliance", "tickets", {"columns": {"sla_at": "sla_due_at"}}),
    ("customer_satisfaction", "surveys", {"columns": {"satisfaction": "score / scale_max"}}),
]  # fmt: skip


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return generated.frames(1_000)


@pytest.fixture(scope="module")
def crm(tables: dict[str, pd.DataFrame]) -> Crm:
    frames = generated.aware(tables)
    frames["accounts"] = frames["accounts"].assign(created_at=pd.Timestamp("2026-01-01", tz="UTC"))
    return from_frames(as_of=pd.Timestamp(AS_OF).to_pydatetime(), **frames)


def noticed(name: str, changed: Kpi, crm: Crm, tables: dict[str, pd.DataFrame]) -> bool:
    """Whether the changed KPI differs from the oracle in some period."""
    periods = ["2026-Q3", "2026-Q2", "2026-Q1", "2025-Q4", "2025"]
    return any(
        changed.rows(crm, key)[0].value != ORACLES[name].value(tables, bounds(key, AS_OF))
        for key in periods
    )


@pytest.mark.parametrize(("name", "right", "wrong"), KPI_SLIPS)
def test_a_slip_in_a_definition_is_noticed(
    crm: Crm, tables: dict[str, pd.DataFrame], name: str, right: str, wrong: str
) -> None:
    code = code_of(name)
    assert right in code, "the definition no longer reads so"
    assert noticed(name, rebuilt(name, code.replace(right, wrong), {}), crm, tables)


@pytest.mark.parametrize(("name", "fact", "changes"), FACT_SLIPS)
def test_a_slip_in_a_fact_is_noticed(
    crm: Crm,
    tables: dict[str, pd.DataFrame],
    name: str,
    fact: str,
    changes: dict[str, object],
) -> None:
    right = getattr(facts, fact)
    columns = {**right.columns, **changes.get("columns", {})}
    wrong = dataclasses.replace(right, **{**changes, "columns": columns})
    assert noticed(name, rebuilt(name, code_of(name), {fact: wrong}), crm, tables)


@pytest.mark.parametrize("name", ORACLES)
def test_what_is_not_changed_is_not_noticed(
    crm: Crm, tables: dict[str, pd.DataFrame], name: str
) -> None:
    assert not noticed(name, rebuilt(name, code_of(name), {}), crm, tables)


def code_of(name: str) -> str:
    """The function of a KPI, without its decorator."""
    return "".join(inspect.getsource(find(name).function).partition("def ")[1:])


def rebuilt(name: str, code: str, facts_instead: dict[str, Fact]) -> Kpi:
    """The KPI with other code or on other facts; the registry keeps the original."""
    original = find(name)
    module = import_module(original.function.__module__)
    scope = {**vars(module), **facts_instead}
    exec(code, scope)
    return dataclasses.replace(original, function=scope[name], _bound={})
