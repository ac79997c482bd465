"""The bins of a distribution: round and equal, with one more at an end that reaches far out."""

import math
from dataclasses import dataclass

import numpy as np

_FAR = 1.6  # times the span up to the tail, from where the tail has a bin of its own
_TAIL = 0.025  # of the values, at either end


@dataclass(frozen=True)
class Bins:
    """Edges of equal bins, whether there are values below the first and above the last, and whether
    each bin holds one whole number.
    """

    edges: tuple[float, ...]
    below: bool
    above: bool
    single: bool

    @property
    def count(self) -> int:
        """How many bins there are, those of the tails included."""
        return len(self.edges) - 1 + self.below + self.above

    def shares(self, values: np.ndarray) -> np.ndarray:
        """The share of the values in each bin; those on an edge count to its right."""
        inner = np.histogram(values, self.edges)[0].tolist()
        # numpy counts the last edge to its left.
        on_last = int(np.sum(values == self.edges[-1])) if self.above else 0
        inner[-1] -= on_last
        below = [int(np.sum(values < self.edges[0]))] if self.below else []
        above = [int(np.sum(values > self.edges[-1])) + on_last] if self.above else []
        return np.array([*below, *inner, *above]) / max(len(values), 1)

    def place(self, value: float) -> float:
        """Where a value stands, counted in bins from the left end."""
        step = self.edges[1] - self.edges[0]
        inside = (min(max(value, self.edges[0]), self.edges[-1]) - self.edges[0]) / step
        beyond = 0.5 * (value > self.edges[-1]) - 0.5 * (value < self.edges[0])
        return inside + self.below + (beyond or 0.5 * self.single)


def bins_of(values: np.ndarray, most: int) -> Bins:
    """At most some `most` bins with round edges over known values (at least one)."""
    low, high = float(values.min()), float(values.max())
    near, far = np.quantile(values, [_TAIL, 1 - _TAIL], method="nearest").tolist()
    above = high - low > _FAR * (far - low) > 0
    below = high - low > _FAR * (high - near) > 0
    start, end = near if below else low, far if above else high
    if 0 <= start < 0.3 * (end - start):
        start = 0.0
    whole = bool(np.all(values == np.round(values)))
    step = _step(end - start, most, whole=whole)
    first = math.floor(start / step + 1e-9)
    last = max(first + 1, _last(end / step, above))
    edges = tuple(float(f"{k * step:.12g}") for k in range(first, last + 1))
    return Bins(edges, below, above, whole and step == 1)


def _last(end: float, above: bool) -> int:
    """The last edge: past the end, so that what lies on it is inside; up to it before a tail."""
    return math.ceil(end - 1e-9) if above else math.floor(end + 1e-9) + 1


def _step(span: float, most: int, *, whole: bool) -> float:
    if span <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(power * m for m in (1, 2, 5, 10, 20) if span / (power * m) < most)
    return max(step, 1.0) if whole else step
