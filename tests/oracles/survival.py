"""Kaplan-Meier a second time: a product-limit table in exact fractions."""

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
