"""What `record_changes` tells of deals in the past: backward from today, change by change.

A field's value at an instant is the old one of the first change at that instant or later, else
today's. So the past always leads to the present that the CRM shows, even where the log is short.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.crm.quoting import instant, literals

TABLE = "record_changes"
NEEDED = frozenset(("object", "record_id", "changed_at", "field", "old", "new"))
_OF_DEALS = f"FROM {TABLE} WHERE object = 'deals'"
Key = tuple[str, str]


@dataclass(frozen=True)
class Stay:
    """A time for which a deal was closed, and how, before it was opened again."""

    closed_at: dt.datetime
    outcome: str
    reopened_at: dt.datetime


class DealLog:
    """The changes that a Crm has on record of some fields of its deals."""

    def __init__(self, crm: Crm, fields: Iterable[str]) -> None:
        self.crm = crm
        self.fields = tuple(fields)

    @cached_property
    def since(self) -> Mapping[str, dt.datetime]:
        """When the first change of each field was recorded; a field without one is not there."""
        if not self.crm.columns.get(TABLE, frozenset()) >= NEEDED:
            return {}
        rows = self.crm.query(f"SELECT field, min(changed_at) {_OF_DEALS} GROUP BY field")
        return {field: first for field, first in rows if field and first}

    def olds(self, at: dt.datetime) -> dict[Key, str | None]:
        """(deal, field) -> the text that it held at an instant, where it has changed since."""
        if not self.since:
            return {}
        first = "min(changed_at) OVER (PARTITION BY record_id, field)"
        rows = self.crm.query(
            f"SELECT record_id, field, old, new FROM (SELECT record_id, field, old, new, "
            f"changed_at, {first} AS first_at {_OF_DEALS} AND field IN ({literals(self.fields)}) "
            f"AND changed_at >= {instant(at)}) AS t WHERE changed_at = first_at "
            "ORDER BY record_id, field, old"
        )
        return {key: _first(list(ties)) for key, ties in groupby(rows, itemgetter(0, 1))}

    def gone(self, since: dt.datetime) -> int:
        """How many deals with a change from an instant on are in the data no more."""
        if not self.since:
            return 0
        changed = f"SELECT DISTINCT record_id {_OF_DEALS} AND changed_at >= {instant(since)}"
        known = {deal for (deal,) in self.crm.query("SELECT deal_id FROM deals")}
        return sum(deal not in known for (deal,) in self.crm.query(changed))

    @cached_property
    def closed_once(self) -> dict[str, tuple[Stay, ...]]:
        """The times for which deals were closed that have been opened again."""
        if "status" not in self.since:
            return {}
        of_status = f"{_OF_DEALS} AND field = 'status'"
        rows = self.crm.query(
            f"SELECT record_id, changed_at, new {of_status} AND record_id IN (SELECT record_id "
            f"{of_status} AND new = 'open') ORDER BY record_id, changed_at, new"
        )
        found = {deal: tuple(_stays(changes)) for deal, changes in groupby(rows, itemgetter(0))}
        return {deal: stays for deal, stays in found.items() if stays}


def _first(ties: list[tuple[str, str, str | None, str | None]]) -> str | None:
    """The old value of changes of one field at one instant: the one that none of them made."""
    if len(ties) == 1:
        return ties[0][2]
    made = {new for *_, new in ties}
    return next((old for _, _, old, _ in ties if old not in made), ties[0][2])


def _stays(changes: Iterable[tuple[str, dt.datetime, str | None]]) -> Iterator[Stay]:
    closed_at, outcome = None, ""
    for _, at, status in changes:
        if status != "open":
            closed_at, outcome = closed_at or at, status or ""
        elif closed_at:
            yield Stay(closed_at, outcome, at)
            closed_at = None
