"""Random draws that are the same to the last bit on every machine and every NumPy.

Only PCG64's raw integers are used: NumPy promises that stream for ever, but not the streams of
`Generator.normal` or `Generator.integers`. Uniform draws are the top 53 bits times 2**-53, which
is exact. Skewed draws look up a table of 1 024 quantiles, rounded to whole thousandths when it is
built, so that a last-bit difference between two libraries' `exp` and `log` cannot reach a result.
After that only whole numbers follow, and single + - * / of doubles, which IEEE 754 rounds alike
everywhere; nothing is summed in floating point.
"""

import math
import zlib
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]
Flag = npt.NDArray[np.bool_]
Text = npt.NDArray[np.object_]

TABLE = 1024
# Another edition is another world by the same rules; this one shows the planted events plainly.
EDITION = 10


class Draws:
    """Independent streams of one seed, each by its name, so that a new one shifts no other."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def uniform(self, name: str, *shape: int) -> Real:
        """Multiples of 2**-53 in [0, 1)."""
        entropy = [self.seed, EDITION, zlib.crc32(name.encode())]
        generator = np.random.PCG64(np.random.SeedSequence(entropy))
        raw = generator.random_raw(math.prod(shape)).reshape(shape)
        return (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def chance(self, name: str, share: float | Real, *shape: int) -> Flag:
        """True with probability `share`."""
        return self.uniform(name, *shape) < share

    def below(self, name: str, bound: int | Whole, *shape: int) -> Whole:
        """Whole numbers in 0 .. bound - 1."""
        return (self.uniform(name, *shape) * bound).astype(np.int64)

    def choice(self, name: str, weights: Sequence[int] | Whole, size: int) -> Whole:
        """Positions in `weights`, each as often as its whole weight says."""
        edges = np.cumsum(np.asarray(weights, dtype=np.int64))
        return np.searchsorted(edges, self.below(name, int(edges[-1]), size), side="right")

    def skewed(self, name: str, table: Whole, *shape: int) -> Whole:
        """Values of a quantile table: thousandths."""
        return table[self.below(name, TABLE, *shape)]


def lognormal(sigma: float) -> Whole:
    """Quantiles of a log-normal of mean 1, in thousandths: right-skewed sizes and durations."""
    quantile = NormalDist().inv_cdf
    middles = ((step + 0.5) / TABLE for step in range(TABLE))
    values = (
        math.exp(sigma * round(quantile(middle), 6) - sigma * sigma / 2) for middle in middles
    )
    return np.array([round(1000 * round(value, 6)) for value in values], dtype=np.int64)


def exponential() -> Whole:
    """Quantiles of an exponential of mean 1, in thousandths: waiting times without memory."""
    middles = ((step + 0.5) / TABLE for step in range(TABLE))
    return np.array(
        [round(-1000 * round(math.log(middle), 6)) for middle in middles], dtype=np.int64
    )
