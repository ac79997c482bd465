"""The CRM of a company where nothing ever changes: what differs between periods is chance."""

from pathlib import Path

import numpy as np
import pandas as pd

OPENS, AS_OF = pd.Timestamp("2021-10-01"), pd.Timestamp("2026-10-05")
STAGES = ("Contact", "Proposal", "Contract")


def frames(seed: int, rows: int = 1200, opens: pd.Timestamp = OPENS) -> dict[str, pd.DataFrame]:
    """Deals, their stages and accounts, created at one pace from `opens` on."""
    chance = np.random.default_rng(seed)
    deals = _deals(chance, rows, opens)
    return {
        "deals": deals,
        "deal_stages": _deal_stages(deals),
        "stages": pd.DataFrame({"pipeline": "Main", "stage": STAGES, "position": [1, 2, 3]}),
        "accounts": _accounts(chance, rows // 4, opens),
    }


def write_csv(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    """A file a table, instants in UTC."""
    for table, frame in tables.items():
        frame.to_csv(folder / f"{table}.csv", index=False, date_format="%Y-%m-%dT%H:%M:%S")


def _deals(chance: np.random.Generator, n: int, opens: pd.Timestamp) -> pd.DataFrame:
    created = pd.Series(_instants(chance, n, opens)).sort_values(ignore_index=True)
    closed = created + _days(chance.gamma(3, 20, n))
    is_open = closed >= AS_OF
    status = np.where(is_open, "open", np.where(chance.random(n) < 0.45, "won", "lost"))
    owner = chance.choice(["Ann", "Bob", "Chloé", "Dov"], n)
    return pd.DataFrame(
        {
            "deal_id": [f"d{i}" for i in range(n)],
            "owner": owner,
            "team": np.where(np.isin(owner, ["Ann", "Bob"]), "North", "South"),
            "source": chance.choice(["Web", "Fair", "Partner"], n),
            "segment": chance.choice(["Small", "Large"], n),
            "product": chance.choice(["A", "B"], n),
            "region": chance.choice(["East", "West"], n),
            "pipeline": "Main",
            "status": status,
            "amount": np.round(chance.lognormal(9, 0.6, n), 2),
            "created_at": created,
            "closed_at": closed.where(~is_open),
        }
    )


def _deal_stages(deals: pd.DataFrame) -> pd.DataFrame:
    """Each stage takes a third of the deal's time."""
    ends = deals["closed_at"].fillna(AS_OF)
    entered = [
        pd.DataFrame(
            {
                "deal_id": deals["deal_id"],
                "stage": stage,
                "entered_at": (deals["created_at"] + (ends - deals["created_at"]) * k / 3).dt.floor(
                    "s"
                ),
            }
        )
        for k, stage in enumerate(STAGES)
    ]
    return pd.concat(entered, ignore_index=True)


def _accounts(chance: np.random.Generator, n: int, opens: pd.Timestamp) -> pd.DataFrame:
    became = pd.Series(_instants(chance, n, opens - pd.Timedelta(days=730)))
    churned = became + _days(chance.exponential(700, n))
    return pd.DataFrame(
        {
            "account_id": [f"a{i}" for i in range(n)],
            "segment": chance.choice(["Small", "Large"], n),
            "region": chance.choice(["East", "West"], n),
            "became_customer_at": became,
            "churned_at": churned.where(churned < AS_OF),
        }
    )


def _instants(chance: np.random.Generator, n: int, opens: pd.Timestamp) -> pd.DatetimeIndex:
    span = int((AS_OF - opens).total_seconds())
    return opens + pd.to_timedelta(chance.integers(0, span, n), unit="s")


def _days(lengths: np.ndarray) -> pd.TimedeltaIndex:
    return pd.to_timedelta((lengths * 86_400).astype(int), unit="s")
