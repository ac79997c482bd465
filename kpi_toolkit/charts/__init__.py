"""Charts in the house style, on plain pandas; each draws into `ax`, or on axes of its own."""

from typing import NoReturn

from kpi_toolkit.charts.alt import (
    fan_alt,
    funnel_alt,
    ranking_alt,
    trend_alt,
    variance_alt,
    waterfall_alt,
)
from kpi_toolkit.charts.alt_parts import cohort_alt, distribution_alt, pareto_alt
from kpi_toolkit.charts.cohort import cohort
from kpi_toolkit.charts.distribution import distribution
from kpi_toolkit.charts.fan import fan
from kpi_toolkit.charts.funnel import funnel
from kpi_toolkit.charts.groups import quarter_groups
from kpi_toolkit.charts.pareto import pareto
from kpi_toolkit.charts.ranking import ranking
from kpi_toolkit.charts.sparkline import sparkline
from kpi_toolkit.charts.theme import png, svg, theme
from kpi_toolkit.charts.trend import trend
from kpi_toolkit.charts.variance import variance_columns
from kpi_toolkit.charts.waterfall import waterfall, waterfall_unit
from kpi_toolkit.errors import UnknownName, near_misses

__all__ = [
    "cohort",
    "cohort_alt",
    "distribution",
    "distribution_alt",
    "fan",
    "fan_alt",
    "funnel",
    "funnel_alt",
    "pareto",
    "pareto_alt",
    "png",
    "quarter_groups",
    "ranking",
    "ranking_alt",
    "sparkline",
    "svg",
    "theme",
    "trend",
    "trend_alt",
    "variance_alt",
    "variance_columns",
    "waterfall",
    "waterfall_alt",
    "waterfall_unit",
]


def __getattr__(name: str) -> NoReturn:
    raise UnknownName(f"charts has no {name!r}: {near_misses(name, __all__)}")
