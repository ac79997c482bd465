"""Whose numbers these are: the project, what a record needs, and when a customer is lost."""

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import Field, field_validator

from kpi_toolkit.config.section import Section
from kpi_toolkit.errors import KpiError
from kpi_toolkit.period import Calendar

CURRENCY = re.compile(r"[A-Z]{3}\Z", re.ASCII)


class ProjectConfig(Section):
    """Whose numbers these are, and how they are told."""

    name: str = ""
    language: Literal["fr", "en"] = "en"
    currency: str = "EUR"
    time_zone: str = "Europe/Paris"
    fiscal_year_starts: Annotated[int, Field(ge=1, le=12)] = 1
    holidays: str = ""
    business_hours: str = "Mon-Fri 09:00-18:00"
    as_of: dt.datetime | dt.date | None = None

    @field_validator("as_of", mode="before")
    @classmethod
    def _is_a_moment(cls, given: object) -> object:
        if not isinstance(given, dt.date):
            raise ValueError("expected a day without quotes such as 2026-10-05")
        return given

    @field_validator("currency")
    @classmethod
    def _is_a_code(cls, code: str) -> str:
        if not CURRENCY.match(code):
            raise ValueError("expected a code of three capitals such as 'EUR'")
        return code

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        try:
            Calendar(zone)
        except KpiError as error:
            raise ValueError(str(error).partition(": ")[2]) from None
        return zone


class QualityConfig(Section):
    """The fields that a record needs to count as complete."""

    required: dict[str, tuple[str, ...]] = {}


class CustomersConfig(Section):
    """When a customer without a contract counts as lost."""

    inactive_after: str = ""
