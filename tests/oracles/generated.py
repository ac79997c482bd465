"""A small CRM made by chance, with what real ones hold: gaps, ties, rows on a bound."""

import numpy as np
import pandas as pd

from tests.oracles import later
from tests.oracles.draws import instants, on_edges, one_of, sometimes

STAGES = ("contact", "proposal", "negotiation")


def frames(rows: int = 400, seed: int = 1) -> dict[str, pd.DataFrame]:
    """Canonical tables, as many rows as deals in the greater ones."""
    chance = np.random.default_rng(seed)
    accounts = _accounts(chance, rows // 4)
    deals = _deals(chance, rows, accounts)
    stages = pd.DataFrame({"stage": STAGES, "position": [1, 2, 3]})
    return {
        "accounts": accounts,
        "deals": deals,
        "deal_stages": _deal_stages(chance, deals),
        "stages": stages.merge(pd.DataFrame({"pipeline": ["main", "side"]}), how="cross"),
        "orders": _orders(chance, rows, accounts, deals),
        **later.frames(chance, rows, accounts),
    }


def _accounts(chance: np.random.Generator, n: int) -> pd.DataFrame:
    became = sometimes(chance, instants(chance, n), 0.9)
    stayed = pd.to_timedelta(chance.integers(1, 500 * 86_400, n), unit="s")
    return pd.DataFrame(
        {
            "account_id": [f"a{i}" for i in range(n)],
            "segment": one_of(chance, ["small", "large", None], n),
            "region": one_of(chance, ["north", "south"], n),
            "became_customer_at": became,
            "churned_at": sometimes(chance, on_edges(chance, became + stayed), 0.6),
        }
    )


def _deals(chance: np.random.Generator, n: int, accounts: pd.DataFrame) -> pd.DataFrame:
    created = instants(chance, n)
    closed = on_edges(
        chance, created + pd.to_timedelta(chance.integers(0, 200 * 86_400, n), unit="s")
    )
    status = pd.Series(chance.choice(["won", "lost", "open"], n, p=[0.5, 0.3, 0.2]), dtype=object)
    # Draws of its own: those of the other columns and tables stay as they are.
    (more,) = chance.spawn(1)
    contact = created - pd.to_timedelta(chance.integers(-2, 30, n), unit="D")
    return pd.DataFrame(
        {
            "deal_id": [f"d{i}" for i in range(n)],
            "owner": one_of(chance, ["Ann", "Bob", "Zoé", None], n),
            "team": one_of(chance, ["north", "south"], n),
            "source": one_of(chance, ["web", "fair", None], n),
            "segment": one_of(chance, ["small", "large"], n),
            "product": one_of(chance, ["A", "B"], n),
            "pipeline": one_of(chance, ["main", "side"], n),
            "status": status,
            "amount": sometimes(chance, pd.Series(chance.integers(100, 9_999_999, n) / 100), 0.9),
            "created_at": sometimes(chance, created, 0.97),
            "first_contact_at": sometimes(chance, contact, 0.6),
            # A few were opened again and kept the day of their closing.
            "closed_at": closed.where((status != "open") | (chance.random(n) < 0.03)),
            "account_id": one_of(more, [*accounts["account_id"], "unknown", None], n),
            "kind": one_of(more, ["new", "upsell", "cross_sell", "renewal", None], n),
            "close_reason": one_of(more, ["price", "late", None], n),
            "stage": one_of(more, list(STAGES), n),
            "is_focus": pd.Series(one_of(more, [True, False, None], n), dtype=object),
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
    (more,) = chance.spawn(1)
    rows += _second_thoughts(more, known)
    shuffled = pd.DataFrame(rows, columns=["deal_id", "stage", "entered_at"])
    # A stay of a deal that the export left out.
    shuffled.loc[len(shuffled)] = ["gone", "contact", pd.Timestamp("2026-08-01")]
    return shuffled.iloc[chance.permutation(len(shuffled))].reset_index(drop=True)


def _second_thoughts(
    chance: np.random.Generator, deals: pd.DataFrame
) -> list[tuple[str, str, pd.Timestamp]]:
    """Stays of deals that went back, or to a stage that they had skipped, one to three of each."""
    return [
        (deal, stage, created + pd.Timedelta(days=int(after)))
        for deal, created in zip(deals["deal_id"], deals["created_at"], strict=True)
        if chance.random() < 0.4
        for stage in chance.choice(STAGES, int(chance.integers(1, 4)), replace=False)
        for after in [chance.integers(1, 150)]
    ]


def _orders(
    chance: np.random.Generator, n: int, accounts: pd.DataFrame, deals: pd.DataFrame
) -> pd.DataFrame:
    bought = chance.integers(0, n // 2, n)
    # The lines of an order share its account and its instant.
    account = pd.Series(
        one_of(chance, [*accounts["account_id"], "unknown", *[None] * 9], n // 2 + 1)
    )
    moment = instants(chance, n // 2 + 1)
    (more,) = chance.spawn(1)
    return pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in bought],
            "line": [str(i) for i in range(n)],
            "account_id": account[bought].to_numpy(),
            "deal_id": one_of(chance, [*deals["deal_id"][:20], None], n),
            "product": one_of(chance, ["A", "B", None], n),
            "channel": one_of(chance, ["web", "shop"], n),
            # One line in ten gives something back, some cost nothing, of some it is not known.
            "amount": sometimes(
                chance, pd.Series(chance.integers(-100_000, 999_999, n).clip(-99_999) / 100), 0.95
            ),
            "refunded": sometimes(chance, pd.Series(chance.integers(1, 99, n) / 100), 0.2),
            "cost": sometimes(more, pd.Series(more.integers(0, 500_000, n) / 100), 0.8),
            "ordered_at": moment[bought].to_numpy(),
        }
    )


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
