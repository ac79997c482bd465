"""What each member of a dimension adds to the change of a number between two moments, in fractions.

Three effects: volume (more or fewer records at unchanged shares), mix (members' shares of the
records), rate (what a member's records amount to). With a bar for the mean of both moments and d
for the difference:

    sum     X = sum of N w a   volume = dN w̄ ā,  mix = N̄ dw ā,  rate = n̄ da
    ratio   R = sum of w r     volume = 0,  mix = dw (r̄ - R̄),  rate = w̄ dr
    product P = f g ...        each factor's effects times its Shapley weight

where N counts the records, w is a member's share of them (of the denominator, for a ratio), n = N w
its records, a its mean and r its ratio. Nothing is left over. A member that has no records at one
of the two moments has no rate there, so all of it is volume and mix.

Sources: Bennet (1920), "The theory of measurement of changes in cost of living" (the means of both
moments); Kitagawa (1955), "Components of a difference between two rates"; Sun (1998), "Changes in
energy consumption and energy intensity: a complete decomposition model", and Shapley (1953) for
products.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import factorial

from kpi_toolkit.measures.aggregates import Cell, Cells
from kpi_toolkit.measures.fact import Measure
from kpi_toolkit.measures.formula import Constant, Node, Operation

Member = tuple[str | None, ...]
Ends = tuple[Mapping[Measure, Cells], Mapping[Measure, Cells]]
Pair = tuple[Fraction, Fraction]
ADDITIVE = ("count", "sum")
_NOTHING = Cell(0, 0)


@dataclass(frozen=True)
class Effects:
    """What one member, or all, add to a change."""

    volume: Fraction = Fraction(0)
    mix: Fraction = Fraction(0)
    rate: Fraction = Fraction(0)

    @property
    def total(self) -> Fraction:
        """All three together."""
        return self.volume + self.mix + self.rate

    def __add__(self, other: Effects) -> Effects:
        return Effects(self.volume + other.volume, self.mix + other.mix, self.rate + other.rate)

    def times(self, factor: Fraction | int) -> Effects:
        """Each effect times a number."""
        return Effects(self.volume * factor, self.mix * factor, self.rate * factor)


@dataclass(frozen=True)
class Parts:
    """A number before and now, what each member adds to the difference, each member's share of the
    number, and of a product the effect of each factor.
    """

    ends: Pair
    effects: Mapping[Member, Effects] = field(default_factory=dict)
    shares: Mapping[Member, Fraction] = field(default_factory=dict)
    factors: tuple[tuple[Node, Fraction], ...] = ()

    @property
    def change(self) -> Fraction:
        """The difference that the effects add up to."""
        return self.ends[1] - self.ends[0]


def decompose(node: Node, ends: Ends) -> Parts:
    """The effects of all members on a formula over counts and sums that has a value at both ends.

    `ends` are the cells by member of each of its measures, before and now.
    """
    if isinstance(node, Constant):
        return Parts((Fraction(node.number), Fraction(node.number)))
    if isinstance(node, Measure):
        return _sum(node, ends)
    if not isinstance(node, Operation):
        raise TypeError(f"{node!r} is no arithmetic over measures")
    if node.sign in "+-":
        return _added(decompose(node.left, ends), decompose(node.right, ends), node.sign)
    if is_ratio(node):
        return _ratio(node, ends)
    return _product([(one, decompose(one, ends), power) for one, power in _factors(node)])


def members(node: Node, ends: Ends) -> tuple[Member, ...]:
    """Those with a record of any of its measures at either end."""
    measures = tuple(node.measures())
    found = (cells[measure].items() for cells in ends for measure in measures)
    return tuple(dict.fromkeys(member for each in found for member, cell in each if cell.n))


def value_of(node: Node, cells: Mapping[Measure, Cells], member: Member) -> Fraction | None:
    """A member's own number; None where it has no data."""
    found = node.value(lambda measure: cells[measure].get(member, _NOTHING).value)
    return None if found is None else Fraction(found)


# -- sums


def _sum(measure: Measure, ends: Ends) -> Parts:
    before, now = (cells[measure] for cells in ends)
    counts = _totals(cell.n for cell in before.values()), _totals(cell.n for cell in now.values())
    effects, sizes = {}, {}
    for member in members(measure, ends):
        cells = before.get(member, _NOTHING), now.get(member, _NOTHING)
        effects[member] = _sum_effects(counts, cells)
        sizes[member] = sum((abs(Fraction(cell.value or 0)) for cell in cells), Fraction(0))
    values = tuple(_totals(c.value or 0 for c in found.values()) for found in (before, now))
    return Parts((values[0], values[1]), effects, _shares(sizes))


def _sum_effects(counts: Pair, cells: tuple[Cell, Cell]) -> Effects:
    n = Fraction(cells[0].n), Fraction(cells[1].n)
    shares = _both(
        *(part / whole if whole else None for part, whole in zip(n, counts, strict=True))
    )
    means = _both(*(Fraction(cell.value or 0) / cell.n if cell.n else None for cell in cells))
    return Effects(
        volume=_change(counts) * _mean(shares) * _mean(means),
        mix=_mean(counts) * _change(shares) * _mean(means),
        rate=_mean(n) * _change(means),
    )


# -- ratios


def _ratio(node: Operation, ends: Ends) -> Parts:
    every = members(node, ends)
    tops, bottoms = (
        [{m: value_of(part, cells, m) or Fraction(0) for m in every} for cells in ends]
        for part in (node.left, node.right)
    )
    below = [_totals(found.values()) for found in bottoms]
    whole = tuple(_totals(t.values()) / b for t, b in zip(tops, below, strict=True))
    effects, weights = {}, {}
    for m in every:
        shares = tuple(found[m] / all_ for found, all_ in zip(bottoms, below, strict=True))
        added = tuple(found[m] / all_ for found, all_ in zip(tops, below, strict=True))
        rates = tuple(a / w if w else None for a, w in zip(added, shares, strict=True))
        rate = _mean(shares) * _change(_both(*rates))
        mix = _change(added) - rate - _mean(whole) * _change(shares)
        effects[m] = Effects(mix=mix, rate=rate)
        weights[m] = abs(_mean(shares))
    return Parts((whole[0], whole[1]), effects, _shares(weights))


def is_ratio(node: Node) -> bool:
    """Whether a formula is one number that adds up over members divided by another."""
    if not isinstance(node, Operation):
        return False
    return node.sign == "/" and adds_up(node.left) and adds_up(node.right)


def adds_up(node: Node) -> bool:
    """Whether the members' values of a formula add up to the value of all."""
    if not isinstance(node, Operation):
        return isinstance(node, Measure)
    if node.sign in "+-":
        return adds_up(node.left) and adds_up(node.right)
    if isinstance(node.right, Constant):
        return adds_up(node.left)
    return node.sign == "*" and isinstance(node.left, Constant) and adds_up(node.right)


# -- sums and products of parts


def _added(left: Parts, right: Parts, sign: str) -> Parts:
    factor = 1 if sign == "+" else -1
    ends = tuple(a + factor * b for a, b in zip(left.ends, right.ends, strict=True))
    return Parts((ends[0], ends[1]), *_together([(left, 1), (right, factor)]))


def _factors(node: Node, power: int = 1) -> Iterator[tuple[Node, int]]:
    """The factors of a product with their powers, 1 or -1; a ratio is one factor."""
    if not isinstance(node, Operation) or node.sign in "+-" or is_ratio(node):
        yield node, power
        return
    yield from _factors(node.left, power)
    yield from _factors(node.right, power if node.sign == "*" else -power)


def _product(factors: Sequence[tuple[Node, Parts, int]]) -> Parts:
    ends = [(1 / p.ends[0], 1 / p.ends[1]) if power < 0 else p.ends for _, p, power in factors]
    weighted = []
    for place, (_, parts, power) in enumerate(factors):
        weight = _shapley([*ends[:place], *ends[place + 1 :]])
        own = -1 / (parts.ends[0] * parts.ends[1]) if power < 0 else Fraction(1)
        weighted.append((parts, weight * own))
    whole = [Fraction(1), Fraction(1)]
    for pair in ends:
        whole = [whole[0] * pair[0], whole[1] * pair[1]]
    told = tuple(
        (node, parts.change * weight)
        for (node, _, _), (parts, weight) in zip(factors, weighted, strict=True)
        if not isinstance(node, Constant)
    )
    return Parts((whole[0], whole[1]), *_together(weighted), told if len(told) > 1 else ())


def _shapley(others: Sequence[Pair]) -> Fraction:
    """By what the change of one factor is multiplied: the product of the others, each before or
    now, averaged over all orders in which the factors can change.
    """
    # ways[k]: the sum of the products in which k of the others have changed already
    ways = [Fraction(1)]
    for before, now in others:
        stay, change = [w * before for w in ways] + [Fraction(0)], [w * now for w in ways]
        ways = [a + b for a, b in zip(stay, [Fraction(0), *change], strict=True)]
    n = len(others)
    orders = (Fraction(factorial(k) * factorial(n - k), factorial(n + 1)) for k in range(n + 1))
    return _totals(way * share for way, share in zip(ways, orders, strict=True))


def _together(
    weighted: Sequence[tuple[Parts, Fraction | int]],
) -> tuple[dict[Member, Effects], dict[Member, Fraction]]:
    """The effects of several parts, each times its weight, and the means of their shares."""
    effects: dict[Member, Effects] = {}
    sizes: dict[Member, Fraction] = {}
    for parts, weight in weighted:
        for member, found in parts.effects.items():
            effects[member] = effects.get(member, Effects()) + found.times(weight)
        for member, share in parts.shares.items():
            sizes[member] = sizes.get(member, Fraction(0)) + share
    return effects, _shares(sizes)


# -- numbers


def _both(before: Fraction | None, now: Fraction | None) -> Pair:
    """A number that is not known at one end is taken as unchanged."""
    known = next((value for value in (before, now) if value is not None), Fraction(0))
    return known if before is None else before, known if now is None else now


def _mean(pair: Sequence[Fraction]) -> Fraction:
    return (pair[0] + pair[1]) / 2


def _change(pair: Sequence[Fraction]) -> Fraction:
    return pair[1] - pair[0]


def _totals(values: Iterable[Fraction | int]) -> Fraction:
    return Fraction(sum(values))


def _shares(sizes: Mapping[Member, Fraction]) -> dict[Member, Fraction]:
    whole = _totals(sizes.values())
    return {member: size / whole for member, size in sizes.items()} if whole else {}
