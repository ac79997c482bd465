"""What happened to one deal between two instants, in parts that add up exactly.

A deal is looked at twice, at the start and at the end, never at what was typed in between: an
amount mistyped on Monday and put right on Tuesday is no movement of the quarter. What closes or
enters counts at its amount at the end; what leaves open counts at the amount that it had at the
start, since what becomes of it elsewhere is no matter of this pipeline.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from kpi_toolkit.period import Period

PartName = Literal[
    "created",
    "entered late",
    "reopened",
    "moved in",
    "pulled in",
    "increased",
    "decreased",
    "exchange rates",
    "pushed out",
    "moved out",
    "removed",
    "closed",
    "lost",
    "won",
]
OUTCOMES: dict[str, PartName] = {"won": "won", "lost": "lost"}
ZERO = Decimal(0)
_MONEY = Decimal("0.0001")


@dataclass(frozen=True)
class State:
    """A deal at an instant. `outcome` is None while it is open, "won", "lost", or "" where the data
    do not say how it closed; `original` the amount in its own currency, where that is another.
    """

    amount: Decimal | None
    expected_on: dt.date | None = None
    outcome: str | None = None
    closed_at: dt.datetime | None = None
    members: tuple[str | None, ...] = ()
    original: Decimal | None = None

    @property
    def worth(self) -> Decimal:
        """Its amount; 0 where it has none."""
        return ZERO if self.amount is None else self.amount


@dataclass(frozen=True)
class Course:
    """A deal at the start and at the end, None where it is not there; `known` is its amount of
    today.
    """

    deal_id: str
    began_at: dt.datetime
    before: State | None
    after: State | None
    known: Decimal | None = None


@dataclass(frozen=True)
class Perimeter:
    """Which deals a bridge is about: the open ones of some members, of any or of those expected to
    close in `closing`, from one instant up to another.
    """

    start_at: dt.datetime
    end_at: dt.datetime
    closing: Period | None = None
    members: tuple[str | None, ...] = ()

    def holds(self, state: State | None) -> bool:
        """Whether a deal is in the pipeline as it stands."""
        return (
            state is not None
            and state.outcome is None
            and self.is_theirs(state)
            and self._is_expected(state.expected_on)
        )

    def is_theirs(self, state: State) -> bool:
        """Whether it belongs to the members."""
        return state.members == self.members

    def closes(self, state: State) -> bool:
        """Whether it closed for the members between the instants, on a day that `closing` holds."""
        if state.closed_at is None or not self.start_at <= state.closed_at < self.end_at:
            return False
        if self.closing is None:
            return self.is_theirs(state)
        day = self.closing.calendar.local_day(state.closed_at)
        return self.is_theirs(state) and self._is_expected(day)

    def _is_expected(self, day: dt.date | None) -> bool:
        if self.closing is None:
            return True
        return day is not None and self.closing.start <= day < self.closing.end


@dataclass(frozen=True)
class Move:
    """What a deal adds to one part; less than 0 where it lowers the pipeline."""

    deal_id: str
    part: PartName
    amount: Decimal


def moves(course: Course, perimeter: Perimeter) -> Iterator[Move]:
    """The parts of a deal: its amount in the pipeline at the end less the one at the start."""
    before, after = course.before, course.after
    was, stays = perimeter.holds(before), perimeter.holds(after)
    if was and before:
        yield from _from_within(course.deal_id, before, after, perimeter)
    elif after and (stays or (after.outcome is not None and perimeter.closes(after))):
        yield Move(course.deal_id, _entry(course, perimeter), after.worth)
        if not stays:
            yield _closing(course.deal_id, after)


def _from_within(
    deal: str, before: State, after: State | None, perimeter: Perimeter
) -> Iterator[Move]:
    """The parts of a deal that the pipeline held at the start."""
    if after is None:
        yield Move(deal, "removed", -before.worth)
    elif not perimeter.is_theirs(after):
        yield Move(deal, "moved out", -before.worth)
    elif after.outcome is None and not perimeter.holds(after):
        yield Move(deal, "pushed out", -before.worth)
    else:
        yield from _changes(deal, before, after)
        if after.outcome is not None:
            yield _closing(deal, after)


def _changes(deal: str, before: State, after: State) -> Iterator[Move]:
    """A new amount, apart from what another day's exchange rate makes of the old one."""
    revalued = _revalued(before, after)
    if revalued != before.worth:
        yield Move(deal, "exchange rates", revalued - before.worth)
    if change := after.worth - revalued:
        yield Move(deal, "increased" if change > 0 else "decreased", change)


def _revalued(before: State, after: State) -> Decimal:
    """The old amount at the exchange rate of the new one."""
    if before.original is None or not after.original:
        return before.worth
    if before.original == after.original:
        return after.worth
    exact = before.original * after.worth / after.original
    return exact.quantize(_MONEY, ROUND_HALF_UP)


def _closing(deal: str, after: State) -> Move:
    return Move(deal, OUTCOMES.get(after.outcome or "", "closed"), -after.worth)


def _entry(course: Course, perimeter: Perimeter) -> PartName:
    """Why a deal is in the pipeline that was not at the start."""
    before = course.before
    if before is None:
        return "created" if course.began_at >= perimeter.start_at else "entered late"
    if before.outcome is not None:
        return "reopened"
    return "pulled in" if perimeter.is_theirs(before) else "moved in"
