"""The plain script computes what the reports publish: their archived values, one by one."""

import sqlite3
from collections.abc import Iterator
from math import isclose
from pathlib import Path

import pandas as pd

import kpi_toolkit as kt
from benchmarks.plain import deals, members
from benchmarks.plain.records import QUARTER, opened
from benchmarks.plain.reports import Computed

Key = tuple[str, ...]  # kpi, grain, period's start, dimension, member, and a second of both
_ARCHIVED = """
    SELECT DISTINCT kpi, grain, period_start, dimension, member, dimension2, member2, value
    FROM kpi_values
    WHERE kpi NOT IN ('win_probability', 'sales_forecast') AND status = 'ok'"""
_FORECAST = """
    SELECT DISTINCT member, value FROM kpi_values
    WHERE kpi = 'sales_forecast' AND dimension <> '' AND dimension2 = ''"""
_CLOSE = 0.1  # two models of the same deals


def assert_same(project: Path, snapshot: Path) -> int:
    """How many archived values the script has computed too. Raises AssertionError for one that it
    lacks or has otherwise, for another bridge, and for a forecast that is more than a tenth off.
    """
    found = Computed(opened(str(snapshot)))
    plain: dict[Key, float] = {**dict(_totals(found)), **dict(_broken_down(found))}
    with sqlite3.connect(project / "reports" / "archive.sqlite") as archive:
        rows = archive.execute(_ARCHIVED).fetchall()
        expected = dict(archive.execute(_FORECAST).fetchall())
    for *key, value in rows:
        own = plain.get(tuple(key))
        assert own is not None and isclose(own, value, rel_tol=1e-9), f"{key}: {value} and {own}"
    bridge = kt.pipeline_bridge(kt.connect(project / "kpi.toml"), "2026-Q3").frame["amount"]
    for part, amount in deals.bridge(found.connection).items():
        assert isclose(bridge[part], amount, rel_tol=1e-9), f"{part}: {bridge[part]} and {amount}"
    mine, theirs = found.forecast.months["value"].head(len(expected)).sum(), sum(expected.values())
    assert isclose(theirs, mine, rel_tol=_CLOSE), f"forecast: {theirs} and {mine}"
    return len(rows) + len(bridge) + 1


def _totals(found: Computed) -> Iterator[tuple[Key, float]]:
    frames = {"month": found.months, "quarter": found.quarters}
    for grain, frame in frames.items():
        for kpi, values in frame.items():
            yield from _of(str(kpi), grain, values)
    yield from _of("sales_cycle_survival", "quarter", found.survival)


def _of(kpi: str, grain: str, values: pd.Series) -> Iterator[tuple[Key, float]]:
    for start, value in values.items():
        yield (kpi, grain, f"{start:%Y-%m-%d}", "", "", "", ""), value


def _broken_down(found: Computed) -> Iterator[tuple[Key, float]]:
    for broken in (found.closed, found.open):
        for by, frame in broken.items():
            yield from _members(by, frame)
    yield from _members("stage", found.stages)
    stages = members.funnel(found.connection)[["stage_conversion_rate"]]
    stages = stages.join(members.by_stage(found.connection))
    yield from _members("stage", pd.concat({QUARTER: stages}))
    for reason, stage, value in members.crossed(found.connection).itertuples(index=False):
        named = ("close_reason", str(reason), "stage", str(stage))
        yield ("lost_value", "quarter", f"{QUARTER:%Y-%m-%d}", *named), value


def _members(by: str, frame: pd.DataFrame) -> Iterator[tuple[Key, float]]:
    for kpi, values in frame.items():
        for (start, member), value in values.items():  # type: ignore[misc]
            yield (str(kpi), "quarter", f"{start:%Y-%m-%d}", by, str(member), "", ""), value
