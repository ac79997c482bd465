"""Why a deal's chance is what it is: the properties that move it most from the usual."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi_toolkit.models.chances import Chances

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LEAST = 0.1  # of log odds: two or three points of a chance of one half


@dataclass(frozen=True)
class Reason:
    """A property of a deal, and by how many log odds it moves its chance from that of usual deals;
    only its sign and its rank are for readers.
    """

    feature: str
    effect: float


def reasons(
    chances: Chances, states: pd.DataFrame, most: int, without: Collection[str] = ()
) -> list[list[Reason]]:
    """For each deal the greatest effects, at most so many, `without` some features; none of ways
    that weigh nothing.
    """
    encoding = chances.encoding
    if encoding is None:
        return [[] for _ in range(len(states))]
    effects = _effects(chances, states)
    names = [feature.name for feature in encoding.features]
    found = []
    for row in effects:
        ranked = sorted(range(len(names)), key=lambda place: (-abs(row[place]), names[place]))
        told = [p for p in ranked if names[p] not in without and abs(row[p]) >= LEAST]
        kept = told[:most]
        found.append([Reason(names[place], float(row[place])) for place in kept])
    return found


def _effects(chances: Chances, states: pd.DataFrame) -> np.ndarray:
    """(deals, features): each feature's weight, less its mean over past deals."""
    import numpy as np

    assert chances.encoding is not None
    weights, usual = np.array(chances.weights), np.array(chances.usual)
    moved = chances.encoding.columns(states) * weights - weights * usual
    starts = np.cumsum([0, *(feature.width for feature in chances.encoding.features)])[:-1]
    return np.add.reduceat(moved, starts, axis=1)
