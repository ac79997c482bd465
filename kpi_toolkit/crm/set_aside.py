"""Frames that a KPI is asked of directly: nobody sees how many of their rows could not be read."""

import warnings
from typing import TYPE_CHECKING

from kpi_toolkit.crm import quarantine
from kpi_toolkit.errors import DataError

if TYPE_CHECKING:
    from kpi_toolkit.crm.connect import Crm


def told(crm: "Crm") -> "Crm":
    """The same Crm; a warning says which rows are set aside. Raises DataError where they are all of
    a table.
    """
    for read in crm.reading:
        if not read.quarantined:
            continue
        said = (
            f"{read.table}: {read.quarantined} of its {read.rows} rows cannot be read; the first "
            f"is {quarantine.first(crm.connection, read)}"
        )
        if not read.kept:
            raise DataError(said)
        warnings.warn(f"{said}; kt.from_frames(...).quarantine() lists them", stacklevel=2)
    return crm
