"""How the values of a chart are written: one divisor and one number of decimals, no unit."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeGuard

from kpi_toolkit.charts.given import require_unit
from kpi_toolkit.format import MONEY, NO_DATA, Format, Unit

_LONG_DAYS = 99.95  # from here on a duration is told in whole days


@dataclass(frozen=True)
class Shown:
    """Values divided by `divisor` with `digits` decimals; `unit` is for heads, "" where none.
    `counts` says that they are whole numbers, `lasts` that they are durations.
    """

    words: Format
    divisor: float
    digits: int
    unit: str
    counts: bool = False
    lasts: bool = False

    def text(self, value: float | None, *, sign: bool = False, finer: int = 0) -> str:
        """A value as the chart writes it; a dash where there is none."""
        if not is_known(value):
            return NO_DATA
        return self.words.number(value / self.divisor, self.digits + finer, sign)

    def alone(self, value: float | None, *, finer: int = 0) -> str:
        """A value with the decimals that a text gives it: durations have one below a hundred
        days, however long the longest on the chart is.
        """
        short = self.lasts and is_known(value) and (self.unit == "h" or abs(value) < _LONG_DAYS)
        return self.text(value, finer=max(finer, 1 - self.digits if short else 0))

    def whole(self, value: float | None, *, finer: int = 0) -> str:
        """A value as the chart writes it, with its unit."""
        text = self.text(value, finer=finer)
        return text if text == NO_DATA else self.words.with_unit(text, self.unit)

    def rounded(self, value: float) -> float:
        """A value as far as the chart tells it, so that what reads 0 is neither good nor bad."""
        return round(value / self.divisor, self.digits) if is_known(value) else value

    def is_whole(self, value: float, *, finer: int = 0) -> bool:
        """Whether the chart's decimals, and `finer` more or fewer, tell the whole of a value."""
        scaled = value / self.divisor
        return math.isclose(round(scaled, self.digits + finer), scaled, abs_tol=1e-9)

    def telling(self, values: Iterable[float], most: int = 0) -> int:
        """How many decimals fewer (-1, ...) or more, up to `most`, tell the whole of each value."""
        known = list(values)
        tries = range(-self.digits, most)
        return next((d for d in tries if all(self.is_whole(v, finer=d) for v in known)), most)


def shown(values: Iterable[float | None], unit: Unit, words: Format) -> Shown:
    """The scale on which all values of a chart are written."""
    require_unit(unit)
    known = [float(value) for value in values if is_known(value)]
    top = max(map(abs, known), default=0.0)
    if unit in MONEY:
        scale = words.money_scale(known, unit)
        return Shown(words, scale.divisor, scale.digits, scale.unit)
    if unit == "percent":
        return Shown(words, 0.01, 1 if top < 9.995 else 0, "%")
    if unit == "ratio":
        return Shown(words, 1.0, 2 if top < 10 else 1 if top < 100 else 0, "")
    if unit == "count":
        return Shown(words, 1.0, 0, "", counts=True)
    name = words.days_unit if unit == "days" else "h"
    digits = 1 if top < (_LONG_DAYS if unit == "days" else 9.95) else 0
    return Shown(words, 1.0, digits, name, lasts=True)


def head_of_change(change: str, unit: Unit, scale: Shown) -> str:
    """'Change, k€': what a change column is called; shares change in points."""
    name = scale.words.points_unit if unit == "percent" else scale.unit
    return f"{change}, {name}" if name else change


def is_known(value: float | None) -> TypeGuard[float]:
    """Whether there is a finite value."""
    return value is not None and math.isfinite(value)


def chosen(words: Format | None) -> Format:
    """The formats asked for, else English ones."""
    return words or Format("en")
