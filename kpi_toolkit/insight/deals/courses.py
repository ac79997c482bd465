"""Deals at two instants: from the changes on record, or from two exports."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from kpi_toolkit.crm.change_texts import amount_of, day_of
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.crm.exchange import Exchange, worth
from kpi_toolkit.crm.quoting import instant, literals
from kpi_toolkit.errors import DefinitionError, NotAvailable, near_misses
from kpi_toolkit.insight.deals.log import DealLog, Key
from kpi_toolkit.insight.deals.moves import Course, State
from kpi_toolkit.kpis import facts, registry
from kpi_toolkit.measures import source
from kpi_toolkit.measures.expression import name, text_of

NEEDED = ("deal_id", "status", "amount", "created_at", "closed_at")
_FOREIGN = ("amount_original", "currency_original", "rate_day")


@dataclass(frozen=True)
class Row:
    """A deal as the table has it today, open since `began_at`, which stands for a creation that is
    not dated; `rate` is that of its currency where that is another.
    """

    deal_id: str
    created_at: dt.datetime | None
    began_at: dt.datetime
    closed_at: dt.datetime | None
    now: State
    rate: Decimal | None


def slice_of(within: Mapping[str, str | None] | None) -> Mapping[str, str | None]:
    """Members by their dimensions; none for all deals. Raises DefinitionError."""
    if within is not None and not isinstance(within, Mapping):
        raise DefinitionError(f"within {within!r}: expected a dict, as {{'team': 'North'}}")
    return within or {}


def require_dimensions(crm: Crm, within: Iterable[str]) -> tuple[str, ...]:
    """The names of some dimensions. Raises DefinitionError for one that deals do not have."""
    wanted = tuple(within)
    known = registry()["pipeline_value"].dimensions(crm)
    for dimension in wanted:
        if dimension not in known:
            raise DefinitionError(f"deals within {dimension!r}: {near_misses(dimension, known)}")
    return wanted


def rows(
    crm: Crm, members: tuple[str, ...], where: str = "", *, dated: bool = False
) -> Iterator[Row]:
    """The deals of a Crm, with their members of some dimensions; `dated` where it needs the days on
    which they are expected to close. Raises NotAvailable for a missing column.
    """
    has = crm.columns.get("deals", frozenset())
    wanted = (*NEEDED, "expected_close_on") if dated else NEEDED
    if missing := [f"deals.{column}" for column in wanted if column not in has]:
        lacks = ", ".join(missing) if "deals" in crm.columns else "deals"
        raise NotAvailable(f"open pipeline: the data lack {lacks}")
    foreign = _FOREIGN if has >= set(_FOREIGN) else ()
    read = (
        "deal_id",
        "created_at",
        "began_at",
        "closed_at",
        "status",
        "amount",
        "expected_close_on",
    )
    texts = [name(column) for column in (*read, *members, *foreign)]
    inner = source.select(facts.deals, texts, crm.columns, crm.calendar.time_zone)
    shown = [*map(name, read), *map(text_of, members), *map(name, foreign)]
    exchange = Exchange.of(crm) if foreign else Exchange()
    for row in crm.query(f"SELECT {', '.join(shown)} FROM ({inner}) AS t {where} ORDER BY deal_id"):
        yield _row(row, len(members), exchange)


def _row(row: tuple[Any, ...], members: int, exchange: Exchange) -> Row:
    deal, created, began, closed, status, amount, expected, *rest = row
    original, currency, day = rest[members:] or (None, None, None)
    outcome = None if closed is None else _outcome(status)
    known = State(amount, expected, outcome, closed, tuple(rest[:members]))
    if day is None or currency is None:
        return Row(deal, created, began, closed, known, None)
    known = replace(known, original=original)
    return Row(deal, created, began, closed, known, exchange.rate(currency, day))


def _outcome(status: str | None) -> str:
    return status if status in ("won", "lost") else ""


# -- from the changes on record


@dataclass(frozen=True)
class Recorded:
    """The courses of deals by the changes on record; `unreadable` are (deal, field, text) that were
    passed over.
    """

    courses: tuple[Course, ...]
    unreadable: tuple[tuple[str, str, str], ...]


def by_changes(
    log: DealLog,
    start: dt.datetime,
    end: dt.datetime,
    members: tuple[str, ...],
    *,
    dated: bool = False,
) -> Recorded:
    """The deals that may be open at some moment from `start` up to `end`."""
    where = (
        f"WHERE began_at < {instant(end)} AND (closed_at IS NULL OR closed_at >= {instant(start)})"
    )
    past = [(at, log.olds(at)) for at in (start, end)]
    reading = _Reading(log, members, [])
    courses = [
        Course(
            row.deal_id,
            row.began_at,
            reading.state(row, *past[0]) if row.began_at < start else None,
            reading.state(row, *past[1]),
            row.now.amount,
        )
        for row in rows(log.crm, members, where, dated=dated)
    ]
    return Recorded(tuple(courses), tuple(dict.fromkeys(reading.unreadable)))


@dataclass(frozen=True)
class _Reading:
    """How a deal stood in the past; what cannot be read is noted, and counts as it is today."""

    log: DealLog
    members: tuple[str, ...]
    unreadable: list[tuple[str, str, str]]

    def state(self, row: Row, at: dt.datetime, olds: Mapping[Key, str | None]) -> State:
        """A deal at an instant, with what it held then where that has changed since."""
        then = self._as_it_was(row, at)
        deal = row.deal_id
        if (deal, "amount") in olds:
            then = self._priced(row, then, olds[deal, "amount"])
        if (deal, "expected_close_on") in olds:
            then = self._expected(deal, then, olds[deal, "expected_close_on"])
        held = zip(self.members, then.members, strict=True)
        return replace(then, members=tuple(olds.get((deal, d), member) for d, member in held))

    def _as_it_was(self, row: Row, at: dt.datetime) -> State:
        """Whether it was open; closed deals that were opened again were not in between."""
        if row.closed_at is not None and row.closed_at < at:
            return row.now
        for stay in self.log.closed_once.get(row.deal_id, ()):
            if stay.closed_at < at <= stay.reopened_at:
                return replace(row.now, outcome=_outcome(stay.outcome), closed_at=stay.closed_at)
        return replace(row.now, outcome=None, closed_at=None)

    def _priced(self, row: Row, then: State, text: str | None) -> State:
        try:
            amount = amount_of(text)
        except ValueError:
            self.unreadable.append((row.deal_id, "amount", str(text)))
            return then
        if row.rate is None or amount is None:
            return replace(then, amount=amount)
        return replace(then, amount=worth(amount, row.rate), original=amount)

    def _expected(self, deal: str, then: State, text: str | None) -> State:
        try:
            return replace(then, expected_on=day_of(text))
        except ValueError:
            self.unreadable.append((deal, "expected_close_on", str(text)))
            return then


# -- from two exports


def by_exports(
    before: Crm, after: Crm, members: tuple[str, ...], *, dated: bool = False
) -> tuple[Course, ...]:
    """The deals that may be open at some moment between two exports, each as one of them has it at
    its own moment of knowledge.
    """
    is_open = f"WHERE closed_at IS NULL OR closed_at >= {instant(before.as_of)}"
    earlier, later = (
        {row.deal_id: row for row in rows(crm, members, is_open, dated=dated)}
        for crm in (before, after)
    )
    # A closing may have been entered late, and a closed deal opened again.
    for crm, known, others in ((after, later, earlier), (before, earlier, later)):
        if missing := sorted(others.keys() - known.keys()):
            where = f"WHERE deal_id IN ({literals(missing)})"
            known |= {row.deal_id: row for row in rows(crm, members, where, dated=dated)}
    return tuple(
        Course(
            deal,
            later.get(deal, earlier.get(deal)).began_at,  # type: ignore[union-attr]
            _at(earlier.get(deal), before.as_of),
            _at(later.get(deal), after.as_of),
            later[deal].now.amount if deal in later else None,
        )
        for deal in sorted({*earlier, *later})
    )


def _at(row: Row | None, as_of: dt.datetime) -> State | None:
    """A deal as an export has it; what is dated later has not happened."""
    if row is None or row.began_at >= as_of:
        return None
    if row.closed_at is not None and row.closed_at >= as_of:
        return replace(row.now, outcome=None, closed_at=None)
    return row.now
