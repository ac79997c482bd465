"""What past deals taught, as values."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kpi_toolkit.models.chances import Chances
from kpi_toolkit.models.deal_states import DealStates


@dataclass(frozen=True)
class Trial:
    """How a way did on deals decided since: Brier scores (the mean squared distance of chance and
    outcome) of it and of the mere share of deals won, and the number of deals. `spread` is by how
    much the deals won missed what was expected of them together, beyond what independent deals
    would have by chance: a relative standard deviation.
    """

    brier: float
    share_brier: float
    deals: int
    spread: float


@dataclass(frozen=True)
class Learnt:
    """What the deals decided before a moment teach: `won` and `lost` count them, `deals` those that
    a regression was learnt from. `trial` is None where there were too few to compare ways.
    """

    past: DealStates
    chances: Chances
    won: int
    lost: int
    deals: int = 0
    trial: Trial | None = None

    @property
    def spread(self) -> float | None:
        """How far off all chances together may be, as a share of what is expected: as they were on
        deals decided since, else the standard error of the share won; None before the first.
        """
        if self.trial:
            return self.trial.spread
        return math.sqrt(self.lost / self.won / (self.won + self.lost)) if self.won else None
