"""Past deals at landmarks: evenly spaced moments of their life, each as it was known then.

Learning from landmarks keeps apart what was known and what came after: a closing stage, the amount
at signature or a date that was put off cannot tell the outcome. Source: van Houwelingen (2007),
"Dynamic prediction by landmarking in event history analysis".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kpi_toolkit.crm.quoting import instant
from kpi_toolkit.models.deal_states import DealStates

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

REACH = dt.timedelta(days=730)
LONGEST_STEP = 30  # days
WINDOWS = 3
FEWEST_TRIED = 100  # deals, to compare ways of estimating
A_LIFE = 2  # landmarks in the life of a typical deal
MOST_DEALS = 10_000  # the latest decided: more take longer and tell the same


@dataclass(frozen=True)
class Landmarks:
    """The deals that were decided in the two years before a moment, at most the 10,000 latest."""

    past: DealStates

    @cached_property
    def step(self) -> dt.timedelta:
        """The time between landmarks, whole days: half of a typical deal's life, at most
        thirty.
        """
        closed = f"closed_at < {instant(self.past.known_at)} AND created_at < closed_at"
        days = "(epoch_us(closed_at) - epoch_us(created_at)) / 86400000000"
        found = self.past.crm.query(f"SELECT median({days}) FROM deals WHERE {closed}")[0][0]
        return dt.timedelta(days=min(max(int((found or 0) / A_LIFE), 1), LONGEST_STEP))

    @cached_property
    def states(self) -> pd.DataFrame:
        """A row a deal and landmark before its closing; see DealStates.at."""
        since = self._since()
        moments = []
        moment = self.past.known_at - self.step
        while moment > since - REACH / 2:
            moments.append(moment)
            moment -= self.step
        found = self.past.at(moments, closed_since=since)
        return found[found["status"].isin(["won", "lost"])].reset_index(drop=True)

    @cached_property
    def cut(self) -> dt.datetime:
        """A typical deal's life before the moment; earlier where fewer than a hundred deals have
        been decided since.
        """
        closings = self.states.drop_duplicates("deal_id")["closed_at"].sort_values()
        latest = self.past.known_at - A_LIFE * self.step
        if len(closings) < FEWEST_TRIED:
            return latest
        return min(latest, closings.iloc[-FEWEST_TRIED].to_pydatetime())

    @property
    def deals(self) -> int:
        """How many deals they are of."""
        return int(self.states["deal_id"].nunique())

    def windows(self) -> Iterator[tuple[dt.datetime, pd.DataFrame, pd.DataFrame]]:
        """The time since the cut, and two spans as long before it, the latest first: its start, the
        states of the deals decided before it, and of those decided in it.
        """
        start, end = self.cut, self.past.known_at
        length = end - start
        closed_at = self.states["closed_at"]
        for _ in range(WINDOWS):
            inside = (closed_at >= start) & (closed_at < end)
            parts = (self.states[rows] for rows in (closed_at < start, inside))
            earlier, tried = (part.reset_index(drop=True) for part in parts)
            yield start, earlier, tried
            start, end = start - length, start

    def _since(self) -> dt.datetime:
        now = self.past.known_at
        rows = self.past.crm.query(
            f"SELECT closed_at FROM deals WHERE closed_at < {instant(now)} "
            f"ORDER BY closed_at DESC LIMIT 1 OFFSET {MOST_DEALS}"
        )
        return max([now - REACH, *(closed_at for (closed_at,) in rows)])


def won(states: pd.DataFrame) -> np.ndarray:
    """1 for the states of deals that were won, 0 for those of lost ones."""
    return (states["status"] == "won").to_numpy(dtype=int)


def deals_of_each(states: pd.DataFrame) -> tuple[int, int]:
    """How many deals were won, and how many lost."""
    outcomes = states.drop_duplicates("deal_id")["status"]
    return int((outcomes == "won").sum()), int((outcomes == "lost").sum())
