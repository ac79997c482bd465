"""The reports, the archive they are kept in, and who sends them."""

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator

from kpi_toolkit.config.section import EnvironmentUrl, Scalar, Section

PARAMETER = re.compile(r"[a-z_][a-z0-9_]*\Z", re.ASCII)


class ReportConfig(Section):
    """One report: its notebook, when it runs, and who gets it."""

    notebook: str
    title: str = ""
    schedule: str = ""
    period: str = "last complete month"
    language: Literal["fr", "en"] | None = None
    recipients: tuple[str, ...] = ()
    parameters: dict[str, Scalar] = {}
    cell_timeout: Annotated[int, Field(gt=0)] = 300

    @field_validator("parameters")
    @classmethod
    def _are_names(cls, parameters: dict[str, Scalar]) -> dict[str, Scalar]:
        for name in parameters:
            if not PARAMETER.match(name):
                raise ValueError(f"{name!r}: expected a name of small letters, digits and _")
        return parameters


class ArchiveConfig(Section):
    """Where earlier runs are kept; `url` is empty for archive.sqlite in the reports folder, else
    "env:NAME".
    """

    url: EnvironmentUrl = ""
    folder: str = "reports"


class MailConfig(Section):
    """Who sends the reports."""

    sender: str = ""
