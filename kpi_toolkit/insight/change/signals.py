"""Signal or noise: the natural limits of a process (XmR chart), and the points that leave them.

Source: Wheeler, "Understanding Variation": mean +/- 2.66 x mean moving range; a point outside is a
    signal, and so are eight in a row on one side of the mean, and three of four that lie closer to
    a limit than to the mean. How often chance gives one: docs/signals.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

FEWEST = 6
RUN = 8
NEAR, OF = 3, 4
FACTOR = 2.66
# Of two values, the mean range is 1.128 standard deviations.
RANGES = 1.128

Kind = Literal["outside", "run", "near", "ordinary", "unknown"]
_RANK: tuple[Kind, ...] = ("outside", "run", "near", "ordinary", "unknown")


@dataclass(frozen=True)
class Limits:
    """Mean, and the natural limits that a series keeps while nothing changes."""

    mean: float
    lower: float
    upper: float
    moving_range: float

    @property
    def is_constant(self) -> bool:
        """Whether all the values were the same, so that the limits have no width."""
        return self.moving_range == 0

    @property
    def sigma(self) -> float:
        """The standard deviation that the moving ranges tell of."""
        return self.moving_range / RANGES

    def is_outside(self, value: float) -> bool:
        """Whether a value leaves the limits."""
        return not self.lower <= value <= self.upper

    def is_near(self, value: float, *, above: bool) -> bool:
        """Whether a value lies closer to the limit of a side than to the mean, or beyond it."""
        distance = value - self.mean if above else self.mean - value
        return distance > FACTOR * self.moving_range / 2


@dataclass(frozen=True)
class Signal:
    """What a point of a series says; `above` tells the side, `place` where it stands, counted from
    the end: -1 is the last.
    """

    kind: Kind
    above: bool = False
    place: int = -1

    @property
    def is_one(self) -> bool:
        """Whether it is a signal at all."""
        return self.kind in ("outside", "run", "near")


def natural_limits(
    values: Sequence[float | None], *, least: float | None = None, most: float | None = None
) -> Limits | None:
    """The limits of a series, kept within what the quantity can be; None for fewer than six known
    values.
    """
    known = [value for value in values if value is not None]
    if len(known) < FEWEST:
        return None
    mean = sum(known) / len(known)
    moving = sum(abs(b - a) for a, b in zip(known, known[1:], strict=False)) / (len(known) - 1)
    lower, upper = mean - FACTOR * moving, mean + FACTOR * moving
    return Limits(
        mean,
        lower if least is None else max(least, lower),
        upper if most is None else min(most, upper),
        moving,
    )


def signal(values: Sequence[float | None], limits: Limits | None) -> Signal:
    """What the last value says, judged by limits that earlier values set."""
    known = [value for value in values if value is not None]
    if limits is None or not known or values[-1] is None:
        return Signal("unknown")
    last = known[-1]
    above = last > limits.mean
    if limits.is_outside(last):
        return Signal("outside", above)
    if _is_run(known[-RUN:], limits):
        return Signal("run", above)
    if _are_near(known[-OF:], limits, above=above):
        return Signal("near", above)
    return Signal("ordinary", above)


def strongest(values: Sequence[float | None], limits: Limits | None, judged: int) -> Signal:
    """What the last `judged` values say: a value outside before a run, a run before values near a
    limit, of equals the latest.
    """
    found = [
        Signal(one.kind, one.above, -1 - back)
        for back in range(min(judged, len(values)))
        for one in [signal(values[: len(values) - back], limits)]
    ]
    return min(found, key=lambda one: _RANK.index(one.kind), default=Signal("unknown"))


def _is_run(tail: Sequence[float], limits: Limits) -> bool:
    return len(tail) == RUN and (
        all(v > limits.mean for v in tail) or all(v < limits.mean for v in tail)
    )


def _are_near(tail: Sequence[float], limits: Limits, *, above: bool) -> bool:
    near = [limits.is_near(value, above=above) for value in tail]
    return near[-1] and sum(near) >= NEAR
