"""The CRM made by chance with what tells a definition from its slips: rows exactly on every bound,
records that end as they begin or a round time later, amounts of nothing.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

Frames = dict[str, pd.DataFrame]
# What ends a record, and what it is measured from.
PAIRS = {
    "deals": [("closed_at", "created_at"), ("closed_at", "first_contact_at")],
    "leads": [
        ("became_customer_at", "created_at"),
        ("opportunity_at", "created_at"),
        ("first_contacted_at", "created_at"),
    ],
    "tickets": [("resolved_at", "sla_due_at"), ("first_response_at", "created_at")],
    "accounts": [("churned_at", "became_customer_at")],
}
FEW = 300
ROUND = [pd.Timedelta(0), pd.Timedelta(days=30)]


def sharpened(
    frames: Frames, bounds: Sequence[pd.Timestamp], known: Sequence[pd.Timestamp], seed: int = 2
) -> Frames:
    """Copies of the tables; `bounds` are UTC instants, and `known` those at which they are read."""
    chance = np.random.default_rng(seed)
    found = {table: _on_bounds(chance, frame, bounds) for table, frame in frames.items()}
    for table, pairs in PAIRS.items():
        for end, start in pairs:
            found[table] = _round(chance, found[table], end, start)
            found[table] = _just_now(chance, found[table], (end, start), known)
    found["deals"] = _early_contacts(chance, _near_launches(chance, found))
    found["orders"] = _of_nothing(chance, _near_anniversaries(chance, found))
    found["deal_stages"] = _detours(_closing_stays(chance, found), found["deals"], known)
    return found


def _some(chance: np.random.Generator, n: int, share: float) -> np.ndarray:
    return chance.random(n) < share


def _on_bounds(
    chance: np.random.Generator, frame: pd.DataFrame, bounds: Sequence[pd.Timestamp]
) -> pd.DataFrame:
    changed = {}
    for column in (c for c in frame if c.endswith("_at")):
        edges = pd.Series(chance.choice(np.array(bounds, dtype="datetime64[us]"), len(frame)))
        # There are fewer accounts than records of other tables.
        moved = (
            _some(chance, len(frame), 0.25 if len(frame) < FEW else 0.15) & frame[column].notna()
        )
        changed[column] = frame[column].mask(moved.to_numpy(), edges.set_axis(frame.index))
    return frame.assign(**changed)


def _round(chance: np.random.Generator, frame: pd.DataFrame, end: str, start: str) -> pd.DataFrame:
    after = pd.Series(chance.choice(np.array(ROUND), len(frame)), index=frame.index)
    moved = _some(chance, len(frame), 0.06) & frame[end].notna() & frame[start].notna()
    return frame.assign(**{end: frame[end].mask(moved, frame[start] + after)})


def _just_now(
    chance: np.random.Generator,
    frame: pd.DataFrame,
    pair: tuple[str, str],
    known: Sequence[pd.Timestamp],
) -> pd.DataFrame:
    """Records that end, soon after they begin, at the instant of knowledge."""
    end, start = pair
    for moment in known:
        age = moment - frame[start]
        soon = (age >= ROUND[0]) & (age < ROUND[1]) & _some(chance, len(frame), 0.2)
        frame = frame.assign(**{end: frame[end].mask(soon, moment)})
    return frame


def _near_launches(chance: np.random.Generator, frames: Frames) -> pd.DataFrame:
    """Deals created on the day on which a product stops to be new."""
    deals = frames["deals"]
    launched = deals["product"].map(frames["products"].set_index("product")["launched_on"])
    months = chance.choice([6, 12], len(deals))
    ends = [day + pd.DateOffset(months=int(n)) for day, n in zip(launched, months, strict=True)]
    moved = _some(chance, len(deals), 0.05)
    return deals.assign(created_at=deals["created_at"].mask(moved, pd.Series(ends, deals.index)))


def _early_contacts(chance: np.random.Generator, deals: pd.DataFrame) -> pd.DataFrame:
    """Deals of people who were known long before."""
    moved = _some(chance, len(deals), 0.2)
    early = deals["created_at"] - pd.Timedelta(days=280)
    return deals.assign(first_contact_at=deals["first_contact_at"].mask(moved, early))


def _near_anniversaries(chance: np.random.Generator, frames: Frames) -> pd.DataFrame:
    """Orders placed at the instant at which an account stops to be new; some accounts are dated by
    their orders only.
    """
    accounts, orders = frames["accounts"], frames["orders"]
    frames["accounts"] = accounts.assign(
        became_customer_at=accounts["became_customer_at"].mask(_some(chance, len(accounts), 0.2))
    )
    since = orders["account_id"].map(
        frames["accounts"].set_index("account_id")["became_customer_at"]
    )
    months = chance.choice([3, 12], len(orders))
    ends = [day + pd.DateOffset(months=int(n)) for day, n in zip(since, months, strict=True)]
    moved = _some(chance, len(orders), 0.05) & since.notna()
    return orders.assign(ordered_at=orders["ordered_at"].mask(moved, pd.Series(ends, orders.index)))


def _of_nothing(chance: np.random.Generator, orders: pd.DataFrame) -> pd.DataFrame:
    """Order lines of amount 0, and such of which it is not known."""
    amount = orders["amount"].mask(_some(chance, len(orders), 0.1), 0.0)
    return orders.assign(amount=amount.mask(_some(chance, len(orders), 0.1)))


def _closing_stays(chance: np.random.Generator, frames: Frames) -> pd.DataFrame:
    """Stays that begin when the deal is closed, and stays in a stage outside the pipeline that
    begin with another.
    """
    stays = frames["deal_stages"]
    closed = stays["deal_id"].map(frames["deals"].set_index("deal_id")["closed_at"])
    ending = stays[_some(chance, len(stays), 0.1) & closed.notna()]
    outside = stays[_some(chance, len(stays), 0.15)].assign(stage="limbo")
    ending = ending.assign(entered_at=closed, stage="won")
    return pd.concat([stays, ending, outside], ignore_index=True)


def _detours(
    stays: pd.DataFrame, deals: pd.DataFrame, known: Sequence[pd.Timestamp]
) -> pd.DataFrame:
    """Deals that are put back to a stage that they had skipped, into another outside the pipeline
    at the same instant, and go forth again twice: before something is known, and after.
    """
    lost = deals[(deals["status"] == "lost") & deals["closed_at"].gt(max(known))]["deal_id"]
    path = [
        ("negotiation", -90), ("proposal", -40), ("limbo", -40), ("negotiation", -5),
        ("contact", -2), ("negotiation", 9),
    ]  # fmt: skip
    rows = [
        (deal, stage, min(known) + pd.Timedelta(days=days))
        for deal in lost[:9]
        for stage, days in path
    ]
    kept = stays[~stays["deal_id"].isin(lost[:9])]
    return pd.concat([kept, pd.DataFrame(rows, columns=stays.columns)], ignore_index=True)
