"""Numbers with their units: three or four figures, never more."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kpi_toolkit.format.words import NBSP, NNBSP, Words

Unit = Literal["percent", "money", "money_per_day", "days", "hours", "count", "ratio"]
# "context": neither way is better; what a change means depends on what else happened.
Better = Literal["up", "down", "context"]
MONEY: tuple[Unit, ...] = ("money", "money_per_day")
Number = int | float | Decimal

MINUS, NO_DATA = "\u2212", "–"
SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "CHF": "CHF", "JPY": "¥"}


@dataclass(frozen=True)
class Scale:
    """How a group of amounts is shown: divided by `divisor`, named by `unit`, with `digits`
    decimals.
    """

    divisor: float
    unit: str
    digits: int


@dataclass(frozen=True)
class Change:
    """A difference as text, and whether it is favourable; None where there is nothing to judge."""

    text: str
    favourable: bool | None


class Numbers(Words):
    """The numbers of a language and a `currency`."""

    currency: str

    def number(self, value: Number, digits: int = 0, sign: bool = False) -> str:
        """1234.5 -> '1 234,5'; a minus is U+2212, zero has no sign."""
        rounded = round(float(value), digits)
        text = f"{abs(rounded):,.{digits}f}"
        if self.language == "fr":
            text = text.replace(",", NNBSP).replace(".", ",")
        lead = MINUS if rounded < 0 else "+" if sign and rounded > 0 else ""
        return lead + text

    def count(self, value: Number | None) -> str:
        """A whole number, or a dash."""
        return NO_DATA if value is None else self.number(value)

    def percent(self, share: Number, digits: int | None = None, sign: bool = False) -> str:
        """0.421 -> '42,1 %'; from a thousand on without a decimal."""
        shown = (0 if abs(float(share)) >= 9.9995 else 1) if digits is None else digits
        return self.number(float(share) * 100, shown, sign) + self._mark("%")

    def points(self, share: Number, digits: int = 1) -> str:
        """A difference of two shares in points: 0.032 -> '+3,2 pt'."""
        return self.number(float(share) * 100, digits, sign=True) + NNBSP + self.points_unit

    @property
    def points_unit(self) -> str:
        """pt in French, pp in English."""
        return "pt" if self.language == "fr" else "pp"

    def money_scale(self, values: Iterable[Number | None], unit: Unit = "money") -> Scale:
        """The scale on which the largest of some amounts has three figures."""
        each = self.per_day if unit == "money_per_day" else ""
        top = max(
            (abs(float(v)) for v in values if v is not None and not math.isnan(v)), default=0.0
        )
        for divisor, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
            if top >= divisor * 0.9995:
                return Scale(divisor, self._money_unit(name) + each, _decimals(top / divisor))
        return Scale(1.0, self._money_unit("") + each, 0 if top >= 100 or top == int(top) else 2)

    def scale_of_changes(
        self, levels: Iterable[Number | None], changes: Iterable[Number | None]
    ) -> Scale | None:
        """The scale of changes, on which levels have four figures at most, so that both can stand
        side by side; None where the levels ask for a larger one.
        """
        scale = self.money_scale(changes)
        if any(v is not None and abs(float(v)) >= 9999.5 * scale.divisor for v in levels):
            return None
        return Scale(scale.divisor, scale.unit, 0)

    def money(self, value: Number, sign: bool = False) -> str:
        """4_820_000 -> '4,82 M€' in French, '€4.82m' in English."""
        scale = self.money_scale([value])
        text = self.number(float(value) / scale.divisor, scale.digits, sign)
        return self.with_unit(text, scale.unit)

    def with_unit(self, text: str, unit: str) -> str:
        """A written number with its unit where the language puts it: '+4.82' -> '+€4.82m'."""
        if unit in ("", "%"):
            return text + self._mark("%") if unit else text
        if self.language == "fr" or not (_is_sign(self.symbol) and self.symbol in unit):
            return text + NNBSP + unit
        lead = text[0] if text[0] in "+" + MINUS else ""
        return lead + self.symbol + text[len(lead) :] + unit.removeprefix(self.symbol)

    @property
    def symbol(self) -> str:
        """The currency's sign, or its code."""
        return SIGNS.get(self.currency, self.currency)

    def duration(self, days: Number, digits: int | None = None, sign: bool = False) -> str:
        """61.24 -> '61,2 j'; below a hundred days, one decimal, but none of zero."""
        shown = (0 if abs(float(days)) >= 99.95 or not days else 1) if digits is None else digits
        return self.number(days, shown, sign) + NNBSP + self.days_unit

    @property
    def per_day(self) -> str:
        """What stands after an amount a day."""
        return "/jour" if self.language == "fr" else "/day"

    @property
    def days_unit(self) -> str:
        """j in French, d in English."""
        return "j" if self.language == "fr" else "d"

    def value(self, value: Number | None, unit: Unit, sign: bool = False) -> str:
        """A value with its unit, or a dash."""
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return NO_DATA
        if unit == "money":
            return self.money(value, sign)
        if unit == "money_per_day":
            return self.money(value, sign) + self.per_day
        if unit == "percent":
            return self.percent(value, sign=sign)
        if unit == "days":
            return self.duration(value, None, sign)
        if unit == "hours":
            return self.number(value, 1, sign) + NNBSP + "h"
        return self.number(value, 0 if unit == "count" else 2, sign)

    def pair(self, first: Number, last: Number, unit: Unit) -> tuple[str, str]:
        """Two ends of a range, amounts in the unit of the larger one: '0,84 M€', '2,08 M€'."""
        if unit not in MONEY:
            return self.value(first, unit), self.value(last, unit)
        scale = self.money_scale([first, last], unit)
        ends = (self.number(float(v) / scale.divisor, scale.digits) for v in (first, last))
        low, high = (self.with_unit(end, scale.unit) for end in ends)
        return low, high

    def figure(self, value: Number | None, unit: Unit) -> tuple[str, str]:
        """A value and its unit apart, where units stand beside the rows: ('4,82', 'M€')."""
        if value is None:
            return NO_DATA, ""
        if unit in MONEY:
            scale = self.money_scale([value], unit)
            return self.number(float(value) / scale.divisor, scale.digits), scale.unit
        if unit == "percent":
            return self.number(float(value) * 100, 1), "%"
        text = self.value(value, unit)
        number, gap, name = text.rpartition(NNBSP)
        return (number, name) if gap and unit in ("days", "hours") else (text, "")

    def change(
        self, new: Number | None, old: Number | None, unit: Unit, better: Better = "up"
    ) -> Change:
        """Rates change in points, durations in days, other quantities in per cent; nothing to
        compare is a dash.
        """
        if new is None or old is None:
            return Change(NO_DATA, None)
        difference = float(new) - float(old)
        if unit == "percent":
            text = self.points(difference)
        elif unit in ("days", "hours"):
            text = self.value(difference, unit, sign=True)
        elif not old:
            return Change(NO_DATA, None)
        else:
            text = self.percent(difference / abs(float(old)), sign=True)
        return Change(text, _favourable(text, difference, better))

    def difference(self, value: Number, unit: Unit) -> str:
        """A difference of two values with its sign: of rates, in points."""
        return self.points(value) if unit == "percent" else self.value(value, unit, sign=True)

    def interval(self, low: Number | None, high: Number | None, unit: Unit) -> str:
        """'37,8–46,4', without unit; a dash where there is none."""
        if low is None or high is None:
            return NO_DATA
        if unit == "percent":
            return f"{self.number(float(low) * 100, 1)}–{self.number(float(high) * 100, 1)}"
        scale = self.money_scale([low, high]) if unit in MONEY else Scale(1.0, "", 1)
        ends = (self.number(float(end) / scale.divisor, scale.digits) for end in (low, high))
        return "–".join(ends)

    def _count(self, n: int) -> str:
        return self.count(n)

    def _mark(self, mark: str) -> str:
        return NNBSP + mark if self.language == "fr" else mark

    def _money_unit(self, name: str) -> str:
        if self.language == "fr":
            return name + self.symbol
        small = {"G": "bn", "M": "m"}.get(name, name)
        return (
            self.symbol + small
            if _is_sign(self.symbol)
            else f"{small}{NBSP}{self.symbol}".strip(NBSP)
        )


def _is_sign(symbol: str) -> bool:
    return len(symbol) == 1


def _decimals(value: float) -> int:
    return 2 if value < 9.995 else 1 if value < 99.95 else 0


def _favourable(text: str, difference: float, better: Better) -> bool | None:
    if better == "context" or not any(figure in text for figure in "123456789"):
        return None
    return (difference > 0) == (better == "up")
