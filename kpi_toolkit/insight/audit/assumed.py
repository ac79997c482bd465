"""What kpi.toml leaves to a default that decides numbers: told wherever the data are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.format import Format

if TYPE_CHECKING:
    from kpi_toolkit.config import Config
    from kpi_toolkit.crm.connect import Crm
    from kpi_toolkit.insight.audit.audit import Audit

# The settings of [project], with the types of columns that they concern.
_DECIDES = {"time_zone": ("instant", "date"), "currency": ("money",)}


def assumed(config: Config, crm: Crm) -> dict[str, str]:
    """The settings that files or a database were read with and that nobody has declared."""
    if not any(read.file for read in crm.reading):
        return {}
    types = {
        TABLES[table].columns[column].type
        for table, columns in crm.columns.items()
        for column in columns & TABLES[table].columns.keys()
    }
    return {
        setting: getattr(config.project, setting)
        for setting, decided in _DECIDES.items()
        if setting not in config.project.model_fields_set and types & set(decided)
    }


def assumptions(words: Format, audit: Audit) -> list[str]:
    """These settings as sentences that say what to declare."""
    found = audit.assumed
    told = []
    if zone := found.get("time_zone"):
        told.append(
            words.t(
                "No time zone is declared (project.time_zone): times without an offset were read "
                "as those of {zone}, where days begin and end.",
                zone=zone,
            )
        )
    if currency := found.get("currency"):
        told.append(
            words.t(
                "No currency is declared (project.currency): amounts were taken to be in "
                "{currency}.",
                currency=currency,
            )
        )
    return told
