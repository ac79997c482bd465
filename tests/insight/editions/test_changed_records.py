"""The records that a figure is laid to are those that make it: undone, it is what it was."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kpi_toolkit.config import Config, load
from kpi_toolkit.crm.connect import connect, from_frames
from kpi_toolkit.crm.past import Past
from kpi_toolkit.crm.row_changes import RowChange
from kpi_toolkit.crm.snapshot import named
from kpi_toolkit.insight.editions.changed_records import Figure, changed_records
from kpi_toolkit.insight.editions.explained import numbers
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.period import parse_period
from tests import sales_project, stable_crm

PERIODS = ("2026-Q2", "2026-03", "2025")
AS_OF = "2026-10-05"


def past(config: Config) -> Past:
    crm = connect(config, as_of=AS_OF)
    snapshot = named(config, crm.snapshot)
    assert snapshot
    return Past(snapshot, crm)


def damaged(deals: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Deals of which some were cancelled, revised, moved, deleted or entered late."""
    chance = np.random.default_rng(seed)
    deals = deals.copy()
    cancelled, revised, moved, gone, twins = (
        chance.choice(deals.index, 12, replace=False) for _ in range(5)
    )
    deals.loc[cancelled, "status"] = "lost"
    deals.loc[revised, "amount"] = deals.loc[revised, "amount"] + 1000
    deals.loc[moved, "closed_at"] = deals.loc[moved, "closed_at"] - pd.Timedelta(days=40)
    late = deals.loc[twins].assign(deal_id=[f"late{i}" for i in range(len(twins))])
    return pd.concat([deals.drop(gone), late], ignore_index=True)


def undone(old: pd.DataFrame, new: pd.DataFrame, rows: tuple[RowChange, ...]) -> pd.DataFrame:
    """The new deals with the named ones as they were."""
    named_ids = {row.id for row in rows}
    kept = new[~new["deal_id"].isin(named_ids)]
    return pd.concat([kept, old[old["deal_id"].isin(named_ids)]], ignore_index=True)


def of_deals(bound: Bound) -> bool:
    """Whether all of its numbers are of deals alone, and none follows them to this day."""
    return all(
        m.fact.table == "deals"
        and not (m.fact.joins or m.fact.model)
        and not m.follows
        and not m.looks_around
        for m in bound.measures
    )


@pytest.mark.parametrize("seed", [1])
def test_undoing_the_named_records_undoes_the_change(seed: int, tmp_path: Path) -> None:
    kpi_toml = sales_project.write_project(tmp_path / "project", rows=400)
    config = load(kpi_toml)
    old = stable_crm.frames(7, 400, opens=pd.Timestamp("2023-10-01"))["deals"]
    before = past(config)
    new = damaged(old, seed)
    new.to_csv(kpi_toml.parent / "deals.csv", index=False, date_format="%Y-%m-%dT%H:%M:%S")
    after = past(config)
    bounds = [k.bind() for k in registry().values() if not k.lacks(after.crm)]
    periods = [parse_period(text, after.crm.calendar, after.crm.as_of) for text in PERIODS]
    figures = [Figure(b, p) for b in bounds if of_deals(b) for p in periods if b.allows(p)]
    then, now = numbers(before, figures), numbers(after, figures)
    moved = [figure for figure in figures if then[figure] != now[figure]]
    assert len({figure.bound for figure in moved}) > 5
    for figure, rows in changed_records(before, after, moved).items():
        assert rows, figure
        crm = from_frames(deals=undone(old, new, rows), as_of=AS_OF, time_zone="Europe/Paris")
        again = figure.bound.kpi(crm, figure.period)
        assert again.value == pytest.approx(then[figure]), (figure.bound.kpi.name, figure.period)
