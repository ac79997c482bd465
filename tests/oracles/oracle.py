"""What an oracle is: the records that enter a number, and the exact number that they make."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from tests.oracles import survival
from tests.oracles.bounds import Bounds

Frames = Mapping[str, pd.DataFrame]
Exact = Fraction | None
MICROSECOND = pd.Timedelta(microseconds=1)
DAY, HOUR = 86_400_000_000, 3_600_000_000


@dataclass(frozen=True)
class Oracle:
    """`rows` gives the records, with `hit` or `measured`; `number` what they amount to."""

    rows: Callable[..., pd.DataFrame]
    number: Callable[[pd.DataFrame], Exact]

    def value(self, frames: Frames, at: Bounds, **options: object) -> float | None:
        """The number of all records."""
        return as_float(self.number(self.rows(frames, at, **options)))

    def by(
        self, frames: Frames, at: Bounds, *dimensions: str, **options: object
    ) -> dict[tuple[str | None, ...], float | None]:
        """The number of each member that has records; a missing member is None."""
        rows = self.rows(frames, at, **options)
        found = {}
        for key, part in rows.groupby(list(dimensions), dropna=False):
            member = tuple(None if pd.isna(k) else str(k) for k in key)
            if "measured" not in part or part["measured"].notna().any():
                found[member] = as_float(self.number(part))
        return found


def share(rows: pd.DataFrame) -> Exact:
    """Hits of all rows."""
    return Fraction(int(rows["hit"].sum()), len(rows)) if len(rows) else None


def total_of(column: str) -> Callable[[pd.DataFrame], Exact]:
    """The sum of the amounts of a column, to the cent."""
    return lambda rows: sum((cents(amount) for amount in rows[column].dropna()), Fraction(0))


def total(rows: pd.DataFrame) -> Exact:
    """The sum of the amounts that are measured."""
    return total_of("measured")(rows)


def mean(rows: pd.DataFrame) -> Exact:
    """The mean amount of the rows that have one."""
    known = int(rows["measured"].count())
    return total(rows) / known if known else None


def count(rows: pd.DataFrame) -> Exact:
    """How many rows there are."""
    return Fraction(len(rows))


def different(column: str) -> Callable[[pd.DataFrame], Exact]:
    """How many different values a column has."""
    return lambda rows: Fraction(rows[column].nunique())


def ratio(
    above: Callable[[pd.DataFrame], Exact], below: Callable[[pd.DataFrame], Exact]
) -> Callable[[pd.DataFrame], Exact]:
    """One number of some rows over another; None over nothing."""
    return lambda rows: above(rows) / below(rows) if below(rows) else None


def mean_duration(unit: int) -> Callable[[pd.DataFrame], Exact]:
    """The mean of durations, in a unit of microseconds."""

    def number(rows: pd.DataFrame) -> Exact:
        whole = microseconds(rows["measured"])
        return Fraction(sum(whole), len(whole) * unit) if whole else None

    return number


def median_duration(unit: int) -> Callable[[pd.DataFrame], Exact]:
    """The middle duration, or the mean of the two in the middle."""

    def number(rows: pd.DataFrame) -> Exact:
        whole = sorted(microseconds(rows["measured"]))
        middle = len(whole) // 2
        if not whole:
            return None
        odd = len(whole) % 2
        both = whole[middle] if odd else whole[middle - 1] + whole[middle]
        return Fraction(both, unit * (2 - odd))

    return number


mean_days, median_days = mean_duration(DAY), median_duration(DAY)
mean_hours, median_hours = mean_duration(HOUR), median_duration(HOUR)


def median_survival_days(rows: pd.DataFrame) -> Exact:
    """The Kaplan-Meier median, in days."""
    found = survival.median(microseconds(rows["measured"]), [bool(e) for e in rows["hit"]])
    return None if found is None else Fraction(found, DAY)


def microseconds(durations: pd.Series) -> list[int]:
    """Whole microseconds of the durations that are known."""
    return [int(d // MICROSECOND) for d in durations.dropna()]


def cents(amount: float) -> Fraction:
    """An amount that was written with two decimals."""
    return Fraction(round(float(amount) * 100), 100)


def as_float(number: Exact) -> float | None:
    """One rounding, at the end."""
    return None if number is None else float(number)
