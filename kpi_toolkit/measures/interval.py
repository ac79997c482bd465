"""The interval of a share: how far the true rate may lie from the one that was counted."""

from math import sqrt

Z95 = 1.959963984540054


def wilson(successes: float, trials: float, z: float = Z95) -> tuple[float, float] | None:
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
