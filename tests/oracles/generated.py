"""A small CRM made by chance, with what real ones hold: gaps, ties, rows on a bound."""

import numpy as np
import pandas as pd

OPENS, DAYS = pd.Timestamp("2024-06-01"), 850
STAGES = ("contact", "proposal", "negotiation")
# First instants of days in UTC, Paris and New York, summer and winter: rows lie exactly there.
EDGES = [
    pd.Timestamp(f"{day} {hour}:00")
    for day in ["2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01", "2026-09-30", "2026-10-01"]
    for hour in (0, 4, 5, 22, 23)
]


def frames(rows: int = 400, seed: int = 1) -> dict[str, pd.DataFrame]:
    """Canonical tables: accounts, deals, deal_stages, stages, orders; `rows` deals."""
    chance = np.random.default_rng(seed)
    accounts = _accounts(chance, rows // 4)
    deals = _deals(chance, rows)
    stages = pd.DataFrame({"stage": STAGES, "position": [1, 2, 3]})
    return {
        "accounts": accounts,
        "deals": deals,
        "deal_stages": _deal_stages(chance, deals),
        "stages": stages.merge(pd.DataFrame({"pipeline": ["main", "side"]}), how="cross"),
        "orders": _orders(chance, rows, accounts, deals),
    }


def _accounts(chance: np.random.Generator, n: int) -> pd.DataFrame:
    became = _sometimes(chance, _instants(chance, n), 0.9)
    stayed = pd.to_timedelta(chance.integers(1, 500 * 86_400, n), unit="s")
    return pd.DataFrame(
        {
            "account_id": [f"a{i}" for i in range(n)],
            "segment": _one_of(chance, ["small", "large", None], n),
            "region": _one_of(chance, ["north", "south"], n),
            "became_customer_at": became,
            "churned_at": _sometimes(chance, _on_edges(chance, became + stayed), 0.6),
        }
    )


def _deals(chance: np.random.Generator, n: int) -> pd.DataFrame:
    created = _instants(chance, n)
    closed = _on_edges(
        chance, created + pd.to_timedelta(chance.integers(0, 200 * 86_400, n), unit="s")
    )
    status = pd.Series(chance.choice(["won", "lost", "open"], n, p=[0.5, 0.3, 0.2]), dtype=object)
    contact = created - pd.to_timedelta(chance.integers(-2, 30, n), unit="D")
    return pd.DataFrame(
        {
            "deal_id": [f"d{i}" for i in range(n)],
            "owner": _one_of(chance, ["Ann", "Bob", "Zoé", None], n),
            "team": _one_of(chance, ["north", "south"], n),
            "source": _one_of(chance, ["web", "fair", None], n),
            "segment": _one_of(chance, ["small", "large"], n),
            "product": _one_of(chance, ["A", "B"], n),
            "pipeline": _one_of(chance, ["main", "side"], n),
            "status": status,
            "amount": _sometimes(chance, pd.Series(chance.integers(100, 9_999_999, n) / 100), 0.9),
            "created_at": _sometimes(chance, created, 0.97),
            "first_contact_at": _sometimes(chance, contact, 0.6),
            # A few were opened again and kept the day of their closing.
            "closed_at": closed.where((status != "open") | (chance.random(n) < 0.03)),
        }
    )


def _deal_stages(chance: np.random.Generator, deals: pd.DataFrame) -> pd.DataFrame:
    known = deals[deals["created_at"].notna()]
    rows = [
        (deal, stage, created + pd.Timedelta(days=int(after)))
        for deal, created in zip(known["deal_id"], known["created_at"], strict=True)
        for stage, after in zip(
            (*STAGES, "closed"),
            np.sort(chance.choice([0, 0, 5, 9, 20, 45, 90], 4)),
            strict=True,
        )
        if stage == "contact" or chance.random() < 0.7
    ]
    shuffled = pd.DataFrame(rows, columns=["deal_id", "stage", "entered_at"])
    # A stay of a deal that the export left out.
    shuffled.loc[len(shuffled)] = ["gone", "contact", pd.Timestamp("2026-08-01")]
    return shuffled.iloc[chance.permutation(len(shuffled))].reset_index(drop=True)


def _orders(
    chance: np.random.Generator, n: int, accounts: pd.DataFrame, deals: pd.DataFrame
) -> pd.DataFrame:
    bought = chance.integers(0, n // 2, n)
    # The lines of an order share its account and its instant.
    account = pd.Series(_one_of(chance, [*accounts["account_id"], "unknown", None], n // 2 + 1))
    moment = _instants(chance, n // 2 + 1)
    return pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in bought],
            "line": [str(i) for i in range(n)],
            "account_id": account[bought].to_numpy(),
            "deal_id": _one_of(chance, [*deals["deal_id"][:20], None], n),
            "product": _one_of(chance, ["A", "B", None], n),
            "channel": _one_of(chance, ["web", "shop"], n),
            "amount": chance.integers(100, 999_999, n) / 100,
            "refunded": _sometimes(chance, pd.Series(chance.integers(1, 99, n) / 100), 0.2),
            "ordered_at": moment[bought].to_numpy(),
        }
    )


def _instants(chance: np.random.Generator, n: int) -> pd.Series:
    seconds = pd.Series(chance.integers(0, DAYS * 86_400, n))
    return _on_edges(chance, OPENS + pd.to_timedelta(seconds, unit="s").astype("timedelta64[us]"))


def _on_edges(chance: np.random.Generator, instants: pd.Series) -> pd.Series:
    """One in ten lies exactly on a bound."""
    edges = pd.Series(chance.choice(np.array(EDGES, dtype="datetime64[us]"), len(instants)))
    return instants.where(chance.random(len(instants)) > 0.1, edges)


def _sometimes(chance: np.random.Generator, values: pd.Series, share: float) -> pd.Series:
    return values.where(chance.random(len(values)) < share)


def _one_of(chance: np.random.Generator, values: list[str | None], n: int) -> np.ndarray:
    return np.array(values, dtype=object)[chance.integers(0, len(values), n)]


def aware(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The same tables with instants that say that they are UTC."""
    return {
        table: frame.assign(
            **{
                column: frame[column].dt.tz_localize("UTC")
                for column in frame.columns
                if column.endswith("_at")
            }
        )
        for table, frame in frames.items()
    }
