"""Signal or noise: the natural limits of a process (XmR chart), and the points that leave them.

Source: Wheeler, "Understanding Variation": mean +/- 2.66 x mean moving range; a point outside is a
    signal, and so are eight on one side of the mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

FEWEST = 6
RUN = 8
FACTOR = 2.66

Kind = Literal["outside", "run", "ordinary", "unknown"]


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


@dataclass(frozen=True)
class Signal:
    """What the last point of a series says; `above` tells the side."""

    kind: Kind
    above: bool = False


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
    if not limits.lower <= last <= limits.upper:
        return Signal("outside", above)
    tail = known[-RUN:]
    if len(tail) == RUN and (
        all(v > limits.mean for v in tail) or all(v < limits.mean for v in tail)
    ):
        return Signal("run", above)
    return Signal("ordinary", above)
