"""The charts of a report: asked by name in a notebook, each a picture with its words."""

from __future__ import annotations

from kpi_toolkit.blocks import Block
from kpi_toolkit.errors import called_methods
from kpi_toolkit.period import Period
from kpi_toolkit.report import members
from kpi_toolkit.report.beside import beside
from kpi_toolkit.report.breakdowns import breakdowns
from kpi_toolkit.report.bridge import Since, bridge
from kpi_toolkit.report.bridge_members import bridge_members
from kpi_toolkit.report.cohorts import cohorts
from kpi_toolkit.report.courses import trends
from kpi_toolkit.report.distribution import distribution
from kpi_toolkit.report.drivers import drivers
from kpi_toolkit.report.forecast import forecast
from kpi_toolkit.report.funnel import funnel
from kpi_toolkit.report.pareto import pareto
from kpi_toolkit.report.ranking import ranking
from kpi_toolkit.report.session import HISTORY, Asked, Session
from kpi_toolkit.report.trend import trend
from kpi_toolkit.report.variance import variance


@called_methods
class Pictures:
    """The charts of a report on one period."""

    _session: Session

    def trend(self, kpi: Asked, *, n: int = HISTORY) -> Block:
        """The course of a KPI over `n` periods, with natural limits."""
        return trend(self._session, self._session.bound(kpi), n)

    def variance(self, kpi: Asked, *, by: str | None = None, n: int = 9) -> Block:
        """A KPI beside a year ago: by period, or by the `n` greatest members of a dimension."""
        return variance(self._session, self._session.bound(kpi), by, n)

    def drivers(self, kpi: Asked, *, by: str | None = None, n: int = 8) -> Block:
        """Why a KPI is not what it was in the preceding period: the `n` members of a dimension that
        moved it most, by volume, mix and rate; without `by` the dimension of which a member stands
        out most, never people.
        """
        return drivers(self._session, self._session.bound(kpi), by, n)

    def ranking(self, kpi: Asked, *, by: str | None = None, n: int = 12) -> Block:
        """The members of a dimension, the greatest first."""
        bound = self._session.bound(kpi)
        return ranking(self._session, bound, members.require_dimension(bound, by), n)

    def bridge(self, *, closing: str | Period | None = None, since: Since = "period") -> Block:
        """What became of the open pipeline in this period, or since the "last report", of the deals
        expected to close in `closing`; those behind it: kt.pipeline_bridge(report.crm, ...).
        """
        return bridge(self._session, closing, since)

    def bridge_members(self, *, by: str, n: int = 12) -> Block:
        """The same in this period for the `n` members of a dimension that changed most, in parts
        that add up to the bridge.
        """
        return bridge_members(self._session, by, n)

    def forecast(self, *, months: int | None = None) -> Block:
        """What the open deals should bring by the end of the quarter, or in so many months, with
        simulated intervals; deals that are not in the pipeline yet do not count.
        """
        return forecast(self._session, months)

    def pareto(self, kpi: Asked, *, by: str | None = None, n: int = 12) -> Block:
        """Which members of a dimension make up 80 % of a KPI that adds up."""
        bound = self._session.bound(kpi)
        return pareto(self._session, bound, members.require_dimension(bound, by), n)

    def cohorts(self, kpi: Asked, *, n: int = HISTORY) -> Block:
        """How far each of the last `n` cohorts has got, by age."""
        return cohorts(self._session, self._session.bound(kpi), n)

    def distribution(self, kpi: Asked) -> Block:
        """How the amounts or durations behind a KPI are spread, over those of the period before."""
        return distribution(self._session, self._session.bound(kpi))

    def funnel(self) -> Block:
        """The stages of the pipeline in order: deals that entered, the share that moves on, and the
        median days, beside a year ago.
        """
        return funnel(self._session)

    def trends(self, *kpis: Asked, n: int = HISTORY) -> Block:
        """The courses of several KPIs over `n` periods, two beside each other."""
        return trends(self._session, [self._session.bound(k) for k in kpis], n)

    def breakdowns(self, *kpis: Asked, n: int = 9) -> Block:
        """Several KPIs, each by the dimension that tells most, its `n` greatest members."""
        return breakdowns(self._session, [self._session.bound(k) for k in kpis], n)

    def beside(self, left: Block, right: Block) -> Block:
        """Two charts beside each other: report.beside(report.trend(a), report.ranking(b))."""
        return beside(left, right)
