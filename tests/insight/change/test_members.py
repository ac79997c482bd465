"""A member is said to have changed where chance does not explain it, among so many."""

from dataclasses import replace

from kpi_toolkit.insight.change.members import surely_changed
from kpi_toolkit.measures.comparison import Comparison
from tests.insight.readings import value


def rate(now: float, before: float, half: float) -> Comparison:
    ends = {
        key: replace(value(v, key), unit="percent", interval=(v - half, v + half))
        for key, v in (("2026-Q3", now), ("2026-Q2", before))
    }
    return Comparison(ends["2026-Q3"], ends["2026-Q2"].period, ends["2026-Q2"])


def test_a_change_within_its_interval_is_none() -> None:
    assert surely_changed({"a": rate(0.51, 0.45, 0.08), "b": rate(0.40, 0.41, 0.08)}) == frozenset()


def test_a_change_beyond_it_is_told() -> None:
    assert surely_changed({"a": rate(0.60, 0.40, 0.05), "b": rate(0.40, 0.41, 0.05)}) == {"a"}


def test_among_many_members_chance_moves_one_farther() -> None:
    """0.08 with a standard error of 0.036: 2.2, enough for one member and not for one of twenty."""
    one = {"a": rate(0.48, 0.40, 0.05)}
    still = {f"m{i}": rate(0.40, 0.40, 0.05) for i in range(19)}
    assert surely_changed(one) == {"a"}
    assert surely_changed(one | still) == frozenset()


def test_without_intervals_nobody_can_tell() -> None:
    plain = Comparison(value(3.0), value(2.0, "2026-Q2").period, value(2.0, "2026-Q2"))
    assert surely_changed({"a": plain}) is None
