"""`record_changes` of deals: stage, expected closing, amount, owner and status, old and new."""

from dataclasses import dataclass

import numpy as np

from kpi_toolkit.crm.sample import stays, workdays
from kpi_toolkit.crm.sample.draws import Flag, Text, Whole
from kpi_toolkit.crm.sample.history import History
from kpi_toolkit.crm.sample.moments import Moments
from kpi_toolkit.crm.sample.people import OPERATIONS, SELLERS
from kpi_toolkit.crm.sample.pipeline import Deals

STAGES = np.array(stays.STAGES, dtype=object)
PEOPLE = np.array([*(seller.name for seller in SELLERS), OPERATIONS], dtype=object)


@dataclass(frozen=True)
class Changes:
    """A row a change, in order of time; `changed` in seconds since 1970 UTC."""

    deal: Whole
    changed: Whole
    user: Text
    field: Text
    old: Text
    new: Text


def log(deals: Deals, history: History, moments: Moments) -> Changes:
    """Every change of every deal, to its end."""
    parts = (
        _stages(deals, history, moments),
        _expected(moments),
        *_amounts(deals, history, moments),
        _owners(deals, history, moments),
        *_statuses(deals, moments),
    )
    deal = np.concatenate([part.deal for part in parts])
    at = np.concatenate([part.at for part in parts])
    seller = np.where(
        at >= moments.handed[deal], history.next_seller[deal], deals.traits.seller[deal]
    )
    by_office = np.concatenate([part.by_office for part in parts]) | ~moments.has_owner[deal]
    field = np.repeat(
        np.array([part.field for part in parts], dtype=object), [len(p.at) for p in parts]
    )
    order = np.lexsort((field.astype(str), deal, at))
    return Changes(
        deal=deal[order],
        changed=at[order],
        user=PEOPLE[np.where(by_office, len(SELLERS), seller)][order],
        field=field[order],
        old=np.concatenate([part.old for part in parts])[order],
        new=np.concatenate([part.new for part in parts])[order],
    )


@dataclass(frozen=True)
class _Part:
    field: str
    deal: Whole
    at: Whole
    old: Text
    new: Text
    by_office: Flag


def _part(field: str, at: Whole, where: Flag, old: Text, new: Text, by_office: Flag) -> _Part:
    deal = np.flatnonzero(where)
    return _Part(field, deal, at[deal], old[deal], new[deal], by_office[deal])


def _stages(deals: Deals, history: History, moments: Moments) -> _Part:
    slots = np.arange(len(stays.SLOTS))
    seen = np.maximum.accumulate(np.where(moments.visited, slots, 0), axis=1)
    deal, slot = np.nonzero(moments.visited & ~history.whole[:, None] & (slots > 0))
    old = STAGES[stays.SLOTS[seen[deal, slot - 1]]]
    at = moments.entered[deal, slot]
    return _Part("stage", deal, at, old, STAGES[stays.SLOTS[slot]], np.zeros(len(deal), dtype=bool))


def _expected(moments: Moments) -> _Part:
    days = np.array([day.isoformat() for day in workdays.working_days()], dtype=object)
    deal, slot = np.nonzero(moments.moved & moments.has_expected[:, None])
    old, new = days[moments.expected[deal, slot - 1]], days[moments.expected[deal, slot]]
    at = moments.entered[deal, slot]
    return _Part("expected_close_on", deal, at, old, new, np.zeros(len(deal), dtype=bool))


def _amounts(deals: Deals, history: History, moments: Moments) -> tuple[_Part, _Part]:
    never = ~_happens(history.priced)
    first, agreed, last = (
        np.array([f"{value}.00" for value in amounts.tolist()], dtype=object)
        for amounts in (history.first_amount, deals.amount, history.last_amount)
    )
    return (
        _part("amount", moments.priced, ~never & (first != agreed), first, agreed, never & False),
        _part("amount", moments.corrected, _happens(history.corrected), agreed, last, never | True),
    )


def _happens(day: Whole) -> Flag:
    return day < workdays.NEVER


def _owners(deals: Deals, history: History, moments: Moments) -> _Part:
    where = _happens(history.handed) & moments.has_owner
    old, new = PEOPLE[deals.traits.seller], PEOPLE[history.next_seller]
    return _part("owner", moments.handed, where, old, new, np.ones(len(where), dtype=bool))


def _statuses(deals: Deals, moments: Moments) -> tuple[_Part, _Part]:
    size = len(deals.account)
    won, lost, opened = (np.full(size, word, dtype=object) for word in ("won", "lost", "open"))
    never = workdays.instants(np.array([workdays.NEVER]), np.array([0]))
    ends = np.where(deals.path.won, won, lost)
    cancels = moments.cancelled < never
    late = moments.noted > moments.closed
    return (
        _part("status", moments.noted, np.ones(size, dtype=bool), opened, ends, late),
        _part("status", moments.cancelled, cancels, won, lost, cancels),
    )
