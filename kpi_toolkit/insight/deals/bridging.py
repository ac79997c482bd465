"""A pipeline bridge from the changes on record of a CRM, or from two of its exports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.errors import PeriodError, called
from kpi_toolkit.insight.deals.bridge import PARTS, Bridge, Knowledge, Part
from kpi_toolkit.insight.deals.courses import by_changes, by_exports, require_dimensions, slice_of
from kpi_toolkit.insight.deals.log import DealLog
from kpi_toolkit.insight.deals.moves import ZERO, Course, Move, PartName, Perimeter, moves
from kpi_toolkit.measures.ask import Moment
from kpi_toolkit.period import Period, parse_as_of, parse_period

# What every bridge shows, and what the others need: changes of a field.
USUAL: tuple[PartName, ...] = ("created", "increased", "decreased", "lost", "won")
NEEDS: Mapping[PartName, str] = {
    "increased": "amount",
    "decreased": "amount",
    "pulled in": "expected_close_on",
    "pushed out": "expected_close_on",
}
Within = Mapping[str, str | None]


@called
def pipeline_bridge(
    data: Any,
    period: str | Period,
    *,
    closing: str | Period | None = None,
    within: Within | None = None,
    as_of: Moment = None,
) -> Bridge:
    """The Bridge of a period, by the changes on record, else as known today.

    `data` is a Crm or a dict of frames; `closing` keeps to the deals expected to close in a period
    ("2026-Q4"), `within` to some members ({"team": "North"}). Raises PeriodError, DefinitionError
    and NotAvailable.
    """
    crm, within = Crm.of(data), slice_of(within)
    found, end_at = _asked(crm, period, as_of)
    perimeter = _perimeter(crm, found.start_at, end_at, closing, within)
    courses, knowledge = _recorded(crm, perimeter, tuple(within))
    return _bridge(courses, perimeter, knowledge, within, found, (crm,))


def member_bridges(
    data: Any,
    period: str | Period,
    *,
    by: str,
    within: Within | None = None,
    as_of: Moment = None,
) -> tuple[Bridge, ...]:
    """The Bridge of each member of a dimension, by the changes on record; together they are that of
    all, since what one member takes over another has handed over.

    Members without a deal in it are left out; the one that moved most comes first. Raises as
    pipeline_bridge does.
    """
    crm, within = Crm.of(data), slice_of(within)
    found, end_at = _asked(crm, period, as_of)
    perimeter = _perimeter(crm, found.start_at, end_at, None, within)
    courses, knowledge = _recorded(crm, perimeter, (*require_dimensions(crm, [by]), *within))
    concerned: dict[str | None, list[Course]] = {}
    for course in courses:
        for member in {s.members[0] for s in (course.before, course.after) if s}:
            concerned.setdefault(member, []).append(course)
    bridges = [
        _bridge(
            own,
            replace(perimeter, members=(member, *perimeter.members)),
            knowledge,
            {by: member, **within},
            found,
            (crm,),
        )
        for member, own in concerned.items()
    ]
    moved = [b for b in bridges if b.courses]
    return tuple(sorted(moved, key=lambda b: (-abs(b.end - b.start), str(b.within[0][1]))))


@called
def snapshot_bridge(
    before: Any,
    after: Any,
    *,
    closing: str | Period | None = None,
    within: Within | None = None,
) -> Bridge:
    """The Bridge between two exports of one CRM, each as of its own moment: they show the deals
    that were deleted or entered late as well.

    `before` and `after` are Crms, as from kt.connect or kt.from_frames. Raises PeriodError where
    `after` is not the later one, DefinitionError and NotAvailable.
    """
    first, last, within = Crm.of(before), Crm.of(after), slice_of(within)
    if first.as_of >= last.as_of:
        raise PeriodError(
            f"a bridge from {first.as_of:%Y-%m-%d} to {last.as_of:%Y-%m-%d}: the second export "
            "must be the later one; give each its as_of"
        )
    perimeter = _perimeter(last, first.as_of, last.as_of, closing, within)
    courses = by_exports(first, last, tuple(within), dated=perimeter.closing is not None)
    return _bridge(courses, perimeter, Knowledge("snapshots"), within, None, (last, first))


def _asked(crm: Crm, period: str | Period, as_of: Moment) -> tuple[Period, dt.datetime]:
    """A period that has a start, and its end as far as it is known."""
    moment = parse_as_of(as_of, crm.calendar, crm.as_of)
    found = parse_period(period, crm.calendar, moment).require_started(moment)
    if found.grain == "all":
        raise PeriodError("a bridge of period 'all': it has no start; ask for a quarter or a month")
    return found, found.end_by(moment)


def _recorded(
    crm: Crm, perimeter: Perimeter, dimensions: tuple[str, ...]
) -> tuple[tuple[Course, ...], Knowledge]:
    """The deals by the changes on record, with their members of some dimensions."""
    log = DealLog(crm, ("amount", "expected_close_on", *dimensions))
    bounds, dated = (perimeter.start_at, perimeter.end_at), perimeter.closing is not None
    recorded = by_changes(log, *bounds, dimensions, dated=dated)
    return recorded.courses, Knowledge(
        "changes" if log.since else "today",
        _unrecorded(log, perimeter, dimensions),
        _late_start(log, perimeter),
        recorded.unreadable,
        log.gone(perimeter.start_at),
    )


def _perimeter(
    crm: Crm,
    start: dt.datetime,
    end: dt.datetime,
    closing: str | Period | None,
    within: Within,
) -> Perimeter:
    require_dimensions(crm, within)
    window = None if closing is None else parse_period(closing, crm.calendar, end)
    return Perimeter(start, end, window, tuple(within.values()))


def _unrecorded(log: DealLog, perimeter: Perimeter, dimensions: tuple[str, ...]) -> tuple[str, ...]:
    """The fields that the bridge depends on and of which no change is on record."""
    dated = ("expected_close_on",) if perimeter.closing else ()
    return tuple(each for each in ("amount", *dated, *dimensions) if each not in log.since)


def _late_start(log: DealLog, perimeter: Perimeter) -> dt.datetime | None:
    first = min(log.since.values(), default=None)
    return first if first and first > perimeter.start_at else None


def _bridge(
    courses: Iterable[Course],
    perimeter: Perimeter,
    knowledge: Knowledge,
    within: Within,
    period: Period | None,
    crms: tuple[Crm, ...],
) -> Bridge:
    courses = tuple(courses)
    split = tuple(move for course in courses for move in moves(course, perimeter))
    first = {c.deal_id: c.before for c in courses if c.before and perimeter.holds(c.before)}
    last = {c.deal_id: c.after for c in courses if c.after and perimeter.holds(c.after)}
    concerned = {*first, *last, *(move.deal_id for move in split)}
    without = {d for held in (first, last) for d, state in held.items() if not state.worth}
    without |= {move.deal_id for move in split if not move.amount}
    return Bridge(
        start=sum((state.worth for state in first.values()), ZERO),
        end=sum((state.worth for state in last.values()), ZERO),
        start_deals=tuple(first),
        end_deals=tuple(last),
        parts=_parts(split, perimeter, knowledge),
        start_at=perimeter.start_at,
        end_at=perimeter.end_at,
        period=period,
        closing=perimeter.closing,
        within=tuple(within.items()),
        knowledge=knowledge,
        end_as_known=sum((c.known or ZERO for c in courses if c.deal_id in last), ZERO),
        without_amount=len(without),
        currency=crms[0].currency,
        language=crms[0].language,
        courses=tuple(course for course in courses if course.deal_id in concerned),
        moves=split,
        crms=crms,
    )


def _parts(split: Iterable[Move], perimeter: Perimeter, knowledge: Knowledge) -> tuple[Part, ...]:
    """The usual parts, those of a window where there is one, and any that deals have."""
    found: dict[PartName, list[Move]] = {name: [] for name in PARTS}
    for move in split:
        found[move.part].append(move)
    asked = (*USUAL, *(("pulled in", "pushed out") if perimeter.closing else ()))
    return tuple(
        Part(
            name,
            sum((move.amount for move in own), ZERO),
            tuple(move.deal_id for move in own),
            known=NEEDS.get(name) not in knowledge.unrecorded,
        )
        for name, own in found.items()
        if own or name in asked
    )
