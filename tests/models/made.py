"""A CRM of two thousand deals with their history, drawn by chance: later stages win more often."""

import datetime as dt
from functools import cache

import numpy as np
import pandas as pd

from kpi_toolkit.crm.connect import Crm, from_frames

START = pd.Timestamp("2024-01-01")
AS_OF = pd.Timestamp("2025-07-01")
STAGES = ("Qualification", "Proposal", "Negotiation")
OWNERS = ("Ada", "Ben", "Cleo")
Tables = dict[str, pd.DataFrame]


def crm_of_deals(n: int = 2000, seed: int = 1) -> Tables:
    """Frames of deals, deal_stages, record_changes and stages; deals are created over 19 months."""
    draw = np.random.default_rng(seed)
    deals, stays, changes = [], [], []
    for number in range(n):
        deal = f"D{number:04}"
        created = START + pd.Timedelta(hours=float(draw.uniform(0, 24 * 580)))
        steps = draw.exponential(25, 3).cumsum()
        reached = 1 + int(draw.integers(0, 3))
        closed = created + pd.Timedelta(days=float(steps[reached - 1]))
        owner = OWNERS[int(draw.integers(0, 3))]
        won = draw.random() < 0.2 * reached + (0.25 if owner == "Ada" else 0)
        amount = round(float(draw.lognormal(8, 0.5)), 2)
        due = (created + pd.Timedelta(days=30)).normalize()
        at = created
        for stage, step in zip(STAGES[:reached], [0.0, *steps], strict=False):
            at = created + pd.Timedelta(days=float(step))
            stays.append((deal, stage, at))
        if reached > 1:
            later = due + pd.Timedelta(days=20)
            pushed = created + pd.Timedelta(days=float(steps[0]))
            changes.append(
                (deal, pushed, "expected_close_on", f"{due:%Y-%m-%d}", f"{later:%Y-%m-%d}")
            )
            changes.append((deal, pushed, "amount", f"{amount:.2f}", f"{amount * 1.1:.2f}"))
            due, amount = later, round(amount * 1.1, 2)
        deals.append((deal, owner, STAGES[reached - 1], won, amount, created, due, closed))
    return _frames(deals, stays, changes)


@cache
def tables() -> Tables:
    """The usual two thousand deals; nobody changes them."""
    return crm_of_deals()


@cache
def crm() -> Crm:
    """A Crm of them, which learns once for all tests."""
    return from_frames(**tables(), as_of=AS_OF)


def _frames(deals: list, stays: list, changes: list) -> Tables:
    names = ["deal_id", "owner", "stage", "won", "amount", "created_at", "expected_close_on"]
    found = pd.DataFrame(deals, columns=[*names, "closed_at"])
    found["status"] = np.where(found.pop("won"), "won", "lost")
    logged = pd.DataFrame(changes, columns=["record_id", "changed_at", "field", "old", "new"])
    closings = pd.DataFrame(
        {
            "record_id": found["deal_id"],
            "changed_at": found["closed_at"],
            "field": "status",
            "old": "open",
            "new": found["status"],
        }
    )
    log = pd.concat([logged, closings], ignore_index=True).assign(object="deals")
    stages = {"stage": STAGES, "position": [1, 2, 3], "probability": [0.1, 0.4, 0.8]}
    return {
        "deals": found,
        "deal_stages": pd.DataFrame(stays, columns=["deal_id", "stage", "entered_at"]),
        "record_changes": log,
        "stages": pd.DataFrame(stages),
    }


def exported(tables: Tables, as_of: pd.Timestamp = AS_OF) -> Tables:
    """What the CRM shows at a moment: nothing that happens later."""
    deals = tables["deals"]
    deals = deals[deals["created_at"] < as_of].copy()
    later = deals["closed_at"] >= as_of
    deals.loc[later, "closed_at"] = pd.NaT
    deals.loc[later, "status"] = "open"
    log = tables["record_changes"]
    for field in ("amount", "expected_close_on"):
        after = log[(log["field"] == field) & (log["changed_at"] >= as_of)]
        old = after.set_index("record_id")["old"]
        then = deals["deal_id"].map(old)
        known = then.astype(float) if field == "amount" else pd.to_datetime(then)
        deals[field] = known.where(known.notna(), deals[field])
    stays = tables["deal_stages"]
    stays = stays[stays["entered_at"] < as_of]
    last = stays.sort_values(["entered_at"]).drop_duplicates("deal_id", keep="last")
    deals["stage"] = deals["deal_id"].map(last.set_index("deal_id")["stage"])
    return {
        "deals": deals,
        "deal_stages": stays,
        "record_changes": log[log["changed_at"] < as_of],
        "stages": tables["stages"],
    }


def shuffled(tables: Tables, seed: int, as_of: pd.Timestamp = AS_OF) -> Tables:
    """Every value that was recorded at `as_of` or later, dealt to another row; and the rows in
    another order. Of a later change, what stood before stays: it was recorded earlier.
    """
    draw = np.random.default_rng(seed)
    deals, log = tables["deals"].copy(), tables["record_changes"].copy()
    # Deals that are created later: all that is known of them.
    _deal(deals, deals["created_at"] >= as_of, [*deals.columns], draw)
    # Deals that end later: how, when, and what the CRM shows of them by then.
    late = deals["closed_at"] >= as_of
    _deal(deals, late & (deals["created_at"] < as_of), ["status", "closed_at", "stage"], draw)
    for field in ("amount", "expected_close_on"):
        changed = log.loc[(log["field"] == field) & (log["changed_at"] >= as_of), "record_id"]
        _deal(deals, deals["deal_id"].isin(changed), [field], draw)
    for field in log["field"].unique():
        after = (log["changed_at"] >= as_of) & (log["field"] == field)
        _deal(log, after, ["new", "changed_at"], draw)
    stays = tables["deal_stages"].copy()
    _deal(stays, stays["entered_at"] >= as_of, ["stage", "entered_at"], draw)
    made = {"deals": deals, "record_changes": log, "deal_stages": stays}
    mixed = {name: frame.sample(frac=1, random_state=seed) for name, frame in made.items()}
    return {**mixed, "stages": tables["stages"]}


def _deal(
    frame: pd.DataFrame, rows: pd.Series, columns: list[str], draw: np.random.Generator
) -> None:
    """Deal the values of each column to the rows anew."""
    for column in columns:
        if column != "deal_id":
            values = frame.loc[rows, column].to_numpy()
            frame.loc[rows, column] = draw.permutation(values)


def moment(day: pd.Timestamp = AS_OF) -> dt.datetime:
    return day.to_pydatetime()
