"""The points of a sparkline, for renderers which draw it themselves."""

import math
from collections.abc import Sequence

Point = tuple[float, float]


def points(
    values: Sequence[float], width: float, height: float, pad: float = 1.2
) -> list[list[Point]]:
    """Runs of points in a box of width x height, y downwards; a NaN or None starts a new run.

    Equal values run through the middle; no known value gives no run.
    """
    known = [value for value in values if _known(value)]
    if not known:
        return []
    low, high = min(known), max(known)
    step = (width - 2 * pad) / max(1, len(values) - 1)
    runs: list[list[Point]] = [[]]
    for index, value in enumerate(values):
        if not _known(value):
            runs.append([])
            continue
        share = (value - low) / (high - low) if high > low else 0.5
        runs[-1].append((pad + index * step, height - pad - share * (height - 2 * pad)))
    return [run for run in runs if run]


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
