"""The pipeline bridge, exactly, with the deals behind each part: start + created + pulled in +
increased - decreased - pushed out - lost - won = end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, get_args

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.crm.quoting import literals
from kpi_toolkit.crm.table_read import for_analysts
from kpi_toolkit.errors import DefinitionError, near_misses
from kpi_toolkit.insight.deals.moves import ZERO, Course, Move, PartName, State
from kpi_toolkit.period import Period

if TYPE_CHECKING:
    import pandas as pd

PARTS: tuple[PartName, ...] = get_args(PartName)
ENDS = ("start", "end")
Source = Literal["changes", "snapshots", "today"]


@dataclass(frozen=True)
class Part:
    """One part: its signed amount and the deals behind it; `known` is False where the data have no
    record of such changes, so that 0 is no answer.
    """

    name: PartName
    amount: Decimal = ZERO
    deals: tuple[str, ...] = ()
    known: bool = True


@dataclass(frozen=True)
class Knowledge:
    """Where a bridge has the past from, and what that cannot tell.

    `unrecorded` are fields without any recorded change, which stand as they are known today;
    `since` is when the record of changes begins, where that is after the start; `unreadable` are
    recorded values, (deal, field, text), that were passed over; `gone` counts deals with recorded
    changes that the data have no more.
    """

    source: Source
    unrecorded: tuple[str, ...] = ()
    since: dt.datetime | None = None
    unreadable: tuple[tuple[str, str, str], ...] = ()
    gone: int = 0


@dataclass(frozen=True)
class Bridge:
    """The open pipeline at two instants and what happened between them; amounts in `currency`.

    `closing` is the window in which its deals are expected to close, None for all open deals;
    `within` the members it is about. start + the sum of the parts = end. `end_as_known` are the
    deals of the end at the amounts of today, as the KPI pipeline_value has them; `without_amount`
    counts those of the bridge that have none, or 0.
    """

    start: Decimal
    end: Decimal
    start_deals: tuple[str, ...]
    end_deals: tuple[str, ...]
    parts: tuple[Part, ...]
    start_at: dt.datetime
    end_at: dt.datetime
    period: Period | None
    closing: Period | None
    within: tuple[tuple[str, str | None], ...]
    knowledge: Knowledge
    end_as_known: Decimal
    without_amount: int
    currency: str
    language: str
    courses: tuple[Course, ...] = field(repr=False)
    moves: tuple[Move, ...] = field(repr=False)
    crms: tuple[Crm, ...] = field(repr=False, compare=False)

    def __getitem__(self, name: str) -> Part:
        """A part by its name; without deals where there are none. Raises DefinitionError."""
        if name not in PARTS:
            raise DefinitionError(f"part {name!r} of a pipeline bridge: {near_misses(name, PARTS)}")
        empty = (Part(part) for part in PARTS if part == name)
        return next((part for part in self.parts if part.name == name), next(empty))

    @property
    def frame(self) -> pd.DataFrame:
        """A DataFrame with a row for the start, each part and the end: amount, deals, known."""
        import pandas as pd

        rows: dict[str, tuple[Decimal, int, bool]] = {
            "start": (self.start, len(self.start_deals), True),
            **{part.name: (part.amount, len(part.deals), part.known) for part in self.parts},
            "end": (self.end, len(self.end_deals), True),
        }
        columns = ["amount", "deals", "known"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).astype(
            {"amount": float}
        )

    def records(self, name: str | None = None) -> pd.DataFrame:
        """The rows of the deals behind a part, "start", "end" or, without a name, all parts, with
        `part`, `effect` and how they stood at the start and at the end.

        Adding `effect` up gives the part. Raises DefinitionError for another name.
        """
        import pandas as pd

        known = (*ENDS, *PARTS)
        if name is not None and name not in known:
            raise DefinitionError(f"part {name!r} of a pipeline bridge: {near_misses(name, known)}")
        courses = {course.deal_id: course for course in self.courses}
        told = [_record(courses[deal], part, effect) for deal, part, effect in self._effects(name)]
        effects = pd.DataFrame(told, columns=list(_RECORD)).astype(_TYPES)
        return effects.merge(self._rows(effects["deal_id"]), on="deal_id", how="left")

    def _effects(self, name: str | None) -> Iterator[tuple[str, str, Decimal]]:
        """(deal, part, effect) of a part or an end."""
        if name in ENDS:
            deals = self.start_deals if name == "start" else self.end_deals
            yield from ((deal, name, ZERO) for deal in deals)
        for move in self.moves:
            if name in (None, move.part):
                yield move.deal_id, move.part, move.amount

    def _rows(self, deals: Sequence[str]) -> pd.DataFrame:
        """Their rows of the table, as the newest of the data have them."""
        import pandas as pd

        wanted, found = set(deals), []
        for crm in self.crms:
            sql = f"SELECT * FROM deals WHERE deal_id IN ({literals(sorted(wanted)) or 'NULL'})"
            found.append(for_analysts(crm.frame(sql), "deals", crm.reading))
            wanted -= set(found[-1]["deal_id"])
        return pd.concat([rows for rows in found if len(rows)] or found[:1], ignore_index=True)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from kpi_toolkit.insight.deals import bridge_words

        return bridge_words.bundle(self)


_RECORD = (
    "deal_id",
    "part",
    "effect",
    "amount_at_start",
    "amount_at_end",
    "expected_at_start",
    "expected_at_end",
)
_TYPES = dict.fromkeys(_RECORD[2:5], "float64") | dict.fromkeys(_RECORD[5:], "datetime64[us]")


def _record(course: Course, part: str, effect: Decimal) -> tuple[Any, ...]:
    before, after = course.before or State(None), course.after or State(None)
    held = {"start": before.worth, "end": after.worth}.get(part, effect)
    dates = before.expected_on, after.expected_on
    return course.deal_id, part, held, before.amount, after.amount, *dates
