"""Intervals: how far the true rate, mean or total may lie from the one that was counted."""

from __future__ import annotations

from math import exp, pi, sqrt

Z95 = 1.959963984540054
Interval = tuple[float, float]


def wilson(successes: float, trials: float, z: float = Z95) -> Interval | None:
    """The Wilson score interval of successes / trials, 0..1; None without trials or where it is no
    share of them.

    Source: Wilson (1927), "Probable inference, the law of succession, and statistical inference".
    """
    if trials <= 0 or not 0 <= successes <= trials:
        return None
    share = successes / trials
    middle = share + z * z / (2 * trials)
    half = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def of_mean(total: float, squares: float, n: int) -> Interval | None:
    """The t interval of a mean, from the sum of `n` values and of their squares; None for fewer
    than three, or where they are all the same, which tells nothing of how they vary.

    Source: Student (1908), "The probable error of a mean".
    """
    if n < 3:
        return None
    mean = total / n
    variance = (squares - total * mean) / (n - 1)
    if variance <= 1e-12 * mean * mean:
        return None
    half = student(0.975, n - 1) * sqrt(variance / n)
    return mean - half, mean + half


def of_total(total: float, squares: float) -> Interval | None:
    """Where a total would lie if records came at the same pace by chance: of a Poisson number of
    values, the variance of the sum is the sum of the squares. None over nothing.
    """
    if squares <= 0:
        return None
    half = Z95 * sqrt(squares)
    return total - half, total + half


def student(share: float, freedom: float) -> float:
    """The quantile of Student's t distribution, for `share` above one half and two degrees of
    freedom or more.

    Source: Hill (1970), "Algorithm 396: Student's t-quantiles".
    """
    from statistics import NormalDist

    n, both = freedom, 2 * (1 - share)
    a = 1 / (n - 0.5)
    b = 48 / a**2
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * sqrt(a * pi / 2) * n
    y = (d * both) ** (2 / n)
    if y > 0.05 + a:
        x = NormalDist().inv_cdf(both / 2)
        y = x * x
        c += 0.3 * (n - 4.5) * (x + 0.6) if n < 5 else 0.0
        c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b
        y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
        y = a * y * y
        y = exp(y) - 1 if y > 0.002 else y + y * y / 2
    else:
        tail = 1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)
        y = (tail * y - 1) * (n + 1) / (n + 2) + 1 / y
    return sqrt(n * y)
