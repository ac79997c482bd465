"""How cohorts grow: what a KPI of each was when it was as old as the others have been."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.format import Format
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import Period

Values = Callable[[list[Ask]], Mapping[Ask, tuple[KpiValue, ...]]]


@dataclass(frozen=True)
class Cohorts:
    """Values by cohort and age in periods; a row is shorter the younger the cohort. Age 0 is the
    end of a cohort's own period.
    """

    bound: Bound
    rows: tuple[tuple[KpiValue, ...], ...]

    @property
    def told(self) -> tuple[int, KpiValue] | None:
        """The age at which cohorts are compared, half of what the oldest has reached, and the
        youngest cohort that has reached it.
        """
        ages = max((len(row) for row in self.rows), default=0)
        age = (ages - 1) // 2
        reached = [row[age] for row in self.rows if len(row) > age and row[age].value is not None]
        return (age, reached[-1]) if reached else None

    def before(self, age: int, value: KpiValue) -> list[float]:
        """What the earlier cohorts had at an age."""
        earlier = [row[age] for row in self.rows if len(row) > age]
        found = [v.value for v in earlier if v.period.start < value.period.start]
        return [v for v in found if v is not None]


def cohorts(bound: Bound, last: Period, n: int, as_of: dt.datetime, values: Values) -> Cohorts:
    """The `n` cohorts that end with `last`, each at the end of its own period and of those after it
    that are over at `as_of`. Raises DefinitionError for a KPI that follows no cohorts.
    """
    if bound.kpi.window != "cohort":
        raise DefinitionError(
            f"{bound.kpi.name}: its records are not followed from their beginning; expected a KPI "
            f"of cohorts, such as sales.opportunity_to_customer_rate"
        )
    asks = [[Ask(bound, p, known_at=end) for end in _ends(p, as_of)] for p in last.last(n)]
    found = values([ask for row in asks for ask in row])
    return Cohorts(bound, tuple(tuple(found[ask][0] for ask in row) for row in asks if row))


def message(found: Cohorts, label: str, words: Format) -> str:
    """The youngest cohort at the age that half of them have reached, and those before it."""
    told = found.told
    if told is None:
        return words.t("{kpi}: no cohort has data yet.", kpi=label)
    age, value = told
    unit, earlier = value.unit, found.before(age, value)
    said = words.t(
        "{kpi}: {value} for the cohort of {period}, {age}",
        kpi=label,
        value=words.value(value.value, unit),
        period=words.period(value.period),
        age=aged(words, value.period, age),
    )
    if not earlier:
        return f"{said}."
    span = words.t(
        "earlier cohorts at that age: {low} to {high}",
        low=words.value(min(earlier), unit),
        high=words.value(max(earlier), unit),
    )
    return words.clauses([said, span]) + "."


def aged(words: Format, period: Period, age: int) -> str:
    """'by the end of its month', 'three months after it'."""
    own = {
        "week": words.t("at the end of its week"),
        "month": words.t("at the end of its month"),
        "quarter": words.t("at the end of its quarter"),
    }
    if not age:
        return own.get(period.grain, words.t("at the end of its period"))
    return {
        "week": words.tn("{n} week later", "{n} weeks later", age),
        "month": words.tn("{n} month later", "{n} months later", age),
        "quarter": words.tn("{n} quarter later", "{n} quarters later", age),
    }.get(period.grain, words.tn("{n} period later", "{n} periods later", age))


def _ends(period: Period, as_of: dt.datetime) -> list[dt.datetime]:
    """The ends of a period and of those after it, up to a moment."""
    found = []
    while period.is_complete(as_of):
        found.append(period.end_at)
        period = period.previous(-1)
    return found
