"""The bridge of the sample CRM, beside plain pandas and the exports that it made at the time."""

import datetime as dt
from itertools import pairwise

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.crm.sample import frames
from kpi_toolkit.insight.deals.bridge import Bridge

AS_OF, EARLIER = dt.date(2026, 10, 5), dt.date(2026, 7, 1)
TABLES = ("deals", "record_changes", "exchange_rates")
QUARTERS = [f"{year}-Q{q}" for year in (2024, 2025, 2026) for q in (1, 2, 3, 4)][:11]


def export(day: dt.date) -> dict[str, pd.DataFrame]:
    made = frames(as_of=day)
    return {name: made[name] for name in TABLES}


def crm_of(tables: dict[str, pd.DataFrame], day: dt.date) -> Crm:
    utc = {"time_zone": "Europe/Paris", "as_of": day}
    instants = {
        name: table.assign(**{c: table[c].dt.tz_localize("UTC") for c in table if c[-3:] == "_at"})
        for name, table in tables.items()
    }
    return kt.from_frames(**utc, **instants)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return export(AS_OF)


@pytest.fixture(scope="module")
def earlier() -> dict[str, pd.DataFrame]:
    return export(EARLIER)


@pytest.fixture(scope="module")
def crm(tables: dict[str, pd.DataFrame]) -> Crm:
    return crm_of(tables, AS_OF)


@pytest.fixture(scope="module")
def bridges(crm: Crm) -> dict[str, Bridge]:
    return {quarter: kt.pipeline_bridge(crm, quarter) for quarter in QUARTERS}


def test_every_quarter_adds_up_and_begins_where_the_last_one_ended(
    bridges: dict[str, Bridge],
) -> None:
    for bridge in bridges.values():
        assert bridge.start + sum(part.amount for part in bridge.parts) == bridge.end
    for before, after in pairwise(bridges.values()):
        assert (before.end, before.end_deals) == (after.start, after.start_deals)


def test_at_the_amounts_of_today_the_ends_are_the_open_pipeline(
    crm: Crm, bridges: dict[str, Bridge]
) -> None:
    values = kt.pipeline_value.series(crm, QUARTERS[-1], len(QUARTERS))
    ends = [float(bridge.end_as_known) for bridge in bridges.values()]
    assert ends == pytest.approx(values["value"].tolist(), rel=1e-12)
    assert [len(bridge.end_deals) for bridge in bridges.values()] == values["n"].tolist()


@pytest.mark.parametrize("quarter", ["2024-Q3", "2026-Q2", "2026-Q3"])
def test_the_deals_of_a_part_are_those_that_pandas_finds(
    quarter: str, tables: dict[str, pd.DataFrame], bridges: dict[str, Bridge]
) -> None:
    deals, bridge = tables["deals"], bridges[quarter]
    created = deals["created_at"].between(bridge.start_at, bridge.end_at, inclusive="left")
    closed = deals["closed_at"].between(bridge.start_at, bridge.end_at, inclusive="left")
    wanted = {
        "created": created,
        "won": closed & (deals["status"] == "won"),
        "lost": closed & (deals["status"] == "lost"),
    }
    for part, rows in wanted.items():
        assert sorted(bridge[part].deals) == sorted(deals.loc[rows, "deal_id"])


def test_amounts_and_dates_are_those_that_the_crm_exported_at_the_time(
    earlier: dict[str, pd.DataFrame], bridges: dict[str, Bridge]
) -> None:
    """Of deals in euros: those in pounds take another day's rate once they are closed."""
    then = earlier["deals"].set_index("deal_id")
    then = then[then["currency"] == "EUR"]
    start = bridges["2026-Q3"].records("start").set_index("deal_id")
    both = start.index.intersection(then.index)
    assert len(both) > 700
    told, stood = start.loc[both], then.loc[both]
    assert (told["amount_at_start"].astype(float) == stood["amount"]).all()
    expected = pd.to_datetime(told["expected_at_start"]).dt.strftime("%Y-%m-%d")
    assert expected.dropna().equals(stood["expected_close_on"].dt.strftime("%Y-%m-%d").dropna())
    # The amounts of many have changed since, so that today's would not do.
    assert (told["amount"] != stood["amount"]).sum() > 50


def test_two_exports_tell_what_was_entered_late(
    tables: dict[str, pd.DataFrame], earlier: dict[str, pd.DataFrame], crm: Crm
) -> None:
    found = kt.snapshot_bridge(crm_of(earlier, EARLIER), crm)
    new = tables["deals"][~tables["deals"]["deal_id"].isin(earlier["deals"]["deal_id"])]
    late = new[(new["created_at"] < found.start_at) & ~(new["closed_at"] < found.start_at)]
    assert sorted(found["entered late"].deals) == sorted(late["deal_id"])
    assert len(late)
    assert found.start + sum(part.amount for part in found.parts) == found.end
    quarter = kt.pipeline_value(crm_of(earlier, EARLIER), "2026-Q2")
    assert float(found.start) == pytest.approx(quarter.value, rel=1e-12)
