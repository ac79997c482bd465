"""What comes before and after a deal, made by chance: leads, mailings, terms, tickets, answers."""

import numpy as np
import pandas as pd

from tests.oracles.draws import instants, on_edges, one_of, sometimes


def frames(
    chance: np.random.Generator, rows: int, accounts: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Canonical tables of about `rows` rows."""
    tickets = _tickets(chance, rows, accounts)
    return {
        "leads": _leads(chance, rows),
        "mailings": _mailings(chance, rows),
        "subscriptions": _subscriptions(chance, rows, accounts),
        "products": pd.DataFrame(
            {
                "product": ["A", "B"],
                "range": ["basic", None],
                "launched_on": pd.to_datetime(["2025-08-15", "2026-09-01"]),
            }
        ),
        "tickets": tickets,
        "surveys": _surveys(chance, rows, accounts, tickets),
    }


def _leads(chance: np.random.Generator, n: int) -> pd.DataFrame:
    created = instants(chance, n)
    # Some were customers before anybody noted them down as leads.
    became = created + _some_days(chance, n, -5, 150)
    (more,) = chance.spawn(1)
    return pd.DataFrame(
        {
            "lead_id": [f"l{i}" for i in range(n)],
            "source": one_of(chance, ["web", "fair", None], n),
            "channel": one_of(chance, ["search", "mail"], n),
            "segment": one_of(chance, ["small", "large"], n),
            "owner": one_of(more, ["Ann", "Bob", None], n),
            "created_at": sometimes(chance, created, 0.97),
            "first_contacted_at": sometimes(
                more, on_edges(more, created + _some_days(more, n, -1, 9)), 0.8
            ),
            "opportunity_at": sometimes(
                more, on_edges(more, created + _some_days(more, n, -3, 60)), 0.5
            ),
            "became_customer_at": sometimes(chance, on_edges(chance, became), 0.4),
            "merged_into": one_of(chance, ["l0", None, None, None, None], n),
        }
    )


def _mailings(chance: np.random.Generator, n: int) -> pd.DataFrame:
    delivered = pd.Series(chance.integers(0, 900, n))
    counts = {
        name: sometimes(chance, (delivered * chance.random(n) // 1), 0.85)
        for name in ("opened", "clicked", "converted")
    }
    return pd.DataFrame(
        {
            "campaign_id": one_of(chance, ["c1", "c2", None], n),
            "variant": one_of(chance, ["a", "b"], n),
            "channel": one_of(chance, ["email", "email", "sms", None], n),
            "day": sometimes(chance, instants(chance, n).dt.normalize(), 0.98),
            "delivered": sometimes(chance, delivered, 0.9),
            **counts,
        }
    )


def _subscriptions(chance: np.random.Generator, n: int, accounts: pd.DataFrame) -> pd.DataFrame:
    started = instants(chance, n)
    due = on_edges(chance, started + _some_days(chance, n, 20, 300))
    (more,) = chance.spawn(1)
    reason = one_of(chance, ["renewed", "changed", "cancelled", None], n)
    ended = on_edges(chance, started + _some_days(chance, n, 0, 300))
    return pd.DataFrame(
        {
            "subscription_id": [f"s{i}" for i in range(n)],
            "kind": one_of(more, ["new", "renewal", "upgrade", "downgrade", None], n),
            "account_id": one_of(chance, [*accounts["account_id"], "unknown", None], n),
            "plan": one_of(chance, ["basic", "full", None], n),
            "mrr": sometimes(chance, pd.Series(chance.integers(0, 99_999, n) / 100), 0.95),
            "started_at": sometimes(chance, started, 0.98),
            "ended_at": sometimes(chance, ended, 0.7),
            "end_reason": reason,
            "renewal_due_at": sometimes(chance, due, 0.9),
            "renewed_at": sometimes(chance, due + _some_days(chance, n, -9, 9), 0.5),
        }
    )


def _tickets(chance: np.random.Generator, n: int, accounts: pd.DataFrame) -> pd.DataFrame:
    created = instants(chance, n)
    met = pd.Series(one_of(chance, [True, False, None, None, None], n), dtype=object)
    return pd.DataFrame(
        {
            "ticket_id": [f"t{i}" for i in range(n)],
            "account_id": one_of(chance, [*accounts["account_id"], None], n),
            "agent": one_of(chance, ["Ann", "Bob", None], n),
            "team": one_of(chance, ["north", "south"], n),
            "channel": one_of(chance, ["phone", "mail"], n),
            "category": one_of(chance, ["bill", "fault", None], n),
            "product": one_of(chance, ["A", "B", "old", None], n),
            "escalated": pd.Series(one_of(chance, [True, False, None], n), dtype=object),
            "met_sla": met,
            "sla_due_at": sometimes(chance, created + _some_days(chance, n, 1, 6), 0.6),
            "created_at": sometimes(chance, created, 0.98),
            "first_response_at": sometimes(chance, created + _some_days(chance, n, 0, 4), 0.8),
            "resolved_at": sometimes(
                chance, on_edges(chance, created + _some_days(chance, n, 0, 9)), 0.8
            ),
        }
    )


def _surveys(
    chance: np.random.Generator, n: int, accounts: pd.DataFrame, tickets: pd.DataFrame
) -> pd.DataFrame:
    top = chance.choice([5, 7, 10], n)
    return pd.DataFrame(
        {
            "response_id": [f"r{i}" for i in range(n)],
            "kind": one_of(chance, ["csat", "csat", "csat", "nps", None], n),
            "score": sometimes(chance, pd.Series(chance.integers(1, top + 1).astype(float)), 0.9),
            "scale_min": 1.0,
            "scale_max": top.astype(float),
            "high_is_good": pd.Series(one_of(chance, [True, True, False, None], n), dtype=object),
            "account_id": one_of(chance, [*accounts["account_id"], None], n),
            "ticket_id": one_of(chance, [*tickets["ticket_id"][:50], None], n),
            "segment": one_of(chance, ["small", None, None], n),
            "responded_at": instants(chance, n),
        }
    )


def _some_days(chance: np.random.Generator, n: int, least: int, most: int) -> pd.Series:
    """Lengths of time to the second, from `least` days to `most`."""
    return pd.Series(pd.to_timedelta(chance.integers(least * 86_400, most * 86_400, n), unit="s"))
