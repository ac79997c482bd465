"""States of deals as numbers: members and ranges as columns of 0 and 1, learnt from past deals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kpi_toolkit.models.deal_states import TRAITS, DealStates

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FEWEST_DEALS = 30  # with which a member has a column of its own
MOST_MEMBERS = 60
RANGES = 6
FILLED = 0.95


@dataclass(frozen=True)
class Feature:
    """One property of deals: its members, or the bounds of its ranges; a column each, and one for
    what is missing or rare.
    """

    name: str
    members: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        """The number of its columns."""
        return len(self.members or self.bounds) + 2

    def places(self, values: pd.Series) -> np.ndarray:
        """Which of its columns each value stands in; the last is for a missing or a rare one."""
        import numpy as np
        import pandas as pd

        rest = self.width - 1
        if self.members:
            place = pd.Index(self.members).get_indexer(values)
            return np.where(place < 0, rest, place)
        numbers = values.to_numpy(dtype=float)
        found = np.searchsorted(self.bounds, numbers, side="right")
        return np.where(np.isnan(numbers), rest, found)


@dataclass(frozen=True)
class Encoding:
    """The features that tell won deals from lost ones."""

    features: tuple[Feature, ...]

    @property
    def width(self) -> int:
        """The number of columns."""
        return sum(feature.width for feature in self.features)

    def columns(self, states: pd.DataFrame) -> np.ndarray:
        """(rows, width) of 0 and 1."""
        import numpy as np

        properties = _properties(states)
        made = np.zeros((len(states), self.width))
        rows, before = np.arange(len(states)), 0
        for feature in self.features:
            made[rows, before + feature.places(properties[feature.name])] = 1.0
            before += feature.width
        return made


def encoding(past: DealStates, trained: pd.DataFrame) -> Encoding:
    """What past deals and their states allow to know. A field that is edited while a deal is worked
    on enters only where its history is kept; one that is filled late, as told by gaps in it among
    deals open now or among those closed, does not.
    """
    worked_on = [
        *(["stage"] if past.has_past_stages else []),
        *([f for f in ("amount", "expected_close_on") if f in past.tracked]),
    ]
    made = [
        *(_of_members(t, trained) for t in TRAITS if _is_filled(t, trained, past.still_open)),
        *([_of_members("stage", trained)] if "stage" in worked_on else []),
    ]
    properties = _properties(trained)
    numbers = ["age", *(["days_in_stage"] if "entered_at" in trained else [])]
    numbers += ["amount"] if "amount" in worked_on else []
    numbers += ["days_to_close", "pushes"] if "expected_close_on" in worked_on else []
    made += [_of_ranges(number, properties[number]) for number in numbers]
    return Encoding(tuple(feature for feature in made if feature.width > 3 or feature.bounds))


def _is_filled(trait: str, *found: pd.DataFrame) -> bool:
    return all(
        trait in frame and (frame.empty or frame[trait].notna().mean() >= FILLED) for frame in found
    )


def _of_members(name: str, trained: pd.DataFrame) -> Feature:
    """The members of the most deals, in order of their names."""
    deals = trained.drop_duplicates(["deal_id", name])[name].value_counts()
    often = deals[deals >= FEWEST_DEALS]
    most = sorted(often.items(), key=lambda pair: (-pair[1], str(pair[0])))[:MOST_MEMBERS]
    return Feature(name, members=tuple(sorted(str(member) for member, _ in most)))


def _of_ranges(name: str, values: pd.Series) -> Feature:
    import numpy as np

    known = np.sort(values.dropna().to_numpy(dtype=float))
    if not len(known):
        return Feature(name)
    # Values that there are, so that the bounds are the same to the last bit on any machine.
    cut = [float(known[len(known) * k // RANGES]) for k in range(1, RANGES)]
    return Feature(name, bounds=tuple(b for b in dict.fromkeys(cut) if b > known[0]))


def _properties(states: pd.DataFrame) -> Mapping[str, Any]:
    """The traits as they are, and the numbers of a state."""
    numbers = {"age": _days(states["seen_at"] - states["created_at"])}
    if "entered_at" in states:
        numbers["days_in_stage"] = _days(states["seen_at"] - states["entered_at"])
    if "amount" in states:
        numbers["amount"] = states["amount"].astype(float)
    if "pushes" in states:
        numbers["days_to_close"] = _days(states["expected_close_on"] - states["seen_at"])
        numbers["pushes"] = states["pushes"].astype(float)
    return {**{column: states[column] for column in states}, **numbers}


def _days(lengths: pd.Series) -> pd.Series:
    return lengths.dt.total_seconds() / 86_400
