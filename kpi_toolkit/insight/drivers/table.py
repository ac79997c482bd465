"""The members that moved a KPI as rows of texts, on one scale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from kpi_toolkit.format import MONEY, NO_DATA, Format, Scale, Unit
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.drivers.drivers import EFFECTS, Driver, Drivers

_HEADS = {
    "volume": "Volume effect",
    "mix": "Mix effect",
    "rate": "Rate effect",
    "average": "Average effect",
}
_MEANINGS = {
    "volume": "Volume effect: how many records there are.",
    "mix": "Mix effect: each one’s share of them.",
    "rate": "Rate effect: what its records amount to.",
    "average": "Average effect: what a record of it amounts to.",
}


@dataclass(frozen=True)
class Table:
    """Heads, a row a member, the row of all of them together, and what the effects mean."""

    heads: list[str]
    rows: list[list[str]]
    total: list[str]
    meaning: str


def table(found: Drivers, words: Format, most: int | None = None) -> Table:
    """Each member's values before and now, its change, and what of it is volume, mix and rate, as
    far as there is any; of more than `most` members the last ones are one row.
    """
    writing = _Writing.of(found, words)
    folded = most is not None and len(found.members) > most + 1
    shown, rest = found.members[: most if folded else None], found.members[most:] if folded else ()
    names = [words.named(wording.member(words, found.by, driver.member)) for driver in shown]
    rows = [
        [name, *writing.row([d], d.previous, d.value)] for name, d in zip(names, shown, strict=True)
    ]
    if rest:
        others = words.tn("{n} other", "{n} others", len(rest))
        rows.append([others, *writing.row(rest, *_sums(found, rest))])
    whole = writing.row(found.members, found.before.value, found.now.value)
    meaning = " ".join(words.t(_MEANINGS[name]) for name in writing.names)
    return Table(writing.heads, rows, [words.t("Total"), *whole], meaning)


@dataclass(frozen=True)
class _Writing:
    found: Drivers
    words: Format
    values: Scale
    changes: Scale
    effects: tuple[str, ...]

    @classmethod
    def of(cls, found: Drivers, words: Format) -> _Writing:
        unit, members = found.now.unit, found.members
        ends = [value.value for value in (found.now, found.before)]
        values = [v for d in members for v in (d.value, d.previous)] + ends
        changes = [getattr(d, e) for d in members for e in EFFECTS] + [found.change or 0.0]
        effects = tuple(e for e in EFFECTS if any(getattr(d, e) for d in members))
        return cls(found, words, *_scales(words, unit, values, changes), effects)

    @property
    def heads(self) -> list[str]:
        words, found = self.words, self.found
        ends = [words.period_short(value.period) for value in (found.before, found.now)]
        return [
            wording.column(words, found.by),
            *(_head(end, self.values) for end in ends),
            _head(words.t("Change"), self.changes),
            *(words.t(_HEADS[name]) for name in self.names),
        ]

    @property
    def names(self) -> list[str]:
        """What the effects are called: the rate of amounts and durations is an average."""
        averaged = self.found.shape in ("sum", "mean")
        return ["average" if e == "rate" and averaged else e for e in self.effects]

    def row(self, drivers: Sequence[Driver], before: float | None, now: float | None) -> list[str]:
        effects = [fsum(getattr(d, effect) for d in drivers) for effect in self.effects]
        return [
            *(self._text(value, self.values) for value in (before, now)),
            *(self._text(e, self.changes, sign=True) for e in [fsum(effects), *effects]),
        ]

    def _text(self, value: float | None, scale: Scale, *, sign: bool = False) -> str:
        if value is None:
            return NO_DATA
        return self.words.number(value / scale.divisor, scale.digits, sign)


def _sums(found: Drivers, rest: Iterable[Driver]) -> tuple[float | None, float | None]:
    """The values of several members together, where values add up."""
    if found.shape != "sum":
        return None, None
    rest = list(rest)
    return fsum(d.previous or 0.0 for d in rest), fsum(d.value or 0.0 for d in rest)


def _scales(
    words: Format, unit: Unit, values: Sequence[float | None], changes: Sequence[float]
) -> tuple[Scale, Scale]:
    """Those of values and changes: one for both amounts where that is short."""
    alike = words.scale_of_changes(values, changes) if unit == "money" and any(changes) else None
    if alike is not None and alike.divisor < words.money_scale(values).divisor:
        return alike, words.money_scale(changes)
    return _scale(words, unit, values), _change_scale(words, unit, changes)


def _scale(words: Format, unit: Unit, values: Sequence[float | None]) -> Scale:
    if unit in MONEY:
        return words.money_scale(values, unit)
    if unit == "percent":
        return Scale(0.01, "%", 1)
    if unit in ("days", "hours"):
        return Scale(1.0, words.days_unit if unit == "days" else "h", 1)
    return Scale(1.0, "", 0 if unit == "count" else 2)


def _change_scale(words: Format, unit: Unit, changes: Sequence[float]) -> Scale:
    """Of small numbers one more decimal than the values have: parts are smaller than what they are
    parts of.
    """
    scale = _scale(words, unit, changes)
    name = words.points_unit if unit == "percent" else scale.unit
    top = max(map(abs, changes), default=0.0) / scale.divisor
    whole = unit in MONEY or all(float(change).is_integer() for change in changes)
    return Scale(scale.divisor, name, scale.digits + (top < 100 and not whole))


def _head(name: str, scale: Scale) -> str:
    return f"{name}, {scale.unit}" if scale.unit else name
