"""The rows behind a KPI of the report; where it is not available, none, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi_toolkit.crm.tables import TABLES, ColumnType
from kpi_toolkit.measures import records as measured
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.period import Period
from kpi_toolkit.report.session import Session

if TYPE_CHECKING:
    import pandas as pd

# Where a frame keeps what is not available, and why.
REFUSED = "kpi_toolkit refused"
_TYPES: dict[ColumnType, str] = {
    "instant": "datetime64[us, UTC]",
    "money": "float64",
    "number": "float64",
    "whole": "float64",
}


def records(session: Session, bound: Bound, period: Period | None = None) -> pd.DataFrame:
    """The rows behind a KPI of the report's period, or of another one, within its scope.

    Of a KPI that is not available here they are none: the columns are those that its table would
    have, so that a notebook's next steps still work, and `Report.table` says the reason.
    """
    if reason := session.refusal(bound):
        return _nothing(session, bound, reason)
    found = measured.records(bound, session.crm, period or session.period, session.as_of)
    dimension, member = session.scope.dimension, session.scope.member
    return found[found[dimension].map(_as_text) == member] if dimension else found


def _nothing(session: Session, bound: Bound, reason: str) -> pd.DataFrame:
    import pandas as pd

    fact = bound.measures[0].fact
    types = {c.name: _TYPES.get(c.type, "object") for c in TABLES[fact.table].columns.values()}
    types |= {d: "object" for d in fact.dimensions if d not in types}
    types |= dict.fromkeys(measured.PARTS, "bool")
    frame = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})
    frame.attrs[REFUSED] = (session.label(bound), reason)
    return frame


def _as_text(cell: object) -> object:
    """A truth value as the member of a dimension that it is."""
    return str(cell).lower() if isinstance(cell, bool) else cell
