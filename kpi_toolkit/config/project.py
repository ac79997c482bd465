"""Whose numbers these are: the project, what a record needs, and when a customer is lost."""

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import Field, field_validator

from kpi_toolkit.business import BusinessHours
from kpi_toolkit.config.section import Section
from kpi_toolkit.errors import KpiError
from kpi_toolkit.period import Calendar

CURRENCY = re.compile(r"[A-Z]{3}\Z", re.ASCII)
DURATION = re.compile(r"[1-9]\d{0,3} (day|week|month|year)s?\Z", re.ASCII)


class ProjectConfig(Section):
    """Whose numbers these are, and how they are told."""

    name: str = ""
    language: Literal["fr", "en"] = "en"
    currency: str = "EUR"
    time_zone: str = "Europe/Paris"
    fiscal_year_starts: Annotated[int, Field(ge=1, le=12)] = 1
    holidays: str = ""
    business_hours: str = "Mon-Fri 09:00-18:00"
    closed: tuple[dt.date, ...] = ()
    as_of: dt.datetime | dt.date | None = None

    @property
    def business(self) -> BusinessHours:
        """When the business is open."""
        return BusinessHours(self.business_hours, self.holidays, self.closed)

    @field_validator("as_of", mode="before")
    @classmethod
    def _is_a_moment(cls, given: object) -> object:
        if not isinstance(given, dt.date):
            raise ValueError("expected a day without quotes such as 2026-10-05")
        return given

    @field_validator("closed", mode="before")
    @classmethod
    def _are_days(cls, given: object) -> object:
        days = given if isinstance(given, list | tuple) else [given]
        if any(not isinstance(day, dt.date) or isinstance(day, dt.datetime) for day in days):
            raise ValueError("expected days without quotes such as [2026-12-24, 2026-12-31]")
        return tuple(days)

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
            raise ValueError(_reason(error, zone)) from None
        return zone

    @field_validator("business_hours")
    @classmethod
    def _are_hours(cls, hours: str) -> str:
        try:
            BusinessHours(hours)
        except KpiError as error:
            raise ValueError(_reason(error, hours)) from None
        return hours

    @field_validator("holidays")
    @classmethod
    def _is_a_country(cls, holidays: str) -> str:
        try:
            BusinessHours(holidays=holidays)
        except KpiError as error:
            raise ValueError(_reason(error, holidays)) from None
        return holidays


class QualityConfig(Section):
    """The fields that a record needs to count as complete."""

    required: dict[str, tuple[str, ...]] = {}


class CustomersConfig(Section):
    """When a customer without a contract counts as lost."""

    inactive_after: str = ""

    @field_validator("inactive_after")
    @classmethod
    def _is_a_duration(cls, duration: str) -> str:
        if duration and not DURATION.match(duration):
            raise ValueError("expected a number of days, weeks, months or years such as '90 days'")
        return duration


def _reason(error: KpiError, given: str) -> str:
    """The sentence without the name and value that the loader puts in front of it."""
    return str(error).partition(f"{given!r}: ")[2]
