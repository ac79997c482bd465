"""Deals as they were known at some moments: which were open, and what their fields held then.

The past is read backward from today: a field's value at a moment is the old one of its first change
at that moment or later, else today's. So nothing that was recorded later enters, as far as the CRM
keeps a history of its changes; `tracked` says of which fields it does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kpi_toolkit.crm.quoting import instant, literal, literals, name
from kpi_toolkit.models import recorded

if TYPE_CHECKING:
    import pandas as pd

NEEDED = ("deal_id", "status", "created_at", "closed_at")
TRAITS = (
    "owner",
    "team",
    "territory",
    "region",
    "source",
    "segment",
    "product",
    "pipeline",
    "kind",
)
_CHANGES = frozenset(("object", "record_id", "changed_at", "field", "old", "new"))
_STAYS = frozenset(("deal_id", "stage", "entered_at"))


@dataclass(frozen=True)
class DealStates:
    """The deals of a Crm at moments that are not after `known_at`, UTC."""

    crm: Any
    known_at: dt.datetime

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of deals that there are, beside the dates of their life."""
        own = self.crm.own_dimensions.get("deals", ())
        wanted = (*TRAITS, *own, "stage", "amount", "expected_close_on")
        return tuple(column for column in wanted if column in self.crm.columns["deals"])

    @cached_property
    def tracked(self) -> frozenset[str]:
        """The columns of deals of which a change was recorded before `known_at`."""
        if not self.crm.columns.get("record_changes", frozenset()) >= _CHANGES:
            return frozenset()
        rows = self.crm.query(
            "SELECT field FROM record_changes WHERE object = 'deals' "
            f"AND changed_at < {instant(self.known_at)} GROUP BY field"
        )
        return frozenset(field for (field,) in rows) & self.crm.columns["deals"]

    @cached_property
    def has_stays(self) -> bool:
        """Whether it is recorded when deals entered their stages."""
        if not self.crm.columns.get("deal_stages", frozenset()) >= _STAYS:
            return False
        known = f"SELECT count(*) FROM deal_stages WHERE entered_at < {instant(self.known_at)}"
        return bool(self.crm.query(known)[0][0])

    @property
    def has_past_stages(self) -> bool:
        """Whether the stage of a deal at an earlier moment is known."""
        return self.has_stays or "stage" in self.tracked

    @cached_property
    def outcomes(self) -> tuple[int, int]:
        """How many deals had been won, and how many lost."""
        closed = f"closed_at < {instant(self.known_at)}"
        rows = self.crm.query(f"SELECT status, count(*) FROM deals WHERE {closed} GROUP BY status")
        found = dict(rows)
        return found.get("won", 0), found.get("lost", 0)

    @cached_property
    def first(self) -> dt.datetime | None:
        """When the first of the deals that were known was created."""
        at = instant(self.known_at)
        return self.crm.query(f"SELECT min(created_at) FROM deals WHERE created_at < {at}")[0][0]

    @cached_property
    def still_open(self) -> pd.DataFrame:
        """The deals open at `known_at`."""
        return self.at([self.known_at])

    def at(
        self, moments: Sequence[dt.datetime], *, closed_since: dt.datetime | None = None
    ) -> pd.DataFrame:
        """A row an open deal and moment, by deal and moment: deal_id, _line, seen_at, created_at,
        status (of those closed before `known_at`, else "open"), closed_at (else missing), its
        fields as they were, entered_at of the stage, pushes.

        With `closed_since`, only deals that were closed at that instant or later, and before
        `known_at`.
        """
        found = self.crm.frame(self._sql(moments, closed_since))
        later = ~(found["closed_at"] < self.known_at)
        found["status"] = found["status"].mask(later, "open")
        found["closed_at"] = found["closed_at"].mask(later)
        if "amount" in found:
            found["amount"] = recorded.amounts(found, self.crm)
        if "expected_close_on" in found:
            found["expected_close_on"] = recorded.days(found)
        kept = [column for column in found if column not in recorded.ASIDE]
        order = ["deal_id", "seen_at"]
        return found[kept].sort_values(order, kind="stable", ignore_index=True)

    def _sql(self, moments: Sequence[dt.datetime], closed_since: dt.datetime | None) -> str:
        heads = {
            "moments": " UNION ALL ".join(f"SELECT {instant(m)} AS seen_at" for m in moments),
            "seen": self._seen(closed_since),
        }
        picked = {
            c: f"s.{name(c)}" for c in ("seen_at", *self._life, *self.columns, *self._foreign)
        }
        joins: list[str] = []
        self._rewind(heads, picked, joins)
        if self.has_stays:
            heads["stays"] = self._stays()
            picked |= {"stage": "y.stage", "entered_at": "y.entered_at"}
            joins.append(
                "LEFT JOIN stays AS y ON y.deal_id = s.deal_id AND y.entered_at < s.seen_at "
                "AND (y.left_at IS NULL OR y.left_at >= s.seen_at)"
            )
        if "expected_close_on" in self.tracked:
            heads["pushed"] = _PUSHED
            picked["pushes"] = "coalesce(p.pushes, 0)"
            joins.append("LEFT JOIN pushed AS p ON p.deal_id = s.deal_id AND p.seen_at = s.seen_at")
        told = ", ".join(f"{head} AS ({sql})" for head, sql in heads.items())
        shown = ", ".join(f"{sql} AS {name(column)}" for column, sql in picked.items())
        return f"WITH {told} SELECT {shown} FROM seen AS s {' '.join(joins)}"

    def _rewind(self, heads: dict[str, str], picked: dict[str, str], joins: list[str]) -> None:
        """Each field that has a history as it stood, the status as it stood at `known_at`."""
        rewound = [f for f in ("status", *self.columns) if f in self.tracked]
        if self.has_stays and "stage" in rewound:
            rewound.remove("stage")
        if rewound:
            heads["changes"] = _changes(rewound)
        for place, field in enumerate(rewound):
            change = f"c{place}"
            joins.append(
                _first_change(
                    change, field, instant(self.known_at) if field == "status" else "s.seen_at"
                )
            )
            if field in recorded.TYPED:
                picked[recorded.old(field)] = f"{change}.old"
                picked[recorded.changed(field)] = f"{change}.record_id IS NOT NULL"
            else:
                picked[field] = (
                    f"CASE WHEN {change}.record_id IS NOT NULL THEN {change}.old "
                    f"ELSE s.{name(field)} END"
                )

    def _seen(self, closed_since: dt.datetime | None) -> str:
        own = (*self._life, *self.columns, *self._foreign)
        first = "(SELECT min(created_at) FROM deals)"
        closed = (
            f" WHERE d.closed_at >= {instant(closed_since)} "
            f"AND d.closed_at < {instant(self.known_at)}"
            if closed_since
            else ""
        )
        return (
            f"SELECT m.seen_at, {', '.join(f'd.{name(column)}' for column in own)} "
            f"FROM deals AS d JOIN moments AS m ON coalesce(d.created_at, {first}) < m.seen_at "
            f"AND (d.closed_at IS NULL OR d.closed_at >= m.seen_at){closed}"
        )

    @cached_property
    def _life(self) -> tuple[str, ...]:
        """What a deal is and when it lived; `_line` only where the records are ours."""
        columns = "SELECT column_name FROM duckdb_columns() WHERE table_name = 'deals'"
        lines = ("_line",) in self.crm.connection.execute(columns).fetchall()
        return (*(["_line"] if lines else []), "deal_id", "status", "created_at", "closed_at")

    @property
    def _foreign(self) -> tuple[str, ...]:
        """What tells the amount in the currency of the deal."""
        return tuple(c for c in recorded.FOREIGN if c in self.crm.columns["deals"])

    def _stays(self) -> str:
        order, join = "e.entered_at, e.stage", ""
        if self.crm.columns.get("stages", frozenset()) >= {"stage", "position"}:
            order = "e.entered_at, coalesce(q.position, 0), e.stage"
            join = (
                " LEFT JOIN (SELECT stage, min(position) AS position FROM stages GROUP BY stage) "
                "AS q ON q.stage = e.stage"
            )
        return (
            "SELECT e.deal_id, e.stage, e.entered_at, lead(e.entered_at) OVER "
            f"(PARTITION BY e.deal_id ORDER BY {order}) AS left_at FROM deal_stages AS e{join} "
            f"WHERE e.deal_id IN ({_SEEN})"
        )


# Most deals were closed before: the past of others is not sorted.
_SEEN = "SELECT deal_id FROM seen"
_PUSHED = (
    "SELECT s.deal_id, s.seen_at, count(*) AS pushes FROM seen AS s JOIN record_changes AS r "
    "ON r.record_id = s.deal_id AND r.changed_at < s.seen_at WHERE r.object = 'deals' "
    "AND r.field = 'expected_close_on' AND r.new > r.old GROUP BY s.deal_id, s.seen_at"
)


def _changes(fields: Sequence[str]) -> str:
    """Each change with the one before it: its old value stood from there on."""
    return (
        "SELECT record_id, field, old, changed_at, lag(changed_at) OVER (PARTITION BY record_id, "
        "field ORDER BY changed_at, old) AS since FROM record_changes WHERE object = 'deals' "
        f"AND field IN ({literals(fields)}) AND record_id IN ({_SEEN})"
    )


def _first_change(change: str, field: str, moment: str) -> str:
    return (
        f"LEFT JOIN changes AS {change} ON {change}.record_id = s.deal_id "
        f"AND {change}.field = {literal(field)} AND {change}.changed_at >= {moment} "
        f"AND ({change}.since IS NULL OR {change}.since < {moment})"
    )
