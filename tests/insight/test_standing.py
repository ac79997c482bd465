"""A member stands apart where its interval leaves the whole outside, and not by chance of many."""

import random

from kpi_toolkit.insight.standing import standing
from kpi_toolkit.measures.interval import wilson
from kpi_toolkit.measures.value import KpiValue
from tests.insight.readings import value


def rate(won: int, decided: int, source: str) -> KpiValue:
    return value(won / decided, numerator=won, denominator=decided, members={"source": source})


def test_those_far_below_and_above_are_named_the_farthest_first() -> None:
    members = [
        rate(30, 100, "events"), rate(100, 500, "calls"), rate(250, 500, "web"),
        rate(400, 500, "friends"), rate(3, 4, "few"),
    ]  # fmt: skip
    found = standing(members, 783 / 1604)
    assert [v.members["source"] for v in found.below] == ["calls", "events"]
    assert [v.members["source"] for v in found.above] == ["friends"]


def test_what_one_interval_leaves_out_many_members_may_hold() -> None:
    alone = rate(39, 100, "one")
    low, high = wilson(39, 100) or (0, 0)
    assert high < 0.49
    assert standing([alone], 0.49).below == (alone,)
    assert standing([alone, *(rate(49, 100, str(n)) for n in range(10))], 0.49).below == ()


def test_chance_alone_names_somebody_in_at_most_one_of_twenty() -> None:
    draw, named = random.Random(7), 0
    for _ in range(300):
        won = [sum(draw.random() < 0.4 for _ in range(60)) for _ in range(8)]
        found = standing([rate(n, 60, str(i)) for i, n in enumerate(won)], sum(won) / 480)
        named += bool(found.below or found.above)
    assert named <= 15
