"""Time between two instants, as service and sales measure it: in business hours or by the clock."""

from typing import Literal

from kpi_toolkit.measures.options import Says

Hours = Literal["business", "elapsed"]
HOURS: Says = {"hours": {"business": "in business hours", "elapsed": "around the clock"}}


def between(hours: Hours, start: str, end: str) -> str:
    """The expression of the hours from one column's instant to another's."""
    function = {"business": "business_hours", "elapsed": "hours"}[hours]
    return f"{function}({start}, {end})"
