"""What the examples' data sets are known to hold, and how to ask the tables that were read for it.

A key of expected.json leads to a SELECT; `*` in the key is a part that varies, `{0}` in the SELECT.
"""

import re
from collections.abc import Iterator, Mapping


def of(what: str, table: str, where: str = "true") -> str:
    """A SELECT of one figure."""
    return f"SELECT {what} FROM {table} WHERE {where}"


def count(table: str, where: str = "true") -> str:
    """A SELECT of a number of rows."""
    return of("count(*)", table, where)


HOURS = "epoch(resolved_at - created_at) / 3600"
IN_FORCE = "started_at < '{0}-01' AND (ended_at IS NULL OR ended_at >= '{0}-01')"

INCIDENTS = {
    "total|tickets": count("tickets"),
    "total|resolution_hours_mean": of(f"avg({HOURS})", "tickets"),
    "total|resolution_hours_median": of(f"median({HOURS})", "tickets"),
    "total|sla_met_rate": of("avg(met_sla::INT)", "tickets"),
    "total|reopened": count("tickets", "reopened"),
    "total|reopen_rate": of("avg(reopened::INT)", "tickets"),
    "total|no_reassignment_rate": of("avg((reassigned = 'no')::INT)", "tickets"),
    "total|resolved_missing": count("tickets", "resolved_at IS NULL"),
    "total|negative_resolution": count("tickets", "resolved_at < created_at"),
    "total|opened_min": of("min(created_at)::VARCHAR", "tickets"),
    "total|opened_max": of("max(created_at)::VARCHAR", "tickets"),
    "total|callers": of("count(DISTINCT account_id)", "tickets"),
    "total|unassigned": count("tickets", "agent IS NULL"),
    "opened_by_day|*|n": count("tickets", "created_at::DATE = '{0}'"),
}
RAVENSTACK = {
    "accounts|n": count("accounts"),
    "accounts|trial": count("accounts", "trial = 'yes'"),
    "signups_by_month|*|n": count("accounts", "strftime(created_at, '%Y-%m') = '{0}'"),
    "subscriptions|n": count("subscriptions"),
    "subscriptions|ended": count("subscriptions", "ended_at IS NOT NULL"),
    "subscriptions|churn_flag": count("subscriptions", "end_reason = 'cancelled'"),
    "subscriptions|mrr_all_rows": of("sum(mrr)", "subscriptions"),
    "subscriptions|mrr_open_ended": of("sum(mrr)", "subscriptions", "ended_at IS NULL"),
    "subscriptions|upgrades": count("subscriptions", "kind = 'upgrade'"),
    "subscriptions|zero_mrr": count("subscriptions", "mrr = 0"),
    "mrr_first_of_month|*|mrr": of("sum(mrr)", "subscriptions", IN_FORCE),
    "mrr_first_of_month|*|subs": count("subscriptions", IN_FORCE),
    "mrr_first_of_month|*|accounts": of("count(DISTINCT account_id)", "subscriptions", IN_FORCE),
    "tickets|n": count("tickets"),
    "tickets|first_response_min_mean": of(
        "avg(epoch(first_response_at - created_at)) / 60", "tickets"
    ),
    "tickets|first_response_min_median": of("median(response_minutes)", "tickets"),
    "tickets|rated": count("surveys"),
    "tickets|csat_mean": of("avg(score)", "surveys"),
    "tickets|csat_pct_4_5": of("avg((score >= 4)::INT)", "surveys"),
    "tickets|escalation_rate": of("avg(escalated::INT)", "tickets"),
}
TELCO = {
    "total|customers": count("accounts"),
    "total|churned": count("accounts", "churned"),
    "total|mrr_before": of("sum(mrr)", "subscriptions"),
    "total|mrr_lost": of("sum(mrr)", "subscriptions", "ended_at IS NOT NULL"),
    "total|tenure_mean": of("avg(tenure)", "accounts"),
    "total|total_charges": of("sum(total_charges)", "accounts"),
    "total|total_charges_missing": count("accounts", "total_charges IS NULL"),
    "by_Contract|*|customers": count("accounts", "plan = '{0}'"),
    "by_Contract|*|churned": count("accounts", "plan = '{0}' AND churned_at IS NOT NULL"),
    "by_Contract|*|mrr_before": of("sum(mrr)", "subscriptions", "plan = '{0}'"),
}
CDNOW = {
    "master|customers": of("count(DISTINCT account_id)", "orders"),
    "master|transactions": of("count(DISTINCT order_id)", "orders"),
    "master|units": of("sum(quantity)", "orders"),
    "master|revenue": of("sum(amount)", "orders"),
    "master|aov": of("avg(amount)", "orders"),
    "master|zero_value_transactions": count("orders", "amount = 0"),
}
HILLSTROM = {
    "by_segment|*|customers": of("sum(customers)", "mailings", "variant = '{0}'"),
    "by_segment|*|visits": of("sum(engaged)", "mailings", "variant = '{0}'"),
    "by_segment|*|conversions": of("sum(converted)", "mailings", "variant = '{0}'"),
    "by_segment|*|spend": of("sum(spend)", "mailings", "variant = '{0}'"),
    "total|customers": of("sum(customers)", "mailings"),
    "total|spend": of("sum(spend)", "mailings"),
    "total|conversions": of("sum(converted)", "mailings"),
}
FIGURES = {
    "it_incidents": INCIDENTS,
    "ravenstack": RAVENSTACK,
    "telco_churn": TELCO,
    "cdnow": CDNOW,
    "hillstrom_email": HILLSTROM,
}


def asked(example: str, expected: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Each key of expected.json that the tables answer, with its SELECT."""
    for pattern, sql in FIGURES[example].items():
        shape = re.escape(pattern).replace(r"\*", "([^|]+)")
        found = [match for key in expected if (match := re.fullmatch(shape, key))]
        assert found, f"{pattern}: no such figure"
        for match in found:
            yield match[0], sql.format(*match.groups())
