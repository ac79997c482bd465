"""Effects by hand, on two to four members; and that nothing is ever left over."""

from collections.abc import Mapping
from fractions import Fraction as F

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kpi_toolkit.insight.drivers.decomposition import Effects, Ends, Parts, decompose
from kpi_toolkit.kpis.facts import deals
from kpi_toolkit.measures.aggregates import Cell, Cells
from kpi_toolkit.measures.fact import Measure
from kpi_toolkit.measures.formula import Node
from tests.oracles import shapley

COUNT, AMOUNT = deals.count(), deals.sum("amount")
WON, DECIDED = deals.count("status = 'won'"), deals.count("status <> 'open'")
DAYS, CLOSED = deals.sum("days(created_at, closed_at)"), deals.count(of="closed_at")
EVERY = (COUNT, AMOUNT, WON, DECIDED, DAYS, CLOSED)

Row = Mapping[str | None, tuple[int, int]]  # by member: how many records, and their sum


def cells(rows: Row) -> Cells:
    return {(member,): Cell(value, n) for member, (n, value) in rows.items()}


def counted(rows: Mapping[str | None, int]) -> Cells:
    return cells({member: (n, n) for member, n in rows.items()})


def of(before: Mapping[Measure, Cells], now: Mapping[Measure, Cells]) -> Ends:
    nothing: dict[Measure, Cells] = dict.fromkeys(EVERY, {})
    return {**nothing, **before}, {**nothing, **now}


def added_up(parts: Parts) -> F:
    return sum((effects.total for effects in parts.effects.values()), F(0))


def test_a_sum_by_hand() -> None:
    """Four deals become five; A's share falls from 1/2 to 1/5, and its mean rises from 10 to 16."""
    found = decompose(
        AMOUNT,
        of(
            {AMOUNT: cells({"A": (2, 20), "B": (2, 10)})},
            {AMOUNT: cells({"A": (1, 16), "B": (4, 20)})},
        ),
    )
    assert found.ends == (30, 36)
    assert found.effects == {
        ("A",): Effects(F("4.55"), F("-17.55"), F(9)),
        ("B",): Effects(F("3.25"), F("6.75"), F(0)),
    }


def test_a_count_has_volume_and_mix_only() -> None:
    found = decompose(
        COUNT, of({COUNT: counted({"A": 2, "B": 2})}, {COUNT: counted({"A": 1, "B": 4})})
    )
    assert found.effects == {
        ("A",): Effects(F("0.35"), F("-1.35"), F(0)),
        ("B",): Effects(F("0.65"), F("1.35"), F(0)),
    }


def test_a_ratio_by_hand() -> None:
    """3 of 10 become 5 of 10. A keeps its rate of 1/2 and loses weight, 0.4 to 0.2; B's rises from
    1/6 to 1/2 and its weight from 0.6 to 0.8. The middle of both rates is 0.4.
    """
    ends = of(
        {WON: counted({"A": 2, "B": 1}), DECIDED: counted({"A": 4, "B": 6})},
        {WON: counted({"A": 1, "B": 4}), DECIDED: counted({"A": 2, "B": 8})},
    )
    found = decompose(WON / DECIDED, ends)
    assert found.ends == (F(3, 10), F(5, 10))
    assert found.effects == {
        ("A",): Effects(mix=F(-2, 100)),
        ("B",): Effects(mix=F(2, 10) * (F(1, 3) - F(4, 10)), rate=F(7, 10) * F(1, 3)),
    }


def test_more_records_in_the_same_shares_and_of_the_same_means_are_volume_alone() -> None:
    ends = of(
        {AMOUNT: cells({"A": (2, 20), "B": (2, 10)})},
        {AMOUNT: cells({"A": (6, 60), "B": (6, 30)})},
    )
    assert {e for e in decompose(AMOUNT, ends).effects.values()} == {
        Effects(volume=F(40)),
        Effects(volume=F(20)),
    }


def test_other_shares_alone_are_mix_alone() -> None:
    ends = of(
        {AMOUNT: cells({"A": (1, 10), "B": (3, 15)})},
        {AMOUNT: cells({"A": (3, 30), "B": (1, 5)})},
    )
    found = decompose(AMOUNT, ends)
    assert {m: (e.volume, e.rate) for m, e in found.effects.items()} == {
        ("A",): (0, 0),
        ("B",): (0, 0),
    }
    assert found.effects[("A",)].mix == 20


def test_other_means_alone_are_rate_alone() -> None:
    ends = of(
        {AMOUNT: cells({"A": (2, 20), "B": (2, 10)})},
        {AMOUNT: cells({"A": (2, 30), "B": (2, 10)})},
    )
    assert decompose(AMOUNT, ends).effects == {("A",): Effects(rate=F(10)), ("B",): Effects()}


def test_new_and_vanished_members_of_a_sum_have_no_rate() -> None:
    """Two deals of 5 give way to three of 4: C takes all it had with it, D brings all it has."""
    found = decompose(AMOUNT, of({AMOUNT: cells({"C": (2, 10)})}, {AMOUNT: cells({"D": (3, 12)})}))
    assert found.effects == {
        ("C",): Effects(F("2.5"), F("-12.5"), F(0)),
        ("D",): Effects(F(2), F(10), F(0)),
    }


def test_new_and_vanished_members_of_a_ratio_have_no_rate() -> None:
    """1 of 2 becomes 4 of 5: D's 4/5 come with a weight of 1, beside a middle of 13/20."""
    ends = of(
        {WON: counted({"C": 1}), DECIDED: counted({"C": 2})},
        {WON: counted({"D": 4}), DECIDED: counted({"D": 5})},
    )
    assert decompose(WON / DECIDED, ends).effects == {
        ("C",): Effects(mix=F(13, 20) - F(1, 2)),
        ("D",): Effects(mix=F(4, 5) - F(13, 20)),
    }


@pytest.mark.parametrize("swapped", [False, True])
def test_from_or_to_nothing_is_volume_alone(swapped: bool) -> None:
    some = {AMOUNT: cells({"A": (2, 20), None: (1, 4)})}
    ends = of(some, {}) if swapped else of({}, some)
    sign = -1 if swapped else 1
    assert decompose(AMOUNT, ends).effects == {
        ("A",): Effects(volume=F(20 * sign)),
        (None,): Effects(volume=F(4 * sign)),
    }


def test_hits_outside_the_denominator_are_mix() -> None:
    """A campaign with two customers and no lead has no rate of its own."""
    ends = of(
        {WON: counted({"A": 1, "B": 2}), DECIDED: counted({"A": 4})},
        {WON: counted({"A": 1}), DECIDED: counted({"A": 4})},
    )
    found = decompose(WON / DECIDED, ends)
    assert found.effects == {("A",): Effects(), ("B",): Effects(mix=F(-1, 2))}


def test_a_difference_takes_the_effects_of_the_second_away() -> None:
    ends = of(
        {AMOUNT: cells({"A": (1, 10)}), DAYS: cells({"A": (1, 4)})},
        {AMOUNT: cells({"A": (1, 13)}), DAYS: cells({"A": (1, 9)})},
    )
    assert decompose(AMOUNT - DAYS, ends).effects == {("A",): Effects(rate=F(-2))}


def test_a_complement_is_the_rate_the_other_way_round() -> None:
    ends = of(
        {WON: counted({"A": 1, "B": 3}), DECIDED: counted({"A": 4, "B": 5})},
        {WON: counted({"A": 2, "B": 3}), DECIDED: counted({"A": 5, "B": 9})},
    )
    rate, complement = decompose(WON / DECIDED, ends), decompose(1 - WON / DECIDED, ends)
    assert complement.change == -rate.change
    assert complement.effects == {m: e.times(-1) for m, e in rate.effects.items()}


def test_a_velocity_by_hand() -> None:
    """2 deals of 10 in 4 days become 3 of 20 in 5. V = 5 becomes 12. What the days take away:
    (1/5 - 1/4) x (20/3 + 30/6 + 40/6 + 60/3) = -23/12.
    """
    ends = of(
        {
            COUNT: counted({"A": 2}),
            AMOUNT: cells({"A": (1, 10)}),
            CLOSED: counted({"A": 1}),
            DAYS: cells({"A": (1, 4)}),
        },
        {
            COUNT: counted({"A": 3}),
            AMOUNT: cells({"A": (1, 20)}),
            CLOSED: counted({"A": 1}),
            DAYS: cells({"A": (1, 5)}),
        },
    )
    mean, cycle = AMOUNT / CLOSED, DAYS / CLOSED
    found = decompose(COUNT * mean / cycle, ends)
    oracle = shapley.of_product({"n": (2, 3), "mean": (10, 20), "cycle": (4, 5)}, ["cycle"])
    assert found.ends == (5, 12)
    assert [float(effect) for _, effect in found.factors] == pytest.approx(list(oracle.values()))
    assert found.factors[2][1] == F(-23, 12)
    assert found.effects == {
        ("A",): Effects(volume=found.factors[0][1], rate=found.factors[1][1] + F(-23, 12))
    }


FORMULAS: dict[str, Node] = {
    "sum": AMOUNT,
    "count": COUNT,
    "difference": AMOUNT - DAYS,
    "weighted": 100 * (WON - CLOSED) / COUNT,
    "ratio": WON / DECIDED,
    "complement": 1 - WON / DECIDED,
    "ratio over two facts": AMOUNT / (COUNT + CLOSED),
    "product": COUNT * (AMOUNT / CLOSED),
    "velocity": COUNT * (AMOUNT / CLOSED) * (WON / DECIDED) / (DAYS / COUNT),
    "flat velocity": COUNT * AMOUNT / CLOSED / DAYS,
    "sum of ratios": WON / DECIDED + 3 * (AMOUNT / COUNT),
    "by a constant": AMOUNT / 12,
}
MEMBERS = st.sampled_from(["A", "B", "C", None])
SUMS = st.dictionaries(
    MEMBERS, st.tuples(st.integers(1, 10**4), st.integers(-(10**9), 10**9)), min_size=1
)
COUNTS = st.dictionaries(MEMBERS, st.integers(1, 10**6), min_size=1)


@st.composite
def any_ends(draw: st.DrawFn) -> Ends:
    """Members that stay, come and go; an additive formula may have had nothing before."""
    before, now = (
        {
            measure: cells(draw(SUMS)) if measure.aggregate == "sum" else counted(draw(COUNTS))
            for measure in EVERY
        }
        for _ in range(2)
    )
    return before, now


def whole(node: Node, found: Mapping[Measure, Cells]) -> F | None:
    value = node.value(lambda measure: sum(F(cell.value or 0) for cell in found[measure].values()))
    return None if value is None else F(value)


@pytest.mark.parametrize("name", FORMULAS)
@settings(max_examples=25)
@given(ends=any_ends())
def test_the_effects_of_all_members_are_the_change(name: str, ends: Ends) -> None:
    formula = FORMULAS[name]
    values = [whole(formula, end) for end in ends]
    assume(None not in values)
    found = decompose(formula, ends)
    assert list(found.ends) == values
    assert added_up(found) == found.change
    told = [float(x) for e in found.effects.values() for x in (e.volume, e.mix, e.rate)]
    rounding = 1e-9 * max(map(abs, told), default=0)
    assert sum(told) == pytest.approx(float(found.change), rel=1e-9, abs=rounding)
    assert sum(found.shares.values()) in (0, 1)
    assert sum(effect for _, effect in found.factors) in (0, found.change)


@pytest.mark.parametrize("name", ["sum", "ratio", "velocity"])
@settings(max_examples=25)
@given(ends=any_ends())
def test_who_comes_or_goes_has_no_rate(name: str, ends: Ends) -> None:
    formula = FORMULAS[name]
    assume(None not in [whole(formula, end) for end in ends])
    here = [{m for measure in EVERY for m in end[measure]} for end in ends]
    for member in here[0] ^ here[1]:
        assert decompose(formula, ends).effects.get(member, Effects()).rate == 0


@settings(max_examples=25)
@given(ends=any_ends())
def test_back_again_every_effect_has_the_other_sign(ends: Ends) -> None:
    before, now = ends
    for formula in (AMOUNT, WON / DECIDED):
        there, back = decompose(formula, ends), decompose(formula, (now, before))
        assert {m: e.times(-1) for m, e in there.effects.items()} == back.effects
