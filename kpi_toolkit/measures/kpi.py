"""A KPI as an analyst calls it: its value, a breakdown, a series, the rows behind the number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kpi_toolkit.errors import called
from kpi_toolkit.measures import ask
from kpi_toolkit.measures import records as measured
from kpi_toolkit.measures.ask import Moment
from kpi_toolkit.measures.definition import Definition
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import Period

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Kpi(Definition):
    """A definition. Calling it gives its value; see `by`, `series` and `records` for the rest."""

    def __repr__(self) -> str:
        return f"<Kpi {self.name}: {self.label}>"

    @called
    def __call__(
        self, data: Any, period: str | Period, *, as_of: Moment = None, **options: object
    ) -> KpiValue:
        """The KpiValue of a period ("2026-Q3", "last complete month", "all").

        `data` is a Crm, a dict of frames by canonical table, or one frame of the KPI's main table.
        Raises PeriodError, DefinitionError for an unknown option, NotAvailable when a table or
        column is missing.
        """
        return ask.value(self.bind(**options), data, period, as_of)

    @called
    def by(
        self,
        data: Any,
        period: str | Period,
        *dimensions: str,
        as_of: Moment = None,
        **options: object,
    ) -> pd.DataFrame:
        """A DataFrame with a row a member: value, lower and upper bound of its 95 % interval,
        numerator, denominator, n, status; greatest value first.
        """
        return ask.breakdown(self.bind(**options), data, period, dimensions, as_of)

    @called
    def series(
        self,
        data: Any,
        period: str | Period,
        n: int = 13,
        *,
        as_of: Moment = None,
        **options: object,
    ) -> pd.DataFrame:
        """A DataFrame of the `n` periods that end with `period`, indexed by their starts; same
        columns as `by`.
        """
        return ask.series(self.bind(**options), data, period, n, as_of)

    @called
    def records(
        self, data: Any, period: str | Period, *, as_of: Moment = None, **options: object
    ) -> pd.DataFrame:
        """A DataFrame of the rows behind the number: the table's own columns, `in_numerator`,
        `in_denominator`, `measured`.

        Counting them, or adding `measured` up, gives the value again.
        """
        return measured.records(self.bind(**options), data, period, as_of)

    @called
    def rows(
        self,
        data: Any,
        period: str | Period,
        *,
        by: Iterable[str] = (),
        n: int = 1,
        as_of: Moment = None,
        **options: object,
    ) -> list[KpiValue]:
        """The KpiValues of a breakdown, or of the `n` periods that end with `period`; no DataFrame
        is made.
        """
        wanted = (by,) if isinstance(by, str) else tuple(by)
        return ask.rows(self.bind(**options), data, period, wanted, n, as_of)

    @called
    def sql(
        self, data: Any, period: str | Period, *, as_of: Moment = None, **options: object
    ) -> list[str]:
        """The queries that compute its value."""
        return measured.sql(self.bind(**options), data, period, as_of)
