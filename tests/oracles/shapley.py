"""Drivers a second time: every order in which volume, mix and rate can change is played through."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import permutations
from statistics import fmean

import pandas as pd

Order = Sequence[str]
Game = Callable[[frozenset[str]], float]
Effects = dict[str, float]


def played(game: Game, orders: Iterable[Order]) -> Effects:
    """What each player changes, averaged over the orders in which they change."""
    steps: dict[str, list[float]] = {}
    for order in orders:
        changed: frozenset[str] = frozenset()
        for player in order:
            following = changed | {player}
            steps.setdefault(player, []).append(game(following) - game(changed))
            changed = following
    return {player: fmean(found) for player, found in steps.items()}


def of_sum(before: pd.DataFrame, now: pd.DataFrame, by: str) -> dict[str | None, Effects]:
    """Of the sum of `measured`: records, shares of them, means. Mix and volume are two halves of
    one cause, how many records a member has, so none changes its mean between them.
    """
    counts = [float(frame["measured"].count()) for frame in (before, now)]
    ends = _members(before, now, by)
    orders = [o for o in permutations(["volume", "mix", "rate"]) if o[1] != "rate"]
    found = {}
    for member, (old, new) in ends.items():
        means = _known(old["measured"].mean(), new["measured"].mean())
        shares = [
            part["measured"].count() / all_ if all_ else None
            for part, all_ in zip((old, new), counts, strict=True)
        ]
        shares = _known(*shares)

        def game(changed: frozenset[str], means=means, shares=shares) -> float:  # type: ignore[no-untyped-def]
            return counts["volume" in changed] * shares["mix" in changed] * means["rate" in changed]

        found[member] = played(game, orders)
    return found


def of_ratio(before: pd.DataFrame, now: pd.DataFrame, by: str) -> dict[str | None, Effects]:
    """Of the mean of `measured`, or the share of `hit`: shares of the records, beside a member of
    the mean of both moments, and ratios.
    """
    column = "hit" if "measured" not in now else "measured"
    frames = [
        f.assign(measured=_numbers(f[column])).dropna(subset="measured") for f in (before, now)
    ]
    middle = fmean(float(frame["measured"].mean()) for frame in frames)
    found = {}
    for member, ends in _members(*frames, by).items():
        shares = [len(part) / len(all_) for part, all_ in zip(ends, frames, strict=True)]
        rates = _known(*(part["measured"].mean() for part in ends))

        def game(changed: frozenset[str], shares=shares, rates=rates) -> float:  # type: ignore[no-untyped-def]
            return shares["mix" in changed] * (rates["rate" in changed] - middle)

        # The mean rate itself does not move in this game: it is what mix is told beside.
        effects = played(game, permutations(["mix", "rate"]))
        found[member] = {"volume": 0.0, **effects}
    return found


def of_product(ends: Mapping[str, tuple[float, float]], inverse: Iterable[str] = ()) -> Effects:
    """What each factor of a product changes, over all orders; `inverse` ones divide."""

    def game(changed: frozenset[str]) -> float:
        product = 1.0
        for name, pair in ends.items():
            value = pair[name in changed]
            product = product / value if name in inverse else product * value
        return product

    return played(game, permutations(ends))


def _members(
    before: pd.DataFrame, now: pd.DataFrame, by: str
) -> dict[str | None, tuple[pd.DataFrame, pd.DataFrame]]:
    keys = pd.concat([before[by], now[by]]).unique()
    return {
        None if pd.isna(key) else str(key): (_of(before, by, key), _of(now, by, key))
        for key in keys
    }


def _of(frame: pd.DataFrame, by: str, key: object) -> pd.DataFrame:
    return frame[frame[by].isna()] if pd.isna(key) else frame[frame[by] == key]


def _known(before: float | None, now: float | None) -> list[float]:
    """A member without records has the mean that it has at the other moment."""
    if before is None or pd.isna(before):
        before = now
    return [float(before), float(before if now is None or pd.isna(now) else now)]  # type: ignore[arg-type]


def _numbers(values: pd.Series) -> pd.Series:
    if pd.api.types.is_timedelta64_dtype(values):
        return values / pd.Timedelta(days=1)
    return values.astype(float)
