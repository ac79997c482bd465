"""The members of a breakdown: named, ordered, and compared."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.format import Format
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.change.members import surely_changed
from kpi_toolkit.measures.comparison import Comparison
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask
from kpi_toolkit.measures.fact import Measure
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import Period
from kpi_toolkit.report.session import Session


@dataclass(frozen=True)
class Compared:
    """A frame of `value` and `previous` by member, the name of the row of all `others`, and how
    many members it leaves out.
    """

    frame: pd.DataFrame
    left_out: int
    others: str = ""


def of(
    session: Session,
    bound: Bound,
    period: Period,
    by: str,
    known_at: dt.datetime | None = None,
) -> tuple[KpiValue, ...]:
    """The values of a dimension's members, as they were known at a moment."""
    found = session.values([Ask(bound, period, (by,), known_at)])
    return tuple(v for values in found.values() for v in values if v.value is not None)


def dimensions(session: Session, bound: Bound) -> tuple[str, ...]:
    """What a KPI can be broken down by here."""
    return bound.kpi.dimensions(session.crm)


def require_dimension(bound: Bound, by: str | None) -> str:
    """The dimension to break down by: the one given, else the KPI's own. Raises DefinitionError."""
    found = by or bound.kpi.default_by
    if not found:
        raise DefinitionError(f"{bound.kpi.name}: name a dimension, as in by='owner'")
    return found


def first(session: Session, values: Sequence[KpiValue], n: int) -> list[KpiValue]:
    """The first members: stages in the order of the pipeline, others the greatest."""
    if not values or set(values[0].members) != {"stage"}:
        return list(values[:n])
    places = stage_places(session)
    if not places:
        return list(values[:n])
    return sorted(
        values, key=lambda v: (places.get(v.members["stage"], 10**6), str(v.members["stage"]))
    )[:n]


def stage_places(session: Session) -> dict[str | None, int]:
    """The place of each stage in the pipeline; none where the data do not know it."""
    if not {"stage", "position"} <= session.crm.columns.get("stages", frozenset()):
        return {}
    return dict(session.crm.query("SELECT stage, min(position) FROM stages GROUP BY stage"))


def name(words: Format, value: KpiValue) -> str:
    """The member's name, or that it is not filled in."""
    return ", ".join(wording.member(words, d, member) for d, member in value.members.items())


def names(session: Session, values: Sequence[KpiValue]) -> list[str]:
    """The members' names; those that readers would call the same have what the CRM has beside."""
    found = _labels(session.words, values)
    return [found[_key(value)] for value in values]


def _key(value: KpiValue) -> tuple[str | None, ...]:
    return tuple(value.members.values())


def _labels(words: Format, values: Sequence[KpiValue]) -> dict[tuple[str | None, ...], str]:
    """The name of each member, by its key: no two the same, or one would take the other's place."""
    plain = {_key(value): name(words, value) for value in values}
    often = Counter(plain.values())
    return {
        key: f"{label} [{', '.join(filter(None, key))}]" if often[label] > 1 and any(key) else label
        for key, label in plain.items()
    }


def adds_up(bound: Bound) -> bool:
    """Whether the members' values add up to the total."""
    return isinstance(bound.node, Measure) and bound.node.aggregate in ("count", "sum")


def base(session: Session, bound: Bound) -> Comparison | None:
    """What a breakdown is compared with: a year ago where that is fair, else the period before."""
    if session.period.grain == "all":
        return None
    earlier = (session.period.year_ago(), session.period.previous())
    return next((c for p in earlier if (c := session.beside(bound, p)).base), None)


def compared(
    session: Session, now: Sequence[KpiValue], before: Sequence[KpiValue], n: int, *, adds_up: bool
) -> Compared:
    """The greatest members with their values before; the others as one row if values add up."""
    words = session.words
    labels = _labels(words, [*now, *before])
    earlier = {labels[_key(v)]: v.value for v in before}
    current = {labels[_key(v)]: v.value for v in first(session, now, len(now))}
    if adds_up:
        current |= {member: 0.0 for member in earlier if member not in current}
    order = list(current)
    shown, rest = (order[:n], order[n:]) if len(order) > n + 1 else (order, [])
    others = ""
    rows = [
        (member, current[member], earlier.get(member, 0.0 if adds_up and before else None))
        for member in shown
    ]
    if rest and adds_up:
        sums = (
            sum(current[m] or 0 for m in rest),
            sum(earlier.get(m) or 0 for m in rest) if before else None,
        )
        others = words.tn("{n} other", "{n} others", len(rest))
        rows.append((others, *sums))
    columns = ["member", "value", "previous"]
    frame = pd.DataFrame(rows, columns=columns).set_index("member").astype(float)
    frame = frame if before else frame.drop(columns="previous")
    return Compared(frame, 0 if adds_up else len(rest), others)


def surely(
    session: Session, now: Sequence[KpiValue], before: Sequence[KpiValue]
) -> frozenset[str] | None:
    """The members whose rate or mean changed by more than chance explains; None where it has no
    interval.
    """
    earlier = {name(session.words, v): v for v in before}
    pairs = {name(session.words, v): v for v in now}
    return surely_changed(
        {
            member: Comparison(value, earlier[member].period, earlier[member])
            for member, value in pairs.items()
            if member in earlier
        }
    )
