"""Kaplan-Meier a second time: a product-limit table in exact fractions."""

import math
from collections.abc import Sequence
from fractions import Fraction


def product_limit(durations: Sequence[int], ended: Sequence[bool]) -> list[tuple[int, Fraction]]:
    """(duration, survival just after it); who is censored at a duration was at risk there."""
    lines, survival = [], Fraction(1)
    for moment in sorted(set(durations)):
        at_risk = sum(d >= moment for d in durations)
        ends = sum(e and d == moment for d, e in zip(durations, ended, strict=True))
        survival *= 1 - Fraction(ends, at_risk)
        lines.append((moment, survival))
    return lines


def median(durations: Sequence[int], ended: Sequence[bool]) -> int | None:
    """The first duration at which no more than one half survive."""
    half = (moment for moment, left in product_limit(durations, ended) if 2 * left <= 1)
    return next(half, None)


def interval(durations: Sequence[int], ended: Sequence[bool]) -> tuple[int | None, int | None]:
    """The first durations at which the lower and the upper band of survival, in floating point, are
    at one half or below; no upper one where nobody is left.
    """
    ends: list[int | None] = [None, None]
    variance = 0.0
    for moment, left in product_limit(durations, ended):
        at_risk = sum(d >= moment for d in durations)
        gone = sum(e and d == moment for d, e in zip(durations, ended, strict=True))
        if gone == at_risk:
            ends[0] = moment if ends[0] is None else ends[0]
            continue
        variance += gone / (at_risk * (at_risk - gone))
        for side, sign in enumerate((1, -1)):
            if ends[side] is None and left < 1 and _band(float(left), variance, sign) <= 0.5:
                ends[side] = moment
    return ends[0], ends[1]


def _band(left: float, variance: float, sign: int) -> float:
    """The scale of log(-log(survival)), on which the standard error is sqrt(variance) / log."""
    centre = math.log(-math.log(left))
    away = sign * 1.959963984540054 * math.sqrt(variance) / abs(math.log(left))
    return math.exp(-math.exp(centre + away)) - 1e-9
