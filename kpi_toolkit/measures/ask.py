"""What an analyst asks of a KPI: its value, a breakdown, a series."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.errors import DataError, DefinitionError
from kpi_toolkit.measures.comparison import compare, not_yet
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask, Evaluation
from kpi_toolkit.measures.recorded import Recorded
from kpi_toolkit.measures.same_part import same_age, same_business_day
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import Period, parse_as_of, parse_period

if TYPE_CHECKING:
    import pandas as pd

Moment = str | dt.datetime | None
NUMBERS = ("value", "lower", "upper", "numerator", "denominator")
COLUMNS = (*NUMBERS, "n", "status")


def crm_of(data: Any, bound: Bound) -> Crm:
    """A Crm as it is, frames by table name as a Crm, one frame as the KPI's own table."""
    if isinstance(data, Crm | dict):
        return Crm.of(data)
    if hasattr(data, "columns") and hasattr(data, "dtypes"):
        return Crm.of({bound.measures[0].fact.table: data})
    raise DataError(
        f"{bound.kpi.name} of a {type(data).__name__}: expected kt.connect(...), "
        f"kt.from_frames(...), a dict of frames or one frame, and behind it a period"
    )


def setting(
    bound: Bound, data: Any, period: str | Period, as_of: Moment
) -> tuple[Evaluation, Period]:
    """The evaluation and the period that an ask is about."""
    crm = crm_of(data, bound)
    moment = parse_as_of(as_of, crm.calendar, crm.as_of)
    bound.require(crm)
    found = parse_period(period, crm.calendar, moment)
    bound.check(found)
    return Evaluation(crm, moment), found


def value(bound: Bound, data: Any, period: str | Period, as_of: Moment) -> KpiValue:
    """The value, with the preceding period's beside it, like for like."""
    evaluation, current = setting(bound, data, period, as_of)
    if current.grain == "all":
        return evaluation.value(Ask(bound, current))
    before = current.previous()
    ask = beside(bound, before, current, evaluation.as_of)
    found = evaluation.values([Ask(bound, current), *([ask] if ask else [])])
    now = found[Ask(bound, current)][0]
    if ask is None:
        return replace(now, previous=not_yet(now, before))
    return replace(now, previous=compare(now, found[ask][0], known_of(evaluation, bound)))


def known_of(evaluation: Evaluation, bound: Bound) -> Recorded:
    """From when to when the records of a KPI run."""
    return evaluation.run.of([bound])[bound]


def beside(bound: Bound, earlier: Period, current: Period, as_of: dt.datetime) -> Ask | None:
    """The ask of an earlier period that is like the current one at `as_of`: a cohort at the same
    age, a period under way after the same number of business days; None where there is none.
    """
    if not current.is_complete(as_of):
        moment = same_business_day(earlier, current, as_of)
        return Ask(bound, earlier, known_at=moment) if moment else None
    if bound.kpi.window == "cohort":
        return Ask(bound, earlier, known_at=same_age(earlier, current, as_of))
    return Ask(bound, earlier)


def rows(
    bound: Bound,
    data: Any,
    period: str | Period,
    by: Sequence[str] = (),
    n: int = 1,
    as_of: Moment = None,
) -> list[KpiValue]:
    """The values of a breakdown, or of the `n` periods that end with `period`."""
    evaluation, current = setting(bound, data, period, as_of)
    if not isinstance(n, int) or isinstance(n, bool) or n < 1:
        raise DefinitionError(f"a series of {n!r} periods: expected at least 1, a whole number")
    if odd := [each for each in by if not isinstance(each, str)]:
        raise DefinitionError(
            f"{bound.kpi.name} by {odd[0]!r}: expected names of dimensions, as 'owner', 'source'"
        )
    periods = current.last(n) if n > 1 else (current,)
    found = evaluation.values(Ask(bound, each, tuple(dict.fromkeys(by))) for each in periods)
    return [value for values in found.values() for value in values]


def breakdown(
    bound: Bound, data: Any, period: str | Period, dimensions: Sequence[str], as_of: Moment
) -> pd.DataFrame:
    """A row a member, greatest value first."""
    wanted = tuple(dimensions) or tuple(filter(None, [bound.kpi.default_by]))
    if not wanted:
        raise DefinitionError(
            f"{bound.kpi.name}.by(...): name a dimension, as in .by(crm, period, 'owner')"
        )
    found = rows(bound, data, period, wanted, 1, as_of)
    import pandas as pd

    keys = [tuple(v.members.values()) for v in found]
    index = (
        pd.Index([k[0] for k in keys], name=wanted[0])
        if len(wanted) == 1
        else pd.MultiIndex.from_tuples(keys, names=wanted)
    )
    return _frame(found, index)


def series(bound: Bound, data: Any, period: str | Period, n: int, as_of: Moment) -> pd.DataFrame:
    """A row a period, oldest first, each as it is known at `as_of`."""
    found = rows(bound, data, period, (), n, as_of)
    import pandas as pd

    index = pd.DatetimeIndex(
        [pd.Timestamp(v.period.start) for v in found], name=found[0].period.grain
    )
    return _frame(found, index)


def _frame(found: Sequence[KpiValue], index: pd.Index) -> pd.DataFrame:
    """Numbers are floats where all are missing too, as of a KPI that has no denominator."""
    import pandas as pd

    rows = [
        (v.value, *(v.doubt or (None, None)), v.numerator, v.denominator, v.n, v.status)
        for v in found
    ]
    made = pd.DataFrame(rows, index=index, columns=list(COLUMNS))
    return made.astype(dict.fromkeys(NUMBERS, float))
