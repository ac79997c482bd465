"""What chance draws: instants, some of them on a bound, and gaps."""

import numpy as np
import pandas as pd

OPENS, DAYS = pd.Timestamp("2024-06-01"), 850
# First instants of days in UTC, Paris and New York, summer and winter: rows lie exactly there.
EDGES = [
    pd.Timestamp(f"{day} {hour}:00")
    for day in ["2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01", "2026-09-30", "2026-10-01"]
    for hour in (0, 4, 5, 22, 23)
]


def instants(chance: np.random.Generator, n: int) -> pd.Series:
    """Moments of the years that the data cover, to the second."""
    seconds = pd.Series(chance.integers(0, DAYS * 86_400, n))
    return on_edges(chance, OPENS + pd.to_timedelta(seconds, unit="s").astype("timedelta64[us]"))


def on_edges(chance: np.random.Generator, instants: pd.Series) -> pd.Series:
    """One in ten lies exactly on a bound."""
    edges = pd.Series(chance.choice(np.array(EDGES, dtype="datetime64[us]"), len(instants)))
    return instants.where(chance.random(len(instants)) > 0.1, edges)


def sometimes(chance: np.random.Generator, values: pd.Series, share: float) -> pd.Series:
    """The values, some of them missing."""
    return values.where(chance.random(len(values)) < share)


def one_of(chance: np.random.Generator, values: list[str | None], n: int) -> np.ndarray:
    """A value a row; None is one of them where it is listed."""
    return np.array(values, dtype=object)[chance.integers(0, len(values), n)]
