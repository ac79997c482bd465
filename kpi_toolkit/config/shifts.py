"""What is known to have changed: from then on, the natural limits of trends are set anew."""

import datetime as dt
from typing import Annotated

from pydantic import Field, field_validator

from kpi_toolkit.config.section import Section


class ShiftConfig(Section):
    """One change: since which day, what it was, and which KPIs it concerns; all where none is
    named.
    """

    day: dt.date
    what: Annotated[str, Field(min_length=1, max_length=60)]
    kpis: tuple[str, ...] = ()

    @field_validator("day", mode="before")
    @classmethod
    def _is_a_day(cls, given: object) -> object:
        if not isinstance(given, dt.date) or isinstance(given, dt.datetime):
            raise ValueError("expected a day without quotes such as 2026-03-01")
        return given
